"""What can be wrong with drawn grids beside their size: gaps, overlaps, borders, cuts, staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.graph import UnitGraph
from gridplan.plan import Finding
from gridplan.rules import Rule
from gridplan.schema import (
    COMMUNITY_CODE,
    GRID_ID,
    HOUSEHOLDS,
    NAME,
    POSTS,
    UNIT_ID,
    VACANCIES,
)

SLIVER_M2 = 1000.0
"""Ground without a building counts as a gap or a crossed border from this area on."""

OVERLAP_M2 = 100.0
"""Ground without a building counts as an overlap from this area on."""

THIN_M = 2.0
"""Ground narrower than twice this is a drawing error, not a gap or an overlap."""

MAIN_PART = 0.01
"""A part of a grid's polygon counts as a piece from this share of its area on."""

BANK_M = 1.0
"""A barrier drawn as a line is taken to be twice this wide where ground is divided."""


class Located(NamedTuple):
    """A finding and the ground that it speaks of."""

    finding: Finding
    place: shapely.Geometry


def gaps(
    polygons: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, communities: gpd.GeoDataFrame
) -> list[Located]:
    """Ground of each community that no grid covers.

    Parameters
    ----------
    polygons : GeoDataFrame
        Grids, metric CRS.
    buildings : GeoDataFrame
        ``grid_id`` ("" for none), ``community_code, households, geometry``.
    communities : GeoDataFrame
        ``community_code, name, geometry``.

    Returns
    -------
    list of Located
        One for each piece of ground that holds a building or is no sliver, and one for the
        buildings of a community that stand outside its own polygon and in no grid.
    """
    tree = shapely.STRtree(polygons.geometry.values)
    bare = buildings[buildings[GRID_ID] == ""]
    found = []
    for place in communities.itertuples():
        mine = bare[bare[COMMUNITY_CODE] == place.community_code]
        near = polygons.geometry.values[tree.query(place.geometry, "intersects")]
        ground = shapely.get_parts(shapely.difference(place.geometry, shapely.union_all(near)))
        points = mine.geometry.representative_point().values
        point, part = shapely.STRtree(ground).query(points, "intersects")
        home = np.full(len(mine), -1, dtype=np.int64)
        home[point] = part
        for number in range(-1, len(ground)):
            inside = mine[home == number]
            if len(inside):
                shape = ground[number] if number >= 0 else inside.union_all()
            elif number >= 0 and _is_broad(ground[number], SLIVER_M2):
                shape = ground[number]
            else:
                continue
            found.append(Located(_gap(place.name, inside, shape), shape))
    return found


