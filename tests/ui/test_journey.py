"""A planner's way through the application, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Page, expect

if TYPE_CHECKING:
    from ui.conftest import Witness

pytestmark = pytest.mark.browser

MAP = 'iframe[title="streamlit_folium.st_folium"]'
COUNT_SHAPES = """() => {
  const map = Object.values(window).find(v => v && v._layers && v.getZoom);
  let shapes = 0;
  map.eachLayer(layer => { if (layer.feature && layer.getLatLngs) shapes += 1; });
  return {shapes, zoom: map.getZoom()};
}"""


def drawn(page: Page) -> dict[str, float]:
    """Number of shapes on the map, and its zoom level."""
    frame = page.locator(MAP).first.element_handle().content_frame()
    assert frame is not None
    frame.wait_for_function("() => document.querySelector('.leaflet-container canvas')")
    answer: dict[str, float] = frame.evaluate(COUNT_SHAPES)
    return answer


def map_says(page: Page, text: str) -> None:
    expect(page.frame_locator(MAP).first.get_by_text(text).first).to_be_visible(timeout=60_000)


def test_from_the_present_state_to_the_ledger(
    page: Page, address: str, tmp_path: Path, witness: Witness
) -> None:
    page.goto(address)
    expect(page.get_by_text("点选一行")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("桃溪街道").first).to_be_visible()
    map_says(page, "现有网格")
    before = drawn(page)
    assert before["shapes"] > 1000

    table = page.get_by_test_id("stDataFrame").first
    table.click(position={"x": 16, "y": 52})  # the box of the first violation
    page.wait_for_timeout(4000)
    assert drawn(page)["zoom"] > before["zoom"]

    page.get_by_role("link", name="网格优化调整").click()
    expect(page.get_by_text("城市社区网格原则上不超过 500 户")).to_be_visible()
    limit = page.get_by_label("求解时限（秒）")
    limit.fill("10")
    limit.press("Enter")
    page.wait_for_timeout(1500)
    start = page.get_by_role("button", name="开始优化调整")
    place = start.bounding_box()
    start.click()
    expect(page.get_by_test_id("stProgress").first).to_be_visible()
    assert start.bounding_box() == place  # nothing moves when a redraw starts
    expect(page.get_by_text("方案质量")).to_be_visible(timeout=180_000)
    expect(page.get_by_text("调整方案第 1 稿", exact=False).first).to_be_visible()
    map_says(page, "调整后网格")
    assert drawn(page)["shapes"] > 1000

    page.get_by_text("查询网格归属").click()
    query = page.get_by_label("输入地址、楼栋或小区名称")
    query.fill("翡翠城3幢")
    query.press("Enter")
    expect(page.get_by_text("调整后网格").first).to_be_visible()
    expect(page.get_by_text("TX03").first).to_be_visible()

    page.get_by_role("link", name="成果导出").click()
    with page.expect_download(timeout=60_000) as waiting:
        page.locator(".st-key-download-xlsx button").click()
    ledger = tmp_path / "ledger.xlsx"
    waiting.value.save_as(ledger)
    book = load_workbook(ledger)
    cells = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
    codes = {text for text in cells if text.startswith("999901001") and len(text) == 15}
    assert len(codes) >= 20

    with page.expect_download(timeout=60_000) as waiting:
        page.locator(".st-key-download-html button").click()
    assert waiting.value.suggested_filename == "桃溪街道-地图网页.html"
    waiting.value.save_as(tmp_path / "map.html")
    opens_without_a_network(page, tmp_path / "map.html", witness)
    comes_back_after_a_reload_and_for_nobody_else(page, address, witness)


def opens_without_a_network(page: Page, file: Path, witness: Witness) -> None:
    context = new_context(page, offline=True)
    saved = context.new_page()
    witness.watch(saved, "file://")
    saved.goto(file.as_uri())
    expect(saved.get_by_text("调整后网格")).to_be_visible()
    shapes: dict[str, float] = saved.evaluate(COUNT_SHAPES)
    assert shapes["shapes"] > 1000
    context.close()


def comes_back_after_a_reload_and_for_nobody_else(
    page: Page, address: str, witness: Witness
) -> None:
    context = new_context(page)
    again = context.new_page()
    witness.watch(again, address)
    again.goto(f"{address}/?{page.url.split('?')[1]}")
    expect(again.get_by_text("调整方案第 1 稿", exact=False)).to_be_visible()
    other = context.new_page()
    witness.watch(other, address)
    other.goto(address)
    expect(other.get_by_text("尚无调整方案")).to_be_visible()
    context.close()


def new_context(page: Page, offline: bool = False) -> BrowserContext:
    browser = page.context.browser
    assert browser is not None
    return browser.new_context(locale="zh-CN", offline=offline)


def test_a_stopped_redraw_keeps_the_best_plan_so_far(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("点选一行")).to_be_visible(timeout=120_000)
    map_says(page, "现有网格")  # a click before the map is there is lost as the page draws itself
    page.get_by_role("link", name="网格优化调整").click()
    page.wait_for_url("**/redraw*")
    page.get_by_text("规则", exact=True).click()
    limit = page.get_by_label("求解时限（秒）")
    limit.fill("900")
    limit.press("Enter")
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="开始优化调整").click()
    # the demo street is small: its search may end by itself within seconds
    page.get_by_role("button", name="停止，采用目前最好的方案").click()
    expect(page.get_by_text("方案质量")).to_be_visible(timeout=90_000)
    map_says(page, "调整后网格")


def test_english_and_a_telephone(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/?lang=en")
    expect(page.get_by_text("Select a row", exact=False).first).to_be_visible(timeout=120_000)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
