"""A planner edits by hand and by machine, in a real browser; nothing is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.planner import Planner

pytestmark = pytest.mark.browser

PRESENT = "从现有网格开始"


def over_the_limit(planner: Planner, count: int) -> tuple[str, list[str]]:
    """A sound grid and so many units around it that are too much for it: its id and theirs."""
    state, pairs, households = planner.state(), planner.neighbours(), planner.households()
    for grid, row in state["grids"].items():
        labels, taken = dict(state["labels"]), []
        while len(taken) < count:
            beside = {
                labels[other] and other
                for a, b in pairs
                for one, other in ((a, b), (b, a))
                if labels[one] == grid != labels[other]
            }
            if not beside - {""}:
                break
            taken.append(max(beside - {""}, key=lambda unit: (households[unit], unit)))
            labels[taken[-1]] = grid
        heavy = row[3] + sum(households[unit] for unit in taken) > row[5]
        if not row[16] and len(taken) == count and heavy:
            return grid, taken
    raise AssertionError("no sound grid has so many units around it")


def test_ten_buildings_a_repair_a_redraw_and_back_again(page: Page, address: str) -> None:
    planner = Planner(page)
    planner.open(address, PRESENT)
    page.get_by_label("经办人").fill("王小宁")
    page.get_by_label("经办人").press("Enter")
    expect(page.locator(".gpw-saved")).to_contain_text("第 0 步")
    start = planner.state()["labels"]

    grid, units = over_the_limit(planner, 10)
    planner.pick(grid)
    page.get_by_role("button", name="涂画").click()
    for unit in units:
        planner.click(unit)
    state = planner.state()
    assert state["revision"] == 10
    assert all(state["labels"][unit] == grid for unit in units)
    assert state["by"] == "王小宁"
    assert any(rule == "超上限" for rule, _ in state["grids"][grid][16])
    page.get_by_role("button", name="问题清单").click()
    page.locator(f'.gpw-findings [data-grid="{grid}"]').first.click()  # jumps to it

    broken = state["sums"]["findings"]
    page.get_by_role("button", name="修复", exact=True).click()
    planner.settled()
    offer = planner.offered()
    assert offer["error"] == ""
    assert offer["options"][0][2] < broken
    assert planner.state()["revision"] == 10, "nothing changes before a yes"
    page.get_by_role("button", name="采纳").click()
    planner.settled()
    state = planner.state()
    assert state["sums"]["findings"] == offer["options"][0][2]

    locked = list(state["grids"])[:2]
    for each in locked:
        planner.pick(each)
        planner.press("k")
    page.get_by_role("button", name="重划未锁定").click()
    planner.settled()
    page.wait_for_timeout(4000)
    if planner.state()["help"]["running"]:
        page.get_by_role("button", name="停止，用目前最好的").click()
    if planner.offered()["error"] == "":
        page.get_by_role("button", name="采纳").click()
        planner.settled()
    end = planner.state()
    for unit, held in state["labels"].items():
        if held in locked:
            assert end["labels"][unit] == held

    page.get_by_text("对比", exact=True).click()
    expect(page.get_by_text("变动楼栋清单").first).to_be_visible(timeout=60_000)
    page.get_by_text("编辑", exact=True).click()
    planner.ready()
    assert planner.state()["labels"] == end["labels"]

    while planner.state()["undo"]:
        planner.press("Control+z")
    assert planner.state()["labels"] == start
    while planner.state()["redo"]:
        planner.press("Control+y")
    assert planner.state()["labels"] == end["labels"]

    address_of_plan = page.url
    again = page.context.new_page()
    page.close()
    again.goto(address_of_plan)
    returned = Planner(again)
    returned.ready()
    assert returned.state()["labels"] == end["labels"]
    assert returned.state()["grids"] == planner_grids(end, returned)
    again.get_by_text("版本与历史").click()
    expect(again.get_by_text("王小宁").first).to_be_visible()


def planner_grids(before: dict, returned: Planner) -> dict:  # type: ignore[type-arg]
    """What the grids were, but for their colours, which follow what was seen."""
    fills = {grid: row[2] for grid, row in returned.state()["grids"].items()}
    return {grid: [*row[:2], fills[grid], *row[3:]] for grid, row in before["grids"].items()}
