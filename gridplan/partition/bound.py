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
from gridplan.partition.field import Measures

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
    balance: float, mean: float, taken: FLOAT, value: FLOAT, rate: FLOAT, centres: INT,
) -> None:  # fmt: skip
    """Solve some centres' knapsacks; `taken`, `value` and, without balance, the shadow `rate`."""
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
            if balance > 0 and abs(ratio[k]) <= balance:
                # worth a household less below the mean, none above it
                limit = min(max(lower, mean), upper)
            elif balance > 0:
                limit = upper if ratio[k] < -balance else lower
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
            value[j] = total + balance * abs(load - mean)


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


@dataclass(frozen=True, eq=False)
class _Knapsacks:
    """One knapsack for each centre and measure, with room for their answers."""

    listed: _Arcs
    measures: Measures
    balance: float
    mean: float
    taken: FLOAT
    value: FLOAT
    rate: FLOAT

    def solve(self, price: FLOAT, centres: INT) -> None:
        """Bound what the grids of some centres cost less than the prices of their units.

        A grid keeps the limits of every measure, so the dearest knapsack bounds it; or those of
        either, so the cheapest does.
        """
        listed, measures = self.listed, self.measures
        self.households(price, centres)
        for m in range(1, len(measures.lower)):
            taken, value = np.zeros_like(self.taken), np.zeros_like(self.value)
            self._one(m, price, centres, taken, value, np.zeros_like(self.rate))
            sign = -1.0 if measures.either else 1.0
            for j in centres[sign * value[centres] > sign * self.value[centres]].tolist():
                own = slice(listed.start[j], listed.start[j + 1])
                self.taken[own], self.value[j] = taken[own], value[j]

    def households(self, price: FLOAT, centres: INT) -> None:
        """The same by the first measure alone, with its shadow price."""
        self._one(0, price, centres, self.taken, self.value, self.rate)

    def _one(
        self, m: int, price: FLOAT, centres: INT, taken: FLOAT, value: FLOAT, rate: FLOAT
    ) -> None:
        listed, measures = self.listed, self.measures
        balance = self.balance if m == 0 else 0.0
        _knapsacks(
            listed.start, listed.unit, listed.cost, measures.load[m], price,
            float(measures.lower[m]), float(measures.upper[m]), balance, self.mean,
            taken, value, rate, centres,
        )  # fmt: skip


def _stated(arcs: BOOL, cost: FLOAT, measures: Measures, balance: float, mean: float) -> _Knapsacks:
    listed, count = _listed(arcs, cost), len(arcs)
    return _Knapsacks(
        listed, measures, balance, mean, np.zeros(len(listed.unit)), np.zeros(count),
        np.zeros(count),
    )  # fmt: skip


def lagrange(
    arcs: BOOL,
    cost: FLOAT,
    measures: Measures,
    *,
    groups: int,
    aim: float,
    seconds: float,
    balance: float = 0.0,
    mean: float = 0.0,
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
    measures : Measures
    groups : int
    aim : float
        Objective of a known plan, or any guess: it sets the length of the steps only.
    seconds : float
        At most.
    balance, mean : float
        Price of a household above or below the mean, and the mean.
    price : float array, optional
        λ to start from.
    stop : callable, optional

    Returns
    -------
    Bound
    """
    end = monotonic() + seconds
    count = len(arcs)
    knapsacks = _stated(arcs, cost, measures, balance, mean)
    listed, taken, value = knapsacks.listed, knapsacks.taken, knapsacks.value
    if price is None:
        price = np.where(arcs, cost, np.inf).min(axis=1)
        price = np.where(np.isfinite(price), price, 0.0) + aim / count
    best = Bound(-math.inf, price)
    # no plan costs more than this: a bound above it says that there is none
    off = balance * (float(measures.load[0].sum()) + groups * mean)
    worst = (float(np.where(arcs, cost, -np.inf).max(axis=1).sum()) + off) * (1 + 1e-6)
    pace, vain, smooth, number = 1.5, 0, np.zeros(count), 0
    everyone = np.arange(count)
    centres = everyone
    while pace > 1e-4 and not (stop is not None and stop()):
        # between full rounds only the centres that matter are priced: they steer, they prove nothing
        full = number % _FULL == 0 or len(centres) == count
        centres = everyone if full else centres
        number += 1
        knapsacks.solve(price, centres)
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
            if safe > worst:
                return Bound(math.inf, price)
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


def by_count(
    arcs: BOOL, cost: FLOAT, measures: Measures, price: FLOAT, balance: float, mean: float
) -> FLOAT:
    """Bound on the cost of plans with 0, 1, 2 … grids, for some prices; shape (n + 1,)."""
    knapsacks = _stated(arcs, cost, measures, balance, mean)
    knapsacks.solve(price, np.arange(len(arcs)))
    least = np.sort(knapsacks.value)
    told = float(price.sum()) + np.concatenate([[0.0], np.cumsum(least)])
    size = np.concatenate([[0.0], np.cumsum(np.abs(least))])
    size = np.where(np.isfinite(told), float(np.abs(price).sum()) + size, 0.0)
    safe: FLOAT = told - _SAFE * size
    return safe


def useful(
    arcs: BOOL, cost: FLOAT, measures: Measures, groups: int, bound: Bound, objective: float
) -> BOOL:
    """Arcs that a plan better than `objective` may use, by the bound with the arc forced."""
    if measures.either:
        return arcs
    knapsacks = _stated(arcs, cost, measures, 0.0, 0.0)
    listed, value, price = knapsacks.listed, knapsacks.value, bound.price
    everyone = np.arange(len(arcs))
    # by households alone, whose shadow price is known
    knapsacks.households(price, everyone)
    least = np.sort(value)[:groups]
    told = float(price.sum() + least.sum())
    told -= _SAFE * float(np.abs(price).sum() + np.abs(least).sum())
    opened = told + np.maximum(0.0, value - least[-1])
    centre = np.repeat(everyone, np.diff(listed.start))
    shadow = knapsacks.rate[centre] * measures.load[0, listed.unit]
    dearer = listed.cost - price[listed.unit] - shadow
    dearer = np.where(listed.unit == centre, 0.0, np.maximum(0.0, dearer))
    keep = opened[centre] + dearer <= objective + 1e-7 * abs(objective)
    kept = np.zeros_like(arcs)
    kept[listed.unit[keep], centre[keep]] = True
    return kept
