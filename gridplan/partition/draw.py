"""One job of a community: its grids, and the proofs of what they cannot keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.errors import GridplanError
from gridplan.partition.bound import lagrange
from gridplan.partition.contiguity import legal_arcs
from gridplan.partition.feasible import count_range
from gridplan.partition.field import Field
from gridplan.partition.finish import finish
from gridplan.partition.ground import lay_job, with_limits
from gridplan.partition.improve import Found, Span, found_of, search
from gridplan.partition.jobs import Job
from gridplan.partition.mend import Mended, Proof, mend
from gridplan.partition.outcome import Reason
from gridplan.partition.proof import is_small, least_relaxed
from gridplan.partition.score import Score, score, weigh
from gridplan.partition.task import Count, Task

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]


_PATIENCE, _BROKEN, _LEGAL = 100, 0.25, 6.0
"""Vain tries endured, and more for each unit while a limit is broken, and once none is."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """One job, done.

    Parameters
    ----------
    job : Job
    field : Field
        As it was searched: its excess is 0 where a unit may go, units without households within the
        radius only where that costs no household limit.
    mended : Mended
        The plan, and what the programme proved of it.
    known : tuple of Reason
        What arithmetic proved; positions in the community.
    least : float
        Households outside the limits that no plan avoids, by arithmetic.
    bound : float
        On compactness, of plans with as many grids that relax no more.
    by_count : float array, optional
        The same for 0, 1, 2 … grids; 0 for all where nothing is known.
    """

    job: Job
    field: Field
    mended: Mended
    known: tuple[Reason, ...]
    least: float
    bound: float = 0.0
    by_count: FLOAT | None = None

    @property
    def found(self) -> Found:
        """The plan."""
        return self.mended.found

    @property
    def proved_outside(self) -> float:
        """Households outside the limits that no plan avoids."""
        return max(self.least, self.mended.total)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """All that is proved, the arithmetic first; positions in the community."""
        proofs = [
            Reason(
                "reason.relaxation_bound",
                tuple(self.job.units[proof.units].tolist()),
                {"bound": proof.missed, "relaxation": proof.missed},
            )
            for proof in self.mended.proofs
        ]
        return (*self.known, *proofs)

    @property
    def centre(self) -> INT:
        """Unit at the centre of each grid, by its position in the job."""
        if self.job.centre >= 0:
            return np.flatnonzero(self.job.units == self.job.centre)
        return weigh(self.field, self.found.label, self.found.groups).centre


def draw(
    task: Task,
    job: Job,
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
    task : Task
        The whole community.
    job : Job
    present : int array, shape (n of the job,), or None
        Present grid of each unit, -1 where its leaving does not count.
    seconds : float
    rng : numpy.random.Generator
    stop : callable, optional
    tell : callable
        Told the name of each step.

    Raises
    ------
    GridplanError
        Where units that must lie together share no centre.
    """
    end = monotonic() + seconds
    field, distance = lay_job(task, job, present)
    field, strict, sparse = with_limits(task, job, field, distance)
    if job.centre >= 0:
        return _single(job, field)
    _pairs_are_near(task, job, field)
    span = _span(task, job)

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
    mended = Mended(found)
    if not found.score.legal and job.whole:
        tell("prove")
        mended = _mend(field, mended, span, 0.9 * (end - monotonic()), rng, stop)
    if mended.found.score.legal:
        better = go_on(ground, 1.0, mended.found)
        field = ground
    else:
        better = _polish(field, mended.found, span, end - monotonic(), rng, stop, tell)
    found = found_of(field, better.label, better.groups)
    known = (*job.reasons, *sparse)
    return Drawn(job, field, replace(mended, found=found), known, unavoidable(task, job))


def _pairs_are_near(task: Task, job: Job, field: Field) -> None:
    """Refuse pairs that no grid holds within the radius: neither that nor the pair may give."""
    if len(field.together) == 0:
        return
    arcs = legal_arcs(field, hard=False)
    for a, b in field.together.tolist():
        if not (arcs[a] & arcs[b]).any():
            raise GridplanError("error.never_near", units=task.named(job.units[[a, b]].tolist()))


