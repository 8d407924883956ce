"""A community falls into jobs that have nothing to do with each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.improve import Span
from gridplan.partition.outcome import Reason
from gridplan.tiling import piece_of

if TYPE_CHECKING:
    from gridplan.graph import UnitGraph

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]

_FILL = 0.8
"""Share of the upper limit that a grid is planned for where nobody says how many grids."""


@dataclass(frozen=True, eq=False)
class Job:
    """Units that are divided among themselves.

    Parameters
    ----------
    units : int array
        Positions in the community, in one piece.
    households : int
    span : Span
        How many grids.
    centre : int
        Position of the one centre where the job is a single grid already, else -1.
    scoped : bool
        Whether the job lies inside one compound: as few grids as possible.
    whole : bool
        Whether some whole number of grids fits the household limits.
    reasons : tuple of Reason
        What is already known not to be possible; positions in the community.
    """

    units: INT
    households: int
    span: Span
    centre: int
    scoped: bool
    whole: bool
    reasons: tuple[Reason, ...]


def divide(
    graph: UnitGraph, scopes: NDArray[np.str_], lower: float, upper: float, radius_m: float
) -> list[Job]:
    """Divide a community: by scope, then units above the limit, then connected pieces.

    A unit above the upper limit is a grid by itself; a piece that only such a unit joins to the
    rest, and that holds no more than half the lower limit, shares its grid where all of it is
    within the radius: alone it would miss the limits by more.

    Returns
    -------
    list of Job
        Every unit in exactly one; largest first.
    """
    weight = graph.weight
    heavy = weight > upper
    same = scopes[graph.edges[:, 0]] == scopes[graph.edges[:, 1]]
    light = ~heavy[graph.edges].any(axis=1)
    piece = piece_of(len(graph), *graph.edges[same & light].T)
    towers = {int(u): [int(u)] for u in np.flatnonzero(heavy)}
    rest = []
    for number in np.unique(piece[~heavy]).tolist():
        units = np.flatnonzero((piece == number) & ~heavy)
        host = _host(graph, units, graph.edges[same & ~light], heavy, radius_m)
        if host >= 0 and weight[units].sum() * 2 <= lower:
            towers[host] += units.tolist()
        else:
            rest.append(_job(units, int(weight[units].sum()), bool(scopes[units[0]]), lower, upper))
    jobs = rest + [_tower(unit, units, weight, upper) for unit, units in towers.items()]
    return sorted(jobs, key=lambda job: (-len(job.units), int(job.units[0])))


def _host(
    graph: UnitGraph, units: INT, edges: INT, heavy: NDArray[np.bool_], radius_m: float
) -> int:
    """The unit above the limit beside some units, with all of them within its radius; or -1."""
    inside = np.zeros(len(graph), dtype=bool)
    inside[units] = True
    beside = edges[inside[edges].any(axis=1)]
    hosts = np.unique(beside[heavy[beside]])
    away = [float(np.hypot(*(graph.xy_m[units] - graph.xy_m[h]).T).max()) for h in hosts]
    return int(hosts[int(np.argmin(away))]) if away and min(away) <= radius_m else -1


def _tower(unit: int, units: list[int], weight: INT, upper: float) -> Job:
    positions = np.array(sorted(units), dtype=np.int64)
    values = {"households": int(weight[unit]), "upper": upper}
    reason = Reason("reason.unit_too_heavy", tuple(positions.tolist()), values)
    held = int(weight[positions].sum())
    return Job(positions, held, Span(1, 1, 1), unit, False, True, (reason,))


def _job(units: INT, held: int, scoped: bool, lower: float, upper: float) -> Job:
    count = len(units)
    fewest = 1 if math.isinf(upper) else max(1, math.ceil(held / upper))
    most = count if lower == 0 else int(held // lower)
    if fewest <= most:
        fewest, most = min(fewest, count), min(most, count)
        wanted = fewest if scoped or math.isinf(upper) else round(held / (_FILL * upper))
        span = Span(fewest, min(most, max(fewest, wanted)), most)
        return Job(units, held, span, -1, scoped, True, ())
    values = {
        "households": held, "lower": lower, "upper": upper, "fewest": fewest, "most": most,
    }  # fmt: skip
    reason = Reason("reason.component", tuple(units.tolist()), values)
    # too many for `most` grids, too few for `fewest`: the lesser miss
    over, under = held - most * upper, fewest * lower - held
    count_wanted = min(count, most if most >= 1 and over <= under else fewest)
    span = Span(count_wanted, count_wanted, count_wanted)
    return Job(units, held, span, -1, scoped, False, (reason,))


def share_out(jobs: list[Job], groups: int) -> list[Job]:
    """Set the targets of the jobs so that they sum to `groups`, as far as their spans allow.

    Scopes keep their fewest; the rest is shared by households, largest remainder.
    """
    free = [k for k, job in enumerate(jobs) if not job.scoped and job.span.least < job.span.most]
    left = groups - sum(job.span.target for k, job in enumerate(jobs) if k not in free)
    target = {k: jobs[k].span.least for k in free}
    held = sum(jobs[k].households for k in free) or 1
    ideal = {k: left * jobs[k].households / held for k in free}
    while sum(target.values()) < left:
        room = [k for k in free if target[k] < jobs[k].span.most]
        if not room:
            break
        neediest = max(room, key=lambda k: (ideal[k] - target[k], -k))
        target[neediest] += 1
    return [_aimed(job, target[k]) if k in target else job for k, job in enumerate(jobs)]


def _aimed(job: Job, target: int) -> Job:
    span = Span(job.span.least, target, job.span.most)
    return Job(job.units, job.households, span, job.centre, job.scoped, job.whole, job.reasons)
