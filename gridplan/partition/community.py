"""A community's grids: always a plan for every unit, and a proof where a rule has to give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.bound import legal_arcs
from gridplan.partition.change import Room, change_bound, keepable, leave
from gridplan.partition.draw import Drawn, draw, settle
from gridplan.partition.ground import Limits
from gridplan.partition.improve import Span
from gridplan.partition.jobs import Job, divide, share_out
from gridplan.partition.model import SOLVER
from gridplan.partition.outcome import Outcome, Progress, Stage, Status

if TYPE_CHECKING:
    from gridplan.graph import UnitGraph

INT = NDArray[np.int64]

_SEARCH = 0.8
"""Share of the time for plans and for proofs of what they miss; bounds take the rest."""


def redraw_community(  # noqa: PLR0913  # one call, every rule by its name
    graph: UnitGraph,
    *,
    lower: float,
    upper: float,
    radius_m: float,
    groups: int | None = None,
    fewest: bool = False,
    present: INT | None = None,
    scopes: NDArray[np.str_] | None = None,
    time_limit_s: float = 60.0,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Outcome:
    """Divide all units of one community into grids.

    Compounds that must be divided inside themselves, units above the upper limit and connected
    pieces are jobs of their own. The radius is kept for units with households; for the others
    too where that costs no household limit. A unit that no legal grid contains within the radius
    may be farther from its centre, no farther than needed. The radius of all others holds; what
    then cannot be met gives in households, as few as can be found.

    The cost of a unit in a grid is households × squared metres to the centre; a unit without
    households counts as one there, so that it stays near too.

    Parameters
    ----------
    graph : UnitGraph
        All units of the community, in metres.
    lower, upper : float
        Limits of a grid's households (or people); `upper` may be ``inf``.
    radius_m : float
        Greatest distance of a unit with households to its grid's centre, ``inf`` for none.
    groups : int, optional
        Number of grids, kept as nearly as the limits allow; without it, grids are filled to about
        80 % of the upper limit.
    fewest : bool
        As few grids as the search finds, in place of `groups`.
    present : int array, shape (n,), optional
        Present grid of each unit, -1 for none: then households that leave their present grid are
        minimised before compactness.
    scopes : str array, shape (n,), optional
        Compound inside which a unit has to be grouped, "" for none.
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
        With labels for every unit. Stages ``relaxation`` (households outside the limits, summed
        over grids), ``groups`` (as fixed before the search, or found), ``change`` where `present`
        is given, and ``compactness`` (household·m²).

    Raises
    ------
    ValueError
        Where the community has no units.
    """
    if len(graph) == 0:
        raise ValueError("a community without units")
    begun = monotonic()
    lower, upper = _whole(lower, upper)
    scopes = np.full(len(graph), "") if scopes is None else np.asarray(scopes, dtype=str)
    jobs = divide(graph, scopes, lower, upper, radius_m)
    jobs = [_at_fewest(job) for job in jobs] if fewest else jobs
    if groups is not None and not fewest:
        jobs = share_out(jobs, groups)
    rng = np.random.default_rng(seed)
    teller = _Teller(progress, begun, time_limit_s)
    limits = Limits(lower, upper, radius_m)
    homes = None if present is None else _at_home(jobs, present, graph.weight)
    search_end = begun + _SEARCH * time_limit_s
    drawn: list[Drawn] = []
    # the smallest first: what they leave of their time goes to the larger ones
    for number, job in reversed(list(enumerate(jobs))):
        share = _effort(job) / sum(_effort(other) for other in jobs[: number + 1])
        local = None if homes is None else homes[job.units]
        seconds = max(0.05, share * (search_end - monotonic()))
        drawn.append(
            draw(
                graph, job, limits, present=local, seconds=seconds, rng=rng, stop=stop, tell=teller
            )
        )
    for number, part in enumerate(drawn):
        share = _effort(part.job) / sum(_effort(other.job) for other in drawn[number:])
        seconds = max(0.05, share * (begun + time_limit_s - monotonic()))
        drawn[number] = settle(part, seconds=seconds, rng=rng, stop=stop, tell=teller)
    return _outcome(graph, drawn, limits, present, monotonic() - begun, seed, fewest=fewest)


def _whole(lower: float, upper: float) -> tuple[float, float]:
    """The same limits in whole households, where there is any whole number between them."""
    least, most = np.ceil(lower), np.floor(upper)
    return (float(least), float(most)) if least <= most else (lower, upper)


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


def _at_fewest(job: Job) -> Job:
    return replace(job, span=Span(job.span.least, job.span.least, job.span.most))


def _at_home(jobs: list[Job], present: INT, weight: INT) -> INT:
    """Present grids, each kept only in the job with most of its households.

    A present grid that lies in several jobs can go on in one of them only; elsewhere its units
    leave it in every plan.
    """
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


def _least(graph: UnitGraph, part: Drawn, limits: Limits) -> float:
    """Fewest grids that could hold a job's households."""
    return max(1.0, float(np.ceil(graph.weight[part.job.units].sum() / limits.upper)))


