"""One job of a community: its grids, and the proofs of what they cannot keep."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.bound import lagrange, legal_arcs
from gridplan.partition.field import Field, Score, lay_out, weigh
from gridplan.partition.improve import Found, Span, search
from gridplan.partition.jobs import Job
from gridplan.partition.outcome import Reason
from gridplan.partition.places import gathered, sparse_reach
from gridplan.partition.problem import Problem
from gridplan.partition.proof import is_small, prove_outside, repair

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


@dataclass(frozen=True, eq=False)
class Drawn:
    """One job, done.

    Parameters
    ----------
    job : Job
    field : Field
        As it was searched; its excess is 0 where a unit may go.
    found : Found
    reasons : tuple of Reason
        Positions in the community.
    bound : float
        On compactness, of plans that relax no more.
    proved_outside : float
        Households outside the limits that no plan avoids.
    """

    job: Job
    field: Field
    found: Found
    reasons: tuple[Reason, ...]
    bound: float
    proved_outside: float

    @property
    def centre(self) -> INT:
        """Unit at the centre of each grid, by its position in the job."""
        if self.job.centre >= 0:
            return np.flatnonzero(self.job.units == self.job.centre)
        return _told(self.field, self.found)[0]


def draw(
    graph: UnitGraph,
    job: Job,
    limits: Limits,
    *,
    present: INT | None,
    seconds: float,
    rng: np.random.Generator,
    stop: Callable[[], bool] | None,
    tell: Callable[[str], None],
) -> Drawn:
    """Draw the grids of one job; what it cannot keep is proved by :func:`settle`.

    Parameters
    ----------
    graph : UnitGraph
        Of the whole community.
    job : Job
    limits : Limits
    present : int array, shape (n of the job,), or None
        Present grid of each unit, -1 where its leaving does not count.
    seconds : float
    rng : numpy.random.Generator
    stop : callable, optional
    tell : callable
        Told the name of each step.
    """
    end = monotonic() + seconds
    field, distance = _ground(graph, job, present)
    if job.centre >= 0:
        return _tower(job, field, limits)
    field, reasons = _with_limits(job, field, distance, limits)
    span = Span(job.span.least, job.span.target, len(field))
    found = search(
        field, span, seconds=end - monotonic(), rng=rng, stop=stop,
        tell=lambda _: tell("search"), patience=30 + 6 * len(field),
    )  # fmt: skip
    return Drawn(job, field, found, tuple(reasons), 0.0, _arithmetic(job, limits))


def settle(
    drawn: Drawn,
    *,
    seconds: float,
    stop: Callable[[], bool] | None,
    tell: Callable[[str], None],
) -> Drawn:
    """Prove what a job could not keep, and bound its compactness.

    Parameters
    ----------
    drawn : Drawn
    seconds : float
    stop : callable, optional
    tell : callable
        Told the name of each step.
    """
    end = monotonic() + seconds
    if drawn.job.centre >= 0:
        return drawn
    found, proofs, proved = drawn.found, list[Reason](), drawn.proved_outside
    if not found.score.legal and drawn.job.whole:
        tell("prove")
        found, proofs, proved = _mend(drawn.job, drawn.field, found, end - 0.2 * seconds, stop)
    tell("bound")
    bound = _bound(drawn.field, found, max(0.05, end - monotonic()), stop)
    reasons = (*drawn.reasons, *proofs)
    return replace(drawn, found=found, reasons=reasons, bound=bound, proved_outside=proved)


def _ground(graph: UnitGraph, job: Job, present: INT | None) -> tuple[Field, FLOAT]:
    """The job without limits, and the metres between its units."""
    local = graph.subgraph(job.units)
    apart = local.xy_m[:, None, :] - local.xy_m[None, :, :]
    squared = (apart**2).sum(axis=2)
    cost = np.maximum(local.weight, 1)[:, None] * squared
    problem = Problem(local.weight.copy(), cost, local.edges.copy(), 0.0, math.inf, None, present)
    return lay_out(problem, np.zeros_like(cost)), np.sqrt(squared)


def _with_limits(
    job: Job, field: Field, distance: FLOAT, limits: Limits
) -> tuple[Field, list[Reason]]:
    """The job with its limits; sparse units reach farther, each with its proof."""
    reasons = list(job.reasons)
    reach = np.full(len(field), limits.radius_m)
    if job.whole and limits.lower > 0 and math.isfinite(limits.radius_m):
        sparse, reach = sparse_reach(
            distance, field.weight, field.indptr, field.indices, limits.lower, limits.radius_m
        )
        reasons += _sparse_reasons(job, field, distance, sparse, limits)
    excess = np.maximum(0.0, distance - reach[:, None])
    return replace(field, lower=limits.lower, upper=limits.upper, excess=excess), reasons


def _tower(job: Job, field: Field, limits: Limits) -> Drawn:
    """A unit above the limit, with what only it joins to the rest."""
    centre = int(np.flatnonzero(job.units == job.centre)[0])
    label = np.zeros(len(job.units), dtype=np.int64)
    compactness = float(field.cost[:, centre].sum())
    outside = job.households - limits.upper
    found = Found(label, 1, Score(0.0, outside, 0.0, compactness))
    return Drawn(job, field, found, job.reasons, compactness, outside)


def _sparse_reasons(
    job: Job, field: Field, distance: FLOAT, sparse: NDArray[np.bool_], limits: Limits
) -> list[Reason]:
    """One proof for each sparse unit."""
    reach = np.full(len(field), limits.radius_m)
    most = gathered(distance, reach, field.weight, field.indptr, field.indices)
    return [
        Reason(
            "reason.sparse_place",
            (int(job.units[unit]),),
            {"radius_m": limits.radius_m, "most": int(most[unit]), "lower": limits.lower},
        )
        for unit in np.flatnonzero(sparse)
    ]


def _arithmetic(job: Job, limits: Limits) -> float:
    """Households outside the limits that no number of grids avoids."""
    if job.whole:
        return 0.0
    most, fewest = int(job.households // limits.lower), job.reasons[0].values["fewest"]
    over = job.households - most * limits.upper if most >= 1 else math.inf
    return float(min(over, fewest * limits.lower - job.households))


def _mend(
    job: Job, field: Field, found: Found, end: float,
    stop: Callable[[], bool] | None,
) -> tuple[Found, list[Reason], float]:  # fmt: skip
    """Prove that what the search could not meet cannot be met; or meet it."""
    if is_small(field):
        found, bound = repair(field, found, max(0.5, end - monotonic()), stop)
        if found.score.legal:
            return found, [], 0.0
        if bound >= found.score.outside - 1e-6:
            outside = _told(field, found)[3]
            units = np.flatnonzero(outside[found.label] > 1e-6)
            return found, [_bound_reason(job, units, bound, found.score.outside)], bound
    proofs, total = prove_outside(field, found, max(0.5, end - monotonic()), stop)
    reasons = [_bound_reason(job, units, miss, miss) for units, miss in proofs]
    return found, reasons, total


def _bound_reason(job: Job, units: INT, bound: float, outside: float) -> Reason:
    values = {"bound": bound, "relaxation": outside}
    return Reason("reason.relaxation_bound", tuple(job.units[units].tolist()), values)


def _told(field: Field, found: Found) -> tuple[INT, FLOAT, FLOAT, FLOAT, FLOAT]:
    told: tuple[INT, FLOAT, FLOAT, FLOAT, FLOAT] = weigh(
        found.label, found.groups, field.cost, field.excess, field.weight,
        field.lower, field.upper,
    )  # fmt: skip
    return told


def _bound(field: Field, found: Found, seconds: float, stop: Callable[[], bool] | None) -> float:
    """Bound on the compactness of plans with as many grids that relax no more in sum."""
    relaxed = found.score.outside
    if found.score.far > 0:
        arcs = np.ones_like(field.excess, dtype=bool)
    else:
        arcs = legal_arcs(field.excess, field.indptr, field.indices, field.contiguous)
    told = lagrange(
        arcs, field.cost, field.weight, lower=max(0.0, field.lower - relaxed),
        upper=field.upper + relaxed, groups=found.groups, aim=found.score.compactness,
        seconds=seconds, stop=stop,
    )  # fmt: skip
    return max(0.0, told.value)
