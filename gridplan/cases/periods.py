"""Days, weeks, months, quarters and years as values, each with its text and its neighbours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridplan.errors import GridplanError
from gridplan.words import Language, say


class PeriodKind(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}
_DAYS = {PeriodKind.DAY: 1, PeriodKind.WEEK: 7}
_TEXT = re.compile(
    r"(?P<year>\d{4})(?:-(?:W(?P<week>\d{2})|Q(?P<quarter>[1-4])|H(?P<half>[12])"
    r"|(?P<month>\d{2})(?:-(?P<day>\d{2}))?))?"
)


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole days.

    Weeks are those of ISO 8601: they run from Monday to Sunday, and belong to the year that holds
    their Thursday.

    Parameters
    ----------
    first : date
        First day; of a week a Monday, of anything longer the first of a month.
    kind : PeriodKind
        How long it is.

    Raises
    ------
    ValueError
        Where no period of the kind begins on that day.
    """

    first: date
    kind: PeriodKind

    def __post_init__(self) -> None:
        if Period.start(self.first, self.kind) != self.first:
            raise ValueError(f"no {self.kind} begins on {self.first}")

    @staticmethod
    def start(day: date, kind: PeriodKind) -> date:
        """First day of the period that a day lies in."""
        if kind in _DAYS:
            return day - timedelta(days=day.weekday() if kind is PeriodKind.WEEK else 0)
        months = _MONTHS[kind]
        return day.replace(month=(day.month - 1) // months * months + 1, day=1)

    @classmethod
    def of(cls, day: date, kind: PeriodKind) -> Period:
        """The period that a day lies in."""
        plain = day.date() if isinstance(day, datetime) else day
        return cls(cls.start(plain, kind), kind)

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2025-10-03``, ``2025-W40``, ``2025-10``, ``2025-Q4``, ``2025-H2`` or ``2025``.

        Raises
        ------
        GridplanError
            Where the text is none of these.
        """
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise GridplanError("case.bad_period", text=text)
        part = {name: int(value) for name, value in found.groupdict().items() if value}
        year = part["year"]
        try:
            if "week" in part:
                return cls(date.fromisocalendar(year, part["week"], 1), PeriodKind.WEEK)
            if "quarter" in part:
                return cls(date(year, 3 * part["quarter"] - 2, 1), PeriodKind.QUARTER)
            if "half" in part:
                return cls(date(year, 6 * part["half"] - 5, 1), PeriodKind.HALF)
            if "day" in part:
                return cls(date(year, part["month"], part["day"]), PeriodKind.DAY)
            kind = PeriodKind.MONTH if "month" in part else PeriodKind.YEAR
            return cls(date(year, part.get("month", 1), 1), kind)
        except ValueError as error:
            raise GridplanError("case.bad_period", text=text) from error

    def __str__(self) -> str:
        year, month = self.first.year, self.first.month
        iso = self.first.isocalendar()
        return {
            PeriodKind.DAY: self.first.isoformat(),
            PeriodKind.WEEK: f"{iso.year}-W{iso.week:02d}",
            PeriodKind.MONTH: f"{year}-{month:02d}",
            PeriodKind.QUARTER: f"{year}-Q{(month + 2) // 3}",
            PeriodKind.HALF: f"{year}-H{(month + 5) // 6}",
            PeriodKind.YEAR: f"{year}",
        }[self.kind]

    def title(self, language: Language = "zh") -> str:
        """The period in words, a week with its days."""
        iso, last = self.first.isocalendar(), self.last
        name = self.kind.value
        if self.kind is PeriodKind.HALF:
            name = "first_half" if self.first.month == 1 else "second_half"
        return say(
            f"case.period.{name}",
            language,
            year=iso.year if self.kind is PeriodKind.WEEK else self.first.year,
            month=self.first.month,
            day=self.first.day,
            week=iso.week,
            quarter=(self.first.month + 2) // 3,
            last_month=last.month,
            last_day=last.day,
        )

    @property
    def end(self) -> date:
        """The day after the last."""
        if self.kind in _DAYS:
            return self.first + timedelta(days=_DAYS[self.kind])
        return _months_on(self.first, _MONTHS[self.kind])

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.first).days

    def next(self) -> Period:
        """The period that follows."""
        return Period(self.end, self.kind)

    def previous(self) -> Period:
        """The period before, for comparison with it (环比)."""
        return Period.of(self.first - timedelta(days=1), self.kind)

    def year_before(self) -> Period:
        """The same period of the year before (同比).

        Week 53 has none in most years and is compared with week 52, 29 February with the 28th.
        """
        if self.kind is PeriodKind.WEEK:
            year, week, _ = self.first.isocalendar()
            weeks = date(year - 1, 12, 28).isocalendar().week  # the 28th lies in the last week
            return Period(date.fromisocalendar(year - 1, min(week, weeks), 1), self.kind)
        day = min(self.first.day, 28) if self.first.month == 2 else self.first.day
        return Period(date(self.first.year - 1, self.first.month, day), self.kind)

    def back(self, count: int) -> tuple[Period, ...]:
        """As many periods, this one last."""
        found = [self]
        while len(found) < count:
            found.append(found[-1].previous())
        return tuple(reversed(found))

    def holds(self, times: pd.Series) -> NDArray[np.bool_]:
        """Which times lie inside; False where a time is not known."""
        values = times.to_numpy(dtype="datetime64[us]")
        inside = (values >= np.datetime64(self.first)) & (values < np.datetime64(self.end))
        return np.asarray(inside, dtype=bool)


def _months_on(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)


def last_whole(times: pd.Series, kind: PeriodKind, until: datetime | None = None) -> Period | None:
    """The last period of which every day has passed in the data.

    Parameters
    ----------
    times : Series of datetime64
        When cases came in.
    kind : PeriodKind
        How long.
    until : datetime, optional
        Times after it are not looked at: a slip of the pen may lie in the future.

    Returns
    -------
    Period or None
        None where no time is known.
    """
    known = times.dropna()
    if until is not None:
        known = known[known <= pd.Timestamp(until)]
    if known.empty:
        return None
    day = known.max().date()
    period = Period.of(day, kind)
    return period if period.last == day else period.previous()
