"""What the map asks for is done, kept and told; the page adds nothing to what a script does."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gridplan.edit import Division, Edit, Mark, apply, hands, present_division
from gridplan.maps.canvas import Canvas, canvas_of
from gridplan.prepared import Prepared
from gridplan.rules import RuleSet
from gridplan.store import Homes, Store
from gridplan.ui.bench import ALL, Bench
from gridplan.ui.bench_state import GRID_ROW
from gridplan.ui.helping import Helps
from tests.nine import division, nine_street
from tests.written import WEST

NUMBER = count(1)
COMMUNITY, BROKEN = GRID_ROW.index("community"), GRID_ROW.index("broken")


class Browser:
    """What the script in the browser does with what it is told."""

    def __init__(self, bench: Bench, author: str = "王") -> None:
        self.bench, self.author = bench, author
        self.seen, self.labels, self.rows, self.state = ALL, {}, {}, {}
        self.hear()

    def hear(self) -> dict[str, Any]:
        """Lay what is told over what was seen."""
        state = self.bench.state("zh")
        if state["since"] == ALL:
            self.labels, self.rows = {}, {}
        else:
            assert state["since"] == self.seen
        units = self.bench.canvas.units["id"]
        for unit, grid in zip(*state["moved"], strict=True):
            self.labels[units[unit]] = state["names"][grid]
        for grid in state["gone"]:
            del self.rows[grid]
        self.rows.update({row[0]: row for row in state["grids"]})
        self.seen, self.state = state["revision"], state
        return state

    def ask(self, do: str, **words: Any) -> dict[str, Any]:
        """Send a message and hear the answer."""
        message = {
            "id": f"m{next(NUMBER)}",
            "plan": self.bench.line.branch_id,
            "seen": self.seen,
            "do": do,
            **words,
        }
        self.bench.answer(message, self.author, "zh")
        return self.hear()

    def at(self, *units: str) -> list[int]:
        """Rows of units."""
        return [self.bench.canvas.units["id"].index(unit) for unit in units]


@pytest.fixture(scope="module")
def canvas(demo: Prepared) -> Canvas:
    return canvas_of(demo)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'plans.db'}")


@pytest.fixture
def start(demo: Prepared) -> Division:
    return present_division(demo)


@pytest.fixture
def browser(demo: Prepared, canvas: Canvas, store: Store, start: Division) -> Browser:
    line = begun(store, start)
    return Browser(Bench(store, demo, canvas, line, Helps()))


def begun(store: Store, start: Division) -> int:
    return store.begin(
        "桃溪街道", "试", start, fingerprint="f" * 64, rules=RuleSet(), homes=Homes(), author="王"
    ).branch_id


def kept(browser: Browser) -> Division:
    return browser.bench.store.line(browser.bench.line.branch_id).division


def test_the_first_answer_tells_all(browser: Browser, start: Division) -> None:
    assert browser.labels == dict(start.grid_of)
    assert browser.rows.keys() == start.units_of.keys()
    assert browser.state["lost"], "the demo has units in no grid"


def test_an_edit_is_kept_and_only_what_changed_is_told(browser: Browser) -> None:
    unit = next(unit for unit, grid in browser.labels.items() if grid == "WC02")
    state = browser.ask("move", units=browser.at(unit), grid="WC01")
    assert browser.labels[unit] == "WC01"
    assert browser.labels == dict(kept(browser).grid_of)
    assert state["moved"][0] == browser.at(unit)
    assert {row[0] for row in state["grids"]} <= {"WC01", "WC02"}
    assert (state["undo"], state["redo"], state["by"]) == (True, False, "王")


def test_what_a_browser_puts_together_is_what_a_new_one_is_told(browser: Browser) -> None:
    rng = np.random.default_rng(5)
    for do in ("move", "new", "move", "undo", "mark", "merge", "redo", "undo", "move", "move"):
        grid = str(rng.choice(sorted(browser.rows)))
        mine = [
            row for row in browser.rows.values() if row[COMMUNITY] == browser.rows[grid][COMMUNITY]
        ]
        other = next(row[0] for row in mine if row[0] != grid)
        unit = next(unit for unit, held in browser.labels.items() if held == grid)
        words = {
            "move": {"units": browser.at(unit), "grid": other},
            "new": {"units": browser.at(unit)},
            "merge": {"grids": [grid], "into": other},
            "mark": {"grid": grid, "mark": "exclusive", "on": True},
        }
        browser.ask(do, **words.get(do, {}))
    bench = browser.bench
    new = Browser(
        Bench(bench.store, bench.prepared, bench.canvas, bench.line.branch_id, bench.helps)
    )
    assert new.labels == browser.labels == dict(kept(browser).grid_of)
    strip = lambda rows: {grid: [*row[:2], *row[3:]] for grid, row in rows.items()}  # noqa: E731  colours have a past
    assert strip(new.rows) == strip(browser.rows)


def test_a_message_that_comes_twice_is_done_once(browser: Browser) -> None:
    unit = next(unit for unit, grid in browser.labels.items() if grid == "WC02")
    message = {
        "id": "again",
        "plan": browser.bench.line.branch_id,
        "seen": 0,
        "do": "move",
        "units": browser.at(unit),
        "grid": "WC01",
    }
    for _ in range(2):
        browser.bench.answer(message, "王", "zh")
    assert browser.hear()["revision"] == 1
    assert browser.state["error"] == ""


def test_a_refusal_is_told_and_changes_nothing(browser: Browser) -> None:
    browser.ask("mark", grid="WC01", mark="locked", on=True)
    unit = next(unit for unit, grid in browser.labels.items() if grid == "WC02")
    state = browser.ask("move", units=browser.at(unit), grid="WC01")
    assert "WC01" in state["error"]
    assert "锁定" in state["error"]
    assert state["revision"] == 1
    assert kept(browser).has("WC01", Mark.LOCKED)
    assert browser.ask("look")["error"] == ""


def test_a_stale_edit_is_refused_with_what_the_other_did(
    browser: Browser, demo: Prepared, canvas: Canvas, store: Store
) -> None:
    other = Browser(
        Bench(store, demo, canvas, browser.bench.line.branch_id, browser.bench.helps), "李"
    )
    theirs = next(unit for unit, grid in browser.labels.items() if grid == "TX02")
    mine = next(unit for unit, grid in browser.labels.items() if grid == "WC02")
    other.ask("move", units=other.at(theirs), grid="TX01")
    state = browser.ask("move", units=browser.at(mine), grid="WC01")
    assert "李" in state["error"]
    assert state["theirs"] == browser.at(theirs)
    assert browser.labels[theirs] == "TX01"
    assert browser.labels[mine] == "WC02"
    again = browser.ask("move", units=browser.at(mine), grid="WC01")
    assert (again["error"], again["revision"]) == ("", 2)


def test_others_are_seen_when_looked_for(
    browser: Browser, demo: Prepared, canvas: Canvas, store: Store
) -> None:
    other = Browser(
        Bench(store, demo, canvas, browser.bench.line.branch_id, browser.bench.helps), "李"
    )
    unit = next(unit for unit, grid in browser.labels.items() if grid == "TX02")
    other.ask("move", units=other.at(unit), grid="TX01")
    browser.bench.look()
    assert browser.hear()["by"] == "李"
    assert browser.labels[unit] == "TX01"


def test_the_same_edits_as_a_script_give_the_same_plan(
    browser: Browser, demo: Prepared, canvas: Canvas, start: Division
) -> None:
    """Every kind of edit, by messages and by functions."""
    east = [
        (canvas.units["x"][row], canvas.units["y"][row]) for row in range(len(canvas.units["id"]))
    ]
    mine = list(start.units_of["LW02"])
    xs, ys = zip(*[east[row] for row in browser.at(*mine)], strict=True)
    line = [[int(np.median(xs)), min(ys) - 500], [int(np.median(xs)), max(ys) + 500]]
    paint = sorted(start.units_of["WC02"])[:1]
    fresh = sorted(start.units_of["TX03"])[:1]

    browser.ask("move", units=browser.at(*paint), grid="WC01")
    browser.ask("new", units=browser.at(*fresh))
    browser.ask("split", grid="LW02", line=line)
    browser.ask("merge", grids=["JX04"], into="JX03")
    browser.ask("mark", grid="ZQ04", mark="exclusive", on=True)
    browser.ask("mark", grid="ZQ01", mark="locked", on=True)
    browser.ask("undo")
    assert browser.state["error"] == ""

    division = start

    def do(edit: Edit) -> None:
        nonlocal division
        division = apply(division, edit)

    do(hands.move(demo, division, paint, "WC01"))
    do(hands.new_grid(demo, division, fresh))
    do(hands.split_by_line(demo, division, "LW02", canvas.to_metres([tuple(p) for p in line])))
    do(hands.merge(demo, division, ["JX04"], "JX03"))
    do(hands.mark(division, "ZQ04", Mark.EXCLUSIVE))
    assert kept(browser) == division


def test_neighbours_have_different_fills_and_keep_them(browser: Browser, canvas: Canvas) -> None:
    def clashes() -> int:
        fill = {grid: row[GRID_ROW.index("fill")] for grid, row in browser.rows.items()}
        ids, found = canvas.units["id"], set()
        for one, other, _ in canvas.borders:
            a, b = browser.labels[ids[one]], browser.labels[ids[other]]
            if a and b and a != b and fill[a] == fill[b]:
                found.add(tuple(sorted((a, b))))
        return len(found)

    before = {grid: row[2] for grid, row in browser.rows.items()}
    assert clashes() == 0
    unit = next(unit for unit, grid in browser.labels.items() if grid == "WC02")
    browser.ask("move", units=browser.at(unit), grid="WC01")
    assert clashes() == 0
    changed = [grid for grid, row in browser.rows.items() if before[grid] != row[2]]
    assert len(changed) <= 1


def test_the_machine_is_asked_offers_and_is_taken(browser: Browser, start: Division) -> None:
    state = browser.ask("ask", kind="repair")
    assert state["help"]["running"]
    assert "计算" in browser.ask("ask", kind="rest")["error"]
    browser.bench.helps.of(browser.bench.line.branch_id).work.wait(60)
    offer = browser.hear()["help"]
    assert offer["error"] == ""
    assert browser.labels == dict(start.grid_of), "an offer changes nothing"
    told = {
        browser.bench.canvas.units["id"][unit]: offer["names"][name]
        for unit, name in zip(*offer["moved"], strict=True)
    }
    _, broken, findings, _ = offer["options"][0]
    state = browser.ask("take", token=offer["token"], option=0)
    assert browser.labels == {**start.grid_of, **told}
    assert state["help"] is None
    assert (state["sums"]["broken"], state["sums"]["findings"]) == (broken, findings)
    assert browser.ask("take", token=offer["token"], option=0)["error"] == "没有可采纳的建议"


def test_an_offer_that_no_longer_fits_is_not_shown(browser: Browser) -> None:
    browser.ask("ask", kind="repair")
    help_ = browser.bench.helps.of(browser.bench.line.branch_id)
    help_.work.wait(60)
    offer = browser.hear()["help"]
    moved = browser.bench.canvas.units["id"][offer["moved"][0][0]]
    other = next(
        grid for grid, row in browser.rows.items()
        if row[COMMUNITY] == browser.bench.canvas.units["community"][offer["moved"][0][0]]
        and grid != browser.labels[moved]
    )  # fmt: skip
    state = browser.ask("move", units=browser.at(moved), grid=other)
    assert "不再适用" in state["help"]["error"]
    assert "moved" not in state["help"]
    assert browser.ask("drop")["help"] is None


def test_help_outlives_the_browser_that_asked(
    browser: Browser, demo: Prepared, canvas: Canvas, store: Store
) -> None:
    browser.ask("ask", kind="repair")
    branch, helps = browser.bench.line.branch_id, browser.bench.helps
    del browser
    helps.of(branch).work.wait(60)
    other = Browser(Bench(store, demo, canvas, branch, helps), "李")
    assert other.state["help"]["options"]


def test_an_offer_keeps_away_from_what_was_locked_since(browser: Browser) -> None:
    browser.ask("ask", kind="repair")
    browser.bench.helps.of(browser.bench.line.branch_id).work.wait(60)
    offer = browser.hear()["help"]
    unit = browser.bench.canvas.units["id"][offer["moved"][0][0]]
    grid = browser.labels[unit] or offer["names"][offer["moved"][1][0]]
    before = browser.ask("mark", grid=grid, mark="locked", on=True)
    assert "不再适用" in before["help"]["error"]
    labels = dict(browser.labels)
    taken = browser.ask("take", token=offer["token"], option=0)
    assert "不再适用" in taken["error"]
    assert browser.labels == labels


def test_what_is_accepted_is_what_was_shown(browser: Browser) -> None:
    browser.ask("ask", kind="repair")
    browser.bench.helps.of(browser.bench.line.branch_id).work.wait(60)
    offer = browser.hear()["help"]
    other = offer["token"][::-1] + "x"
    assert "不再适用" in browser.ask("take", token=other, option=0)["error"]
    assert "不再适用" in browser.ask("take", token=offer["token"], option=1)["error"]
    assert browser.state["revision"] == 0


def test_a_message_for_another_branch_is_refused(browser: Browser) -> None:
    unit = next(unit for unit, grid in browser.labels.items() if grid == "WC02")
    message = {"id": "x", "plan": 99, "seen": 0, "do": "move", "units": browser.at(unit),
               "grid": "WC01"}  # fmt: skip
    browser.bench.answer(message, "王", "zh")
    assert "另一个方案" in browser.hear()["error"]
    assert browser.state["revision"] == 0


def test_an_undo_that_was_kept_unseen_is_not_done_twice(
    browser: Browser, demo: Prepared, canvas: Canvas, store: Store
) -> None:
    """The answer was lost with the server: the browser asks again, and another session hears it."""
    units = [unit for unit, grid in browser.labels.items() if grid == "TX03"][:2]
    for unit in units:
        browser.ask("move", units=browser.at(unit), grid="TX02")
    undo = {"id": "u", "plan": browser.bench.line.branch_id, "seen": browser.seen, "do": "undo"}
    browser.bench.answer(undo, "王", "zh")
    anew = Bench(store, demo, canvas, browser.bench.line.branch_id, browser.bench.helps)
    anew.answer(undo, "王", "zh")
    assert anew.state("zh")["error"]
    assert [store.line(anew.line.branch_id).division.grid_of[unit] for unit in units] == [
        "TX02", "TX03",
    ]  # fmt: skip


def test_what_nobody_foresaw_is_told_and_not_called_saved(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser.bench.store, "commit", lambda *_, **__: 1 / 0)
    unit = next(unit for unit, grid in browser.labels.items() if grid == "WC02")
    state = browser.ask("move", units=browser.at(unit), grid="WC01")
    assert state["error"]
    assert state["revision"] == 0


def test_a_worker_without_a_grid_is_told_although_another_has_the_same_code(
    tmp_path: Path, store: Store
) -> None:
    area = nine_street(tmp_path / "area", {"P1": "01", "P2": "02", "P3": "03", "Q1": "01"})
    line = begun(store, division("----e1w2w2e1w3w3--"))
    told = Browser(Bench(store, area, canvas_of(area), line, Helps())).state
    assert told["staff"] == [[f"{WEST}-01", "P1岗"]]
