"""Communities are independent jobs, solved in worker processes with progress and a stop."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for_one
from multiprocessing.synchronize import Event
from typing import Any

import numpy as np

from gridplan.errors import CancelledError
from gridplan.partition import Progress, Task, redraw_community
from gridplan.partition.outcome import Outcome

Report = Callable[[str, float], None]
"""Told the step in hand (a catalogue entry) and the share done, 0 to 1."""

Stop = Callable[[], bool]
"""Says whether the user wants to stop."""

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
    executor: Executor | None = None,
    report: Report | None = None,
    stop: Stop | None = None,
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
    executor : concurrent.futures.Executor, optional
        That runs the jobs in place of processes of this machine: a cluster's, say (a Dask
        client's ``get_executor()``). It tells no progress but the jobs that are done.
    report : callable, optional
        Told ``"step.solve"`` and the share done.
    stop : callable, optional
        Where it returns true, every job ends with its best plan so far; on an `executor`, spare
        tries are dropped and each community's own is awaited.

    Returns
    -------
    dict of str to Outcome
        By community code, in the order of `jobs`.
    """
    count = workers or os.cpu_count() or 1
    limits = share_time(jobs, time_limit_s, count)
    tries = [(job, limits[job.code], its_seed) for job, its_seed in spread_tries(jobs, count, seed)]
    teller = _Teller([job.code for job in jobs], report, stop)
    if executor is not None:
        waiting = {executor.submit(_solve_quietly, *each): each[0].code for each in tries}
        _watch(waiting, teller, None)
    else:
        waiting = _solve_here(tries, count, teller)
    found: dict[str, list[Outcome]] = {job.code: [] for job in jobs}
    for future, code in waiting.items():  # in the order of submission, so that ties are settled
        if not future.cancelled():
            found[code].append(future.result())
    if not all(found.values()):
        raise CancelledError
    return {code: best_of(outcomes) for code, outcomes in found.items()}


class _Teller:
    """Passes the share done on, and hears of a stop."""

    def __init__(self, codes: Sequence[str], report: Report | None, stop: Stop | None) -> None:
        self.shares = dict.fromkeys(codes, 0.0)
        self.report, self.stop = report, stop

    def heard(self, code: str, share: float) -> None:
        """A job has come so far."""
        self.shares[code] = max(self.shares[code], share)

    def stopped(self) -> bool:
        """Tell how far all have come; whether to stop."""
        if self.report is not None:
            self.report("step.solve", sum(self.shares.values()) / len(self.shares))
        return self.stop is not None and self.stop()


Try = tuple[Job, float, int]
"""A job, its seconds and its seed."""


def _solve_here(tries: Sequence[Try], workers: int, teller: _Teller) -> dict[Future[Outcome], str]:
    """Solve in processes of this machine, which tell how far they are and hear of a stop."""
    context = multiprocessing.get_context("spawn")
    messages, stopped = context.Queue(), context.Event()
    with ProcessPoolExecutor(workers, context, _attach, (messages, stopped)) as pool:
        with _deaf_to_interrupts():
            waiting = {pool.submit(_solve, *each): each[0].code for each in tries}
        _watch(waiting, teller, (messages, stopped))
    return waiting


def _watch(
    waiting: dict[Future[Outcome], str], teller: _Teller, channel: tuple[Any, Event] | None
) -> None:
    """Wait for all; on a stop, running jobs of ours end with their best plan.

    An executor that was handed in may be on other machines: there, jobs not yet begun are
    cancelled where another try of the same community is under way, and the others run on.
    """
    pending = set(waiting)
    while pending:
        done, pending = wait(pending, POLL_S, FIRST_COMPLETED)
        for future in done:
            teller.heard(waiting[future], 1.0)
        if channel is not None:
            _drain(channel[0], teller)
        if teller.stopped():
            if channel is not None:
                channel[1].set()
            else:
                _cancel_spares(waiting)


def _cancel_spares(waiting: dict[Future[Outcome], str]) -> None:
    """Cancel second tries that have not begun: the first of each community has to end."""
    seen: set[str] = set()
    for future, code in waiting.items():
        if code in seen:
            future.cancel()
        seen.add(code)


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
    """Give a worker process its way to tell progress and to hear of a stop; it ends with us."""
    global _messages, _stopped
    _messages, _stopped = messages, stopped
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that was killed tells nobody: its workers would solve on, and then wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for_one([parent.sentinel])
        os._exit(1)


def _solve(job: Job, time_limit_s: float, seed: int) -> Outcome:
    def tell(progress: Progress) -> None:
        _messages.put((job.code, progress.share))

    def asked_to_stop() -> bool:
        return _stopped is not None and _stopped.is_set()

    return redraw_community(
        job.task, time_limit_s=time_limit_s, seed=seed, progress=tell, stop=asked_to_stop
    )


def _solve_quietly(job: Job, time_limit_s: float, seed: int) -> Outcome:
    """The same wherever an executor runs it, with nothing but its arguments."""
    return redraw_community(job.task, time_limit_s=time_limit_s, seed=seed)


def _drain(messages: Any, teller: _Teller) -> None:
    while True:
        try:
            code, share = messages.get_nowait()
        except queue.Empty:
            return
        teller.heard(code, share)
