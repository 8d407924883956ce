"""First plans in a blink: recursive cuts of random spanning trees."""

from __future__ import annotations

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
        # the least key by a binary heap kept in a list
        top = heap[0]
        last = heap.pop()
        if len(heap) > 0:
            spot = 0
            while True:
                child = 2 * spot + 1
                if child >= len(heap):
                    break
                if child + 1 < len(heap) and heap[child + 1][0] < heap[child][0]:
                    child += 1
                if heap[child][0] >= last[0]:
                    break
                heap[spot] = heap[child]
                spot = child
            heap[spot] = last
        unit = top[1]
        if done[unit] == 1:
            continue
        done[unit] = 1
        parent[unit] = top[2]
        order[reached] = unit
        reached += 1
        for a in range(indptr[unit], indptr[unit + 1]):
            other = indices[a]
            if part[other] == here and done[other] == 0:
                key = length[a] * np.random.random()
                heap.append((key, other, unit))
                spot = len(heap) - 1
                while spot > 0 and heap[(spot - 1) // 2][0] > key:
                    heap[spot] = heap[(spot - 1) // 2]
                    spot = (spot - 1) // 2
                heap[spot] = (key, other, unit)
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
                for side in (first, share[at] - first):
                    rest = share[at] - side
                    if heads[unit] < side or count - heads[unit] < rest:
                        continue
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
def from_present(present: INT, groups: int, indptr: INT, indices: INT, weight: FLOAT) -> INT:
    """Mend the present grids into `groups` connected grids that cover every unit.

    The heaviest piece of each present grid stays; pieces beyond the number wanted are taken from
    the heaviest, missing ones are split off as single units; the rest joins its neighbours.
    """
    n = len(present)
    piece = np.full(n, -1, dtype=np.int64)
    queue = np.zeros(n, dtype=np.int64)
    heavy = np.zeros(n)
    owner = np.full(n, -1, dtype=np.int64)
    pieces = 0
    for i in range(n):
        if piece[i] >= 0 or present[i] < 0:
            continue
        piece[i] = pieces
        owner[pieces] = present[i]
        queue[0] = i
        head, tail = 0, 1
        while head < tail:
            unit = queue[head]
            head += 1
            heavy[pieces] += weight[unit]
            for a in range(indptr[unit], indptr[unit + 1]):
                other = indices[a]
                if piece[other] < 0 and present[other] == present[i]:
                    piece[other] = pieces
                    queue[tail] = other
                    tail += 1
        pieces += 1
    taken = np.zeros(n, dtype=np.bool_)
    rank = np.argsort(-heavy[:pieces], kind="mergesort")
    label = np.full(n, -1, dtype=np.int64)
    number = np.full(n, -1, dtype=np.int64)
    used = 0
    for q in rank:
        if used < groups and not taken[owner[q]]:
            taken[owner[q]] = True
            number[q] = used
            used += 1
    for i in range(n):
        if piece[i] >= 0:
            label[i] = number[piece[i]]
    counts = np.zeros(groups, dtype=np.int64)
    for i in range(n):
        if label[i] >= 0:
            counts[label[i]] += 1
    for i in np.random.permutation(n):
        if used == groups:
            break
        if label[i] < 0:
            label[i] = used
            counts[used] = 1
            used += 1
    head, tail = 0, 0
    for i in range(n):
        if label[i] >= 0:
            queue[tail] = i
            tail += 1
    while head < tail:
        unit = queue[head]
        head += 1
        for a in range(indptr[unit], indptr[unit + 1]):
            other = indices[a]
            if label[other] < 0:
                label[other] = label[unit]
                counts[label[unit]] += 1
                queue[tail] = other
                tail += 1
    return _fill(label, counts, used, groups, indptr, indices)


@compiled
def _fill(label: INT, counts: INT, used: int, groups: int, indptr: INT, indices: INT) -> INT:
    """Split single units off the largest grids until there are `groups`."""
    n = len(label)
    mark = np.zeros(n, dtype=np.int64)
    queue = np.zeros(n, dtype=np.int64)
    stamp = 0
    while used < groups:
        largest = np.argmax(counts)
        for i in range(n):
            if label[i] != largest:
                continue
            # the unit reached last by a walk from anywhere leaves the rest in one piece
            stamp += 1
            mark[i] = stamp
            queue[0] = i
            head, tail = 0, 1
            while head < tail:
                unit = queue[head]
                head += 1
                for a in range(indptr[unit], indptr[unit + 1]):
                    other = indices[a]
                    if label[other] == largest and mark[other] != stamp:
                        mark[other] = stamp
                        queue[tail] = other
                        tail += 1
            label[queue[tail - 1]] = used
            counts[largest] -= 1
            counts[used] = 1
            used += 1
            break
    return label
