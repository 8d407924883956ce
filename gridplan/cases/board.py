"""What leaders read of a period: four numbers, three colours and a ranking, from the cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import numpy as np
import pandas as pd

from gridplan.cases.book import CaseBook
from gridplan.cases.counts import LEAST_SHOWN, reaches_back
from gridplan.cases.deadlines import Standing, standing
from gridplan.cases.ledger import LedgerRules, rates
from gridplan.cases.periods import Period
from gridplan.schema import CATEGORY, CLOSED, HOUSEHOLDS, NAME, OPENED

_SOURCES = {
    "cases": ("came", ["cases"]),
    "resolved": ("came", ["closed"]),
    "rated": ("came", ["rated"]),
    "satisfied": ("came", ["satisfied"]),
    "on_time": ("due", ["on_time"]),
    "missed": ("due", ["late", "overdue"]),
    "green": ("finished", ["green"]),
    "yellow": ("open", ["yellow"]),
    "red": ("open", ["red"]),
    "overdue": ("open", ["overdue"]),
}
"""Of which cases what is counted, by the columns of :func:`gridplan.cases.ledger.rates`."""
COUNTS = tuple(_SOURCES)
FIGURES = ("cases", "resolved_share", "on_time_share", "satisfied_share", "overdue")
TREND_PERIODS = 12


@dataclass(frozen=True)
class Figure:
    """A number beside that of the period before and of the year before.

    Parameters
    ----------
    value, previous, year_before : float
        NaN where not known.
    is_share : bool
        Whether it is a share: then changes are differences, else relative.
    of : int
        What a share is of; the value itself for a count.
    before_of, year_of : int
        The same of the two other periods; 0 where not known.
    """

    value: float
    previous: float
    year_before: float
    is_share: bool
    of: int
    before_of: int = 0
    year_of: int = 0

    @property
    def change(self) -> float:
        """环比: against the period before; NaN where not known, or from zero."""
        return self._against(self.previous)

    @property
    def year_change(self) -> float:
        """同比: against the same period of the year before."""
        return self._against(self.year_before)

    def _against(self, other: float) -> float:
        if self.is_share:
            return self.value - other
        return (self.value - other) / other if other > 0 else np.nan


@dataclass(frozen=True, eq=False)
class Board:
    """One period as leaders read it.

    Parameters
    ----------
    period : Period
        Which.
    moment : datetime
        As of when cases are judged: the last instant of the period.
    figures : mapping of str to Figure
        By the names of :data:`FIGURES`.
    places : DataFrame
        By ``community_code``, the most cases for 1,000 households first: ``name, households``,
        every count of :data:`COUNTS`, ``per_1k`` (households), ``resolved_share,
        on_time_share, satisfied_share``, ``rank`` by ``per_1k`` among those with 5 cases or more,
        and ``previous_per_1k`` of those that had so many in the period before; else NaN.
    elsewhere : Series
        The counts of the cases that lie in no community.
    by_category : DataFrame
        Cases of the period by community (rows, "" for none) and category.
    by_grid : Series
        Cases of the period by community and grid ("" for none); empty without grids.
    trend : DataFrame
        The last 12 periods, named by their text: ``cases, year_before``, NaN where not known.
    """

    period: Period
    moment: datetime
    figures: Mapping[str, Figure]
    places: pd.DataFrame
    elsewhere: pd.Series
    by_category: pd.DataFrame
    by_grid: pd.Series
    trend: pd.DataFrame


def make_board(book: CaseBook, period: Period, rules: LedgerRules | None = None) -> Board:
    """Count a period, the one before and the one a year before.

    Every period is judged at its own end. Cases that came in count for the total, the share
    resolved and satisfaction; those that fell due, for the share on time, for what came in is
    mostly not due yet; those finished are green, those open at the end red or yellow.

    Parameters
    ----------
    book : CaseBook
        All cases known.
    period : Period
        Which.
    rules : LedgerRules, optional
        Thresholds.
    """
    rules = rules or LedgerRules()
    start = book.believed.min()
    others = (period.previous(), period.year_before())
    now = snapshot(book, period, rules)
    before, year = (
        snapshot(book, other, rules) if reaches_back(start, other) else None for other in others
    )
    shares = [_shares(each, rules) for each in (now, before, year)]
    figures = {name: _figure(name, *shares) for name in FIGURES}
    came = book.cases.index[period.holds(book.cases[OPENED])]
    return Board(
        period=period,
        moment=book.moment(period),
        figures=MappingProxyType(figures),
        places=_places(now, before, book.communities, rules),
        elsewhere=now.loc[""],
        by_category=pd.crosstab(book.community[came], book.cases.loc[came, CATEGORY]),
        by_grid=_by_grid(book, came),
        trend=_trend(book, period),
    )


def snapshot(book: CaseBook, period: Period, rules: LedgerRules | None = None) -> pd.DataFrame:
    """Counts of a period by community, judged at its end.

    Parameters
    ----------
    book, period, rules
        As in :func:`make_board`.

    Returns
    -------
    DataFrame
        By ``community_code``, and "" for no community, the whole numbers :data:`COUNTS`.
        ``cases`` came in during the period; of these ``resolved`` by its end, ``rated`` and
        ``satisfied`` whenever people said so. Of the cases that fell due during it, ``on_time``
        and ``missed`` (finished late, or overdue still). ``green`` were finished during it,
        whenever they came in, or came in during it and were finished at a time not known. Open at
        its end are ``yellow`` and ``red``, of these ``overdue``.
    """
    cases, moment = book.cases, book.moment(period)
    opened, closed = cases[OPENED], cases[CLOSED]
    now = pd.Timestamp(moment)
    here = (opened <= now).to_numpy()
    timed = (closed.notna() & ~(closed < opened)).to_numpy()
    past = timed & (closed <= now).to_numpy()
    came = here & period.holds(opened)
    at_some_time = came & ~timed  # closed in name only, or before it came in
    said = standing(cases[at_some_time], book.due[at_some_time], moment) == Standing.CLOSED
    finished = past & period.holds(closed)
    finished[np.flatnonzero(at_some_time)[said.to_numpy()]] = True
    codes = [*book.communities.index, ""]
    parts = {
        part: rates(cases[mask], book.due, moment, by=book.community, rules=rules).reindex(codes)
        for part, mask in (
            ("came", came),
            ("due", here & period.holds(book.due)),
            ("finished", finished),
            ("open", here & ~past),
        )
    }
    table = {name: parts[part][columns].sum(axis=1) for name, (part, columns) in _SOURCES.items()}
    return pd.DataFrame(table).fillna(0).astype("int64")


def _shares(counts: pd.DataFrame | None, rules: LedgerRules) -> pd.Series | None:
    return None if counts is None else _with_shares(counts.sum().to_frame().T, rules).iloc[0]


def _with_shares(counts: pd.DataFrame, rules: LedgerRules) -> pd.DataFrame:
    """The counts with shares, NaN where they are of nothing, or hardly anybody rated."""
    judged = counts["on_time"] + counts["missed"]
    enough = counts["rated"] >= max(rules.least_rated, 1)
    return counts.assign(
        resolved_share=counts["resolved"] / counts["cases"].where(counts["cases"] > 0),
        on_time_share=counts["on_time"] / judged.where(judged > 0),
        satisfied_share=counts["satisfied"] / counts["rated"].where(enough),
    )


def _figure(
    name: str, now: pd.Series | None, before: pd.Series | None, year: pd.Series | None
) -> Figure:
    value, previous, ago = (
        np.nan if each is None else float(each[name]) for each in (now, before, year)
    )
    whole = {
        "resolved_share": ["cases"],
        "on_time_share": ["on_time", "missed"],
        "satisfied_share": ["rated"],
    }
    of = (0 if each is None else int(each[whole.get(name, [name])].sum())
          for each in (now, before, year))  # fmt: skip
    return Figure(value, previous, ago, name in whole, *of)


def _places(
    now: pd.DataFrame,
    before: pd.DataFrame | None,
    communities: pd.DataFrame,
    rules: LedgerRules,
) -> pd.DataFrame:
    """Every community with counts, rates and ranks, the most cases for a household first."""
    table = communities[[NAME, HOUSEHOLDS]].join(_with_shares(now, rules))
    table["per_1k"], table["rank"] = _ranked(table["cases"], table[HOUSEHOLDS])
    table["previous_per_1k"] = np.nan
    if before is not None:
        old = before["cases"].reindex(table.index)
        table["previous_per_1k"] = _ranked(old, table[HOUSEHOLDS])[0].where(old >= LEAST_SHOWN)
    order = np.lexsort((table[NAME].astype(str), -table["cases"], table["rank"].fillna(np.inf)))
    return table.iloc[order]


def _ranked(cases: pd.Series, households: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Cases for 1,000 households, and the ranks of those with enough cases to tell."""
    each = 1000 * cases / households.where(households > 0)
    return each, each.where(cases >= LEAST_SHOWN).rank(ascending=False, method="min")


def _by_grid(book: CaseBook, came: pd.Index) -> pd.Series:
    keys = [book.community[came].rename("community"), book.grid[came].rename("grid")]
    counts = keys[1].groupby(keys).size()
    return counts if len(book.grids) else counts.iloc[:0]


def _trend(book: CaseBook, period: Period) -> pd.DataFrame:
    opened = book.believed
    start, values = opened.min(), opened.to_numpy(dtype="datetime64[us]")

    def count(each: Period) -> float:
        edges = [np.datetime64(each.first, "us"), np.datetime64(each.end, "us")]
        first, end = np.searchsorted(values, edges)
        return float(end - first) if reaches_back(start, each) else np.nan

    periods = period.back(TREND_PERIODS)
    return pd.DataFrame(
        {
            "cases": [count(each) for each in periods],
            "year_before": [count(each.year_before()) for each in periods],
        },
        index=[str(each) for each in periods],
    )
