"""What the maps of coverage show, to planners and to leaders."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from typing import Any

import folium
import pytest

from gridplan.coverage import Coverage, OpenRule, ServiceSet, find_coverage, propose_sites
from gridplan.coverage.sums import ALL
from gridplan.maps.coverage import (
    Reader,
    grade_edges,
    lacking_map,
    quarter_map,
    service_map,
    sites_map,
    visits_map,
)
from gridplan.maps.coverage_marks import COLOURS, GRADES
from gridplan.maps.grids import standalone
from gridplan.offline import folium_here
from gridplan.prepared import Prepared
from tests.coverage.test_views import BOOK, CARE, HEALTH, SHOPS
from tests.river_town import town

DAY = date(2026, 7, 1)
PLANNER, LEADER = Reader(made_on=DAY), Reader(leaders=True, made_on=DAY)
AREA = town(facilities=SHOPS, visits=BOOK)


@pytest.fixture(scope="module")
def found() -> Coverage:
    return find_coverage(AREA, ServiceSet((HEALTH, CARE)))


@pytest.fixture(scope="module")
def street(demo: Prepared) -> Coverage:
    return find_coverage(demo)


def text_of(drawn: folium.Map) -> str:
    text = str(drawn.get_root().render())
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


def spoken(drawn: folium.Map) -> list[dict[str, Any]]:
    """What every place of the map says of itself."""
    rows = []
    for match in re.finditer(r"_add\((\{.*\})\);", str(drawn.get_root().render())):
        rows += [item["properties"] for item in json.loads(match[1]).get("features", [])]
    return [row for row in rows if len(row) > 1]


def fills(drawn: folium.Map) -> Counter[str]:
    return Counter(row["style"]["fillColor"] for row in spoken(drawn) if "address" in row)


def test_one_service(found: Coverage) -> None:
    """Two homes served, three too far, one apart; two blind spots, one on each bank."""
    drawn = service_map(AREA, found, "health", PLANNER)
    assert fills(drawn) == {COLOURS["served"]: 2, COLOURS["distance"]: 3, COLOURS["network"]: 1}
    rows = spoken(drawn)
    north = next(row for row in rows if row.get("address") == "n2号")
    assert (north["metres"], north["over"], north["straight"]) == ("1,730 米", "1,430 米", "239 米")
    assert north["state"] == "超出距离"
    blind = sorted(row["unserved"] for row in rows if "people" in row)
    assert blind == ["10 户", "20 户"]
    station = next(row for row in rows if "station" in row)
    assert (station["station"], station["hours"]) == ("南岸卫生服务站", "周一至周五 08:00-17:00")
    text = text_of(drawn)
    for words in ("服务盲区", "由本单位自行设定", "制图日期：2026-07-01", "数据来源", "超出距离",
                  "路网不连通", "现有站点", "超出服务能力"):  # fmt: skip
        assert (words in text) == (words != "超出服务能力"), words


def test_a_shut_station_is_hollow() -> None:
    shut = find_coverage(AREA, ServiceSet((HEALTH,), OpenRule(at=(5, 600))))
    drawn = service_map(AREA, shut, "health", PLANNER)
    station = next(row for row in spoken(drawn) if "station" in row)
    assert station["style"]["fillColor"] == "#ffffff"
    assert "未计入" in text_of(drawn)


def test_what_is_lacking_in_grades(found: Coverage) -> None:
    drawn = lacking_map(AREA, found, PLANNER)
    assert fills(drawn) == {GRADES[2]: 4, GRADES[4]: 1, COLOURS["network"]: 1}
    told = {row["address"]: row["missing"] for row in spoken(drawn)}
    assert told["s3号"] == "医疗、养老"


@pytest.mark.parametrize("count", range(1, 14))
def test_grades_rise_from_none_to_all(count: int) -> None:
    edges = grade_edges(count)
    assert edges[0] == 0
    assert edges == sorted(edges)
    assert edges[-1] < count


def test_visits(found: Coverage) -> None:
    drawn = visits_map(AREA, found, PLANNER)
    assert fills(drawn) == {COLOURS["visited"]: 3, COLOURS["unvisited"]: 3}
    told = {row["address"]: row["due"] for row in spoken(drawn)}
    assert told["n1号"] == "所在网格未按期巡查"
    assert "2026-06-30" in text_of(drawn)


def test_one_quarter_stands_out(found: Coverage) -> None:
    whole = quarter_map(AREA, found, "health", reader=PLANNER)
    assert fills(whole) == {
        COLOURS["reached_visited"]: 2, COLOURS["unreached_visited"]: 1,
        COLOURS["unreached_unvisited"]: 2, COLOURS[""]: 1,
    }  # fmt: skip
    some = quarter_map(AREA, found, "health", "unreached_unvisited", PLANNER)
    assert fills(some) == {COLOURS["unreached_unvisited"]: 2, COLOURS["other"]: 4}


def test_new_stations_are_numbered(found: Coverage) -> None:
    proposal = propose_sites(found, ("health", "elderly"), 2)
    text = text_of(sites_map(AREA, found, proposal, PLANNER))
    assert "建议站点 1：新增覆盖" in text
    assert "建议站点 2：新增覆盖" in text
    assert "建议站点 3" not in text


def test_leaders_see_no_home(street: Coverage, demo: Prepared) -> None:
    """No address, no building, no count below five; the larger blind spots all the same."""
    proposal = propose_sites(street, ("elderly",), 2)
    maps = [
        service_map(demo, street, "elderly", LEADER),
        lacking_map(demo, street, LEADER),
        visits_map(demo, street, LEADER),
        quarter_map(demo, street, ALL, reader=LEADER),
        quarter_map(demo, street, "elderly", "unreached_unvisited", LEADER),
        sites_map(demo, street, proposal, LEADER),
    ]
    addresses = [word for word in street.walked.buildings["address"].unique() if len(word) > 4]
    for drawn in maps:
        rows, text = spoken(drawn), text_of(drawn)
        assert rows
        assert not any("address" in row for row in rows)
        assert not any(word in text for word in addresses)
        for row in rows:
            count = row.get("unserved", row.get("households", "99 户"))
            assert int(count.replace(" 户", "").replace(",", "")) >= 5


def test_planners_see_every_home_and_blind_spot(street: Coverage, demo: Prepared) -> None:
    rows = spoken(service_map(demo, street, "elderly", PLANNER))
    assert sum("address" in row for row in rows) == len(street.walked.buildings)
    mine = street.blindspots[street.blindspots["service"] == "elderly"]
    told = [row["unserved"] for row in rows if "people" in row]
    assert told == [f"{count:,} 户" for count in mine["households"]]


def test_more_homes_than_a_browser_likes_are_one_piece(
    found: Coverage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridplan.maps.coverage_marks.MOST_BUILDINGS", 5)
    rows = spoken(service_map(AREA, found, "health", PLANNER))
    assert not any("address" in row for row in rows)
    assert COLOURS["served"] in text_of(service_map(AREA, found, "health", PLANNER))


def test_english_map_has_no_chinese_words_of_its_own(found: Coverage) -> None:
    drawn = visits_map(AREA, found, Reader("en", made_on=DAY))
    told = json.dumps(spoken(drawn), ensure_ascii=False).replace("号", "")
    assert not re.search("[\u4e00-\u9fff]", told)


def test_page_asks_nothing_of_any_network(found: Coverage) -> None:
    with folium_here():
        page = standalone(service_map(AREA, found, "health", PLANNER), "x")
    assert not re.search(r"<(script|link|img)[^>]*https?:", page)
