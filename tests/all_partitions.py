"""Oracles that try everything."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from gridplan.partition.limits import pairs_of
from gridplan.partition.problem import Problem


def partitions(count: int) -> Iterator[list[int]]:
    """Every way to put `count` units into unnamed grids."""

    def grow(label: list[int], used: int) -> Iterator[list[int]]:
        if len(label) == count:
            yield label
            return
        for grid in range(used + 1):
            yield from grow([*label, grid], max(used, grid + 1))

    yield from grow([0], 1)


def in_one_piece(units: list[int], edges: np.ndarray) -> bool:
    left, seen = set(units[1:]), [units[0]]
    while seen:
        unit = seen.pop()
        near = {b for a, b in edges.tolist() if a == unit} | {
            a for a, b in edges.tolist() if b == unit
        }
        seen += near & left
        left -= near
    return not left


def moved(present: np.ndarray, label: list[int], weight: np.ndarray) -> float:
    """Households that leave, where each grid goes on in one other at most; all ways tried."""
    known = [i for i, grid in enumerate(present) if grid >= 0]
    old = sorted({int(present[i]) for i in known})
    new = [*range(max(label) + 1), *([-1] * len(old))]
    most = max(
        sum(int(weight[i]) for i in known if label[i] == goes_on[old.index(int(present[i]))])
        for goes_on in permutations(new, len(old))
    )
    return float(weight[known].sum() - most)


def grid_cost(problem: Problem, units: list[int]) -> float:
    """Least cost of one grid with its imbalance; ``inf`` where it breaks a rule."""
    terms = problem.terms
    told = [(problem.weight, problem.lower, problem.upper)]
    told += [(each.amount, each.lower, each.upper) for each in terms.measures]
    kept = [lower <= amount[units].sum() <= upper for amount, lower, upper in told]
    if not (any(kept) if terms.either else all(kept)):
        return np.inf
    if problem.edges is not None and not in_one_piece(units, problem.edges):
        return np.inf
    if any(a in units and b in units for a, b in pairs_of(terms.apart).tolist()):
        return np.inf
    if any((a in units) != (b in units) for a, b in pairs_of(terms.together).tolist()):
        return np.inf
    fixed = [unit for unit in units if unit in terms.centres]
    centres = fixed or units
    if len(fixed) > 1:
        return np.inf
    off = problem.wishes.balance * abs(problem.weight[units].sum() - problem.mean)
    return float(problem.cost[np.ix_(units, centres)].sum(axis=0).min() + off)


def plan_cost(problem: Problem, label: list[int]) -> float:
    """Cost of a plan with all its wishes; ``inf`` where it breaks a rule."""
    wishes, total = problem.wishes, 0.0
    for grid in range(max(label) + 1):
        total += grid_cost(problem, [i for i, g in enumerate(label) if g == grid])
    if wishes.cut is not None:
        ends = np.array(label)[problem.edges]
        total += wishes.cut[ends[:, 0] != ends[:, 1]].sum()
    if wishes.stay > 0:
        total += wishes.stay * moved(problem.present, label, problem.weight)
    return float(total)


def best_cost(problem: Problem) -> float:
    """Least cost of any legal plan, by trying all; ``inf`` where there is none."""
    best = np.inf
    for label in partitions(len(problem)):
        if max(label) + 1 == problem.groups:
            best = min(best, plan_cost(problem, label))
    return float(best)


def least_change(problem: Problem) -> float:
    """Fewest households that leave their present grid in any legal plan."""
    return min(
        (
            moved(problem.present, label, problem.weight)
            for label in partitions(len(problem))
            if max(label) + 1 == problem.groups and np.isfinite(plan_cost(problem, label))
        ),
        default=np.inf,
    )
