"""Communities are independent jobs, solved in worker processes with progress and a stop."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from typing import Any

import numpy as np

from gridplan.partition import Progress, Task, redraw_community
from gridplan.partition.outcome import Outcome

POLL_S = 0.2
SHORTEST_S = 2.0

MOST_AGAIN = 3
"""Further tries: each holds the distances between all units of its community in memory."""


@dataclass(frozen=True, eq=False)
class Job:
    """One community to be redrawn.

    Parameters
    ----------
    code : str
        Of the community.
    task : Task
        What is asked for.
    """

    code: str
    task: Task


def run_jobs(
    jobs: Sequence[Job],
    *,
    time_limit_s: float,
    seed: int,
    workers: int | None = None,
    report: Callable[[str, float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> dict[str, Outcome]:
    """Solve every job, the largest first; spare processes try the largest with other seeds.

    Parameters
    ----------
    jobs : sequence of Job
        With different codes.
    time_limit_s : float
        Wall-clock time for all of them together.
    seed : int
        Passed to each.
    workers : int, optional
        Processes; as many as there are processors where left out.
    report : callable, optional
        Told ``"step.solve"`` and the share done.
    stop : callable, optional
        Where it returns true, every job ends with its best plan so far.

    Returns
    -------
    dict of str to Outcome
        By community code, in the order of `jobs`.
    """
    count = workers or os.cpu_count() or 1
    limits = share_time(jobs, time_limit_s, count)
    tries = spread_tries(jobs, count, seed)
    context = multiprocessing.get_context("spawn")
    messages, stopped = context.Queue(), context.Event()
    shares = dict.fromkeys((job.code for job in jobs), 0.0)
    with ProcessPoolExecutor(count, context, _attach, (messages, stopped)) as pool:
        waiting: dict[Future[Outcome], str] = {}
        with _deaf_to_interrupts():
            for job, its_seed in tries:
                waiting[pool.submit(_solve, job, limits[job.code], its_seed)] = job.code
        pending = set(waiting)
        while pending:
            done, pending = wait(pending, POLL_S, FIRST_COMPLETED)
            shares.update({waiting[future]: 1.0 for future in done})
            _drain(messages, shares)
            if stop is not None and stop():
                stopped.set()
            if report is not None:
                report("step.solve", sum(shares.values()) / len(shares))
        found: dict[str, list[Outcome]] = {job.code: [] for job in jobs}
        for future, code in waiting.items():  # in the order of submission, so that ties are settled
            found[code].append(future.result())
    return {code: best_of(outcomes) for code, outcomes in found.items()}


def spread_tries(jobs: Sequence[Job], workers: int, seed: int) -> list[tuple[Job, int]]:
    """Each job once with the seed, the largest first; then the largest again with further seeds.

    Parameters
    ----------
    jobs : sequence of Job
        At least one.
    workers : int
        Processes; where there are more than jobs, up to `MOST_AGAIN` of them try again.
    seed : int
        Of the first try; the others take the numbers after it.
    """
    ordered = sorted(jobs, key=lambda job: -len(job.task.graph))
    spare = min(max(workers - len(ordered), 0), MOST_AGAIN)
    again = [(ordered[n % len(ordered)], seed + 1 + n // len(ordered)) for n in range(spare)]
    return [*((job, seed) for job in ordered), *again]


def best_of(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome whose stages are least, first to last; of equals, the first.

    Of outcomes that relax the limits equally, the one with most of it proved comes first: what
    is not proved is a violation. Its bounds are its own: tries may share out their grids over a
    community's pieces differently, and a bound holds for one such share alone.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of one job, with different seeds.
    """

    def rank(outcome: Outcome) -> list[float]:
        first, *rest = outcome.stages
        return [first.objective, -first.bound, *(stage.objective for stage in rest)]

    return min(outcomes, key=rank)


def share_time(jobs: Sequence[Job], time_limit_s: float, workers: int) -> dict[str, float]:
    """Seconds for each job by its number of units; none gets more than the whole time."""
    total = sum(len(job.task.graph) for job in jobs) or 1
    budget_s = time_limit_s * workers
    return {
        job.code: float(np.clip(budget_s * len(job.task.graph) / total, SHORTEST_S, time_limit_s))
        for job in jobs
    }


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes born here ignore Ctrl+C, which reaches them too: the parent says when to end."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's; a page's server has its own way to stop
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_messages: Any = None
_stopped: Event | None = None


def _attach(messages: Any, stopped: Event) -> None:
    """Give a worker process its way to tell progress and to hear of a stop."""
    global _messages, _stopped
    _messages, _stopped = messages, stopped


def _solve(job: Job, time_limit_s: float, seed: int) -> Outcome:
    def tell(progress: Progress) -> None:
        _messages.put((job.code, progress.share))

    def asked_to_stop() -> bool:
        return _stopped is not None and _stopped.is_set()

    return redraw_community(
        job.task, time_limit_s=time_limit_s, seed=seed, progress=tell, stop=asked_to_stop
    )


def _drain(messages: Any, shares: dict[str, float]) -> None:
    while True:
        try:
            code, share = messages.get_nowait()
        except queue.Empty:
            return
        shares[code] = max(shares[code], share)
