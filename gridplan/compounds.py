"""Which buildings belong to which residential compound (小区)."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay, cKDTree

from gridplan.barriers import read_barriers
from gridplan.load.layers import Layers, Note
from gridplan.schema import BUILDING_ID, COMMUNITY_CODE, COMPOUND_ID, HOUSEHOLDS, NAME

GROUND_PER_BUILDING_M2 = 1000.0
"""Ground that a walk-up building of a compound takes with its yard; our default."""

GROUND_PER_HOUSEHOLD_M2 = 60.0
"""Ground of a household at 90 m² gross and a floor area ratio of 1.5; our default."""

POINT_STRETCH = 1.5
"""A compound is no circle and its point no centre: the radius of an equal circle times this."""

POINT_RADIUS_M = (60.0, 400.0)
"""The radius round a compound point is never less nor more, in metres."""

SMALLEST_BUILDING_M2 = 60.0
"""Smaller footprints are sheds and gatehouses, not among a compound's stated buildings (楼栋)."""

FEWEST_TO_DIVIDE = 4
"""Among so few buildings none divides a compound from itself."""

EVEN_M = 0.1
"""Distances that differ by less are equal."""

LISTED = 10
"""As many names stand in a note; its value ``ids`` has all."""


def fill_compounds(layers: Layers) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Give every building its compound by stated rules, in this order.

    1. A building whose compound the data names keeps it.
    2. A building whose representative point lies in a compound's polygon belongs to it; of
       several the smallest.
    3. A compound known as a point takes the nearest buildings round it, up to its stated number
       of buildings, within `point_radius_m`, in its own community, on its own side of barriers.
       Pairs are settled from the nearest up, so each building goes to one compound at most;
       after its first a compound takes only neighbours of what it has, so that it is one place.

    Parameters
    ----------
    layers : Layers
        Metric CRS.

    Returns
    -------
    buildings : GeoDataFrame
        ``layers.buildings`` with `compound_id` filled, "" where a building belongs to none.
    notes : tuple of Note
        How many compounds the rules served, and what looks wrong.
    """
    buildings = layers.buildings.copy()
    named = (buildings[COMPOUND_ID] != "").to_numpy()
    is_point = (shapely.get_dimensions(layers.compounds.geometry.values) == 0).astype(bool)
    by_polygon, overlaps = _inside(buildings, layers.compounds[~is_point])
    points = layers.compounds[is_point]
    points = points[~points[COMPOUND_ID].isin(buildings.loc[named, COMPOUND_ID])]
    by_point = _around(buildings, points, layers, free=~named & (by_polygon == ""))
    filled = np.where(
        named, buildings[COMPOUND_ID], np.where(by_polygon != "", by_polygon, by_point)
    )
    buildings[COMPOUND_ID] = filled.astype(object)
    notes = []
    if overlaps:
        notes.append(Note("units.compounds_overlap", {"count": overlaps}))
    if len(points):
        taken = int((by_point != "").sum())
        notes.append(Note("units.compound_points", {"count": len(points), "buildings": taken}))
    return buildings, (*notes, *_stated(buildings, layers.compounds))


def point_radius_m(compounds: pd.DataFrame) -> NDArray[np.float64]:
    """How far round its point a compound may take buildings, in metres, shape (n,).

    A circle as large as the ground that its stated buildings (1,000 m² each) or households
    (60 m² each) need, whichever is more, stretched by 1.5, from 60 m to 400 m. A column
    ``radius_m`` of the compounds goes before it.

    Parameters
    ----------
    compounds : DataFrame
        ``buildings, households``, NaN where unknown, and perhaps ``radius_m``.
    """
    stated = compounds["buildings"].to_numpy(float) * GROUND_PER_BUILDING_M2
    housed = compounds[HOUSEHOLDS].to_numpy(float) * GROUND_PER_HOUSEHOLD_M2
    ground_m2 = np.fmax(np.fmax(stated, housed), 0.0)
    radius_m = np.clip(POINT_STRETCH * np.sqrt(ground_m2 / np.pi), *POINT_RADIUS_M)
    if "radius_m" in compounds:
        given = compounds["radius_m"].to_numpy(float)
        radius_m = np.where(np.isnan(given), radius_m, given)
    return np.asarray(radius_m, dtype=float)


def _inside(
    buildings: gpd.GeoDataFrame, polygons: gpd.GeoDataFrame
) -> tuple[NDArray[np.object_], int]:
    """Compound id of the smallest polygon round each building, and how many lie in several."""
    found = np.full(len(buildings), "", dtype=object)
    smallest_last = polygons.iloc[np.argsort(-polygons.area.to_numpy(), kind="stable")]
    inner = buildings.geometry.representative_point()
    pairs = shapely.STRtree(inner.values).query(smallest_last.geometry.values, "intersects")
    order = np.argsort(pairs[0], kind="stable")
    found[pairs[1][order]] = smallest_last[COMPOUND_ID].to_numpy()[pairs[0][order]]
    return found, int((np.bincount(pairs[1], minlength=1) > 1).sum())


def _around(
    buildings: gpd.GeoDataFrame,
    points: gpd.GeoDataFrame,
    layers: Layers,
    free: NDArray[np.bool_],
) -> NDArray[np.object_]:
    """Compound id of the point that each free building goes to, nearest pairs first."""
    if points.empty:
        return np.full(len(buildings), "", dtype=object)
    footprints = buildings.geometry.values
    big = (shapely.get_dimensions(footprints) == 0) | (footprints.area >= SMALLEST_BUILDING_M2)
    row, near = _candidates(points, footprints, free & big)
    kept = _reachable(points, buildings, layers, row, near)
    row, near = row[kept], near[kept]
    distance_m = shapely.distance(points.geometry.values[row], footprints[near])
    room = np.nan_to_num(points["buildings"].to_numpy(float), nan=np.inf)
    room[room == 0] = np.inf
    names = points[COMPOUND_ID].to_numpy().astype(str)
    ids = buildings[BUILDING_ID].to_numpy().astype(str)
    order = np.lexsort((ids[near], names[row], distance_m.round(3)))
    pairs = [(int(row[pair]), int(near[pair])) for pair in order]
    owner = _settle(pairs, room, _neighbours(footprints))
    return np.where(owner >= 0, names[owner], "").astype(object)


def _settle(
    pairs: list[tuple[int, int]], room: NDArray[np.float64], neighbours: list[set[int]]
) -> NDArray[np.int64]:
    """Compound of each building, -1 for none: pairs in their order, each compound in one piece.

    A pair whose building touches none of the compound's own waits until it does.
    """
    owner = np.full(len(neighbours), -1, dtype=np.int64)
    taken = np.zeros(len(room))
    grown = True
    while grown:
        grown, waiting = False, []
        for compound, building in pairs:
            if owner[building] >= 0 or taken[compound] >= room[compound]:
                continue
            if taken[compound] and all(owner[other] != compound for other in neighbours[building]):
                waiting.append((compound, building))
                continue
            owner[building] = compound
            taken[compound] += 1
            grown = True
        pairs = waiting
    return owner


def _neighbours(footprints: shapely.Geometry) -> list[set[int]]:
    """Positions next to each building: neighbours in the Gabriel graph of all middles.

    Two are neighbours where no third lies in the circle on the line between them (Gabriel and
    Sokal 1969); these edges are among those of the Delaunay triangulation.
    """
    count = len(footprints)
    if count <= FEWEST_TO_DIVIDE:
        return [set(range(count))] * count
    middles = shapely.get_coordinates(shapely.centroid(footprints))
    middles -= middles.mean(axis=0)
    corners = Delaunay(middles, qhull_options="QJ").simplices
    edges = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    ends = middles[edges]
    nearest_m = cKDTree(middles).query(ends.mean(axis=1))[0]
    half_m = np.hypot(*(ends[:, 0] - ends[:, 1]).T) / 2
    found: list[set[int]] = [set() for _ in range(count)]
    for one, other in edges[nearest_m > half_m - EVEN_M]:
        found[one].add(int(other))
        found[other].add(int(one))
    return found


def _candidates(
    points: gpd.GeoDataFrame, footprints: shapely.Geometry, free: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of a compound point and a free building within the compound's radius."""
    positions = np.flatnonzero(free)
    tree = shapely.STRtree(footprints[positions])
    row, near = tree.query(points.geometry.values, "dwithin", distance=point_radius_m(points))
    return row, positions[near]


