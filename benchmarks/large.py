"""What no peer does, or none finishes: a whole street at once, and repairs after an edit."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from time import monotonic

import numpy as np

from benchmarks.communities import LOWER, RADIUS_M, UPPER, community
from gridplan.graph import UnitGraph
from gridplan.jobs import Job, run_jobs
from gridplan.partition import Outcome, Task, check_labels, redraw_community, repair
from gridplan.partition.check import Breach

Row = tuple[str, str]
"""What was measured, and the figure in words."""

_SIDES_M = np.array([86.7, 63.7])
"""Sides of the ground, for the root of the number of buildings: as dense as smaller communities."""


def measure(
    *,
    communities: int = 12,
    buildings: int = 417,
    groups: int = 32,
    seconds: float = 300.0,
    edits: int = 15,
) -> list[Row]:
    """Redraw a made-up street from scratch, then repair edits of two of its plans.

    Parameters
    ----------
    communities, buildings, groups : int
        Of the street; buildings and grids of each community.
    seconds : float
        For the whole street, on all processors.
    edits : int
        Single buildings moved over a border and kept there, in each of two communities.

    Returns
    -------
    list of Row
    """
    tasks = [_task(seed, buildings, groups) for seed in range(communities)]
    begun = monotonic()
    told = run_jobs(
        [Job(f"{number:02}", task) for number, task in enumerate(tasks)],
        time_limit_s=seconds,
        seed=0,
    )
    passed = monotonic() - begun
    return [
        *_street_rows(tasks, list(told.values()), passed),
        *_repair_rows(tasks[:2], edits),
    ]


def _task(seed: int, buildings: int, groups: int) -> Task:
    width_m, height_m = (_SIDES_M * np.sqrt(buildings)).tolist()
    problem, xy_m = community(seed, buildings, groups, (width_m, height_m))
    edges = np.zeros((0, 2), dtype=np.int64) if problem.edges is None else problem.edges.copy()
    names = tuple(str(number) for number in range(buildings))
    graph = UnitGraph(names, problem.weight.copy(), xy_m, edges, np.ones(len(edges)))
    return Task(graph, LOWER, UPPER, RADIUS_M, groups)


def _breaches(task: Task, labels: np.typing.NDArray[np.int64]) -> tuple[Breach, ...]:
    return check_labels(
        labels, weight=task.graph.weight, edges=task.graph.edges, lower=task.lower,
        upper=task.upper, distance=task.graph.metres, radius_m=task.radius_m,
    )  # fmt: skip


def _street_rows(tasks: list[Task], told: list[Outcome], passed: float) -> list[Row]:
    buildings = sum(len(task.graph) for task in tasks)
    broken = [
        len(_breaches(task, outcome.labels))
        for task, outcome in zip(tasks, told, strict=True)
        if outcome.labels is not None
    ]
    cost = sum(outcome.stages[-1].objective for outcome in told)
    bound = sum(outcome.stages[-1].bound for outcome in told)
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return [
        (f"street of {buildings:,} buildings in {len(tasks)} communities", f"{passed:.0f} s"),
        ("rules that its plan breaks", str(sum(broken))),
        ("gap to the bound, whole street", f"{(cost - bound) / cost:.2%}"),
        ("memory of the largest process", f"{peak / 2**20:.2f} GiB"),
    ]


def _repair_rows(tasks: list[Task], edits: int) -> list[Row]:
    taken, left = [], 0
    for task in tasks:
        plan = redraw_community(task, time_limit_s=10.0, seed=0).labels
        rng = np.random.default_rng(0)
        edges = task.graph.edges
        border = edges[plan[edges[:, 0]] != plan[edges[:, 1]]]
        for unit, beside in border[rng.integers(len(border), size=edits)].tolist():
            edited = plan.copy()
            edited[unit] = plan[beside]
            begun = monotonic()
            outcome = repair(task, edited, keep=(unit,))
            passed, (missed, _, change) = monotonic() - begun, outcome.stages
            left += missed.objective > 0
            if missed.objective > 0 or change.objective > 0:
                taken.append(passed)
    return [
        (f"edits that broke a rule, of {edits * len(tasks)}", str(len(taken))),
        ("repair of those: median", f"{np.median(taken):.2f} s" if taken else "–"),
        ("repair of those: longest", f"{max(taken, default=0):.2f} s"),
        ("edits after which a limit is still missed", str(left)),
    ]


def write(rows: list[Row], path: Path) -> None:
    """Keep the rows, so that the page can be written anew without a run."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(rows, indent=1), "utf-8")


def read(path: Path) -> list[Row]:
    """Read what :func:`write` wrote; nothing where it never did."""
    if not path.exists():
        return []
    return [(what, figure) for what, figure in json.loads(path.read_text("utf-8"))]
