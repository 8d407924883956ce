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
from gridplan.partition.improve import Found, Span, found_of, search
from gridplan.partition.jobs import Job
from gridplan.partition.mend import mend, pieces_of
from gridplan.partition.outcome import Reason
from gridplan.partition.places import gathered, sparse_reach
from gridplan.partition.problem import Problem
from gridplan.partition.proof import is_small, repair

if TYPE_CHECKING:
    from gridplan.graph import UnitGraph

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]


_PATIENCE, _BROKEN, _LEGAL = 100, 0.25, 6.0
"""Vain tries endured, and more for each unit while a limit is broken, and once none is."""


_BOUND = "reason.relaxation_bound"


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
    """Draw the grids of one job, and prove what it cannot keep.

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
    field, strict, reasons = _with_limits(job, field, distance, limits)
    span = Span(job.span.least, job.span.target, len(field))
    proved = _arithmetic(job, limits)

    def go_on(where: Field, share: float, known: Found | None = None) -> Found:
        lasting = _LEGAL if known is not None and known.score.legal else _BROKEN
        return search(
            where, span, seconds=share * (end - monotonic()), rng=rng, known=known, stop=stop,
            tell=lambda _: tell("search"), patience=_PATIENCE + int(lasting * len(field)),
        )  # fmt: skip

    found, ground = go_on(strict, 0.4), strict
    if not found.score.legal:
        ground = field
        found = go_on(field, 0.4, found_of(field, found.label, found.groups))
    if not found.score.legal and job.whole:
        tell("prove")
        seconds = 0.9 * (end - monotonic())
        found, proofs, proved = _mend(job, field, found, span, seconds, rng, stop)
        reasons += proofs
    if found.score.legal:
        found = go_on(ground, 1.0, found)
    else:
        found = _polish(field, found, end - monotonic(), rng, stop)
    return Drawn(
        job, field, found_of(field, found.label, found.groups), tuple(reasons), 0.0, proved
    )


def settle(
    drawn: Drawn,
    *,
    seconds: float,
    rng: np.random.Generator,
    stop: Callable[[], bool] | None,
    tell: Callable[[str], None],
) -> Drawn:
    """Bound a job's compactness; before that, prove on where something is not yet proved.

    Parameters
    ----------
    drawn : Drawn
    seconds : float
    rng : numpy.random.Generator
    stop : callable, optional
    tell : callable
        Told the name of each step.
    """
    end = monotonic() + seconds
    job, field, found = drawn.job, drawn.field, drawn.found
    if job.centre >= 0:
        return drawn
    if job.whole and found.score.outside > drawn.proved_outside + 1e-6:
        tell("prove")
        span = Span(job.span.least, job.span.target, len(field))
        found, proofs, proved = _mend(job, field, found, span, 0.7 * seconds, rng, stop)
        known = [r for r in drawn.reasons if found is drawn.found or r.key != _BOUND]
        drawn = replace(
            drawn, found=found, reasons=(*known, *proofs),
            proved_outside=max(proved, drawn.proved_outside),
        )  # fmt: skip
    tell("bound")
    return replace(drawn, bound=_bound(field, drawn.found, end - monotonic(), stop))


def _polish(
    field: Field, found: Found, seconds: float, rng: np.random.Generator,
    stop: Callable[[], bool] | None,
) -> Found:  # fmt: skip
    """Search on, with the grids that miss the limits left as they were proved."""
    told = _told(field, found)
    rest = np.flatnonzero((told[2] + told[3])[found.label] <= 1e-6)
    label = found.label.copy()
    for piece in pieces_of(field.region(rest)) if len(rest) else []:
        units = rest[piece]
        names, local = np.unique(label[units], return_inverse=True)
        part, count = field.region(units), len(names)
        better = search(
            part, Span(count, count, count), seconds=seconds * len(units) / len(rest), rng=rng,
            known=found_of(part, local.astype(np.int64), count), stop=stop,
            patience=_PATIENCE + int(_LEGAL * len(units)),
        )  # fmt: skip
        label[units] = names[better.label]
    return found_of(field, label, found.groups)


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
) -> tuple[Field, Field, list[Reason]]:
    """The job with its limits, and with a wish more: units without households within the radius.

    Sparse units reach farther, each with its proof.
    """
    reasons = list(job.reasons)
    near = np.full(len(field), limits.radius_m)
    free = np.where(field.weight > 0, near, math.inf)
    if job.whole and limits.lower > 0 and math.isfinite(limits.radius_m):
        around = (field.weight, field.indptr, field.indices, limits.lower)
        sparse, reach = sparse_reach(distance, free, *around)
        reasons += _sparse_reasons(job, field, distance, free, sparse, limits)
        near = np.where(field.weight > 0, reach, sparse_reach(distance, near, *around)[1])
        free = reach
    return (
        _reaching(field, distance, free, limits), _reaching(field, distance, near, limits), reasons
    )  # fmt: skip


def _reaching(field: Field, distance: FLOAT, reach: FLOAT, limits: Limits) -> Field:
    excess = np.maximum(0.0, distance - reach[:, None])
    return replace(field, lower=limits.lower, upper=limits.upper, excess=excess)


def _tower(job: Job, field: Field, limits: Limits) -> Drawn:
    """A unit above the limit, with what only it joins to the rest."""
    centre = int(np.flatnonzero(job.units == job.centre)[0])
    label = np.zeros(len(job.units), dtype=np.int64)
    compactness = float(field.cost[:, centre].sum())
    outside = job.households - limits.upper
    found = Found(label, 1, Score(0.0, outside, 0.0, compactness))
    return Drawn(job, field, found, job.reasons, compactness, outside)


def _sparse_reasons(
    job: Job, field: Field, distance: FLOAT, reach: FLOAT, sparse: NDArray[np.bool_],
    limits: Limits,
) -> list[Reason]:  # fmt: skip
    """One proof for each sparse unit that has households."""
    most = gathered(distance, reach, field.weight, field.indptr, field.indices)
    return [
        Reason(
            "reason.sparse_place",
            (int(job.units[unit]),),
            {"radius_m": limits.radius_m, "most": int(most[unit]), "lower": limits.lower},
        )
        for unit in np.flatnonzero(sparse & (field.weight > 0))
    ]


def _arithmetic(job: Job, limits: Limits) -> float:
    """Households outside the limits that no number of grids avoids."""
    if job.whole:
        return 0.0
    most, fewest = int(job.households // limits.lower), job.reasons[0].values["fewest"]
    over = job.households - most * limits.upper if most >= 1 else math.inf
    return float(min(over, fewest * limits.lower - job.households))


def _mend(
    job: Job, field: Field, found: Found, span: Span, seconds: float,
    rng: np.random.Generator, stop: Callable[[], bool] | None,
) -> tuple[Found, list[Reason], float]:  # fmt: skip
    """Meet what the search could not meet; or prove that it cannot be met."""
    end = monotonic() + max(0.5, seconds)
    if is_small(field):
        found, bound = repair(field, found, end - monotonic(), stop)
        if found.score.legal:
            return found, [], 0.0
        if bound >= found.score.outside - 1e-6:
            outside = _told(field, found)[3]
            units = np.flatnonzero(outside[found.label] > 1e-6)
            return found, [_bound_reason(job, units, bound, found.score.outside)], bound
    mended = mend(field, found, span, seconds=end - monotonic(), rng=rng, stop=stop)
    reasons = [_bound_reason(job, units, miss, miss) for units, miss in mended.proofs]
    return mended.found, reasons, mended.total


def _bound_reason(job: Job, units: INT, bound: float, outside: float) -> Reason:
    values = {"bound": bound, "relaxation": outside}
    return Reason(_BOUND, tuple(job.units[units].tolist()), values)


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
