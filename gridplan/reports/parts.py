"""Cases by community or by grid, and what a monthly report asks of one category."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gridplan.cases import Colour, Period, Standing, count_by
from gridplan.cases.deadlines import standing
from gridplan.reports.ground import Ground
from gridplan.schema import (
    ADDRESS,
    CLOSED,
    COMMUNITY_CODE,
    DEADLINE,
    GRID_ID,
    OPENED,
    SUBCATEGORY,
    TIME_LIMIT,
)

SOON_DAYS = 2
"""What falls due within so many days is told beforehand; ours."""

HOURS = (0, 6, 9, 12, 14, 18, 22, 24)
"""Bounds of the parts of a day."""


@dataclass(frozen=True)
class Part:
    """A community of the area, or a grid of a community.

    Parameters
    ----------
    name, worker : str
        As shown; the post that answers for a grid, "" for a community.
    count, share, previous, change : float
        Cases of the period, their share, those of the period before and 环比.
    closed, open, overdue, red, soon : int
        Closed during the period; open, overdue and red at its end; falling due soon after it.
    on_time : float
        Share closed in time of what fell due in the period.
    """

    name: str
    worker: str
    count: int
    share: float
    previous: float
    change: float
    closed: int
    open: int
    overdue: int
    red: int
    soon: int
    on_time: float


@dataclass(frozen=True)
class Matter:
    """A subcategory of the category of the month.

    Parameters
    ----------
    name : str
        "" where none is given.
    count, share, previous, change : float
        In the month, and in the one before.
    on_time : float
        Share closed in time of what fell due.
    days : float
        Median of the days to closing of what was closed in the month, NaN for none.
    """

    name: str
    count: int
    share: float
    previous: float
    change: float
    on_time: float
    days: float


@dataclass(frozen=True, eq=False)
class Topic:
    """One category in depth.

    Parameters
    ----------
    category : str
        Which.
    of_all : float
        Its share of the month's cases.
    matters : tuple of Matter
        Its subcategories.
    weekdays, hours : int array, shape (7,) and (len(HOURS) − 1,)
        Cases by day of the week, Monday first, and by part of the day, over the trend's months.
    timed : bool
        Whether times of day are known at all.
    again_places, again_cases : int
        Addresses with two cases or more over the trend's months, and the cases there.
    """

    category: str
    of_all: float
    matters: tuple[Matter, ...]
    weekdays: np.ndarray
    hours: np.ndarray
    timed: bool
    again_places: int
    again_cases: int


def parts(ground: Ground) -> tuple[Part, ...]:
    """Communities of the whole area, or grids of a community; the one with most cases first."""
    column = GRID_ID if ground.community else "community"
    by = ground.cases[column]
    table = count_by(ground.cases, by, ground.period)
    stands, colour = ground.standing(), ground.colours()
    due = ground.due.due.loc[ground.cases.index]
    soon = pd.Timestamp(ground.as_of) + pd.Timedelta(days=SOON_DAYS)
    is_open = stands.isin((Standing.OPEN, Standing.OVERDUE))
    flags = {
        "closed": pd.Series(ground.period.holds(ground.cases[CLOSED]), by.index),
        "open": is_open,
        "overdue": stands == Standing.OVERDUE,
        "red": colour == Colour.RED,
        "soon": is_open & (due >= pd.Timestamp(ground.as_of)) & (due < soon),
    }
    sums = pd.DataFrame(flags).groupby(by).sum()
    kept = on_time_by(ground, by)
    found = []
    for key in _all_parts(ground):
        row = table.loc[key] if key in table.index else None
        counts = {name: int(sums.at[key, name]) if key in sums.index else 0 for name in flags}
        name = ground.grid_name(key) if ground.community else str(ground.communities[key])
        found.append(
            Part(
                name=name,
                worker=ground.worker(key) if ground.community else "",
                count=0 if row is None else int(row["count"]),
                share=np.nan if row is None else float(row["share"]),
                previous=np.nan if row is None else float(row["previous"]),
                change=np.nan if row is None else float(row["change"]),
                on_time=float(kept.get(key, np.nan)),
                **counts,
            )
        )
    return tuple(sorted(found, key=lambda part: (-part.count, part.name)))


def topic(ground: Ground, category: str, whole: Ground) -> Topic:
    """Look at one category.

    Parameters
    ----------
    ground : Ground
        With the cases of that category alone.
    category : str
        Its name.
    whole : Ground
        With all cases.
    """
    cases = ground.cases
    window = ground.period.back(ground.spec.trend_periods)
    long = cases[(cases[OPENED] >= pd.Timestamp(window[0].first))
                 & (cases[OPENED] <= pd.Timestamp(ground.as_of))]  # fmt: skip
    opened = long[OPENED].dt
    hours = np.histogram(opened.hour, bins=HOURS)[0]
    named = long[long[ADDRESS] != ""][ADDRESS].value_counts()
    again = named[named >= 2]
    return Topic(
        category=category,
        of_all=len(ground.inside(ground.period)) / max(len(whole.inside(ground.period)), 1),
        matters=_matters(ground),
        weekdays=np.bincount(opened.day_of_week.to_numpy(dtype=np.int64), minlength=7),
        hours=hours,
        timed=bool((opened.hour * 60 + opened.minute).any()),
        again_places=len(again),
        again_cases=int(again.sum()),
    )


def on_time_by(ground: Ground, by: pd.Series) -> pd.Series:
    """Share closed in time, of what fell due in the period, by group; not of a handful."""
    due = ground.due.due.loc[ground.cases.index]
    fell = ground.period.holds(due)
    stands = standing(ground.cases[fell], due[fell], ground.as_of)
    judged = stands[stands.isin((Standing.ON_TIME, Standing.LATE, Standing.OVERDUE))]
    good = judged == Standing.ON_TIME
    if not len(judged):
        return pd.Series(dtype=float)
    told = good.groupby(by.loc[judged.index]).agg(["mean", "size"])
    return told.loc[told["size"] >= max(ground.spec.least_shown, 1), "mean"]


def stated_share(ground: Ground) -> float:
    """Share of the cases that fell due whose deadline or limit the data state themselves."""
    period: Period = ground.period
    fell = ground.cases[period.holds(ground.due.due.loc[ground.cases.index])]
    stated = fell[DEADLINE].notna() | fell[TIME_LIMIT].notna()
    return float(stated.mean()) if len(fell) else np.nan


def category_of_month(ground: Ground, by: pd.Series) -> str:
    """The most frequent category of the period; "" where there is no case."""
    inside = by[ground.period.holds(ground.cases[OPENED])]
    counts = inside[inside != ""].value_counts()
    return str(min(counts.index[counts == counts.max()])) if len(counts) else ""


def _matters(ground: Ground) -> tuple[Matter, ...]:
    cases, period = ground.cases, ground.period
    by = cases[SUBCATEGORY]
    table = count_by(cases, by, period)
    kept = on_time_by(ground, by)
    done = cases[period.holds(cases[CLOSED]) & (cases[CLOSED] >= cases[OPENED])]
    days = (done[CLOSED] - done[OPENED]).groupby(done[SUBCATEGORY]).median()
    return tuple(
        Matter(
            name=str(name),
            count=int(row["count"]),
            share=float(row["share"]),
            previous=float(row["previous"]),
            change=float(row["change"]),
            on_time=float(kept.get(name, np.nan)),
            days=days[name] / pd.Timedelta(days=1) if name in days.index else np.nan,
        )
        for name, row in table[table["count"] > 0].iterrows()
    )


def _all_parts(ground: Ground) -> list[str]:
    """Every community, or every grid of the community, also those without a case."""
    if not ground.community:
        return [str(code) for code in ground.prepared.layers.communities[COMMUNITY_CODE]]
    name = ground.communities[ground.community]
    mine = ground.grids[ground.grids["community_name"] == name][GRID_ID]
    seen = ground.cases.loc[ground.cases[GRID_ID] != "", GRID_ID]
    return sorted({str(grid) for grid in mine} | {str(grid) for grid in seen})
