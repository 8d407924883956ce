"""The integer programme solved with HiGHS, and the rounds of contiguity cuts around it.

HiGHS answers for the bound: it sees the instance and at most the objective of a known plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from time import monotonic
from typing import Any

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from gridplan.partition.contiguity import separators
from gridplan.partition.score import missed
from gridplan.partition.statement import Spec, state

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]

SOLVER = f"HiGHS {version('highspy')} / PuLP {version('pulp')}"


@dataclass(frozen=True, eq=False)
class Closed:
    """What the programme ends in.

    Parameters
    ----------
    proved : bool
        Whether the answer is proved: optimal with `labels`, infeasible without.
    labels : int array, shape (n,), or None
        Centre of each unit (-1: none, only for the nodes of what lies beyond); a plan that keeps every constraint, contiguity included.
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


class Programme:
    """One programme, kept in the solver between rounds of cuts."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        rows, columns = np.nonzero(spec.arcs & np.diag(spec.arcs)[None, :])
        self.rows, self.columns = rows, columns
        self.lp = state(spec, rows.tolist(), columns.tolist())
        self.solver = pulp.HiGHS(msg=False, threads=1, gapRel=1e-9)
        self.solver.createAndConfigureSolver(self.lp)
        self.solver.buildSolverModel(self.lp)
        self.highs: Any = self.lp.solverModel
        if not spec.elastic:
            self.highs.setOptionValue("mip_abs_gap", 1e-9)
        variables = {var.name: var.index for var in self.lp.variables()}
        self.column = np.full(spec.arcs.shape, -1, dtype=np.int64)
        for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
            self.column[i, j] = variables[f"x_{i}_{j}"]
        self.count = len(variables)

    def cut(self, unit: int, centre: int, separator: INT) -> None:
        """A unit lies in a grid only with a unit of each separator between it and the centre."""
        columns = self.column[separator, centre]
        columns = np.append(columns[columns >= 0], self.column[unit, centre])
        values = np.append(-np.ones(len(columns) - 1), 1.0)
        self.highs.addRow(-highspy.kHighsInf, 0.0, len(columns), columns.astype(np.int32), values)

    def hint(self, labels: INT) -> None:
        """Hand the solver a plan to start from; it fills in the rest by itself."""
        known = np.flatnonzero(labels >= 0)
        values = np.zeros(len(self.rows))
        solution = self.column[self.rows, self.columns]
        chosen = self.column[known, labels[known]]
        values[np.isin(solution, chosen)] = 1.0
        self.highs.setSolution(len(solution), solution.astype(np.int32), values)

    def run(
        self, seconds: float, stop: Callable[[], bool] | None
    ) -> tuple[Any, float, BOOL | None]:
        """Solve once: the solver's own status, its dual bound, and which unit lies in which grid."""
        highs = self.highs
        highs.setOptionValue("time_limit", float(highs.getRunTime() + max(0.1, seconds)))
        if stop is not None:
            highs.HandleUserInterrupt = True
        end = monotonic() + seconds

        def watch(event: Any) -> None:
            if monotonic() > end or (stop is not None and stop()):
                event.interrupt()

        highs.cbMipInterrupt.clear()
        highs.cbMipInterrupt += watch
        self.solver.callSolver(self.lp)
        highs.cbMipInterrupt.clear()
        info = highs.getInfo()
        status = highs.getModelStatus()
        bound = float(info.mip_dual_bound)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return status, bound, None
        values = np.asarray(highs.getSolution().col_value)
        taken = values[self.column[self.rows, self.columns]] > 0.5
        member = np.zeros_like(self.spec.arcs)
        member[self.rows[taken], self.columns[taken]] = True
        return status, bound, member


def close(
    spec: Spec,
    *,
    seconds: float,
    known: INT | None = None,
    stop: Callable[[], bool] | None = None,
    tell: Callable[[float, float, INT | None], None] | None = None,
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

    Returns
    -------
    Closed
    """
    end = monotonic() + seconds
    programme = Programme(spec)
    best, objective, bound, rounds = known, math.inf, -math.inf, 0
    if known is not None:
        objective = worth(spec, known)
    proved, onward = False, tuple[int, ...]()
    while not proved and monotonic() < end - 0.05 and not (stop is not None and stop()):
        if best is not None:
            programme.hint(best)
        status, told, member = programme.run(end - monotonic(), stop)
        rounds += 1
        if status == highspy.HighsModelStatus.kInfeasible:
            return Closed(True, best, objective, objective, rounds)
        bound = max(bound, told)
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
            proved = status == highspy.HighsModelStatus.kOptimal
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
    return separators(member, spec.arcs, spec.indptr, spec.indices)


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
