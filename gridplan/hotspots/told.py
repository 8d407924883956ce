"""Hotspots as an office reads them: one entry a place, whose grid it is, and what a redraw does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
import shapely

from gridplan.cases.counts import shown
from gridplan.hotspots.find import PLAN
from gridplan.hotspots.spec import Hotspots
from gridplan.schema import CATEGORY, OPENED
from gridplan.words import Language, say

WHOLE = 0.8
"""A grid with this share of a cluster's cases answers for it alone."""
_ODDS = (1000, 500, 200, 100, 50, 20)
_EMPTY = ""
_TOLD = 4


@dataclass(frozen=True)
class Spot:
    """The clusters of one place, told as one.

    Parameters
    ----------
    place : str
        What people call it, "" where nobody does.
    lead : int
        The most likely cluster there: of one category, of all, or a recent one.
    others : tuple of int
        The other ones.
    """

    place: str
    lead: int
    others: tuple[int, ...]


class Ownership(StrEnum):
    """What becomes of a cluster's owner when grids are redrawn; one owner has `WHOLE` of it."""

    KEPT = "kept"
    """One grid before and after."""
    GATHERED = "gathered"
    """Several before, one after."""
    CUT = "cut"
    """One before, several after."""
    ACROSS = "across"
    """Several before and after."""


def spots_of(found: Hotspots) -> list[Spot]:
    """Clusters gathered by place, the most likely place first.

    Parameters
    ----------
    found : Hotspots
        What was found.
    """
    frame = found.clusters
    ordered = frame.sort_values("llr", ascending=False, kind="stable")
    gathered: dict[str, list[int]] = {}
    for number, place in zip(ordered["cluster"], ordered["place"], strict=True):
        gathered.setdefault(place or f"#{number}", []).append(int(number))
    return [
        Spot(_EMPTY if place.startswith("#") else place, mine[0], tuple(mine[1:]))
        for place, mine in gathered.items()
    ]


def cases_of(found: Hotspots, cluster: int) -> pd.DataFrame:
    """The cases that make up a cluster, rows of ``found.cases``.

    Parameters
    ----------
    found : Hotspots
        What was found.
    cluster : int
        Its number.
    """
    row = found.clusters.set_index("cluster").loc[cluster]
    x, y = found.lattice.middle_m.T
    inside = shapely.contains_xy(row["geometry"], x, y)
    cases = found.cases
    cell = cases["cell"].to_numpy()
    kept = (cell >= 0) & (cases["pile"].to_numpy() < 0)
    kept[kept] = inside[cell[kept]]
    if row[CATEGORY]:
        kept &= (cases[CATEGORY] == row[CATEGORY]).to_numpy()
    if row["weeks"]:
        since = found.until - pd.Timedelta(weeks=int(row["weeks"]))
        kept &= (cases[OPENED] >= since).to_numpy()
    return pd.DataFrame(cases[kept])


def owned_whole(found: Hotspots, cluster: int, layer: str) -> bool:
    """Whether one grid of a layer holds at least `WHOLE` of a cluster's cases."""
    mine = found.owner(cluster, layer)
    held = mine.loc[mine["grid_id"] != "", "share"]
    return bool(len(held) and held.iloc[0] >= WHOLE)


def ownership(found: Hotspots, cluster: int, before: str, after: str = PLAN) -> Ownership:
    """What becomes of a cluster's owner.

    Parameters
    ----------
    found : Hotspots
        With both layers.
    cluster : int
        Its number.
    before, after : str
        Layers of grids.
    """
    was, will = (owned_whole(found, cluster, layer) for layer in (before, after))
    if will:
        return Ownership.KEPT if was else Ownership.GATHERED
    return Ownership.CUT if was else Ownership.ACROSS


def present_layer(found: Hotspots) -> str | None:
    """The legacy layer that a redraw starts from, None where there is none."""
    return next((name for name in found.grids if name != PLAN), None)


