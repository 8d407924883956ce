"""A problem laid out for the compiled search: limits as prices, neighbours in compressed rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from gridplan.partition.compiled import compiled
from gridplan.partition.problem import Problem
from gridplan.tiling import piece_of

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]

_CANDIDATES = 12
"""Nearest units that a shift looks at where contiguity is not asked."""

_NONE = 1e-6
"""Households or excess that count as none at all."""


@dataclass(frozen=True, eq=False)
class Field:
    """What the search walks on.

    Parameters
    ----------
    cost : float array, shape (n, n)
        Finite everywhere.
    excess : float array, shape (n, n)
        0 where unit i may lie in the grid centred at j, else 1 or more: by how much it is too far.
    weight : float array, shape (n,)
    indptr, indices : int arrays
        Neighbours in compressed rows; without contiguity, the nearest units.
    length : float array
        Cost of each neighbourhood, a measure of distance.
    contiguous : bool
    lower, upper : float
    leave : float array, shape (n,)
        Households that count as moved where the unit leaves its present grid.
    present : int array, shape (n,)
        Present grid, -1 for none.
    """

    cost: FLOAT
    excess: FLOAT
    weight: FLOAT
    indptr: INT
    indices: INT
    length: FLOAT
    contiguous: bool
    lower: float
    upper: float
    leave: FLOAT
    present: INT

    def __len__(self) -> int:
        return len(self.weight)

    def region(self, units: INT) -> Field:
        """The field of some units alone."""
        place = np.full(len(self), -1, dtype=np.int64)
        place[units] = np.arange(len(units))
        spans = [slice(self.indptr[u], self.indptr[u + 1]) for u in units]
        near = [place[self.indices[s]] for s in spans]
        far = [self.length[s][p >= 0] for s, p in zip(spans, near, strict=True)]
        near = [p[p >= 0] for p in near]
        return Field(
            np.ascontiguousarray(self.cost[np.ix_(units, units)]),
            np.ascontiguousarray(self.excess[np.ix_(units, units)]),
            self.weight[units],
            np.concatenate([[0], np.cumsum([len(p) for p in near])]).astype(np.int64),
            np.concatenate(near).astype(np.int64),
            np.concatenate(far),
            self.contiguous,
            self.lower,
            self.upper,
            self.leave[units],
            self.present[units],
        )

    def pieces(self) -> list[INT]:
        """Units of each connected piece."""
        rows = np.repeat(np.arange(len(self)), np.diff(self.indptr))
        piece = piece_of(len(self), rows, self.indices)
        return [np.flatnonzero(piece == number) for number in range(piece.max(initial=-1) + 1)]


@dataclass(frozen=True, order=True)
class Score:
    """What a plan is worth, least first.

    Parameters
    ----------
    far : float
        Excess of forbidden arcs; 0 where every unit is within reach of its centre.
    outside : float
        Households by which grids miss their limits, summed.
    change : float
        Households that leave their present grid.
    compactness : float
        Sum of costs.
    """

    far: float
    outside: float
    change: float
    compactness: float

    @property
    def legal(self) -> bool:
        """Whether no limit is broken."""
        return self.far + self.outside <= _NONE


def lay_out(problem: Problem, excess: FLOAT | None = None) -> Field:
    """Lay out a problem; `excess` says by how much an arc is too long (default 1 where inf)."""
    count = len(problem)
    legal = np.isfinite(problem.cost)
    cost = np.where(legal, problem.cost, 0.0)
    if excess is None:
        excess = np.where(legal, 0.0, 1.0)
    edges = _candidates(problem) if problem.edges is None else problem.edges
    indptr, indices = compressed(count, edges)
    rows = np.repeat(np.arange(count), np.diff(indptr))
    length = np.sqrt(np.maximum(0.0, cost[rows, indices]))
    present = np.full(count, -1, dtype=np.int64) if problem.present is None else problem.present
    leave = np.where(present >= 0, problem.weight, 0).astype(float)
    return Field(
        cost, excess, problem.weight.astype(float), indptr, indices, length,
        problem.edges is not None, float(problem.lower), float(problem.upper), leave, present,
    )  # fmt: skip


def compressed(count: int, edges: INT) -> tuple[INT, INT]:
    """Neighbours of each unit in compressed rows, each pair both ways and once."""
    both = np.vstack([edges, edges[:, ::-1]]) if len(edges) else np.zeros((0, 2), dtype=np.int64)
    both = np.unique(both, axis=0)
    indptr = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(both[:, 0], minlength=count), out=indptr[1:])
    return indptr, both[:, 1].astype(np.int64).copy()


def _candidates(problem: Problem) -> INT:
    """Pairs of near units, joined into one piece, where contiguity is not asked."""
    count = len(problem)
    dear = np.nanmax(np.where(np.isfinite(problem.cost), problem.cost, np.nan)) + 1.0
    near = np.where(np.isfinite(problem.cost), problem.cost, 4 * dear)
    near = near + near.T
    np.fill_diagonal(near, np.inf)
    nearest = np.argsort(near, axis=1, kind="stable")[:, : min(_CANDIDATES, count - 1)]
    pairs = np.column_stack([np.repeat(np.arange(count), nearest.shape[1]), nearest.ravel()])
    np.fill_diagonal(near, 0.0)
    tree = minimum_spanning_tree(coo_array(near + 1e-9 * dear)).tocoo()
    tree_pairs = np.column_stack([tree.row, tree.col])
    return np.vstack([pairs, tree_pairs[tree.row != tree.col]]).astype(np.int64)


class Weighed(NamedTuple):
    """Of each grid of a plan, shape (groups,) each.

    Parameters
    ----------
    centre : int array
        The unit with the least excess, then the least cost.
    held : float array
        Households.
    far : float array
        Excess of the units.
    outside : float array
        Households above or below the limits.
    cost : float array
    """

    centre: INT
    held: FLOAT
    far: FLOAT
    outside: FLOAT
    cost: FLOAT

    @property
    def broken(self) -> INT:
        """Grids that break a limit."""
        return np.flatnonzero(self.far + self.outside > _NONE)


def weigh(field: Field, label: INT, groups: int) -> Weighed:
    """What each grid of a plan holds, misses and costs."""
    return Weighed(
        *_weigh(label, groups, field.cost, field.excess, field.weight, field.lower, field.upper)
    )


@compiled
def _weigh(
    label: INT, groups: int, cost: FLOAT, excess: FLOAT, weight: FLOAT, lower: float, upper: float
) -> tuple[INT, FLOAT, FLOAT, FLOAT, FLOAT]:
    count = len(weight)
    start = np.zeros(groups + 1, dtype=np.int64)
    for i in range(count):
        start[label[i] + 1] += 1
    for g in range(groups):
        start[g + 1] += start[g]
    order = np.zeros(count, dtype=np.int64)
    spot = start[:-1].copy()
    loads = np.zeros(groups)
    for i in range(count):
        order[spot[label[i]]] = i
        spot[label[i]] += 1
        loads[label[i]] += weight[i]
    centre = np.full(groups, -1, dtype=np.int64)
    beyond = np.zeros(groups)
    outside = np.zeros(groups)
    costs = np.zeros(groups)
    for g in range(groups):
        least, cheapest = np.inf, np.inf
        for a in range(start[g], start[g + 1]):
            j = order[a]
            far, price = 0.0, 0.0
            for b in range(start[g], start[g + 1]):
                far += excess[order[b], j]
                price += cost[order[b], j]
            if far < least or (far == least and price < cheapest):
                least, cheapest, centre[g] = far, price, j
        beyond[g] = least
        outside[g] = max(0.0, lower - loads[g]) + max(0.0, loads[g] - upper)
        costs[g] = cheapest
    return centre, loads, beyond, outside, costs


def matching(field: Field, label: INT, groups: int) -> INT:
    """Present grid that each new grid continues, -1 for none: most households stay."""
    presents = int(field.present.max()) + 1 if len(field.present) else 0
    match = np.full(groups, -1, dtype=np.int64)
    if presents == 0:
        return match
    shared = np.zeros((groups, presents))
    known = field.present >= 0
    np.add.at(shared, (label[known], field.present[known]), field.leave[known])
    rows, columns = linear_sum_assignment(shared, maximize=True)
    kept = shared[rows, columns] > 0
    match[rows[kept]] = columns[kept]
    return match


def score(field: Field, label: INT, groups: int) -> Score:
    """Score of a plan, with the matching to the present grids that moves fewest households."""
    told = weigh(field, label, groups)
    match = matching(field, label, groups)
    moved = float(field.leave[field.present != match[label]].sum())
    return Score(float(told.far.sum()), float(told.outside.sum()), moved, float(told.cost.sum()))
