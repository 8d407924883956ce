"""Small problems exactly: every legal grid is listed, and the cheapest set of them covers all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from time import monotonic

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from gridplan.partition.compiled import compiled
from gridplan.partition.limits import pairs_of
from gridplan.partition.listing import legal_sets
from gridplan.partition.model import Closed, worth
from gridplan.partition.statement import Spec

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]

_WALKED_A_S, _WALKED = 500_000, 12_000_000
"""Connected sets looked at before this way is given up: for a second, and at most."""

LISTED, LISTED_BLIND = 6_000, 60_000
"""Legal grids listed before this way is given up: with a plan known, and where none was found."""


@compiled
def _centred(sets: BOOL, cost: FLOAT, arcs: BOOL) -> tuple[INT, FLOAT]:
    """The centre of each set that costs least, -1 where none may hold all of it; and its cost."""
    centres, costs = np.full(len(sets), -1, dtype=np.int64), np.full(len(sets), np.inf)
    for k in range(len(sets)):
        units = np.flatnonzero(sets[k])
        for j in units:
            total = 0.0
            for i in units:
                total += cost[i, j] if arcs[i, j] else np.inf
            if total < costs[k]:
                centres[k], costs[k] = j, total
    return centres, costs


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


def list_grids(spec: Spec, *, seconds: float, most: int) -> Columns | None:
    """List every legal grid of a contiguous problem that can be part of a plan.

    Parameters
    ----------
    spec : Spec
        Not elastic, every unit covered.
    seconds : float
        About so long at most.
    most : int
        Grids listed before it is given up.

    Returns
    -------
    Columns or None
        None where there are too many to list.
    """
    measures = spec.measures
    if not spec.contiguous or measures.either:
        return None
    limits = (float(measures.lower[0]), float(measures.upper[0]))
    inside = legal_sets(
        spec.indptr, spec.indices, spec.weight, spec.arcs, limits, (spec.least, spec.most),
        walked=int(min(_WALKED, seconds * _WALKED_A_S)), listed=most,
    )  # fmt: skip
    if inside is None:
        return None
    inside = inside[_kept(spec, inside)]
    centres, costs = _centred(inside, spec.cost, spec.arcs)
    inside, costs = inside[centres >= 0], costs[centres >= 0]
    return Columns(inside, centres[centres >= 0], costs + _wished(spec, inside))


def close_by_columns(spec: Spec, *, seconds: float, most: int = LISTED) -> Closed | None:
    """Close a small contiguous problem by set partitioning over all its legal grids.

    Parameters
    ----------
    spec : Spec
        Not elastic, every unit covered.
    seconds : float
        For the solver.
    most : int
        Grids listed before it is given up.

    Returns
    -------
    Closed or None
        None where there are too many grids to list, or the time is up.
    """
    end = monotonic() + seconds
    listed = list_grids(spec, seconds=seconds, most=most)
    if listed is None:
        return None
    if not listed.inside.any(axis=0).all():
        return Closed(True, None, math.inf, math.inf, 0)
    return _cover(spec, listed.inside, listed.centre, listed.cost, end - monotonic())


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
