"""One problem, one answer: search, bound and programme take turns, and none trusts the others.

The search makes plans and knows no bound; the Lagrangian bound and HiGHS see of the search's
plans no more than their objective and a start that they check for themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.errors import GridplanError
from gridplan.partition.bound import Bound, lagrange, legal_arcs, useful
from gridplan.partition.change import Room, change_bound, keepable, leave
from gridplan.partition.check import check_labels, objective
from gridplan.partition.columns import close_by_columns
from gridplan.partition.feasible import Parts, parts_of
from gridplan.partition.field import lay_out
from gridplan.partition.improve import Found, search
from gridplan.partition.model import SOLVER, Closed, close
from gridplan.partition.outcome import Outcome, Progress, Reason, Stage, Status
from gridplan.partition.problem import Problem
from gridplan.partition.score import weigh
from gridplan.partition.statement import Spec

INT = NDArray[np.int64]
BOOL = NDArray[np.bool_]

_SEARCH, _BOUND = 0.3, 0.15
"""Shares of the time for the first search and for the Lagrangian bound."""

_CLOSABLE = 20_000
"""Arcs left after fixing up to which the whole problem is handed to the programme."""

_EVEN = 1e-9
"""Share of the objective within which a bound counts as equal."""


def solve(
    problem: Problem,
    *,
    time_limit_s: float,
    seed: int,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Outcome:
    """Solve a partition problem as well as the time allows.

    Parameters
    ----------
    problem : Problem
    time_limit_s : float
        Wall-clock time; kept within about 2 s.
    seed : int
        Source of every random choice. The same seed gives the same answer where the problem is
        closed, or where the clock cuts the search at the same try; else a faster machine may end
        with a better plan or bound.
    progress : callable, optional
        Told the best objective and bound so far.
    stop : callable, optional
        When it says True, the best legal plan so far is returned.

    Returns
    -------
    Outcome
        Stages ``groups``, ``change`` where the problem has present grids, and ``compactness``
        (sum of costs). Infeasible only with proof.

    Raises
    ------
    GridplanError
        Where no legal plan was found and none was proved not to exist.
    """
    run = _Run(problem, time_limit_s, seed, progress, stop)
    if run.parts.reasons:
        return run.infeasible(run.parts.reasons)
    run.search(_SEARCH)
    run.lagrange(_BOUND)
    if not run.proved_infeasible:
        run.close()
    if run.proved_infeasible:
        return run.infeasible((Reason("reason.proved_infeasible", (), {}),))
    if not run.closed:
        run.search(1.0)
    if run.labels is None:
        raise GridplanError("error.no_plan_found", seconds=time_limit_s)
    return run.outcome()


class _Run:
    """What one solve knows so far."""

    def __init__(
        self, problem: Problem, time_limit_s: float, seed: int,
        progress: Callable[[Progress], None] | None, stop: Callable[[], bool] | None,
    ) -> None:  # fmt: skip
        self.problem, self.seed, self.time_limit_s = problem, seed, time_limit_s
        self.progress, self.stop = progress, stop
        self.begun = monotonic()
        self.rng = np.random.default_rng(seed)
        self.field = lay_out(problem)
        field = self.field
        self.arcs = legal_arcs(field.excess, field.indptr, field.indices, field.contiguous)
        self.parts: Parts = parts_of(problem, self.arcs)
        self.found: list[Found | None] = [None] * len(self.parts.units)
        self.labels: INT | None = None
        self.value = math.inf
        self.bound, self.dual = -math.inf, Bound(-math.inf, np.zeros(len(problem)))
        self.closed = self.proved_infeasible = False

    @property
    def left(self) -> float:
        """Seconds left, with a little kept for the end."""
        return self.begun + self.time_limit_s - monotonic() - 0.1

    def tell(self, stage: str) -> None:
        """Pass progress on."""
        if self.progress is not None:
            share = min(0.99, (monotonic() - self.begun) / max(1e-9, self.time_limit_s))
            value = None if self.labels is None else self.value
            bound = self.bound if math.isfinite(self.bound) else None
            self.progress(Progress(share, f"partition.stage.{stage}", value, bound))

    def search(self, share: float) -> None:
        """Search each piece, going on from what was found before."""
        self.tell("search")
        whole = share * self.left
        for number, (units, span) in enumerate(zip(self.parts.units, self.parts.span, strict=True)):
            part = self.field.region(units) if len(self.parts.units) > 1 else self.field
            seconds = max(0.05, whole * len(units) / len(self.problem))
            self.found[number] = search(
                part, span, seconds=seconds, rng=self.rng, known=self.found[number],
                stop=self.stop, tell=lambda _: self.tell("search"),
                patience=100 + 10 * span.target,
            )  # fmt: skip
        self.take(self._joined())

    def _joined(self) -> INT | None:
        """Centres of all pieces together, where each has a legal plan."""
        labels = np.full(len(self.problem), -1, dtype=np.int64)
        for units, found in zip(self.parts.units, self.found, strict=True):
            if found is None or not found.score.legal:
                return None
            part = self.field.region(units)
            labels[units] = units[weigh(part, found.label, found.groups).centre[found.label]]
        return labels

    def rank(self, labels: INT) -> tuple[float, float, float]:
        """Order in which plans are preferred, least first."""
        problem = self.problem
        groups = len(np.unique(labels)) if problem.groups is None else problem.groups
        # where leaving has a price, it is in the cost
        moved = 0.0 if problem.wishes.stay > 0 else self.moved(labels)
        return groups, moved, self.worth(labels)

    def worth(self, labels: INT) -> float:
        """Cost of a plan, with the prices of wishes not met."""
        problem = self.problem
        return objective(
            labels, problem.cost, weight=problem.weight, edges=problem.edges,
            wishes=problem.wishes, mean=problem.mean, moved=self.moved(labels),
        )  # fmt: skip

    def moved(self, labels: INT) -> float:
        """Households that leave their present grid."""
        present = self.problem.present
        return 0.0 if present is None else leave(present, labels, self.problem.weight)

    def take(self, labels: INT | None) -> None:
        """Keep a plan, where the checker passes it and it is better."""
        if labels is None or (
            self.labels is not None and self.rank(labels) >= self.rank(self.labels)
        ):
            return
        problem = self.problem
        legal = np.where(np.isfinite(problem.cost), 0.0, np.inf)
        if check_labels(
            labels, weight=problem.weight, edges=problem.edges, lower=problem.lower,
            upper=problem.upper, distance=legal, terms=problem.terms,
        ) or problem.groups not in (None, len(np.unique(labels))):  # fmt: skip
            return
        self.labels, self.value = labels, self.worth(labels)

    @property
    def groups(self) -> int:
        """Number of grids: asked for, or found, or the fewest that arithmetic allows."""
        if self.problem.groups is not None:
            return self.problem.groups
        if self.labels is not None:
            return len(np.unique(self.labels))
        return sum(span.least for span in self.parts.span)

    def lagrange(self, share: float) -> None:
        """Bound by Lagrangian relaxation."""
        self.tell("bound")
        problem, field = self.problem, self.field
        guess = float(np.where(self.arcs, field.cost, 0.0).sum(axis=1) @ np.ones(len(field)))
        aim = self.value if self.labels is not None else guess / max(1, int(self.arcs.sum(0).max()))
        self.dual = lagrange(
            self.arcs, field.cost, field.measures, groups=self.groups, aim=aim,
            seconds=share * self.time_limit_s, balance=field.wished.balance,
            mean=field.wished.mean, stop=self.stop,
        )  # fmt: skip
        self.bound = max(self.bound, self.dual.value)
        self.proved_infeasible = (
            math.isinf(self.bound) and self.bound > 0
            and self.labels is None and problem.groups is not None
        )  # fmt: skip

    def close(self) -> None:
        """Hand what is left of the problem to the programme."""
        self._settle()
        problem, field = self.problem, self.field
        if self.closed or (problem.groups is None and self.labels is None):
            return
        arcs = self.arcs
        if self.labels is not None and not self.problem.changes:
            arcs = useful(arcs, field.cost, field.measures, self.groups, self.dual, self.value)
        if arcs.sum() > _CLOSABLE or self.left < 1:
            return
        self.tell("close")
        spec = Spec(
            field.cost, arcs, field.indptr, field.indices, field.contiguous, field.measures,
            self.groups, self.groups, field.apart, field.together, field.wished.balance, field.wished.mean,
        )  # fmt: skip
        known = None if self.problem.changes else self.labels
        listed = close_by_columns(spec, seconds=0.5 * self.left)
        closed = listed or close(
            spec, seconds=self.left, known=known, stop=self.stop, tell=self._heard
        )
        self._learn(closed)

    def _heard(self, _: float, bound: float, labels: INT | None) -> None:
        self.bound = max(self.bound, min(bound, self.value))
        self.take(labels)
        self.tell("close")

    def _learn(self, closed: Closed) -> None:
        if closed.proved and closed.labels is None and self.labels is None:
            self.proved_infeasible = True
            return
        self.take(closed.labels)
        if math.isfinite(closed.bound):
            # arcs that no better plan uses are gone: the bound speaks of better plans only
            self.bound = max(self.bound, min(closed.bound, self.value))
        self._settle()

    def _settle(self) -> None:
        if self.labels is not None and self.bound >= self.value - _EVEN * abs(self.value):
            self.bound, self.closed = self.value, True

    def infeasible(self, reasons: tuple[Reason, ...]) -> Outcome:
        """No plan exists."""
        seconds = monotonic() - self.begun
        return Outcome(Status.INFEASIBLE, None, (), seconds, self.seed, reasons, SOLVER)

    def outcome(self) -> Outcome:
        """What is known at the end."""
        assert self.labels is not None  # noqa: S101  # the caller looked
        self._settle()
        fewest = sum(span.least for span in self.parts.span)
        stages = [Stage("groups", self.groups, self.problem.groups or fewest)]
        if self.problem.changes:
            stages.append(self._change(self.moved(self.labels)))
        stages.append(Stage("compactness", self.value, max(self.bound, self._floor())))
        proved = all(stage.gap == 0 for stage in stages)
        return Outcome(
            Status.OPTIMAL if proved else Status.FEASIBLE, self.labels, tuple(stages),
            monotonic() - self.begun, self.seed, (), SOLVER,
        )  # fmt: skip

    def _floor(self) -> float:
        """A bound without any work: each unit at its cheapest centre."""
        return float(np.where(self.arcs, self.field.cost, np.inf).min(axis=1).sum())

    def _change(self, moved: float) -> Stage:
        problem, present = self.problem, self.field.present
        most = keepable(present, self.field.weight, self.arcs, int(present.max()) + 1)
        room = Room(float(problem.total), problem.lower, problem.upper, most)
        bound = change_bound(present, problem.weight, [room], self.groups)
        return Stage("change", moved, min(moved, bound))
