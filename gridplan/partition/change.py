"""How many households must leave their present grid, whatever the plan."""

from __future__ import annotations

import math

import numpy as np
import pulp
from numpy.typing import NDArray

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]


def leave(present: INT, labels: INT, weight: INT) -> float:
    """Households that leave their present grid.

    Each new grid continues at most one present grid and each present grid goes on in at most one
    new grid, matched so that most households stay.

    Parameters
    ----------
    present : int array, shape (n,)
        Present grid of each unit, -1 for none.
    labels : int array, shape (n,)
        New grid of each unit, by any number.
    weight : int array, shape (n,)
        Households.
    """
    from scipy.optimize import linear_sum_assignment

    known = present >= 0
    if not known.any():
        return 0.0
    _, new = np.unique(labels, return_inverse=True)
    shared = np.zeros((new.max() + 1, present.max() + 1))
    np.add.at(shared, (new[known], present[known]), weight[known])
    rows, columns = linear_sum_assignment(shared, maximize=True)
    return float(weight[known].sum() - shared[rows, columns].sum())


def change_bound(
    present: INT, weight: INT, keepable: FLOAT, *, groups: int, lower: float, upper: float
) -> float:
    """Least households that leave their present grid in any plan, where units have no place.

    Each present grid p either goes on with s_p ≤ keepable_p of its households and takes a_p from
    others so that lower ≤ s_p + a_p ≤ upper, or ends; the grids that continue none take the rest.
    Every plan gives such numbers, so the least of Σ (H_p − s_p) is a bound.

    Parameters
    ----------
    present : int array, shape (n,)
        Present grid of each unit, 0 to P - 1, -1 for none.
    weight : int array, shape (n,)
        Households.
    keepable : float array, shape (P,)
        Most households of each present grid that one new grid can hold.
    groups : int
        Number of new grids.
    lower, upper : float
        Limits that hold for every new grid.

    Returns
    -------
    float
        Whole households.
    """
    known = present >= 0
    count = len(keepable)
    held = np.bincount(present[known], weights=weight[known], minlength=count)
    total = float(weight.sum())
    ceiling = min(upper, total)
    lp = pulp.LpProblem("change", pulp.LpMinimize)
    goes_on = [pulp.LpVariable(f"on_{p}", cat=pulp.LpBinary) for p in range(count)]
    stays = [pulp.LpVariable(f"stay_{p}", 0, float(min(keepable[p], ceiling))) for p in range(count)]
    takes = [pulp.LpVariable(f"take_{p}", 0) for p in range(count)]
    lp += pulp.lpSum(float(held[p]) - stays[p] for p in range(count))
    for p in range(count):
        # a grid that goes on keeps the household limits
        lp += stays[p] + takes[p] >= lower * goes_on[p], f"lower_{p}"
        lp += stays[p] + takes[p] <= ceiling * goes_on[p], f"upper_{p}"
    new = groups - pulp.lpSum(goes_on)
    rest = total - pulp.lpSum(stays) - pulp.lpSum(takes)
    # the other new grids hold what is left within the limits
    lp += new >= 0, "groups"
    lp += rest >= lower * new, "rest_lower"
    lp += rest <= ceiling * new, "rest_upper"
    solver = pulp.HiGHS(msg=False, threads=1, gapRel=0.0, timeLimit=5)
    solver.createAndConfigureSolver(lp)
    solver.buildSolverModel(lp)
    solver.callSolver(lp)
    told = float(lp.solverModel.getInfo().mip_dual_bound)
    return max(0.0, math.ceil(told - 1e-4)) if math.isfinite(told) else 0.0