def settle(
    task: Task,
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
    task : Task
    drawn : Drawn
    seconds : float
    rng : numpy.random.Generator
    stop : callable, optional
    tell : callable
        Told the name of each step.
    """
    end = monotonic() + seconds
    job, field = drawn.job, drawn.field
    if job.centre >= 0:
        return drawn
    if job.whole and drawn.found.score.outside > drawn.proved_outside + 1e-6:
        tell("prove")
        span = _span(task, job)
        drawn = replace(drawn, mended=_mend(field, drawn.mended, span, 0.7 * seconds, rng, stop))
    tell("bound")
    if drawn.found.score.legal:
        return _finish(task, drawn, end - monotonic(), stop, tell)
    return replace(drawn, bound=_bound(field, drawn.found, end - monotonic(), stop))


def _finish(
    task: Task, drawn: Drawn, seconds: float, stop: Callable[[], bool] | None,
    tell: Callable[[str], None],
) -> Drawn:  # fmt: skip
    """Bound a legal plan's cost, or close it by the programme."""
    field, found = drawn.field, drawn.found
    known = weigh(field, found.label, found.groups).centre[found.label]
    told = finish(
        field, found.groups, (known, found.score.compactness), seconds=seconds,
        cheapest=not task.change_leads, solver=task.solver, stop=stop,
        heard=lambda *_: tell("close"),
    )  # fmt: skip
    if told.labels is not None:
        names, label = np.unique(told.labels, return_inverse=True)
        other = found_of(field, label.astype(np.int64), len(names))
        span = _span(task, drawn.job)
        found = min(found, other, key=span.rank)
    mended = replace(drawn.mended, found=found)
    bound = max(0.0, told.bound)
    return replace(drawn, mended=mended, bound=bound, by_count=told.by_count)


def _polish(
    field: Field, found: Found, span: Span, seconds: float, rng: np.random.Generator,
    stop: Callable[[], bool] | None, tell: Callable[[str], None],
) -> Found:  # fmt: skip
    """Search on, with the grids that miss the limits left as they were proved."""
    broken = weigh(field, found.label, found.groups).broken
    rest = np.flatnonzero(~np.isin(found.label, broken))
    label = found.label.copy()
    for piece in field.region(rest).pieces() if len(rest) else []:
        units = rest[piece]
        names, local = np.unique(label[units], return_inverse=True)
        part, count = field.region(units), len(names)
        same = replace(span, least=count, target=count, most=count)
        better = search(
            part, same, seconds=seconds * len(units) / len(rest), rng=rng,
            known=found_of(part, local.astype(np.int64), count), stop=stop,
            tell=lambda _: tell("search"), patience=_PATIENCE + int(_LEGAL * len(units)),
        )  # fmt: skip
        label[units] = names[better.label]
    return found_of(field, label, found.groups)


def _single(job: Job, field: Field) -> Drawn:
    """A job that is one grid already: a unit above the limit, or what is held fixed."""
    centre = int(np.flatnonzero(job.units == job.centre)[0])
    label, wished = np.zeros(len(job.units), dtype=np.int64), field.wished
    told = weigh(field, label, 1)
    moved = score(field, label, 1).change if wished.stay == 0 else _leavers(field)
    cost = float(field.cost[:, centre].sum()) + wished.stay * moved
    cost += wished.balance * abs(float(told.held[0]) - wished.mean)
    exempt = any(reason.key == "reason.exclusive" for reason in job.reasons)
    outside = 0.0 if exempt else float(told.outside[0])
    found = Found(label, 1, Score(0.0, outside, moved, cost))
    return Drawn(job, field, Mended(found), job.reasons, outside, cost)


def _leavers(field: Field) -> float:
    """Households that leave their present grid where all units are one grid."""
    known = field.present >= 0
    held = np.bincount(field.present[known], weights=field.leave[known])
    return float(held.sum() - held.max(initial=0.0))


def _span(task: Task, job: Job) -> Span:
    """Numbers of grids that the search may end with: more than fit, where limits have to give."""
    most = job.span.most if task.count is Count.EXACT else len(job.units)
    return Span(job.span.least, job.span.target, most, task.wishes.change_first)


def unavoidable(task: Task, job: Job) -> float:
    """Households outside the limits that no number of grids avoids, by their sum alone."""
    if job.whole:
        return 0.0
    counts = [job.span.target]
    if task.count is not Count.EXACT:
        household = task.measures[0]
        counts = [each for each in count_range((household,), False, job.units) if each >= 1]
    held = job.households
    return min(max(0.0, count * task.lower - held, held - count * task.upper) for count in counts)


def _mend(
    field: Field, mended: Mended, span: Span, seconds: float,
    rng: np.random.Generator, stop: Callable[[], bool] | None,
) -> Mended:  # fmt: skip
    """Meet what the search could not meet; or prove that it cannot be met."""
    end = monotonic() + max(0.1, seconds)
    if is_small(field):
        found, bound = least_relaxed(field, mended.found, span, end - monotonic(), stop)
        missed = found.score.outside
        if found.score.legal:
            return Mended(found)
        if missed > 0 and bound >= missed - 1e-6:
            broken = weigh(field, found.label, found.groups).broken
            units = np.flatnonzero(np.isin(found.label, broken))
            return Mended(found, (Proof(units, np.arange(len(field)), missed),))
        if found is not mended.found:
            mended = Mended(found)
    return mend(field, mended, span, seconds=end - monotonic(), rng=rng, stop=stop)


def _bound(field: Field, found: Found, seconds: float, stop: Callable[[], bool] | None) -> float:
    """Bound on the compactness of plans with as many grids that relax no more in sum."""
    relaxed = found.score.outside
    if found.score.far > 0:
        arcs = np.ones_like(field.excess, dtype=bool)
    else:
        arcs = legal_arcs(field, hard=False)
    told = lagrange(
        arcs, field.cost, field.measures.loosened(relaxed), groups=found.groups, aim=found.score.compactness,
        seconds=seconds, balance=field.wished.balance, mean=field.wished.mean, stop=stop,
    )  # fmt: skip
    return max(0.0, told.value)
