"""Proofs that households outside the limits cannot be avoided, by the integer programme."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.bound import legal_arcs
from gridplan.partition.contiguity import reachable
from gridplan.partition.field import Field, compressed, weigh
from gridplan.partition.improve import Found, Span, found_of
from gridplan.partition.model import Spec, close

INT = NDArray[np.int64]
BOOL = NDArray[np.bool_]

SMALL = 8000
"""Arcs of a job up to which the whole job is handed to the programme."""

_LOCAL = 120
"""Units up to which a place is widened."""


def least_outside(
    field: Field, cover: BOOL, *, most: int, seconds: float,
    known: INT | None = None, stop: Callable[[], bool] | None = None,
) -> tuple[float, INT | None]:  # fmt: skip
    """Bound the households outside the limits, summed over the grids that cover some units.

    Parameters
    ----------
    field : Field
    cover : bool array, shape (n,)
        Units that must have a grid; the rest may help.
    most : int
        Number of grids allowed.
    seconds : float
    known : int array, shape (n,), optional
        Centres of a plan.
    stop : callable, optional

    Returns
    -------
    bound : float
        In whole households: weights are whole.
    labels : int array, shape (n,), or None
        Best centres found, -1 where a unit that need not be covered is left out.
    """
    arcs = legal_arcs(field.excess, field.indptr, field.indices, field.contiguous)
    serving = np.asarray(arcs[cover].any(axis=0))
    arcs = arcs & serving[None, :]
    spec = Spec(
        field.weight, field.cost, arcs, field.indptr, field.indices, field.contiguous,
        field.lower, field.upper, 1, most, cover, elastic=True,
    )  # fmt: skip
    closed = close(spec, seconds=seconds, known=known, stop=stop)
    whole = np.ceil(max(0.0, closed.bound) - 1e-4) if np.isfinite(closed.bound) else 0.0
    return float(whole), closed.labels


def repair(
    field: Field, found: Found, seconds: float, stop: Callable[[], bool] | None
) -> tuple[Found, float]:
    """Least households outside the limits of a small job: a plan at least as good, and a bound."""
    centre = weigh(
        found.label, found.groups, field.cost, field.excess, field.weight,
        field.lower, field.upper,
    )[0]  # fmt: skip
    known = centre[found.label] if found.score.far <= 0 else None
    cover = np.ones(len(field), dtype=bool)
    bound, labels = least_outside(
        field, cover, most=len(field), seconds=seconds, known=known, stop=stop
    )
    if labels is None:
        return found, bound
    names, label = np.unique(labels, return_inverse=True)
    other = found_of(field, label.astype(np.int64), len(names))
    span = Span(1, found.groups, len(field))
    return min(found, other, key=span.rank), bound


def is_small(field: Field) -> bool:
    """Whether a whole job can be handed to the programme."""
    return int((field.excess <= 0).sum()) <= SMALL


def prove_outside(
    field: Field, found: Found, seconds: float, stop: Callable[[], bool] | None
) -> tuple[list[tuple[INT, int]], float]:
    """Prove, grid by grid, that the households outside the limits cannot be fewer there.

    For each grid outside the limits the programme is asked for the least households by which the
    grids that meet its units miss the limits, whatever becomes of the rest; then for the units
    around it too, farther and farther out. It counts where the plan misses by no more there.

    Returns
    -------
    proofs : list of (units, households)
        The grid's units and the households that it misses the limits by, where proved.
    total : float
        Households that no plan avoids in sum: places are added up only where no grid can meet two.
    """
    end = monotonic() + seconds
    outside = weigh(
        found.label, found.groups, field.cost, field.excess, field.weight,
        field.lower, field.upper,
    )[3]  # fmt: skip
    arcs = legal_arcs(field.excess, field.indptr, field.indices, field.contiguous)
    bad = np.flatnonzero(outside > 1e-6)
    proofs, total = [], 0.0
    counted = np.zeros(len(field), dtype=bool)
    for order, grid in enumerate(bad):
        limit = monotonic() + (end - monotonic()) / (len(bad) - order)
        own = np.flatnonzero(found.label == grid)
        place = own
        while limit - monotonic() > 0.1 and len(place) <= _LOCAL:
            missed = outside[np.unique(found.label[place])].sum()
            if place_bound(field, arcs, place, limit - monotonic(), stop) >= missed - 1e-6:
                proofs.append((own, round(float(outside[grid]))))
                shared = arcs[place].any(axis=0) & arcs.diagonal()
                if not (shared & counted).any():
                    total += float(missed)
                    counted |= shared
                break
            wider = _around(field, place)
            if len(wider) == len(place):
                break
            place = wider
    return proofs, total


def place_bound(
    field: Field, arcs: BOOL, place: INT, seconds: float, stop: Callable[[], bool] | None
) -> float:
    """Least households by which the grids that meet a place miss the limits, whatever the plan.

    The rest of the units is one node that lies in as many grids as wish and joins what touches
    it. A grid is named by the first unit of the place in it; two units share a grid only where
    some centre reaches both; from beyond it takes at most what shares a centre with that unit.
    Every plan gives such grids, so what they miss at least is a bound.

    Parameters
    ----------
    field : Field
    arcs : bool array, shape (n, n)
        Where unit i may go to centre j.
    place : int array
        Units.
    seconds : float
    stop : callable, optional

    Returns
    -------
    float
        Whole households.
    """
    count = len(place)
    together = (arcs[place].astype(np.float32) @ arcs.T.astype(np.float32)) > 0
    beyond = np.ones(len(field), dtype=bool)
    beyond[place] = False
    inside = np.zeros((count + 1, count + 1), dtype=bool)
    inside[:count, :count] = np.tril(together[:, place])
    inside[count, :count] = True
    indptr, indices = compressed(count + 1, _edges(field, place))
    inside = reachable(inside, indptr, indices)
    spec = Spec(
        np.append(field.weight[place], 0.0), np.zeros_like(inside, dtype=float), inside, indptr,
        indices, True, field.lower, field.upper, 1, count, elastic=True, outer=count,
        supply=np.append(
            together[:, beyond] @ field.weight[beyond],
            field.weight[beyond & together.any(axis=0)].sum(),
        ),
    )  # fmt: skip
    closed = close(spec, seconds=seconds, stop=stop)
    return float(np.ceil(closed.bound - 1e-4)) if np.isfinite(closed.bound) else 0.0


def _edges(field: Field, place: INT) -> INT:
    """Neighbours within a place, and those of its units that lie beyond as one last node."""
    number = np.full(len(field), len(place), dtype=np.int64)
    number[place] = np.arange(len(place))
    rows = np.repeat(np.arange(len(field)), np.diff(field.indptr))
    pairs = np.column_stack([number[rows], number[field.indices]])
    outside: INT = pairs[pairs[:, 0] != pairs[:, 1]]
    return outside


def _around(field: Field, place: INT) -> INT:
    """The place and the neighbours of its units."""
    spans = [field.indices[field.indptr[u] : field.indptr[u + 1]] for u in place]
    return np.unique(np.concatenate([place, *spans])).astype(np.int64)
