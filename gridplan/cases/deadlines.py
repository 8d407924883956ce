"""When each case has to be finished, where that is known from, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridplan.schema import (
    CLOSED,
    DEADLINE,
    DISPATCH,
    OPENED,
    STATUS,
    TIME_LIMIT,
    TIME_LIMIT_UNIT,
    Dispatch,
    TimeUnit,
)
from gridplan.words import Language, say
from gridplan.worktime import WorkTime, due_times

CLOSED_WORDS = frozenset((
    "已办结", "办结", "已结案", "结案", "已办理", "已解决", "已完成", "完成", "已归档", "归档",
    "closed", "resolved", "completed", "done",
))  # fmt: skip
"""What a status says of a case that is finished, in lower case."""

WITHDRAWN_WORDS = frozenset((
    "作废", "已作废", "撤销", "已撤销", "撤单", "已撤单", "不予受理", "cancel", "canceled",
    "cancelled", "withdrawn",
))  # fmt: skip
"""What a status says of a case that nobody has to finish, in lower case."""


@dataclass(frozen=True)
class TimeLimit:
    """How long a case may take.

    Parameters
    ----------
    limit : float
        Number of units.
    unit : TimeUnit
        What it counts.
    source : str
        Catalogue entry of the sentence it comes from, or of the words that it is ours.
    """

    limit: float
    unit: TimeUnit
    source: str

    def sentence(self, language: Language = "zh") -> str:
        """The sentence behind the number."""
        return say(self.source, language)


_BY_DISPATCH = {
    Dispatch.URGENT.value: TimeLimit(24, TimeUnit.HOUR, "case.source.urgent"),
    Dispatch.KEY.value: TimeLimit(5, TimeUnit.WORKING_DAY, "case.source.key"),
    Dispatch.ROUTINE.value: TimeLimit(3, TimeUnit.WORKING_DAY, "case.source.simple"),
}


@dataclass(frozen=True)
class DeadlineRules:
    """Time limits for cases that state none.

    Parameters
    ----------
    by_dispatch : mapping of str to TimeLimit
        By the kind of dispatch (派遣方式).
    otherwise : TimeLimit or None
        For every other case; None leaves it without a deadline.
    work : WorkTime
        When the office works.
    """

    by_dispatch: Mapping[str, TimeLimit] = field(default_factory=lambda: dict(_BY_DISPATCH))
    otherwise: TimeLimit | None = TimeLimit(3, TimeUnit.WORKING_DAY, "case.source.simple")
    work: WorkTime = field(default_factory=WorkTime)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_dispatch", MappingProxyType(dict(self.by_dispatch)))


class DueSource(StrEnum):
    """Where a deadline is known from."""

    STATED = "stated"
    LIMIT = "limit"
    DISPATCH = "dispatch"
    DEFAULT = "default"
    NONE = ""


@dataclass(frozen=True, eq=False)
class Deadlines:
    """When cases have to be finished; both series have the index of the cases.

    Parameters
    ----------
    due : Series of datetime64
        NaT where a case has no deadline.
    source : Series of str
        A :class:`DueSource` for each.
    told : tuple of (str, str)
        What the reader has to know, Chinese and English.
    """

    due: pd.Series
    source: pd.Series
    told: tuple[tuple[str, str], ...] = ()

    def notes(self, language: Language = "zh") -> tuple[str, ...]:
        """What the reader has to know: years without known holidays, limits not believed."""
        return tuple(zh if language == "zh" else en for zh, en in self.told)


def deadlines(cases: pd.DataFrame, rules: DeadlineRules | None = None) -> Deadlines:
    """The stated deadline, else the stated limit, else the limit of the rules.

    Parameters
    ----------
    cases : DataFrame
        ``opened, deadline, time_limit, time_limit_unit, dispatch``; times are local.
    rules : DeadlineRules, optional
        The defaults, each with its source, where left out.

    Returns
    -------
    Deadlines
    """
    rules = rules or DeadlineRules()
    limit = cases[TIME_LIMIT].to_numpy(dtype=float)
    unit = cases[TIME_LIMIT_UNIT].to_numpy(dtype=object)
    source = np.full(len(cases), DueSource.NONE.value, dtype=object)
    own = (limit >= 0) & (unit != "")
    source[own] = DueSource.LIMIT.value
    limit, unit = np.where(own, limit, np.nan), unit.copy()
    sent = cases[DISPATCH].to_numpy(dtype=object)
    for kind, rule in rules.by_dispatch.items():
        mine = (source == "") & (sent == kind)
        limit[mine], unit[mine], source[mine] = rule.limit, rule.unit.value, "dispatch"
    if rules.otherwise is not None:
        mine = source == ""
        limit[mine], unit[mine] = rules.otherwise.limit, rules.otherwise.unit.value
        source[mine] = DueSource.DEFAULT.value
    stated = cases[DEADLINE].notna().to_numpy()
    limit[stated] = np.nan
    found = due_times(cases[OPENED].to_numpy(), limit, unit, rules.work)
    due = cases[DEADLINE].where(stated, pd.Series(found.times, cases.index).astype(_TIME))
    source[stated] = DueSource.STATED.value
    source[due.isna().to_numpy()] = DueSource.NONE.value
    told = tuple(zip(found.notes("zh"), found.notes("en"), strict=True))
    return Deadlines(due, pd.Series(source, cases.index, dtype=object), told)


_TIME = "datetime64[us]"


def is_overdue(cases: pd.DataFrame, as_of: datetime) -> NDArray[np.bool_]:
    """Which cases are open past their deadline at a moment; only those still open are judged.

    Parameters
    ----------
    cases : DataFrame
        As for :func:`deadlines` and :func:`standing`.
    as_of : datetime
        Local time.
    """
    overdue = ~(cases[CLOSED] <= pd.Timestamp(as_of)).to_numpy()
    left = cases[overdue]
    overdue[overdue] = standing(left, deadlines(left).due, as_of) == Standing.OVERDUE
    return np.asarray(overdue)


class Standing(StrEnum):
    """How a case stands at a moment."""

    OPEN = "open"
    """Not finished, within its time or without a deadline."""
    OVERDUE = "overdue"
    ON_TIME = "on_time"
    LATE = "late"
    CLOSED = "closed"
    """Finished; whether in time is not known."""
    WITHDRAWN = "withdrawn"
    """Nobody has to finish it; it counts nowhere."""
    NOT_YET = ""
    """Not come in yet at that moment."""


def standing(cases: pd.DataFrame, due: pd.Series, as_of: datetime) -> pd.Series:
    """How each case stood at a moment.

    A case closed after the moment was open then. One that closed before it came in, or that is
    closed by its status alone, is finished at a time that is not known.

    Parameters
    ----------
    cases : DataFrame
        ``opened, closed, status``.
    due : Series of datetime64
        From :func:`deadlines`.
    as_of : datetime
        Local time.

    Returns
    -------
    Series of str
        A :class:`Standing` for each.
    """
    moment = pd.Timestamp(as_of)
    opened, closed = cases[OPENED], cases[CLOSED]
    timed = closed.notna() & ~(closed < opened)
    words = cases[STATUS].unique()  # a few, said of many
    status = cases[STATUS].map({word: word.strip().lower() for word in words})
    said = status.isin(CLOSED_WORDS)
    odd = closed.notna() & ~timed
    finished = (timed & (closed <= moment)) | odd | (closed.isna() & said)
    judged = finished & timed & due.notna()
    values = np.select(
        [
            (opened > moment).to_numpy(),
            status.isin(WITHDRAWN_WORDS).to_numpy(),
            (judged & (closed <= due)).to_numpy(),
            judged.to_numpy(),
            finished.to_numpy(),
            (due < moment).to_numpy(),
        ],
        [
            Standing.NOT_YET.value,
            Standing.WITHDRAWN.value,
            Standing.ON_TIME.value,
            Standing.LATE.value,
            Standing.CLOSED.value,
            Standing.OVERDUE.value,
        ],
        default=Standing.OPEN.value,
    )
    return pd.Series(values, cases.index, dtype=object)