def _reachable(
    points: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    layers: Layers,
    row: NDArray[np.int64],
    near: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which pairs lie in one community with no barrier between them."""
    inside, community = shapely.STRtree(layers.communities.geometry.values).query(
        points.geometry.values, "intersects"
    )
    home = np.full(len(points), "", dtype=object)
    home[inside[::-1]] = layers.communities[COMMUNITY_CODE].to_numpy()[community[::-1]]
    same = (home[row] == "") | (home[row] == buildings[COMMUNITY_CODE].to_numpy()[near])
    lines = shapely.shortest_line(points.geometry.values[row], buildings.geometry.values[near])
    return np.asarray(same & ~read_barriers(layers.barriers).stop(lines), dtype=bool)


def _stated(buildings: gpd.GeoDataFrame, compounds: gpd.GeoDataFrame) -> list[Note]:
    """Compounds that got no building, or less than half of the stated number."""
    got = buildings[COMPOUND_ID].value_counts().reindex(compounds[COMPOUND_ID], fill_value=0)
    count = got.to_numpy()
    notes = []
    empty = compounds[count == 0]
    if len(empty):
        households = int(np.nansum(empty[HOUSEHOLDS].to_numpy(float)))
        notes.append(
            listed("units.compounds_empty", empty[COMPOUND_ID], compounds, households=households)
        )
    few = compounds[(count > 0) & (count < compounds["buildings"].to_numpy(float) / 2)]
    if len(few):
        notes.append(listed("units.compounds_few_buildings", few[COMPOUND_ID], compounds))
    return notes


def listed(key: str, ids: Iterable[str], compounds: pd.DataFrame, **values: float) -> Note:
    """A note that counts compounds and names the first of them.

    Parameters
    ----------
    key : str
        Entry of the catalogue, with ``{count}`` and ``{names}``.
    ids : iterable of str
        Of the compounds that it speaks of; all of them stand in its value ``ids``.
    compounds : DataFrame
        ``compound_id, name``.
    **values
        Further numbers of the entry.
    """
    every = tuple(ids)
    names = compound_names(compounds)
    more = "…" if len(every) > LISTED else ""
    told = "、".join(names.get(compound) or compound for compound in every[:LISTED]) + more
    return Note(key, {"count": len(every), "names": told, "ids": every, **values})


def compound_names(compounds: pd.DataFrame) -> dict[str, str]:
    """Name of each compound by its id, "" where it has none."""
    return dict(zip(compounds[COMPOUND_ID], compounds[NAME], strict=True))
