"""Cases without those that a geocoder or one caller heaped up at one point."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from gridplan.hotspots.cells import homes_of
from gridplan.hotspots.piles import PileSpec, heavy_points, points_of


def without_piles(
    cases: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, spec: PileSpec | None = None
) -> gpd.GeoDataFrame:
    """The cases that lie at no pile; those without a place stay.

    Parameters
    ----------
    cases : GeoDataFrame
        Points or None, metric CRS.
    buildings : GeoDataFrame
        ``households, geometry``; same CRS.
    spec : PileSpec, optional
        Thresholds.

    Returns
    -------
    GeoDataFrame
        Rows of `cases`, in their order.
    """
    placed = np.flatnonzero(cases.geometry.notna())
    points = points_of(shapely.get_coordinates(cases.geometry.to_numpy()[placed]))
    heavy = heavy_points(points, homes_of(buildings), spec or PileSpec())
    kept = np.ones(len(cases), dtype=bool)
    kept[placed] = ~np.isin(points.of_case, heavy)
    return cases[kept]
