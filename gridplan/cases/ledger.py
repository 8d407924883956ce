"""The ledger in three colours, satisfaction, and the rates by which leaders read cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
import pandas as pd

from gridplan.cases.deadlines import Standing, standing
from gridplan.schema import GRADE, REPEAT, SATISFACTION, STATUS, Grade


class Colour(StrEnum):
    """红黄绿: red is major and may escalate, yellow needs watching, green is resolved."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class Answer(StrEnum):
    """What the person said of the outcome."""

    SATISFIED = "satisfied"
    FAIRLY = "fairly"
    NOT = "not"


ANSWER_WORDS: Mapping[str, Answer] = {
    **dict.fromkeys(
        ("满意", "非常满意", "很满意", "satisfied", "very satisfied"), Answer.SATISFIED
    ),
    **dict.fromkeys(("基本满意", "较满意", "比较满意", "fairly satisfied"), Answer.FAIRLY),
    **dict.fromkeys(
        ("不满意", "非常不满意", "很不满意", "unsatisfied", "dissatisfied"), Answer.NOT
    ),
}
"""Words for an answer, in lower case; all others, 一般 or 未评价 among them, are no rating."""

UNTOUCHED_WORDS = frozenset((
    "待受理", "未受理", "待派遣", "待派单", "未派单", "待签收", "待接单", "新建", "new", "pending",
))  # fmt: skip
"""What a status says of a case that nobody took up, in lower case."""

NOWHERE = (Standing.NOT_YET, Standing.WITHDRAWN)
"""Standings of cases that count in no rate and stand in no ledger."""


@dataclass(frozen=True)
class LedgerRules:
    """Thresholds of the ledger; all can be edited.

    Parameters
    ----------
    red_if_repeat_overdue : bool
        Whether an open case that was complained of before and is overdue is red whatever its
        grade. Ours.
    red_overdue_days : float or None
        Days overdue from which any open case is red; None: never. Ours.
    satisfied_floor : float
        Share of the satisfied below which work has to be done again (回炉整改): 0.80 in policy.
    least_rated : int
        Ratings below which no unit is sent to rework. Ours.
    """

    red_if_repeat_overdue: bool = True
    red_overdue_days: float | None = None
    satisfied_floor: float = 0.80
    least_rated: int = 5

    def __post_init__(self) -> None:
        if not 0 <= self.satisfied_floor <= 1:
            raise ValueError(f"the floor is a share, not {self.satisfied_floor}")


def colours(
    cases: pd.DataFrame, due: pd.Series, as_of: datetime, rules: LedgerRules | None = None
) -> pd.Series:
    """Colour of each case at a moment.

    Green is what is finished. Of what is open, red is what is graded major, and what the rules
    name besides; all else is yellow.

    Parameters
    ----------
    cases : DataFrame
        ``opened, closed, status, grade, repeat``.
    due : Series of datetime64
        From :func:`gridplan.cases.deadlines.deadlines`.
    as_of : datetime
        Local time.
    rules : LedgerRules, optional
        Thresholds.

    Returns
    -------
    Series of str
        A :class:`Colour` for each; "" where a case had not come in, or was withdrawn.
    """
    rules = rules or LedgerRules()
    stands = standing(cases, due, as_of)
    overdue = stands == Standing.OVERDUE
    red = cases[GRADE] == Grade.MAJOR
    if rules.red_if_repeat_overdue:
        red |= overdue & cases[REPEAT]
    if rules.red_overdue_days is not None:
        limit = pd.Timestamp(as_of) - pd.Timedelta(days=rules.red_overdue_days)
        red |= overdue & (due <= limit)
    is_open = stands.isin((Standing.OPEN, Standing.OVERDUE))
    values = np.select(
        [stands.isin(NOWHERE).to_numpy(), ~is_open.to_numpy(), red.to_numpy()],
        ["", Colour.GREEN.value, Colour.RED.value],
        default=Colour.YELLOW.value,
    )
    return pd.Series(values, cases.index, dtype=object)


def answers(cases: pd.DataFrame) -> pd.Series:
    """What each person said, as an :class:`Answer`; "" where that is no rating."""
    words = {word: answer.value for word, answer in ANSWER_WORDS.items()}
    said = pd.Series(cases[SATISFACTION].to_numpy(dtype=object), cases.index)
    return said.str.strip().str.lower().map(words).fillna("")


