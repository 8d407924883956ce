"""Cases from the user's columns: times, dispatch, time limits and grades in one wording."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gridplan.load.columns import Columns
from gridplan.schema import (
    ADDRESS,
    CASE_ID,
    CATEGORY,
    CHANNEL,
    CLOSED,
    DEADLINE,
    DISPATCH,
    GRADE,
    OPENED,
    PLACE_KIND,
    REPEAT,
    SATISFACTION,
    STATUS,
    SUBCATEGORY,
    TIME_LIMIT,
    TIME_LIMIT_UNIT,
    Dispatch,
    Grade,
    TimeUnit,
)

GRADE_WORDS: Mapping[str, Grade] = {
    **dict.fromkeys(
        ("重大", "特别重大", "特大", "重大事项", "红", "红色", "red", "major", "high"), Grade.MAJOR
    ),
    **dict.fromkeys(
        ("一般", "普通", "一般事项", "黄", "黄色", "yellow", "ordinary", "minor", "low"),
        Grade.ORDINARY,
    ),
}
"""Words for a case's grade, in lower case; green says that it is resolved, which is no grade."""

UNIT_WORDS: Mapping[str, TimeUnit] = {
    **{unit.value: unit for unit in TimeUnit},
    **dict.fromkeys(("紧急工作小时", "紧急工时"), TimeUnit.URGENT_WORKING_HOUR),
    **dict.fromkeys(("工作小时", "工时", "working hours"), TimeUnit.WORKING_HOUR),
    **dict.fromkeys(("个工作日", "working days", "business days"), TimeUnit.WORKING_DAY),
    **dict.fromkeys(("天", "日", "日历日", "自然天", "day", "days"), TimeUnit.DAY),
    **dict.fromkeys(("时", "自然时", "h", "hour", "hours"), TimeUnit.HOUR),
}
"""Words for the unit of a time limit, in lower case."""

DISPATCH_WORDS: Mapping[str, Dispatch] = {
    **{kind.value: kind for kind in Dispatch},
    **dict.fromkeys(("应急", "紧急", "紧急单", "urgent"), Dispatch.URGENT),
    **dict.fromkeys(("重点", "key"), Dispatch.KEY),
    **dict.fromkeys(("常规", "一般", "普通", "普通单", "routine"), Dispatch.ROUTINE),
}
"""Words for the kind of dispatch, in lower case; others stay as they are written."""


def cases(columns: Columns) -> pd.DataFrame:
    """Cases; what is odd about them is kept and counted."""
    gate, file = columns.gate, columns.raw.file
    opened, closed = columns.times("opened"), columns.times("closed")
    gate.note("load.closed_before_opened", file=file, count=int((closed < opened).sum()))
    identity = columns.code("id")
    twice = int((identity[identity != ""].duplicated()).sum())
    gate.note("load.case_ids_twice", file=file, count=twice)
    sent = columns.text("dispatch")
    return pd.DataFrame(
        {
            CASE_ID: identity,
            CATEGORY: columns.text("category"),
            SUBCATEGORY: columns.text("subcategory"),
            OPENED: opened,
            CLOSED: closed,
            DEADLINE: columns.times("deadline"),
            STATUS: columns.text("status"),
            CHANNEL: columns.text("channel"),
            DISPATCH: sent.str.lower().map(_plain(DISPATCH_WORDS)).fillna(sent),
            TIME_LIMIT: columns.number("time_limit"),
            TIME_LIMIT_UNIT: _said(columns, "time_limit_unit", UNIT_WORDS),
            REPEAT: columns.flag("repeat"),
            SATISFACTION: columns.text("satisfaction"),
            ADDRESS: columns.text("address"),
            PLACE_KIND: columns.text("place_kind"),
            GRADE: _said(columns, "grade", GRADE_WORDS),
        }
    )


def _said(columns: Columns, key: str, words: Mapping[str, str]) -> pd.Series:
    """Our word for the user's; "" for words that are not known, which are counted."""
    text = columns.text(key)
    known = text.str.lower().map(_plain(words))
    strange = text[(text != "") & known.isna()]
    named = "、".join(sorted(set(strange))[:5])
    name, file = columns.spec.columns.get(key, ""), columns.raw.file
    columns.gate.note("load.words_unknown", file=file, column=name, count=len(strange), words=named)
    return known.fillna("")


def _plain(words: Mapping[str, str]) -> dict[str, str]:
    return {word: str(value) for word, value in words.items()}
