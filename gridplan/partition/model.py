"""The integer programme solved, and the rounds of contiguity cuts around it.

The solver answers for the bound: it sees the instance and at most a plan to start from.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.contiguity import separators
from gridplan.partition.score import missed
from gridplan.partition.solvers import HIGHS, Ended, open_programme
from gridplan.partition.statement import Spec

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Closed:
    """What the programme ends in.

    Parameters
    ----------
    proved : bool
        Whether the answer is proved: optimal with `labels`, infeasible without.
    labels : int array, shape (n,), or None
        Centre of each unit (-1: none, only for the nodes of what lies beyond); a plan that keeps
        every constraint, contiguity included.
    objective, bound : float
        ``inf`` without labels, as ever where units lie beyond; the bound holds in every case.
    rounds : int
        Of cuts.
    onward : tuple of int
        Centres whose grids hold the outer node.
    """

    proved: bool
    labels: INT | None
    objective: float
    bound: float
    rounds: int
    onward: tuple[int, ...] = ()


def close(
    spec: Spec,
    *,
    seconds: float,
    known: INT | None = None,
    stop: Callable[[], bool] | None = None,
    tell: Callable[[float, float, INT | None], None] | None = None,
    solver: str = HIGHS,
) -> Closed:
    """Solve, separate, resolve, until the answer is in one piece, or the time is up.

    Parameters
    ----------
    spec : Spec
    seconds : float
        Wall-clock time.
    known : int array, optional
        Centres of a plan to start from.
    stop : callable, optional
        Ends the work when it says True.
    tell : callable, optional
        Called with objective, bound and labels after each round.
    solver : str
        ``highs``, ``cbc``, ``scip`` or ``gurobi``.

    Returns
    -------
    Closed
    """
    end = monotonic() + seconds
    if spec.beyond is None and not spec.arcs.any(axis=1).all():
        # a unit that may go nowhere: there is nothing to state
        return Closed(True, None, math.inf, math.inf, 0)
    programme = open_programme(spec, solver)
    best, bound, rounds = known, -math.inf, 0
    objective = math.inf if known is None else worth(spec, known)
    proved, onward = False, tuple[int, ...]()
    while not proved and monotonic() < end - 0.05 and not (stop is not None and stop()):
        if best is not None:
            programme.hint(best)
        answer = programme.run(end - monotonic(), stop)
        rounds, member = rounds + 1, answer.member
        if answer.ended is Ended.INFEASIBLE:
            return Closed(True, best, objective, objective, rounds)
        bound = max(bound, answer.bound)
        cuts = _cuts(spec, member)
        if member is not None and not cuts:
            labels, onward = _labels(spec, member)
            # what a place misses depends on what its grids take from beyond: it has no worth
            value = math.inf if spec.beyond is not None else worth(spec, labels)
            if best is None or value < objective:
                best, objective = labels, value
        if tell is not None:
            tell(objective, bound, best)
        if not cuts:
            proved = answer.ended is Ended.OPTIMAL
            break
        for unit, centre, separator in cuts:
            programme.cut(unit, centre, separator)
    return Closed(proved, best, objective, min(bound, objective), rounds, onward)


def _labels(spec: Spec, member: BOOL) -> tuple[INT, tuple[int, ...]]:
    """Centre of each unit, -1 for none, and the centres of grids that hold the outer node."""
    labels = np.where(member.any(axis=1), member.argmax(axis=1), -1)
    if spec.beyond is None:
        return labels, ()
    outer = spec.beyond.outer
    labels[outer] = -1
    return labels, tuple(np.flatnonzero(member[outer]).tolist())


def _cuts(spec: Spec, member: BOOL | None) -> list[tuple[int, int, INT]]:
    """Separators that the solver's answer breaks."""
    if member is None or not spec.contiguous:
        return []
    return separators(member, spec.arcs, spec.indptr, spec.indices, spec.hard)


def worth(spec: Spec, labels: INT) -> float:
    """What the programme minimises, of a plan."""
    known = np.flatnonzero(labels >= 0)
    centres, own = np.unique(labels[known], return_inverse=True)
    load = spec.measures.load[:, known]
    held = np.array([np.bincount(own, amount, len(centres)) for amount in load])
    if spec.elastic:
        return float(sum(missed(np.ascontiguousarray(each), spec.measures) for each in held.T))
    off = spec.balance * float(np.abs(held[0] - spec.mean).sum())
    return float(spec.cost[known, labels[known]].sum()) + off
