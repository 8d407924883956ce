"""A leader's way through a server for leaders: telephone, laptop, wall and paper, in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.conftest import served

if TYPE_CHECKING:
    from tests.ui.conftest import Witness

pytestmark = pytest.mark.browser

MAP = 'iframe[title="streamlit_folium.st_folium"]'
SCREENS = {"telephone": (390, 844), "laptop": (1440, 900)}
WALLS = {"full HD": (1920, 1080), "4K": (3840, 2160)}
OVERFLOW = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
  .some(box => box.scrollWidth > box.clientWidth)"""
PROBE = re.compile(r"404: .*/_stcore/(health|host-config)$|status of 404")
"""Opened below its root, the page looks for its server there first; that is how Streamlit does."""
CUT_OFF = """() => ['.gp-wall', '.gp-wall .tables', '.gp-wall .map'].filter(name => {
  const box = document.querySelector(name);
  return box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1;
})"""
"""Parts of the wall that have more in them than they show."""


@pytest.fixture(scope="module")
def leaders_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo street, served for leaders only."""
    with served(tmp_path_factory.mktemp("leaders"), "data/demo", "--view", "leader") as url:
        yield url


@pytest.fixture
def leader(browser: Browser, leaders_address: str, witness: Witness) -> Iterator[Page]:
    """A profile of its own; whatever goes wrong fails the test at its end."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    witness.watch(opened, leaders_address)
    yield opened
    context.close()
    assert witness.errors == []


def ready(page: Page, address: str, link: str = "") -> None:
    page.goto(f"{address}/{link}")
    expect(page.locator(".gp-figures").first).to_be_visible(timeout=120_000)


def map_is_drawn(page: Page) -> None:
    """With the clusters, which are searched for in the background: then it stays as it is."""
    expect(page.locator(".gp-legend-line", has_text="诉求聚集区")).to_be_visible(timeout=60_000)
    canvas = page.frame_locator(MAP).first.locator(".leaflet-container canvas")
    canvas.first.wait_for(state="attached")


@pytest.mark.parametrize("screen", SCREENS)
def test_screen_shows_all_without_scrolling_sideways(
    leader: Page, leaders_address: str, screen: str
) -> None:
    width, height = SCREENS[screen]
    leader.set_viewport_size({"width": width, "height": height})
    ready(leader, leaders_address)
    map_is_drawn(leader)
    expect(leader.get_by_text("近 12 期诉求量").first).to_be_visible()
    assert not leader.evaluate(OVERFLOW)
    boxes = [box.bounding_box() for box in leader.locator(".gp-figures > div").all()]
    rows = {round(box["y"]) for box in boxes if box}
    assert len(rows) == (2 if screen == "telephone" else 1)  # 2 × 2, or four beside each other
    frame = leader.locator(MAP).first.bounding_box()
    assert frame is not None
    if screen == "telephone":
        assert frame["width"] > 0.9 * width
    else:
        trend = leader.locator(".gp-trend").first.bounding_box()
        assert trend is not None
        assert trend["y"] + trend["height"] <= height  # nothing that decides lies below the fold


@pytest.mark.parametrize("screen", WALLS)
def test_wall_fits_one_screen(leader: Page, leaders_address: str, screen: str) -> None:
    width, height = WALLS[screen]
    leader.set_viewport_size({"width": width, "height": height})
    ready(leader, leaders_address, "?wall=1")
    expect(leader.get_by_text("诉求办理总览")).to_be_visible()
    expect(leader.get_by_test_id("stSidebar")).to_be_hidden()
    assert leader.evaluate(CUT_OFF) == []
    size = leader.locator(".gp-wall .gp-table td").first.evaluate(
        "cell => parseFloat(getComputedStyle(cell).fontSize)"
    )
    assert size >= 0.016 * height


def test_no_planner_page_and_no_other_area(
    leader: Page, leaders_address: str, witness: Witness, tmp_path: Path
) -> None:
    for name in ("data", "redraw", "export"):
        leader.goto(f"{leaders_address}/{name}?view=planner&area={tmp_path}")
        expect(leader.get_by_text("领导视图中不开放")).to_be_visible(timeout=120_000)
        expect(leader.get_by_text("桃溪街道").first).to_be_visible()
        assert leader.locator("button:visible", has_text=re.compile("开始|下载|打开")).count() == 0
    links = leader.get_by_test_id("stSidebarNavLink")
    names = {link.inner_text().split()[-1] for link in links.all()}  # an icon's name comes first
    assert "总览" in names
    assert not names & {"数据", "网格优化调整", "成果导出"}
    leader.get_by_role("link", name="返回总览").click()
    expect(leader.locator(".gp-figures").first).to_be_visible()
    witness.errors[:] = [error for error in witness.errors if not PROBE.search(error)]


def test_period_stands_in_the_link(leader: Page, leaders_address: str) -> None:
    ready(leader, leaders_address, "?period=2026-05")
    expect(leader.get_by_text("2026年5月受理诉求")).to_be_visible()
    leader.locator(".st-key-period-later button").first.click()
    expect(leader.get_by_text("2026年6月受理诉求")).to_be_visible()
    leader.wait_for_url("**period=2026-06*")
    leader.get_by_role("radio", name="季", exact=True).or_(
        leader.get_by_role("button", name="季", exact=True)
    ).first.click()
    expect(leader.get_by_text("2026年第2季度受理诉求")).to_be_visible()
    ready(leader, leaders_address, f"?{leader.url.split('?')[1]}")
    expect(leader.get_by_text("2026年第2季度受理诉求")).to_be_visible()


def test_prints_clean_on_two_pages_at_most(
    leader: Page, leaders_address: str, tmp_path: Path
) -> None:
    ready(leader, leaders_address)
    map_is_drawn(leader)
    picture = leader.locator(".gp-print img").first
    picture.wait_for(state="attached")
    paper = leader.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 2
    leader.emulate_media(media="print")
    expect(picture).to_be_visible()
    expect(leader.get_by_text("内部使用").last).to_be_visible()
    expect(leader.get_by_test_id("stSidebar")).to_be_hidden()
    expect(leader.locator(MAP).first).to_be_hidden()
    assert leader.locator("button:visible").count() == 0
