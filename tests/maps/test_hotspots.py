"""What the maps of hotspots show: classes, grey, clusters, piles, steps, owners; and to whom."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import folium
import numpy as np
import pytest

from gridplan.hotspots import Hotspots, find_hotspots
from gridplan.hotspots.told import owned_whole, spots_of
from gridplan.maps.grids import standalone
from gridplan.maps.hotspot_marks import PARTED, RATES, THIN, WHOLE, Reader, rate_fills
from gridplan.maps.hotspots import border_map, grid_rate_map, hotspot_map, time_map
from gridplan.offline import folium_here
from gridplan.prepared import Prepared

CITY, POLICE = "城管网格", "警务网格"
PLANNER, LEADER = Reader(made_on=date(2026, 7, 1)), Reader(least=5, made_on=date(2026, 7, 1))


@pytest.fixture(scope="module")
def found(demo: Prepared) -> Hotspots:
    return find_hotspots(demo)


def html(drawn: folium.Map) -> str:
    """The page, with Chinese that its scripts write as numbers made legible."""
    text = str(drawn.get_root().render())
    return re.sub(r"\\u([2-9a-f][0-9a-f]{3})", lambda match: chr(int(match[1], 16)), text)


def properties(text: str, key: str) -> list[dict[str, Any]]:
    """Properties of every drawn shape that has one named `key`."""
    found = []
    for match in re.finditer(r"_add\((\{.*\})\);", text):
        found += [one["properties"] for one in json.loads(match[1]).get("features", [])]
    return [one for one in found if key in one]


def labels(text: str) -> list[dict[str, Any]]:
    match = re.search(r"labels = (\[.*?\]);\n", text)
    assert match is not None
    return list(json.loads(match[1]))


def test_classes_are_parted_at_multiples_of_the_mean() -> None:
    """At a mean of 10: 5, 8, 12.5 and 20; a place like all others is in the middle."""
    rates = [4.9, 5.0, 7.9, 8.0, 10.0, 12.4, 12.5, 19.9, 20.0, np.nan, 30.0]
    thin = [False] * 10 + [True]
    expected = [0, 1, 1, 2, 2, 2, 3, 3, 4]
    assert rate_fills(rates, thin, 10.0).tolist() == [RATES[n] for n in expected] + [THIN, THIN]
    assert set(rate_fills([0.0, 0.0], [False, False], 0.0)) == {RATES[0]}


def test_cells_tell_households_cases_and_rate(demo: Prepared, found: Hotspots) -> None:
    text = html(hotspot_map(demo.layers, found, PLANNER))
    cells = properties(text, "rate")
    assert len(cells) == len(found.cells)
    for drawn, row in zip(cells, found.cells.itertuples(), strict=True):
        assert drawn["cases"] == f"{row.cases:,} 件"
        assert drawn["households"] == f"{row.households:,.0f} 户"
        assert (drawn["style"]["fillColor"] == THIN) == row.thin
    for words in (
        "统计时段：2025-07-02 至 2026-06-30",
        "制图日期：2026-07-01",
        "不足 20 户",
        "桃溪街道",
    ):
        assert words in text


def test_each_place_is_labelled_once_and_recent_ones_are_dashed(
    demo: Prepared, found: Hotspots
) -> None:
    text = html(hotspot_map(demo.layers, found, PLANNER))
    heads = [label["head"] for label in labels(text) if label["kind"] == "cluster"]
    assert heads == ["阳光新城 · 持续", "北巷里 · 持续", "翡翠城 · 新增", "文昌农贸市场 · 偶发"]
    assert text.count('"dashArray": "7 6"') == 1


def test_piles_have_signs_and_leaders_see_no_address_and_no_small_count(
    demo: Prepared, found: Hotspots
) -> None:
    planner, leader = (html(hotspot_map(demo.layers, found, who)) for who in (PLANNER, LEADER))
    address = found.piles.set_index("kind")["address"]["repeat"]
    assert address in planner
    assert address not in leader
    for drawn, row in zip(properties(leader, "rate"), found.cells.itertuples(), strict=True):
        hidden = 0 < row.cases < 5
        assert (unescape(drawn["cases"]) == "<5 件") == hidden
        assert not hidden or drawn["rate"] == "—"


def test_density_is_a_surface_in_metres_with_a_legend(demo: Prepared, found: Hotspots) -> None:
    text = html(hotspot_map(demo.layers, found, PLANNER, density=True))
    assert "方格边长 100 米" in text
    assert not properties(text, "rate")


def test_grids_carry_code_and_rate_and_thin_ones_none(demo: Prepared, found: Hotspots) -> None:
    text = html(grid_rate_map(demo.layers, found, CITY, PLANNER))
    told = {label["head"]: label["foot"] for label in labels(text) if label["kind"] == "plain"}
    for row in found.grids[CITY].itertuples():
        assert told[row.code] == ("—" if row.thin else f"{row.smoothed_per_100:.1f}")
    posts = {one["code"]: one["worker"] for one in properties(text, "worker")}
    assert posts["TX03"] == "桃溪3号岗"


def test_time_has_thirteen_steps_that_hold_every_case(demo: Prepared, found: Hotspots) -> None:
    text = html(time_map(demo.layers, found, PLANNER))
    cells = properties(text, "fills")
    assert {len(one["fills"]) for one in cells} == {len(one["told"]) for one in cells} == {13}
    counted = sum(int(words.split()[0]) for one in cells for words in one["told"])
    assert counted == found.cells["cases"].sum()
    assert all(one["now"] == one["told"][-1] for one in cells)
    (steps,) = re.findall(r"var steps = (\[.*?\]), words", text)
    names = json.loads(steps)
    assert len(names) == 13
    assert names[-1].startswith("06-03 至 06-30")


@pytest.mark.parametrize("layer", [CITY, POLICE])
def test_clusters_are_coloured_by_whether_one_grid_owns_them(
    demo: Prepared, found: Hotspots, layer: str
) -> None:
    text = html(border_map(demo.layers, found, layer, PLANNER))
    drawn = properties(text, "owners")
    wholes = [owned_whole(found, spot.lead, layer) for spot in spots_of(found)]
    assert [one["style"]["color"] == WHOLE for one in drawn] == wholes
    assert [one["style"]["color"] == PARTED for one in drawn] == [not whole for whole in wholes]
    assert wholes.count(False) == (0 if layer == CITY else 2)


def test_no_share_tells_leaders_a_small_count(demo: Prepared, found: Hotspots) -> None:
    """One case in 50 of a cluster would be 2 %, which is as good as the count."""
    owners = found.owners.assign(cases=1, share=0.02)
    few = replace(found, owners=owners)
    planner, leader = (
        [
            one["owners"]
            for one in properties(html(border_map(demo.layers, few, CITY, who)), "owners")
        ]
        for who in (PLANNER, LEADER)
    )
    assert all("（2%）" in told for told in planner)
    assert all("（<5 件）" in unescape(told) and "%" not in told for told in leader)


def test_saved_maps_ask_nothing_of_any_network(demo: Prepared, found: Hotspots) -> None:
    with folium_here():
        drawn = [
            hotspot_map(demo.layers, found),
            grid_rate_map(demo.layers, found, CITY),
            time_map(demo.layers, found),
        ]
        pages = [standalone(one, "热点") for one in drawn]
    for page in pages:
        assert not re.search(r"""<(script|link|img)\b[^>]*(src|href)=["']https?:""", page)


def test_english_maps_speak_english(demo: Prepared, found: Hotspots) -> None:
    text = html(hotspot_map(demo.layers, found, Reader("en")))
    assert "Hotspots of cases" in text
    assert "诉求" not in re.sub(r"\{.*?\}", "", text)