def _outcome(
    graph: UnitGraph, drawn: list[Drawn], limits: Limits, present: INT | None,
    seconds: float, seed: int, *, fewest: bool,
) -> Outcome:  # fmt: skip
    """Put the jobs together."""
    labels = np.full(len(graph), -1, dtype=np.int64)
    for part in drawn:
        labels[part.job.units] = part.job.units[part.centre[part.found.label]]
    stages = [
        Stage(
            "relaxation",
            float(sum(part.found.score.outside for part in drawn)),
            float(sum(min(part.proved_outside, part.found.score.outside) for part in drawn)),
        )
    ]
    count = float(sum(part.found.groups for part in drawn))
    # a number that was given or follows from a rule is no objective: it has no gap
    least = float(sum(_least(graph, part, limits) for part in drawn)) if fewest else count
    stages.append(Stage("groups", count, min(least, count)))
    if present is not None and (present >= 0).any():
        stages.append(_change_stage(graph, drawn, limits, present, labels))
    compactness = float(sum(part.found.score.compactness for part in drawn))
    bound = float(sum(min(part.bound, part.found.score.compactness) for part in drawn))
    if bound >= compactness * (1 - 1e-7):
        bound = compactness
    stages.append(Stage("compactness", compactness, bound))
    closed = all(stage.gap == 0 for stage in stages)
    return Outcome(
        Status.OPTIMAL if closed else Status.FEASIBLE, labels, tuple(stages), seconds, seed,
        tuple(reason for part in drawn for reason in part.reasons), SOLVER,
    )  # fmt: skip


def _change_stage(
    graph: UnitGraph, drawn: list[Drawn], limits: Limits, present: INT, labels: INT
) -> Stage:
    """Households that leave their present grid, and how many must in any plan that relaxes no more.

    Where every job's relaxation is proved least, no plan relaxes more in one to relax less in
    another; else any job may relax by all of it.
    """
    relaxed = [part.found.score.outside for part in drawn]
    if any(part.proved_outside < part.found.score.outside - 1e-6 for part in drawn):
        relaxed = [sum(relaxed)] * len(drawn)
    rooms = [
        Room(
            float(part.job.households),
            max(0.0, limits.lower - outside),
            limits.upper + outside,
            keepable(
                present[part.job.units], part.field.weight, _arcs(part), int(present.max()) + 1
            ),
        )
        for part, outside in zip(drawn, relaxed, strict=True)
    ]
    groups = sum(part.found.groups for part in drawn)
    moved = leave(present, labels, graph.weight)
    return Stage("change", moved, min(moved, change_bound(present, graph.weight, rooms, groups)))


def _arcs(part: Drawn) -> NDArray[np.bool_]:
    field = part.field
    if part.found.score.far > 0 or part.job.centre >= 0:
        return np.ones_like(field.excess, dtype=bool)
    return legal_arcs(field.excess, field.indptr, field.indices, field.contiguous)
