"""First plans that carry on from the present grids."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.compiled import compiled

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]


@compiled
def from_present(
    present: INT, groups: int, indptr: INT, indices: INT, weight: FLOAT, seed: int
) -> INT:  # fmt: skip
    """Mend the present grids into `groups` connected grids that cover every unit.

    The heaviest piece of each present grid stays; pieces beyond the number wanted are taken from
    the heaviest, missing ones are split off as single units; the rest joins its neighbours.
    """
    np.random.seed(seed)
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
