"""Small problems exactly: every legal grid is listed, and the cheapest set of them covers all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from gridplan.partition.compiled import compiled
from gridplan.partition.limits import pairs_of
from gridplan.partition.model import Closed, worth
from gridplan.partition.statement import Spec

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]

_UNITS = 62
"""A set of units is one whole number, a bit a unit."""

_WALKED, _LISTED = 2_000_000, 6_000
"""Connected sets looked at, and legal grids listed, before this way is given up."""


@compiled
def _legal_grids(
    near: INT, weight: FLOAT, cost: FLOAT, arcs: BOOL, lower: float, upper: float,
    walked: int, listed: int,
) -> tuple[INT, INT, FLOAT, bool]:  # fmt: skip
    """List connected sets within the limits: set, centre, cost; and whether the list is whole.

    Each connected set is met once: from its first unit on, a unit is either taken or shut out for
    good (Wernicke 2006).
    """
    count = len(weight)
    sets, centres = np.zeros(listed, dtype=np.int64), np.zeros(listed, dtype=np.int64)
    costs = np.zeros(listed)
    found, steps = 0, 0
    one = np.int64(1)
    for first in range(count):
        stack = [(one << first, (one << first) - one, weight[first])]
        while len(stack) > 0:
            taken, shut, load = stack.pop()
            steps += 1
            if load > upper:
                continue
            if steps > walked or found == listed:
                return sets[:found], centres[:found], costs[:found], False
            if load >= lower:
                best, centre = np.inf, -1
                for j in range(count):
                    if (taken >> j) & one == 0 or not arcs[j, j]:
                        continue
                    total = 0.0
                    for i in range(count):
                        if (taken >> i) & one:
                            total += cost[i, j] if arcs[i, j] else np.inf
                    if total < best:
                        best, centre = total, j
                if centre >= 0:
                    sets[found], centres[found], costs[found] = taken, centre, best
                    found += 1
            border = np.int64(0)
            for i in range(count):
                if (taken >> i) & one:
                    border |= near[i]
            border &= ~(taken | shut)
            for i in range(count):
                if (border >> i) & one:
                    stack.append((taken | (one << i), shut, load + weight[i]))
                    shut |= one << i
    return sets[:found], centres[:found], costs[:found], True


@dataclass(frozen=True, eq=False)
class Columns:
    """All legal grids of a small problem.

    Parameters
    ----------
    inside : bool array, shape (c, n)
        Units of each.
    centre : int array, shape (c,)
    cost : float array, shape (c,)
        At the best centre, with the price of imbalance.
    """

    inside: BOOL
    centre: INT
    cost: FLOAT


def list_grids(spec: Spec) -> Columns | None:
    """List every legal grid of a small contiguous problem.

    Parameters
    ----------
    spec : Spec
        Not elastic, every unit covered.

    Returns
    -------
    Columns or None
        None where there are too many to list.
    """
    count, measures = len(spec), spec.measures
    if count > _UNITS or not spec.contiguous or measures.either:
        return None
    near = np.zeros(count, dtype=np.int64)
    for i in range(count):
        for other in spec.indices[spec.indptr[i] : spec.indptr[i + 1]].tolist():
            near[i] |= np.int64(1) << np.int64(other)
    sets, centres, costs, whole = _legal_grids(
        near, spec.weight, spec.cost, spec.arcs, measures.lower[0], measures.upper[0],
        _WALKED, _LISTED,
    )  # fmt: skip
    if not whole:
        return None
    inside = ((sets[:, None] >> np.arange(count)[None, :]) & 1).astype(bool)
    kept = _kept(spec, inside)
    inside = inside[kept]
    return Columns(inside, centres[kept], costs[kept] + _wished(spec, inside))


def close_by_columns(spec: Spec, *, seconds: float) -> Closed | None:
    """Close a small contiguous problem by set partitioning over all its legal grids.

    Parameters
    ----------
    spec : Spec
        Not elastic, every unit covered.
    seconds : float
        For the solver.

    Returns
    -------
    Closed or None
        None where there are too many grids to list, or the time is up.
    """
    listed = list_grids(spec)
    if listed is None:
        return None
    if not listed.inside.any(axis=0).all():
        return Closed(True, None, math.inf, math.inf, 0)
    return _cover(spec, listed.inside, listed.centre, listed.cost, seconds)


def _kept(spec: Spec, inside: BOOL) -> BOOL:
    """Which grids keep the limits of every measure and part or join no units against the terms."""
    kept = np.ones(len(inside), dtype=bool)
    for load, lower, upper in zip(*spec.measures[:3], strict=True):
        held = inside @ load
        kept &= (held >= lower) & (held <= upper)
    for a, b in pairs_of(spec.apart).tolist():
        kept &= ~(inside[:, a] & inside[:, b])
    for a, b in pairs_of(spec.together).tolist():
        kept &= inside[:, a] == inside[:, b]
    return kept


def _wished(spec: Spec, inside: BOOL) -> FLOAT:
    """What the imbalance of each grid costs."""
    imbalance: FLOAT = spec.balance * np.abs(inside @ spec.weight - spec.mean)
    return imbalance


def _cover(spec: Spec, inside: BOOL, centres: INT, costs: FLOAT, seconds: float) -> Closed | None:
    lp = pulp.LpProblem("columns", pulp.LpMinimize)
    take = [lp.add_variable(f"take_{k}", cat=pulp.LpBinary) for k in range(len(costs))]
    lp += pulp.LpAffineExpression(list(zip(take, costs.tolist(), strict=True)))
    for i in range(inside.shape[1]):
        # each unit lies in exactly one of the grids taken
        lp += pulp.lpSum(take[k] for k in np.flatnonzero(inside[:, i])) == 1, f"one_{i}"
    # the number of grids is within its limits
    lp += pulp.lpSum(take) >= spec.least, "least_grids"
    lp += pulp.lpSum(take) <= spec.most, "most_grids"
    solver = pulp.HiGHS(msg=False, threads=1, gapRel=1e-9, timeLimit=max(0.1, seconds))
    solver.createAndConfigureSolver(lp)
    solver.buildSolverModel(lp)
    solver.callSolver(lp)
    status = lp.solverModel.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Closed(True, None, math.inf, math.inf, 0)
    if status != highspy.HighsModelStatus.kOptimal:
        return None
    values = np.asarray(lp.solverModel.getSolution().col_value)
    labels = np.full(inside.shape[1], -1, dtype=np.int64)
    for k, variable in enumerate(take):
        if values[variable.index] > 0.5:
            labels[inside[k]] = centres[k]
    bound = float(lp.solverModel.getInfo().mip_dual_bound)
    objective = worth(spec, labels)
    return Closed(True, labels, objective, min(bound, objective), 0)
