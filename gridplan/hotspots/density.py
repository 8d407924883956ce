"""Surfaces of recent cases on a raster in metres: what a map shows as a background."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

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
        return self.sum(self.number(xy_m), weight)

    def number(self, xy_m: FLOAT) -> INT:
        """The square that holds each point, by its place in the flat array of all; −1 outside."""
        index, on = self.at(xy_m)
        found = np.full(len(xy_m), -1, dtype=np.int64)
        found[on] = np.ravel_multi_index(tuple(index[on].T), self.inside.shape)
        return found

    def sum(self, number: INT, weight: FLOAT | None = None) -> FLOAT:
        """Points, or their weights, in each square inside; `number` is from :meth:`number`."""
        held = _binned(number, weight, self.inside.size)
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
        fine = FinePoints.of(raster, xy_m, self.bandwidth_m)
        return next(fine.values([self], opened, as_of))


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


@dataclass(frozen=True, eq=False)
class FinePoints:
    """Points sorted once into the squares of a raster and into the fine bins of its surfaces.

    Parameters
    ----------
    raster : Raster
        The squares.
    square : int array, shape (k,)
        Of each point; −1 outside.
    bin : int array, shape (k,)
        Fine bin of each point, in the flat array of all; −1 outside.
    shape : (int, int)
        Columns and rows of bins.
    margin : int
        Bins on each side beyond the raster, so that no rim dims.
    """

    raster: Raster
    square: INT
    bin: INT
    shape: tuple[int, int]
    margin: int

    @classmethod
    def of(cls, raster: Raster, xy_m: FLOAT, widest_m: float) -> FinePoints:
        """Sort points; no surface may have a bandwidth above `widest_m`."""
        bin_m = raster.size_m / FINE
        margin = int(np.ceil(REACH * widest_m / raster.size_m)) * FINE
        columns, rows = np.array(raster.inside.shape) * FINE + 2 * margin
        index = np.floor((xy_m - (raster.west_m, raster.south_m)) / bin_m).astype(np.int64) + margin
        on = ((index >= 0) & (index < (columns, rows))).all(axis=1)
        flat = np.where(on, index[:, 0] * rows + index[:, 1], -1)
        return cls(raster, raster.number(xy_m), flat, (int(columns), int(rows)), margin)

    def values(
        self, surfaces: Iterable[Surface], opened: NDArray[np.datetime64], as_of: np.datetime64
    ) -> Iterator[FLOAT]:
        """Each surface in turn, as :meth:`Surface.values`; those of one memory share their bins."""
        recent: dict[int, NDArray[np.bool_]] = {}
        bins: dict[tuple[int, float], tuple[INT, FLOAT | None, FLOAT]] = {}
        for one in surfaces:
            if one.weeks not in recent:
                recent[one.weeks] = (opened < as_of) & (opened >= as_of - one.weeks * WEEK)
            kept = recent[one.weeks]
            key = one.weeks, one.half_life_weeks
            if key not in bins:
                weight = _weight(opened[kept], as_of, one.half_life_weeks)
                held = _binned(self.bin[kept], weight, self.shape[0] * self.shape[1])
                bins[key] = self.square[kept], weight, held.reshape(self.shape)
            square, weight, fine = bins[key]
            if one.bandwidth_m == 0:
                yield self.raster.sum(square, weight)
            else:
                yield self._smoothed(fine, one.bandwidth_m)

    def _smoothed(self, bins: FLOAT, bandwidth_m: float) -> FLOAT:
        """A Gaussian kernel over the bins, summed up over each square."""
        wide = bandwidth_m * FINE / self.raster.size_m
        across, along = (_bells(count, self.margin, wide) for count in self.shape)
        values: FLOAT = (across @ bins @ along.T)[self.raster.inside]
        return values


@lru_cache(maxsize=32)
def _bells(bins: int, margin: int, bandwidth: float) -> FLOAT:
    """What one point in each bin of a line adds to each square of it, by a Gaussian kernel.

    A kernel in two directions is the product of one in each: a surface is such a matrix, times
    the points, times another one.

    Parameters
    ----------
    bins : int
        Along the line, the margins with them.
    margin : int
        Bins at either end that lie in no square.
    bandwidth : float
        In bins.

    Returns
    -------
    float array, shape (squares, bins)
    """
    place = np.arange(bins)
    away = place[margin : bins - margin, None] - place
    reach = int(REACH * bandwidth + 0.5)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / bandwidth) ** 2)
    weight = np.where(abs(away) <= reach, np.exp(-0.5 * (away / bandwidth) ** 2), 0.0)
    summed: FLOAT = weight.reshape(-1, FINE, bins).sum(axis=1) / bell.sum()
    return summed


def _weight(
    opened: NDArray[np.datetime64], as_of: np.datetime64, half_life_weeks: float
) -> FLOAT | None:
    """What each case counts; None where all count alike."""
    if half_life_weeks == np.inf:
        return None
    weight: FLOAT = np.exp2((opened - as_of) / (half_life_weeks * WEEK))
    return weight


def _binned(number: INT, weight: FLOAT | None, many: int) -> FLOAT:
    """Points, or their weights, by number; −1 is left out."""
    held = np.bincount(number + 1, weight, many + 1)[1:]  # cheaper than to pick out the others
    counts: FLOAT = held.astype(np.float64)
    return counts
