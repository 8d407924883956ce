"""The present grids of a drawn street, each fault planted and found.

Houses of 20 m and 100 households each stand 50 m apart, in two rows; the community ends at
x = 525::

    y 100   a0  a1  a2  a3  a4  a5  a6  a7  a8  a9
    y   0   b0  b1  b2  b3  b4  b5  b6  b7  b8  b9
            x 50 ……………………………………… 500
"""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, box

from gridplan.analyse.present import Present, present_state
from gridplan.fabric import build_fabric
from gridplan.plan import GRID_COLUMNS
from gridplan.rules import Rule, RuleSet
from gridplan.units import build_units
from tests.drawn import TOWN, drawn_layers, frame, house

GROUND = box(25, -50, 525, 150)
LAYER = "城管网格"
WEST, EAST = box(25, -50, 275, 150), box(275, -50, 525, 150)


def street(**changes: dict) -> list[dict]:
    """The twenty houses; a keyword changes the house of that id."""
    return [
        {
            "building_id": f"{row}{column}",
            "households": 50.0,
            "geometry": house(50 * (column + 1), y_m),
        }
        | changes.get(f"{row}{column}", {})
        for row, y_m in (("a", 100), ("b", 0))
        for column in range(10)
    ]


def seen(grids: list[dict], houses: list[dict] | None = None, **layers) -> Present:
    """The present state of some grids on the drawn street."""
    layers.setdefault("communities", frame("communities", {"geometry": GROUND}))
    area = drawn_layers(
        frame("buildings", *(houses or street())),
        source="column",
        grids={LAYER: frame("grids", *grids)},
        **layers,
    )
    units = build_units(area, RuleSet())
    return present_state(area, units, build_fabric(area, units), RuleSet(), LAYER)


def halves(*others: dict) -> list[dict]:
    """Two grids that tile the street, ten houses and 500 households each."""
    return [
        {"grid_code": "G1", "name": "一格", "geometry": WEST},
        {"grid_code": "G2", "name": "二格", "geometry": EAST},
        *others,
    ]


def told(present: Present) -> list[tuple[Rule, str]]:
    return [(finding.rule, finding.grid) for finding in present.findings]


def test_good_grids_have_no_fault_and_are_measured_like_a_plan():
    present = seen(halves())
    assert present.findings == ()
    assert present.grids.columns.drop(["name", "grid_code", "worker"]).tolist() == list(
        GRID_COLUMNS
    )
    row = present.grids.set_index("code").loc["G1"]
    assert (row["households"], row["people"], row["buildings"]) == (500, 1310, 10)
    assert (row["pieces"], row["lower"], row["upper"]) == (1, 300, 500)
    assert row["name"] == "一格"
    assert row["radius_m"] == pytest.approx((100**2 + 100**2) ** 0.5)
    assert present.building_grid["a4"] == "G1"
    assert present.unit_grid["b5"] == "G2"


def test_too_large_and_too_small():
    grids = [
        {"grid_code": "G1", "geometry": box(25, -50, 375, 150)},
        {"grid_code": "G2", "geometry": box(375, -50, 525, 150)},
    ]
    houses = street(a9={"households": 0.0}, b9={"households": 40.0})
    present = seen(grids, houses)
    assert told(present) == [(Rule.UPPER, "G1"), (Rule.LOWER, "G2")]
    assert present.findings[0].value == 700
    assert present.findings[1].value == 240
    assert not any(finding.proved for finding in present.findings)


def test_a_polygon_in_two_pieces():
    """G1 has both ends of the street, G2 its middle."""
    ends = MultiPolygon([box(25, -50, 175, 150), box(425, -50, 525, 150)])
    present = seen(
        [
            {"grid_code": "G1", "geometry": ends},
            {"grid_code": "G2", "geometry": box(175, -50, 425, 150)},
        ]
    )
    found = present.findings[1]
    assert told(present) == [(Rule.RADIUS, "G1"), (Rule.CONTIGUITY, "G1")]
    assert found.value == 2
    assert present.places.iloc[1].equals(ends)


