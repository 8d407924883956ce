"""Zones that a scan tries: chains of cells, each of whose beginnings is one zone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

FLOAT = NDArray[np.float64]
INT = NDArray[np.int64]

SAME_M = 1e-6
"""Distances that differ by less are equal: cells of a square grid lie in rings."""


@dataclass(frozen=True, eq=False)
class Zones:
    """Chains of cells; a zone is a chain's beginning, up to any place where it may stop.

    Parameters
    ----------
    start : int array, shape (chains + 1,)
        Where each chain begins in `member`; the last entry is its length.
    member : int array, shape (k,)
        Cells, chain by chain.
    stop : bool array, shape (k,)
        Whether a zone may end after this cell.
    """

    start: INT
    member: INT
    stop: NDArray[np.bool_]

    def cells(self, chain: int, last: int) -> INT:
        """The cells of the zone of one chain that ends at place `last` of `member`."""
        return self.member[self.start[chain] : last + 1]


def circles(xy: FLOAT, weight: FLOAT, share: float = 0.5, radius: float = np.inf) -> Zones:
    """Discs round every cell, from itself alone to those that hold a share of the weight.

    Parameters
    ----------
    xy : float array, shape (n, 2)
        Centres of the cells, planar.
    weight : float array, shape (n,)
        Households, or cases where no households are known.
    share : float
        A zone holds at most this share of the whole weight.
    radius : float
        A disc reaches no farther, in the unit of `xy`.

    Returns
    -------
    Zones
        One chain a cell, nearest cells first; cells equally far enter together.
    """
    chains, stops = [], []
    for centre, (order, away) in enumerate(_nearest(xy, radius)):
        held = np.cumsum(weight[order])
        last = np.append(np.diff(away) > SAME_M, True)  # the farthest is the last of its ring
        fits = last & (held <= share * weight.sum())
        until = int(np.flatnonzero(fits)[-1]) + 1 if fits.any() else 0
        chains.append(order[:until] if until else np.array([centre]))
        stops.append(fits[:until] if until else np.array([True]))
    return chained(chains, stops)


def stretches(
    home_m: FLOAT, cell: INT, weight: FLOAT, lines: NDArray[np.object_], reach_m: float,
    gap_m: float, share: float,
) -> Zones:  # fmt: skip
    """Cells whose homes stand along a street one after the other, for clusters that follow it.

    Parameters
    ----------
    home_m : float array, shape (h, 2)
        Homes, in the metric CRS of the lines.
    cell : int array, shape (h,)
        The cell of each home.
    weight : float array, shape (n,)
        Households of each cell, or cases where no households are known.
    lines : array of LineString
        One a street.
    reach_m : float
        A home this near to a street stands along it.
    gap_m : float
        A stretch ends where no home follows within these metres along the street.
    share : float
        A zone holds at most this share of the whole weight.

    Returns
    -------
    Zones
        One chain for each street and each cell along it; a stretch has at least two cells.
    """
    chains, stops = [], []
    points = shapely.points(home_m)
    tree = shapely.STRtree(points)
    for line in lines:
        for run in _runs(points, tree, line, reach_m, gap_m):
            order = cell[run][np.sort(np.unique(cell[run], return_index=True)[1])]
            for first in range(len(order)):
                fits = np.cumsum(weight[order[first:]]) <= share * weight.sum()
                length = int(fits.sum())
                if length > 1:
                    chains.append(order[first : first + length])
                    stops.append(np.arange(length) > 0)
    return chained(chains, stops)


def chained(chains: list[INT], stops: list[NDArray[np.bool_]]) -> Zones:
    """Chains one after the other.

    Parameters
    ----------
    chains : list of int array
        Cells of each, in their order.
    stops : list of bool array
        Beside each cell, whether a zone may end there.
    """
    lengths = np.array([len(chain) for chain in chains], dtype=np.int64)
    none = np.empty(0, dtype=np.int64)
    return Zones(
        np.concatenate([[0], np.cumsum(lengths)]),
        np.concatenate([none, *chains]).astype(np.int64),
        np.concatenate([none.astype(bool), *stops]),
    )


def joined(one: Zones, other: Zones) -> Zones:
    """All zones of both."""
    return Zones(
        np.concatenate([one.start, other.start[1:] + one.start[-1]]),
        np.concatenate([one.member, other.member]),
        np.concatenate([one.stop, other.stop]),
    )


def _runs(
    points: NDArray[np.object_], tree: shapely.STRtree, line: shapely.LineString, reach_m: float,
    gap_m: float,
) -> list[INT]:  # fmt: skip
    """Homes along a street in its order, a new run after each gap."""
    near = np.sort(tree.query(line, "dwithin", distance=reach_m))
    along_m = shapely.line_locate_point(line, points[near])
    order = np.argsort(along_m, kind="stable")
    breaks = np.flatnonzero(np.diff(along_m[order]) > gap_m) + 1
    return [run for run in np.split(near[order], breaks) if len(run)]


def _nearest(xy: FLOAT, radius: float) -> list[tuple[INT, FLOAT]]:
    """Cells within reach of each cell, nearest first, and how far they are."""
    if np.isfinite(radius):
        within = cKDTree(xy).query_ball_point(xy, radius)
    else:
        within = [range(len(xy))] * len(xy)
    found = []
    for centre, reached in enumerate(within):
        cells = np.fromiter(reached, np.int64)
        away = np.hypot(*(xy[cells] - xy[centre]).T)
        order = np.lexsort([cells, away])
        found.append((cells[order], away[order]))
    return found
