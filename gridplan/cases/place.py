"""Which grid and which community a case belongs to, by where it happened or where one lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

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
    return Spots.of(cases, at).names(polygons, name)


@dataclass(frozen=True, eq=False)
class Spots:
    """Cases from west to east, to be looked up in several layers of polygons.

    Parameters
    ----------
    places : GeoSeries
        Points or None.
    x_m, y_m : float array, shape (cases,)
        NaN where there is no point.
    order : int array, shape (cases,)
        From west to east, those without a point last.
    """

    places: gpd.GeoSeries
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    order: NDArray[np.int64]

    @classmethod
    def of(cls, cases: gpd.GeoDataFrame, at: At = "event") -> Spots:
        """Where the cases happened, or where the people live."""
        places = cases.geometry if at == "event" else cases[HOME]
        points = np.asarray(places.array, dtype=object)
        x_m, y_m = shapely.get_x(points), shapely.get_y(points)
        return cls(places, x_m, y_m, np.argsort(x_m, kind="stable"))

    def names(self, polygons: gpd.GeoDataFrame, name: str) -> pd.Series:
        """What column `name` says of the first polygon, by that column, that each case touches.

        Raises
        ------
        GridplanError
            Where the CRS differ.
        """
        if len(self.places) and self.places.crs != polygons.crs:
            crs, area = str(self.places.crs), str(polygons.crs)
            raise GridplanError("error.crs_differs", crs=crs, area=area)
        ordered = polygons.sort_values(name, kind="stable")
        first = self._first(np.asarray(ordered.geometry.array, dtype=object))
        found = np.append(ordered[name].to_numpy(dtype=object), "")[first]
        return pd.Series(found, index=self.places.index, dtype=object, name=name)

    def _first(self, shapes: NDArray[np.object_]) -> NDArray[np.int64]:
        """The first shape that each point touches, their number where none does.

        Shape by shape, among the points of its bounds alone: a tree asks anew for each point.
        """
        west, south, east, north = shapely.bounds(shapes).T
        x_m, y_m = self.x_m[self.order], self.y_m[self.order]  # side by side in memory
        begin = np.searchsorted(x_m, west, side="left")
        end = np.searchsorted(x_m, east, side="right")
        first = np.full(len(self.order), len(shapes), dtype=np.int64)
        shapes = shapely.from_wkb(shapely.to_wkb(shapes))  # ours alone: other threads may look too
        shapely.prepare(shapes)
        for number in reversed(range(len(shapes))):  # the first has the last word
            near = slice(begin[number], end[number])
            level = np.flatnonzero((y_m[near] >= south[number]) & (y_m[near] <= north[number]))
            level += begin[number]
            inside = shapely.intersects_xy(shapes[number], x_m[level], y_m[level])
            first[self.order[level[inside]]] = number
        return first
