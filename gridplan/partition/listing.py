"""Connected sets of units within limits, each met once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.compiled import compiled
from gridplan.partition.contiguity import walk

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]
BITS = NDArray[np.uint64]

_FREE, _TAKEN, _SHUT, _WAITING = 0, 1, 2, 3


def legal_sets(
    indptr: INT, indices: INT, weight: FLOAT, arcs: BOOL, limits: tuple[float, float],
    groups: tuple[int, int], *, walked: int, listed: int,
) -> BOOL | None:  # fmt: skip
    """List every connected set that can be a grid of some plan, as far as one measure tells.

    Parameters
    ----------
    indptr, indices : int arrays
        Neighbours in compressed rows.
    weight : float array, shape (n,)
    arcs : bool array, shape (n, n)
        Where unit i may go to centre j: a set needs a centre for all of it.
    limits : (float, float)
        Of a grid's weight.
    groups : (int, int)
        Least and most number of grids of a plan: what a set leaves over has to fit it.
    walked, listed : int
        Connected sets looked at, and sets listed, before this is given up.

    Returns
    -------
    bool array, shape (sets, n), or None
        None where there are too many.
    """
    words = -(-len(weight) // 64)
    bits = np.zeros((len(weight), words), dtype=np.uint64)
    for j in np.flatnonzero(arcs.diagonal()):
        bits[arcs[:, j], j // 64] |= np.uint64(1) << np.uint64(j % 64)
    found, whole = _sets(indptr, indices, weight, bits, *limits, *groups, walked, listed)
    return found if whole else None


@compiled
def _sets(
    indptr: INT, indices: INT, weight: FLOAT, bits: BITS, lower: float, upper: float,
    least: int, most: int, walked: int, listed: int,
) -> tuple[BOOL, bool]:  # fmt: skip
    """Grow sets unit by unit from their first unit on; whether the list is whole.

    A unit beside the set waits for its turn: then it is taken, and after that shut out for all
    sets that branch off later (Wernicke 2006).
    """
    count = len(weight)
    found, steps = 0, 0
    sets = np.zeros((listed, count), dtype=np.bool_)
    mark = np.zeros(count, dtype=np.int8)
    waits = np.zeros((count + 1, count), dtype=np.int64)
    waiting, turn = np.zeros(count + 1, dtype=np.int64), np.zeros(count + 1, dtype=np.int64)
    last, load = np.zeros(count + 1, dtype=np.int64), np.zeros(count + 1)
    centres = np.zeros((count + 1, bits.shape[1]), dtype=np.uint64)
    for first in range(count):
        mark[:first], mark[first:] = _SHUT, _FREE
        depth = _take(first, 0, 0, mark, waits, waiting, turn, indptr, indices)
        last[0], load[0], centres[0] = first, weight[first], bits[first]
        looked = weight[first] > upper
        while depth >= 0:
            if not looked:
                looked = True
                steps += 1
                if steps > walked:
                    return sets, False
                if load[depth] >= lower and _fits(
                    mark, weight, indptr, indices, lower, upper, least - 1, most - 1
                ):
                    if found == listed:
                        return sets, False
                    sets[found] = mark == _TAKEN
                    found += 1
            if load[0] <= upper and turn[depth] < waiting[depth]:
                unit = waits[depth, turn[depth]]
                turn[depth] += 1
                centres[depth + 1] = centres[depth] & bits[unit]
                if load[depth] + weight[unit] > upper or not centres[depth + 1].any():
                    mark[unit] = _SHUT
                    continue
                last[depth + 1], load[depth + 1] = unit, load[depth] + weight[unit]
                depth = _take(unit, depth + 1, depth, mark, waits, waiting, turn, indptr, indices)
                looked = False
            else:
                depth = _leave(depth, last[depth], mark, waits, waiting, turn)
    return sets[:found], True


@compiled
def _take(
    unit: int, depth: int, before: int, mark: NDArray[np.int8], waits: INT, waiting: INT,
    turn: INT, indptr: INT, indices: INT,
) -> int:  # fmt: skip
    """Take a unit: who waited still waits, and its free neighbours do from now on."""
    size = 0
    if depth > 0:
        for k in range(turn[before], waiting[before]):
            waits[depth, size] = waits[before, k]
            size += 1
    for a in range(indptr[unit], indptr[unit + 1]):
        other = indices[a]
        if mark[other] == _FREE and other != unit:
            waits[depth, size] = other
            size += 1
            mark[other] = _WAITING
    mark[unit] = _TAKEN
    waiting[depth], turn[depth] = size, 0
    return depth


@compiled
def _leave(
    depth: int, unit: int, mark: NDArray[np.int8], waits: INT, waiting: INT, turn: INT
) -> int:
    """Give a unit back and shut it out; who came to wait with it is free again."""
    if depth > 0:
        inherited = waiting[depth - 1] - turn[depth - 1]
        for k in range(waiting[depth]):
            mark[waits[depth, k]] = _WAITING if k < inherited else _FREE
        mark[unit] = _SHUT
    return depth - 1


@compiled
def _fits(
    mark: NDArray[np.int8], weight: FLOAT, indptr: INT, indices: INT, lower: float, upper: float,
    least: int, most: int,
) -> bool:  # fmt: skip
    """Whether each piece of what is left over can be a whole number of grids, all in all enough."""
    left = mark != _TAKEN
    fewest, greatest = 0, 0
    for start in range(len(weight)):
        if not left[start]:
            continue
        piece = walk(start, left, indptr, indices)
        left &= ~piece
        held, size = (weight * piece).sum(), piece.sum()
        low = max(1, int(np.ceil(held / upper - 1e-9))) if upper > 0 else 1
        high = size if lower <= 0 else min(size, int(np.floor(held / lower + 1e-9)))
        if low > high:
            return False
        fewest, greatest = fewest + low, greatest + high
    return fewest <= most and greatest >= least