def overlaps(polygons: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> list[Located]:
    """Ground that two grids share: it holds a building, or is no sliver.

    Parameters
    ----------
    polygons : GeoDataFrame
        ``grid_id, geometry``; metric CRS.
    buildings : GeoDataFrame
        ``households, geometry``.
    """
    shapes = polygons.geometry.values
    left, right = shapely.STRtree(shapes).query(shapes, "intersects")
    left, right = left[left < right], right[left < right]
    shared = shapely.intersection(shapes[left], shapes[right])
    points = shapely.STRtree(buildings.geometry.representative_point().values)
    households = buildings[HOUSEHOLDS].to_numpy()
    ids = polygons[GRID_ID].to_numpy()
    found = []
    for first, second, ground in sorted(zip(ids[left], ids[right], shared, strict=True), key=_ids):
        held = points.query(ground, "contains")
        if not len(held) and not _is_broad(ground, OVERLAP_M2):
            continue
        values = {
            "other": second,
            "area_m2": float(ground.area),
            "buildings": len(held),
            "households": int(households[held].sum()),
        }
        finding = Finding(Rule.OVERLAP, first, float(ground.area), 0.0, "present.overlap", values)
        found.append(Located(finding, ground))
    return found


def crossed_borders(
    polygons: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, communities: gpd.GeoDataFrame
) -> list[Located]:
    """Grids that reach into a community not their own.

    Parameters
    ----------
    polygons : GeoDataFrame
        ``grid_id, community_code, geometry``; metric CRS.
    buildings : GeoDataFrame
        ``grid_id, community_code, households``.
    communities : GeoDataFrame
        ``community_code, name, geometry``.
    """
    tree = shapely.STRtree(communities.geometry.values)
    codes = communities[COMMUNITY_CODE].to_numpy()
    names = dict(zip(codes, communities[NAME], strict=True))
    found = []
    for grid in polygons.itertuples():
        near = tree.query(grid.geometry, "intersects")
        others = near[codes[near] != grid.community_code]
        beyond = shapely.union_all(
            shapely.intersection(communities.geometry.values[others], grid.geometry)
        )
        inside = buildings[buildings[GRID_ID] == grid.grid_id]
        strangers = inside[inside[COMMUNITY_CODE] != grid.community_code]
        if strangers.empty and not _is_broad(beyond, max(SLIVER_M2, 0.01 * grid.geometry.area)):
            continue
        values = {
            "community": names[grid.community_code],
            "buildings": len(strangers),
            "households": int(strangers[HOUSEHOLDS].sum()),
            "area_m2": float(beyond.area),
        }
        count = float(values["households"])
        finding = Finding(Rule.COMMUNITY, grid.grid_id, count, 0.0, "present.border", values)
        found.append(Located(finding, beyond if strangers.empty else strangers.union_all()))
    return found


def cut_compounds(
    units: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, unit_grid: pd.Series
) -> list[Located]:
    """Compounds and villages within the limit whose buildings lie in several grids.

    Parameters
    ----------
    units : GeoDataFrame
        `Units.frame`.
    buildings : GeoDataFrame
        ``unit_id, grid_id``.
    unit_grid : Series
        The grid that holds most of each unit, by ``unit_id``.
    """
    held = buildings[buildings[GRID_ID] != ""]
    grids = held.groupby(UNIT_ID)[GRID_ID].agg(lambda ids: sorted(set(ids)))
    found = []
    for unit in units.itertuples():
        mine = grids.get(unit.unit_id, [])
        if len(mine) < 2:
            continue
        values = {"name": unit.name, "grids": "、".join(mine), "households": unit.households}
        main = unit_grid[unit.unit_id] or mine[0]
        finding = Finding(Rule.COMPOUND, main, float(len(mine)), 1.0, "present.compound", values)
        found.append(Located(finding, unit.geometry))
    return found


def short_staff(
    polygons: gpd.GeoDataFrame, roster: pd.DataFrame, communities: gpd.GeoDataFrame
) -> list[Located]:
    """Communities with more grids than grid workers in post (一格一员).

    Parameters
    ----------
    polygons : GeoDataFrame
        ``community_code``: one row a grid.
    roster : DataFrame
        ``community_code, posts, vacancies``.
    communities : GeoDataFrame
        ``community_code, name, geometry``.
    """
    count = polygons[COMMUNITY_CODE].value_counts()
    people = roster.groupby(COMMUNITY_CODE)[[POSTS, VACANCIES]].sum()
    found = []
    for place in communities.itertuples():
        if place.community_code not in people.index:
            continue
        posts, vacancies = (int(number) for number in people.loc[place.community_code])
        grids = int(count.get(place.community_code, 0))
        values = {"community": place.name, "grids": grids, "posts": posts, "vacancies": vacancies}
        if grids > posts - vacancies:
            limit = float(posts - vacancies)
            finding = Finding(Rule.STAFF, "", float(grids), limit, "present.staff", values)
            found.append(Located(finding, place.geometry))
    return found


def torn_grids(
    polygons: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    graphs: Mapping[str, UnitGraph],
    barriers: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """In how many pieces each grid lies, and whether a barrier divides it.

    Parameters
    ----------
    polygons : GeoDataFrame
        ``grid_id, community_code, geometry``; metric CRS.
    buildings : GeoDataFrame
        ``grid_id, unit_id``: a unit that is cut belongs to each of its grids.
    graphs : mapping of str to UnitGraph
        By community code.
    barriers : GeoDataFrame
        Lines and polygons.

    Returns
    -------
    DataFrame
        Indexed like `polygons`: ``pieces`` (parts of the polygon, or of the graph of its units,
        whichever is more) and ``divided`` (one polygon, but its units lie on two sides of a
        barrier with no way across inside the grid).
    """
    members = buildings[buildings[GRID_ID] != ""].groupby(GRID_ID)[UNIT_ID].agg(set)
    lines = shapely.STRtree(barriers.geometry.values)
    rows = []
    for grid in polygons.itertuples():
        graph = graphs.get(grid.community_code)
        mine = members.get(grid.grid_id, set())
        ids = () if graph is None else graph.ids
        at = np.array([k for k, unit in enumerate(ids) if unit in mine], dtype=np.int64)
        drawn = _main_parts(grid.geometry)
        if graph is None or len(at) < 2:
            rows.append((drawn, False))
            continue
        part = graph.subgraph(at)
        label = part.components()
        sides = _sides(grid.geometry, part.xy_m, lines)
        walked = int(label.max()) + 1
        rows.append((max(drawn, walked), drawn == 1 and _divided(label, sides)))
    return pd.DataFrame(rows, columns=["pieces", "divided"], index=polygons.index)


def _sides(
    shape: shapely.Geometry, xy_m: NDArray[np.float64], barriers: shapely.STRtree
) -> NDArray[np.int64]:
    """Number of the piece of ground, after barriers, that is nearest to each point."""
    near = barriers.geometries[barriers.query(shape, "intersects")]
    ground = shapely.get_parts(
        shapely.difference(shape, shapely.union_all(shapely.buffer(near, BANK_M)))
    )
    if len(ground) < 2:
        return np.zeros(len(xy_m), dtype=np.int64)
    return np.asarray(shapely.STRtree(ground).nearest(shapely.points(xy_m)), dtype=np.int64)


def _divided(label: NDArray[np.int64], sides: NDArray[np.int64]) -> bool:
    """Whether two components of the graph share no side of the barriers."""
    reached = [set(sides[label == number]) for number in range(label.max() + 1)]
    return any(one.isdisjoint(other) for one in reached for other in reached)


def _main_parts(shape: shapely.Geometry) -> int:
    """Parts of a polygon that are no slivers."""
    areas_m2 = shapely.area(shapely.get_parts(shape))
    return max(1, int((areas_m2 >= MAIN_PART * areas_m2.sum()).sum()))


def _is_broad(ground: shapely.Geometry, least_m2: float) -> bool:
    """Whether ground is large enough and nowhere near as thin as a drawing error."""
    return ground.area >= least_m2 and not shapely.buffer(ground, -THIN_M).is_empty


def _gap(community: str, inside: gpd.GeoDataFrame, ground: shapely.Geometry) -> Finding:
    households = int(inside[HOUSEHOLDS].sum())
    values = {
        "community": community,
        "buildings": len(inside),
        "households": households,
        "area_m2": float(ground.area),
    }
    key = "present.gap" if len(inside) else "present.gap_empty"
    return Finding(Rule.GAP, "", float(households), 0.0, key, values)


def _ids(pair: tuple[str, str, shapely.Geometry]) -> tuple[str, str]:
    return pair[0], pair[1]
