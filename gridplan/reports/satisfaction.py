"""Satisfaction by matter over a quarter: what has to be done again (回炉整改)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from gridplan.cases import Period, rates
from gridplan.reports.ground import Ground
from gridplan.schema import CATEGORY, SUBCATEGORY


class Judged(StrEnum):
    """What follows from the ratings."""

    GOOD = "good"
    REWORK = "rework"
    FEW = "few"
    """Too few ratings to judge."""
    NONE = "none"
    """Nobody rated."""


@dataclass(frozen=True)
class Rating:
    """Ratings of a category, or of a subcategory of it.

    Parameters
    ----------
    category, matter : str
        The matter is "" for the whole category.
    cases, rated, satisfied : int
        Counts.
    share, previous : float
        Of the satisfied, NaN where too few rated; the same a period before.
    judged : Judged
        What follows.
    """

    category: str
    matter: str
    cases: int
    rated: int
    satisfied: int
    share: float
    previous: float
    judged: Judged


def ratings(ground: Ground) -> tuple[Rating, ...]:
    """Each category, the worst first, followed by its subcategories, the worst first."""
    whole = _rated(ground, [CATEGORY])
    fine = _rated(ground, [CATEGORY, SUBCATEGORY])
    found = []
    for top in sorted(whole, key=_worst_first):
        found.append(top)
        below = [one for one in fine if one.category == top.category and one.matter]
        if len(below) > 1:
            found += sorted(below, key=_worst_first)
    return tuple(found)


def ratings_of_communities(ground: Ground) -> tuple[Rating, ...]:
    """Each community, the worst first; its name stands in ``category``."""
    names = ground.communities
    found = [one for one in _rated(ground, ["community"]) if one.category]
    named = [Rating(**{**vars(one), "category": str(names[one.category])}) for one in found]
    return tuple(sorted(named, key=_worst_first))


def _worst_first(one: Rating) -> tuple[bool, float, int, str]:
    return np.isnan(one.share), one.share if one.share >= 0 else 0.0, -one.cases, one.matter


def _rated(ground: Ground, columns: list[str]) -> list[Rating]:
    now = _table(ground, ground.period, columns)
    earlier = ground.period.previous()
    before = _table(ground, earlier, columns) if ground.reaches(earlier) else now.iloc[:0]
    return [_rating(ground, str(key), row, before) for key, row in now.iterrows()]


def _table(ground: Ground, period: Period, columns: list[str]) -> pd.DataFrame:
    inside = ground.inside(period)
    key = inside[columns[0]].astype(str)
    for column in columns[1:]:
        key = key + _PARTED + inside[column].astype(str)
    return rates(inside, ground.due.due, ground.moment(period), by=key, rules=ground.spec.ledger)


_PARTED = "\x1f"


def _rating(ground: Ground, key: str, row: pd.Series, before: pd.DataFrame) -> Rating:
    least = ground.spec.ledger.least_rated
    category, _, matter = key.partition(_PARTED)
    rated = int(row["rated"])
    enough = rated >= least
    earlier = np.nan
    if key in before.index and before.at[key, "rated"] >= least:
        earlier = float(before.at[key, "satisfied_share"])
    judged = Judged.REWORK if row["rework"] else Judged.GOOD
    if not enough:
        judged = Judged.FEW if rated else Judged.NONE
    return Rating(
        category=category,
        matter=matter,
        cases=int(row["cases"]),
        rated=rated,
        satisfied=int(row["satisfied"]),
        share=float(row["satisfied_share"]) if enough else np.nan,
        previous=earlier,
        judged=judged,
    )
