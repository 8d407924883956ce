"""What the machine does to a division for a planner, each as an :class:`Edit` like one by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from gridplan.edit.asked import drawn_units, edit_of, held, tasks_for
from gridplan.edit.division import Division
from gridplan.edit.edits import Edit, EditKind
from gridplan.edit.mending import mendable
from gridplan.edit.standing import Standing
from gridplan.errors import GridplanError
from gridplan.jobs import Job, Report, Stop, run_jobs
from gridplan.partition import Count, Outcome, Wishes
from gridplan.partition.jobs import count_fits
from gridplan.prepared import Prepared

LEAST = Wishes()
"""As few households as possible leave their grid, then compactness."""

ANEW = Wishes(change_first=False)
"""Compactness first; of equal plans, the one that moves fewest."""


def redraw_grids(
    prepared: Prepared,
    division: Division,
    grids: Iterable[str],
    *,
    change_first: bool = False,
    time_limit_s: float = 6.0,
    seed: int = 1,
    report: Report | None = None,
    stop: Stop | None = None,
) -> Edit:
    """Draw some grids anew, as many as there are where the limits allow; all others stay.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        As it is.
    grids : iterable of str
        ``grid_id``, of one community or of several.
    change_first : bool
        Whether as few households as possible leave their grid, or the grids become as compact as
        can be; the limits come first either way.
    time_limit_s : float
        Wall-clock time.
    seed : int
        Of every random choice.
    report, stop : callable, optional
        See :func:`gridplan.jobs.run_jobs`.

    Returns
    -------
    Edit
        A grid that goes on keeps its id.

    Raises
    ------
    GridplanError
        Where a grid is unknown, locked or exclusive, or nothing better was found.
    """
    chosen = set(grids)
    for grid in sorted(chosen):
        _open(division, grid)
    wishes = LEAST if change_first else ANEW
    jobs = []
    for code, task in tasks_for(prepared, division).items():
        own = [division.grid_of[unit] for unit in task.graph.ids]
        inside = np.flatnonzero([grid in chosen for grid in own])
        if len(inside):
            part = replace(task.of(inside), groups=len(chosen & set(own)), wishes=wishes)
            jobs.append(Job(code, part))
    if not jobs:
        raise GridplanError("edits.nothing")
    outcomes = run_jobs(jobs, time_limit_s=time_limit_s, seed=seed, report=report, stop=stop)
    return _redrawn(prepared, division, jobs, outcomes)


def split_by_machine(
    prepared: Prepared,
    division: Division,
    grid: str,
    *,
    parts: int = 2,
    time_limit_s: float = 6.0,
    seed: int = 1,
    report: Report | None = None,
    stop: Stop | None = None,
) -> Edit:
    """Cut a grid into parts that keep the limits as nearly as they can, and are compact.

    No part crosses the border of a compound that is cut inside itself, where so many parts do.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        As it is.
    grid : str
        ``grid_id``; the part with most of its households keeps it.
    parts : int
        How many, 2 or more.
    time_limit_s : float
        Wall-clock time.
    seed : int
        Of every random choice.
    report, stop : callable, optional
        See :func:`gridplan.jobs.run_jobs`.

    Returns
    -------
    Edit

    Raises
    ------
    GridplanError
        Where the grid is unknown, locked or exclusive, lies in two communities, or has fewer units
        than parts.
    """
    _open(division, grid)
    job = _cut(prepared, division, grid, parts)
    outcomes = run_jobs([job], time_limit_s=time_limit_s, seed=seed, report=report, stop=stop)
    drawn = drawn_units(division, job, np.asarray(outcomes[job.code].labels))
    edit = edit_of(prepared, division, drawn, EditKind.SPLIT)
    if edit is None:
        raise GridplanError("edits.nothing")
    return edit


def _cut(prepared: Prepared, division: Division, grid: str, parts: int) -> Job:
    """What is asked of the grid that is split."""
    jobs = []
    for code, task in tasks_for(prepared, division).items():
        inside = np.flatnonzero([division.grid_of[unit] == grid for unit in task.graph.ids])
        if len(inside):
            whole = replace(task.of(inside), present=None, wishes=ANEW)
            jobs.append(Job(code, replace(whole, groups=parts, count=Count.EXACT)))
    if len(jobs) > 1:
        raise GridplanError("edits.two_communities", grid=grid)
    (job,) = jobs
    if len(job.task.graph) < parts:
        raise GridplanError("edits.too_small_to_split", grid=grid, parts=parts)
    # a grid across more compounds than it gets parts is cut all the same
    return job if count_fits(job.task) else replace(job, task=replace(job.task, scopes=None))


def _open(division: Division, grid: str) -> None:
    """Refuse a grid that is none, or that no machine changes."""
    if grid not in division.units_of:
        raise GridplanError("edits.unknown_grid", grid=grid)
    if grid in held(division):
        raise GridplanError("edits.held", grid=grid)


def redraw_rest(
    prepared: Prepared,
    division: Division,
    *,
    change_first: bool = True,
    time_limit_s: float = 60.0,
    seed: int = 1,
    executor: Executor | None = None,
    report: Report | None = None,
    stop: Stop | None = None,
) -> Edit:
    """Draw all grids anew but the locked and exclusive ones.

    The present grids are those of the division as it stands, not of a legacy layer: what a planner
    has made by hand is changed as little as the rules allow. Units of no grid get one. Every
    community is a job of its own.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        As it is.
    change_first : bool
        Whether as few households as possible leave their grid, or the grids become as compact as
        can be; the limits, then the number of grids, come first either way.
    time_limit_s : float
        Wall-clock time, shared out over the communities.
    seed : int
        Of every random choice.
    executor, report, stop : optional
        See :func:`gridplan.jobs.run_jobs`.

    Returns
    -------
    Edit
        A grid that goes on keeps its id.

    Raises
    ------
    GridplanError
        Where every grid is held, nothing better was found, or, with `change_first`, nothing has
        to change.
    """
    wishes = LEAST if change_first else ANEW
    tasks = tasks_for(prepared, division)
    if change_first:
        tasks = mendable(tasks, Standing(prepared).missed(division))
        if not tasks:
            raise GridplanError("edits.legal_already")
    jobs = [Job(code, replace(task, wishes=wishes)) for code, task in tasks.items()]
    outcomes = run_jobs(
        jobs, time_limit_s=time_limit_s, seed=seed, executor=executor, report=report, stop=stop
    )
    return _redrawn(prepared, division, jobs, outcomes)


def _redrawn(
    prepared: Prepared, division: Division, jobs: list[Job], outcomes: Mapping[str, Outcome]
) -> Edit:
    """The edit of what was drawn, where it misses the rules no more than before."""
    drawn: dict[str, str] = {}
    for job in jobs:
        drawn |= drawn_units(division, job, np.asarray(outcomes[job.code].labels))
    edit = edit_of(prepared, division, drawn, EditKind.REDRAW)
    drawn = Standing(prepared).kept(division, drawn, edit)
    edit = edit_of(prepared, division, drawn, EditKind.REDRAW)
    if edit is None:
        raise GridplanError("edits.nothing_better")
    return edit
