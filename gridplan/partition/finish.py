"""How good can a plan be: the Lagrangian bound, then the programme on what it leaves open."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.bound import Bound, by_count, lagrange, useful
from gridplan.partition.columns import LISTED, LISTED_BLIND, close_by_columns
from gridplan.partition.contiguity import legal_arcs
from gridplan.partition.feasible import count_range
from gridplan.partition.field import Field, lay_out
from gridplan.partition.model import close
from gridplan.partition.problem import Problem
from gridplan.partition.solvers import HIGHS, write_model
from gridplan.partition.statement import Spec

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]

_CLOSABLE = 20_000
"""Arcs left after fixing up to which the whole problem is handed to the programme."""

_BOUND, _REST = 0.25, 0.9
"""Shares of the time for the Lagrangian bound: before the programme, and in its place."""

EVEN = 1e-9
"""Share of the objective within which a bound counts as equal."""


@dataclass(frozen=True, eq=False)
class Finished:
    """What is known of the cost of a problem's plans.

    Parameters
    ----------
    proved : bool
        That no plan is cheaper by its arcs and balance, which is all of the cost where neither
        staying nor cut edges have a price; without a plan, that there is none.
    labels : int array, shape (n,), or None
        Centre of each unit in the cheapest plan known.
    bound : float
        No plan with as many grids costs less.
    by_count : float array, shape (n + 1,)
        No plan with 0, 1, 2 … grids costs less.
    """

    proved: bool
    labels: INT | None
    bound: float
    by_count: FLOAT


def finish(
    field: Field,
    groups: int,
    plan: tuple[INT, float] | None,
    *,
    seconds: float,
    cheapest: bool = True,
    solver: str = HIGHS,
    stop: Callable[[], bool] | None = None,
    heard: Callable[[float, INT | None], None] | None = None,
) -> Finished:
    """Bound the cost of any plan with so many grids, and close the gap where little is left.

    Parameters
    ----------
    field : Field
    groups : int
        Number of grids.
    plan : (int array of shape (n,), float), optional
        Centres of a legal plan, and its cost with the prices of wishes.
    seconds : float
        Wall-clock time.
    cheapest : bool
        Whether cheaper plans are looked for: then arcs that none of them uses are left out.
    solver : str
        Of the programme; see :data:`gridplan.partition.solvers.SOLVERS`.
    stop : callable, optional
    heard : callable, optional
        Told bound and labels as they get better.

    Returns
    -------
    Finished
    """
    end = monotonic() + seconds
    wished = field.wished
    known, value = plan or (None, math.inf)
    arcs = legal_arcs(field, hard=True)
    dual, left = _bounded(field, arcs, groups, value, end, cheapest and known is not None, stop)
    counts = by_count(arcs, field.cost, field.measures, dual.price, wished.balance, wished.mean)
    told = Finished(_settled(dual.value, value), known, min(dual.value, value), counts)
    if heard is not None:
        heard(told.bound, known)
    if told.proved:
        return told
    if left.sum() > _CLOSABLE or end - monotonic() < 1:
        return told
    spec = spec_of(field, left, groups)
    listed = None
    if solver == HIGHS:
        most = LISTED_BLIND if known is None else LISTED
        listed = close_by_columns(spec, seconds=0.5 * (end - monotonic()), most=most)
    closed = listed or close(
        spec, seconds=end - monotonic(), known=known if cheapest else None, stop=stop,
        tell=None if heard is None else lambda _, bound, labels: heard(bound, labels),
        solver=solver,
    )  # fmt: skip
    if closed.labels is None:
        # with a plan: no arcs are left for a cheaper one
        return Finished(closed.proved, known, max(told.bound, min(closed.bound, value)), counts)
    # arcs that no cheaper plan uses are gone: the bound speaks of cheaper plans only
    bound = max(told.bound, min(closed.bound, value))
    return Finished(closed.proved, closed.labels, bound, counts)


def _bounded(
    field: Field, arcs: BOOL, groups: int, value: float, end: float, fix: bool,
    stop: Callable[[], bool] | None,
) -> tuple[Bound, BOOL]:  # fmt: skip
    """The Lagrangian bound, and the arcs that it leaves for a cheaper plan where `fix` is set."""
    wished, aim = field.wished, value
    if math.isinf(value):
        aim = float(np.where(arcs, field.cost, 0.0).sum()) / max(1, int(arcs.sum(axis=0).max()))
    dual, left = Bound(-math.inf, np.zeros(len(field))), arcs
    for share in (_BOUND, _REST):
        told = lagrange(
            arcs, field.cost, field.measures, groups=groups, aim=aim, balance=wished.balance,
            mean=wished.mean, seconds=share * (end - monotonic()), stop=stop,
            price=None if math.isinf(dual.value) else dual.price,
        )  # fmt: skip
        dual = max(dual, told, key=lambda each: each.value)
        if fix:
            left = useful(arcs, field.cost, field.measures, groups, dual, value)
        if math.isinf(dual.value) or left.sum() <= _CLOSABLE:
            # little enough for the programme; else the prices get its time too
            break
    return dual, left


def spec_of(field: Field, arcs: BOOL, groups: int) -> Spec:
    """The programme of a field with so many grids, on some of its arcs."""
    wished = field.wished
    return Spec(
        field.cost, arcs, field.indptr, field.indices, field.contiguous, field.measures,
        groups, groups, field.apart, field.together, wished.balance, wished.mean,
    )  # fmt: skip


def write_problem(problem: Problem, path: Path) -> None:
    """Write a problem's integer programme for other tools.

    Contiguity stands in it as far as the cuts from the start go: what rounds would add is not
    known before they are solved.

    Parameters
    ----------
    problem : Problem
        With a number of grids; else with as few as arithmetic allows.
    path : Path
        Ends in ``.lp`` or ``.mps``; written aside first.

    Raises
    ------
    GridplanError
        Where it ends otherwise.
    """
    field = lay_out(problem)
    arcs = legal_arcs(field, hard=True)
    everyone = np.arange(len(problem))
    fewest = count_range(problem.measures, problem.terms.either, everyone)[0]
    aside = path.with_name(f".{path.stem}.part{path.suffix}")
    write_model(spec_of(field, arcs, problem.groups or fewest), aside)
    aside.replace(path)


def _settled(bound: float, value: float) -> bool:
    """Whether a bound leaves nothing open; both are infinite where there is no plan at all."""
    return bound == value if math.isinf(value) else bound >= value - EVEN * abs(value)
