"""The integer programme stated, through PuLP: grids named by their centres."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pulp
from numpy.typing import NDArray

from gridplan.partition.contiguity import gates
from gridplan.partition.field import Measures
from gridplan.partition.limits import pairs_of

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
    cost : float array, shape (n, n)
        Finite where `arcs` are.
    arcs : bool array, shape (n, n)
        Where unit i may go to centre j.
    indptr, indices : int arrays
        Neighbours in compressed rows.
    contiguous : bool
    measures : Measures
        What each grid holds within limits.
    least, most : int
        Number of grids.
    apart, together : int array, shape (k, 2), optional
        Pairs of units never, or always, in one grid.
    balance, mean : float
        Price of a household above or below the mean, and the mean.
    elastic : bool
        Minimise the households outside the limits, summed over grids, in place of the cost.
    cutoff : float
        Most households outside the limits that are looked for, where elastic.
    beyond : Beyond, optional
        Where only a place of a graph is looked at.
    """

    cost: FLOAT
    arcs: BOOL
    indptr: INT
    indices: INT
    contiguous: bool
    measures: Measures
    least: int
    most: int
    apart: INT | None = None
    together: INT | None = None
    balance: float = 0.0
    mean: float = 0.0
    elastic: bool = False
    cutoff: float = math.inf
    beyond: Beyond | None = None

    def __len__(self) -> int:
        return len(self.cost)

    @property
    def hard(self) -> Measures:
        """The measures, with the limits that no grid may miss."""
        return self.measures.loosened(self.cutoff) if self.elastic else self.measures

    @property
    def weight(self) -> FLOAT:
        """Households of each node, shape (n,)."""
        households: FLOAT = self.measures.load[0]
        return households


Variables = dict[tuple[int, int], Any]
"""The variable of unit i in the grid centred at j; or of centre j and measure m."""


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
    for i in range(len(spec) if spec.beyond is None else spec.beyond.count):
        # each unit lies in exactly one grid
        lp += pulp.lpSum(x[i, j] for j in of_unit.get(i, [])) == 1, f"one_{i}"
    short, excess = _outside(lp, spec, list(of_centre))
    off = _imbalance(lp, spec, x, of_centre)
    if spec.elastic:
        _elastic_aim(lp, spec, short, excess)
    else:
        costs = [(x[i, j], float(spec.cost[i, j])) for i, j in x]
        lp += pulp.LpAffineExpression([*costs, *((each, spec.balance) for each in off)])
    for j, units in of_centre.items():
        # a unit goes only to an open centre
        _only_to_open(lp, x, j, units)
        if spec.beyond is not None and spec.beyond.leader(j) >= 0:
            _named(lp, spec.beyond, x, j, units)
        _within_limits(lp, spec, x, j, units, short, excess)
        _tied(lp, spec, x, j)
    centres = pulp.lpSum(x[j, j] for j in of_centre)
    # the number of grids is within its limits
    lp += centres >= spec.least, "least_grids"
    lp += centres <= spec.most, "most_grids"
    if spec.contiguous:
        _neighbour_cuts(lp, spec, x)
    return lp


def _tied(lp: pulp.LpProblem, spec: Spec, x: Variables, j: int) -> None:
    """State which units go to centre j together, and which do not."""
    for a, b in pairs_of(spec.apart).tolist():
        if (a, j) in x and (b, j) in x:
            # units kept apart lie in different grids
            lp += x[a, j] + x[b, j] <= x[j, j], f"kept_apart_{a}_{b}_{j}"
    for a, b in pairs_of(spec.together).tolist():
        if (a, j) in x or (b, j) in x:
            # units kept together lie in the same grid
            lp += x.get((a, j), 0) - x.get((b, j), 0) == 0, f"together_{a}_{b}_{j}"


def _outside(lp: pulp.LpProblem, spec: Spec, centres: list[int]) -> tuple[Variables, Variables]:
    """What each centre's grid has below and above the limits of each measure; 0 unless elastic."""
    both = [(j, m) for j in centres for m in range(len(spec.measures.lower))]
    if not spec.elastic:
        return dict.fromkeys(both, 0), dict.fromkeys(both, 0)
    most = [
        spec.cutoff / float(scale) if math.isfinite(spec.cutoff) else None
        for scale in spec.measures.scale
    ]
    return (
        {(j, m): lp.add_variable(f"short_{j}_{m}", 0, most[m]) for j, m in both},
        {(j, m): lp.add_variable(f"excess_{j}_{m}", 0, most[m]) for j, m in both},
    )


