"""Blind spots as ground: the land of homes that a service does not reach, merged."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.coverage.reach import SERVICE, Reason
from gridplan.prepared import Prepared
from gridplan.schema import BUILDING_ID, GEOMETRY, HOUSEHOLDS, PEOPLE, UNIT_ID
from gridplan.tiling import Geometries

INT = NDArray[np.int64]

APART_M = 0.5
"""Half the width of what parts two blind spots along a barrier line."""

SIMPLIFY_M = 0.2
"""Tolerance of a blind spot's border, less than what parts two of them."""

SPIKE_M = 1.0
"""Ground narrower than twice this is a sliver."""

FAR_M = 150.0
"""Ground farther than this from the home that it belongs to is nobody's: fields, parks."""

BLIND_COLUMNS = (
    "blindspot_id", "service", "households", "people", "buildings", "nearest_m", "farthest_m",
    "area_m2", "geometry",
)  # fmt: skip
"""Columns of what :func:`blind_spots` gives."""


def blind_spots(
    prepared: Prepared, buildings: gpd.GeoDataFrame, reach: pd.DataFrame
) -> gpd.GeoDataFrame:
    """The blind spots of each service, the largest first.

    Homes that no network joins to a facility are none: whether they are far is not known.

    Parameters
    ----------
    prepared : Prepared
        Cells of the ground, communities and barriers.
    buildings : GeoDataFrame
        ``building_id, unit_id, geometry``: homes, in the order that `reach` has in each service.
    reach : DataFrame
        From :func:`gridplan.coverage.reach.reach_services`.

    Returns
    -------
    GeoDataFrame
        Columns `BLIND_COLUMNS`, polygons in the metric CRS, each on one side of every barrier:
        households and people not served on it, the least and greatest metres to a facility.
        A home whose land is too narrow to be drawn counts where its land lies nearest.
    """
    blind = reach["reason"].isin((Reason.DISTANCE.value, Reason.CAPACITY.value))
    frames = []
    if blind.any():
        position = pd.Series(np.arange(len(buildings)), index=buildings[BUILDING_ID])
        of = position[reach[BUILDING_ID]].to_numpy()
        lands = _lands(prepared, buildings, np.unique(of[blind.to_numpy()]))
        points = shapely.point_on_surface(np.asarray(buildings[GEOMETRY].array, dtype=object))
        for service, rows in reach[blind].groupby(SERVICE, sort=False):
            mine = of[rows.index.to_numpy()]
            parts = _parts(lands[mine], prepared)
            frames.append(_spots(str(service), parts, points[mine], rows))
    if not frames:
        nothing = {name: pd.Series(dtype=object) for name in BLIND_COLUMNS[:-1]}
        return gpd.GeoDataFrame({**nothing, GEOMETRY: []}, crs=buildings.crs)
    table = pd.concat(frames, ignore_index=True)
    return gpd.GeoDataFrame(table, geometry=GEOMETRY, crs=buildings.crs)


def _lands(prepared: Prepared, buildings: gpd.GeoDataFrame, wanted: INT) -> Geometries:
    """The ground of each building wanted: its share of its unit's cells, by what is nearest."""
    cells = prepared.fabric.cells
    cells = cells[cells[UNIT_ID] != ""]
    shapes = np.asarray(cells[GEOMETRY].array, dtype=object)
    units = {unit: shapely.union_all(shapes[rows]) for unit, rows in
             cells.groupby(UNIT_ID).indices.items()}  # fmt: skip
    every = prepared.units.buildings
    members = every.groupby(UNIT_ID).indices
    footprints = np.asarray(every[GEOMETRY].array, dtype=object)
    ids = every[BUILDING_ID].to_numpy()
    homes = np.asarray(buildings[GEOMETRY].array, dtype=object)
    shares: dict[str, shapely.Geometry] = {}
    for unit in buildings[UNIT_ID].iloc[wanted].unique():
        rows = members[unit]
        cell = units.get(unit, shapely.union_all(footprints[rows]))
        shares.update(zip(ids[rows], _shared(cell, footprints[rows]), strict=True))
    lands = homes.copy()
    lands[wanted] = [shares[i] for i in buildings[BUILDING_ID].iloc[wanted]]
    near = shapely.buffer(homes[wanted], FAR_M, quad_segs=4)
    lands[wanted] = shapely.intersection(lands[wanted], near)
    return lands


def _shared(cell: shapely.Geometry, footprints: Geometries) -> Geometries:
    """A unit's ground shared out among its buildings, by the nearest middle."""
    if len(footprints) == 1:
        return np.asarray([cell], dtype=object)
    middles = shapely.point_on_surface(footprints)
    points = shapely.multipoints(middles)
    faces = shapely.get_parts(
        shapely.voronoi_polygons(points, extend_to=shapely.box(*shapely.bounds(cell)))
    )
    point, face = shapely.STRtree(faces).query(middles, "intersects")
    shares = footprints.copy()
    shares[point] = shapely.intersection(faces[face], cell)
    return np.asarray(shares, dtype=object)


def _parts(lands: Geometries, prepared: Prepared) -> Geometries:
    """Land merged within the communities, parted by barriers, without slivers."""
    barriers = prepared.fabric.barriers
    whole = shapely.union_all(lands)
    communities = prepared.layers.communities[GEOMETRY].union_all()
    whole = shapely.intersection(shapely.make_valid(whole), communities)
    lines = shapely.buffer(barriers.lines, APART_M, cap_style="flat")
    for shape in np.concatenate([lines, barriers.areas]):
        if shapely.intersects(whole, shape):
            whole = shapely.difference(whole, shape)
    opened = shapely.buffer(shapely.buffer(whole, -SPIKE_M), SPIKE_M, quad_segs=2)
    opened = shapely.simplify(opened, SIMPLIFY_M)
    parts = shapely.get_parts(shapely.intersection(opened, whole))
    return np.asarray(parts[shapely.get_dimensions(parts) == 2], dtype=object)


def _spots(service: str, parts: Geometries, points: Geometries, rows: pd.DataFrame) -> pd.DataFrame:
    """Parts with the homes on them; those without any are dropped."""
    home, part = shapely.STRtree(parts).query_nearest(points, all_matches=False)
    table = rows.iloc[home].assign(part=part)
    for what in (HOUSEHOLDS, PEOPLE):
        table[what] -= table[f"served_{what}"]
    sums = table.groupby("part").agg(
        households=(HOUSEHOLDS, "sum"),
        people=(PEOPLE, "sum"),
        buildings=(BUILDING_ID, "size"),
        nearest_m=("metres", "min"),
        farthest_m=("metres", "max"),
    )
    sums[[HOUSEHOLDS, PEOPLE]] = sums[[HOUSEHOLDS, PEOPLE]].round().astype("int64")
    sums = sums.sort_values([HOUSEHOLDS, "buildings"], ascending=False, kind="stable")
    shapes = parts[sums.index.to_numpy()]
    numbers = [f"{service}-{number}" for number in range(1, len(sums) + 1)]
    frame = sums.reset_index(drop=True).assign(
        blindspot_id=numbers, service=service, area_m2=shapely.area(shapes), geometry=shapes
    )
    return pd.DataFrame(frame[list(BLIND_COLUMNS)])
