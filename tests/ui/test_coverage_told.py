"""What the page 服务盲区 says in words and tables, to planners and to leaders."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from gridplan.coverage import Coverage, OpenRule, Service, ServiceSet, Walk, find_coverage
from gridplan.coverage.sums import ALL
from gridplan.prepared import Prepared
from gridplan.ui.coverage_form import with_metres
from gridplan.ui.coverage_panels import packed
from gridplan.ui.coverage_told import (
    about,
    conclusion,
    grid_table,
    home_table,
    judged,
    quarter_texts,
    rule_table,
    service_table,
    share_text,
    told,
)
from tests.coverage.test_views import BOOK, HEALTH, SHOPS
from tests.river_town import town

AREA = town(facilities=SHOPS, visits=BOOK)
CARE = Service("elderly", Walk(100.0), ("养老",))
"""Only n2 is so near to the station before it; the clinic is near s1 and s2."""

DAYCARE = Service("childcare", Walk(300.0), ("托育",))
FAR = Service("elderly", Walk(5000.0), ("养老",))


def judge(*services: Service) -> Coverage:
    return find_coverage(AREA, ServiceSet(services))


@pytest.fixture(scope="module")
def found() -> Coverage:
    return judge(HEALTH, CARE)


@pytest.fixture(scope="module")
def street(demo: Prepared) -> Coverage:
    return find_coverage(demo)


@pytest.mark.parametrize(
    ("services", "asked", "line"),
    [
        ((HEALTH, CARE), "health", "医疗：30 户走不到 300 米内的站点。"),
        ((HEALTH, FAR), "elderly", "养老：住户步行 5,000 米内都有站点。"),
        ((HEALTH, CARE, DAYCARE), "childcare", "托育：数据中没有这类设施"),
        ((HEALTH, CARE), ALL, "2 类服务平均覆盖 30%，缺口最大的是养老：40 户走不到"),
        ((HEALTH, DAYCARE), ALL, "医疗：30 户走不到 300 米内的站点。（其他 1 类没有设施数据"),
        ((HEALTH,), ALL, "医疗：30 户走不到 300 米内的站点。"),
        ((DAYCARE,), ALL, "设施类别都不属于"),
    ],
)
def test_one_line(services: tuple[Service, ...], asked: str, line: str) -> None:
    text = conclusion(judge(*services), AREA.layers, asked, "zh", False)
    assert text.startswith(line)


def test_places_that_are_full_are_told() -> None:
    """The clinic has room for 15 of the 20 households that reach it."""
    full = replace(HEALTH, places_per_household=1.0, capacity=15.0)
    text = conclusion(judge(full), AREA.layers, "health", "zh", False)
    assert text == "医疗：35 户走不到 300 米内的站点，或站点容纳不下。"


@pytest.mark.parametrize(
    ("rule", "told_rule"),
    [
        (OpenRule(at=(5, 19 * 60 + 30)), "只计周六 19:30 开放的站点；开放时间不明的不计"),
        (OpenRule(days=6, count_unknown=True), "只计每周至少开放 6 天的站点；开放时间不明的也计入"),
    ],
)
def test_hours_asked_for_are_told(rule: OpenRule, told_rule: str) -> None:
    """The clinic opens from Monday to Friday; where a household cannot go is then everywhere."""
    shut = find_coverage(AREA, ServiceSet((HEALTH,), rule))
    text = conclusion(shut, AREA.layers, "health", "zh", False)
    assert text == f"医疗：50 户走不到 300 米内的站点。（{told_rule}）"


def test_the_line_says_where(street: Coverage, demo: Prepared) -> None:
    """It names the community that has most of those not served, by an independent sum."""
    codes = demo.layers.buildings.set_index("building_id")["community_code"]
    rows = street.unserved[street.unserved["service"] == "elderly"]
    sums = rows.groupby(rows["building_id"].map(codes))["households"].sum()
    name = demo.layers.communities.set_index("community_code").loc[sums.idxmax(), "name"]
    line = conclusion(street, demo.layers, "elderly", "zh", False)
    assert name in line
    assert f"{int(sums.sum()):,} 户" in line
    assert ("集中在" in line) == (sums.max() >= 0.4 * sums.sum())


def test_estimates_are_marked(street: Coverage) -> None:
    homes = street.walked.buildings
    plain = replace(street.walked, buildings=homes.assign(estimated=False))
    wild = replace(street.walked, buildings=homes.assign(estimated=True))
    assert about(replace(street, walked=plain), "elderly") == ""
    assert about(replace(street, walked=wild), "elderly") == "≈"


def test_services_by_what_most_households_lack(found: Coverage) -> None:
    three = judge(HEALTH, DAYCARE, CARE)
    table = service_table(three, "zh", False)
    assert list(table.index) == ["elderly", "health", "childcare"]
    assert table["未覆盖户"].fillna(-1).tolist() == [40, 30, -1]
    assert table["按户"].tolist() == ["20.0%", "40.0%", "—"]
    assert table["直线"].tolist() == ["20.0%", "80.0%", "—"]
    assert judged(three) == ["elderly", "health"]


def test_grids_the_least_covered_first(found: Coverage) -> None:
    table = grid_table(found, "health", "zh", False)
    assert table["网格"].tolist() == ["北", "南"]
    assert table["名次"].tolist() == [2, 1]
    assert table["未覆盖户"].tolist() == [20, 10]
    assert table["路网不通"].tolist() == [10, 0]
    both = grid_table(found, ALL, "zh", False)
    assert both.set_index("网格")["未覆盖户"].to_dict() == {"南": 10 + 30, "北": 20 + 10}


def test_the_list_of_the_unserved(found: Coverage) -> None:
    table = home_table(found, "health", "zh")
    assert list(table.index) == ["n1", "n2", "s3", "i"]
    assert table["步行米"].fillna(-1).tolist() == [1930, 1730, 830, -1]
    assert table["原因"].tolist() == ["超出距离"] * 3 + ["路网不连通"]
    assert "服务" in home_table(found, ALL, "zh")


def test_rules_of_visits(found: Coverage) -> None:
    table = rule_table(found, "zh", False)
    assert table.iloc[0].tolist() == ["网格巡查", "2 个网格", "1 个网格", "50.0%"]
    assert table["应完成"].iloc[1] == "—"


def test_quarters(found: Coverage) -> None:
    assert quarter_texts(found, "health", False) == ["20", "0", "10", "20"]


@pytest.mark.parametrize(
    ("counts", "texts"),
    [
        ([30, 27, 3], ["30", "—", "<5"]),
        ([30, 20, 10], ["30", "20", "10"]),
        ([3, 0, 3], ["<5", "0", "<5"]),
    ],
)
def test_leaders_cannot_work_a_small_count_out(counts: list[int], texts: list[str]) -> None:
    assert told(counts, [(0, [1, 2])], True) == texts
    assert told(counts, [(0, [1, 2])], False) == [str(count) for count in counts]


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (297, 300, "—"),
        (3, 300, "—"),
        (0, 300, "0%"),
        (300, 300, "100%"),
        (150, 300, "50%"),
        (0, 0, "—"),
    ],
)
def test_leaders_see_no_share_of_a_small_count(part: float, whole: float, text: str) -> None:
    assert share_text(part, whole, True) == text


def test_leaders_tables_of_the_demo_hold_small_counts_back(street: Coverage) -> None:
    for key in judged(street):
        texts = grid_table(street, key, "zh", True)["未覆盖户"]
        assert not any(text in ("1", "2", "3", "4") for text in texts)


def test_a_distance_changed_and_changed_back() -> None:
    own = ServiceSet()
    walk = {one.key: one.walk for one in own.services}
    changed = with_metres(own, {"elderly": 500.0}, own)
    now = {one.key: one.walk for one in changed.services}
    assert now["elderly"].metres == 500
    assert "由本单位自行设定" in now["elderly"].sentence()
    assert {key: now[key] for key in now if key != "elderly"} == {
        key: walk[key] for key in walk if key != "elderly"
    }
    assert with_metres(changed, {"elderly": walk["elderly"].metres}, own) == own


def test_a_changed_distance_leaves_the_hours_alone() -> None:
    own = ServiceSet(open=OpenRule(days=6))
    assert with_metres(own, {"health": 900.0}, own).open == OpenRule(days=6)


def test_files_to_take_away(found: Coverage) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(found, "镇"))) as archive:
        assert set(archive.namelist()) == {"unserved.csv", "blindspots.geojson", "summary.json"}
        assert "n1号" in archive.read("unserved.csv").decode("utf-8-sig")


PAGE = """
import streamlit as st
from types import SimpleNamespace
from gridplan.ui.coverage import coverage
from tests.river_town import facilities, town
from tests.coverage.test_views import BOOK, SHOPS
st.session_state.setdefault("view", "{view}")
st.session_state.setdefault("language", "{language}")
held = SimpleNamespace(folder=None, reading=SimpleNamespace(error=None))
coverage(SimpleNamespace(prepared={area}, plan=None, draft=None, work=None, area=held))
"""


def page(area: str, view: str = "planner", language: str = "zh") -> AppTest:
    script = PAGE.format(area=area, view=view, language=language)
    return AppTest.from_string(script, default_timeout=30)


@pytest.mark.parametrize(
    ("area", "words"),
    [
        ("town(facilities=facilities())", "[facilities]"),
        ("town(streets=town().layers.streets.iloc[:0])", "[streets]"),
        ("town(facilities=facilities((0, 0, {'kind': '井'})))", "不属于任何一类服务"),
    ],
)
def test_area_without_what_it_takes_says_what_to_do(area: str, words: str) -> None:
    app = page(area).run()
    assert not app.exception
    assert words in app.info[0].value


def test_without_visits_it_says_what_to_do() -> None:
    app = page("town()")
    app.session_state["coverage-panel"] = "quarters"
    app.run()
    assert "[visits]" in app.info[0].value


@pytest.mark.parametrize(("view", "language"), [("planner", "zh"), ("leader", "en")])
def test_every_panel_of_every_service_speaks(view: str, language: str) -> None:
    app = page("town(facilities=SHOPS, visits=BOOK)", view, language)
    app.session_state["coverage-quarter"] = "unreached_visited"
    for panel in ("reach", "quarters", "visits", "sites", "standards"):
        for service in (ALL, "health", "childcare"):
            app.session_state["coverage-panel"] = panel
            app.session_state["coverage-service"] = service
            app.run()
            assert not app.exception, (panel, service)
            assert not app.error, (panel, service)
    has = {field.label for field in app.number_input}
    assert bool(has) == (view == "planner")


def test_a_changed_standard_changes_the_line() -> None:
    """Within 1 km s3 reaches the clinic too; back at the default it does not."""
    app = page("town(facilities=SHOPS, visits=BOOK)")
    app.session_state["coverage-service"] = "health"
    app.run()
    assert "30 户走不到 300 米" in "".join(str(item.value) for item in app.get("html"))
    app.number_input(key="coverage-metres-health").set_value(1000.0).run()
    assert "20 户走不到 1,000 米" in "".join(str(item.value) for item in app.get("html"))
