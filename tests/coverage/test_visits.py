"""Visits held against the rules, on the buildings of :mod:`tests.river_town`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from gridplan.coverage import VisitRules, Visits
from gridplan.coverage.visits import judge_visits
from tests.drawn import DRAWN_CRS
from tests.river_town import town, visits

DAY = date(2026, 6, 30)
OLD = ("s1", "2026-01-01", "巡查")
"""Records reach back to the first of the year."""


def case(number: str, grade: str, closed: str, **more: Any) -> dict[str, Any]:
    return {
        "case_id": number, "grade": grade, "closed": pd.Timestamp(closed), "category": "邻里纠纷",
        "subcategory": "", "opened": pd.Timestamp("2026-01-01"), "status": "已办结", "home": None,
        "geometry": None, **more,
    }  # fmt: skip


def cases(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame([*rows], geometry="geometry", crs=DRAWN_CRS)
    table["home"] = gpd.GeoSeries(table["home"], crs=DRAWN_CRS)
    return table


def judge(
    book: pd.DataFrame,
    rules: VisitRules | None = None,
    special: dict[str, float] | None = None,
    as_of: date | None = DAY,
    **layers: Any,
) -> Visits:
    prepared = town(visits=book, **layers)
    buildings = prepared.units.buildings
    if special is not None:
        counts = buildings["building_id"].map(special).astype(float)
        buildings = buildings.assign(special_households=counts)
    grid_of = prepared.present["网格"].building_grid
    return judge_visits(prepared.layers, buildings, grid_of, rules or VisitRules(), as_of)


def row(found: Visits, rule: str) -> dict[str, Any]:
    return dict(found.rules.set_index("rule").loc[rule])


def overdue(found: Visits) -> dict[str, float]:
    return dict(found.buildings.set_index("building_id")["overdue_households"])


def test_one_patrol_a_week_serves_its_whole_grid() -> None:
    found = judge(visits(OLD, ("n2", "2026-06-20", "巡查"), ("s3", "2026-06-24", "巡查")))
    assert row(found, "patrol") == {"judged": True, "why": "", "required": 2, "overdue": 1}
    assert overdue(found) == {"s1": 0, "s2": 0, "s3": 0, "n1": 10, "n2": 10, "i": 10}


def test_seven_days_and_not_eight() -> None:
    for day, late in (("2026-06-24", 0), ("2026-06-23", 3)):
        found = judge(visits(OLD, ("n1", "2026-06-25", "巡查"), ("s1", day, "巡查")))
        assert sum(homes > 0 for homes in overdue(found).values()) == late


def test_every_building_where_the_office_asks_for_it() -> None:
    rules = VisitRules(patrol_each_building=True)
    found = judge(visits(OLD, ("s3", "2026-06-29", "巡查")), rules)
    assert row(found, "patrol")["overdue"] == 5


def test_special_households_of_buildings_without_a_call() -> None:
    book = visits(
        OLD, ("s1", "2026-06-30", "巡查"), ("n1", "2026-06-30", "巡查"),
        ("s2", "2026-06-02", "走访"), ("n2", "2026-05-30", "走访"),
    )  # fmt: skip
    found = judge(book, special={"s1": 3, "s2": 4, "n2": 5})
    assert row(found, "special") == {"judged": True, "why": "", "required": 12, "overdue": 8}
    assert overdue(found) == {"s1": 3, "s2": 0, "s3": 0, "n1": 0, "n2": 5, "i": 0}


def test_visits_without_a_kind_count_as_either() -> None:
    book = visits(("s1", "2026-01-01", ""), ("s2", "2026-06-30", ""), ("n1", "2026-06-30", ""))
    found = judge(book, special={"s2": 4})
    assert (row(found, "patrol")["overdue"], row(found, "special")["overdue"]) == (0, 0)


def test_follow_ups_by_former_grade() -> None:
    """Two weeks after closing only the major dispute wants one; a month after, both."""
    settled = cases(
        case("A", "ordinary", "2026-06-12"), case("B", "major", "2026-06-12"),
        case("C", "ordinary", "2026-05-20"), case("D", "major", "2026-05-20"),
        case("E", "ordinary", "2026-05-20"), case("F", "ordinary", "2025-06-01"),
        case("G", "major", "2026-05-20", category="市容环境"),
    )  # fmt: skip
    book = visits(
        OLD, ("s1", "2026-06-29", "巡查"), ("n1", "2026-06-29", "巡查"),
        ("s1", "2026-06-15", "回访", "E"), ("s1", "2026-06-10", "回访", "D"),
    )  # fmt: skip
    found = judge(book, cases=settled)
    assert set(found.cases["case_id"]) == {"B", "C", "D"}
    assert row(found, "major")["overdue"] == 2
    assert row(found, "ordinary")["overdue"] == 1


def test_a_case_belongs_to_the_home_and_else_to_its_place() -> None:
    at_home = case("A", "major", "2026-06-01", home=Point(305, -20), geometry=Point(900, -20))
    outside = case("B", "major", "2026-06-01", geometry=Point(900, 10))
    nowhere = case("C", "major", "2026-06-01")
    book = visits(OLD, ("s1", "2026-06-29", "巡查", "X"), ("n1", "2026-06-29", "巡查"))
    found = judge(book, cases=cases(at_home, outside, nowhere))
    assert dict(zip(found.cases["case_id"], found.cases["building_id"], strict=True)) == {
        "A": "s2", "B": "s3", "C": "",
    }  # fmt: skip
    assert overdue(found) == {"s1": 0, "s2": 1, "s3": 1, "n1": 0, "n2": 0, "i": 0}


@pytest.mark.parametrize(
    ("book", "why"),
    [
        (visits(), {"patrol": "no_visits", "special": "no_visits", "major": "no_visits"}),
        (pd.DataFrame(), {"patrol": "no_visits"}),
        (visits(("s1", "2026-06-28", "巡查")), {"patrol": "short", "special": "short"}),
        (visits(OLD), {"patrol": "", "special": "no_special", "ordinary": "no_grades"}),
        (visits(("s1", "2026-01-01", "走访")), {"patrol": "no_kind"}),
    ],
)
def test_what_cannot_be_judged_says_why(book: pd.DataFrame, why: dict[str, str]) -> None:
    found = judge(book)
    assert {rule: row(found, rule)["why"] for rule in why} == why
    for rule, told in why.items():
        assert row(found, rule)["judged"] == (told == "")


def test_rules_of_cases_need_grades_disputes_and_numbers() -> None:
    graded = cases(case("A", "major", "2026-06-01"))
    assert row(judge(visits(OLD), cases=graded), "major")["why"] == "no_case_ids"
    other = cases(case("A", "major", "2026-06-01", category="市容环境"))
    assert row(judge(visits(OLD), cases=other), "major")["why"] == "no_disputes"
    every = replace(VisitRules(), disputes=())
    book = visits((*OLD, "X"))
    assert row(judge(book, every, cases=other), "major")["overdue"] == 1


def test_a_rule_that_is_off_is_not_judged() -> None:
    rules = VisitRules(patrol_days=None, special_months=None, ordinary_days=None, major_days=None)
    found = judge(visits(OLD), rules)
    assert set(found.rules["why"]) == {"off"}
    assert not found.judged


def test_the_last_day_of_the_visits_is_the_day() -> None:
    found = judge(visits(OLD, ("s2", "2026-05-03", "巡查")), as_of=None)
    assert found.as_of == date(2026, 5, 3)
    last = found.buildings.set_index("building_id")["last_visit"]
    assert last["s2"] == pd.Timestamp("2026-05-03")
    assert np.isnat(last.to_numpy("datetime64[us]")[list(last.index).index("n1")])


def test_visits_after_the_day_do_not_count() -> None:
    found = judge(visits(OLD, ("s1", "2026-07-01", "巡查")))
    assert row(found, "patrol")["overdue"] == 2
