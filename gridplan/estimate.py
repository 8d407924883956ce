"""Households and people of buildings that nobody counted, kept to every known total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.compounds import listed
from gridplan.load.layers import Layers, Note
from gridplan.schema import (
    COMPOUND_ID,
    DWELLING_SHARE,
    ESTIMATED,
    FLOORS,
    HOUSEHOLDS,
    PEOPLE,
)

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]

FLOOR_AREA_PER_HOUSEHOLD_M2 = 90.0
"""Gross floor area of a household where no count says otherwise; our default."""

PLAUSIBLE_M2 = (40.0, 150.0)
"""A floor area per household learnt from the area's own counts is kept within these."""

LEARN_FROM = 30
"""As many counted buildings with dwellings it takes to learn from them."""

DEFAULT_FLOORS = 3.0
"""Where no building of the area has its floors; our default."""

POINT_FOOTPRINT_M2 = 300.0
"""Footprint of a building known only as a point; our default."""

CROWDED_M2 = 25.0
"""Less gross floor area per household than this cannot be true."""

HUGE = 500
"""An estimate above this for one building is more likely a mall or a station."""

MOSTLY = 0.8
"""A tract lies in the area where this share of its ground does."""

ROOMY_M2 = 400.0
"""More gross floor area per household than this in a compound: households are missing."""


@dataclass(frozen=True, eq=False)
class Totals:
    """Known totals of places that share no building.

    Parameters
    ----------
    key : str
        Catalogue entry of what kind of place this is.
    place : int array, shape (n,)
        Place of each building, -1 where it lies in none.
    total : float array, shape (m,)
        Whole number of each place, NaN where unknown.
    """

    key: str
    place: Counts
    total: Numbers


