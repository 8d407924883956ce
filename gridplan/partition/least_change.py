"""Least change exactly, where every legal grid of a community can be listed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from gridplan.partition.columns import LISTED, Columns, list_grids
from gridplan.partition.contiguity import legal_arcs
from gridplan.partition.draw import Drawn
from gridplan.partition.finish import spec_of

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]


_LISTING_S = 0.7
"""Seconds for the grids of a part before this way is given up."""


@dataclass(frozen=True, eq=False)
class Least:
    """A plan that moves as few households as any, and costs least among those.

    Parameters
    ----------
    labels : int array, shape (n,)
        Centre of each unit, by its position in the community.
    change : float
        Households that leave their present grid.
    cost : float
    """

    labels: INT
    change: float
    cost: float


@dataclass(frozen=True, eq=False)
class _Grid:
    """A grid that a plan may have."""

    units: INT
    centre: int
    cost: float
    part: int


def least_change(
    drawn: list[Drawn], present: INT, weight: INT, *, free: bool, seconds: float
) -> Least | None:
    """Choose among all legal grids: most households stay, then least cost; both proved.

    Parameters
    ----------
    drawn : list of Drawn
        The parts of a community, each with its number of grids.
    present : int array, shape (n,)
        Present grid of each unit of the community, -1 for none.
    weight : int array, shape (n,)
        Households.
    free : bool
        Whether grids may be shared out among the parts in another way, their sum kept.
    seconds : float
        Wall-clock time.

    Returns
    -------
    Least or None
        None where some part misses a limit or has too many legal grids, or the time is up.
    """
    end = monotonic() + seconds
    grids: list[_Grid] = []
    for number, part in enumerate(drawn):
        listed = _listed(part)
        if listed is None:
            return None
        grids += [
            _Grid(part.job.units[own], int(part.job.units[centre]), float(cost), number)
            for own, centre, cost in zip(listed.inside, listed.centre, listed.cost, strict=True)
        ]
    lp, take, stays = _programme(grids, _counts(drawn, free), present, weight)
    lp += -stays
    if _solve(lp, end - monotonic()) is None:
        return None
    most = round(float(pulp.value(stays)))
    # of the plans in which most stay, the cheapest
    lp += stays >= most - 0.5, "most_stay"
    lp.setObjective(
        pulp.LpAffineExpression([(t, g.cost) for t, g in zip(take, grids, strict=True)])
    )
    if _solve(lp, end - monotonic()) is None:
        return None
    taken = [grid for grid, var in zip(grids, take, strict=True) if var.value() > 0.5]
    labels = np.empty(len(present), dtype=np.int64)
    for grid in taken:
        labels[grid.units] = grid.centre
    known = float(weight[present >= 0].sum())
    return Least(labels, known - most, sum(grid.cost for grid in taken))


def _listed(part: Drawn) -> Columns | None:
    """All legal grids of a part; of one that is a single grid already, that one."""
    field = part.field
    if part.job.centre >= 0:
        return Columns(
            np.ones((1, len(field)), dtype=bool), part.centre,
            np.array([part.found.score.compactness]),
        )  # fmt: skip
    if not part.found.score.legal or field.wished.cut.any():
        return None
    arcs = legal_arcs(field, hard=True)
    # parts may share the grids in another way: a grid need not go with this part's number
    spec = replace(spec_of(field, arcs, part.found.groups), least=1, most=len(field))
    return list_grids(spec, seconds=_LISTING_S, most=LISTED)


def _counts(drawn: list[Drawn], free: bool) -> list[tuple[list[int], int]]:
    """Parts that share a number of grids, and the number."""
    loose = [n for n, part in enumerate(drawn) if free and part.job.shares]
    fixed = [([n], part.found.groups) for n, part in enumerate(drawn) if n not in loose]
    total = sum(drawn[n].found.groups for n in loose)
    return [*fixed, (loose, total)] if loose else fixed


def _programme(
    grids: list[_Grid], counts: list[tuple[list[int], int]], present: INT, weight: INT
) -> tuple[pulp.LpProblem, list[Any], Any]:
    """Set partitioning over grids, each of which goes on from one present grid at most."""
    lp = pulp.LpProblem("least_change", pulp.LpMinimize)
    take = [lp.add_variable(f"take_{k}", cat=pulp.LpBinary) for k in range(len(grids))]
    of_unit: list[list[Any]] = [[] for _ in present]
    of_part: dict[int, list[Any]] = {}
    of_present: dict[int, list[Any]] = {}
    stays = []
    for k, grid in enumerate(grids):
        of_part.setdefault(grid.part, []).append(take[k])
        for unit in grid.units.tolist():
            of_unit[unit].append(take[k])
        own = grid.units[present[grid.units] >= 0]
        held = np.bincount(present[own], weights=weight[own])
        goes_on = [(lp.add_variable(f"on_{k}_{p}", 0, 1), p) for p in np.flatnonzero(held).tolist()]
        for var, p in goes_on:
            of_present.setdefault(p, []).append(var)
            stays.append((var, float(held[p])))
        if goes_on:
            # a grid that is taken goes on from one present grid at most
            lp += pulp.lpSum(var for var, _ in goes_on) <= take[k]
    for those in of_unit:
        # each unit lies in exactly one of the grids taken
        lp += pulp.lpSum(those) == 1
    for parts, count in counts:
        # the parts that share a number of grids have as many
        lp += pulp.lpSum(var for part in parts for var in of_part.get(part, [])) == count
    for those in of_present.values():
        # each present grid goes on in one grid at most
        lp += pulp.lpSum(those) <= 1
    return lp, take, pulp.LpAffineExpression(stays)


def _solve(lp: pulp.LpProblem, seconds: float) -> float | None:
    """Solve to the proved end; None where the time does not do."""
    if seconds < 0.1:
        return None
    solver = pulp.HiGHS(msg=False, threads=1, gapRel=0.0, timeLimit=seconds)
    solver.createAndConfigureSolver(lp)
    solver.buildSolverModel(lp)
    solver.callSolver(lp)
    if lp.solverModel.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solver.findSolutionValues(lp)
    return float(pulp.value(lp.objective))
