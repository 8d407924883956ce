"""Where one gets over or under a barrier: the bridges and tunnels of the streets."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridplan.load.frames import FILE, ROW
from gridplan.load.gate import Gate
from gridplan.schema import KIND, NAME

NOT_WALKED = frozenset(
    ("motorway", "trunk", "motorway_link", "trunk_link", "高速公路", "高速", "快速路", "城市快速路")
)
"""Streets on whose bridges nobody walks."""

_MEETS_M = 1.0  # a bridge that ends on the bank still crosses the water


def walked_ways(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Streets that people walk on a bridge or in a tunnel, of kind ``bridge`` or ``underpass``."""
    lifted = (streets["bridge"] | streets["tunnel"]) & ~streets[KIND].isin(NOT_WALKED)
    ways = streets[lifted]
    kind = np.where(ways["bridge"], "bridge", "underpass")
    return ways.assign(**{KIND: kind}).drop(columns=["bridge", "tunnel"])


def street_crossings(
    streets: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame, points: gpd.GeoDataFrame, gate: Gate
) -> gpd.GeoDataFrame:
    """Crossings of an area that lists none.

    Parameters
    ----------
    streets : GeoDataFrame
        With the flags ``bridge`` and ``tunnel``.
    barriers : GeoDataFrame
        What is crossed.
    points : GeoDataFrame
        Level and street crossings that a map extract names.
    gate : Gate
        Takes the note of how many there are.

    Returns
    -------
    GeoDataFrame
        ``kind, name, geometry``: walked bridges and tunnels, and points, within 1 m of a barrier.
    """
    ways = walked_ways(streets)
    columns = [KIND, NAME, FILE, ROW, "geometry"]
    parts = [part[columns] for part in (ways, points) if len(part)]
    if not parts or barriers.empty:
        return points.iloc[:0]
    both = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=streets.crs)
    tree = shapely.STRtree(np.asarray(barriers.geometry.array, dtype=object))
    meeting = tree.query(both.geometry.array, predicate="dwithin", distance=_MEETS_M)[0]
    found = both.iloc[np.unique(meeting)].reset_index(drop=True)
    gate.note("load.crossings_found", count=len(found))
    return found
