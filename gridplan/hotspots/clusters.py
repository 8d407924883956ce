"""Significant clusters on an area's cells: discs, and stretches along a street."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridplan.hotspots.cells import Cells, Homes
from gridplan.hotspots.piles import PileSpec, Points, heavy_points, lone_points
from gridplan.hotspots.scan import Cluster, ScanSpec, scan
from gridplan.hotspots.zones import INT, Zones, circles, joined, stretches

ALONG_M = 50.0
"""Homes this near to a street's middle stand along it."""
GAP_M = 300.0
"""A stretch of street ends where no home follows within this distance."""
SHORTEST_M = 150.0
"""Shorter pieces of street give no stretch of their own."""


@dataclass(frozen=True)
class ClusterSpec:
    """What is tried as a cluster, and how it is tested.

    Parameters
    ----------
    share : float
        Greatest share of all households in a cluster: two or three grids are a hotspot, half a
        street is none. Our default.
    along_streets : bool
        Whether stretches along streets are tried beside discs.
    scan : ScanSpec
        The test.
    piles : PileSpec
        What is set aside before it.
    """

    share: float = 0.1
    along_streets: bool = True
    scan: ScanSpec = field(default_factory=ScanSpec)
    piles: PileSpec = field(default_factory=PileSpec)

    def __post_init__(self) -> None:
        if not 0 < self.share <= 0.5:
            raise ValueError(f"a cluster holds a share from 0 to 0.5, not {self.share}")


def zones_of(homes: Homes, cells: Cells, streets: NDArray[np.object_], spec: ClusterSpec) -> Zones:
    """Every zone that is tried.

    Parameters
    ----------
    homes : Homes
        Metric CRS.
    cells : Cells
        Laid over them.
    streets : array of LineString
        From :func:`whole_streets`, same CRS.
    spec : ClusterSpec
        Limits.
    """
    discs = circles(cells.middle_m, cells.households, spec.share)
    if not spec.along_streets or not len(streets):
        return discs
    along = stretches(
        homes.xy_m, cells.of_home, cells.households, streets, ALONG_M, GAP_M, spec.share
    )
    return joined(discs, along)


def find_clusters(
    homes: Homes,
    cells: Cells,
    zones: Zones,
    points: Points,
    spec: ClusterSpec,
    rng: np.random.Generator,
) -> tuple[tuple[Cluster, ...], INT]:
    """Piles are set aside, then cells are found with more cases than their households explain.

    A cluster whose whole excess lies at one point is that point's matter: it becomes a pile as
    well, and the others are tested anew.

    Parameters
    ----------
    homes : Homes
        Where people live.
    cells : Cells
        Laid over them.
    zones : Zones
        From :func:`zones_of`.
    points : Points
        Of all located cases.
    spec : ClusterSpec
        Level and replications.
    rng : Generator
        Draws the random maps.

    Returns
    -------
    clusters : tuple of Cluster
        The most likely first; none overlaps another.
    piles : int array
        Points set aside.
    """
    home = homes.nearest(points.where_m)[points.of_case]
    piles = heavy_points(points, homes, spec.piles)
    while True:
        aside = np.where(np.isin(points.of_case, piles), -1, home)
        found = scan(cells.count(aside), cells.households, zones, spec.scan, rng)
        lone = lone_points(found, cells, aside, points, spec.piles)
        if not len(lone):
            return found, piles
        piles = np.union1d(piles, lone)


def whole_streets(streets: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Streets as long lines: pieces of one name put together, in the order of the names.

    Parameters
    ----------
    streets : GeoDataFrame
        ``name, geometry`` (lines), metric CRS.

    Returns
    -------
    array of LineString
        Those of `SHORTEST_M` and more.
    """
    if streets.empty:
        return np.empty(0, dtype=object)
    named = streets[streets["name"] != ""]
    wholes = [shapely.line_merge(shapely.union_all(part)) for _, part in _by_name(named)]
    lines = shapely.get_parts([*wholes, *streets.loc[streets["name"] == "", "geometry"]])
    return np.asarray(lines[shapely.length(lines) >= SHORTEST_M], dtype=object)


def _by_name(named: gpd.GeoDataFrame) -> list[tuple[str, NDArray[np.object_]]]:
    groups = named.groupby("name", sort=True)["geometry"]
    return [(str(name), np.asarray(part.array, dtype=object)) for name, part in groups]
