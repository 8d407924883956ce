"""A planner's and a leader's way through 服务盲区, in a real browser."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from gridplan.coverage import ServiceSet, Walk, find_coverage, propose_sites
from gridplan.prepared import Prepared
from gridplan.ui.coverage_told import conclusion

pytestmark = pytest.mark.browser

MAP = 'iframe[title="streamlit_folium.st_folium"]'
TRUTH = Path(__file__).parents[2] / "data" / "demo" / "truth.json"
PLACES = """() => {
  const map = Object.values(window).find(v => v && v._layers && v.getZoom), found = [];
  map.eachLayer(layer => { if (layer.feature) found.push(layer.feature.properties); });
  return found;
}"""
ZOOM = "() => Object.values(window).find(v => v && v._layers && v.getZoom).getZoom()"


def the_map(page: Page, words: str) -> Frame:
    """The map's frame, once its legend says so."""
    expect(page.frame_locator(MAP).first.get_by_text(words).first).to_be_visible(timeout=60_000)
    frame = page.locator(MAP).first.element_handle().content_frame()
    assert frame is not None
    frame.wait_for_function("() => document.querySelector('.leaflet-container canvas')")
    return frame


def come_in(page: Page, address: str, query: str = "") -> None:
    page.goto(f"{address}/{query}")
    link = page.get_by_role("link", name="服务盲区")
    expect(link).to_be_visible(timeout=120_000)
    page.wait_for_timeout(2500)  # a click before the page is whole is lost as it draws itself
    link.click()
    page.wait_for_url("**/coverage*")
    the_map(page, "各处缺几类")


def choose(page: Page, title: str) -> None:
    page.get_by_role("combobox", name="服务类别").click()
    page.get_by_role("option", name=title).click()
    the_map(page, f"{title}：服务盲区")


def within(services: ServiceSet, key: str, metres: float) -> ServiceSet:
    return replace(
        services,
        services=tuple(
            replace(one, walk=Walk(metres)) if one.key == key else one for one in services.services
        ),
    )


def test_the_planted_blind_spot_and_the_next_station(
    page: Page, address: str, demo: Prepared, tmp_path: Path
) -> None:
    before, after = find_coverage(demo), find_coverage(demo, within(ServiceSet(), "elderly", 500.0))
    planted: dict[str, Any] = json.loads(TRUTH.read_text("utf-8"))["blind_spot"]
    come_in(page, address)
    choose(page, "养老")
    expect(
        page.get_by_text(conclusion(before, demo.layers, "elderly", "zh", False))
    ).to_be_visible()

    field = page.get_by_label("步行距离（米）")
    field.fill("500")
    field.press("Enter")
    line = conclusion(after, demo.layers, "elderly", "zh", False)
    assert line != conclusion(before, demo.layers, "elderly", "zh", False)
    expect(page.get_by_text(line)).to_be_visible(timeout=60_000)
    frame = the_map(page, "步行 500 米：由本单位自行设定")
    page.wait_for_timeout(1500)
    places = frame.evaluate(PLACES)
    corner = corner_of(demo, planted["parcels"])
    mine = [place for place in places if place.get("address") in corner]
    assert len(mine) == len(corner)
    assert {place["state"] for place in mine} == {"超出距离"}
    assert sum(number(place["unserved"]) for place in mine) == sum(corner.values())
    blind = after.blindspots[after.blindspots["service"] == "elderly"]
    told = [number(place["unserved"]) for place in places if "people" in place]
    assert sorted(told) == sorted(blind["households"])
    zoom = frame.evaluate(ZOOM)
    page.get_by_test_id("stDataFrame").first.click(position={"x": 16, "y": 52})
    frame.wait_for_function(f"() => ({ZOOM})() > {zoom}")

    with page.expect_download(timeout=60_000) as waiting:
        page.locator(".st-key-coverage-download button").click()
    waiting.value.save_as(tmp_path / "files.zip")
    with zipfile.ZipFile(tmp_path / "files.zip") as archive:
        assert "unserved.csv" in archive.namelist()
        told_there = json.loads(archive.read("summary.json"))
    limits = {row["service"]: row["limit_m"] for row in told_there["services"]}
    assert limits["elderly"] == 500

    page.get_by_text("可达与走访", exact=True).click()
    cell = page.locator(".st-key-coverage-unreached_unvisited button")
    count = int(after.cross.set_index("service").loc["elderly", "unreached_unvisited"])
    expect(cell).to_contain_text(f"{count:,} 户")
    the_map(page, "养老：可达与走访")
    cell.click()
    the_map(page, "其他")

    page.get_by_text("新增站点", exact=True).first.click()
    gain = int(propose_sites(after, ("elderly",), 1).sites["households"].iloc[0])
    expect(page.get_by_text(f"新增覆盖 {gain:,} 户")).to_be_visible(timeout=60_000)
    frame = the_map(page, "新增站点建议：养老")
    assert frame.locator(".leaflet-marker-icon", has_text="1").count() >= 1
    page.locator(".st-key-coverage-count").get_by_text("3", exact=True).click()
    gain = int(propose_sites(after, ("elderly",), 3).curve["households"].iloc[-1])
    expect(page.get_by_text(f"新增覆盖 {gain:,} 户")).to_be_visible(timeout=60_000)


def corner_of(demo: Prepared, parcels: list[str]) -> dict[str, int]:
    """The homes of some compounds: what the map calls them, and their households."""
    names = demo.layers.compounds.set_index("compound_id")["name"]
    homes = demo.units.buildings
    mine = homes[homes["compound_id"].map(names).isin(parcels) & (homes["households"] > 0)]
    return {f"{row.address} {row.name}".strip(): int(row.households) for row in mine.itertuples()}


def number(text: str) -> int:
    return int(text.replace("户", "").replace(",", "").strip())


def test_a_leader_sees_counts_and_no_home(page: Page, address: str) -> None:
    come_in(page, address, "?view=leader")
    frame = the_map(page, "各处缺几类")
    assert not any("address" in place for place in frame.evaluate(PLACES))
    choose(page, "养老")
    page.wait_for_timeout(1500)
    places = the_map(page, "养老：服务盲区").evaluate(PLACES)
    assert places
    assert not any("address" in place for place in places)
    for words in ("标准", "未覆盖名单", "下载盲区成果（名单、边界、汇总）"):
        expect(page.get_by_text(words, exact=True)).to_have_count(0)


@pytest.mark.parametrize("size", [(390, 844), (1440, 900), (1920, 1080)])
def test_it_fits_the_screen(page: Page, address: str, size: tuple[int, int]) -> None:
    page.goto(f"{address}/?lang=en")
    link = page.get_by_role("link", name="Blind spots")
    expect(link).to_be_visible(timeout=120_000)
    page.wait_for_timeout(2500)
    link.click()
    the_map(page, "services are lacking")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_timeout(800)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    low = page.locator(MAP).first.bounding_box()
    assert low is not None
    assert size[0] < 640 or low["y"] + low["height"] <= size[1]
