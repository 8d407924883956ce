"""Which report is wanted, of which period, and by which thresholds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from gridplan.cases import DeadlineRules, LedgerRules, Period, PeriodKind
from gridplan.cases.book import CaseBook
from gridplan.cases.counts import LEAST_SHOWN
from gridplan.errors import GridplanError
from gridplan.words import Language, say


class ReportKind(StrEnum):
    """Which report; the names stand in commands."""

    WEEKLY = "weekly"
    """治理动态周报, of the whole street."""
    DAILY = "daily"
    """社区每日汇总."""
    MONTHLY = "monthly"
    """每月一题: one frequent category in depth."""
    QUARTERLY = "quarterly"
    """Satisfaction by matter."""

    @property
    def period(self) -> PeriodKind:
        """How long a period it is about."""
        return _PERIOD[self]

    def title(self, language: Language = "zh") -> str:
        """The name of such a report."""
        return say(f"reports.kind.{self.value}", language)


_PERIOD = {
    ReportKind.WEEKLY: PeriodKind.WEEK,
    ReportKind.DAILY: PeriodKind.DAY,
    ReportKind.MONTHLY: PeriodKind.MONTH,
    ReportKind.QUARTERLY: PeriodKind.QUARTER,
}


@dataclass(frozen=True)
class ReportSpec:
    """What a report is about, and its thresholds.

    Parameters
    ----------
    kind : ReportKind
        Which.
    period : Period, optional
        Of which period; the last whole one in the data where left out.
    community : str
        Code or name of a community; "" for the whole area.
    category : str
        Of a monthly report; the most frequent of the month where left out.
    issued : date, optional
        Stands under the title; today where left out.
    least_shown : int
        A smaller count of a part of the area is not told, zero apart; 0 tells all.
    listed : int
        Rows of a list of places or categories.
    trend_periods : int
        Periods of a trend, this one last.
    repeat_days : int
        Days over which repeated complaints are gathered; ours.
    least_repeats : int
        Repeated complaints of a category in a grid from which they are a prominent dispute; ours.
    level : float
        Of the test whether a count differs from the periods before.
    ledger : LedgerRules
        Red, yellow, green; the floor of satisfaction and the least number of ratings.
    deadlines : DeadlineRules
        Time limits of cases that state none.
    """

    kind: ReportKind = ReportKind.WEEKLY
    period: Period | None = None
    community: str = ""
    category: str = ""
    issued: date | None = None
    least_shown: int = LEAST_SHOWN
    listed: int = 5
    trend_periods: int = 12
    repeat_days: int = 28
    least_repeats: int = 5
    level: float = 0.05
    ledger: LedgerRules = field(default_factory=LedgerRules)
    deadlines: DeadlineRules = field(default_factory=DeadlineRules)

    def __post_init__(self) -> None:
        if self.kind is ReportKind.WEEKLY and self.community:
            raise GridplanError("reports.error.weekly_is_whole")
        if self.kind is not ReportKind.MONTHLY and self.category:
            raise GridplanError("reports.error.category_is_monthly")
        if self.period is not None and self.period.kind is not self.kind.period:
            raise GridplanError(
                "reports.error.other_period", kind=self.kind.title(), period=str(self.period)
            )


def period_of(spec: ReportSpec, book: CaseBook) -> Period:
    """The period asked for, or the last whole one.

    Parameters
    ----------
    spec : ReportSpec
        What is asked for.
    book : CaseBook
        All cases.

    Raises
    ------
    GridplanError
        Where no case has a time, or the period lies outside of the data.
    """
    period = spec.period or book.last_whole(spec.kind.period)
    if period is None or book.believed.empty:
        raise GridplanError("reports.error.no_times")
    if period not in book.periods(period.kind):
        first, last = (book.believed.iloc[end].date() for end in (0, -1))
        raise GridplanError("reports.error.outside", period=str(period), first=first, last=last)
    return period