def test_two_rows_of_one_code_are_one_grid():
    present = seen(
        [
            {"grid_code": "G1", "geometry": box(25, -50, 150, 150)},
            {"grid_code": "G1", "geometry": box(150, -50, 275, 150)},
            {"grid_code": "G2", "geometry": EAST},
        ]
    )
    assert present.findings == ()
    assert len(present.grids) == 2


def test_a_river_without_a_bridge_divides_a_grid():
    """The river runs between the rows; only the east has a bridge."""
    river = frame("barriers", {"geometry": LineString([(0, 50), (600, 50)])})
    bridge = frame("crossings", {"geometry": LineString([(400, 30), (400, 70)])})
    present = seen(halves(), barriers=river, crossings=bridge)
    assert told(present) == [(Rule.BARRIER, "G1")]
    assert present.findings[0].value == 2
    assert present.grids["pieces"].tolist() == [2, 1]


def test_a_compound_cut_between_grids_is_named_and_goes_with_its_larger_part():
    """a3, a4 (G1) and a5 (G2) are one compound of 150 households."""
    houses = street(**{f"a{n}": {"compound_id": "锦苑"} for n in (3, 4, 5)})
    present = seen(halves(), houses)
    assert told(present) == [(Rule.COMPOUND, "G1")]
    assert present.findings[0].values["grids"] == "G1、G2"
    assert "锦苑" in present.findings[0].reason("zh")
    assert present.unit_grid["锦苑"] == "G1"
    assert present.grids["households"].tolist() == [500, 500], "each counts what it holds"
    assert present.grids["buildings"].tolist() == [10, 10]


def test_buildings_in_no_grid_are_a_gap():
    present = seen(
        [
            {"grid_code": "G1", "geometry": WEST},
            {"grid_code": "G2", "geometry": box(325, -50, 525, 150)},
        ]
    )
    assert told(present) == [(Rule.GAP, "")]
    assert present.findings[0].values["buildings"] == 2
    assert present.findings[0].values["households"] == 100
    assert present.unit_grid["a5"] == ""
    assert present.places.iloc[0].equals(box(275, -50, 325, 150))


def test_empty_ground_is_a_gap_and_a_sliver_is_none():
    park = seen([{"grid_code": "G1", "geometry": WEST},
                 {"grid_code": "G2", "geometry": box(275, -20, 525, 150)}])  # fmt: skip
    assert told(park) == [(Rule.GAP, "")]
    assert park.findings[0].key == "present.gap_empty"
    sliver = seen([{"grid_code": "G1", "geometry": WEST},
                   {"grid_code": "G2", "geometry": box(277, -50, 525, 150)}])  # fmt: skip
    assert sliver.findings == ()


def test_an_overlap_counts_its_buildings_once():
    present = seen(halves({"grid_code": "G3", "geometry": box(475, -50, 525, 50)}))
    overlap = next(finding for finding in present.findings if finding.rule is Rule.OVERLAP)
    assert (overlap.grid, overlap.values["other"]) == ("G2", "G3")
    assert overlap.values["buildings"] == 1
    assert present.grids["households"].sum() == 1000
    assert present.building_grid["b9"] == "G2", "of two, the first by code"


def test_a_grid_across_a_community_border():
    communities = frame(
        "communities",
        {"geometry": box(25, -50, 225, 150)},
        {"community_code": "B", "name": "柳湾社区", "geometry": box(225, -50, 525, 150)},
    )
    houses = street(**{f"{row}{n}": {"community_code": "B"} for row in "ab" for n in range(4, 10)})
    grids = halves()
    grids[1]["community_code"] = "B"
    present = seen(grids, houses, communities=communities)
    border = next(finding for finding in present.findings if finding.rule is Rule.COMMUNITY)
    assert border.grid == "G1"
    assert border.values["households"] == 100
    assert border.values["buildings"] == 2


