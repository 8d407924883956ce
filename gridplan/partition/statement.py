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
class Beyond:
    """What lies beyond a place of the graph that a programme looks at alone.

    The units of the place are the first nodes. The next one, `outer`, stands for all units beyond:
    it may lie in any number of grids and joins what touches it. Then follows one node for each
    unit of the place: there begins the grid centred beyond that holds the unit and is named by it.

    Parameters
    ----------
    count : int
        Units of the place.
    supply : float array, shape (nodes, nodes)
        Most households that the grid centred at j may take from beyond when it holds node i; a
        grid centred in the place takes them only with the outer node.
    apart : bool array, shape (count, count)
        Pairs of units that no grid centred beyond holds together.
    """

    count: int
    supply: FLOAT
    apart: BOOL

    @property
    def outer(self) -> int:
        """Position of the node for all units beyond."""
        return self.count

    def leader(self, centre: int) -> int:
        """Unit that names the grid of a centre beyond; -1 for a centre in the place."""
        return max(-1, centre - self.count - 1)


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
    elastic : bool
        Minimise the households outside the limits, summed over grids, in place of the cost.
    cutoff : float
        Most households outside the limits that are looked for, where elastic.
    beyond : Beyond, optional
        Where only a place of a graph is looked at.
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
    elastic: bool = False
    cutoff: float = math.inf
    beyond: Beyond | None = None


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
    for i in range(len(spec.weight) if spec.beyond is None else spec.beyond.count):
        # each unit lies in exactly one grid
        lp += pulp.lpSum(x[i, j] for j in of_unit.get(i, [])) == 1, f"one_{i}"
    for j, units in of_centre.items():
        # a unit goes only to an open centre
        _only_to_open(lp, x, j, units)
        if spec.beyond is not None and spec.beyond.leader(j) >= 0:
            _named(lp, spec.beyond, x, j, units)
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
    if spec.beyond is None:
        return [(j, 0)]
    most, outer = spec.beyond.supply[:, j], spec.beyond.outer
    if spec.beyond.leader(j) < 0:
        return [(j, float(most[j]) * x[outer, j] if (outer, j) in x else 0)]
    scarce = [i for i in units if i != j and most[i] < most[j]]
    return [(i, float(most[i]) * x[i, j]) for i in [j, *scarce]]


def _named(
    lp: pulp.LpProblem, beyond: Beyond, x: dict[tuple[int, int], Any], j: int, units: list[int]
) -> None:
    """State what a grid centred beyond holds."""
    # a grid centred beyond holds the unit that names it
    lp += x[beyond.leader(j), j] == x[j, j], f"leader_{j}"
    others = np.array([i for i in units if i < beyond.count], dtype=np.int64)
    first, second = np.nonzero(np.triu(beyond.apart[np.ix_(others, others)], 1))
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
