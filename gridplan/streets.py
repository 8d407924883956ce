"""What streets mean to a grid: ways that a worker walks, and borders that all can see."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from gridplan.errors import GridplanError
from gridplan.graph import UnitGraph

FLOAT = NDArray[np.float64]
INT = NDArray[np.int64]

STEP_M = 15.0
"""Streets have a point to step on at least this often."""

GRAIN_M = 0.05
"""Ends of lines nearer than this are one place."""


def walking_metres(xy_m: FLOAT, streets: gpd.GeoDataFrame) -> FLOAT:
    """Shortest way along streets between all pairs of places.

    Each place steps straight onto the nearest point of a street. Streets meet where they cross,
    but bridges and tunnels meet others only at their ends.

    Parameters
    ----------
    xy_m : float array, shape (n, 2)
        In the metric CRS of the streets.
    streets : GeoDataFrame
        ``bridge, tunnel, geometry`` (lines).

    Returns
    -------
    float array, shape (n, n)
        Metres, symmetric, no less than as the crow flies; ``inf`` where no way is known, 0 to
        itself.

    Raises
    ------
    GridplanError
        Where there are no streets.
    """
    if streets.empty:
        raise GridplanError("error.no_streets")
    nodes_m, edges = _network(streets)
    ends = nodes_m[edges]
    length_m = np.hypot(*(ends[:, 0] - ends[:, 1]).T)
    matrix = coo_array((length_m, tuple(edges.T)), shape=(len(nodes_m),) * 2).tocsr()
    access_m, nearest = cKDTree(nodes_m).query(xy_m)
    starts, place = np.unique(nearest, return_inverse=True)
    along_m = dijkstra(matrix, directed=False, indices=starts)[:, starts]
    metres = along_m[np.ix_(place, place)] + access_m[:, None] + access_m[None, :]
    np.fill_diagonal(metres, 0.0)
    longer: FLOAT = np.maximum(metres, cdist(xy_m, xy_m))
    return longer


def yard_prices(graph: UnitGraph, streets: gpd.GeoDataFrame, price_per_m: float) -> FLOAT:
    """Price of a border between each pair of neighbours, where it follows no street.

    Two units that a street divides may lie in different grids for nothing; a border through a
    yard costs by its length.

    Parameters
    ----------
    graph : UnitGraph
    streets : GeoDataFrame
        Lines in the same metric CRS.
    price_per_m : float
        In units of the cost, household·m².

    Returns
    -------
    float array, shape (m,)
        For :attr:`gridplan.partition.limits.Wishes.cut`, in the order of the graph's edges.
    """
    ways = shapely.linestrings(graph.xy_m[graph.edges])
    tree = shapely.STRtree(np.asarray(streets.geometry.array, dtype=object))
    price: FLOAT = price_per_m * graph.border_m
    price[np.unique(tree.query(ways, "intersects")[0])] = 0.0
    return price


def _network(streets: gpd.GeoDataFrame) -> tuple[FLOAT, INT]:
    """Places on streets, shape (k, 2), and pairs of places that follow each other."""
    lifted = streets["bridge"].astype(bool) | streets["tunnel"].astype(bool)
    ground = shapely.node(shapely.multilinestrings(_lines(streets[~lifted])))
    lines = np.concatenate([shapely.get_parts(ground), _lines(streets[lifted])])
    lines = shapely.segmentize(lines[~shapely.is_empty(lines)], STEP_M)
    xy_m, line = shapely.get_coordinates(lines, return_index=True)
    grains, node = np.unique(np.round(xy_m / GRAIN_M), axis=0, return_inverse=True)
    follows = line[1:] == line[:-1]
    node = node.reshape(-1)
    pairs = np.column_stack([node[:-1][follows], node[1:][follows]])
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    return grains * GRAIN_M, pairs.astype(np.int64)


def _lines(streets: gpd.GeoDataFrame) -> NDArray[np.object_]:
    parts = shapely.get_parts(np.asarray(streets.geometry.array, dtype=object))
    lines: NDArray[np.object_] = parts[
        shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    ]
    return lines
