"""A community falls into jobs that have nothing to do with each other."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gridplan.errors import GridplanError
from gridplan.partition.feasible import count_range, too_heavy
from gridplan.partition.improve import Span
from gridplan.partition.limits import pairs_of
from gridplan.partition.outcome import Reason
from gridplan.tiling import piece_of

if TYPE_CHECKING:
    from gridplan.graph import UnitGraph
    from gridplan.partition.task import Task

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]

_FILL = 0.8
"""Share of the upper limit that a grid is planned for where nobody says how many grids."""


@dataclass(frozen=True, eq=False)
class Job:
    """Units that are divided among themselves.

    Parameters
    ----------
    units : int array
        Positions in the community, in one piece.
    households : int
    span : Span
        How many grids.
    centre : int
        Position of the one centre where the job is a single grid already, else -1.
    scoped : bool
        Whether the job lies inside one compound: as few grids as possible.
    whole : bool
        Whether the number of grids, or some whole number, fits the limits.
    reasons : tuple of Reason
        What is already known not to be possible; positions in the community.
    """

    units: INT
    households: int
    span: Span
    centre: int
    scoped: bool
    whole: bool
    reasons: tuple[Reason, ...]

    @property
    def shares(self) -> bool:
        """Whether its number of grids is its share of a number for all."""
        return self.centre < 0 and not self.scoped and self.whole


def divide(task: Task) -> list[Job]:
    """Divide a community: what is held fixed, then by scope, heavy units, connected pieces.

    A locked or exclusive grid is a job by itself. So is a unit above the upper limit; a piece
    that only such a unit joins to the rest, and that holds no more than half the lower limit,
    shares its grid where all of it is within the radius: alone it would miss the limits by more.

    Returns
    -------
    list of Job
        Every unit in exactly one; largest first.
    """
    graph, scopes, weight = task.graph, task.scope, task.graph.weight
    held = _held(task)
    free = np.ones(len(graph), dtype=bool)
    for job in held:
        free[job.units] = False
    heavy = np.zeros(len(graph), dtype=bool)
    heavy[[u for reason in too_heavy(task.measures, task.terms.either) for u in reason.units]] = (
        True
    )
    same = (scopes[graph.edges[:, 0]] == scopes[graph.edges[:, 1]]) & free[graph.edges].all(axis=1)
    light = ~heavy[graph.edges].any(axis=1)
    piece = piece_of(len(graph), *graph.edges[same & light].T)
    towers = {int(u): [int(u)] for u in np.flatnonzero(heavy & free)}
    # units that a planner speaks of do not go where they were not asked to
    tied = [*task.terms.centres, *pairs_of(task.terms.apart).ravel().tolist()]
    rest = []
    for number in np.unique(piece[~heavy & free]).tolist():
        units = np.flatnonzero((piece == number) & ~heavy & free)
        host = -1
        if not np.isin(units, tied).any():
            host = _host(graph, units, graph.edges[same & ~light], heavy, task.radius_m)
        if host >= 0 and weight[units].sum() * 2 <= task.lower:
            towers[host] += units.tolist()
        else:
            rest.append(_job(task, units, bool(scopes[units[0]])))
    jobs = held + rest + [_tower(task, unit, units) for unit, units in towers.items()]
    return sorted(jobs, key=lambda job: (-len(job.units), int(job.units[0])))


def _held(task: Task) -> list[Job]:
    """The locked and the exclusive grids."""
    both = (("reason.locked", task.locked), ("reason.exclusive", task.exclusive))
    jobs = []
    for key, grids in both:
        for grid in grids:
            units = np.array(sorted(grid), dtype=np.int64)
            fixed = [unit for unit in grid if unit in task.terms.centres]
            best = int(units[task.graph.subgraph(units).centre(task.radius_m)[0]])
            centre = fixed[0] if fixed else best
            held = int(task.graph.weight[units].sum())
            reason = Reason(key, tuple(units.tolist()), {})
            jobs.append(Job(units, held, Span(1, 1, 1), centre, False, True, (reason,)))
    return jobs


def _host(
    graph: UnitGraph, units: INT, edges: INT, heavy: NDArray[np.bool_], radius_m: float
) -> int:
    """The unit above the limit beside some units, with all of them within its radius; or -1."""
    inside = np.zeros(len(graph), dtype=bool)
    inside[units] = True
    beside = edges[inside[edges].any(axis=1)]
    hosts = np.unique(beside[heavy[beside]])
    if len(hosts) == 0:
        return -1
    metres = graph.subgraph(np.concatenate([units, hosts])).metres
    away = metres[: len(units), len(units) :].max(axis=0)
    return int(hosts[away.argmin()]) if away.min() <= radius_m else -1


def _tower(task: Task, unit: int, units: list[int]) -> Job:
    positions = np.array(sorted(units), dtype=np.int64)
    reasons = tuple(
        replace(reason, units=tuple(positions.tolist()))
        for reason in too_heavy(task.measures, task.terms.either)
        if reason.units == (unit,)
    )
    held = int(task.graph.weight[positions].sum())
    return Job(positions, held, Span(1, 1, 1), unit, False, True, reasons)


def _job(task: Task, units: INT, scoped: bool) -> Job:
    count, held = len(units), int(task.graph.weight[units].sum())
    fewest, most = count_range(task.measures, task.terms.either, units)
    if fewest <= most:
        fewest, most = min(fewest, count), min(most, count)
        full = (
            fewest
            if scoped or math.isinf(task.upper)
            else round(held / max(1e-9, _FILL * task.upper))
        )
        span = Span(fewest, min(most, max(fewest, full)), most)
        return Job(units, held, span, -1, scoped, True, ())
    # too many for `most` grids, too few for `fewest`: the lesser miss
    over, under = held - most * task.upper, fewest * task.lower - held
    wanted = min(count, most if most >= 1 and over <= under else fewest)
    reason = _component_reason(task, units)
    return Job(units, held, Span(wanted, wanted, wanted), -1, scoped, False, (reason,))


def _component_reason(task: Task, units: INT) -> Reason:
    """Why no whole number of grids fits a piece: one measure's limits, or several together."""
    for each in task.measures:
        fewest, most = count_range((each,), False, units)
        if fewest > most:
            values = {
                "households": int(each.amount[units].sum()), "lower": each.lower,
                "upper": each.upper, "fewest": fewest, "most": most, "measure": each.name,
            }  # fmt: skip
            return Reason("reason.component", tuple(units.tolist()), values)
    fewest, most = count_range(task.measures, False, units)
    return Reason("reason.measures", tuple(units.tolist()), {"fewest": fewest, "most": most})


