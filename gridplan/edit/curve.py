"""What compactness costs in change: plans between leaving alone what is legal and starting anew."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gridplan.edit.asked import drawn_units, edit_of, tasks_for
from gridplan.edit.division import Division
from gridplan.edit.edits import Edit, EditKind, apply
from gridplan.edit.machine import ANEW, LEAST
from gridplan.edit.standing import Standing
from gridplan.jobs import Job, Report, Stop, run_jobs
from gridplan.partition import Task, Wishes
from gridplan.partition.change import leave
from gridplan.prepared import Prepared
from gridplan.schema import HOUSEHOLDS, UNIT_ID

INT = NDArray[np.int64]

_DEAREST, _CHEAPEST = 0.5, 0.02
"""Prices tried for a household that leaves its grid, as shares of the squared radius."""

_FAR_M = 1000.0
"""Metres that stand for the radius where there is none."""


@dataclass(frozen=True)
class Trade:
    """One plan of the curve.

    Parameters
    ----------
    edit : Edit or None
        That makes it of the division; None for the division as it stands.
    moved_households : int
        Households that leave the grid which they have in the division.
    compactness : float
        Households times squared metres to the centre of their grid, summed over all grids; a unit
        without households counts as one.
    breaches : int
        Broken rules, those of locked grids and unavoidable ones among them.
    stay_price : float
        The plan is the cheapest known while a household that leaves its grid costs less than this
        many household·m², and more than the next plan's; ``inf`` for the first.
    """

    edit: Edit | None
    moved_households: int
    compactness: float
    breaches: int
    stay_price: float


@dataclass(frozen=True, eq=False)
class _Choice:
    """One way to divide a community."""

    drawn: Mapping[str, str]
    moved: float
    cost: float


def curve(
    prepared: Prepared,
    division: Division,
    *,
    points: int = 5,
    time_limit_s: float = 60.0,
    seed: int = 1,
    executor: Executor | None = None,
    report: Report | None = None,
    stop: Stop | None = None,
) -> tuple[Trade, ...]:
    """Plans that trade change for compactness, from least change to the most compact.

    Each community is drawn at several prices of a household that leaves its grid. Of what that
    yields, the lower convex hull is taken, community by community; since communities share
    nothing, the plans that are cheapest at some price follow from the hulls in the order of their
    slopes. None is dominated by another, and each next one is more compact and moves more.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        As it is. Locked and exclusive grids stay; change is counted from its grids.
    points : int
        Prices that are tried, the two ends among them, and most plans that are returned.
    time_limit_s : float
        Wall-clock time, shared out over communities and prices.
    seed : int
        Of every random choice.
    executor, report, stop : optional
        See :func:`gridplan.jobs.run_jobs`.

    Returns
    -------
    tuple of Trade
        By falling price; where more are known, those that are spread best.

    Raises
    ------
    GridplanError
        Where every grid is held.
    ValueError
        Where fewer than two points are asked for.
    """
    if points < 2:
        raise ValueError(f"a curve has two ends, not {points} points")
    tasks = tasks_for(prepared, division)
    jobs = [
        Job(f"{code}/{number}", replace(task, wishes=wishes))
        for code, task in tasks.items()
        for number, wishes in enumerate(_wishes(task, points))
    ]
    outcomes = run_jobs(
        jobs, time_limit_s=time_limit_s, seed=seed, executor=executor, report=report, stop=stop
    )
    tried = [
        {code: np.asarray(outcomes[f"{code}/{number}"].labels) for code in tasks}
        for number in range(points)
    ]
    return _trades(prepared, division, _hulls(prepared, division, tasks, tried), points)


def _wishes(task: Task, points: int) -> list[Wishes]:
    """From least change, over falling prices of a household that leaves, to compactness alone."""
    radius_m = task.radius_m if math.isfinite(task.radius_m) else _FAR_M
    prices = np.geomspace(_DEAREST, _CHEAPEST, points - 2) * radius_m**2
    return [LEAST, *(Wishes(stay=float(price)) for price in prices), ANEW]


def _hulls(
    prepared: Prepared,
    division: Division,
    tasks: Mapping[str, Task],
    tried: Sequence[Mapping[str, INT]],
) -> dict[str, list[_Choice]]:
    """Of each community, the choices that are cheapest at some price, by rising change."""
    standing = Standing(prepared)
    found: dict[str, list[tuple[tuple[float, int], _Choice]]] = {code: [] for code in tasks}
    missed = standing.missed(division)
    for code, task in tasks.items():
        present = np.asarray(task.present)
        if (present >= 0).all():
            found[code].append(
                ((round(missed[code], 6), 0), _choice(division, code, task, present))
            )
    for labels in tried:
        choices = {
            code: _choice(division, code, task, labels[code]) for code, task in tasks.items()
        }
        edit = _edit(prepared, division, choices.values())
        missed = standing.missed(division if edit is None else apply(division, edit))
        for code, choice in choices.items():
            count = len(np.unique(labels[code]))
            off = abs(count - (tasks[code].groups or count))
            found[code].append(((round(missed[code], 6), off), choice))
    # compactness is no reason to miss a limit, nor for another grid and its worker
    best = {code: min(rank for rank, _ in told) for code, told in found.items()}
    return {
        code: _hull([choice for rank, choice in told if rank == best[code]])
        for code, told in found.items()
    }


def _choice(division: Division, code: str, task: Task, labels: INT) -> _Choice:
    cost, graph = 0.0, task.graph
    for grid in np.unique(labels):
        part = graph.subgraph(np.flatnonzero(labels == grid))
        away = part.xy_m - part.xy_m[part.centre(task.radius_m)[0]]
        cost += float((np.maximum(part.weight, 1) * (away**2).sum(axis=1)).sum())
    moved = leave(np.asarray(task.present), labels, graph.weight)
    return _Choice(drawn_units(division, Job(code, task), labels), moved, cost)


def _hull(choices: list[_Choice]) -> list[_Choice]:
    """The lower convex hull of cost over change, from the least change to the least cost."""
    hull: list[_Choice] = []
    for choice in sorted(choices, key=lambda each: (each.moved, each.cost)):
        if hull and choice.cost >= hull[-1].cost - 1e-6 * hull[-1].cost:
            continue  # dominated
        while len(hull) > 1 and _slope(hull[-1], choice) >= _slope(hull[-2], hull[-1]):
            hull.pop()
        hull.append(choice)
    return hull


def _slope(one: _Choice, other: _Choice) -> float:
    """Cost that each further household saves."""
    return (one.cost - other.cost) / (other.moved - one.moved)


def _trades(
    prepared: Prepared, division: Division, hulls: Mapping[str, list[_Choice]], points: int
) -> tuple[Trade, ...]:
    """Go down the steepest slope that is left, community by community."""
    steps = sorted(
        (-_slope(one, other), code, number + 1)
        for code, hull in hulls.items()
        for number, (one, other) in enumerate(pairwise(hull))
    )
    here = {code: hull[0] for code, hull in hulls.items()}
    plans = [(math.inf, dict(here))]
    for slope, code, number in steps:
        here[code] = hulls[code][number]
        plans.append((-slope, dict(here)))
    told = np.array(
        [
            [sum(each.moved for each in plan.values()), sum(each.cost for each in plan.values())]
            for _, plan in plans
        ]
    )
    standing = Standing(prepared)
    trades = [
        _trade(prepared, division, standing, plans[place][1], plans[place][0])
        for place in _spread(told, points)
    ]
    return tuple(trades)


def _spread(told: NDArray[np.float64], points: int) -> list[int]:
    """Both ends, then again and again the plan that is farthest from those chosen; in order."""
    size = np.ptp(told, axis=0)
    scaled = told / np.where(size > 0, size, 1.0)
    chosen = sorted({0, len(told) - 1})
    while len(chosen) < min(points, len(told)):
        away = np.abs(scaled[:, None, :] - scaled[None, chosen, :]).sum(axis=2).min(axis=1)
        away[chosen] = -1.0
        chosen = sorted([*chosen, int(away.argmax())])
    return chosen


def _trade(
    prepared: Prepared, division: Division, standing: Standing, plan: Mapping[str, _Choice],
    price: float,
) -> Trade:  # fmt: skip
    edit = _edit(prepared, division, plan.values())
    moved = set() if edit is None else {unit for unit, (was, _) in edit.moved.items() if was}
    frame = prepared.units.frame
    return Trade(
        edit=edit,
        moved_households=int(frame.loc[frame[UNIT_ID].isin(moved), HOUSEHOLDS].sum()),
        compactness=sum(choice.cost for choice in plan.values()),
        breaches=standing.breaches(division if edit is None else apply(division, edit)),
        stay_price=price,
    )


def _edit(prepared: Prepared, division: Division, choices: Iterable[_Choice]) -> Edit | None:
    drawn = {unit: group for choice in choices for unit, group in choice.drawn.items()}
    return edit_of(prepared, division, drawn, EditKind.REDRAW)
