"""Long work in a thread of its own, which outlives the page that asked for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
Report = Callable[[str, float], None]
Stop = Callable[[], bool]


class Work(Generic[T]):
    """One task under way: where it stands, a way to stop it, and what came of it.

    The solver runs in worker processes of its own, so that this thread only waits for them.

    Parameters
    ----------
    task : callable
        Takes ``report(step, share)`` and ``stop()`` and returns the result.
    can_stop : bool
        Whether the task listens to ``stop``.
    allowed_s : float, optional
        Time that the task may take, where it has a limit.
    """

    def __init__(
        self,
        task: Callable[[Report, Stop], T],
        can_stop: bool = False,
        allowed_s: float | None = None,
    ) -> None:
        self.can_stop = can_stop
        self.allowed_s = allowed_s
        self.step, self.told = "step.read", 0.0
        self.result: T | None = None
        self.error: Exception | None = None
        self._started = time.monotonic()
        self._stopped = threading.Event()
        self._task = task
        self._thread = threading.Thread(target=self._run, daemon=True, name="gridplan-work")
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the result is still to come."""
        return self._thread.is_alive()

    @property
    def stopping(self) -> bool:
        """Whether the task was asked to end and has not yet."""
        return self._stopped.is_set() and self.running

    @property
    def share(self) -> float:
        """Share done, 0 to 1: as told, or of the time allowed, whichever is more."""
        if self.allowed_s is None:
            return self.told
        return max(self.told, min(self.seconds / self.allowed_s, 0.95))

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._started

    def stop(self) -> None:
        """Ask the task to end with the best it has."""
        self._stopped.set()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait for the end."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            self.result = self._task(self._tell, self._stopped.is_set)
        except Exception as error:
            self.error = error  # kept for the page, which words it for the user
        del self._task  # and with it what it holds

    def _tell(self, step: str, share: float) -> None:
        self.step, self.told = step, min(max(share, 0.0), 1.0)