def share_out(jobs: list[Job], groups: int, share: list[float] | None = None) -> list[Job]:
    """Set the targets of the jobs so that they sum to `groups`, as far as their spans allow.

    Grids that are held fixed count. Scopes keep their fewest; the rest is shared in proportion to
    `share` (each job's present grids, say), else to households: largest remainder.
    """
    free = [k for k, job in enumerate(jobs) if not job.scoped and job.span.least < job.span.most]
    left = groups - sum(job.span.target for k, job in enumerate(jobs) if k not in free)
    target = {k: jobs[k].span.least for k in free}
    parts = [float(job.households) for job in jobs] if share is None else share
    total = sum(parts[k] for k in free) or 1.0
    ideal = {k: left * parts[k] / total for k in free}
    while sum(target.values()) < left:
        room = [k for k in free if target[k] < jobs[k].span.most]
        if not room:
            break
        neediest = max(room, key=lambda k: (ideal[k] - target[k], -k))
        target[neediest] += 1
    return [_aimed(job, target[k]) if k in target else job for k, job in enumerate(jobs)]


def _aimed(job: Job, target: int) -> Job:
    return replace(job, span=Span(job.span.least, target, job.span.most))


def count_fits(task: Task) -> bool:
    """Whether the ground can be cut into as many grids as asked for, each in one piece.

    Parameters
    ----------
    task : Task
        The community; without a number of grids nothing fits.
    """
    jobs = divide(task.in_whole_households())
    most = sum(1 if job.centre >= 0 else len(job.units) for job in jobs)
    return task.groups is not None and len(jobs) <= task.groups <= most


def fix_count(jobs: list[Job], groups: int) -> list[Job]:
    """Give every job one number of grids, so that they sum to `groups` even where limits give.

    Raises
    ------
    GridplanError
        Where the jobs that are held fixed, or the units, do not leave room for the number.
    """
    target = [job.span.target for job in jobs]
    free = [k for k, job in enumerate(jobs) if job.centre < 0]
    while sum(target) != groups:
        step = 1 if sum(target) < groups else -1
        room = [k for k in free if 1 <= target[k] + step <= len(jobs[k].units)]
        if not room:
            raise GridplanError("error.count_impossible", groups=groups)
        full = {k: jobs[k].households / (target[k] + step) for k in room}
        chosen = max(room, key=lambda k: step * full[k])
        target[chosen] += step
    return [_fixed(job, count) for job, count in zip(jobs, target, strict=True)]


def _fixed(job: Job, count: int) -> Job:
    span = Span(count, count, count)
    if job.centre >= 0 or not job.whole or job.span.least <= count <= job.span.most:
        return replace(job, span=span)
    values = {"groups": count, "households": job.households}
    reason = Reason("reason.fixed_count", tuple(job.units.tolist()), values)
    return replace(job, span=span, whole=False, reasons=(*job.reasons, reason))
