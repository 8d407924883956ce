"""Units become grid polygons that tile each community, and grids get their draft codes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gridplan.errors import GridplanError
from gridplan.fabric import CROSSING, NEAR, Fabric
from gridplan.schema import COMMUNITY_CODE, GEOMETRY, GRID_ID, UNIT_ID
from gridplan.tiling import (
    Borders,
    Geometries,
    Indices,
    borders_of,
    dissolve,
    longest_neighbour,
    piece_of,
)

BARRIER_DETOUR_M = 1e5
"""Vacant ground looks this much farther for its grid before it looks across a barrier."""
BESIDE_M = 2.0
"""Smoothed borders run this near to the barrier they follow."""
MOST_GRIDS = 999
CODE_DIGITS = 12


def draw_grids(fabric: Fabric, grid_of_unit: pd.Series) -> gpd.GeoDataFrame:
    """Dissolve the ground by grid, leaving none over.

    The ground of a unit goes to its grid. The strip of a crossing goes to the grid that has the
    units on both sides. Water and the land of barriers are divided along their middle, each half
    to the grid on its bank. A park or other vacant block goes whole to the grid with which it
    shares most border that is no barrier, or, among other vacant blocks, to the nearest. What would stand apart from the buildings of its grid
    goes to the grid beside it; what touches none, to the nearest.

    Parameters
    ----------
    fabric : Fabric
    grid_of_unit : Series
        Grid id by unit id, for every unit of the fabric; no grid in two communities.

    Returns
    -------
    GeoDataFrame
        ``grid_id, community_code, geometry``, sorted by community and grid, in the CRS of the
        fabric. The polygons tile each community that has a unit. A grid that is connected in the
        graph is one Polygon, unless a unit of its own is in pieces or was joined to it over the
        ground of others; it has a hole where it goes round another grid.

    Raises
    ------
    GridplanError
        Where a unit has no grid.
    """
    cells = fabric.cells
    shapes = np.asarray(cells[GEOMETRY].array, dtype=object)
    home, _ = pd.factorize(cells[COMMUNITY_CODE], sort=True)
    held = (cells[UNIT_ID] != "").to_numpy()
    label, names = _first_labels(fabric, grid_of_unit)
    borders = borders_of(shapes)
    borders = borders.where(home[borders.left] == home[borders.right])
    free = ~fabric.barriers.along(borders.middle, BESIDE_M)
    label = np.where(_beside_a_unit(label, held, borders), label, -1)
    label = _flooded(label, borders, free, shapes)
    label = _by_distance(label, shapes, home)
    keep = label >= 0
    drawn = gpd.GeoDataFrame(
        {GRID_ID: names, COMMUNITY_CODE: _communities(cells, label, len(names))},
        geometry=dissolve(shapes[keep], label[keep], len(names)),
        crs=cells.crs,
    )
    return drawn.sort_values([COMMUNITY_CODE, GRID_ID], ignore_index=True)


def _first_labels(fabric: Fabric, grid_of_unit: pd.Series) -> tuple[Indices, NDArray[np.object_]]:
    """Number of the grid that each cell goes to at first, −1 for none yet, and the grids."""
    cells, crossings = fabric.cells, fabric.crossings
    units = pd.Index([unit for graph in fabric.graphs.values() for unit in graph.ids])
    grid = grid_of_unit.reindex(units)
    if grid.isna().any():
        missing = grid.index[grid.isna()]
        raise GridplanError(
            "ground.error.unit_without_grid", count=len(missing), unit=str(missing[0])
        )
    number, names = pd.factorize(grid, sort=True)
    of_unit = pd.Series(number, index=units)
    label = cells[NEAR].map(of_unit).fillna(-1).to_numpy(dtype=np.int64)
    start, end = (crossings[side].map(of_unit).to_numpy() for side in ("unit_a", "unit_b"))
    strip = cells[CROSSING].to_numpy()
    apart = np.append(start != end, False)[strip]
    return np.where(apart, -1, label), np.asarray(names, dtype=object)


def _beside_a_unit(label: Indices, held: NDArray[np.bool_], borders: Borders) -> NDArray[np.bool_]:
    """Whether each cell hangs together, inside its grid, with the ground of a unit."""
    same = (label[borders.left] == label[borders.right]) & (label[borders.left] >= 0)
    piece = piece_of(len(label), borders.left[same], borders.right[same])
    return np.isin(piece, piece[held])


def _flooded(
    label: Indices, borders: Borders, free: NDArray[np.bool_], shapes: Geometries
) -> Indices:
    """Give cells without a grid to one beside them, or to the one reached the shortest way.

    Beside grids it is the one with the most border that is no barrier; farther off the way runs
    from cell to cell, and a barrier lengthens it by `BARRIER_DETOUR_M`.
    """
    count, grids = len(label), int(label.max(initial=-1)) + 1
    node = np.where(label >= 0, label, grids + np.arange(count))
    edge = free & ((label[borders.left] >= 0) != (label[borders.right] >= 0))
    goal = longest_neighbour(borders.where(edge).relabelled(node), grids + count)[grids:]
    label = np.where(label >= 0, label, goal)
    metres = np.where(free, 0.0, BARRIER_DETOUR_M) + shapely.distance(
        *(shapely.point_on_surface(shapes)[side] for side in (borders.left, borders.right))
    )
    ways = pd.Series(metres).groupby([borders.left, borders.right]).min()
    one, other = (ways.index.get_level_values(level) for level in (0, 1))
    matrix = coo_array((ways.to_numpy(), (one, other)), shape=(count, count)).tocsr()
    _, _, source = dijkstra(
        matrix,
        directed=False,
        indices=np.flatnonzero(label >= 0),
        min_only=True,
        return_predecessors=True,
    )
    return np.where(source >= 0, label[np.maximum(source, 0)], -1)


def _by_distance(label: Indices, shapes: Geometries, home: Indices) -> Indices:
    """Give cells that touch no grid of their community to the nearest one in it."""
    label = label.copy()
    for number in np.unique(home[label < 0]):
        lost = np.flatnonzero((label < 0) & (home == number))
        ground = np.flatnonzero((label >= 0) & (home == number))
        if len(ground):
            at, near = shapely.STRtree(shapes[ground]).query_nearest(
                shapes[lost], all_matches=False
            )
            label[lost[at]] = label[ground[near]]
    return label


def _communities(cells: gpd.GeoDataFrame, label: Indices, count: int) -> NDArray[np.object_]:
    """Community of each grid."""
    code = np.empty(count, dtype=object)
    code[label[label >= 0]] = cells[COMMUNITY_CODE].to_numpy(dtype=object)[label >= 0]
    return code


def draft_codes(grids: gpd.GeoDataFrame) -> pd.Series:
    """Draft codes of 15 digits: the community's 12 and a number from 001.

    Numbers run from west to east, then from north to south, as a map is read (从西向东、由北至南):
    a community's n grids are parted by their representative points into √n bands of equal height
    (rounded) from north to south, and numbered from west to east within each band; on one
    meridian north comes first, and then the grid id decides. Codes are drafts: the ones in force
    are issued on approval.

    Parameters
    ----------
    grids : GeoDataFrame
        ``grid_id, community_code, geometry``, in a projected CRS with north up.

    Returns
    -------
    Series of str
        By the index of `grids`.

    Raises
    ------
    GridplanError
        Where a community code is not 12 digits, or a community has more than 999 grids.
    """
    codes = pd.Series("", index=grids.index, dtype=object)
    table = grids.sort_values(GRID_ID)
    for community, rows in table.groupby(table[COMMUNITY_CODE].astype(str)):
        if not (len(community) == CODE_DIGITS and community.isascii() and community.isdigit()):
            raise GridplanError("ground.error.community_code", community=community)
        if len(rows) > MOST_GRIDS:
            raise GridplanError("ground.error.too_many_grids", community=community, count=len(rows))
        points = shapely.get_coordinates(rows.geometry.representative_point())
        ordered = rows.index[reading_order(points, round(np.sqrt(len(rows))))]
        codes[ordered] = [f"{community}{number:03d}" for number in range(1, len(rows) + 1)]
    return codes


def reading_order(xy_m: NDArray[np.float64], bands: int) -> Indices:
    """Positions of points as a map is read (从西向东、由北至南).

    Parameters
    ----------
    xy_m : float array, shape (n, 2)
        In metres, north up.
    bands : int
        Of equal height, from north to south; inside each it goes from west to east, on one
        meridian north comes first, and then the order given.

    Returns
    -------
    int array, shape (n,)
    """
    x, y = np.round(xy_m, 2).T
    if not len(y):
        return np.zeros(0, dtype=np.int64)
    down = y.max() - y
    band = np.minimum(down / max(down.max(), 1.0) * bands, bands - 1).astype(int)
    order: Indices = np.lexsort([-y, x, band])
    return order
