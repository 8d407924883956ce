"""Proofs that households outside the limits cannot be avoided, by the integer programme."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.contiguity import legal_arcs, reachable
from gridplan.partition.field import Field, compressed
from gridplan.partition.improve import Found, Span, found_of
from gridplan.partition.model import close
from gridplan.partition.score import weigh
from gridplan.partition.statement import Beyond, Spec

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]

_SMALL = 8000
"""Arcs of a job up to which the whole job is handed to the programme."""


def least_outside(
    field: Field, *, seconds: float, least: int = 1, most: int | None = None,
    known: INT | None = None, stop: Callable[[], bool] | None = None,
) -> tuple[float, INT | None]:  # fmt: skip
    """Bound the households outside the limits, summed over the grids of any plan.

    Parameters
    ----------
    field : Field
    seconds : float
    least, most : int
        Number of grids; any where left out.
    known : int array, shape (n,), optional
        Centres of a plan.
    stop : callable, optional

    Returns
    -------
    bound : float
        In whole households where limits are whole.
    labels : int array, shape (n,), or None
        Best centres found.
    """
    arcs = legal_arcs(field, hard=False)
    spec = Spec(
        field.cost, arcs, field.indptr, field.indices, field.contiguous, field.measures,
        least, most or len(field), field.apart, field.together, elastic=True,
    )  # fmt: skip
    closed = close(spec, seconds=seconds, known=known, stop=stop)
    bound = max(0.0, closed.bound) if np.isfinite(closed.bound) else 0.0
    return float(np.ceil(bound - 1e-4)) if in_whole(field) else bound, closed.labels


def least_relaxed(
    field: Field, found: Found, span: Span, seconds: float, stop: Callable[[], bool] | None
) -> tuple[Found, float]:
    """Least households outside the limits of a small job: a plan at least as good, and a bound."""
    centre = weigh(field, found.label, found.groups).centre
    known = centre[found.label] if found.score.far <= 0 else None
    bound, labels = least_outside(
        field, seconds=seconds, least=1 if span.most == len(field) else span.least,
        most=span.most, known=known, stop=stop,
    )  # fmt: skip
    if labels is None:
        return found, bound
    names, label = np.unique(labels, return_inverse=True)
    other = found_of(field, label.astype(np.int64), len(names))
    return min(found, other, key=replace(span, target=found.groups).rank), bound


def in_whole(field: Field) -> bool:
    """Whether what a plan misses is a whole number: of households alone, with whole limits."""
    limits = [field.lower, field.upper]
    return len(field.measures.lower) == 1 and all(np.isinf(x) or x == round(x) for x in limits)


def is_small(field: Field) -> bool:
    """Whether a whole job can be handed to the programme."""
    return int((field.excess <= 0).sum()) <= _SMALL


@dataclass(frozen=True, eq=False)
class Fit:
    """What fits a place.

    Parameters
    ----------
    none : bool
        Proved: whatever the plan, the grids that meet the place miss the limits by more.
    label : int array, shape (n of the place,), or None
        Grids that fit, any numbers; -1 for units of grids that go on beyond the place.
    """

    none: bool
    label: INT | None


def fit_place(
    field: Field, arcs: BOOL, place: INT, most: float, seconds: float,
    stop: Callable[[], bool] | None,
) -> Fit:  # fmt: skip
    """Ask for grids that meet a place and miss the limits by no more than `most` in sum.

    Every plan gives such grids, so where none fit, no plan does better.

    Parameters
    ----------
    field : Field
    arcs : bool array, shape (n, n)
        Where unit i may go to centre j.
    place : int array
        Units.
    most : float
        Households.
    seconds : float
    stop : callable, optional

    Returns
    -------
    Fit
    """
    count = len(place)
    order = np.argsort(-field.weight[place], kind="stable")
    spec = _place_spec(field, arcs, place[order], most)
    closed = close(spec, seconds=seconds, stop=stop)
    if closed.labels is None:
        return Fit(closed.proved, None)
    label = np.empty(count, dtype=np.int64)
    found = closed.labels[:count]
    label[order] = np.where((found > count) | np.isin(found, closed.onward), -1, found)
    return Fit(False, label)


def _place_spec(field: Field, arcs: BOOL, units: INT, most: float) -> Spec:
    """The programme of a place.

    A grid whose centre lies in the place may hold the outer node: then it takes from beyond what
    that centre reaches. A grid whose centre lies beyond is named by its heaviest unit, the first
    of equals, and begins at that unit's node, which touches what the outer node touches; what it
    holds shares a centre beyond, pair by pair, and it takes from beyond what such a centre reaches.
    """
    count, size = len(units), 2 * len(units) + 1
    held = field.weight[units]
    most_held = math.inf if field.measures.either else field.upper + most
    fits = (held[:, None] + held[None, :] <= most_held) | np.eye(count, dtype=bool)
    beyond = np.ones(len(field), dtype=bool)
    beyond[units] = False
    far = arcs[units] & (beyond & arcs.diagonal())[None, :]
    shared = (far.astype(np.float32) @ far.T.astype(np.float32)) > 0
    indptr, indices = compressed(size, _edges(field, units))
    load = np.zeros((len(field.measures.lower), size))
    load[:, :count] = field.measures.load[:, units]
    measures = field.measures._replace(load=load)
    inside = _arcs(arcs[np.ix_(units, units)], fits, shared)
    inside = reachable(inside, indptr, indices, measures.loosened(most))
    named, names = np.arange(count), np.arange(count + 1, size)
    # a grid that does not reach the unit that names it is none
    inside[:, names] &= inside[named, names][None, :]
    gathered = np.minimum(field.weight[beyond] @ arcs[beyond], field.lower)
    supply = _supply(gathered[units], np.where(far, gathered[None, :], 0.0).max(axis=1, initial=0))
    return Spec(
        np.zeros((size, size)), inside, indptr, indices, True, measures,
        1, size, elastic=True, cutoff=most, beyond=Beyond(count, supply, ~(shared & fits)),
    )  # fmt: skip


def _arcs(own: BOOL, fits: BOOL, shared: BOOL) -> BOOL:
    """Where each node of a place may go: to its own units as centres, and to those beyond."""
    count, size = len(own), 2 * len(own) + 1
    inside = np.zeros((size, size), dtype=bool)
    inside[:count, :count] = own & fits
    inside[count, :count] = True
    inside[:count, count + 1 :] = np.tril(shared & fits)
    names = np.arange(count + 1, size)
    inside[names, names] = shared.diagonal()
    return inside


def _supply(here: FLOAT, there: FLOAT) -> FLOAT:
    """Most households from beyond, around a centre here, and around any there, with each unit."""
    count, size = len(here), 2 * len(here) + 1
    supply = np.zeros((size, size))
    supply[:, :count] = here[None, :]
    supply[:count, count + 1 :] = there[:, None]
    names = np.arange(count + 1, size)
    supply[names, names] = there
    return supply


def _edges(field: Field, units: INT) -> INT:
    """Neighbours within a place; beyond, all units are one node, doubled for each unit here."""
    count = len(units)
    number = np.full(len(field), count, dtype=np.int64)
    number[units] = np.arange(count)
    rows = np.repeat(np.arange(len(field)), np.diff(field.indptr))
    pairs = np.column_stack([number[rows], number[field.indices]])
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    border = np.unique(pairs[pairs[:, 1] == count, 0])
    names = np.repeat(np.arange(count + 1, 2 * count + 1), len(border))
    return np.vstack([pairs, np.column_stack([names, np.tile(border, count)])])


def around(field: Field, place: INT) -> INT:
    """The place and the neighbours of its units."""
    spans = [field.indices[field.indptr[u] : field.indptr[u + 1]] for u in place]
    return np.unique(np.concatenate([place, *spans])).astype(np.int64)
