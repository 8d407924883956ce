"""Solvers of the integer programme: HiGHS kept open between rounds, or another through PuLP."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, Protocol

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from gridplan.errors import GridplanError
from gridplan.partition.statement import Spec, state

INT = NDArray[np.int64]
BOOL = NDArray[np.bool_]

HIGHS = "highs"

SOLVERS = {
    HIGHS: ("HiGHS",),
    "cbc": ("COIN_CMD", "PULP_CBC_CMD"),
    "scip": ("SCIP_PY",),
    "gurobi": ("GUROBI",),
}
"""PuLP's names for each, the first that is installed is used.

Not those of SCIP and Gurobi by their commands: PuLP reads their answers at a time limit as proved.
"""


class Ended(StrEnum):
    """How a solver ended."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    OPEN = "open"
    """At its time limit, or anyhow without a proof."""


class Answer(NamedTuple):
    """What a solver says of the programme as it stands.

    Parameters
    ----------
    ended : Ended
    bound : float
        No solution has less; ``-inf`` where the solver does not tell.
    member : bool array, shape (n, n), or None
        Whether unit i lies in the grid centred at j; None without a solution.
    """

    ended: Ended
    bound: float
    member: BOOL | None


class Programme(Protocol):
    """One programme, kept between rounds of cuts."""

    def cut(self, unit: int, centre: int, separator: INT) -> None:
        """A unit lies in a grid only with a unit of each separator between it and the centre."""

    def hint(self, labels: INT) -> None:
        """Hand the solver a plan to start from."""

    def run(self, seconds: float, stop: Callable[[], bool] | None) -> Answer:
        """Solve once."""


def open_programme(spec: Spec, solver: str) -> Programme:
    """The programme of a spec in a solver.

    Raises
    ------
    GridplanError
        Where the solver is unknown or not installed.
    """
    if solver == HIGHS:
        return HighsProgramme(spec)
    return OtherProgramme(spec, installed(solver))


def installed(solver: str) -> str:
    """PuLP's name of a solver that is installed.

    Raises
    ------
    GridplanError
        Where the solver is unknown or not installed.
    """
    installed = pulp.listSolvers(onlyAvailable=True)
    names = [name for name in SOLVERS.get(solver, ()) if name in installed]
    if not names:
        have = [key for key, names in SOLVERS.items() if any(n in installed for n in names)]
        raise GridplanError("error.solver_missing", solver=solver, have=", ".join(have))
    return names[0]


def describe(solver: str) -> str:
    """Name and version for the record."""
    pulp_version = version("pulp")
    if solver == HIGHS:
        return f"HiGHS {version('highspy')} / PuLP {pulp_version}"
    return f"{solver.upper()} / PuLP {pulp_version}"


def write_model(spec: Spec, path: Path) -> None:
    """Write the programme for other tools, without the cuts that rounds would add.

    Parameters
    ----------
    spec : Spec
        From :func:`gridplan.partition.finish.spec_of`.
    path : Path
        Ends in ``.lp`` or ``.mps``.

    Raises
    ------
    GridplanError
        Where it ends otherwise.
    """
    rows, columns = _arcs(spec)
    lp = state(spec, rows.tolist(), columns.tolist())
    if path.suffix == ".lp":
        lp.writeLP(str(path))
    elif path.suffix == ".mps":
        lp.writeMPS(str(path))
    else:
        raise GridplanError("error.model_suffix", file=path.name)


def _arcs(spec: Spec) -> tuple[INT, INT]:
    rows, columns = np.nonzero(spec.arcs & np.diag(spec.arcs)[None, :])
    return rows, columns


class HighsProgramme:
    """One programme, kept in the solver between rounds of cuts."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        rows, columns = _arcs(spec)
        self.rows, self.columns = rows, columns
        self.lp = state(spec, rows.tolist(), columns.tolist())
        self.solver = pulp.HiGHS(msg=False, threads=1, gapRel=1e-9)
        self.solver.createAndConfigureSolver(self.lp)
        self.solver.buildSolverModel(self.lp)
        self.highs: Any = self.lp.solverModel
        if not spec.elastic:
            self.highs.setOptionValue("mip_abs_gap", 1e-9)
            # arcs are fixed by the Lagrangian bound already: measured, rounds take a fifth less
            self.highs.setOptionValue("presolve", "off")
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

    def run(self, seconds: float, stop: Callable[[], bool] | None) -> Answer:
        """Solve once."""
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
        known = {
            highspy.HighsModelStatus.kOptimal: Ended.OPTIMAL,
            highspy.HighsModelStatus.kInfeasible: Ended.INFEASIBLE,
        }
        ended = known.get(highs.getModelStatus(), Ended.OPEN)
        bound = float(info.mip_dual_bound)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Answer(ended, bound, None)
        values = np.asarray(highs.getSolution().col_value)
        taken = values[self.column[self.rows, self.columns]] > 0.5
        member = np.zeros_like(self.spec.arcs)
        member[self.rows[taken], self.columns[taken]] = True
        return Answer(ended, bound, member)


class OtherProgramme:
    """The same in any solver that PuLP reaches; stated anew for each round."""

    def __init__(self, spec: Spec, name: str) -> None:
        self.spec, self.name = spec, name
        rows, columns = _arcs(spec)
        self.lp = state(spec, rows.tolist(), columns.tolist())
        self.x = {tuple(map(int, v.name.split("_")[1:])): v for v in self.lp.variables()
                  if v.name.startswith("x_")}  # fmt: skip
        self.cuts = 0

    def cut(self, unit: int, centre: int, separator: INT) -> None:
        """A unit lies in a grid only with a unit of each separator between it and the centre."""
        between = [self.x[v, centre] for v in separator.tolist() if (v, centre) in self.x]
        self.cuts += 1
        self.lp += self.x[unit, centre] <= pulp.lpSum(between), f"cut_{self.cuts}"

    def hint(self, labels: INT) -> None:
        """Solvers behind PuLP start without a plan: not all of them would take one."""

    def run(self, seconds: float, stop: Callable[[], bool] | None) -> Answer:
        """Solve once; once begun, the clock alone ends it."""
        if stop is not None and stop():
            return Answer(Ended.OPEN, -math.inf, None)
        limit_s = max(1, math.ceil(seconds))
        begun = monotonic()
        self.lp.solve(pulp.getSolver(self.name, msg=False, timeLimit=limit_s, gapRel=1e-9))
        # at a time limit PuLP's two statuses may say anything: what took as long is no proof
        in_time = monotonic() - begun < limit_s
        status, told = self.lp.status, self.lp.sol_status
        if in_time and status == pulp.LpStatusInfeasible:
            return Answer(Ended.INFEASIBLE, -math.inf, None)
        if told not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
            return Answer(Ended.OPEN, -math.inf, None)
        member = np.zeros_like(self.spec.arcs)
        for (unit, centre), variable in self.x.items():
            member[unit, centre] = (variable.value() or 0.0) > 0.5
        if in_time and status == pulp.LpStatusOptimal and told == pulp.LpSolutionOptimal:
            return Answer(Ended.OPTIMAL, float(pulp.value(self.lp.objective)), member)
        return Answer(Ended.OPEN, -math.inf, member)
