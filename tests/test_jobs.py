"""Jobs share time and processes; of several tries the best counts."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from gridplan.graph import UnitGraph
from gridplan.jobs import Job, best_of, run_jobs, share_time, spread_tries
from gridplan.partition import Task
from gridplan.partition.outcome import Outcome, Stage, Status


def row(code: str, count: int) -> Job:
    """A street of houses with 100 households each, 50 m apart."""
    ids = tuple(f"{code}{i}" for i in range(count))
    xy_m = np.array([[50.0 * i, 0.0] for i in range(count)])
    edges = np.array([[i, i + 1] for i in range(count - 1)])
    graph = UnitGraph(ids, np.full(count, 100), xy_m, edges, np.full(count - 1, 10.0))
    return Job(code, Task(graph, 300, 500, 300))


def test_no_process_stays_idle() -> None:
    small, large = row("a", 4), row("b", 8)
    told = [(job.code, seed) for job, seed in spread_tries([small, large], 4, 7)]
    assert told == [("b", 7), ("a", 7), ("b", 8), ("a", 8)]
    assert [job.code for job, _ in spread_tries([small, large], 1, 7)] == ["b", "a"]


def test_many_processors_do_not_mean_many_copies() -> None:
    told = [(job.code, seed) for job, seed in spread_tries([row("a", 4)], 64, 7)]
    assert told == [("a", 7), ("a", 8), ("a", 9), ("a", 10)]


def test_time_is_shared_by_size_and_none_gets_more_than_all() -> None:
    limits = share_time([row("a", 10), row("b", 90)], 60, 2)
    assert limits == {"a": pytest.approx(12), "b": 60}


def outcome(*objectives: float, proved: float = 0) -> Outcome:
    names = ("relaxation", "groups", "compactness")
    bounds = (proved, 0, 0)
    told = zip(names, objectives, bounds, strict=True)
    stages = tuple(Stage(name, value, bound) for name, value, bound in told)
    return Outcome(Status.FEASIBLE, np.zeros(1, np.int64), stages, 1.0, 1)


def test_the_first_stage_decides_then_the_next() -> None:
    worse, better, equal = outcome(5, 3, 10), outcome(0, 4, 99), outcome(0, 4, 99)
    assert best_of([worse, better, equal]) is better
    assert best_of([outcome(0, 4, 98), better]).stages[-1].objective == 98


def test_of_equal_relaxations_the_proved_one_counts() -> None:
    open_, proved = outcome(9, 3, 10), outcome(9, 4, 99, proved=9)
    assert best_of([open_, proved]) is proved


def test_processes_report_and_end_with_legal_plans() -> None:
    shares: list[float] = []
    jobs = [row("a", 8), row("b", 12)]
    found = run_jobs(
        jobs, time_limit_s=6, seed=3, workers=2, report=lambda _, share: shares.append(share)
    )
    assert list(found) == ["a", "b"]
    for job in jobs:
        labels = found[job.code].labels
        assert labels is not None
        weight = np.bincount(labels, job.task.graph.weight, len(labels))
        assert ((weight == 0) | ((weight >= 300) & (weight <= 500))).all()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_stop_ends_early_with_a_plan() -> None:
    found = run_jobs([row("a", 40)], time_limit_s=300, seed=1, workers=1, stop=lambda: True)
    assert found["a"].labels is not None
    assert found["a"].seconds < 60


def test_any_executor_can_be_handed_in() -> None:
    """Nothing but the arguments reaches a worker: here in processes that know no queue of ours."""
    shares: list[float] = []
    jobs = [row("a", 8), row("b", 12)]
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        found = run_jobs(
            jobs, time_limit_s=4, seed=3, workers=4, executor=executor,
            report=lambda _, share: shares.append(share),
        )  # fmt: skip
    assert list(found) == ["a", "b"]
    assert all(outcome.labels is not None for outcome in found.values())
    assert shares == sorted(shares)


def test_a_stop_on_an_executor_waits_for_one_try_of_each() -> None:
    with ThreadPoolExecutor(1) as executor:
        found = run_jobs(
            [row("a", 8)], time_limit_s=4, seed=3, workers=3, executor=executor, stop=lambda: True
        )
    assert found["a"].seed == 3


STARTER = """
import multiprocessing
import sys

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    from gridplan.jobs import run_jobs
    from tests.test_jobs import row

    def tell(_, share):
        if share > 0:  # the workers solve
            print(*[child.pid for child in multiprocessing.active_children()], flush=True)

    run_jobs([row("a", 80), row("b", 80)], time_limit_s=600, seed=1, workers=2, report=tell)
"""


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended may wait for somebody to ask after it."""
    ps = shutil.which("ps")
    if ps is None:
        pytest.skip("nothing here tells which processes run")
    command = [ps, "-o", "stat=", "-p", str(pid)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return told.stdout.strip()[:1] not in ("", "Z")


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    script = tmp_path / "starter.py"
    script.write_text(STARTER, "utf-8")
    command = [sys.executable, str(script), str(Path(__file__).parents[1])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        workers = [int(pid) for pid in starter.stdout.readline().split()]
        assert len(workers) == 2
        assert all(is_alive(pid) for pid in workers)
        os.kill(starter.pid, signal.SIGKILL)
        starter.wait(20)
    patience = 100
    while patience and any(is_alive(pid) for pid in workers):
        patience -= 1
        time.sleep(0.2)
    orphans = [pid for pid in workers if is_alive(pid)]
    for pid in orphans:
        os.kill(pid, signal.SIGKILL)
    assert not orphans
