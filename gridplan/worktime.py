"""Working days and hours: when a time limit ends, with China's holidays and 调休.

Holidays come from the yearly announcements of the State Council as ``chinesecalendar`` lists them.
For a year that it does not know working days are Monday to Friday, and the result says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from itertools import pairwise
from typing import Any

import chinese_calendar
import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridplan.schema import TimeUnit
from gridplan.words import Language, say

DAYS = NDArray[np.datetime64]
MASK = NDArray[np.bool_]
INTS = NDArray[np.int64]

Windows = tuple[tuple[time, time], ...]

LONGEST_DAYS = 3_660
"""A limit of more days than this (hours as days of 24) is no limit, but a slip of the pen."""

_DAY_S, _HOUR_S = 86_400, 3_600
_SECONDS = "datetime64[s]"
_STATED = chinese_calendar.constants
_YEARS = range(min(_STATED.holidays).year, max(_STATED.holidays).year + 1)


@dataclass(frozen=True)
class WorkTime:
    """When an office works.

    Parameters
    ----------
    windows : tuple of (time, time)
        Working hours (工作时) of a working day, in order; none crosses midnight.
    urgent_windows : tuple of (time, time)
        Hours that count as urgent working hours (紧急工作时), on working days; () counts round
        the clock on all days, as an operational system that we read does.
    day_end : time
        When a limit in days ends on its last day.
    free, worked : frozenset of date
        Days that a place has off, or works, beside what the calendar says.
    chinese_holidays : bool
        Whether holidays and 调休 of China apply; else Monday to Friday are worked.

    Raises
    ------
    ValueError
        Where windows are empty, overlap or run backwards.
    """

    windows: Windows = ((time(9), time(12)), (time(13), time(17, 30)))
    urgent_windows: Windows = ()
    day_end: time = time(23, 59)
    free: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    chinese_holidays: bool = True

    def __post_init__(self) -> None:
        if not self.windows:
            raise ValueError("a working day has at least one window of hours")
        for windows in (self.windows, self.urgent_windows):
            edges = [edge for window in windows for edge in window]
            if any(late <= early for early, late in pairwise(edges)):
                raise ValueError(f"windows follow each other, not {windows}")


@dataclass(frozen=True, eq=False)
class Due:
    """When time limits end.

    Parameters
    ----------
    times : datetime64[s] array, shape (n,)
        Local time; NaT where the start or the limit is not known.
    assumed_years : tuple of int
        Years whose holidays are not known, so that Monday to Friday were counted.
    too_long : int
        Limits longer than `LONGEST_DAYS`, which were not believed.
    """

    times: DAYS
    assumed_years: tuple[int, ...] = ()
    too_long: int = 0

    def notes(self, language: Language = "zh") -> tuple[str, ...]:
        """What the reader of these times has to know."""
        told = []
        if self.assumed_years:
            years = "、".join(str(year) for year in self.assumed_years)
            told.append(say("worktime.assumed_years", language, years=years))
        if self.too_long:
            told.append(say("worktime.too_long", language, count=self.too_long))
        return tuple(told)


def is_known_year(year: int) -> bool:
    """Whether the holidays of a year are known."""
    return year in _YEARS


def working_days(first: date, last: date, work: WorkTime | None = None) -> MASK:
    """Whether each day from the first to the last, both included, is a working day.

    Returns
    -------
    bool array, shape (days,)
        In a year of which the holidays are not known, Monday to Friday.
    """
    work = work or WorkTime()
    days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
    worked = np.is_busday(days)
    sets: list[tuple[Mapping[date, Any] | frozenset[date], bool]] = []
    if work.chinese_holidays:
        sets += [(_STATED.holidays, False), (_STATED.workdays, True)]
    for listed, value in [*sets, (work.free, False), (work.worked, True)]:
        at = _as_days(listed)
        at = at[(at >= days[0]) & (at <= days[-1])]
        worked[(at - days[0]).astype(np.int64)] = value
    return np.asarray(worked, dtype=bool)


def _as_days(listed: Mapping[date, Any] | frozenset[date]) -> DAYS:
    return np.array(sorted(listed), dtype="datetime64[D]")


def due_times(
    opened: ArrayLike, limit: ArrayLike, unit: ArrayLike, work: WorkTime | None = None
) -> Due:
    """When each time limit ends.

    A limit in working days (工作日) ends with the n-th working day after the day of opening, one
    in natural days (自然日) with the n-th day after it; part of a day counts whole. Working hours
    (工作时) run in the windows of working days only; hours (小时) run on.

    Parameters
    ----------
    opened : array of datetime64, shape (n,)
        Local time.
    limit : array of float, shape (n,)
        Number of units; NaN or below zero is not known.
    unit : array of str, shape (n,)
        :class:`~gridplan.schema.TimeUnit`; anything else is not known.
    work : WorkTime, optional
        When the office works.

    Returns
    -------
    Due
        A million limits take about a second.
    """
    work = work or WorkTime()
    start = np.asarray(opened).astype(_SECONDS)
    size = np.asarray(limit, dtype=float)
    kinds = np.asarray(unit, dtype=object)
    times = np.full(start.shape, np.datetime64("NaT"), dtype=_SECONDS)
    usable = ~np.isnat(start) & (size >= 0)
    too_long, years = 0, set[int]()
    for kind in TimeUnit:
        mine = usable & (kinds == kind.value)
        day_units = kind in (TimeUnit.WORKING_DAY, TimeUnit.DAY)
        long = mine & (size > LONGEST_DAYS * (1 if day_units else 24))
        too_long += int(long.sum())
        mine &= ~long
        if mine.any():
            times[mine] = _ends(start[mine], size[mine], kind, work)
            if work.chinese_holidays and _counts_days(kind, work):
                years |= _unknown_years(start[mine].min(), times[mine].max())
    return Due(times, tuple(sorted(years)), too_long)


def _counts_days(kind: TimeUnit, work: WorkTime) -> bool:
    urgent = kind is TimeUnit.URGENT_WORKING_HOUR and bool(work.urgent_windows)
    return urgent or kind in (TimeUnit.WORKING_DAY, TimeUnit.WORKING_HOUR)


def _unknown_years(first: np.datetime64, last: np.datetime64) -> set[int]:
    years = range(first.astype(object).year, last.astype(object).year + 1)
    return {year for year in years if not is_known_year(year)}


def _ends(start: DAYS, size: NDArray[np.float64], kind: TimeUnit, work: WorkTime) -> DAYS:
    if kind is TimeUnit.WORKING_DAY:
        return _after_working_days(start, np.ceil(size).astype(np.int64), work)
    if kind is TimeUnit.DAY:
        last = start.astype("datetime64[D]") + np.ceil(size).astype("timedelta64[D]")
        return np.asarray(last.astype(_SECONDS) + _seconds_of(work.day_end))
    seconds = np.round(size * _HOUR_S).astype(np.int64)
    if not _counts_days(kind, work):
        return np.asarray(start + seconds.astype("timedelta64[s]"))
    is_urgent = kind is TimeUnit.URGENT_WORKING_HOUR
    windows = work.urgent_windows if is_urgent else work.windows
    return _after_hours(start, seconds, windows, work)


def _after_working_days(start: DAYS, count: INTS, work: WorkTime) -> DAYS:
    day = start.astype("datetime64[D]")
    worked = _worked_from(day.min(), day.max(), int(count.max()), work)
    before = np.searchsorted(worked, day, side="right")  # working days up to and on the day
    last = np.where(count > 0, worked[before + np.maximum(count, 1) - 1], day)
    return np.asarray(last.astype(_SECONDS) + _seconds_of(work.day_end))


def _after_hours(start: DAYS, seconds: INTS, windows: Windows, work: WorkTime) -> DAYS:
    """Run through the windows of the working days, laid end to end as one line of seconds."""
    begins = np.array([_seconds_of(window[0]).astype(int) for window in windows])
    lengths = np.array([_seconds_of(late).astype(int) for _, late in windows]) - begins
    upto = np.concatenate([[0], np.cumsum(lengths)])
    a_day = int(upto[-1])
    day = start.astype("datetime64[D]")
    clock = (start - day.astype(_SECONDS)).astype(np.int64)
    worked = _worked_from(day.min(), day.max(), int(seconds.max()) // a_day + 2, work)
    before = np.searchsorted(worked, day, side="left")
    today = worked[before] == day
    done = np.clip(clock[:, None] - begins, 0, lengths).sum(axis=1) * today
    end = before * a_day + done + seconds
    on = np.maximum(end - 1, 0) // a_day  # what ends with a day ends on it, not on the next
    rest = end - on * a_day
    window = np.clip(np.searchsorted(upto, rest, side="left") - 1, 0, len(windows) - 1)
    at = begins[window] + rest - upto[window]
    found = worked[on].astype(_SECONDS) + at.astype("timedelta64[s]")
    return np.asarray(np.where(seconds > 0, found, start))


def _worked_from(first: np.datetime64, last: np.datetime64, more: int, work: WorkTime) -> DAYS:
    """Working days from the first day until surely `more` after the last one."""
    beyond = last + np.timedelta64(2 * more + 40 + len(work.free), "D")
    mask = working_days(first.astype(object), beyond.astype(object), work)
    return np.asarray(np.arange(first, beyond + 1)[mask])


@cache
def _seconds_of(clock: time) -> np.timedelta64:
    return np.timedelta64(clock.hour * _HOUR_S + clock.minute * 60 + clock.second, "s")
