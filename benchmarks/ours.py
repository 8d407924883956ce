"""gridplan on one case, with the curve of its progress."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic

from benchmarks.cases import Case
from benchmarks.race import Run
from benchmarks.score import score
from gridplan.errors import GridplanError
from gridplan.partition import Outcome, Progress, Task, redraw_community, solve

Hear = Callable[[Progress], None]


def run_gridplan(case: Case, seconds: float, seed: int) -> Run:
    """Solve a case with gridplan.

    Parameters
    ----------
    case : Case
    seconds : float
        Its time limit.
    seed : int

    Returns
    -------
    Run
        ``none`` where it found no plan and proved nothing.
    """

    def ours(hear: Hear) -> Outcome:
        return solve(case.problem, time_limit_s=seconds, seed=seed, progress=hear)

    return _time(case, ours)


def run_redraw(case: Case, seconds: float, seed: int) -> Run:
    """Redraw a case as gridplan does it for a planner: with a plan in any event.

    It may depart from the number of grids, and break a rule where it must.

    Parameters
    ----------
    case : Case
        With a graph.
    seconds : float
    seed : int

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        Where the case has no graph.
    """
    if case.graph is None:
        raise ValueError(f"{case.name} has no graph of units")
    graph, problem = case.graph, case.problem

    def ours(hear: Hear) -> Outcome:
        task = Task(graph, problem.lower, problem.upper, case.radius_m, problem.groups)
        return redraw_community(task, time_limit_s=seconds, seed=seed, progress=hear)

    return _time(case, ours)


def _time(case: Case, ours: Callable[[Hear], Outcome]) -> Run:
    begun = monotonic()
    curve: list[tuple[float, float, float]] = []

    def hear(progress: Progress) -> None:
        value = math.inf if progress.objective is None else progress.objective
        bound = -math.inf if progress.bound is None else progress.bound
        curve.append((monotonic() - begun, value, bound))

    try:
        outcome = ours(hear)
    except GridplanError:
        return Run(monotonic() - begun, curve=curve)
    run = Run(monotonic() - begun, status=outcome.status.value, curve=curve)
    if outcome.labels is not None:
        run.score = score(case.problem, outcome.labels)
        if run.score.legal:
            run.bound = outcome.stages[-1].bound
            curve.append((run.seconds, run.score.objective, run.bound))
        same = run.score.objective * (1 + 1e-9)
        run.found_s = min([at for at, value, _ in curve if value <= same], default=run.seconds)
    return run
