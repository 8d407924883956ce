"""Surfaces of recent cases on a raster in metres: what a map shows as a background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from gridplan.hotspots.zones import FLOAT, INT

FINE = 5
"""A raster cell is this many bins wide where a surface is smooth."""
REACH = 4.0
"""The bell of a kernel is cut off after this many bandwidths."""
WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True, eq=False)
class Raster:
    """Squares of a regular grid over a stretch of ground.

    Parameters
    ----------
    size_m : float
        Side.
    west_m, south_m : float
        Corner of the first column and row, metric CRS.
    inside : bool array, shape (columns, rows)
        Which squares belong to the area.
    """

    size_m: float
    west_m: float
    south_m: float
    inside: NDArray[np.bool_]

    def at(self, xy_m: FLOAT) -> tuple[INT, NDArray[np.bool_]]:
        """Column and row of each point, shape (k, 2), and whether it lies inside."""
        index = np.floor((xy_m - (self.west_m, self.south_m)) / self.size_m).astype(np.int64)
        shape = np.array(self.inside.shape)
        on: NDArray[np.bool_] = np.all((index >= 0) & (index < shape), axis=1)
        on[on] = self.inside[tuple(index[on].T)]
        return index, on

    def count(self, xy_m: FLOAT, weight: FLOAT | None = None) -> FLOAT:
        """Points in each square inside, shape (squares inside,)."""
        index, on = self.at(xy_m)
        flat = np.ravel_multi_index(tuple(index[on].T), self.inside.shape)
        held = np.bincount(flat, None if weight is None else weight[on], self.inside.size)
        values: FLOAT = held.reshape(self.inside.shape)[self.inside].astype(np.float64)
        return values

    def squares(self) -> NDArray[np.object_]:
        """The squares inside as polygons."""
        column, row = np.nonzero(self.inside)
        west, south = self.west_m + column * self.size_m, self.south_m + row * self.size_m
        return np.asarray(shapely.box(west, south, west + self.size_m, south + self.size_m))


@dataclass(frozen=True)
class Surface:
    """One way to say where cases will come: what has come lately, more or less spread out.

    Parameters
    ----------
    bandwidth_m : float
        Standard deviation of the Gaussian kernel; 0 counts in squares.
    weeks : int
        Cases of so many weeks count.
    half_life_weeks : float
        A case counts half after so many weeks; ``inf`` counts all alike.
    """

    bandwidth_m: float
    weeks: int = 52
    half_life_weeks: float = np.inf

    def values(
        self, raster: Raster, xy_m: FLOAT, opened: NDArray[np.datetime64], as_of: np.datetime64
    ) -> FLOAT:
        """The surface on the squares of a raster.

        Parameters
        ----------
        raster : Raster
            Metric CRS.
        xy_m : float array, shape (k, 2)
            Cases, same CRS.
        opened : datetime64 array, shape (k,)
            When each came.
        as_of : datetime64
            Only cases before it count.

        Returns
        -------
        float array, shape (squares inside,)
            Weighted cases a square.
        """
        recent = (opened < as_of) & (opened >= as_of - self.weeks * WEEK)
        weeks = (as_of - opened[recent]) / WEEK
        weight = 0.5 ** (weeks / self.half_life_weeks)
        if self.bandwidth_m == 0:
            return raster.count(xy_m[recent], weight)
        return _smoothed(raster, xy_m[recent], weight, self.bandwidth_m)


def lay_raster(ground: shapely.Geometry, size_m: float) -> Raster:
    """Squares whose middle lies in an area.

    Parameters
    ----------
    ground : Polygon or MultiPolygon
        Metric CRS.
    size_m : float
        Side.
    """
    west, south, east, north = np.array(ground.bounds) / size_m
    column = np.arange(np.floor(west), np.ceil(east))
    row = np.arange(np.floor(south), np.ceil(north))
    x, y = np.meshgrid((column + 0.5) * size_m, (row + 0.5) * size_m, indexing="ij")
    shapely.prepare(ground)
    return Raster(size_m, column[0] * size_m, row[0] * size_m, shapely.contains_xy(ground, x, y))


def _smoothed(raster: Raster, xy_m: FLOAT, weight: FLOAT, bandwidth_m: float) -> FLOAT:
    """A Gaussian kernel over fine bins; the bins reach beyond the raster, so that no rim dims."""
    bin_m = raster.size_m / FINE
    margin = int(np.ceil(REACH * bandwidth_m / raster.size_m)) * FINE
    columns, rows = np.array(raster.inside.shape) * FINE + 2 * margin
    index = np.floor((xy_m - (raster.west_m, raster.south_m)) / bin_m).astype(np.int64) + margin
    on = ((index >= 0) & (index < (columns, rows))).all(axis=1)
    flat = np.ravel_multi_index(tuple(index[on].T), (columns, rows))
    bins = np.bincount(flat, weight[on], columns * rows).reshape(columns, rows)
    bell = gaussian_filter(bins, bandwidth_m / bin_m, mode="constant", truncate=REACH)
    inner = bell[margin : columns - margin, margin : rows - margin]
    coarse = inner.reshape(inner.shape[0] // FINE, FINE, -1, FINE).sum(axis=(1, 3))
    values: FLOAT = coarse[raster.inside]
    return values
