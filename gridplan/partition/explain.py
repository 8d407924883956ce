"""Why no plan exists: which rule would have to give, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.feasible import count_range
from gridplan.partition.field import lay_out
from gridplan.partition.limits import Terms
from gridplan.partition.outcome import Reason
from gridplan.partition.problem import Problem
from gridplan.partition.proof import is_small, least_outside

INT = NDArray[np.int64]

Find = Callable[[Problem, float], INT | None]
"""Looks for any plan of a problem for some seconds: centre of each unit, or None."""

_COUNTS = 4
"""Other numbers of grids that are tried."""


def explain(problem: Problem, find: Find, seconds: float) -> tuple[Reason, ...]:
    """Relax one rule at a time until a plan exists.

    Parameters
    ----------
    problem : Problem
        Without any plan.
    find : callable
    seconds : float
        Wall-clock time for all.

    Returns
    -------
    tuple of Reason
        ``reason.relax_count`` (another number of grids would do), ``reason.relax_limits`` (so
        many households outside the limits), ``reason.relax_contiguity`` (grids in pieces),
        ``reason.relax_reach`` (units where they may not go) and ``reason.relax_fixed`` (without
        what is held fixed), each with the units concerned; empty where the time did not do.
    """
    end = monotonic() + seconds
    steps = (_count, _fixed, _contiguity, _reach, _limits)
    told: list[Reason] = []
    for number, step in enumerate(steps):
        share = (end - monotonic()) / (len(steps) - number)
        if share > 0.05:
            told += step(problem, find, share)
    return tuple(told)


def _count(problem: Problem, find: Find, seconds: float) -> list[Reason]:
    """The nearest number of grids with which a plan is found."""
    if problem.groups is None:
        return []
    everyone = np.arange(len(problem))
    fewest, most = count_range(problem.measures, problem.terms.either, everyone)
    counts = [k for k in range(max(1, fewest), min(most, len(problem)) + 1) if k != problem.groups]
    nearest = sorted(counts, key=lambda k: (abs(k - (problem.groups or 0)), k))[:_COUNTS]
    for count in nearest:
        if find(replace(problem, groups=count), seconds / len(nearest)) is not None:
            values = {"groups": problem.groups, "enough": count}
            return [Reason("reason.relax_count", (), values)]
    return []


def _fixed(problem: Problem, find: Find, seconds: float) -> list[Reason]:
    terms = problem.terms
    free = Terms(terms.measures, terms.either)
    if (terms.apart is None and terms.together is None and not terms.centres) or (
        find(replace(problem, terms=free), seconds) is None
    ):
        return []
    pairs = [pairs for pairs in (terms.apart, terms.together) if pairs is not None]
    units = {*np.concatenate([*(p.ravel() for p in pairs), terms.centres]).astype(int).tolist()}
    return [Reason("reason.relax_fixed", tuple(sorted(units)), {})]


def _contiguity(problem: Problem, find: Find, seconds: float) -> list[Reason]:
    """Units away from the centre's piece in a plan whose grids may lie in pieces."""
    if problem.edges is None:
        return []
    loose = replace(problem, edges=None, wishes=replace(problem.wishes, cut=None))
    labels = find(loose, seconds)
    if labels is None:
        return []
    inside = lay_out(problem)
    apart = [
        unit
        for grid in np.unique(labels)
        for own in [np.flatnonzero(labels == grid)]
        for piece in inside.region(own).pieces()
        if grid not in own[piece]
        for unit in own[piece].tolist()
    ]
    return [Reason("reason.relax_contiguity", tuple(sorted(apart)), {"units": len(apart)})]


def _reach(problem: Problem, find: Find, seconds: float) -> list[Reason]:
    """Units that go where they may not in a plan that lets them."""
    barred = ~np.isfinite(problem.cost)
    if not barred.any():
        return []
    dearest = float(problem.cost[~barred].max()) + 1.0
    cost = np.where(barred, dearest * len(problem), problem.cost)
    labels = find(replace(problem, cost=cost), seconds)
    if labels is None:
        return []
    units = np.flatnonzero(barred[np.arange(len(problem)), labels])
    return [Reason("reason.relax_reach", tuple(units.tolist()), {"units": len(units)})]


def _limits(problem: Problem, _: Find, seconds: float) -> list[Reason]:
    """Fewest households outside the limits with which a plan exists."""
    field = lay_out(problem)
    if problem.groups is None or problem.terms.measures or not is_small(field):
        return []
    bound, labels = least_outside(field, seconds=seconds, least=problem.groups, most=problem.groups)
    if labels is None:
        return []
    held = np.bincount(labels, weights=problem.weight, minlength=len(problem))
    missed = np.maximum(0.0, problem.lower - held) + np.maximum(0.0, held - problem.upper)
    units = np.flatnonzero(missed[labels] > 0)
    values = {"enough": float(missed[np.unique(labels)].sum()), "least": bound}
    return [Reason("reason.relax_limits", tuple(units.tolist()), values)]