def rates(
    cases: pd.DataFrame,
    due: pd.Series,
    as_of: datetime,
    *,
    by: pd.Series | None = None,
    households: Mapping[str, float] | float | None = None,
    rules: LedgerRules | None = None,
) -> pd.DataFrame:
    """Counts and rates of cases, by grid, community or whatever groups them.

    Parameters
    ----------
    cases : DataFrame
        Columns of :class:`gridplan.load.layers.Layers`; those of one period, say.
    due : Series of datetime64
        From :func:`gridplan.cases.deadlines.deadlines`; may hold more cases than these.
    as_of : datetime
        Moment at which cases are judged; those that came in later, or were withdrawn, do not
        count.
    by : Series of str, optional
        Group of each case; one group "" where left out.
    households : mapping of str to float, or float, optional
        Of each group, or of the one.
    rules : LedgerRules, optional
        Thresholds.

    Returns
    -------
    DataFrame
        One row a group, sorted, named ``group``: ``cases, open, overdue, closed, on_time, late,
        red, yellow, green, repeat, rated, satisfied`` (counts; satisfied are 满意 and 基本满意);
        ``responded_share`` (响应率, as far as a status tells that somebody took the case up),
        ``resolved_share`` (解决率), ``on_time_share`` (of those closed at a known time with a
        deadline), ``repeat_share``, ``satisfied_share`` (满意率, of those rated),
        ``per_10k_households``: NaN where there is nothing to divide by; ``rework``: whether
        satisfaction is below the floor with enough ratings.
    """
    rules = rules or LedgerRules()
    due = due.loc[cases.index]
    marks = _marks(cases, due, as_of, rules)
    group = pd.Series("", cases.index) if by is None else by.loc[cases.index]
    came = marks.pop("came")
    sums = marks[came].groupby(group[came]).sum()
    sums.index.name = "group"
    sums = sums.rename(columns={"one": "cases"})
    told = sums.pop("told")
    responded = sums.pop("responded")
    table = sums.assign(
        responded_share=_share(responded, told),
        resolved_share=_share(sums["closed"], sums["cases"]),
        on_time_share=_share(sums["on_time"], sums["on_time"] + sums["late"]),
        repeat_share=_share(sums["repeat"], sums["cases"]),
        satisfied_share=_share(sums["satisfied"], sums["rated"]),
        per_10k_households=_per_10k(sums["cases"], households),
    )
    table["rework"] = (table["satisfied_share"] < rules.satisfied_floor) & (
        table["rated"] >= rules.least_rated
    )
    return table


def _marks(
    cases: pd.DataFrame, due: pd.Series, as_of: datetime, rules: LedgerRules
) -> pd.DataFrame:
    """One column of ones and zeros for each count."""
    stands = standing(cases, due, as_of).to_numpy(dtype=object)
    colour = colours(cases, due, as_of, rules).to_numpy(dtype=object)
    answer = answers(cases).to_numpy(dtype=object)
    status = cases[STATUS].str.strip().str.lower()
    told = (status != "").to_numpy()
    flags = {
        "came": ~np.isin(stands, NOWHERE),
        "one": np.ones(len(cases), dtype=bool),
        "open": np.isin(stands, (Standing.OPEN, Standing.OVERDUE)),
        "overdue": stands == Standing.OVERDUE,
        "closed": np.isin(stands, (Standing.CLOSED, Standing.ON_TIME, Standing.LATE)),
        "on_time": stands == Standing.ON_TIME,
        "late": stands == Standing.LATE,
        **{each.value: colour == each for each in Colour},
        "repeat": cases[REPEAT].to_numpy(dtype=bool),
        "rated": answer != "",
        "satisfied": np.isin(answer, (Answer.SATISFIED, Answer.FAIRLY)),
        "told": told,
        "responded": told & ~status.isin(UNTOUCHED_WORDS).to_numpy(),
    }
    counts = {name: flag.astype(np.int64) for name, flag in flags.items() if name != "came"}
    return pd.DataFrame({"came": flags["came"], **counts}, index=cases.index)


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole > 0)


def _per_10k(count: pd.Series, households: Mapping[str, float] | float | None) -> pd.Series:
    if households is None:
        return pd.Series(np.nan, count.index)
    known = (
        pd.Series(count.index.map(dict(households)), count.index, dtype=float)
        if isinstance(households, Mapping)
        else pd.Series(float(households), count.index)
    )
    return 10_000 * _share(count, known)
