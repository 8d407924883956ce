"""What streets mean to a grid: ways that a worker walks, and borders that all can see."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from gridplan.errors import GridplanError
from gridplan.graph import UnitGraph
from gridplan.ways import read_network

FLOAT = NDArray[np.float64]

STEP_M = 15.0
"""Streets have a point to step on at least this often."""


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
    network = read_network(streets, step_m=STEP_M, join_m=0.0)
    access_m, nearest = cKDTree(network.xy_m).query(xy_m)
    starts, place = np.unique(nearest, return_inverse=True)
    along_m = dijkstra(network.matrix(), directed=False, indices=starts)[:, starts]
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
