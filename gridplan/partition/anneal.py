"""Annealing by boundary shifts and swaps, compiled; grids stay in one piece at every step.

The limits are prices that rise as the search cools, so that the search may pass through plans
that break one on its way to plans that break none.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.compiled import compiled
from gridplan.partition.field import Measures
from gridplan.partition.score import missed

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]


class Pairs(NamedTuple):
    """Pairs of units with a price paid where they lie in different grids.

    Parameters
    ----------
    start, other : int arrays
        The others of each unit in compressed rows, each pair both ways.
    price : float array
        Below zero for pairs that should not lie in the same grid.
    """

    start: INT
    other: INT
    price: FLOAT


class Prices(NamedTuple):
    """What a move pays besides the price of its arcs.

    Parameters
    ----------
    rate : float
        For a household outside the limits.
    leave : float array, shape (n,)
        For each unit's leaving its present grid.
    balance, mean : float
        For a household above or below the mean, and the mean.
    pairs : Pairs
    """

    rate: float
    leave: FLOAT
    balance: float
    mean: float
    pairs: Pairs


@compiled
def _reaches(
    start: int, goals: INT, goal_count: int, label: INT, indptr: INT, indices: INT,
    mark: INT, stamp: int, queue: INT,
) -> bool:  # fmt: skip
    """Whether `start` reaches every goal inside its own grid."""
    grid = label[start]
    for g in range(goal_count):
        mark[goals[g]] = -stamp
    missing = goal_count
    if mark[start] == -stamp:
        missing -= 1
    mark[start] = stamp
    queue[0] = start
    head, tail = 0, 1
    while head < tail and missing > 0:
        unit = queue[head]
        head += 1
        for a in range(indptr[unit], indptr[unit + 1]):
            other = indices[a]
            if label[other] != grid or mark[other] == stamp:
                continue
            if mark[other] == -stamp:
                missing -= 1
            mark[other] = stamp
            queue[tail] = other
            tail += 1
    return missing == 0


@compiled
def _inside(unit: int, grid: int, label: INT, indptr: INT, indices: INT, found: INT) -> int:
    """Collect the neighbours of `unit` that lie in `grid`; how many."""
    count = 0
    for a in range(indptr[unit], indptr[unit + 1]):
        if label[indices[a]] == grid:
            found[count] = indices[a]
            count += 1
    return count


@compiled
def _centre_value(row: FLOAT, price: FLOAT, members: INT, size: int, out: int, into: int) -> float:
    """Least price of a grid without unit `out` and with unit `into` (-1: none)."""
    best = np.inf
    for m in range(size):
        unit = members[m]
        if unit == out:
            continue
        value = row[unit]
        if out >= 0:
            value -= price[out, unit]
        if into >= 0:
            value += price[into, unit]
        best = min(best, value)
    if into >= 0:
        value = row[into] + price[into, into]
        if out >= 0:
            value -= price[out, into]
        best = min(best, value)
    return best


@compiled
def _drawn(unit: int, a: int, b: int, but: int, label: INT, pairs: Pairs) -> float:
    """What pairs cost more when `unit` goes from grid `a` to grid `b`, unit `but` left aside."""
    told = 0.0
    for e in range(pairs.start[unit], pairs.start[unit + 1]):
        other = pairs.other[e]
        if other == but:
            continue
        if label[other] == a:
            told += pairs.price[e]
        elif label[other] == b:
            told -= pairs.price[e]
    return told


@compiled
def anneal(
    price: FLOAT, measures: Measures, indptr: INT, indices: INT, contiguous: bool, label: INT,
    groups: int, prices: Prices, present: INT, match: INT, steps: int, hot: float, cold: float,
    swap_share: float, seed: int,
) -> int:  # fmt: skip
    """Cool a plan from `hot` to `cold` in place.

    Parameters
    ----------
    price : float array, shape (n, n)
        Finite cost of unit i in the grid centred at unit j; a forbidden arc carries a high price.
    measures : Measures
    indptr, indices : int arrays
        Neighbours in compressed rows. Without contiguity: candidates for a shift.
    contiguous : bool
        Whether every grid must stay in one piece.
    label : int array, shape (n,)
        Grid of each unit, 0 to groups - 1, none empty; changed in place.
    prices : Prices
    present, match : int arrays
        Present grid of each unit, shape (n,); the present grid that each new grid continues, shape
        (groups,).
    steps : int
        Moves tried.
    hot, cold : float
        First and last temperature, in units of price.
    swap_share : float
        Share of the moves that exchange two units.
    seed : int

    Returns
    -------
    int
        Moves accepted.
    """
    np.random.seed(seed)
    n = len(label)
    leave, pairs = prices.leave, prices.pairs
    rows = np.zeros((groups, n))
    held = np.zeros((groups, len(measures.lower)))
    members = np.zeros((groups, n), dtype=np.int64)
    size = np.zeros(groups, dtype=np.int64)
    place = np.zeros(n, dtype=np.int64)
    for i in range(n):
        g = label[i]
        held[g] += measures.load[:, i]
        members[g, size[g]] = i
        place[i] = size[g]
        size[g] += 1
        for j in range(n):
            rows[g, j] += price[i, j]
    values = np.zeros(groups)
    for g in range(groups):
        values[g] = _centre_value(rows[g], price, members[g], size[g], -1, -1)
    misses = np.zeros(groups)
    for g in range(groups):
        misses[g] = missed(held[g], measures)
    mark = np.zeros(n, dtype=np.int64)
    queue = np.zeros(n + 1, dtype=np.int64)
    near = np.zeros(n + 1, dtype=np.int64)
    stamp = 0
    accepted = 0
    factor = (cold / hot) ** (1.0 / max(1, steps)) if hot > 0 and cold > 0 else 1.0
    heat = hot
    for _ in range(steps):
        heat *= factor
        i = np.random.randint(n)
        degree = indptr[i + 1] - indptr[i]
        if degree == 0:
            continue
        other = indices[indptr[i] + np.random.randint(degree)]
        a, b = label[i], label[other]
        if a == b:
            continue
        k = -1
        if np.random.random() < swap_share:
            k = members[b, np.random.randint(size[b])]
            if contiguous:
                touches = False
                for e in range(indptr[k], indptr[k + 1]):
                    if label[indices[e]] == a and indices[e] != i:
                        touches = True
                        break
                if not touches:
                    continue
        elif size[a] == 1:
            continue
        miss_a = missed(held[a], measures, i, k)
        miss_b = missed(held[b], measures, k, i)
        delta = prices.rate * (miss_a + miss_b - misses[a] - misses[b])
        delta += leave[i] * ((present[i] != match[b]) * 1.0 - (present[i] != match[a]) * 1.0)
        if k >= 0:
            delta += leave[k] * ((present[k] != match[a]) * 1.0 - (present[k] != match[b]) * 1.0)
        if prices.balance > 0:
            shift = measures.load[0, i] - (measures.load[0, k] if k >= 0 else 0.0)
            over_a, over_b = held[a, 0] - prices.mean, held[b, 0] - prices.mean
            delta += prices.balance * (
                abs(over_a - shift) + abs(over_b + shift) - abs(over_a) - abs(over_b)
            )
        if len(pairs.other) > 0:
            delta += _drawn(i, a, b, k, label, pairs)
            if k >= 0:
                delta += _drawn(k, b, a, i, label, pairs)
        # a move can only be taken where it beats this draw: the dear tests come last
        room = -heat * np.log(np.random.random()) if heat > 0 else 1e-9
        value_a = _centre_value(rows[a], price, members[a], size[a], i, k)
        if delta + value_a - values[a] - values[b] > room:
            continue
        value_b = _centre_value(rows[b], price, members[b], size[b], k, i)
        delta += value_a + value_b - values[a] - values[b]
        if delta > room or (heat <= 0 and delta >= -1e-9):
            continue
        if contiguous:
            stamp += 1
            if k < 0:
                count = _inside(i, a, label, indptr, indices, near)
                if count > 1:
                    label[i] = -1
                    whole = _reaches(
                        near[0], near, count, label, indptr, indices, mark, stamp, queue
                    )
                    label[i] = a
                    if not whole:
                        continue
            else:
                label[i], label[k] = b, a
                count = _inside(i, a, label, indptr, indices, near)
                whole = _reaches(k, near, count, label, indptr, indices, mark, stamp, queue)
                if whole:
                    stamp += 1
                    count = _inside(k, b, label, indptr, indices, near)
                    whole = _reaches(i, near, count, label, indptr, indices, mark, stamp, queue)
                label[i], label[k] = a, b
                if not whole:
                    continue
        accepted += 1
        _move(i, a, b, label, members, size, place)
        if k >= 0:
            _move(k, b, a, label, members, size, place)
            for j in range(n):
                step = price[i, j] - price[k, j]
                rows[a, j] -= step
                rows[b, j] += step
        else:
            for j in range(n):
                rows[a, j] -= price[i, j]
                rows[b, j] += price[i, j]
        for m in range(len(measures.lower)):
            load = measures.load[m, i] - (measures.load[m, k] if k >= 0 else 0.0)
            held[a, m] -= load
            held[b, m] += load
        misses[a], misses[b] = miss_a, miss_b
        values[a], values[b] = value_a, value_b
    return accepted


@compiled
def _move(
    unit: int, source: int, target: int, label: INT, members: INT, size: INT, place: INT
) -> None:
    """Take `unit` from one grid's list to another's."""
    last = members[source, size[source] - 1]
    members[source, place[unit]] = last
    place[last] = place[unit]
    size[source] -= 1
    members[target, size[target]] = unit
    place[unit] = size[target]
    size[target] += 1
    label[unit] = target
