"""How many households must leave their present grid, whatever the plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pulp
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]

_SECONDS = 2.0
"""Time for the bound; what HiGHS has by then holds."""


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
    known = present >= 0
    if not known.any():
        return 0.0
    _, new = np.unique(labels, return_inverse=True)
    shared = np.zeros((new.max() + 1, present.max() + 1))
    np.add.at(shared, (new[known], present[known]), weight[known])
    rows, columns = linear_sum_assignment(shared, maximize=True)
    return float(weight[known].sum() - shared[rows, columns].sum())


@dataclass(frozen=True, eq=False)
class Room:
    """A part of a problem that shares no grid with the rest.

    Parameters
    ----------
    households : float
        Of all its units.
    lower, upper : float
        Limits that hold for every new grid in it.
    keepable : float array, shape (P,)
        Most households of each present grid that one new grid in it can hold.
    """

    households: float
    lower: float
    upper: float
    keepable: FLOAT


def keepable(present: INT, weight: FLOAT, arcs: NDArray[np.bool_], count: int) -> FLOAT:
    """Most households of each of `count` present grids that one centre reaches."""
    most = np.zeros(count)
    for grid in np.unique(present[present >= 0]):
        mine = present == grid
        most[grid] = float((weight[mine] @ arcs[mine]).max())
    return most


def change_bound(present: INT, weight: INT, rooms: Sequence[Room], groups: int) -> float:
    """Least households that leave their present grid in any plan, where units have no place.

    Each present grid p goes on in one room at most, with s_p ≤ keepable_p of its households and
    a_p of others so that lower ≤ s_p + a_p ≤ upper, or ends; the room's new grids that continue
    none hold the rest of its households. Every plan gives such numbers, so the least of
    Σ (H_p − s_p) is a bound.

    Parameters
    ----------
    present : int array, shape (n,)
        Present grid of each unit, 0 to P - 1, -1 for none.
    weight : int array, shape (n,)
        Households.
    rooms : sequence of Room
    groups : int
        Number of new grids in all rooms together.

    Returns
    -------
    float
        Whole households.
    """
    held = np.bincount(present[present >= 0], weights=weight[present >= 0])
    lp = pulp.LpProblem("change", pulp.LpMinimize)
    goes_on = {
        (p, r): lp.add_variable(f"on_{p}_{r}", cat=pulp.LpBinary)
        for r, room in enumerate(rooms)
        for p in np.flatnonzero(room.keepable > 0).tolist()
    }
    stays = {key: lp.add_variable(f"stay_{key[0]}_{key[1]}", 0) for key in goes_on}
    takes = {key: lp.add_variable(f"take_{key[0]}_{key[1]}", 0) for key in goes_on}
    new = [lp.add_variable(f"new_{r}", 0, cat=pulp.LpInteger) for r in range(len(rooms))]
    # most households stay
    lp += -pulp.lpSum(stays.values())
    # each present grid goes on in one room at most
    for p in range(len(held)):
        lp += pulp.lpSum(on for key, on in goes_on.items() if key[0] == p) <= 1, f"once_{p}"
    for r, room in enumerate(rooms):
        ceiling = min(room.upper, room.households)
        here = [key for key in goes_on if key[1] == r]
        for key in here:
            holds = stays[key] + takes[key]
            # a grid that goes on holds no more of its own than a centre reaches
            lp += stays[key] <= float(min(room.keepable[key[0]], ceiling)) * goes_on[key]
            # and keeps the household limits
            lp += holds >= room.lower * goes_on[key]
            lp += holds <= ceiling * goes_on[key]
        rest = room.households - pulp.lpSum(stays[key] + takes[key] for key in here)
        # the new grids of the room hold what is left within the limits
        lp += rest >= room.lower * new[r], f"rest_lower_{r}"
        lp += rest <= ceiling * new[r], f"rest_upper_{r}"
    # there are as many grids as asked for
    lp += pulp.lpSum(new) + pulp.lpSum(goes_on.values()) == groups, "groups"
    solver = pulp.HiGHS(msg=False, threads=1, gapRel=0.0, timeLimit=_SECONDS)
    solver.createAndConfigureSolver(lp)
    solver.buildSolverModel(lp)
    solver.callSolver(lp)
    told = float(held.sum()) + float(lp.solverModel.getInfo().mip_dual_bound)
    return max(0.0, math.ceil(told - 1e-4)) if math.isfinite(told) else 0.0
