"""A job laid out for the search: metres between its units, and where its limits let them go."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.field import Field, lay_out
from gridplan.partition.jobs import Job
from gridplan.partition.outcome import Reason
from gridplan.partition.places import gathered, sparse_reach
from gridplan.partition.problem import Problem
from gridplan.partition.score import ASTRAY_M
from gridplan.partition.task import Task

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]


def lay_job(task: Task, job: Job, present: INT | None) -> tuple[Field, FLOAT]:
    """The job without household limits, and the metres that count for the radius.

    Parameters
    ----------
    task : Task
    job : Job
    present : int array, shape (n of the job,), or None
        Present grid of each unit, -1 where its leaving does not count.
    """
    local = task.graph.subgraph(job.units)
    apart = local.xy_m[:, None, :] - local.xy_m[None, :, :]
    squared = (apart**2).sum(axis=2)
    cost = np.maximum(local.weight, 1)[:, None] * squared
    if task.near is not None:
        cost = cost + local.weight[:, None] * task.near[job.units][None, :]
    wishes = task.wishes
    if wishes.cut is not None:
        inside = np.isin(task.graph.edges, job.units).all(axis=1)
        wishes = replace(wishes, cut=wishes.cut[inside])
    problem = Problem(
        local.weight.copy(), cost, local.edges.copy(), 0.0, math.inf, job.span.target, present,
        task.terms.of(job.units, len(task.graph)), wishes,
    )  # fmt: skip
    return lay_out(problem, np.zeros_like(cost)), local.metres


def with_limits(
    task: Task, job: Job, field: Field, distance: FLOAT
) -> tuple[Field, Field, tuple[Reason, ...]]:
    """The job with its limits, and with a wish more: units without households within the radius.

    Sparse units reach farther, each with its proof.
    """
    reasons: tuple[Reason, ...] = ()
    near = np.full(len(field), task.radius_m)
    free = np.where(field.weight > 0, near, math.inf)
    divided = job.whole and job.centre < 0 and not field.measures.either
    if divided and task.lower > 0 and math.isfinite(task.radius_m):
        around = (field.weight, field.indptr, field.indices, task.lower)
        sparse, reach = sparse_reach(distance, free, *around)
        reasons = _sparse_reasons(task, job, field, distance, free, sparse)
        near = np.where(field.weight > 0, reach, sparse_reach(distance, near, *around)[1])
        free = reach
    loose, strict = (_reaching(task, job, field, distance, reach) for reach in (free, near))
    return loose, strict, reasons


def _reaching(task: Task, job: Job, field: Field, distance: FLOAT, reach: FLOAT) -> Field:
    """The field with the limits of households, and of metres to the centre."""
    excess = np.maximum(0.0, distance - reach[:, None])
    fixed = np.flatnonzero(np.isin(job.units, task.terms.centres))
    excess[fixed] += ASTRAY_M
    excess[fixed, fixed] = 0.0
    measures = field.measures
    lower, upper = measures.lower.copy(), measures.upper.copy()
    lower[0], upper[0] = task.lower, task.upper
    return replace(field, measures=measures._replace(lower=lower, upper=upper), excess=excess)


def _sparse_reasons(
    task: Task, job: Job, field: Field, distance: FLOAT, reach: FLOAT, sparse: NDArray[np.bool_]
) -> tuple[Reason, ...]:  # fmt: skip
    """One proof for each sparse unit that has households."""
    most = gathered(distance, reach, field.weight, field.indptr, field.indices)
    return tuple(
        Reason(
            "reason.sparse_place",
            (int(job.units[unit]),),
            {"radius_m": task.radius_m, "most": int(most[unit]), "lower": task.lower},
        )
        for unit in np.flatnonzero(sparse & (field.weight > 0))
    )
