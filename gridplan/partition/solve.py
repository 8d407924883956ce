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
from gridplan.partition.change import Room, change_bound, keepable, leave
from gridplan.partition.check import check_labels, objective
from gridplan.partition.contiguity import legal_arcs
from gridplan.partition.explain import explain
from gridplan.partition.feasible import Parts, parts_of
from gridplan.partition.field import lay_out
from gridplan.partition.finish import EVEN, finish
from gridplan.partition.improve import Found, search
from gridplan.partition.outcome import Outcome, Progress, Reason, Stage, Status
from gridplan.partition.problem import Problem
from gridplan.partition.score import weigh
from gridplan.partition.solvers import HIGHS, describe, installed

INT = NDArray[np.int64]

_SEARCH = 0.3
"""Share of the time for the first search."""

_EXPLAIN_S = 15.0
"""Most time for finding out what would have to give where no plan exists."""


def solve(
    problem: Problem,
    *,
    time_limit_s: float,
    seed: int,
    solver: str = HIGHS,
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
    solver : str
        That closes the programme: ``highs``, or ``cbc``, ``scip``, ``gurobi`` where installed.
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
        Where no legal plan was found and none was proved not to exist, or the solver is missing.
    """
    installed(solver)
    run = _Run(problem, time_limit_s, seed, solver, progress, stop)
    if run.parts.reasons:
        # where arithmetic names a number, it says what would have to give too
        unserved = run.parts.reasons[0].key == "reason.unserved"
        return run.infeasible((*run.parts.reasons, *(run.explained() if unserved else ())))
    run.search(_SEARCH)
    run.finish()
    if run.proved_infeasible:
        return run.infeasible((Reason("reason.proved_infeasible", (), {}), *run.explained()))
    if not run.closed:
        before = run.labels
        run.search(0.8, patient=True)
        if run.labels is not before:
            run.finish()
    if run.labels is None:
        raise GridplanError("error.no_plan_found", seconds=time_limit_s)
    return run.outcome()


class _Run:
    """What one solve knows so far."""

    def __init__(
        self, problem: Problem, time_limit_s: float, seed: int, solver: str,
        progress: Callable[[Progress], None] | None, stop: Callable[[], bool] | None,
    ) -> None:  # fmt: skip
        self.problem, self.seed, self.time_limit_s = problem, seed, time_limit_s
        self.solver = solver
        self.progress, self.stop = progress, stop
        self.begun = monotonic()
        self.rng = np.random.default_rng(seed)
        self.field = lay_out(problem)
        field = self.field
        self.arcs = legal_arcs(field, hard=True)
        self.parts: Parts = parts_of(problem, self.arcs)
        self.found: list[Found | None] = [None] * len(self.parts.units)
        self.labels: INT | None = None
        self.value = math.inf
        self.bound = -math.inf
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

    def search(self, share: float, *, patient: bool = False) -> None:
        """Search each piece, going on from what was found before; patiently, for all the time."""
        self.tell("search")
        whole = share * self.left
        for number, (units, span) in enumerate(zip(self.parts.units, self.parts.span, strict=True)):
            part = self.field.region(units) if len(self.parts.units) > 1 else self.field
            seconds = max(0.05, whole * len(units) / len(self.problem))
            self.found[number] = search(
                part, span, seconds=seconds, rng=self.rng, known=self.found[number],
                stop=self.stop, tell=lambda _: self.tell("search"),
                patience=None if patient else 100 + 10 * span.target,
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
        moved, cost = self.moved(labels), self.worth(labels)
        return (groups, moved, cost) if self.changes_first else (groups, cost, moved)

    @property
    def changes_first(self) -> bool:
        """Whether fewest households leave before anything is saved."""
        wishes = self.problem.wishes
        return self.problem.changes and wishes.stay == 0 and wishes.change_first

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
        if self.labels is not None and len(np.unique(labels)) != len(np.unique(self.labels)):
            # the bound spoke of plans with another number of grids
            self.bound = -math.inf
        self.labels, self.value = labels, self.worth(labels)

    @property
    def groups(self) -> int:
        """Number of grids: asked for, or found, or the fewest that arithmetic allows."""
        if self.problem.groups is not None:
            return self.problem.groups
        if self.labels is not None:
            return len(np.unique(self.labels))
        return sum(span.least for span in self.parts.span)

    def finish(self) -> None:
        """Bound, and close by the programme."""
        self.tell("bound")
        if self.problem.groups is None and self.labels is None:
            return
        told = finish(
            self.field, self.groups,
            None if self.labels is None else (self.labels, self.value),
            seconds=self.left, cheapest=not self.changes_first,
            solver=self.solver,
            stop=self.stop, heard=self._heard,
        )  # fmt: skip
        if told.proved and told.labels is None:
            self.proved_infeasible = True
            return
        self._heard(told.bound, told.labels)
        self._settle()

    def _heard(self, bound: float, labels: INT | None) -> None:
        self.take(labels)
        if math.isfinite(bound):
            self.bound = max(self.bound, min(bound, self.value))
        self.tell("close")

    def _settle(self) -> None:
        if self.labels is not None and self.bound >= self.value - EVEN * abs(self.value):
            self.bound, self.closed = self.value, True

    def infeasible(self, reasons: tuple[Reason, ...]) -> Outcome:
        """No plan exists."""
        seconds = monotonic() - self.begun
        return Outcome(
            Status.INFEASIBLE, None, (), seconds, self.seed, reasons, describe(self.solver)
        )

    def explained(self) -> tuple[Reason, ...]:
        """What would have to give, as far as the time tells."""

        def find(problem: Problem, seconds: float) -> INT | None:
            other = _Run(problem, seconds, self.seed, self.solver, None, self.stop)
            if other.parts.reasons:
                return None
            other.search(0.5)
            if other.labels is None:
                other.finish()
            return other.labels

        self.tell("explain")
        return explain(self.problem, find, min(_EXPLAIN_S, self.left))

    def outcome(self) -> Outcome:
        """What is known at the end."""
        assert self.labels is not None  # noqa: S101  # the caller looked
        self._settle()
        fewest = sum(span.least for span in self.parts.span)
        stages = [
            Stage("groups", self.groups, self.problem.groups or fewest),
            Stage("compactness", self.value, max(self.bound, self._floor())),
        ]
        if self.problem.changes:
            last = self.problem.wishes.change_last
            stages.insert(2 if last else 1, self._change(self.moved(self.labels)))
        proved = all(stage.gap == 0 for stage in stages)
        return Outcome(
            Status.OPTIMAL if proved else Status.FEASIBLE, self.labels, tuple(stages),
            monotonic() - self.begun, self.seed, (), describe(self.solver),
        )  # fmt: skip

    def _floor(self) -> float:
        """A bound without any work: each unit at its cheapest centre."""
        return float(np.where(self.arcs, self.field.cost, np.inf).min(axis=1).sum())

    def _change(self, moved: float) -> Stage:
        problem, present = self.problem, self.field.present
        most = keepable(present, self.field.weight, self.arcs, int(present.max()) + 1)
        # where one measure is enough, a grid may hold any number of households
        limits = (0.0, math.inf) if problem.terms.either else (problem.lower, problem.upper)
        room = Room(float(problem.total), *limits, most)
        bound = change_bound(present, problem.weight, [room], self.groups)
        return Stage("change", moved, min(moved, bound))