def odds(p_value: float, language: Language = "zh") -> str:
    """A p-value as an office says it: by chance not more often than once in 1,000."""
    times = next((times for times in _ODDS if p_value <= 1 / times + 1e-12), None)
    if times is None:
        return say("hotspot.told.share", language, share=p_value)
    return say("hotspot.told.odds", language, times=times)


def names_of(found: Hotspots, cluster: int, language: Language = "zh") -> tuple[str, str, str]:
    """Place, category and trend of a cluster in words; the trend is "" where there is none."""
    row = found.clusters.set_index("cluster").loc[cluster]
    category = row[CATEGORY] or found.spec.category or say("hotspot.told.all", language)
    place = row["place"] or say("hotspot.told.nameless", language)
    trend = say(f"hotspot.trend.{row['trend']}", language) if row["trend"] else ""
    return str(place), str(category), trend


def title_of(found: Hotspots, cluster: int, language: Language = "zh") -> str:
    """翡翠城 · 噪声扰民 · 新增."""
    return " · ".join(name for name in names_of(found, cluster, language) if name)


def conclusion(found: Hotspots, language: Language = "zh", least: int = 0) -> str:
    """The lines above the map: where cases gather, what is overdue there, what was set aside.

    Parameters
    ----------
    found : Hotspots
        What was found.
    language : {"zh", "en"}
        Of the words.
    least : int
        Counts below it are not told.
    """
    spots = spots_of(found)
    days = {"since": found.since.date(), "until": (found.until - pd.Timedelta(days=1)).date()}
    told = [say("hotspot.told.none", language, **days)]
    if spots:
        comma = say("hotspot.told.comma", language)
        names = comma.join(_named(found, spot, language) for spot in spots[:_TOLD])
        key = "some" if len(spots) > _TOLD else "few"
        told = [say(f"hotspot.told.{key}", language, **days, count=len(spots), names=names)]
        told.append(_late(found, spots, language, least))
    kinds = found.piles["kind"].value_counts()
    counts = {kind: int(kinds.get(kind, 0)) for kind in ("default", "repeat")}
    aside = [
        say(f"hotspot.told.{kind}", language, count=count)
        for kind, count in counts.items()
        if count
    ]
    if aside:
        names = say("hotspot.told.comma", language).join(aside)
        told.append(say("hotspot.told.aside", language, names=names))
    return say("hotspot.told.gap", language).join(told)


def _named(found: Hotspots, spot: Spot, language: Language) -> str:
    place, category, trend = names_of(found, spot.lead, language)
    key = "named" if trend else "named_only"
    return say(f"hotspot.told.{key}", language, place=place, category=category, trend=trend)


def _late(found: Hotspots, spots: list[Spot], language: Language, least: int) -> str:
    """Overdue cases of the clusters told, and the grid that has most of them."""
    count = int(found.clusters.set_index("cluster").loc[[s.lead for s in spots], "overdue"].sum())
    if not count:
        return say("hotspot.told.in_time", language)
    layer, grid = present_layer(found), ""
    if layer is not None:
        mine = pd.concat([found.owner(spot.lead, layer) for spot in spots])
        most = mine[mine["grid_id"] != ""].groupby("code")["overdue"].sum()
        grid = str(most.idxmax()) if len(most) and most.max() else ""
    key = "late_in" if grid else "late"
    return say(f"hotspot.told.{key}", language, count=shown(count, least), grid=grid)


def step_rates(found: Hotspots, step_weeks: int = 4) -> tuple[list[pd.Timestamp], np.ndarray]:
    """Cases of each cell in steps of some weeks, the oldest first; weeks that fill no step go.

    Returns
    -------
    list of Timestamp
        First day of each step.
    int array, shape (cells, steps)
        Cases.
    """
    many = found.weekly.shape[1] // step_weeks
    kept = found.weekly[:, found.weekly.shape[1] - many * step_weeks :]
    counts = kept.reshape(len(kept), many, step_weeks).sum(axis=2)
    length = pd.Timedelta(weeks=step_weeks)
    return [found.until - length * (many - number) for number in range(many)], counts
