"""What a map shows: colours that differ, limits in colour, labels, legend, view."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import folium
import folium.plugins
import geopandas as gpd
import pytest
from shapely import box

from gridplan.analyse.present import Present
from gridplan.errors import GridplanError
from gridplan.maps.grids import draw_map, grid_map
from gridplan.maps.style import EXCUSED, WRONG, fills, households_text, short_number
from gridplan.maps.view import View, outline, view_of
from gridplan.plan import Finding
from gridplan.prepared import Prepared
from gridplan.rules import Rule, RuleSet
from tests.plans import SMALL_CRS, small_buildings, small_layers, small_plan


def chessboard(side: int, size_m: float = 100) -> gpd.GeoDataFrame:
    cells = [
        box(x * size_m, y * size_m, (x + 1) * size_m, (y + 1) * size_m)
        for y in range(side)
        for x in range(side)
    ]
    return gpd.GeoDataFrame(geometry=cells, crs=SMALL_CRS)


def html(view: View) -> str:
    drawn = grid_map(small_layers(), view, made_on=date(2026, 1, 2))
    return str(drawn.get_root().render())


def features(text: str) -> list[dict[str, object]]:
    """Every feature in the page's scripts."""
    found = []
    for match in re.finditer(r"_add\((\{.*\})\);", text):
        found += json.loads(match[1]).get("features", [])
    return found


def test_neighbours_never_share_a_colour() -> None:
    frame = chessboard(5)
    colour = fills(frame)
    for a, first in enumerate(frame.geometry):
        for b, second in enumerate(frame.geometry):
            if a != b and first.touches(second):
                assert colour[a] != colour[b]
    assert len(set(colour)) <= 5


def test_each_grid_and_building_is_one_feature() -> None:
    plan = small_plan()
    found = features(html(View("方案", plan.grids, (), plan.exceptions, plan.buildings)))
    named = [item["properties"] for item in found if "code" in item["properties"]]
    grids = [item for item in named if "radius" in item]
    assert {item["grid_id"] for item in grids} == set(plan.grids["grid_id"])
    assert sum("address" in item for item in named) == len(plan.buildings)


def test_red_for_violations_amber_for_proved_exceptions() -> None:
    plan = small_plan()
    wrong = Finding(Rule.UPPER, "A1", 600.0, 500.0, "breach.upper.households",
                    {"value": 600, "limit": 500})  # fmt: skip
    found = features(html(View("方案", plan.grids, (wrong,), plan.exceptions)))
    colour = {
        item["properties"]["grid_id"]: item["properties"]["style"]["color"]
        for item in found
        if "radius" in item["properties"]
    }
    assert colour["A1"] == WRONG
    assert colour["A2"] == EXCUSED
    assert colour["A3"] not in (WRONG, EXCUSED)
    told = {item["properties"]["grid_id"]: item["properties"]["remark"] for item in found
            if "radius" in item["properties"]}  # fmt: skip
    assert "600 户" in told["A1"]


def test_sheet_says_what_when_and_where_from() -> None:
    text = html(View("调整后网格", small_plan().grids))
    shown = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
    for words in ("调整后网格", "制图日期：2026-01-02", "桃源街道", "内部使用", "≈ 与斜体"):
        assert words in shown


def test_area_without_grids_is_drawn_all_the_same() -> None:
    plan = small_plan()
    found = features(html(View("现状", plan.grids.iloc[:0], buildings=plan.buildings)))
    assert sum("address" in item["properties"] for item in found) == len(plan.buildings)


def test_too_many_buildings_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = small_plan()
    monkeypatch.setattr("gridplan.maps.grids.MOST_BUILDINGS", len(plan.buildings) - 1)
    found = features(html(View("方案", plan.grids, buildings=plan.buildings)))
    assert not any("address" in item["properties"] for item in found)


@pytest.mark.parametrize(("size_m", "larger_m"), [(50, 100), (200, 900)])
def test_view_holds_the_place_and_smaller_places_are_nearer(size_m: int, larger_m: int) -> None:
    x, y = 551_000, 3_463_000
    small, large = (
        gpd.GeoSeries([box(x, y, x + side, y + side)], crs=SMALL_CRS) for side in (size_m, larger_m)
    )
    (latitude, longitude), near = view_of(small)
    _, far = view_of(large)
    assert near >= far
    assert 30 < latitude < 32
    assert 119 < longitude < 122
    metres_a_pixel = 156_543.03 * 0.855 / 2**far
    assert larger_m / metres_a_pixel <= 600


def test_outline_follows_every_part() -> None:
    pieces = gpd.GeoSeries([box(0, 0, 9, 9).union(box(20, 0, 29, 9))], crs=SMALL_CRS)
    assert len(outline(pieces)._children) == 2


def test_numbers_in_words() -> None:
    assert households_text(1234, estimated=True) == "≈1,234 户"
    assert households_text(1234, estimated=False, language="en") == "1,234 households"
    assert short_number("320508001001007") == "007"
    assert short_number("WJ01") == "WJ01"


def prepared() -> Prepared:
    """As much of the drawn street's area as a map looks at."""
    units: Any = SimpleNamespace(buildings=small_buildings())
    fabric: Any = None
    return Prepared(small_layers(), units, fabric, {}, RuleSet(), 0.0)


def test_page_shows_itself_in_a_notebook_and_is_saved(tmp_path: Path) -> None:
    plan = small_plan()
    page = draw_map(prepared(), plan, height_px=321)
    assert page.title == "桃源街道 · 调整后网格"
    assert "html" not in repr(page)
    inline = page._repr_html_()
    (document,) = re.findall(r"<iframe srcdoc='([^']*)' ", inline)
    assert unescape(document) == page.html
    assert "height:321px" in inline
    assert page.save(str(tmp_path / "map.html")).read_text("utf-8") == page.html
    with pytest.raises(GridplanError, match=r"nowhere"):
        page.save(tmp_path / "nowhere" / "map.html")


def test_page_draws_buildings_only_where_asked() -> None:
    plan = small_plan()
    for wanted in (False, True):
        found = features(draw_map(prepared(), plan, buildings=wanted).html)
        addresses = sum("address" in item["properties"] for item in found)
        assert addresses == (len(plan.buildings) if wanted else 0)


def test_page_of_the_ground_and_of_present_grids() -> None:
    bare = draw_map(prepared(), buildings=True, language="en")
    assert bare.title == "桃源街道 · The area"
    assert not any("radius" in item["properties"] for item in features(bare.html))
    plan = small_plan()
    home = plan.buildings.set_index("building_id")["grid_id"]
    layer = Present("城管网格", plan.grids, plan.violations, plan.grids.geometry, home, home)
    page = draw_map(prepared(), layer)
    assert page.title == "桃源街道 · 城管网格"
    grids = [item for item in features(page.html) if "radius" in item["properties"]]
    assert len(grids) == len(plan.grids)


def test_other_maps_of_a_notebook_keep_their_links() -> None:
    before = [list(kind.default_js) for kind in (folium.Map, folium.plugins.Fullscreen)]
    draw_map(prepared())
    assert [list(kind.default_js) for kind in (folium.Map, folium.plugins.Fullscreen)] == before


def test_without_the_scripts_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridplan.offline.missing", lambda: ("leaflet/dist/leaflet.js",))
    with pytest.raises(GridplanError, match=re.escape("python -m gridplan.offline")):
        draw_map(prepared())
