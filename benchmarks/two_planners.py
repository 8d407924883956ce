"""Two browsers edit one plan at once: no acknowledged edit is lost, both end with the same plan.

``python -m benchmarks.two_planners [SECONDS]``: each browser gives random buildings to the grid
beside them as fast as it is answered; one that is refused, because the other was faster, asks again
from what it is told.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.large import Row
from gridplan.edit import apply
from gridplan.store import Store
from tests.planner import Planner
from tests.ui.conftest import BROWSER, OPTIONS, served

SECONDS = 300.0
EDIT = """seed => {
  const bench = gridplanBench, receive = bench.receive, log = (window.gpLog = []);
  let state = seed, asked = null;
  const random = most => { state = (state * 48271) % 2147483647; return state % most; };
  const again = () => {
    if (window.gpStop) return;
    const { canvas, labels, borders } = bench, { community } = canvas.units;
    const apart = borders.filter(({ a, b }) => labels[a] !== labels[b] && labels[a] && labels[b]
      && community[a] === community[b]);
    const { a, b } = apart[random(apart.length)];
    asked = { do: "move", units: [a], grid: labels[b] };
    asked.id = bench.ask(asked);
  };
  bench.receive = (told, set) => {
    receive(told, set);
    if (!asked || told.id !== asked.id) return;
    log.push({ ...asked, revision: told.revision, error: told.error, unit: bench.canvas.units.id[asked.units[0]] });
    asked = null;
    if (bench.refused) bench.go("leave");
    setTimeout(again, 20);
  };
  again();
}"""


@dataclass(frozen=True)
class Race:
    """What came of it.

    Parameters
    ----------
    acknowledged, refused : tuple of int
        Edits of each browser.
    steps : int
        Of the branch, in the database.
    """

    acknowledged: tuple[int, ...]
    refused: tuple[int, ...]
    steps: int


def race(pages: list[Page], address: str, url: str, seconds: float) -> Race:
    """Let two pages edit one plan.

    Parameters
    ----------
    pages : list of Page
        Of browsers with nothing in common.
    address, url : str
        Of the server and of its database.
    seconds : float
        How long.

    Raises
    ------
    AssertionError
        Where an acknowledged edit is lost, or they end with different plans.
    """
    planners = [Planner(page) for page in pages]
    planners[0].open(address, "从现有网格开始")
    planners[1].page.goto(pages[0].url)
    planners[1].ready()
    for number, name in enumerate(("王小宁", "李大江")):
        field = pages[number].get_by_label("经办人")
        field.fill(name)
        field.press("Enter")
    pages[0].wait_for_timeout(1500)
    for number, page in enumerate(pages):
        page.evaluate(EDIT, number + 1)
    pages[0].wait_for_timeout(1000 * seconds)
    for page in pages:
        page.evaluate("window.gpStop = true")
    for planner in planners:
        planner.settled()
    logs = [page.evaluate("gpLog") for page in pages]
    for planner in planners:
        planner.ask(do="look")
        planner.ask(do="look")
    states = [planner.state() for planner in planners]
    kept = held_to(url, int(states[0]["plan"]), logs, states)
    return Race(
        tuple(sum(not each["error"] for each in log) for log in logs),
        tuple(sum(bool(each["error"]) for each in log) for log in logs),
        kept,
    )


def held_to(
    url: str, branch_id: int, logs: list[list[dict[str, Any]]], states: list[dict[str, Any]]
) -> int:
    """Every acknowledged edit is a step of the database, and all see what they come to."""
    store = Store(url)
    line, edits = store.line(branch_id), store.edits(branch_id)
    store.close()
    steps = dict(enumerate(edits, start=1))
    for log in logs:
        for each in log:
            if not each["error"] and steps[each["revision"]].moved[each["unit"]][1] != each["grid"]:
                raise AssertionError(f"an acknowledged edit is lost: {each}")
    if sum(not each["error"] for log in logs for each in log) != len(edits):
        raise AssertionError("a step that nobody was told of")
    division = line.division
    for edit in reversed(edits):
        division = apply(division, edit.inverse)
    for edit in edits:
        division = apply(division, edit)
    for labels in (line.division.grid_of, *(state["labels"] for state in states)):
        if dict(labels) != dict(division.grid_of):
            raise AssertionError("not everybody sees the same plan")
    return len(edits)


def two_pages(seconds: float) -> Race:
    """Two browsers at a server of their own, with the demo street."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browsers = [playwright.chromium.launch(executable_path=BROWSER, args=OPTIONS)
                    for _ in range(2)]  # fmt: skip
        with served(Path(name)) as address:
            pages = [browser.new_page(locale="zh-CN") for browser in browsers]
            return race(pages, address, f"sqlite:///{name}/plans.db", seconds)


def rows(seconds: float = SECONDS) -> list[Row]:
    """The race as rows of a table."""
    told = two_pages(seconds)
    return [
        ("two browsers on one plan, minutes", f"{seconds / 60:.0f}"),
        ("edits acknowledged to each", " / ".join(f"{count:,}" for count in told.acknowledged)),
        ("refused because the other was faster", " / ".join(f"{n:,}" for n in told.refused)),
        ("acknowledged edits lost", "0"),
    ]


if __name__ == "__main__":
    print(two_pages(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
