"""First plans in a blink: cut from random trees, or grown from centres."""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.compiled import compiled

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]


@compiled
def _tree(
    units: INT, count: int, part: INT, indptr: INT, indices: INT, length: FLOAT, order: INT,
    parent: INT, done: INT,
) -> int:  # fmt: skip
    """Random short spanning tree of the units of one part, grown by Prim's rule; units reached."""
    here = part[units[0]]
    root = units[np.random.randint(count)]
    heap = [(0.0, root, root)]
    reached = 0
    while len(heap) > 0:
        _, unit, before = heappop(heap)
        if done[unit] == 1:
            continue
        done[unit] = 1
        parent[unit] = before
        order[reached] = unit
        reached += 1
        for a in range(indptr[unit], indptr[unit + 1]):
            other = indices[a]
            if part[other] == here and done[other] == 0:
                heappush(heap, (length[a] * np.random.random(), other, unit))
    return reached


@compiled
def tree_split(
    weight: FLOAT, indptr: INT, indices: INT, length: FLOAT, groups: int, lower: float,
    upper: float, tries: int, seed: int,
) -> INT:  # fmt: skip
    """Cut a connected graph into connected parts by halving spanning trees.

    Parameters
    ----------
    weight : float array, shape (n,)
    indptr, indices, length : arrays
        Neighbours in compressed rows, and the length of each edge in metres (or any cost):
        short edges are likely to stay inside a part.
    groups : int
        Number of parts, at most n.
    lower, upper : float
        Limits of a part's weight; the cut that comes nearest is taken where none keeps them.
    tries : int
        Trees drawn for each cut.
    seed : int

    Returns
    -------
    int array, shape (n,)
        Part of each unit, 0 to groups - 1.
    """
    np.random.seed(seed)
    n = len(weight)
    part = np.zeros(n, dtype=np.int64)
    share = np.zeros(groups, dtype=np.int64)
    share[0] = groups
    used = 1
    order = np.zeros(n, dtype=np.int64)
    parent = np.zeros(n, dtype=np.int64)
    below = np.zeros(n)
    heads = np.zeros(n, dtype=np.int64)
    best_side = np.zeros(n, dtype=np.bool_)
    at = 0
    while at < used:
        if share[at] <= 1:
            at += 1
            continue
        units = np.flatnonzero(part == at)
        count = len(units)
        first = share[at] // 2
        best_miss = np.inf
        for _ in range(tries):
            done = np.zeros(n, dtype=np.int64)
            _tree(units, count, part, indptr, indices, length, order, parent, done)
            whole = weight[units].sum()
            for r in range(count - 1, -1, -1):
                unit = order[r]
                below[unit] = weight[unit]
                heads[unit] = 1
            for r in range(count - 1, 0, -1):
                unit = order[r]
                below[parent[unit]] += below[unit]
                heads[parent[unit]] += heads[unit]
            cut, cut_first, cut_miss = -1, 0, np.inf
            for r in range(1, count):
                unit = order[r]
                # no side gets more parts than it has units
                least = max(1, share[at] - (count - heads[unit]))
                most = min(share[at] - 1, heads[unit])
                for wanted in (first, share[at] - first):
                    side = min(max(wanted, least), most)
                    rest = share[at] - side
                    inside, outside = below[unit], whole - below[unit]
                    miss = max(0.0, side * lower - inside) + max(0.0, inside - side * upper)
                    miss += max(0.0, rest * lower - outside) + max(0.0, outside - rest * upper)
                    # among cuts within the limits the even ones come first, with some luck
                    miss += 1e-3 * abs(inside / side - outside / rest) * np.random.random()
                    if miss < cut_miss:
                        cut, cut_first, cut_miss = unit, side, miss
            if cut >= 0 and cut_miss < best_miss:
                best_miss = cut_miss
                best_first = cut_first
                best_side[:] = False
                best_side[cut] = True
                for r in range(1, count):
                    if best_side[parent[order[r]]]:
                        best_side[order[r]] = True
                if best_miss < 1.0:
                    break
        for unit in units:
            if best_side[unit]:
                part[unit] = used
        share[used] = best_first
        share[at] -= best_first
        used += 1
        best_side[:] = False
    return part


@compiled
def from_centres(
    price: FLOAT, excess: FLOAT, indptr: INT, indices: INT, groups: int, seed: int
) -> INT:  # fmt: skip
    """Grow connected parts from random centres that reach every unit, where luck has it.

    Parameters
    ----------
    price : float array, shape (n, n)
        Cost of unit i in the part around centre j.
    excess : float array, shape (n, n)
        0 where centre j reaches unit i.
    indptr, indices : int arrays
        Neighbours in compressed rows; the graph is connected.
    groups : int
        Number of parts, at most n.
    seed : int

    Returns
    -------
    int array, shape (n,)
        Part of each unit, 0 to groups - 1.
    """
    np.random.seed(seed)
    n = len(price)
    centres = _covering(excess, groups)
    part = np.full(n, -1, dtype=np.int64)
    heap = [(-np.inf, centres[g], g) for g in range(groups)]
    while len(heap) > 0:
        _, unit, own = heappop(heap)
        if part[unit] >= 0:
            continue
        part[unit] = own
        for a in range(indptr[unit], indptr[unit + 1]):
            other = indices[a]
            if part[other] < 0:
                heappush(heap, (price[other, centres[own]], other, own))
    return part


@compiled
def _covering(excess: FLOAT, groups: int) -> INT:
    """Random centres: each reaches a unit that none before it reaches, the hardest ones first."""
    n = len(excess)
    choices = np.zeros(n)
    for i in range(n):
        choices[i] = (excess[i] <= 0).sum()
    reached = np.zeros(n, dtype=np.bool_)
    centres = np.full(groups, -1, dtype=np.int64)
    taken = np.zeros(n, dtype=np.bool_)
    for g in range(groups):
        hardest, least = -1, np.inf
        for i in range(n):
            draw = choices[i] * np.random.random()
            if draw < least and not reached[i] and not taken[i]:
                hardest, least = i, draw
        free = ~taken
        if hardest >= 0 and (free & (excess[hardest] <= 0)).any():
            free &= excess[hardest] <= 0
        near = np.flatnonzero(free)
        best, most = -1, -1
        for _ in range(4):
            j = near[np.random.randint(len(near))]
            gain = ((excess[:, j] <= 0) & ~reached).sum()
            if gain > most:
                best, most = j, gain
        centres[g] = best
        taken[best] = True
        reached |= excess[:, best] <= 0
    return centres