def _elastic_aim(lp: pulp.LpProblem, spec: Spec, short: Variables, excess: Variables) -> None:
    scale = spec.measures.scale
    told = [(var, float(scale[m])) for each in (short, excess) for (_, m), var in each.items()]
    missed = pulp.LpAffineExpression(told)
    lp += missed
    if math.isfinite(spec.cutoff):
        # no more households outside the limits than are looked for
        lp += missed <= spec.cutoff, "cutoff"


def _imbalance(
    lp: pulp.LpProblem, spec: Spec, x: Variables, of_centre: dict[int, list[int]]
) -> list[Any]:
    """Households by which each centre's grid is off the mean."""
    if spec.balance <= 0 or spec.elastic:
        return []
    off = []
    for j, units in of_centre.items():
        off.append(lp.add_variable(f"off_{j}", 0))
        held = pulp.LpAffineExpression([(x[i, j], float(spec.weight[i])) for i in units])
        # a grid is off the mean by what it holds above it, or below
        lp += off[-1] >= held - spec.mean * x[j, j], f"above_mean_{j}"
        lp += off[-1] >= spec.mean * x[j, j] - held, f"below_mean_{j}"
    return off


def _within_limits(
    lp: pulp.LpProblem, spec: Spec, x: Variables, j: int, units: list[int],
    short: Variables, excess: Variables,
) -> None:  # fmt: skip
    """State the limits of the grid centred at j, measure by measure."""
    load, lower, upper, _, either = spec.measures
    kept = [x[j, j]] * len(lower)
    if either:
        kept = [lp.add_variable(f"kept_{j}_{m}", cat=pulp.LpBinary) for m in range(len(lower))]
        # each grid keeps the limits of one measure
        lp += pulp.lpSum(kept) == x[j, j], f"either_{j}"
    for m in range(len(lower)):
        held = pulp.LpAffineExpression([(x[i, j], float(load[m, i])) for i in units])
        # each grid holds at least the lower limit, with what it may take from beyond
        for i, beyond in _from_beyond(spec, x, j, units, m):
            wanted = kept[m] if i == j else x[i, j]
            lp += held + beyond + short[j, m] >= float(lower[m]) * wanted, f"lower_{i}_{j}_{m}"
        if math.isfinite(upper[m]):
            # each grid holds at most the upper limit
            free = float(load[m, units].sum()) * (x[j, j] - kept[m]) if either else 0
            lp += held - excess[j, m] <= float(upper[m]) * kept[m] + free, f"upper_{j}_{m}"


def _from_beyond(
    spec: Spec, x: Variables, j: int, units: list[int], measure: int
) -> list[tuple[int, Any]]:
    """What a grid may take from beyond: with its centre, and with units that allow it less."""
    if spec.beyond is None:
        return [(j, 0)]
    if measure > 0:
        # nothing is known of what lies beyond but its households
        return []
    most, outer = spec.beyond.supply[:, j], spec.beyond.outer
    if spec.beyond.leader(j) < 0:
        return [(j, float(most[j]) * x[outer, j] if (outer, j) in x else 0)]
    scarce = [] if spec.measures.either else [i for i in units if i != j and most[i] < most[j]]
    return [(i, float(most[i]) * x[i, j]) for i in [j, *scarce]]


def _named(lp: pulp.LpProblem, beyond: Beyond, x: Variables, j: int, units: list[int]) -> None:
    """State what a grid centred beyond holds."""
    # a grid centred beyond holds the unit that names it
    lp += x[beyond.leader(j), j] == x[j, j], f"leader_{j}"
    others = np.array([i for i in units if i < beyond.count], dtype=np.int64)
    first, second = np.nonzero(np.triu(beyond.apart[np.ix_(others, others)], 1))
    for a, b in zip(others[first].tolist(), others[second].tolist(), strict=True):
        # units that no centre beyond has together are not together in its grid
        lp += x[a, j] + x[b, j] <= x[j, j], f"apart_{a}_{b}_{j}"


def _only_to_open(lp: pulp.LpProblem, x: Variables, j: int, units: list[int]) -> None:
    for i in units:
        if i != j:
            lp += x[i, j] <= x[j, j], f"open_{i}_{j}"


def _neighbour_cuts(lp: pulp.LpProblem, spec: Spec, x: Variables) -> None:
    gate = gates(spec.arcs, spec.indptr, spec.indices, spec.hard)
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