def test_the_community_of_a_grid_is_found_from_its_ground():
    grids = [grid | {"community_code": ""} for grid in halves()]
    assert seen(grids).grids["community"].tolist() == [TOWN, TOWN]


def test_codes_used_in_two_communities_are_told_apart():
    communities = frame(
        "communities",
        {"geometry": WEST},
        {"community_code": "B", "name": "柳湾社区", "geometry": EAST},
    )
    houses = street(**{f"{row}{n}": {"community_code": "B"} for row in "ab" for n in range(5, 10)})
    grids = [
        {"grid_code": "01", "geometry": WEST},
        {"grid_code": "01", "community_code": "B", "geometry": EAST},
    ]
    present = seen(grids, houses, communities=communities)
    assert present.findings == ()
    assert present.grids["code"].tolist() == [f"{TOWN}-01", "B-01"]


def test_grids_without_codes_go_by_a_name_of_their_own_or_a_number():
    west, middle, east = box(25, -50, 175, 150), box(175, -50, 275, 150), EAST
    named = seen([{"name": "一格", "geometry": west}, {"name": "一格", "geometry": middle},
                  {"name": "二格", "geometry": east}])  # fmt: skip
    assert named.grids["grid_id"].tolist() == ["#1", "#2", "二格"]
    assert named.grids["grid_code"].tolist() == [""] * 3
    coded = seen([{"grid_code": "G1", "geometry": west}, {"name": "G1", "geometry": middle},
                  {"geometry": east}])  # fmt: skip
    assert coded.grids["grid_id"].tolist() == ["#2", "#3", "G1"]
    assert coded.grids["grid_code"].tolist() == ["", "", "G1"]


@pytest.mark.parametrize(("posts", "vacancies", "short"), [(2, 0, False), (3, 1, False),
                                                           (2, 1, True), (1, 0, True)])  # fmt: skip
def test_one_grid_one_worker(posts, vacancies, short):
    roster = pd.DataFrame({"community_code": [TOWN], "posts": [posts], "vacancies": [vacancies]})
    present = seen(halves(), roster=roster)
    assert told(present) == ([(Rule.STAFF, "")] if short else [])


def test_estimates_are_marked_by_the_part_of_the_grid():
    houses = street(a0={"households": float("nan")})
    present = seen(halves(), houses)
    first, second = present.grids["estimated_share"]
    assert present.grids["estimated"].tolist() == [True, False]
    assert 0 < first < 1
    assert second == 0


def test_an_empty_grid_is_measured_too():
    present = seen(
        halves({"grid_code": "G3", "geometry": box(525, -50, 600, 150)}),
        communities=frame("communities", {"geometry": box(25, -50, 600, 150)}),
    )
    assert present.grids["units"].tolist() == [10, 10, 0]
    assert told(present) == [(Rule.LOWER, "G3")]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True), st.booleans())
def test_any_tiling_by_columns_holds_every_household_once(cuts, with_point_compound):
    """Whatever the columns, nothing is lost, doubled, in a gap or in an overlap."""
    edges = [25, *(25 + 50 * cut for cut in sorted(cuts)), 525]
    grids = [
        {"grid_code": f"G{n}", "geometry": box(west, -50, east, 150)}
        for n, (west, east) in enumerate(pairwise(edges))
    ]
    compounds = frame(
        "compounds", {"compound_id": "C", "buildings": 4.0, "geometry": Point(270, 100)}
    )
    extra = {"compounds": compounds} if with_point_compound else {}
    present = seen(grids, **extra)
    assert present.grids["households"].sum() == 1000
    assert present.grids["buildings"].sum() == 20
    rules = {finding.rule for finding in present.findings}
    assert not rules & {Rule.GAP, Rule.OVERLAP, Rule.COMMUNITY, Rule.CONTIGUITY, Rule.BARRIER}
    assert (Rule.UPPER in rules) == (present.grids["households"] > 500).any()
    assert (Rule.LOWER in rules) == (present.grids["households"] < 300).any()
