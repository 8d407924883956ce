"""Lower bound by Lagrangian relaxation: units lose the duty to have exactly one grid, at a price.

What is left falls into one knapsack for each centre with two limits, solved as a linear
programme: min Σ (c_ij − λ_i) x_i, L ≤ Σ h_i x_i ≤ U, 0 ≤ x ≤ 1, x_j = 1. For every λ the sum of
all λ_i and the K least knapsacks is no more than the cost of any plan (Geoffrion 1974); the
labels of known plans have no part in it, only their objective, as the aim of the steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.compiled import compiled
from gridplan.partition.contiguity import reachable

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]

_FULL, _WIDE, _PATIENCE = 10, 6, 12
"""Rounds between full ones, centres priced in between for each grid, vain full rounds endured."""

_SAFE = 1e-9
"""Share of the terms' size by which the bound is rounded down."""


@dataclass(frozen=True, eq=False)
class Bound:
    """A lower bound and the prices that prove it.

    Parameters
    ----------
    value : float
        ``-inf`` where nothing was bounded, ``inf`` where no plan exists.
    price : float array, shape (n,)
        λ_i.
    """

    value: float
    price: FLOAT


@compiled
def _knapsacks(
    start: INT, unit: INT, cost: FLOAT, weight: FLOAT, price: FLOAT, lower: float, upper: float,
    taken: FLOAT, value: FLOAT, rate: FLOAT, centres: INT,
) -> None:  # fmt: skip
    """Solve some centres' knapsacks; `taken`, `value` and the limit's shadow price `rate`."""
    for j in centres:
        first, last = start[j], start[j + 1]
        value[j], rate[j] = np.inf, 0.0
        if first == last:
            continue
        count, load, total = 0, 0.0, 0.0
        ratio = np.empty(last - first)
        which = np.empty(last - first, dtype=np.int64)
        for a in range(first, last):
            i = unit[a]
            reduced = cost[a] - price[i]
            taken[a] = 0.0
            if i == j or (weight[i] == 0 and reduced < 0):
                taken[a] = 1.0
                load += weight[i]
                total += reduced
            elif weight[i] > 0:
                ratio[count] = reduced / weight[i]
                which[count] = a
                count += 1
        if load > upper:
            continue
        for k in np.argsort(ratio[:count]):
            limit = upper if ratio[k] < 0 else lower
            if load >= limit:
                if ratio[k] < 0:
                    rate[j] = ratio[k]
                break
            a = which[k]
            share = min(1.0, (limit - load) / weight[unit[a]])
            taken[a] = share
            load += share * weight[unit[a]]
            total += share * weight[unit[a]] * ratio[k]
            if ratio[k] >= 0 or share < 1.0:
                rate[j] = ratio[k]
        if load >= lower - 1e-9:
            value[j] = total


@compiled
def _gradient(start: INT, unit: INT, taken: FLOAT, open_: INT, count: int) -> FLOAT:
    """By how much each unit is assigned too little."""
    missing = np.ones(count)
    for j in open_:
        for a in range(start[j], start[j + 1]):
            missing[unit[a]] -= taken[a]
    return missing


@dataclass(frozen=True, eq=False)
class _Arcs:
    start: INT
    unit: INT
    cost: FLOAT


def _listed(arcs: BOOL, cost: FLOAT) -> _Arcs:
    centre, unit = np.nonzero(arcs.T & arcs.diagonal()[:, None])
    start = np.zeros(len(arcs) + 1, dtype=np.int64)
    np.cumsum(np.bincount(centre, minlength=len(arcs)), out=start[1:])
    return _Arcs(start, unit.astype(np.int64), np.ascontiguousarray(cost[unit, centre]))


