"""What the siting models share: demand added up by pattern, choices, and HiGHS through PuLP."""

from __future__ import annotations

from typing import Any, NamedTuple

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from gridplan.errors import GridplanError

FLOAT = NDArray[np.float64]
INT = NDArray[np.int64]
BOOL = NDArray[np.bool_]

GAP = 1e-9
"""A tie within this share of the objective is proved."""


class Merged(NamedTuple):
    """Demand with rows of the same pattern added up."""

    weight: FLOAT
    covers: BOOL


def by_any(covers: BOOL, columns: BOOL | INT) -> BOOL:
    """Rows that any of the columns reaches."""
    return np.asarray(covers[:, columns].any(axis=1), dtype=bool)


def merge(weight: FLOAT, covers: BOOL) -> Merged:
    """Rows of the same pattern added up; those that nobody reaches drop out."""
    some = covers.any(axis=1) & (weight > 0)
    packed = np.packbits(covers[some], axis=1)
    keys = np.ascontiguousarray(packed).view(np.dtype((np.void, max(1, packed.shape[1]))))
    _, first, of = np.unique(keys.ravel(), return_index=True, return_inverse=True)
    sums = np.bincount(of.reshape(-1), weight[some], len(first))
    return Merged(np.asarray(sums, dtype=np.float64), covers[some][first])


def choices(lp: Any, count: int) -> list[Any]:
    """Whether each candidate is taken."""
    return [lp.add_variable(f"x_{j}", cat=pulp.LpBinary) for j in range(count)]


def served(lp: Any, merged: Merged, x: list[Any], capacity: FLOAT | None) -> Any:
    """Adds what serving asks for; gives the weight served."""
    if capacity is None:
        terms = []
        for number, (weight, row) in enumerate(zip(*merged, strict=True)):
            y = lp.add_variable(f"y_{number}", 0, 1)
            lp += y <= pulp.lpSum(x[j] for j in np.flatnonzero(row)), f"reached_{number}"
            terms.append((y, float(weight)))
        return pulp.LpAffineExpression(terms)
    load: list[list[Any]] = [[] for _ in x]
    for number, (weight, row) in enumerate(zip(*merged, strict=True)):
        parts = []
        for j in np.flatnonzero(row):
            z = lp.add_variable(f"z_{number}_{j}", 0)
            lp += z <= float(min(weight, capacity[j])) * x[j], f"open_{number}_{j}"
            parts.append(z)
            load[j].append(z)
        lp += pulp.lpSum(parts) <= float(weight), f"demand_{number}"
    for j in np.flatnonzero(np.isfinite(capacity)):
        lp += pulp.lpSum(load[j]) <= float(capacity[j]) * x[j], f"capacity_{j}"
    return pulp.lpSum(part for parts in load for part in parts)


def run(lp: Any, time_limit_s: float) -> tuple[float, bool]:
    """Solve with HiGHS through PuLP; the bound, and whether the answer is proved.

    Raises
    ------
    GridplanError
        Where there is no answer.
    """
    lp.solve(pulp.HiGHS(msg=False, threads=1, gapRel=GAP, timeLimit=time_limit_s))
    model = lp.solverModel
    status, info = model.getModelStatus(), model.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise GridplanError("coverage.error.no_sites")
    proved = status == highspy.HighsModelStatus.kOptimal
    return float(pulp.value(lp.objective) if proved else info.mip_dual_bound), proved


def chosen(x: list[Any]) -> INT:
    """Positions of the candidates taken in the answer."""
    return np.flatnonzero([(variable.value() or 0.0) > 0.5 for variable in x])
