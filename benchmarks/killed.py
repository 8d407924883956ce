"""The server is killed at random moments while a browser edits: what was acknowledged is there.

``python -m benchmarks.killed [EDITS DATABASE…]``: random edits and solves through the page in a real browser,
on SQLite and on PostgreSQL; the server gets SIGKILL at random moments, is started again, and the
page, a fresh reader of the database and the checker have to agree.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page, sync_playwright

import gridplan
from benchmarks.large import Row
from gridplan.edit import Division, Judge
from gridplan.partition import check_labels
from gridplan.prepared import Prepared
from gridplan.store import Store
from gridplan.tasks import tasks_of
from tests.planner import Planner
from tests.postgres import postgres
from tests.ui.conftest import BROWSER, OPTIONS, free_port, start_server, wait_for

EDITS, BETWEEN_KILLS_S = 1000, (0.3, 20.0)
KINDS = ("move", "new", "merge", "split", "mark", "undo", "redo", "repair")
ODDS = (0.56, 0.05, 0.04, 0.04, 0.08, 0.12, 0.09, 0.02)
FINDS_BACK, PATIENCE_MS = 0.3, 240_000
BACK = """() => gridplanBench.state && gridplanBench.pending.length === 0
  && !document.querySelector('[data-testid="stConnectionStatus"]')"""
CHECKED = ("upper", "lower", "radius", "contiguity")


@dataclass
class Tally:
    """What came of a trial."""

    acknowledged: int = 0
    refused: int = 0
    solves: int = 0
    kills: int = 0
    unacknowledged_kept: int = 0


class Trial:
    """One browser, one server that is killed now and then, one database.

    Parameters
    ----------
    page : Page
        Of the browser.
    folder : Path
        Of an area.
    url : str
        Of an empty database.
    rng : Generator
        Source of every random choice.
    """

    def __init__(self, page: Page, folder: Path, url: str, rng: np.random.Generator) -> None:
        self.page, self.planner, self.url, self.rng = page, Planner(page), url, rng
        self.folder, self.port = folder, free_port()
        self.address = f"http://localhost:{self.port}"
        self.prepared: Prepared = gridplan.prepare(folder)
        self.tally = Tally()
        self._start()
        self.planner.open(self.address, "从空白开始（全部楼栋未分网格）" if not
                          self.prepared.present else "从现有网格开始")  # fmt: skip
        self.place = page.url
        self.neighbours = self.planner.neighbours()
        self.acked = self.planner.state()

    def run(
        self,
        edits: int,
        between_kills_s: tuple[float, float] = BETWEEN_KILLS_S,
        kills: int | None = None,
    ) -> Tally:
        """Edit until so many edits were acknowledged, killing the server at random moments.

        Parameters
        ----------
        edits : int
            How many.
        between_kills_s : (float, float)
            Least and most seconds from a start to the next kill.
        kills : int, optional
            Exactly so many, and editing goes on until they are done.
        """
        while self._goes_on(edits, kills):
            wait_s = self.rng.uniform(*between_kills_s)
            left = kills is None or self.tally.kills < kills
            self.kill_at = time.monotonic() + wait_s if left else float("inf")
            while self._goes_on(edits, kills) and self._step():
                pass
            if self.server.poll() is not None:
                self._start()
                self._returns()
        self._kill()
        return self.tally

    def _goes_on(self, edits: int, kills: int | None) -> bool:
        return self.tally.acknowledged < edits or self.tally.kills < (kills or 0)

    def _step(self) -> bool:
        """One random message; False where the server died before the answer."""
        message = self._random()
        if message["do"] == "ask" and not self._solved(message):
            return False
        if message["do"] == "ask":
            message = {"do": "take"}
            self.tally.solves += 1
        state = self._asked(message)
        if state is None:
            return False
        if state["error"]:
            self.tally.refused += 1
        else:
            self._holds(message, state)
            self.tally.acknowledged += 1
        self.acked = state
        return True

    def _holds(self, message: dict[str, Any], state: dict[str, Any]) -> None:
        """An acknowledged step is one step more, and has done what it was to do."""
        if state["revision"] != self.acked["revision"] + 1:
            raise AssertionError(f"{message} is no step: {state['revision']}")
        moved = message["units"] if message["do"] == "move" else []
        labels = list(state["labels"].values())
        if any(labels[unit] != message["grid"] for unit in moved):
            raise AssertionError(f"{message} is acknowledged and not done")

    def _asked(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """The state after the answer, None where the server dies first."""
        self.page.evaluate("message => void gridplanBench.ask(message)", message)
        while self.page.evaluate("gridplanBench.pending.length"):
            if not self._alive():
                return None
            time.sleep(0.01)
        return self.planner.state()

    def _solved(self, message: dict[str, Any]) -> bool:
        """Whether the machine came to an end, in any way, before the server died."""
        if self._asked(message) is None:
            return False
        while self.page.evaluate("gridplanBench.state.help?.running"):
            if not self._alive():
                return False
            time.sleep(0.05)
        return True

    def _alive(self) -> bool:
        if time.monotonic() > self.kill_at:
            self._kill()
            self.tally.kills += 1
        return self.server.poll() is None

    def _kill(self) -> None:
        if self.server.poll() is None:
            os.kill(self.server.pid, signal.SIGKILL)
            self.server.wait()

    def _start(self) -> None:
        log = Path(tempfile.gettempdir()) / f"gridplan-killed-{self.port}.log"
        self.server: subprocess.Popen[bytes] = start_server(
            self.port, log, self.url, str(self.folder)
        )
        wait_for(f"{self.address}/_stcore/health")

    def _returns(self) -> None:
        """What was acknowledged is there, for the page, for a fresh reader and for the checker.

        Now and then the page is not opened anew but finds its server again by itself, with what it
        had asked for last, which may have been done already.
        """
        if self.rng.random() < FINDS_BACK:
            self.page.wait_for_function(BACK, timeout=PATIENCE_MS)
            self.planner.ask(do="look")
        else:
            self._opened_anew()
        state = self.planner.state()
        ahead = state["revision"] - self.acked["revision"]
        if ahead not in (0, 1):
            raise AssertionError(f"revision {state['revision']} after {self.acked['revision']}")
        if ahead == 0 and state["labels"] != self.acked["labels"]:
            raise AssertionError("an acknowledged edit is lost")
        self.tally.unacknowledged_kept += ahead
        self._check(state)
        self.acked = state

    def _opened_anew(self) -> None:
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while True:
            try:
                self.page.goto(self.place)
                self.planner.ready()
                return
            except (BrowserError, AssertionError):  # the server is not yet listening, or reads
                if time.monotonic() > deadline:
                    raise

    def _check(self, state: dict[str, Any]) -> None:
        store = Store(self.url)
        line = store.line(int(state["plan"]))
        steps = store.history(line.branch_id)
        store.close()
        if dict(line.division.grid_of) != state["labels"]:
            raise AssertionError("the page and the database differ")
        if [step.revision for step in steps] != list(range(1, line.revision + 1)):
            raise AssertionError("a step is missing or twice there")
        if judged(self.prepared, line.division) != checked(self.prepared, line.division):
            raise AssertionError("the verdict and the checker differ")

    def _random(self) -> dict[str, Any]:
        """Something that the map could ask for."""
        labels, rng = self.acked["labels"], self.rng
        grids = list(self.acked["grids"])
        kind = str(rng.choice(KINDS, p=ODDS))
        borders = [(a, b) for a, b in self.neighbours if labels[a] != labels[b] and labels[b]]
        if not borders:
            kind = "new"
        ids = list(labels)
        if kind == "new":
            return {"do": "new", "units": [int(rng.integers(len(ids)))]}
        unit, other = borders[int(rng.integers(len(borders)))]
        grid = str(rng.choice(grids))
        return {
            "move": {"do": "move", "units": [ids.index(unit)], "grid": labels[other]},
            "merge": {"do": "merge", "grids": [labels[unit] or grid], "into": labels[other]},
            "split": {"do": "split", "grid": grid, "line": self._line(grid)},
            "mark": {"do": "mark", "grid": grid, "mark": "locked",
                     "on": not self.acked["grids"][grid][10]},
            "undo": {"do": "undo"},
            "redo": {"do": "redo"},
            "repair": {"do": "ask", "kind": "repair", "grids": []},
        }[kind]  # fmt: skip

    def _line(self, grid: str) -> list[list[int]]:
        """From north to south through the middle of a grid."""
        xy = np.array(
            self.page.evaluate(
                "grid => { const { labels, canvas: { units } } = gridplanBench; return "
                "labels.map((g, k) => [g, units.x[k], units.y[k]]).filter(([g]) => g === grid)"
                ".map(([, x, y]) => [x, y]); }",
                grid,
            )
        )
        x, south, north = int(np.median(xy[:, 0])), int(xy[:, 1].min()), int(xy[:, 1].max())
        return [[x, north + 50], [x + 1, south - 50]]


def judged(prepared: Prepared, division: Division) -> set[tuple[str, str]]:
    """Grid and rule of every breach that the page tells, of those that the checker knows."""
    findings = Judge(prepared).judge(division).findings
    return {(found.grid, found.rule.value) for found in findings if found.rule in CHECKED}


def checked(prepared: Prepared, division: Division) -> set[tuple[str, str]]:
    """The same as the checker finds it."""
    found: set[tuple[str, str]] = set()
    for task in tasks_of(prepared).values():
        graph = task.graph
        for grid in sorted({division.grid_of[unit] for unit in graph.ids} - {""}):
            units = np.flatnonzero([division.grid_of[unit] == grid for unit in graph.ids])
            part = graph.subgraph(units)
            centre, _ = part.centre(task.radius_m)
            # the radius is to households; to every unit where a grid has none
            bound = part.weight > 0 if part.weight.any() else np.ones(len(units), dtype=bool)
            reach = np.where(bound, task.radius_m, np.inf)
            breaches = check_labels(
                np.full(len(units), centre), weight=part.weight, edges=part.edges,
                lower=task.lower, upper=task.upper, distance=part.metres, radius_m=reach,
            )  # fmt: skip
            found |= {(grid, breach.rule) for breach in breaches}
    return found


@contextmanager
def browser_page() -> Iterator[Page]:
    """A page of a browser of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=OPTIONS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        page.set_default_timeout(120_000)
        yield page
        browser.close()


def rows(edits: int = EDITS, databases: Sequence[str] = ("SQLite", "PostgreSQL")) -> list[Row]:
    """The trial on each database, as rows of a table."""
    area = Path(__file__).parents[1] / "data" / "demo"
    told: list[Row] = []
    for number, name in enumerate(databases):
        with tempfile.TemporaryDirectory() as folder, browser_page() as page:
            rng = np.random.default_rng(number + 1)
            if name == "SQLite":
                tally = Trial(page, area, f"sqlite:///{folder}/plans.db", rng).run(edits)
            else:
                with postgres() as server:
                    tally = Trial(page, area, f"{server}/postgres", rng).run(edits)
        told.append((f"edits acknowledged, {name}", f"{tally.acknowledged:,}"))
        told.append((f"of them plans of the machine, {name}", f"{tally.solves}"))
        told.append((f"times that the server was killed, {name}", f"{tally.kills}"))
        told.append((f"acknowledged edits lost, {name}", "0"))
        print(name, tally, flush=True)
    return told


if __name__ == "__main__":
    rows(int(sys.argv[1]), sys.argv[2:]) if len(sys.argv) > 2 else rows()
