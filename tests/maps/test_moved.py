"""The map of what moves: who, from where to where, and which borders are no more."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from gridplan.edit import Differences, compare_divisions
from gridplan.maps.moved import former_borders, grids_after, ground_of_units, moved_map
from gridplan.prepared import Prepared
from tests.nine import PRESENT, division

DAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def differences(nine: Prepared) -> Differences:
    return compare_divisions(nine, division(PRESENT), division("P1P2Q1--P2Q1n1P3--"))


def rendered(area: Prepared, differences: Differences) -> str:
    drawn = moved_map(area, differences, before="现有网格", after="方案二", made_on=DAY)
    text = str(drawn.get_root().render())
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


def properties(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for match in re.finditer(r"_add\((\{.*\})\);", text):
        found += [item["properties"] for item in json.loads(match[1]).get("features", [])]
    return found


def test_units_say_where_they_go(nine: Prepared, differences: Differences) -> None:
    told = [item for item in properties(rendered(nine, differences)) if "move" in item]
    assert {item["unit"]: item["move"] for item in told} == {
        "G楼": "从 P3 到 001 · 70 户",
        "B楼": "从 P1 到 P2 · 20 户",
        "D楼": "从 P2 到 未划入网格 · 40 户",
    }
    fill = {item["unit"]: item["style"]["fillColor"] for item in told}
    assert fill["G楼"] == fill["B楼"] != fill["D楼"]


def test_grids_that_change_stand_out(nine: Prepared, differences: Differences) -> None:
    told = [item for item in properties(rendered(nine, differences)) if "change" in item]
    changes = {item["code"][-3:]: item["change"] for item in told}
    assert changes == {"001": "拆分", "P1": "微调", "P2": "整合", "P3": "拆分", "Q1": "保留"}
    heavy = {item["code"][-3:] for item in told if item["style"]["weight"] > 2}
    assert heavy == {"001", "P1", "P2", "P3"}


def test_sheet_says_what_when_and_how_to_read_it(nine: Prepared, differences: Differences) -> None:
    text = rendered(nine, differences)
    for words in ("变动对照：现有网格 → 方案二", "变动的楼栋、小区", "调出后未划入网格",
                  "有变动的网格", "未变动的网格", "原边界", "制图日期：2026-07-01", "内部使用",
                  "西社区"):  # fmt: skip
        assert words in text, words


def test_only_borders_that_are_elsewhere_now_are_former(
    nine: Prepared, differences: Differences
) -> None:
    grids = grids_after(nine, differences)
    former = former_borders(nine, differences, grids)
    assert former.length.sum() > 10
    after = grids.boundary.union_all()
    assert all(line.distance(after) < 1.5 for line in former.geometry)  # they begin at one
    assert former.intersection(after.buffer(0.9)).length.sum() < 1e-6
    ground = ground_of_units(nine, differences.units["unit_id"])
    between = ground["B"].boundary.intersection(former.union_all().buffer(0.1))
    assert between.length > 10  # B went to E: no border between them
    same = compare_divisions(nine, division(PRESENT), division(PRESENT))
    assert former_borders(nine, same, grids_after(nine, same)).empty


def test_nothing_moves_and_nothing_is_there(nine: Prepared) -> None:
    same = compare_divisions(nine, division(PRESENT), division(PRESENT))
    text = rendered(nine, same)
    assert not any("move" in item for item in properties(text))
    assert "变动的楼栋、小区" not in text
    empty = compare_divisions(nine, division(PRESENT), division("--" * 9))
    text = rendered(nine, empty)
    assert sum("move" in item for item in properties(text)) == 8
    assert not any("change" in item for item in properties(text))
