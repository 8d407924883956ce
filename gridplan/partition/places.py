"""Where no legal grid can be, found before any search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridplan.graph import NO_WAY_M
from gridplan.partition.compiled import compiled
from gridplan.tiling import piece_of

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]


@compiled
def gathered(distance: FLOAT, reach: FLOAT, weight: FLOAT, indptr: INT, indices: INT) -> FLOAT:
    """Most households that a centre gathers together with each unit.

    Parameters
    ----------
    distance : float array, shape (n, n)
        Metres from unit i to unit j.
    reach : float array, shape (n,)
        How far each unit may be from its centre.
    weight : float array, shape (n,)
    indptr, indices : int arrays
        Neighbours in compressed rows.

    Returns
    -------
    float array, shape (n,)
        A centre gathers the units that it reaches by a walk over units within their own reach of
        it. Below the lower limit: no legal grid contains the unit.
    """
    count = len(weight)
    best = np.zeros(count)
    mark = np.full(count, -1, dtype=np.int64)
    queue = np.zeros(count, dtype=np.int64)
    for j in range(count):
        queue[0] = j
        mark[j] = j
        head, tail, held = 0, 1, 0.0
        while head < tail:
            unit = queue[head]
            head += 1
            held += weight[unit]
            for a in range(indptr[unit], indptr[unit + 1]):
                other = indices[a]
                if mark[other] != j and distance[other, j] <= reach[other]:
                    mark[other] = j
                    queue[tail] = other
                    tail += 1
        for a in range(tail):
            best[queue[a]] = max(best[queue[a]], held)
    return best


def sparse_reach(
    distance: FLOAT, reach: FLOAT, weight: FLOAT, indptr: INT, indices: INT, lower: float
) -> tuple[BOOL, FLOAT]:
    """Units that no legal grid contains, and how far each must reach.

    Parameters
    ----------
    distance, reach, weight, indptr, indices
        See :func:`gathered`; the units are in one piece and hold at least `lower` together.
    lower : float
        Households that a grid needs.

    Returns
    -------
    sparse : bool array, shape (n,)
    reach : float array, shape (n,)
        As given, and for sparse units the least distance, in steps of 2 %, at which some centre
        gathers `lower` with every sparse unit of their patch.
    """
    sparse = gathered(distance, reach, weight, indptr, indices) < lower
    needed, missing = reach.copy(), sparse.copy()
    longest, farthest = max(1.0, float(reach.min())), float(distance[distance < NO_WAY_M].max())
    while missing.any() and longest < farthest:
        longest = min(longest * 1.02, farthest)
        trial = np.where(sparse, np.maximum(reach, longest), reach)
        served = missing & (gathered(distance, trial, weight, indptr, indices) >= lower)
        needed[served] = np.maximum(reach[served], longest)
        missing &= ~served
    needed[missing] = np.maximum(reach[missing], float(distance.max()))
    # units on the way of others go as far as those: one reach for each patch of sparse units
    rows = np.repeat(np.arange(len(weight)), np.diff(indptr))
    both = sparse[rows] & sparse[indices]
    patch = piece_of(len(weight), rows[both], indices[both])
    widest = np.zeros(len(weight))
    np.maximum.at(widest, patch, np.where(np.isfinite(needed), needed, 0.0))
    return sparse, np.where(sparse, np.maximum(needed, widest[patch]), reach)
