"""Grids made more even, in households or in work, while little moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
import pandas as pd

from gridplan.edit.asked import drawn_units, edit_of, tasks_for
from gridplan.edit.division import Division
from gridplan.edit.edits import Edit, EditKind
from gridplan.edit.standing import Standing
from gridplan.errors import GridplanError
from gridplan.estimate import largest_remainder
from gridplan.jobs import Job, Report, Stop, run_jobs
from gridplan.partition import Count, Measure, Task, Wishes
from gridplan.partition.jobs import count_fits
from gridplan.prepared import Prepared
from gridplan.schema import HOUSEHOLDS, UNIT_ID

_FAR_M = 1000.0
"""Metres that stand for the radius where there is none."""


def even_out(
    prepared: Prepared,
    division: Division,
    *,
    workload: pd.Series | None = None,
    time_limit_s: float = 30.0,
    seed: int = 1,
    executor: Executor | None = None,
    report: Report | None = None,
    stop: Stop | None = None,
) -> Edit:
    """Make the open grids of each community more even, where little has to move for it.

    A household off the mean costs as much as one a whole radius from its centre, and so does one
    that leaves its grid: none moves that does not even out as much. Grids within their limits
    stay within; the number of grids stays.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        As it is.
    workload : Series, optional
        By ``unit_id``, zero or more: what is evened out in place of what the limits count. Small
        units (an hour, an equivalent household): it is rounded to whole ones.
    time_limit_s : float
        Wall-clock time, shared out over the communities.
    seed : int
        Of every random choice.
    executor, report, stop : optional
        See :func:`gridplan.jobs.run_jobs`.

    Returns
    -------
    Edit

    Raises
    ------
    GridplanError
        Where every grid is held, a unit has no workload, or nothing more even was found.
    """
    loads = _loads(prepared, workload)
    asked = {
        code: _wishing(task, None if workload is None else loads)
        for code, task in tasks_for(prepared, division).items()
    }
    jobs = [Job(code, task) for code, task in asked.items() if count_fits(task)]
    if not jobs:
        raise GridplanError("edits.even_already")
    outcomes = run_jobs(
        jobs, time_limit_s=time_limit_s, seed=seed, executor=executor, report=report, stop=stop
    )
    drawn: dict[str, str] = {}
    for job in jobs:
        mine = drawn_units(division, job, np.asarray(outcomes[job.code].labels))
        before = {unit: division.grid_of[unit] for unit in mine}
        if off_mean(mine, loads) < off_mean(before, loads) - 1e-6:
            drawn |= mine
    edit = edit_of(prepared, division, drawn, EditKind.BALANCE)
    drawn = Standing(prepared).kept(division, drawn, edit, sound=True)
    edit = edit_of(prepared, division, drawn, EditKind.BALANCE)
    if edit is None:
        raise GridplanError("edits.even_already")
    return edit


def off_mean(grid_of: Mapping[str, str], loads: Mapping[str, float]) -> float:
    """How uneven grids are: what each is off their mean, summed.

    Parameters
    ----------
    grid_of : mapping of str to str
        Grid of some units by ``unit_id``; "" for none.
    loads : mapping of str to float
        Of each unit.
    """
    held: defaultdict[str, float] = defaultdict(float)
    for unit, grid in grid_of.items():
        held[grid] += loads[unit]
    held.pop("", None)
    mean = sum(held.values()) / max(1, len(held))
    return sum(abs(load - mean) for load in held.values())


def _loads(prepared: Prepared, workload: pd.Series | None) -> dict[str, float]:
    if workload is None:
        return {
            unit: float(weight)
            for graph in prepared.fabric.graphs.values()
            for unit, weight in zip(graph.ids, graph.weight, strict=True)
        }
    told = workload.astype(float).reindex(prepared.units.frame[UNIT_ID])
    wrong = told.index[told.isna() | (told < 0) | np.isinf(told)]
    if len(wrong):
        raise GridplanError("edits.no_workload", count=len(wrong), unit=str(wrong[0]))
    return {str(unit): float(load) for unit, load in told.items()}


def _wishing(task: Task, loads: Mapping[str, float] | None) -> Task:
    """The task with a price for what is uneven.

    Work takes the place of households, which keep their limits as a further measure.
    """
    reach_m = task.radius_m if np.isfinite(task.radius_m) else _FAR_M
    wishes = Wishes(stay=reach_m**2, balance=reach_m**2)
    # where limits are missed another number of grids may miss them by less: not asked for here
    task = replace(task, wishes=wishes, count=Count.EXACT)
    if loads is None:
        return task
    exact = np.array([loads[unit] for unit in task.graph.ids])
    work = largest_remainder(exact, round(float(exact.sum())))
    limits = Measure(HOUSEHOLDS, task.graph.weight.copy(), task.lower, task.upper)
    return replace(
        task,
        graph=replace(task.graph, weight=np.asarray(work, dtype=np.int64)),
        lower=0.0,
        upper=np.inf,
        terms=replace(task.terms, measures=(limits,)),
    )
