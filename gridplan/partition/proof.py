"""Proofs that households outside the limits cannot be avoided, by the integer programme."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.bound import legal_arcs
from gridplan.partition.field import Field, weigh
from gridplan.partition.improve import Found, Span, found_of
from gridplan.partition.model import Spec, close

INT = NDArray[np.int64]
BOOL = NDArray[np.bool_]

SMALL = 8000
"""Arcs of a job up to which the whole job is handed to the programme."""

_LOCAL = 8000
"""Arcs up to which a place is."""


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
) -> list[tuple[INT, int]]:
    """Prove, grid by grid, that the households outside the limits cannot be fewer there.

    For each grid outside the limits the programme is asked for the least households by which
    grids that cover certain units of it miss the limits, whatever becomes of all other units:
    first single units, the heaviest first, then all units of the grid.

    Returns
    -------
    list of (units, households)
        Only where the least is what the plan has: positions of the units that prove it, all in
        one grid, and the households.
    """
    end = monotonic() + seconds
    outside = weigh(
        found.label, found.groups, field.cost, field.excess, field.weight,
        field.lower, field.upper,
    )[3]  # fmt: skip
    bad = np.flatnonzero(outside > 1e-6)
    proofs = []
    for order, grid in enumerate(bad):
        limit = monotonic() + (end - monotonic()) / (len(bad) - order)
        units = np.flatnonzero(found.label == grid)
        heaviest = units[np.argsort(-field.weight[units], kind="stable")][:3]
        for trial in [heaviest[:1], heaviest[1:2], heaviest[2:3], units]:
            left = limit - monotonic()
            if len(trial) == 0 or left < 0.1:
                break
            if _proved(field, trial, float(outside[grid]), 0.5 * left, stop):
                proofs.append((trial, round(float(outside[grid]))))
                break
    return proofs


def _proved(
    field: Field, units: INT, outside: float, seconds: float, stop: Callable[[], bool] | None
) -> bool:
    """Whether grids that cover the units miss the limits by `outside` at least."""
    near = _surroundings(field, units)
    part = field.region(near)
    if int((part.excess <= 0).sum()) > _LOCAL:
        return False
    cover = np.isin(near, units)
    bound, _ = least_outside(part, cover, most=len(units), seconds=seconds, stop=stop)
    return bound >= outside - 1e-6


def _surroundings(field: Field, units: INT) -> INT:
    """Units that can lie in a grid with one of some units."""
    arcs = legal_arcs(field.excess, field.indptr, field.indices, field.contiguous)
    centres = arcs[units].any(axis=0) & arcs.diagonal()
    return np.flatnonzero(arcs[:, centres].any(axis=1))
