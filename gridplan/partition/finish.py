"""How good can a plan be: the Lagrangian bound, then the programme on what it leaves open."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.bound import lagrange, legal_arcs, useful
from gridplan.partition.columns import close_by_columns
from gridplan.partition.field import Field
from gridplan.partition.model import close
from gridplan.partition.statement import Spec

INT = NDArray[np.int64]

_CLOSABLE = 20_000
"""Arcs left after fixing up to which the whole problem is handed to the programme."""

_BOUND = 0.25
"""Share of the time for the Lagrangian bound."""

EVEN = 1e-9
"""Share of the objective within which a bound counts as equal."""


@dataclass(frozen=True, eq=False)
class Finished:
    """What is known of the cost of a problem's plans.

    Parameters
    ----------
    proved : bool
        That the plan is as cheap as any; without a plan, that there is none.
    labels : int array, shape (n,), or None
        Centre of each unit in the cheapest plan known.
    bound : float
        No plan costs less.
    """

    proved: bool
    labels: INT | None
    bound: float


def finish(
    field: Field,
    groups: int,
    known: INT | None,
    value: float,
    *,
    seconds: float,
    cheapest: bool = True,
    stop: Callable[[], bool] | None = None,
    heard: Callable[[float, INT | None], None] | None = None,
) -> Finished:
    """Bound the cost of any plan with so many grids, and close the gap where little is left.

    Parameters
    ----------
    field : Field
    groups : int
        Number of grids.
    known : int array, shape (n,), or None
        Centres of a legal plan.
    value : float
        Its cost with the prices of wishes; ``inf`` without a plan.
    seconds : float
        Wall-clock time.
    cheapest : bool
        Whether cheaper plans are looked for: then arcs that none of them uses are left out.
    stop : callable, optional
    heard : callable, optional
        Told bound and labels as they get better.

    Returns
    -------
    Finished
    """
    end = monotonic() + seconds
    arcs = legal_arcs(field.excess, field.indptr, field.indices, field.contiguous)
    wished = field.wished
    aim = value
    if known is None:
        guess = float(np.where(arcs, field.cost, 0.0).sum())
        aim = guess / max(1, int(arcs.sum(axis=0).max()))
    dual = lagrange(
        arcs, field.cost, field.measures, groups=groups, aim=aim, seconds=_BOUND * seconds,
        balance=wished.balance, mean=wished.mean, stop=stop,
    )  # fmt: skip
    told = Finished(_settled(dual.value, value), known, min(dual.value, value))
    if heard is not None:
        heard(told.bound, known)
    if told.proved:
        return told
    if known is not None and cheapest:
        arcs = useful(arcs, field.cost, field.measures, groups, dual, value)
    if arcs.sum() > _CLOSABLE or end - monotonic() < 1:
        return told
    spec = Spec(
        field.cost, arcs, field.indptr, field.indices, field.contiguous, field.measures,
        groups, groups, field.apart, field.together, wished.balance, wished.mean,
    )  # fmt: skip
    listed = close_by_columns(spec, seconds=0.5 * (end - monotonic()))
    closed = listed or close(
        spec, seconds=end - monotonic(), known=known if cheapest else None, stop=stop,
        tell=None if heard is None else lambda _, bound, labels: heard(bound, labels),
    )  # fmt: skip
    if closed.labels is None:
        # with a plan: no arcs are left for a cheaper one
        return Finished(closed.proved, known, max(told.bound, min(closed.bound, value)))
    # arcs that no cheaper plan uses are gone: the bound speaks of cheaper plans only
    return Finished(closed.proved, closed.labels, max(told.bound, min(closed.bound, value)))


def _settled(bound: float, value: float) -> bool:
    """Whether a bound leaves nothing open; both are infinite where there is no plan at all."""
    return bound == value if math.isinf(value) else bound >= value - EVEN * abs(value)
