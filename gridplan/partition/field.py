"""A problem laid out for the compiled search: limits as prices, neighbours in compressed rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from gridplan.partition.limits import pairs_of
from gridplan.partition.problem import Problem
from gridplan.tiling import piece_of

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]

_CANDIDATES = 12
"""Nearest units that a shift looks at where contiguity is not asked."""


class Measures(NamedTuple):
    """What every grid holds within limits; the first measure is households.

    Parameters
    ----------
    load : float array, shape (m, n)
        Of each unit.
    lower, upper : float array, shape (m,)
    scale : float array, shape (m,)
        Households that one of it counts as, where it is missing or too much.
    either : bool
        Whether it is enough that a grid keeps the limits of one measure.
    """

    load: FLOAT
    lower: FLOAT
    upper: FLOAT
    scale: FLOAT
    either: bool

    def loosened(self, missed: float = np.inf) -> Measures:
        """Limits that a grid keeps which misses these by so many households at most."""
        beyond = missed / self.scale
        return self._replace(lower=np.maximum(0.0, self.lower - beyond), upper=self.upper + beyond)


class Wished(NamedTuple):
    """Soft wishes, in units of cost; see :class:`gridplan.partition.limits.Wishes`.

    Parameters
    ----------
    change_first : bool
    stay, balance : float
    mean : float
        Households that a balanced grid holds.
    cut : float array
        Price of each neighbourhood whose ends lie in different grids.
    """

    change_first: bool
    stay: float
    balance: float
    mean: float
    cut: FLOAT


@dataclass(frozen=True, eq=False)
class Field:
    """What the search walks on.

    Parameters
    ----------
    cost : float array, shape (n, n)
        Finite everywhere.
    excess : float array, shape (n, n)
        0 where unit i may lie in the grid centred at j, else 1 or more: by how much it is too far.
    measures : Measures
    indptr, indices : int arrays
        Neighbours in compressed rows; without contiguity, the nearest units.
    length : float array
        Cost of each neighbourhood, a measure of distance.
    contiguous : bool
    leave : float array, shape (n,)
        Households that count as moved where the unit leaves its present grid.
    present : int array, shape (n,)
        Present grid, -1 for none.
    apart, together : int array, shape (k, 2)
        Pairs of units that never, or always, lie in the same grid.
    wished : Wished
    """

    cost: FLOAT
    excess: FLOAT
    measures: Measures
    indptr: INT
    indices: INT
    length: FLOAT
    contiguous: bool
    leave: FLOAT
    present: INT
    apart: INT
    together: INT
    wished: Wished

    def __len__(self) -> int:
        return len(self.leave)

    @property
    def weight(self) -> FLOAT:
        """Households, shape (n,)."""
        households: FLOAT = self.measures.load[0]
        return households

    @property
    def lower(self) -> float:
        """Least households of a grid."""
        return float(self.measures.lower[0])

    @property
    def upper(self) -> float:
        """Most households of a grid."""
        return float(self.measures.upper[0])

    @property
    def rows(self) -> INT:
        """The unit whose neighbour stands at each place of `indices`."""
        return np.repeat(np.arange(len(self)), np.diff(self.indptr))

    def region(self, units: INT) -> Field:
        """The field of some units alone."""
        place = np.full(len(self), -1, dtype=np.int64)
        place[units] = np.arange(len(units))
        spans = [np.arange(self.indptr[u], self.indptr[u + 1]) for u in units]
        spans = [span[place[self.indices[span]] >= 0] for span in spans]
        kept = np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)
        apart, together = place[self.apart], place[self.together]
        return Field(
            np.ascontiguousarray(self.cost[np.ix_(units, units)]),
            np.ascontiguousarray(self.excess[np.ix_(units, units)]),
            self.measures._replace(load=np.ascontiguousarray(self.measures.load[:, units])),
            np.concatenate([[0], np.cumsum([len(span) for span in spans])]).astype(np.int64),
            place[self.indices[kept]],
            self.length[kept],
            self.contiguous,
            self.leave[units],
            self.present[units],
            apart[(apart >= 0).all(axis=1)],
            together[(together >= 0).all(axis=1)],
            self.wished._replace(cut=self.wished.cut[kept]),
        )

    def pieces(self) -> list[INT]:
        """Units of each connected piece."""
        piece = piece_of(len(self), self.rows, self.indices)
        return [np.flatnonzero(piece == number) for number in range(piece.max(initial=-1) + 1)]


def lay_out(problem: Problem, excess: FLOAT | None = None) -> Field:
    """Lay out a problem; `excess` says by how much an arc is too long (default 1 where inf)."""
    count = len(problem)
    cost = np.where(np.isfinite(problem.cost), problem.cost, 0.0)
    if excess is None:
        excess = np.where(problem.legal, 0.0, 1.0)
    edges = _candidates(problem) if problem.edges is None else problem.edges
    indptr, indices = compressed(count, edges)
    rows = np.repeat(np.arange(count), np.diff(indptr))
    length = np.sqrt(np.maximum(0.0, cost[rows, indices]))
    present = np.full(count, -1, dtype=np.int64) if problem.present is None else problem.present
    leave = np.where(present >= 0, problem.weight, 0).astype(float)
    return Field(
        cost, excess, _measures(problem), indptr, indices, length, problem.edges is not None,
        leave, present, pairs_of(problem.terms.apart), pairs_of(problem.terms.together),
        _wished(problem, rows, indices),
    )  # fmt: skip


def _measures(problem: Problem) -> Measures:
    """All measures in rows, households first; the others scaled to households by their sums."""
    rows = problem.measures
    scale = [problem.total / max(1.0, float(each.amount.sum())) for each in rows[1:]]
    return Measures(
        np.array([each.amount for each in rows], dtype=float),
        np.array([each.lower for each in rows], dtype=float),
        np.array([each.upper for each in rows], dtype=float),
        np.maximum(1e-6, np.array([1.0, *scale])),
        problem.terms.either and len(rows) > 1,
    )


def _wished(problem: Problem, rows: INT, indices: INT) -> Wished:
    wishes, count = problem.wishes, len(problem)
    cut = np.zeros(len(indices))
    if wishes.cut is not None and problem.edges is not None and len(indices):
        price = coo_array((wishes.cut, tuple(problem.edges.T)), shape=(count, count)).tocsr()
        cut = np.asarray((price + price.T)[rows, indices], dtype=float).reshape(-1)
    return Wished(
        wishes.change_first, float(wishes.stay), float(wishes.balance), float(problem.mean), cut
    )


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
