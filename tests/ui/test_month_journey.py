"""A month's data on the page 现行方案: which grid left its limits, the proposal, a plan begun with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from gridplan.edit import EditKind, apply, merged_start
from gridplan.prepared import Prepared
from gridplan.store import Store
from tests.months import put_in_force, second_month
from tests.ui.conftest import served

pytestmark = pytest.mark.browser

MAP = 'iframe[title="streamlit_folium.st_folium"]'


@pytest.fixture(scope="module")
def place(demo: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The street a month later, beside the plans of which one is in force."""
    folder = tmp_path_factory.mktemp("month")
    second_month(Path(demo.layers.folder), folder / "street")
    store = Store(f"sqlite:///{folder / 'plans.db'}")
    put_in_force(store, demo, merged_start(demo), date(2020, 1, 1))
    store.close()
    return folder


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    """Where that is served."""
    with served(place, str(place / "street")) as url:
        yield url


def map_of(page: Page) -> FrameLocator:
    return page.frame_locator(MAP).first


def test_from_the_grid_that_left_to_a_plan_that_mends_it(
    page: Page, address: str, place: Path
) -> None:
    page.goto(address)
    page.get_by_role("link", name="现行方案").click()
    expect(page.get_by_text("秋季调整 · 版本 1（定稿）")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("2020-01-01 起生效")).to_be_visible()
    boxes = page.locator(".gp-four")
    for text in ("新增越限", "+297 户", "2 / 1 栋", "另有 13 栋户数有变"):
        expect(boxes.get_by_text(text)).to_be_visible()
    expect(map_of(page).get_by_text("新增越限网格")).to_be_visible(timeout=60_000)

    page.get_by_test_id("stDataFrame").first.click(position={"x": 16, "y": 52})
    expect(page.get_by_text("超过上限 500 户")).to_be_visible()

    tabs = page.locator(".st-key-month-tab")
    tabs.get_by_text("楼栋变化（16）").click()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(1)
    tabs.get_by_text("局部调整").click()
    page.get_by_role("button", name="提出局部调整").click()
    expect(page.get_by_text("调整后，新增越限全部消除")).to_be_visible(timeout=60_000)
    expect(map_of(page).get_by_text("变动对照：现行网格 → 局部调整后")).to_be_visible(
        timeout=60_000
    )

    page.get_by_role("button", name="采纳建议，新建方案").click()
    expect(page.get_by_text("已保存 · 第 1 步")).to_be_visible(timeout=60_000)
    store = Store(f"sqlite:///{place / 'plans.db'}")
    (plan_id, name), (approved, _) = store.plans("桃溪街道")
    ((branch, _),) = store.branches(plan_id)
    (edit,) = store.edits(branch)
    assert (name[:4], edit.kind) == ("月度更新", EditKind.REPAIR)
    before = apply(store.line(branch).division, edit.inverse)
    assert set(before.units_of) == {grid.code for grid in store.codes.of_version(approved, 1)}
    store.close()
