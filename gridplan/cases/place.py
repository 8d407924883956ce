"""Which grid and which community a case belongs to, by where it happened or where one lives."""

from __future__ import annotations

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridplan.errors import GridplanError
from gridplan.schema import COMMUNITY_CODE, GRID_ID, HOME

At = Literal["event", "home"]
"""Which of a case's two places counts: where it happened, or where the person lives."""


def grid_of_cases(cases: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, at: At = "event") -> pd.Series:
    """The grid that holds each case.

    Parameters
    ----------
    cases : GeoDataFrame
        ``geometry`` and ``home``, metric CRS.
    grids : GeoDataFrame
        ``grid_id`` and polygons, in the same CRS: `Plan.grids`, or `Present.grids`. Where grids
        overlap the first by id counts.
    at : {"event", "home"}
        Which place counts.

    Returns
    -------
    Series of str
        On the index of `cases`; "" where the place is not known or in no grid.

    Raises
    ------
    GridplanError
        Where the CRS differ.
    """
    return _held(cases, grids, GRID_ID, at)


def community_of_cases(
    cases: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, at: At = "event"
) -> pd.Series:
    """Code of the community that holds each case; otherwise as :func:`grid_of_cases`."""
    return _held(cases, communities, COMMUNITY_CODE, at)


def _held(cases: gpd.GeoDataFrame, polygons: gpd.GeoDataFrame, name: str, at: At) -> pd.Series:
    places = cases.geometry if at == "event" else cases[HOME]
    if len(cases) and places.crs != polygons.crs:
        raise GridplanError("error.crs_differs", crs=str(places.crs), area=str(polygons.crs))
    ordered = polygons.sort_values(name, kind="stable")
    names = ordered[name].to_numpy(dtype=object)
    points = np.asarray(places.array, dtype=object)
    tree = shapely.STRtree(np.asarray(ordered.geometry.array, dtype=object))
    case, polygon = tree.query(points, predicate="intersects")
    first = np.full(len(points), len(names), dtype=np.int64)
    np.minimum.at(first, case, polygon)
    found = np.append(names, "")[first]
    return pd.Series(found, index=cases.index, dtype=object, name=name)