def lagrange(
    arcs: BOOL,
    cost: FLOAT,
    weight: FLOAT,
    *,
    lower: float,
    upper: float,
    groups: int,
    aim: float,
    seconds: float,
    price: FLOAT | None = None,
    stop: Callable[[], bool] | None = None,
) -> Bound:
    """Climb to a lower bound on the cost of any plan with `groups` grids.

    Parameters
    ----------
    arcs : bool array, shape (n, n)
        Where unit i may go to centre j.
    cost : float array, shape (n, n)
        Finite where `arcs` are.
    weight : float array, shape (n,)
    lower, upper : float
    groups : int
    aim : float
        Objective of a known plan, or any guess: it sets the length of the steps only.
    seconds : float
        At most.
    price : float array, optional
        λ to start from.
    stop : callable, optional

    Returns
    -------
    Bound
    """
    end = monotonic() + seconds
    count = len(weight)
    listed = _listed(arcs, cost)
    if price is None:
        price = np.where(arcs, cost, np.inf).min(axis=1)
        price = np.where(np.isfinite(price), price, 0.0) + aim / count
    best = Bound(-math.inf, price)
    taken, value, rate = np.zeros(len(listed.unit)), np.zeros(count), np.zeros(count)
    pace, vain, smooth, number = 1.5, 0, np.zeros(count), 0
    everyone = np.arange(count)
    centres = everyone
    while pace > 1e-4 and not (stop is not None and stop()):
        # between full rounds only the centres that matter are priced: they steer, they prove nothing
        full = number % _FULL == 0 or len(centres) == count
        centres = everyone if full else centres
        number += 1
        _knapsacks(
            listed.start, listed.unit, listed.cost, weight, price, lower, upper, taken, value,
            rate, centres,
        )  # fmt: skip
        order = centres[np.argsort(value[centres], kind="stable")]
        if full:
            centres = np.sort(order[: _WIDE * groups + 30])
        order = order[:groups]
        if np.isinf(value[order]).any():
            if full:
                return Bound(math.inf, price)
            centres = everyone
            continue
        told = float(price.sum() + value[order].sum())
        if full:
            safe = told - _SAFE * float(np.abs(price).sum() + np.abs(value[order]).sum())
            better = safe > best.value + 1e-5 * abs(best.value) or np.isinf(best.value)
            vain = 0 if better else vain + 1
            best = Bound(safe, price) if safe > best.value else best
            if vain > _PATIENCE:
                pace, vain, price = pace / 2, 0, best.price
        missing = _gradient(listed.start, listed.unit, taken, order, count)
        smooth = missing + 0.6 * smooth
        length = float(smooth @ smooth)
        if length < 1e-12 or monotonic() > end:
            break
        goal = max(aim, best.value + 0.01 * abs(best.value))
        price = price + pace * max(goal - told, 1e-9) / length * smooth
    return best


def useful(
    arcs: BOOL, cost: FLOAT, weight: FLOAT, lower: float, upper: float, groups: int,
    bound: Bound, objective: float,
) -> BOOL:  # fmt: skip
    """Arcs that a plan better than `objective` may use, by the bound with the arc forced."""
    listed = _listed(arcs, cost)
    count = len(weight)
    taken, value, rate = np.zeros(len(listed.unit)), np.zeros(count), np.zeros(count)
    price = bound.price
    _knapsacks(
        listed.start, listed.unit, listed.cost, weight, price, lower, upper, taken, value, rate,
        np.arange(count),
    )  # fmt: skip
    least = np.sort(value)[:groups]
    told = float(price.sum() + least.sum())
    told -= _SAFE * float(np.abs(price).sum() + np.abs(least).sum())
    opened = told + np.maximum(0.0, value - least[-1])
    centre = np.repeat(np.arange(count), np.diff(listed.start))
    dearer = listed.cost - price[listed.unit] - rate[centre] * weight[listed.unit]
    dearer = np.where(listed.unit == centre, 0.0, np.maximum(0.0, dearer))
    keep = opened[centre] + dearer <= objective + 1e-7 * abs(objective)
    kept = np.zeros_like(arcs)
    kept[listed.unit[keep], centre[keep]] = True
    return kept


def legal_arcs(excess: FLOAT, indptr: INT, indices: INT, contiguous: bool) -> BOOL:
    """Arcs without excess whose unit the centre reaches over such arcs."""
    arcs = excess <= 0
    return reachable(arcs, indptr, indices) if contiguous else arcs
