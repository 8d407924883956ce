"""The integer programme stated, through PuLP: grids named by their centres."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pulp
from numpy.typing import NDArray

from gridplan.partition.contiguity import gates

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Spec:
    """What the programme is about.

    Parameters
    ----------
    weight : float array, shape (n,)
    cost : float array, shape (n, n)
        Finite where `arcs` are.
    arcs : bool array, shape (n, n)
        Where unit i may go to centre j.
    indptr, indices : int arrays
        Neighbours in compressed rows.
    contiguous : bool
    lower, upper : float
    least, most : int
        Number of grids.
    cover : bool array, shape (n,), optional
        Units that must have a grid; default all.
    elastic : bool
        Minimise the households outside the limits, summed over grids, in place of the cost.
    cutoff : float
        Most households outside the limits that are looked for, where elastic.
    outer : int
        Position of a node that stands for all units beyond, may lie in any number of grids and
        joins what touches it; -1 for none.
    supply : float array, shape (n, n), optional
        Most households that the grid centred at j may take from beyond when it holds unit i; where
        it may hold the outer node, only with that.
    apart : bool array, shape (n, n), optional
        Pairs of units that a grid with a leader never holds.
    leader : int array, shape (n,), optional
        Unit that a grid centred at j has to hold, -1 for none.
    """

    weight: FLOAT
    cost: FLOAT
    arcs: BOOL
    indptr: INT
    indices: INT
    contiguous: bool
    lower: float
    upper: float
    least: int
    most: int
    cover: BOOL | None = None
    elastic: bool = False
    cutoff: float = math.inf
    outer: int = -1
    supply: FLOAT | None = None
    apart: BOOL | None = None
    leader: INT | None = None


def state(spec: Spec, rows: list[int], columns: list[int]) -> pulp.LpProblem:
    """State the programme."""
    lp = pulp.LpProblem("gridplan", pulp.LpMinimize)
    x = {
        (i, j): lp.add_variable(f"x_{i}_{j}", cat=pulp.LpBinary)
        for i, j in zip(rows, columns, strict=True)
    }
    of_unit: dict[int, list[int]] = {}
    of_centre: dict[int, list[int]] = {}
    for i, j in x:
        of_unit.setdefault(i, []).append(j)
        of_centre.setdefault(j, []).append(i)
    short, excess = _aim(lp, spec, x, list(of_centre))
    for i in range(len(spec.weight)):
        if i == spec.outer:
            continue
        taken = pulp.lpSum(x[i, j] for j in of_unit.get(i, []))
        if spec.cover is None or spec.cover[i]:
            # each unit lies in exactly one grid
            lp += taken == 1, f"one_{i}"
        else:
            # a unit beyond the part looked at lies in one grid of it at most
            lp += taken <= 1, f"one_{i}"
    for j, units in of_centre.items():
        # a unit goes only to an open centre
        _only_to_open(lp, x, j, units)
        if spec.leader is not None and spec.leader[j] >= 0:
            # a grid centred beyond holds the unit that names it
            lp += x[int(spec.leader[j]), j] == x[j, j], f"leader_{j}"
            _keep_apart(lp, spec, x, j, units)
        held = pulp.LpAffineExpression([(x[i, j], float(spec.weight[i])) for i in units])
        # each grid holds at least the lower limit, with what it may take from beyond
        for i, beyond in _from_beyond(spec, x, j, units):
            lp += held + beyond + short[j] >= spec.lower * x[i, j], f"lower_{i}_{j}"
        if math.isfinite(spec.upper):
            # each grid holds at most the upper limit
            lp += held - excess[j] <= spec.upper * x[j, j], f"upper_{j}"
    centres = pulp.lpSum(x[j, j] for j in of_centre)
    # the number of grids is within its limits
    lp += centres >= spec.least, "least_grids"
    lp += centres <= spec.most, "most_grids"
    if spec.contiguous:
        _neighbour_cuts(lp, spec, x)
    return lp


def _aim(
    lp: pulp.LpProblem, spec: Spec, x: dict[tuple[int, int], Any], centres: list[int]
) -> tuple[dict[int, Any], dict[int, Any]]:
    """State what is minimised; households below and above the limits of each centre's grid."""
    if not spec.elastic:
        lp += pulp.LpAffineExpression([(x[i, j], float(spec.cost[i, j])) for i, j in x])
        return dict.fromkeys(centres, 0), dict.fromkeys(centres, 0)
    most = spec.cutoff if math.isfinite(spec.cutoff) else None
    short = {j: lp.add_variable(f"short_{j}", 0, most) for j in centres}
    excess = {j: lp.add_variable(f"excess_{j}", 0, most) for j in centres}
    missed = pulp.lpSum([*short.values(), *excess.values()])
    lp += missed
    if most is not None:
        # no more households outside the limits than are looked for
        lp += missed <= most, "cutoff"
    return short, excess


def _from_beyond(
    spec: Spec, x: dict[tuple[int, int], Any], j: int, units: list[int]
) -> list[tuple[int, Any]]:
    """What a grid may take from beyond: with its centre, and with units that allow it less."""
    if spec.supply is None:
        return [(j, 0)]
    most = spec.supply[:, j]
    if (spec.outer, j) in x:
        return [(j, float(most[j]) * x[spec.outer, j])]
    scarce = [i for i in units if i != j and most[i] < most[j]]
    return [(i, float(most[i]) * x[i, j]) for i in [j, *scarce]]


def _keep_apart(
    lp: pulp.LpProblem, spec: Spec, x: dict[tuple[int, int], Any], j: int, units: list[int]
) -> None:
    if spec.apart is None:
        return
    others = np.array([i for i in units if i != j], dtype=np.int64)
    first, second = np.nonzero(np.triu(spec.apart[np.ix_(others, others)], 1))
    for a, b in zip(others[first].tolist(), others[second].tolist(), strict=True):
        # units that no centre beyond has together are not together in its grid
        lp += x[a, j] + x[b, j] <= x[j, j], f"apart_{a}_{b}_{j}"


def _only_to_open(
    lp: pulp.LpProblem, x: dict[tuple[int, int], Any], j: int, units: list[int]
) -> None:
    for i in units:
        if i != j:
            lp += x[i, j] <= x[j, j], f"open_{i}_{j}"


def _neighbour_cuts(lp: pulp.LpProblem, spec: Spec, x: dict[tuple[int, int], Any]) -> None:
    gate = gates(spec.arcs, spec.indptr, spec.indices)
    for i, j in list(x):
        near = spec.indices[spec.indptr[i] : spec.indptr[i + 1]].tolist()
        if i == j or j in near:
            continue
        only = int(gate[i, j])
        if (only, j) in x:
            # a unit lies in a grid only with the unit that every way to the centre passes
            lp += x[i, j] <= x[only, j], f"gate_{i}_{j}"
        if only not in near:
            # a unit lies in a grid only with one of its neighbours
            lp += x[i, j] <= pulp.lpSum(x[v, j] for v in near if (v, j) in x), f"near_{i}_{j}"
