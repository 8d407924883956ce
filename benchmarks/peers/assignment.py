"""The assignment model on HiGHS, as most would write it: no search, no cuts, no start.

Plain, it knows every rule but contiguity. With flows (one commodity for each centre) it knows that
too, at the price of many more variables.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from benchmarks.peers.common import FLOAT, INT, Job, Judge, play


@dataclass
class Rows:
    """Rows of a programme, gathered as triplets."""

    row: list[INT] = field(default_factory=list)
    column: list[INT] = field(default_factory=list)
    value: list[FLOAT] = field(default_factory=list)
    least: list[FLOAT] = field(default_factory=list)
    most: list[FLOAT] = field(default_factory=list)
    count: int = 0

    def add(self, least: FLOAT, most: FLOAT, *terms: tuple[INT, INT, FLOAT]) -> None:
        """Add rows ``least ≤ Σ value · column ≤ most``; a term is (row in block, column, value)."""
        for row, column, value in terms:
            self.row.append(row + self.count)
            self.column.append(column)
            self.value.append(np.broadcast_to(value, column.shape).astype(float))
        self.least.append(least)
        self.most.append(most)
        self.count += len(least)


@dataclass(frozen=True, eq=False)
class Model:
    """The programme, and where its variables stand.

    Parameters
    ----------
    unit, centre : int array, shape (a,)
        Of each assignment; variable k is the k-th.
    lp : HighsLp
        For the solver.
    """

    unit: INT
    centre: INT
    lp: highspy.HighsLp

    def labels(self, values: NDArray[Any]) -> INT:
        """Centre of each unit in a solution."""
        taken = np.asarray(values)[: len(self.unit)] > 0.5
        labels = np.zeros(int(self.unit.max()) + 1, dtype=np.int64)
        labels[self.unit[taken]] = self.centre[taken]
        return labels


def build(job: Job, *, flows: bool = False) -> Model:
    """State the model.

    Parameters
    ----------
    job : Job
    flows : bool
        Whether to demand one piece of every grid by flows from its units to its centre.

    Returns
    -------
    Model
    """
    allowed = np.isfinite(job.cost) & np.isfinite(np.diag(job.cost))[None, :]
    unit, centre = np.nonzero(allowed)
    place = np.full(allowed.shape, -1, dtype=np.int64)
    place[unit, centre] = np.arange(len(unit))
    rows = Rows()
    _assignment_rows(job, rows, place)
    extra = _flow_rows(job, rows, place) if flows and job.edges is not None else 0
    return Model(unit, centre, _lp(rows, job.cost[unit, centre], extra))


def _assignment_rows(job: Job, rows: Rows, place: INT) -> None:
    """All rules but one piece."""
    own = np.diag(place)
    unit, centre = np.nonzero(place >= 0)
    everything = np.arange(len(unit))
    one, inf = np.ones(1), np.inf
    # each unit in exactly one grid
    rows.add(np.ones(len(job)), np.ones(len(job)), (unit, everything, one))
    # only to an open centre
    other = everything[unit != centre]
    rows.add(
        np.full(len(other), -inf), np.zeros(len(other)),
        (np.arange(len(other)), other, one), (np.arange(len(other)), own[centre[other]], -one),
    )  # fmt: skip
    # household limits of an open centre
    hubs = np.flatnonzero(own >= 0)
    number = np.full(len(job), -1, dtype=np.int64)
    number[hubs] = np.arange(len(hubs))
    load = (number[centre], everything, job.weight[unit].astype(float))
    for limit, span in ((job.lower, (0.0, inf)), (job.upper, (-inf, 0.0))):
        least, most = (np.full(len(hubs), end) for end in span)
        rows.add(least, most, load, (number[hubs], own[hubs], -limit * one))
    # as many centres as asked for
    asked = np.array([float(job.groups)])
    rows.add(asked, asked, (np.zeros(len(hubs), dtype=np.int64), own[hubs], one))


def _flow_rows(job: Job, rows: Rows, place: INT) -> int:
    """Each unit of a grid sends one to its centre, over units of the grid; number of flows."""
    ends = np.vstack([job.edges, job.edges[:, ::-1]])  # type: ignore[index]  # edges are there
    arc, centre = np.nonzero((place[ends] >= 0).all(axis=1))
    tail, head = ends[arc].T
    kept = tail != centre
    tail, head, centre = tail[kept], head[kept], centre[kept]
    first, one = int(place.max()) + 1, np.ones(1)
    flow = first + np.arange(len(tail))
    unit, hub = np.nonzero((place >= 0) & ~np.eye(len(job), dtype=bool))
    number = np.full(place.shape, -1, dtype=np.int64)
    number[unit, hub] = np.arange(len(unit))
    inward = head != centre
    # what leaves a unit is what enters it and its own
    rows.add(
        np.zeros(len(unit)), np.zeros(len(unit)),
        (number[tail, centre], flow, one),
        (number[head[inward], centre[inward]], flow[inward], -one),
        (np.arange(len(unit)), place[unit, hub], -one),
    )  # fmt: skip
    # only a unit of the grid passes anything on
    rows.add(
        np.full(len(unit), -np.inf), np.zeros(len(unit)),
        (number[tail, centre], flow, one),
        (np.arange(len(unit)), place[unit, hub], -float(len(job) - job.groups) * one),
    )  # fmt: skip
    return len(tail)


def _lp(rows: Rows, cost: FLOAT, extra: int) -> highspy.HighsLp:
    """For the solver: assignments are yes or no, flows any amount."""
    columns = len(cost) + extra
    triplets = (np.concatenate(rows.value), (np.concatenate(rows.row), np.concatenate(rows.column)))
    matrix = coo_array(triplets, shape=(rows.count, columns)).tocsc()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, rows.count
    lp.col_cost_ = np.concatenate([cost, np.zeros(extra)])
    lp.col_lower_ = np.zeros(columns)
    lp.col_upper_ = np.concatenate([np.ones(len(cost)), np.full(extra, highspy.kHighsInf)])
    lp.row_lower_, lp.row_upper_ = np.concatenate(rows.least), np.concatenate(rows.most)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    kinds = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [kinds[0]] * len(cost) + [kinds[1]] * extra
    return lp


def search(job: Job, judge: Judge, *, flows: bool = False) -> None:
    """Solve, and offer every plan that the solver finds better than its last."""
    model = build(job, flows=flows)
    highs = highspy.Highs()
    for option, value in {
        "output_flag": False, "threads": 1, "mip_rel_gap": 1e-9, "random_seed": job.seed,
        "time_limit": max(0.1, judge.left_s),
    }.items():  # fmt: skip
        highs.setOptionValue(option, value)
    highs.passModel(model.lp)
    highs.cbMipImprovingSolution += lambda event: judge.offer(
        model.labels(event.data_out.mip_solution)
    )
    highs.solve()
    if highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        judge.offer(model.labels(highs.getSolution().col_value))
    bound = float(highs.getInfo().mip_dual_bound)
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        judge.infeasible()
    elif np.isfinite(bound):
        judge.bounded(bound)


if __name__ == "__main__":
    play(("highspy",), lambda job, judge: search(job, judge, flows="--flows" in sys.argv))
