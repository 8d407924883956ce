"""What a plan is worth: what each grid holds, misses and costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from gridplan.partition.compiled import compiled
from gridplan.partition.field import Field, Measures

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]

_NONE = 1e-6
"""Households or excess that count as none at all."""

ASTRAY_M = 1e6
"""What counts as so much too far: what a planner holds fixed never gives, a radius may."""


@dataclass(frozen=True, order=True)
class Score:
    """What a plan is worth, least first.

    Parameters
    ----------
    far : float
        Excess of forbidden arcs; 0 where every unit is within reach of its centre.
    outside : float
        Households by which grids miss their limits, summed.
    change : float
        Households that leave their present grid.
    compactness : float
        Sum of costs.
    """

    far: float
    outside: float
    change: float
    compactness: float

    @property
    def legal(self) -> bool:
        """Whether no limit is broken."""
        return self.far + self.outside <= _NONE


class Weighed(NamedTuple):
    """Of each grid of a plan, shape (groups,) each.

    Parameters
    ----------
    centre : int array
        The unit with the least excess, then the least cost.
    held : float array
        Households.
    far : float array
        Excess of the units, and `ASTRAY_M` for each pair that should be apart, or together.
    outside : float array
        Households, or what counts as such, above or below the limits.
    cost : float array
        With the prices of imbalance, and half of what is cut at its border.
    """

    centre: INT
    held: FLOAT
    far: FLOAT
    outside: FLOAT
    cost: FLOAT

    @property
    def broken(self) -> INT:
        """Grids that break a limit."""
        return np.flatnonzero(self.far + self.outside > _NONE)


def weigh(field: Field, label: INT, groups: int) -> Weighed:
    """What each grid of a plan holds, misses and costs."""
    centre, held, far, outside, cost = _weigh(
        label, groups, field.cost, field.excess, field.measures
    )
    far += ASTRAY_M * _wrong_pairs(field, label, groups)
    wished = field.wished
    if wished.cut.any():
        rows = field.rows
        border = label[rows] != label[field.indices]
        cut = np.bincount(label[rows], np.where(border, wished.cut, 0.0), groups)
        cost += cut / 2.0
    cost += wished.balance * np.abs(held - wished.mean)
    return Weighed(centre, held, far, outside, cost)


def _wrong_pairs(field: Field, label: INT, groups: int) -> INT:
    """Pairs of each grid that should be apart, or together."""
    met = label[field.apart[:, 0]] == label[field.apart[:, 1]]
    parted = label[field.together[:, 0]] != label[field.together[:, 1]]
    wrong = np.concatenate([field.apart[met, 0], field.together[parted, 0]])
    return np.bincount(label[wrong], minlength=groups)


@compiled
def missed(held: FLOAT, measures: Measures, out: int = -1, into: int = -1) -> float:
    """Households, or what counts as such, by which a grid misses its limits.

    Parameters
    ----------
    held : float array, shape (m,)
        What it holds of each measure.
    measures : Measures
    out, into : int
        A unit that leaves it, and one that joins it; -1 for none.
    """
    total, least = 0.0, np.inf
    for m in range(len(held)):
        load = held[m]
        if out >= 0:
            load -= measures.load[m, out]
        if into >= 0:
            load += measures.load[m, into]
        short = max(0.0, measures.lower[m] - load)
        miss = measures.scale[m] * (short + max(0.0, load - measures.upper[m]))
        total += miss
        least = min(least, miss)
    return least if measures.either else total


@compiled
def _weigh(
    label: INT, groups: int, cost: FLOAT, excess: FLOAT, measures: Measures
) -> tuple[INT, FLOAT, FLOAT, FLOAT, FLOAT]:
    count = len(label)
    start = np.zeros(groups + 1, dtype=np.int64)
    for i in range(count):
        start[label[i] + 1] += 1
    for g in range(groups):
        start[g + 1] += start[g]
    order = np.zeros(count, dtype=np.int64)
    spot = start[:-1].copy()
    held = np.zeros((groups, len(measures.lower)))
    for i in range(count):
        order[spot[label[i]]] = i
        spot[label[i]] += 1
        held[label[i]] += measures.load[:, i]
    centre = np.full(groups, -1, dtype=np.int64)
    beyond = np.zeros(groups)
    outside = np.zeros(groups)
    costs = np.zeros(groups)
    for g in range(groups):
        least, cheapest = np.inf, np.inf
        for a in range(start[g], start[g + 1]):
            j = order[a]
            far, price = 0.0, 0.0
            for b in range(start[g], start[g + 1]):
                far += excess[order[b], j]
                price += cost[order[b], j]
            if far < least or (far == least and price < cheapest):
                least, cheapest, centre[g] = far, price, j
        beyond[g] = least
        outside[g] = missed(held[g], measures)
        costs[g] = cheapest
    return centre, held[:, 0].copy(), beyond, outside, costs


def matching(field: Field, label: INT, groups: int) -> INT:
    """Present grid that each new grid continues, -1 for none: most households stay."""
    presents = int(field.present.max()) + 1 if len(field.present) else 0
    match = np.full(groups, -1, dtype=np.int64)
    if presents == 0:
        return match
    shared = np.zeros((groups, presents))
    known = field.present >= 0
    np.add.at(shared, (label[known], field.present[known]), field.leave[known])
    rows, columns = linear_sum_assignment(shared, maximize=True)
    kept = shared[rows, columns] > 0
    match[rows[kept]] = columns[kept]
    return match


def score(field: Field, label: INT, groups: int) -> Score:
    """Score of a plan, with the matching to the present grids that moves fewest households."""
    told = weigh(field, label, groups)
    match = matching(field, label, groups)
    moved = float(field.leave[field.present != match[label]].sum())
    cost = float(told.cost.sum()) + field.wished.stay * moved
    # where leaving has a price, it is in the cost; else fewest leave before anything is saved
    first = 0.0 if field.wished.stay > 0 else moved
    return Score(float(told.far.sum()), float(told.outside.sum()), first, cost)
