"""A job laid out for the search: metres between its units, and where its limits let them go."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.field import Field, lay_out
from gridplan.partition.jobs import Job
from gridplan.partition.outcome import Reason
from gridplan.partition.places import gathered, sparse_reach
from gridplan.partition.problem import Problem

if TYPE_CHECKING:
    from gridplan.graph import UnitGraph

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """What a grid has to keep: households, and metres to its centre."""

    lower: float
    upper: float
    radius_m: float


def lay_job(graph: UnitGraph, job: Job, present: INT | None) -> tuple[Field, FLOAT]:
    """The job without limits, and the metres between its units."""
    local = graph.subgraph(job.units)
    apart = local.xy_m[:, None, :] - local.xy_m[None, :, :]
    squared = (apart**2).sum(axis=2)
    cost = np.maximum(local.weight, 1)[:, None] * squared
    problem = Problem(local.weight.copy(), cost, local.edges.copy(), 0.0, math.inf, None, present)
    return lay_out(problem, np.zeros_like(cost)), np.sqrt(squared)


def with_limits(
    job: Job, field: Field, distance: FLOAT, limits: Limits
) -> tuple[Field, Field, tuple[Reason, ...]]:
    """The job with its limits, and with a wish more: units without households within the radius.

    Sparse units reach farther, each with its proof.
    """
    reasons: tuple[Reason, ...] = ()
    near = np.full(len(field), limits.radius_m)
    free = np.where(field.weight > 0, near, math.inf)
    if job.whole and limits.lower > 0 and math.isfinite(limits.radius_m):
        around = (field.weight, field.indptr, field.indices, limits.lower)
        sparse, reach = sparse_reach(distance, free, *around)
        reasons = _sparse_reasons(job, field, distance, free, sparse, limits)
        near = np.where(field.weight > 0, reach, sparse_reach(distance, near, *around)[1])
        free = reach
    return (
        _reaching(field, distance, free, limits), _reaching(field, distance, near, limits), reasons
    )  # fmt: skip


def _reaching(field: Field, distance: FLOAT, reach: FLOAT, limits: Limits) -> Field:
    excess = np.maximum(0.0, distance - reach[:, None])
    measures = field.measures._replace(
        lower=np.array([limits.lower]), upper=np.array([limits.upper])
    )
    return replace(field, measures=measures, excess=excess)


def _sparse_reasons(
    job: Job, field: Field, distance: FLOAT, reach: FLOAT, sparse: NDArray[np.bool_],
    limits: Limits,
) -> tuple[Reason, ...]:  # fmt: skip
    """One proof for each sparse unit that has households."""
    most = gathered(distance, reach, field.weight, field.indptr, field.indices)
    return tuple(
        Reason(
            "reason.sparse_place",
            (int(job.units[unit]),),
            {"radius_m": limits.radius_m, "most": int(most[unit]), "lower": limits.lower},
        )
        for unit in np.flatnonzero(sparse & (field.weight > 0))
    )