def fill_households(
    layers: Layers, buildings: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Give every building whole households and people, and mark what is estimated.

    A count that the data holds is kept. The rest of each known total (first each compound's, then
    each census tract's, then the area's) is shared over the buildings without a count by
    footprint × floors × dwelling share, with largest remainders, so that the total is kept
    exactly. Buildings under no total get the area's own floor area per household, or 90 m².
    Where the compounds' totals are the source, buildings outside compounds have none.
    People are shared in the same way, by households.

    Parameters
    ----------
    layers : Layers
        Metric CRS.
    buildings : GeoDataFrame
        ``layers.buildings`` with `compound_id` filled.

    Returns
    -------
    buildings : GeoDataFrame
        `households`, `people` as whole numbers, and `estimated`: no count stood behind the
        households, whether the reader took them from the building's use or this function
        shared them out.
    notes : tuple of Note
        How many were estimated by which rule; totals that could not be kept.
    """
    size = layers.households.persons_per_household
    floors, floor_notes = fill_floors(buildings)
    floor_m2 = footprint_m2(buildings) * floors
    base = floor_m2 * buildings[DWELLING_SHARE].fillna(1.0).to_numpy(float)
    by_rule = buildings[ESTIMATED].to_numpy(bool)
    counted = buildings[HOUSEHOLDS].to_numpy(float)
    rate_m2 = _rate(np.where(by_rule, np.nan, counted), base)
    known, outside = _known(layers, buildings)
    levels = _levels(layers, buildings, HOUSEHOLDS)
    households, free, notes = share_out(known, base, floor_m2, levels, 1 / rate_m2)
    levels = _levels(layers, buildings, PEOPLE)
    counted_people = buildings[PEOPLE].to_numpy(float)
    lived_in = households.astype(np.float64)
    people, _, people_notes = share_out(counted_people, lived_in, floor_m2, levels, size)
    guessed = np.isnan(counted) & ~outside & ((base > 0) | (households > 0))
    columns = {HOUSEHOLDS: households, PEOPLE: people, ESTIMATED: guessed | by_rule}
    filled = buildings.assign(**columns)
    told = [
        *_estimate_notes(households, guessed, free & guessed, rate_m2),
        *floor_notes,
        *_tract_notes(layers, levels[-1].place),
        *notes,
        *people_notes,
        *_doubtful(filled, floor_m2, layers.compounds),
    ]
    if outside.any():
        told.append(Note("units.outside_compounds", {"count": int(outside.sum())}))
    return filled, tuple(told)


def share_out(
    known: Numbers, base: Numbers, fallback: Numbers, levels: Sequence[Totals], factor: float
) -> tuple[Counts, NDArray[np.bool_], list[Note]]:
    """Fill what is unknown so that every total is kept, the smaller place before the larger.

    Parameters
    ----------
    known : float array, shape (n,)
        Counts, NaN where unknown; kept, rounded to whole numbers.
    base : float array, shape (n,)
        What a total is shared by, zero or more.
    fallback : float array, shape (n,)
        Shared by where every base of a place is zero.
    levels : sequence of Totals
        In the order in which they bind: what one has settled is fixed for the next.
    factor : float
        Count per unit of base where no total binds.

    Returns
    -------
    counts : int array, shape (n,)
        Zero or more.
    free : bool array, shape (n,)
        Which no total bound.
    notes : list of Note
        Totals that are less than what is fixed in them, or have no building to hold them.
    """
    counts = np.where(np.isnan(known), np.nan, np.rint(known))
    notes: list[Note] = []
    for level in levels:
        below, unplaced = [], []
        rows_of = pd.Series(np.arange(len(counts))).groupby(level.place).indices
        for place in np.flatnonzero(~np.isnan(level.total)):
            rows = rows_of.get(place, np.zeros(0, dtype=np.int64))
            open_rows = rows[np.isnan(counts[rows])]
            left = round(float(level.total[place] - np.nansum(counts[rows])))
            if len(open_rows):
                shares = base if base[open_rows].any() else fallback
                counts[open_rows] = largest_remainder(shares[open_rows], max(left, 0))
            if left < 0:
                below.append(-left)
            elif left and not len(open_rows) and len(rows):
                unplaced.append(left)
        notes += [
            Note(f"{level.key}.{kind}", {"count": len(missing), "missing": sum(missing)})
            for kind, missing in (("below", below), ("unplaced", unplaced))
            if missing
        ]
    free = np.isnan(counts)
    quota = base[free] * factor
    counts[free] = largest_remainder(quota, round(float(quota.sum())))
    return counts.astype(np.int64), free, notes


def largest_remainder(shares: Numbers, total: int) -> Counts:
    """Whole numbers in proportion to shares that add up to a total exactly (Hare–Niemeyer).

    Parameters
    ----------
    shares : float array, shape (n,)
        Zero or more; all equal where every one is zero.
    total : int
        Zero or more.

    Returns
    -------
    int array, shape (n,)
        Never less for a greater share; among equal remainders the first row comes first.
    """
    if not len(shares):
        return np.zeros(0, dtype=np.int64)
    weights = shares if shares.sum() > 0 else np.ones(len(shares))
    quota = weights / weights.sum() * total
    whole = np.floor(quota + 1e-9).astype(np.int64)
    order = np.argsort(-np.round(quota - whole, 9), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return np.asarray(whole, dtype=np.int64)


def fill_floors(buildings: gpd.GeoDataFrame) -> tuple[Numbers, list[Note]]:
    """Floors of every building: as given, else the median of its compound, of the area, else 3.

    Parameters
    ----------
    buildings : GeoDataFrame
        ``floors, compound_id``; 0 floors count as unknown.
    """
    floors = buildings[FLOORS].astype(float).where(lambda value: value > 0)
    missing = floors.isna().to_numpy()
    compound = buildings[COMPOUND_ID]
    medians = floors.groupby(compound).transform("median").where(compound != "")
    filled = floors.fillna(medians).fillna(floors.median()).fillna(DEFAULT_FLOORS)
    notes = [Note("units.floors_filled", {"count": int(missing.sum())})] if missing.any() else []
    return filled.to_numpy(float), notes


def footprint_m2(buildings: gpd.GeoDataFrame) -> Numbers:
    """Ground that each building covers, in m²; 300 m² where it is known only as a point."""
    is_point = shapely.get_dimensions(buildings.geometry.values) == 0
    return np.where(is_point, POINT_FOOTPRINT_M2, buildings.area.to_numpy())


def _known(layers: Layers, buildings: gpd.GeoDataFrame) -> tuple[Numbers, NDArray[np.bool_]]:
    """Households that need no total, NaN for the rest; and who has none outside compounds."""
    counted = buildings[HOUSEHOLDS].to_numpy(float)
    people = buildings[PEOPLE].to_numpy(float)
    by_people = _whole(people / layers.households.persons_per_household)
    known = np.where(np.isnan(counted), by_people, counted)
    if layers.households.source != "compounds":
        return known, np.zeros(len(known), dtype=bool)
    outside = (buildings[COMPOUND_ID] == "").to_numpy() & np.isnan(known)
    return np.where(outside, 0.0, known), outside


def _rate(known: Numbers, base: Numbers) -> float:
    """Floor area per household in m²: learnt from counted dwellings, else the default."""
    counted = (known > 0) & (base > 0)
    if counted.sum() < LEARN_FROM:
        return FLOOR_AREA_PER_HOUSEHOLD_M2
    return float(np.clip(base[counted].sum() / known[counted].sum(), *PLAUSIBLE_M2))


def _whole(counts: Numbers) -> Numbers:
    """Whole numbers that keep the rounded sum, NaN where unknown."""
    rows = np.flatnonzero(~np.isnan(counts))
    filled = np.full(len(counts), np.nan)
    filled[rows] = largest_remainder(counts[rows], round(float(counts[rows].sum())))
    return filled


def _levels(layers: Layers, buildings: gpd.GeoDataFrame, column: str) -> list[Totals]:
    """Known totals of households or people, from the smaller places to the larger."""
    size = layers.households.persons_per_household
    places = pd.Index(layers.compounds[COMPOUND_ID])
    compound = places.get_indexer(buildings[COMPOUND_ID])
    middle = buildings.geometry.representative_point().values
    tract = np.full(len(buildings), -1, dtype=np.int64)
    inside, number = shapely.STRtree(layers.totals.geometry.values).query(middle, "intersects")
    tract[inside[::-1]] = number[::-1]
    if column == PEOPLE:
        return [
            Totals("units.total.people", compound, layers.compounds[PEOPLE].to_numpy(float)),
            Totals("units.total.people", tract, layers.totals[PEOPLE].to_numpy(float)),
        ]
    area = np.array([np.nan if layers.households.total is None else layers.households.total])
    everywhere = np.zeros(len(buildings), dtype=np.int64)
    return [
        Totals("units.total.compound", compound, _households(layers.compounds, size)),
        Totals("units.total.tract", tract, _households(layers.totals, size)),
        Totals("units.total.area", everywhere, area),
    ]


def _households(places: pd.DataFrame, persons_per_household: float) -> Numbers:
    """Households as given, else people ÷ persons per household, whole numbers in all."""
    given = places[HOUSEHOLDS].to_numpy(float)
    people = places[PEOPLE].to_numpy(float)
    derived = _whole(np.where(np.isnan(given), people / persons_per_household, np.nan))
    return np.asarray(np.where(np.isnan(given), derived, given), dtype=float)


def _tract_notes(layers: Layers, tract: Counts) -> list[Note]:
    """Tracts whose totals speak of more than the area, or of ground without buildings."""
    shapes = layers.totals.geometry.values
    ground = shapely.union_all(layers.communities.geometry.values)
    share = shapely.area(shapely.intersection(shapes, ground)) / shapely.area(shapes)
    used = np.bincount(tract[tract >= 0], minlength=len(shapes)) > 0
    told = {
        "units.total.tract.partly": int((used & (share < MOSTLY)).sum()),
        "units.total.tract.empty": int((~used & (share >= MOSTLY)).sum()),
    }
    return [Note(key, {"count": count}) for key, count in told.items() if count]


def _estimate_notes(
    households: Counts, guessed: NDArray[np.bool_], free: NDArray[np.bool_], rate_m2: float
) -> list[Note]:
    """How many households are estimated, and how many of them lean on no total at all."""
    count = int(guessed.sum())
    values: dict[str, float] = {"count": count, "households": int(households[guessed].sum())}
    huge = int((free & (households > HUGE)).sum())
    told: dict[str, dict[str, float]] = {
        "units.estimated": values,
        "units.estimated_rate": {"count": int(free.sum()), "rate_m2": rate_m2},
        "units.buildings_huge": {"count": huge},
    }
    return [Note(key, dict(numbers)) for key, numbers in told.items() if numbers["count"]]


def _doubtful(
    buildings: gpd.GeoDataFrame, floor_m2: Numbers, compounds: gpd.GeoDataFrame
) -> list[Note]:
    """Compounds and buildings whose households do not go with their floor area."""
    households = buildings[HOUSEHOLDS].to_numpy()
    packed = (households >= LEARN_FROM) & (floor_m2 < CROWDED_M2 * households)
    notes = []
    if packed.any():
        values = {"count": int(packed.sum()), "households": int(households[packed].sum())}
        notes.append(Note("units.buildings_crowded", values))
    held = buildings.groupby(COMPOUND_ID)[HOUSEHOLDS].sum()
    area_m2 = pd.Series(floor_m2).groupby(buildings[COMPOUND_ID].to_numpy()).sum()
    crowded = (area_m2 < CROWDED_M2 * held) & (held >= LEARN_FROM)
    roomy = area_m2 > ROOMY_M2 * held
    for key, wrong in (("units.compounds_crowded", crowded), ("units.compounds_roomy", roomy)):
        found = wrong.index[wrong & (wrong.index != "")]
        if len(found):
            notes.append(listed(key, found, compounds, households=int(held[found].sum())))
    return notes
