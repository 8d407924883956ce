"""A hotspot from the map to its grid and what is overdue there, in a real browser, at three sizes."""

from __future__ import annotations

import pytest
from playwright.sync_api import FrameLocator, Page, expect

pytestmark = pytest.mark.browser

MAP = 'iframe[title="streamlit_folium.st_folium"]'
PLACES = ("翡翠城", "阳光新城", "北巷里", "文昌农贸市场")


def map_of(page: Page) -> FrameLocator:
    return page.frame_locator(MAP).first


def open_hotspots(page: Page, address: str) -> None:
    """By the link, as a planner comes; a telephone shows its links first when asked."""
    page.goto(address)
    expect(page.get_by_text("点选一行")).to_be_visible(timeout=120_000)
    link = page.get_by_role("link", name="热点")
    if page.get_by_test_id("stExpandSidebarButton").is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    link.click()
    expect(page.get_by_text("点选一处热点")).to_be_visible(timeout=60_000)
    expect(map_of(page).get_by_text("诉求热点图").first).to_be_visible(timeout=60_000)


def test_from_the_list_to_what_is_overdue_and_to_before_and_after(page: Page, address: str) -> None:
    open_hotspots(page, address)
    for place in PLACES:
        expect(page.get_by_text(f"{place} · ").first).to_be_visible()
        expect(map_of(page).get_by_text(place).first).to_be_visible()

    page.get_by_text("翡翠城 · 噪声扰民").first.click()
    expect(page.get_by_role("button", name="返回热点清单")).to_be_visible()
    page.get_by_text("TX03 · 桃溪社区 · 桃溪3号岗", exact=True).click()
    expect(page.locator('[data-testid="stDataFrame"]:visible')).to_have_count(1)
    page.get_by_role("button", name="返回热点清单").click()
    expect(page.get_by_text("点选一处热点")).to_be_visible()

    page.get_by_text("时间轴", exact=True).click()
    bar = map_of(page).get_by_label("时段")
    expect(bar).to_be_visible(timeout=60_000)
    expect(map_of(page).get_by_text("06-03 至 06-30")).to_be_visible()
    bar.fill("0")
    expect(map_of(page).get_by_text("07-02 至 07-29")).to_be_visible()

    page.get_by_text("调整前后", exact=True).click()
    expect(page.get_by_text("尚无调整方案，暂不能比较")).to_be_visible()
    expect(map_of(page).get_by_text("归 1 个网格").first).to_be_visible(timeout=60_000)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1920, 1080)])
def test_on_a_telephone_and_on_a_wall(page: Page, address: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    open_hotspots(page, address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for place in PLACES:
        expect(page.get_by_text(f"{place} · ").first).to_be_attached()
