"""Counts of cases in a period beside the period before and the year before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gridplan.cases.periods import Period
from gridplan.schema import OPENED

LEAST_SHOWN = 5
"""A count below it, zero apart, is not told to people outside the office; our default."""


def count_by(cases: pd.DataFrame, by: pd.Series, period: Period) -> pd.DataFrame:
    """How many cases of each group came in during a period, and how that changed.

    Parameters
    ----------
    cases : DataFrame
        ``opened``: all that is known, not only those of the period.
    by : Series of str
        Group of each case: its category, grid or community; "" where it has none.
    period : Period
        Which.

    Returns
    -------
    DataFrame
        One row a group that has cases in one of the three periods, the most frequent first, named
        ``group``: ``count``, ``share`` of the period's cases; ``previous`` and ``change`` (环比),
        ``year_before`` and ``year_change`` (同比), where a change of 0.1 is ten per cent more.
        NaN where the data does not reach back so far, and for a change from zero.
    """
    opened = cases[OPENED]
    counts = {"count": _counted(opened, by, period)}
    for name, other in (("previous", period.previous()), ("year_before", period.year_before())):
        counts[name] = _counted(opened, by, other)
    table = pd.DataFrame(counts).fillna(0).astype("int64")
    table.index.name = "group"
    start = opened.min()
    for name, other in (("previous", period.previous()), ("year_before", period.year_before())):
        if not reaches_back(start, other):
            table[name] = np.nan
    total = int(table["count"].sum())
    table.insert(1, "share", table["count"] / (total or np.nan))
    table.insert(3, "change", changed(table["count"], table["previous"]))
    table["year_change"] = changed(table["count"], table["year_before"])
    order = np.lexsort((table.index.astype(str), -table["count"]))
    return table.iloc[order]


def total_of(cases: pd.DataFrame, period: Period) -> pd.Series:
    """The same for all cases together: ``count, previous, change, year_before, year_change``."""
    one = count_by(cases, pd.Series("", cases.index, dtype=object), period)
    if one.empty:
        start = cases[OPENED].min()
        earlier = (period.previous(), period.year_before())
        before, year = (0.0 if reaches_back(start, other) else np.nan for other in earlier)
        one = pd.DataFrame(
            {"count": 0.0, "previous": before, "change": np.nan,
             "year_before": year, "year_change": np.nan}, index=[""]
        )  # fmt: skip
    return one.drop(columns="share", errors="ignore").iloc[0]


def over_time(cases: pd.DataFrame, periods: Sequence[Period]) -> pd.Series:
    """How many cases came in during each period, named by its text.

    Parameters
    ----------
    cases : DataFrame
        ``opened``.
    periods : sequence of Period
        For instance `Period.back`.
    """
    counts = [int(period.holds(cases[OPENED]).sum()) for period in periods]
    return pd.Series(counts, [str(period) for period in periods], dtype="int64")


def _counted(opened: pd.Series, by: pd.Series, period: Period) -> pd.Series:
    return by[period.holds(opened)].value_counts(sort=False)


def reaches_back(start: pd.Timestamp, period: Period) -> bool:
    """Whether data that begins at a moment covers a period: from its first day on."""
    return bool(pd.notna(start)) and start.date() <= period.first


def changed(count: pd.Series, before: pd.Series) -> pd.Series:
    """Relative change; NaN from zero or from what is not known."""
    base = before.astype(float)
    return (count - base) / base.where(base > 0)


def shown(count: float, least: int = LEAST_SHOWN) -> str:
    """A count as people outside the office may see it: ``<5`` where it is small.

    Parameters
    ----------
    count : float
        NaN is "".
    least : int
        The smallest that is told; 0 tells all. A single small count beside a total can be worked
        out again: leave such a total away too.
    """
    if np.isnan(count):
        return ""
    return f"<{least}" if 0 < count < least else f"{int(count):,}"
