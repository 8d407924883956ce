"""From the list of conflicts to the map, the table, and a start that merges, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.planner import Planner

pytestmark = pytest.mark.browser


def map_of(page: Page) -> FrameLocator:
    return page.frame_locator('iframe[title="streamlit_folium.st_folium"]').first


def open_overlay(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="多网合一").click()
    expect(page.get_by_text("各图层一致程度")).to_be_visible(timeout=120_000)
    expect(map_of(page).get_by_text("城管网格 × 警务网格")).to_be_visible(timeout=60_000)


def test_from_a_conflict_to_the_map_the_table_and_the_start(page: Page, address: str) -> None:
    open_overlay(page, address)
    expect(map_of(page).get_by_text("警务网格界线")).to_be_visible()
    scale = map_of(page).locator(".leaflet-control-scale-line")
    whole = scale.inner_text()
    rows = page.get_by_test_id("stDataFrame").first.bounding_box()
    assert rows is not None
    page.mouse.click(rows["x"] + 15, rows["y"] + 55)
    expect(scale).not_to_have_text(whole)  # zoomed to the place
    page.get_by_text("叠加明细", exact=True).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="下载 Excel").click()
    assert saved.value.suggested_filename == "桃溪街道-城管网格与警务网格叠加对照.xlsx"
    page.get_by_text("地图", exact=True).click()
    page.get_by_text("合并起点", exact=True).click()
    page.get_by_role("button", name="以合并结果为起点").click()
    planner = Planner(page)
    planner.ready()  # the workbench, with a plan of the merged grids
    assert len(planner.state()["grids"]) == 25
    assert planner.state()["lost"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
