"""A planner edits by hand and by machine, in a real browser; nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.planner import Planner

pytestmark = pytest.mark.browser

PRESENT = "从现有网格开始"


def over_the_limit(
    planner: Planner, count: int, but: tuple[str, ...] = ()
) -> tuple[str, list[str]]:
    """A sound grid and so many units around it that are too much for it: its id and theirs."""
    state, pairs, households = planner.state(), planner.neighbours(), planner.households()
    for grid, row in state["grids"].items():
        labels, taken = dict(state["labels"]), []
        while len(taken) < count:
            beside = {
                other if labels[other] and labels[other] not in but else ""
                for a, b in pairs
                for one, other in ((a, b), (b, a))
                if labels[one] == grid != labels[other]
            }
            if not beside - {""}:
                break
            taken.append(max(beside - {""}, key=lambda unit: (households[unit], unit)))
            labels[taken[-1]] = grid
        heavy = row[3] + sum(households[unit] for unit in taken) > row[5]
        if grid not in but and not row[16] and len(taken) == count and heavy:
            return grid, taken
    raise AssertionError("no sound grid has so many units around it")


def test_ten_buildings_a_repair_a_redraw_and_back_again(page: Page, address: str) -> None:
    planner = Planner(page)
    planner.open(address, PRESENT)
    page.get_by_label("经办人").fill("王小宁")
    page.get_by_label("经办人").press("Enter")
    expect(page.locator(".gpw-saved")).to_contain_text("第 0 步")
    start = planner.state()["labels"]
    moves_ten_too_many(planner)
    asks_for_repair(planner)
    locks_two_and_redraws_the_rest(planner)
    end = planner.state()
    compares(planner)
    assert planner.state()["labels"] == end["labels"]
    while planner.state()["undo"]:
        planner.press("Control+z")
    assert planner.state()["labels"] == start
    while planner.state()["redo"]:
        planner.press("Control+y")
    assert planner.state()["labels"] == end["labels"]
    comes_back(page, end)


def moves_ten_too_many(planner: Planner) -> None:
    grid, units = over_the_limit(planner, 10)
    planner.pick(grid)
    planner.page.get_by_role("button", name="涂画").click()
    for unit in units:
        planner.click(unit)
    state = planner.state()
    assert state["revision"] == 10
    assert state["by"] == "王小宁"
    assert all(state["labels"][unit] == grid for unit in units)
    assert any(rule == "超上限" for rule, _, _ in state["grids"][grid][16])
    planner.page.get_by_role("button", name="问题清单").click()
    fault = planner.page.locator(f'.gpw-findings [data-grid="{grid}"]').first
    expect(fault).to_contain_text("超上限")
    fault.click()  # jumps to it
    assert planner.page.evaluate("gridplanBench.active") == grid


def asks_for_repair(planner: Planner) -> None:
    before = planner.state()
    planner.page.get_by_role("button", name="修复", exact=True).click()
    planner.settled()
    offer = planner.offered()
    assert offer["error"] == ""
    assert offer["options"][0][2] < before["sums"]["findings"]
    assert planner.state()["labels"] == before["labels"], "nothing changes before a yes"
    planner.page.get_by_role("button", name="采纳").click()
    planner.settled()
    assert planner.state()["sums"]["findings"] == offer["options"][0][2]


def locks_two_and_redraws_the_rest(planner: Planner) -> None:
    locked = tuple(planner.state()["grids"])[:2]
    for grid in locked:
        planner.pick(grid)
        planner.press("k")
    grid, units = over_the_limit(planner, 2, but=locked)
    planner.ask(do="move", units=planner.rows(*units), grid=grid)
    before = planner.state()
    assert before["grids"][grid][16]
    planner.page.get_by_role("button", name="重划未锁定").click()
    planner.settled()
    stop = planner.page.get_by_role("button", name="停止，用目前最好的")
    if planner.state()["help"]["running"]:
        stop.click()
    offer = planner.offered()
    assert offer["error"] == ""
    planner.page.get_by_role("button", name="采纳").click()
    planner.settled()
    after = planner.state()["labels"]
    assert after != before["labels"]
    assert planner.state()["sums"]["findings"] < before["sums"]["findings"]
    held = {unit for unit, grid in before["labels"].items() if grid in locked}
    assert {unit for unit, grid in after.items() if grid in locked} == held


def compares(planner: Planner) -> None:
    """With the present grids, which is what the page offers first."""
    planner.page.get_by_text("对比", exact=True).click()
    expect(planner.page.get_by_text("变动楼栋清单").first).to_be_visible(timeout=60_000)
    planner.page.get_by_text("编辑", exact=True).click()
    planner.ready()


def comes_back(page: Page, end: dict[str, Any]) -> None:
    """In a new tab at the same address, once the first is closed."""
    again, url = page.context.new_page(), page.url
    page.close()
    again.goto(url)
    planner = Planner(again)
    planner.ready()
    state = planner.state()
    assert state["labels"] == end["labels"]
    assert {grid: row[3:] for grid, row in state["grids"].items()} == {
        grid: row[3:] for grid, row in end["grids"].items()
    }
    again.get_by_text("版本与历史").click()
    expect(again.get_by_text("王小宁").first).to_be_visible()
