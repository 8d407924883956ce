"""What arithmetic alone says about a problem, before any solver."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.improve import Span
from gridplan.partition.limits import Measure
from gridplan.partition.outcome import Reason
from gridplan.partition.problem import Problem
from gridplan.tiling import piece_of

INT = NDArray[np.int64]
BOOL = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Parts:
    """Connected pieces of a problem, each with the numbers of grids that its households allow.

    Parameters
    ----------
    units : tuple of int arrays
    span : tuple of Span
        The targets sum to the number of grids asked for.
    reasons : tuple of Reason
        Why no plan exists; empty where arithmetic does not tell.
    """

    units: tuple[INT, ...]
    span: tuple[Span, ...]
    reasons: tuple[Reason, ...]


def parts_of(problem: Problem, arcs: BOOL) -> Parts:
    """Divide a problem into pieces, share out its grids, and find what cannot be.

    Parameters
    ----------
    problem : Problem
    arcs : bool array, shape (n, n)
        Where a legal grid centred at j can hold unit i.
    """
    count = len(problem)
    reasons = too_heavy(problem.measures, problem.terms.either)
    lost = np.flatnonzero(~(problem.legal & problem.legal.diagonal()[None, :]).any(axis=1))
    reasons += [Reason("reason.unreached", (int(unit),), {}) for unit in lost]
    piece = np.zeros(count, dtype=np.int64)
    if problem.edges is not None:
        piece = piece_of(count, *problem.edges.T)
    units = tuple(np.flatnonzero(piece == number) for number in range(piece.max() + 1))
    ranges = [count_range(problem.measures, problem.terms.either, own) for own in units]
    ranges = [
        (fewest, min(most, len(own))) for own, (fewest, most) in zip(units, ranges, strict=True)
    ]
    for own, (fewest, most) in zip(units, ranges, strict=True):
        if fewest > most:
            reasons.append(_count_reason("reason.component", problem, own, fewest, most, None))
    least, greatest = sum(r[0] for r in ranges), sum(r[1] for r in ranges)
    groups = least if problem.groups is None else problem.groups
    if not reasons and not least <= groups <= greatest:
        everyone = np.arange(count)
        reasons.append(_count_reason("reason.total", problem, everyone, least, greatest, groups))
    if not reasons:
        lost = np.flatnonzero(~(arcs & arcs.diagonal()[None, :]).any(axis=1))
        if len(lost):
            reasons.append(Reason("reason.unserved", tuple(lost.tolist()), {"units": len(lost)}))
    return Parts(units, () if reasons else _shared(problem, units, ranges, groups), tuple(reasons))


def too_heavy(measures: Sequence[Measure], either: bool) -> list[Reason]:
    """Units above the upper limit by themselves; where one measure is enough, above all.

    Parameters
    ----------
    measures : sequence of Measure
        Households first.
    either : bool
    """
    over = [each.amount > each.upper for each in measures]
    if either:
        over = [np.logical_and.reduce(over)]
    return [
        Reason(
            "reason.unit_too_heavy",
            (unit,),
            {"households": int(each.amount[unit]), "upper": each.upper, "measure": each.name},
        )
        for each, units in zip(measures, over, strict=False)
        for unit in np.flatnonzero(units).tolist()
    ]


def count_range(measures: Sequence[Measure], either: bool, own: INT) -> tuple[int, int]:
    """Fewest and most grids that the limits allow some units; none where fewest > most.

    Parameters
    ----------
    measures : sequence of Measure
        Households first.
    either : bool
    own : int array
        Positions of the units.
    """
    if either:
        # a grid within one measure's limits may hold any amount of the others
        return 1, len(own)
    ranges = [_range(each, own) for each in measures]
    return max(fewest for fewest, _ in ranges), min(most for _, most in ranges)


def _range(measure: Measure, own: INT) -> tuple[int, int]:
    held, lower, upper = int(measure.amount[own].sum()), measure.lower, measure.upper
    fewest = 1 if math.isinf(upper) or held == 0 else math.ceil(held / max(1e-9, upper))
    most = len(own) if lower == 0 else int(held // lower)
    return max(1, fewest), most


def _count_reason(
    key: str, problem: Problem, own: INT, fewest: int, most: int, groups: int | None
) -> Reason:
    values = {
        "households": int(problem.weight[own].sum()), "lower": problem.lower,
        "upper": problem.upper, "fewest": fewest, "most": most, "groups": groups,
    }  # fmt: skip
    return Reason(key, tuple(own.tolist()), values)


def _shared(
    problem: Problem, units: tuple[INT, ...], ranges: list[tuple[int, int]], groups: int
) -> tuple[Span, ...]:
    """Targets by households, largest remainder, within the ranges."""
    held = np.array([float(problem.weight[own].sum()) for own in units])
    ideal = groups * held / max(1.0, held.sum())
    target = [fewest for fewest, _ in ranges]
    while sum(target) < groups:
        room = [k for k in range(len(units)) if target[k] < ranges[k][1]]
        target[max(room, key=lambda k: (ideal[k] - target[k], -k))] += 1
    return tuple(
        Span(goal, goal, most if problem.groups is None else goal)
        for goal, (_, most) in zip(target, ranges, strict=True)
    )
