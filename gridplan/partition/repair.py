"""After an edit: the least change nearby that makes every rule hold again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.errors import GridplanError
from gridplan.partition.change import leave
from gridplan.partition.check import Breach, check_labels
from gridplan.partition.community import redraw_community
from gridplan.partition.draw import unavoidable
from gridplan.partition.jobs import divide
from gridplan.partition.limits import NO_WISHES, pairs_of
from gridplan.partition.outcome import Outcome, Stage, Status
from gridplan.partition.task import Count, Task

INT = NDArray[np.int64]

_RING_S = 0.35
"""Time for one neighbourhood, at most."""


def least_missed(task: Task) -> float:
    """Households outside the limits that no plan avoids, by the sums of its parts alone.

    Of units above the upper limit, and of pieces that make no whole number of grids; there may be
    more. What is held fixed is left out; where other measures count too, nothing is known.

    Parameters
    ----------
    task : Task
        The community.
    """
    if task.terms.measures:
        return 0.0
    fixed = {unit for grid in (*task.locked, *task.exclusive) for unit in grid}
    told = 0.0
    for job in divide(task):
        if job.centre < 0:
            told += unavoidable(task, job)
        elif job.centre not in fixed:
            told += max(0.0, job.households - task.upper)
    return told


def repair(
    task: Task,
    labels: INT,
    *,
    keep: Sequence[int] = (),
    time_limit_s: float = 1.0,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
) -> Outcome:
    """Mend a plan that an edit broke, touching only the grids around the break.

    The grids that break a rule and those beside them are drawn anew, with as few households as
    can be found leaving their grid; where that does not make every rule hold, their neighbours
    are taken in, ring by ring. All other grids stay as they are.

    Parameters
    ----------
    task : Task
        The rules and locks; its present grids and number of grids have no say here.
    labels : int array, shape (n,)
        The plan after the edit: one number for each grid.
    keep : sequence of int
        Units that stay in the grid where they are now: with its heaviest other unit.
    time_limit_s : float
        Wall-clock time.
    seed : int
        Source of every random choice.
    stop : callable, optional
        When it says True, the best plan so far is returned.

    Returns
    -------
    Outcome
        Stages ``relaxation`` (households outside the limits, of which nothing is proved here
        beyond 0), ``groups`` and ``change`` (households that left the grid that `labels` has them
        in; bounded by what grids above the limit must give). A plan that breaks no rule comes
        back as it is, and so does one that could not be mended in the time.

    Raises
    ------
    GridplanError
        Where what is kept and locked excludes itself.
    """
    begun = monotonic()
    task = task.in_whole_households()
    asked = _with_kept(task, labels, keep)
    labels = _named(task, labels)
    best = labels
    region = _broken(task, labels)
    least, seconds = least_missed(task), min(_RING_S, time_limit_s)
    while len(region) and not (stop is not None and stop()):
        region = _with_neighbours(task, labels, region)
        # of a community in pieces: all that hangs together with what is broken
        widest = len(_with_neighbours(task, labels, region)) == len(region)
        left = begun + time_limit_s - monotonic()
        if left < 0.05:
            break
        lenient = not widest or best is not labels
        trial = _drawn(asked, labels, region, min(left, seconds), seed, stop, lenient=lenient)
        if _rank(task, labels, trial) < _rank(task, labels, best):
            best = trial
        last = widest and seconds == time_limit_s
        if last or _rank(task, labels, best)[0] <= least + 1e-6:
            break
        if widest:
            # it has all the time that is left
            seconds = time_limit_s
    return _outcome(task, labels, best, monotonic() - begun, seed)


def _with_kept(task: Task, labels: INT, keep: Sequence[int]) -> Task:
    """The task with each kept unit tied to the heaviest other unit of its grid."""
    ties = []
    for unit in keep:
        others = np.flatnonzero(labels == labels[unit])
        others = others[~np.isin(others, keep)] if len(others) > len(keep) else others
        heart = int(others[np.argmax(task.graph.weight[others])]) if len(others) else unit
        if heart != unit:
            ties.append((unit, heart))
    tied = np.array(ties, dtype=np.int64).reshape(-1, 2)
    together = np.concatenate([pairs_of(task.terms.together), tied])
    # a repair keeps the number of grids and moves little: neither wishes nor a count have a say
    return replace(
        task, terms=replace(task.terms, together=together), count=Count.NEAR, wishes=NO_WISHES,
        near=None,
    )  # fmt: skip


def _named(task: Task, labels: INT) -> INT:
    """The same grids, each by its best centre."""
    named = np.empty_like(labels)
    for grid in np.unique(labels):
        units = np.flatnonzero(labels == grid)
        fixed = units[np.isin(units, task.terms.centres)]
        best = units[task.graph.subgraph(units).centre(task.radius_m)[0]]
        named[units] = fixed[0] if len(fixed) else best
    return named


def _breaches(task: Task, labels: INT) -> tuple[Breach, ...]:
    graph = task.graph
    served = np.where(graph.weight > 0, task.radius_m, np.inf)
    return check_labels(
        labels, weight=graph.weight, edges=graph.edges, lower=task.lower, upper=task.upper,
        distance=graph.metres, radius_m=served, terms=task.terms,
    )  # fmt: skip


def _broken(task: Task, labels: INT) -> INT:
    """Units of the grids that break a rule, but for those that are held fixed as they are."""
    fixed, scope = _held(task), task.scope
    whole = [grid for grid in fixed if _is_grid(labels, grid)]
    free = np.setdiff1d(np.arange(len(labels)), np.concatenate([[], *whole]).astype(np.int64))
    grids = {labels[unit] for breach in _breaches(task, labels) for unit in breach.units}
    grids |= set(_across(scope, labels))
    grids |= {labels[unit] for grid in fixed if not _is_grid(labels, grid) for unit in grid}
    return free[np.isin(labels[free], list(grids))]


def _across(scope: NDArray[np.str_], labels: INT) -> list[int]:
    """Grids that cross the border of a compound which is cut inside itself."""
    return [
        grid for grid in np.unique(labels).tolist() if len(np.unique(scope[labels == grid])) > 1
    ]


def _held(task: Task) -> list[INT]:
    """Locked and exclusive grids."""
    return [np.array(sorted(grid), dtype=np.int64) for grid in (*task.locked, *task.exclusive)]


def _is_grid(labels: INT, units: INT) -> bool:
    return np.array_equal(np.flatnonzero(labels == labels[units[0]]), units)


def _with_neighbours(task: Task, labels: INT, region: INT) -> INT:
    """The grids of some units, and the grids beside them."""
    edges = task.graph.edges
    inside = np.isin(labels, labels[region])
    beside = edges[inside[edges].any(axis=1)]
    return np.flatnonzero(inside | np.isin(labels, labels[beside]))


def _drawn(
    task: Task, labels: INT, region: INT, seconds: float, seed: int,
    stop: Callable[[], bool] | None, *, lenient: bool,
) -> INT:  # fmt: skip
    """The plan with one neighbourhood drawn anew, from what it is; or, if lenient, as it is."""
    names, present = np.unique(labels[region], return_inverse=True)
    part = replace(task.of(region), present=present.astype(np.int64), groups=len(names))
    try:
        outcome = redraw_community(part, time_limit_s=seconds, seed=seed, stop=stop)
    except GridplanError:
        if not lenient:
            raise
        # too narrow a neighbourhood for what is kept: the next one is wider
        return labels
    drawn = labels.copy()
    drawn[region] = region[np.asarray(outcome.labels)]
    return drawn


def _rank(task: Task, labels: INT, trial: INT) -> tuple[float, float]:
    """Breaches, by how much, and change: least is best."""
    missed = sum(
        abs(each.value - each.limit) if each.rule.startswith(("upper", "lower")) else 1e6
        for each in _breaches(task, trial)
    )
    missed += 1e6 * sum(not _is_grid(trial, grid) for grid in _held(task))
    missed += 1e6 * len(_across(task.scope, trial))
    return missed, leave(labels, trial, task.graph.weight)


def _outcome(task: Task, labels: INT, best: INT, seconds: float, seed: int) -> Outcome:
    weight = task.graph.weight
    left = [breach for breach in _breaches(task, best) if breach.rule in ("upper", "lower")]
    outside = float(sum(abs(breach.value - breach.limit) for breach in left))
    count = float(len(np.unique(best)))
    _, old = np.unique(labels, return_inverse=True)
    moved = leave(old.astype(np.int64), best, weight)
    bound = min(moved, _must_leave(task, labels)) if outside == 0 else 0.0
    stages = (
        Stage("relaxation", outside, 0.0),
        Stage("groups", count, count),
        Stage("change", moved, bound),
    )
    proved = len(_broken(task, best)) == 0 and all(stage.gap == 0 for stage in stages)
    return Outcome(Status.OPTIMAL if proved else Status.FEASIBLE, best, stages, seconds, seed)


def _must_leave(task: Task, labels: INT) -> float:
    """Households that grids above the limit must give, whatever the plan that keeps all limits."""
    if task.terms.either:
        return 0.0
    weight, held = task.graph.weight, np.concatenate([[], *_held(task)]).astype(np.int64)
    given = 0.0
    for grid in np.unique(labels):
        units = np.flatnonzero(labels == grid)
        if not np.isin(units, held).any() and weight[units].max() <= task.upper:
            given += max(0.0, float(weight[units].sum()) - task.upper)
    return given
