"""Say a grid's border in words: which named street or water lies to its east, south, west, north."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

SIDES = ("east", "south", "west", "north")
"""Order of 东至, 南至, 西至, 北至."""

REACH_M = 25.0
"""A line farther than this from the border does not name it: about half a main road's width."""

STEP_M = 10.0
"""Spacing of the points at which the border is asked for its line."""

MIN_SHARE = 0.2
"""A line along less than this share of a side is not named."""


def border_words(grids: gpd.GeoDataFrame, lines: gpd.GeoDataFrame) -> pd.DataFrame:
    """Name the lines that each side of each grid runs along.

    A point of the border belongs to the side that its outward normal faces (45° to either hand),
    and is named by the nearest named line within `REACH_M`; a side takes its one or two longest
    names.

    Parameters
    ----------
    grids : GeoDataFrame
        Polygons, metric CRS.
    lines : GeoDataFrame
        ``name, geometry`` of streets, waters, railways; the same CRS. Rows without a name are
        left aside.

    Returns
    -------
    DataFrame
        Columns `SIDES`, index of `grids`; "" where no named line runs along.
    """
    named = lines[lines["name"].fillna("").str.strip() != ""]
    geometry = named.geometry.to_numpy()
    # the bank, not the middle, is where a grid ends
    edges = np.where(shapely.get_dimensions(geometry) == 2, shapely.boundary(geometry), geometry)
    tree = shapely.STRtree(edges)
    names = named["name"].to_numpy()
    rows = [_sides(shape, tree, names) for shape in grids.geometry]
    return pd.DataFrame(rows, columns=list(SIDES), index=grids.index)


def _sides(shape: shapely.Geometry, tree: shapely.STRtree, names: NDArray[np.object_]) -> list[str]:
    points, outward = _border_points(shape)
    # 0 east, 1 north, 2 west, 3 south → order of SIDES
    quarter = np.round(np.arctan2(outward[:, 1], outward[:, 0]) / (np.pi / 2)).astype(int) % 4
    side = np.array([0, 3, 2, 1])[quarter]
    at, line = tree.query_nearest(points, max_distance=REACH_M, all_matches=False)
    beside = _lies_beside(points[at], outward[at], tree.geometries[line])
    found = pd.DataFrame({"side": side[at[beside]], "name": names[line[beside]]})
    words = []
    for position in range(len(SIDES)):
        count = found.loc[found["side"] == position, "name"].value_counts()
        share = count / max(int((side == position).sum()), 1)
        words.append("、".join(map(str, share[share >= MIN_SHARE].index[:2])))
    return words


def _lies_beside(
    points: NDArray[np.object_], outward: NDArray[np.float64], lines: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Whether the way to the line is across the border; at a corner it runs along it."""
    ends = shapely.get_coordinates(shapely.shortest_line(points, lines)).reshape(-1, 2, 2)
    way = ends[:, 1] - ends[:, 0]
    length_m = np.hypot(*way.T)
    across = np.abs((way * outward).sum(axis=1))
    return np.asarray((length_m < 1.0) | (across >= length_m * np.sqrt(0.5)))


def _border_points(shape: shapely.Geometry) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Points about every `STEP_M` of the outer rings, and the unit vector outward at each."""
    points, outward = [], []
    for part in shapely.get_parts(shapely.orient_polygons(shape)):
        ring = shapely.get_coordinates(shapely.segmentize(part.exterior, STEP_M))
        ring = ring[np.append(True, np.diff(ring, axis=0).any(axis=1))]
        along = np.diff(ring, axis=0)
        points.append(shapely.points((ring[:-1] + ring[1:]) / 2))
        # a ring runs anticlockwise, so outward lies to its right
        normal = np.column_stack([along[:, 1], -along[:, 0]])
        outward.append(normal / np.hypot(*along.T)[:, None])
    return np.concatenate(points), np.concatenate(outward)
