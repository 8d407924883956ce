"""A community's grids: always a plan for every unit, and a proof where a rule has to give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.errors import GridplanError
from gridplan.partition.change import Room, change_bound, keepable, leave
from gridplan.partition.check import check_labels
from gridplan.partition.contiguity import legal_arcs
from gridplan.partition.draw import Drawn, draw, settle
from gridplan.partition.jobs import Job, divide, fix_count, share_out
from gridplan.partition.least_change import Least, least_change
from gridplan.partition.limits import pairs_of
from gridplan.partition.outcome import Outcome, Progress, Stage, Status
from gridplan.partition.solvers import describe, installed
from gridplan.partition.task import Count, Task

INT = NDArray[np.int64]

_SEARCH = 0.8
"""Share of the time for plans and for proofs of what they miss; bounds take the rest."""


def redraw_community(
    task: Task,
    *,
    time_limit_s: float = 60.0,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Outcome:
    """Divide all units of one community into grids.

    Locked and exclusive grids, compounds that must be divided inside themselves, units above the
    upper limit and connected pieces are jobs of their own. The radius is kept for units with
    households; for the others too where that costs no household limit. A unit that no legal grid
    contains within the radius may be farther from its centre, no farther than needed. The radius
    of all others holds; what then cannot be met gives in households, as few as can be found. What
    a planner holds fixed never gives.

    The cost of a unit in a grid is households × squared metres to the centre; a unit without
    households counts as one there, so that it stays near too.

    Parameters
    ----------
    task : Task
        The community with every rule, lock and wish.
    time_limit_s : float
        Wall-clock time; kept within about 2 s.
    seed : int
        Source of every random choice. The same seed gives the same plan where the clock cuts the
        search at the same try; a faster machine may end with a better plan.
    progress : callable, optional
        Told how far the work has come.
    stop : callable, optional
        When it says True, the best plan so far is returned.

    Returns
    -------
    Outcome
        With labels for every unit; optimal only where the radius holds too. Stages ``relaxation``
        (households outside the limits, summed over grids), ``groups`` (as fixed before the search,
        or found), ``change`` where the task has present grids, and ``compactness`` (household·m²,
        with the prices of wishes not met).

    Raises
    ------
    GridplanError
        Where what is held fixed excludes itself, or no plan was found that keeps it.
    """
    begun = monotonic()
    installed(task.solver)
    task = task.in_whole_households()
    jobs = _jobs(task)
    rng = np.random.default_rng(seed)
    teller = _Teller(progress, begun, time_limit_s)
    homes = _at_home(jobs, task) if task.has_present else None
    search_end = begun + _SEARCH * time_limit_s
    drawn: list[Drawn] = []
    # the smallest first: what they leave of their time goes to the larger ones
    for number, job in reversed(list(enumerate(jobs))):
        share = _effort(job) / sum(_effort(other) for other in jobs[: number + 1])
        local = None if homes is None else homes[job.units]
        seconds = max(0.05, share * (search_end - monotonic()))
        drawn.append(
            draw(task, job, present=local, seconds=seconds, rng=rng, stop=stop, tell=teller)
        )
    for number, part in enumerate(drawn):
        share = _effort(part.job) / sum(_effort(other.job) for other in drawn[number:])
        seconds = max(0.05, share * (begun + time_limit_s - monotonic()))
        drawn[number] = settle(task, part, seconds=seconds, rng=rng, stop=stop, tell=teller)
    least = None
    if task.change_leads and not (stop is not None and stop()):
        left = begun + time_limit_s - monotonic()
        least = least_change(
            drawn, np.asarray(task.present), task.graph.weight, free=_is_shared(task), seconds=left
        )
    return _outcome(task, drawn, least, monotonic() - begun, seed)


def _is_shared(task: Task) -> bool:
    """Whether the parts share one number of grids, so that they may have others each."""
    return task.groups is not None and task.count is not Count.FEWEST


def _jobs(task: Task) -> list[Job]:
    """The parts of a community, each with its number of grids.

    Raises
    ------
    GridplanError
        Where units that must lie together are in parts that share no grid.
    """
    jobs = divide(task)
    part = np.zeros(len(task.graph), dtype=np.int64)
    for number, job in enumerate(jobs):
        part[job.units] = number
    for a, b in pairs_of(task.terms.together).tolist():
        if part[a] != part[b]:
            raise GridplanError("error.never_together", units=task.named([a, b]))
    if task.count is Count.FEWEST:
        return [replace(job, span=replace(job.span, target=job.span.least)) for job in jobs]
    if task.groups is None:
        return jobs
    jobs = share_out(jobs, task.groups, _present_grids(jobs, task) if task.has_present else None)
    return fix_count(jobs, task.groups) if task.count is Count.EXACT else jobs


def _present_grids(jobs: list[Job], task: Task) -> list[float]:
    """Number of present grids that are at home in each job."""
    home = _at_home(jobs, task)
    return [float(len(np.unique(home[job.units][home[job.units] >= 0]))) for job in jobs]


class _Teller:
    """Passes progress on, with a share that never falls."""

    def __init__(
        self, progress: Callable[[Progress], None] | None, begun: float, seconds: float
    ) -> None:
        self.progress, self.begun, self.seconds, self.share = progress, begun, seconds, 0.0

    def __call__(self, stage: str) -> None:
        if self.progress is not None:
            passed = (monotonic() - self.begun) / max(self.seconds, 1e-9)
            self.share = max(self.share, min(0.99, passed))
            self.progress(Progress(self.share, f"partition.stage.{stage}"))


def _effort(job: Job) -> float:
    """Share of the time that a job deserves: one grid needs no search."""
    return 1.0 if job.centre >= 0 else float(len(job.units)) + 20.0


def _at_home(jobs: list[Job], task: Task) -> INT:
    """Present grids, each kept only in the job with most of its households.

    A present grid that lies in several jobs can go on in one of them only; elsewhere its units
    leave it in every plan.
    """
    present, weight = np.asarray(task.present), task.graph.weight
    home = np.full(len(present), -1, dtype=np.int64)
    held = np.zeros((len(jobs), int(present.max(initial=-1)) + 1))
    for number, job in enumerate(jobs):
        known = job.units[present[job.units] >= 0]
        np.add.at(held[number], present[known], weight[known])
    for number, job in enumerate(jobs):
        known = job.units[present[job.units] >= 0]
        mine = known[held[:, present[known]].argmax(axis=0) == number]
        home[mine] = present[mine]
    return home


def _outcome(
    task: Task, drawn: list[Drawn], least: Least | None, seconds: float, seed: int
) -> Outcome:
    """Put the jobs together; where least change was found exactly, that is the plan."""
    labels = np.full(len(task.graph), -1, dtype=np.int64)
    for part in drawn:
        labels[part.job.units] = part.job.units[part.centre[part.found.label]]
    if least is not None:
        labels = least.labels
    _keeps_what_is_fixed(task, labels)
    stages = _stages(task, drawn, labels)
    if least is not None:
        stages = [
            *stages[:2],
            Stage("change", least.change, least.change),
            Stage("compactness", least.cost, least.cost),
        ]
    # a radius that could not be kept is in no stage, and nothing is proved of it
    in_reach = all(part.found.score.far == 0 for part in drawn)
    closed = in_reach and all(stage.gap == 0 for stage in stages)
    return Outcome(
        Status.OPTIMAL if closed else Status.FEASIBLE, labels, tuple(stages), seconds, seed,
        tuple(reason for part in drawn for reason in part.reasons), describe(task.solver),
    )  # fmt: skip


def _keeps_what_is_fixed(task: Task, labels: INT) -> None:
    """Refuse a plan that breaks what the planner holds fixed: that is a constraint, no wish.

    Raises
    ------
    GridplanError
        With the units concerned.
    """
    fixed = {"apart", "together", "fixed_centre"}
    breaches = check_labels(
        labels, weight=task.graph.weight, edges=None, lower=0.0, upper=np.inf, terms=task.terms
    )
    broken = {unit for each in breaches if each.rule in fixed for unit in each.units}
    if broken:
        raise GridplanError("error.fixed_not_kept", units=task.named(sorted(broken)))


def _stages(task: Task, drawn: list[Drawn], labels: INT) -> list[Stage]:
    """What was minimised, in its order, summed over the jobs."""
    outside = [part.found.score.outside for part in drawn]
    proved = [min(part.proved_outside, miss) for part, miss in zip(drawn, outside, strict=True)]
    count = float(sum(part.found.groups for part in drawn))
    # a number that was given or follows from a rule is no objective: it has no gap
    least = count
    if task.count is Count.FEWEST:
        # where limits give, fewer grids might miss them by no more
        legal = [part.found.score.outside == 0 for part in drawn]
        fewest = [
            part.job.span.least if kept else 1 for part, kept in zip(drawn, legal, strict=True)
        ]
        least = float(sum(fewest))
    cost = float(sum(part.found.score.compactness for part in drawn))
    bound = min(cost, _cost_bound(task, drawn))
    if bound >= cost * (1 - 1e-7):
        bound = cost
    stages = [
        Stage("relaxation", float(sum(outside)), float(sum(proved))),
        Stage("groups", count, min(least, count)),
        Stage("compactness", cost, bound),
    ]
    if task.has_present:
        stages.insert(3 if task.wishes.change_last else 2, _change_stage(task, drawn, labels))
    return stages


def _cost_bound(task: Task, drawn: list[Drawn]) -> float:
    """No plan with as many grids in all costs less, however the parts share them."""
    if task.wishes.stay > 0 and len(drawn) > 1:
        # a present grid may go on in any of the parts: what must leave is not known of each alone
        return 0.0
    if len(drawn) > 1 and not _least_relaxed(drawn):
        # a part may relax more where another relaxes less: each bound speaks of its own alone
        return 0.0
    loose = [part for part in drawn if _is_shared(task) and part.job.shares]
    if len(loose) < 2:
        return float(sum(part.bound for part in drawn))
    fixed = float(sum(part.bound for part in drawn if not part.job.shares))
    total = sum(part.found.groups for part in loose)
    least = np.full(total + 1, np.inf)
    least[0] = 0.0
    for part in loose:
        own = np.zeros(total + 1) if part.by_count is None else np.maximum(0.0, part.by_count)
        own = np.concatenate([own, np.full(total + 1, np.inf)])[: total + 1]
        own[0], own[part.found.groups] = np.inf, max(own[part.found.groups], part.bound)
        least = np.array([(least[: k + 1] + own[k::-1]).min() for k in range(total + 1)])
    return fixed + float(least[total])


def _change_stage(task: Task, drawn: list[Drawn], labels: INT) -> Stage:
    """Households that leave their present grid, and how many must in any plan that relaxes no more.

    Where every job's relaxation is proved least, no plan relaxes more in one to relax less in
    another; else any job may relax by all of it.
    """
    present, weight = np.asarray(task.present), task.graph.weight
    relaxed = [part.found.score.outside for part in drawn]
    if not _least_relaxed(drawn):
        relaxed = [sum(relaxed)] * len(drawn)
    rooms = [
        Room(
            float(part.job.households),
            0.0 if task.terms.either else max(0.0, task.lower - outside),
            np.inf if task.terms.either else task.upper + outside,
            keepable(
                present[part.job.units],
                part.field.weight,
                _arcs(part, outside),
                int(present.max()) + 1,
            ),
        )
        for part, outside in zip(drawn, relaxed, strict=True)
    ]
    groups = sum(part.found.groups for part in drawn)
    moved = leave(present, labels, weight)
    return Stage("change", moved, min(moved, change_bound(present, weight, rooms, groups)))


def _least_relaxed(drawn: list[Drawn]) -> bool:
    """Whether each part is proved to relax least: then none relaxes more for another's sake."""
    return all(part.proved_outside >= part.found.score.outside - 1e-6 for part in drawn)


def _arcs(part: Drawn, outside: float) -> NDArray[np.bool_]:
    """Arcs of plans that miss the limits in this part by no more than so many households."""
    field = part.field
    if part.found.score.far > 0 or part.job.centre >= 0:
        return np.ones_like(field.excess, dtype=bool)
    return legal_arcs(field, hard=outside == 0)
