"""Square cells that hold homes, and the cell that each case counts in."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridplan.hotspots.zones import FLOAT, INT

FAR_M = 150.0
"""A case farther than this from every home belongs to no home; our default."""


@dataclass(frozen=True, eq=False)
class Homes:
    """Where people live.

    Parameters
    ----------
    xy_m : float array, shape (h, 2)
        A point of each building that has households, metric CRS.
    households : float array, shape (h,)
        Above 0.
    """

    xy_m: FLOAT
    households: FLOAT

    def nearest(self, xy_m: FLOAT, far_m: float = FAR_M) -> INT:
        """The home nearest to each point; -1 where none is within `far_m` metres."""
        if not len(self.xy_m) or not len(xy_m):
            return np.full(len(xy_m), -1, dtype=np.int64)
        away_m, home = cKDTree(self.xy_m).query(xy_m, workers=-1)
        return np.where(away_m <= far_m, home, -1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Cells:
    """Squares of a regular grid, those that hold homes.

    Parameters
    ----------
    size_m : float
        Side.
    corner_m : float array, shape (n, 2)
        South-west corner of each, sorted from west to east, then from south to north.
    households : float array, shape (n,)
        Above 0.
    of_home : int array, shape (h,)
        The cell of each home.
    """

    size_m: float
    corner_m: FLOAT
    households: FLOAT
    of_home: INT

    @property
    def middle_m(self) -> FLOAT:
        """Centres, shape (n, 2), metric CRS."""
        return self.corner_m + self.size_m / 2

    def squares(self) -> NDArray[np.object_]:
        """The cells as polygons."""
        west, south = self.corner_m.T
        return np.asarray(shapely.box(west, south, west + self.size_m, south + self.size_m))

    def count(self, home: INT) -> INT:
        """Cases of each cell, shape (n,).

        Parameters
        ----------
        home : int array
            The home nearest to each case, from :meth:`Homes.nearest`; -1 is not counted.
        """
        return np.bincount(self.of_home[home[home >= 0]], minlength=len(self.households))


def homes_of(buildings: gpd.GeoDataFrame) -> Homes:
    """The buildings that have households.

    Parameters
    ----------
    buildings : GeoDataFrame
        ``households, geometry``; metric CRS, NaN counts as none.
    """
    lived = buildings[buildings["households"] > 0]
    return Homes(
        shapely.get_coordinates(lived.geometry.representative_point().to_numpy()),
        lived["households"].to_numpy(np.float64),
    )


def lay_cells(homes: Homes, size_m: float, shift_m: float = 0.0) -> Cells:
    """Squares over the homes, their corners at multiples of their side.

    Parameters
    ----------
    homes : Homes
        Metric CRS.
    size_m : float
        Side of a square, above 0.
    shift_m : float
        Moves all squares to the north-east; half a side is the usual test of whether a finding
        hangs on where the squares happen to lie.

    Returns
    -------
    Cells
    """
    if not size_m > 0:
        raise ValueError(f"a cell's side is above 0 m, not {size_m}")
    index = np.floor((homes.xy_m - shift_m) / size_m).astype(np.int64).reshape(-1, 2)
    held, of_home = np.unique(index, axis=0, return_inverse=True)
    of_home = of_home.reshape(-1)
    households = np.zeros(len(held))
    np.add.at(households, of_home, homes.households)
    corner_m: FLOAT = held.astype(np.float64) * size_m + shift_m
    return Cells(size_m, corner_m, households, of_home.astype(np.int64))
