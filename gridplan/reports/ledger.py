"""The ledger in three colours, frequent problems and prominent disputes, each by a written rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gridplan.cases import Colour, Standing, answers, count_by
from gridplan.cases.periods import Period
from gridplan.reports.figures import verdict
from gridplan.reports.ground import Ground
from gridplan.reports.places import HotPlace
from gridplan.schema import CATEGORY, CLOSED, OPENED, REPEAT, SUBCATEGORY


@dataclass(frozen=True)
class LedgerRow:
    """A colour of the ledger at the end of the period.

    Parameters
    ----------
    colour : Colour
        Red and yellow are what is open; green is what was resolved in the period.
    count, fresh, overdue : int
        Cases, those of them that came in during the period, and those that are overdue.
    before : float
        The count at the end of the period before; NaN where not known.
    """

    colour: Colour
    count: int
    fresh: int
    overdue: int
    before: float


@dataclass(frozen=True)
class Frequent:
    """A frequent category.

    Parameters
    ----------
    category : str
        "" where none is given.
    count, share, change, year_change : float
        In the period, of all, 环比 and 同比; NaN where not known.
    verdict : str
        Of :func:`gridplan.reports.figures.verdict` beside the periods before.
    matter : str
        Its most frequent subcategory, "" where none is given.
    where : str
        Community code (of the whole area) or grid code (of a community) with most of its cases.
    """

    category: str
    count: int
    share: float
    previous: float
    change: float
    year_before: float
    year_change: float
    verdict: str
    matter: str
    where: str


@dataclass(frozen=True)
class Dispute:
    """A prominent dispute: cases of one category and one place, told together.

    Parameters
    ----------
    rule : str
        ``red`` (open in the red ledger), ``repeat`` (repeated complaints) or ``rising`` (a
        hotspot that is new, growing or unusual of late).
    category, community, grid : str
        What and where; the grid's code.
    place : str
        Name of a hotspot, "" otherwise.
    count : int
        Cases.
    """

    rule: str
    category: str
    community: str
    grid: str
    place: str
    count: int


def ledger(ground: Ground) -> tuple[LedgerRow, ...]:
    """Red, yellow and green at the end of the period."""
    colour, stands = ground.colours(), ground.standing()
    fresh = ground.period.holds(ground.cases[OPENED])
    late = (stands == Standing.OVERDUE).to_numpy()
    earlier = ground.period.previous()
    known = ground.reaches(earlier)
    was = ground.colours(ground.moment(earlier))
    rows = []
    for each in Colour:
        mine = _of_colour(ground, colour, each, ground.period)
        before = int(_of_colour(ground, was, each, earlier).sum()) if known else np.nan
        counts = (int(mine.sum()), int((mine & fresh).sum()), int((mine & late).sum()))
        rows.append(LedgerRow(each, *counts, before))
    return tuple(rows)


def _of_colour(ground: Ground, colour: pd.Series, each: Colour, period: Period) -> pd.Series:
    """Which cases a row counts: green ones only where they were resolved during the period.

    One resolved at a time not known counts where it came in.
    """
    mine = colour == each
    if each is not Colour.GREEN:
        return mine
    opened, closed = ground.cases[OPENED], ground.cases[CLOSED]
    timed = closed.notna() & ~(closed < opened)
    return mine & np.where(timed, period.holds(closed), period.holds(opened))


def frequent(ground: Ground, by: str = CATEGORY) -> tuple[Frequent, ...]:
    """Every category of the period, the most frequent first."""
    cases, period = ground.cases, ground.period
    table = count_by(cases, cases[by], period)
    table = table[table["count"] > 0]
    inside = ground.inside(period)
    earlier = ground.earlier()
    counts = {one: cases.loc[one.holds(cases[OPENED]), by].value_counts() for one in earlier}
    found = []
    for category, row in table.iterrows():
        mine = inside[inside[by] == category]
        before = [int(counts[one].get(category, 0)) for one in earlier]
        found.append(
            Frequent(
                category=str(category),
                count=int(row["count"]),
                share=float(row["share"]),
                previous=float(row["previous"]),
                change=float(row["change"]),
                year_before=float(row["year_before"]),
                year_change=float(row["year_change"]),
                verdict=verdict(int(row["count"]), before, ground.spec.level),
                matter=commonest(mine[SUBCATEGORY]),
                where=commonest(mine["grid_id" if ground.community else "community"]),
            )
        )
    return tuple(found)


def disputes(ground: Ground, places: Sequence[HotPlace]) -> tuple[Dispute, ...]:
    """What is prominent by one of the three rules, red first, then by number of cases."""
    cases = ground.cases
    red = cases[ground.colours() == Colour.RED]
    since = pd.Timestamp(ground.until) - pd.Timedelta(days=ground.spec.repeat_days)
    opened = cases[OPENED]
    again = cases[cases[REPEAT] & (opened >= since) & (opened <= pd.Timestamp(ground.as_of))]
    found = [
        *_grouped(ground, red, "red", 1),
        *_grouped(ground, again, "repeat", ground.spec.least_repeats),
    ]
    found += [
        Dispute("rising", one.category, one.community, one.grid, one.place, one.now)
        for one in places
        if one.rising
    ]
    order = {"red": 0, "repeat": 1, "rising": 2}
    return tuple(sorted(found, key=lambda one: (order[one.rule], -one.count)))


def _grouped(ground: Ground, cases: pd.DataFrame, rule: str, least: int) -> list[Dispute]:
    keys = [CATEGORY, "community", "grid_id"]
    sizes = cases.groupby(keys, sort=True).size()
    names = ground.communities
    return [
        Dispute(rule, str(category), str(names.get(code, "")), ground.grid_name(str(grid)), "",
                int(size))
        for (category, code, grid), size in sizes.items()
        if size >= least
    ]  # fmt: skip


def unsatisfied(cases: pd.DataFrame) -> int:
    """How many people were not satisfied."""
    return int((answers(cases) == "not").sum())


def commonest(names: pd.Series) -> str:
    """The most frequent text, the first by the alphabet of equals; "" where there is none."""
    counts = names[names != ""].value_counts()
    return str(min(counts.index[counts == counts.max()])) if len(counts) else ""
