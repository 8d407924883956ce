"""Buildings become units: compounds whole, cut inside, split by border and place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from gridplan.load import read_area
from gridplan.rules import Limit, Limits, RuleSet
from gridplan.schema import PEOPLE, UnitKind
from gridplan.units import UNIT_COLUMNS, build_units
from tests import areas
from tests.drawn import TOWN, drawn_layers, frame, house


def keys(units) -> list[str]:
    return [note.key for note in units.notes]


def compound(count: int, households: float, gap_m: float = 30.0, name: str = "C") -> list[dict]:
    """Buildings C1, C2, … of one compound from west to east."""
    return [
        {
            "building_id": f"{name}{n + 1}",
            "compound_id": name,
            "households": households,
            "geometry": house(gap_m * n),
        }
        for n in range(count)
    ]


def built(*rows: dict, rules: RuleSet | None = None, **frames):
    layers = drawn_layers(frame("buildings", *rows), source="column", **frames)
    return build_units(layers, rules or RuleSet())


def test_a_compound_at_the_limit_is_one_unit():
    units = built(*compound(5, 100))
    assert list(units.frame.columns) == list(UNIT_COLUMNS)
    row = units.frame.iloc[0]
    assert (row["unit_id"], row["kind"], row["scope"]) == ("C", UnitKind.COMPOUND, "")
    assert (row["households"], row["buildings"]) == (500, 5)
    assert not row["estimated"]
    assert row.geometry.area == pytest.approx(5 * 400)
    assert set(units.buildings["unit_id"]) == {"C"}


def test_a_compound_above_the_limit_is_cut_inside_itself_and_told():
    compounds = frame(
        "compounds", {"compound_id": "C", "name": "胥江新村", "geometry": box(-20, -20, 200, 20)}
    )
    units = built(*compound(6, 100), {"building_id": "x", "geometry": house(0, 90)},
                  compounds=compounds)  # fmt: skip
    inside = units.frame[units.frame["compound_id"] == "C"]
    assert inside["unit_id"].tolist() == [f"C{n}" for n in range(1, 7)]
    assert set(inside["scope"]) == {"C"}
    assert set(inside["kind"]) == {UnitKind.BUILDING}
    told = next(note for note in units.notes if note.key == "units.compounds_cut")
    assert told.values["households"] == 600
    assert "胥江新村" in told.text("zh")


def test_the_limit_counts_people_where_the_rules_do():
    people = Limits(Limit(None, "rules.source.people"), Limit(1000, "rules.source.people"),
                    Limit(300, "rules.source.radius"))  # fmt: skip
    units = built(*compound(4, 100), rules=RuleSet(urban=people, measure=PEOPLE))
    assert units.frame["people"].sum() == 1048
    assert set(units.frame["scope"]) == {"C"}


def test_one_heavy_building_is_a_unit_nobody_can_cut():
    units = built(*compound(1, 700))
    assert units.frame[["unit_id", "scope", "households"]].iloc[0].tolist() == ["C", "", 700]


def test_buildings_outside_compounds_are_units_of_their_own_even_without_households():
    units = built(
        {"building_id": "7", "name": "7幢", "households": 9.0, "geometry": house(0)},
        {"building_id": "8", "address": "车库", "dwelling_share": 0.0, "geometry": house(50)},
    )
    assert units.frame["unit_id"].tolist() == ["7", "8"]
    assert units.frame["name"].tolist() == ["7幢", "车库"]
    assert units.frame["households"].tolist() == [9, 0]


def test_a_village_is_a_unit_of_its_own_kind():
    """Farmhouses 150 m apart are one place in the country."""
    village = frame("communities", {"residence_class": "rural", "geometry": box(-999, -9, 999, 9)})
    units = built(*compound(4, 20, gap_m=150, name="柳湾一组"), communities=village)
    assert units.frame["kind"].tolist() == [UnitKind.VILLAGE]
    assert "units.compounds_apart" not in keys(units)


def test_a_compound_in_two_communities_is_split_at_the_border():
    communities = frame(
        "communities",
        {"geometry": box(-99, -99, 45, 99)},
        {"community_code": "B", "geometry": box(45, -99, 199, 99)},
    )
    rows = compound(4, 200)
    rows[2]["community_code"] = rows[3]["community_code"] = "B"
    units = built(*rows, communities=communities)
    assert units.frame["unit_id"].tolist() == ["C-1", "C-2"]
    assert units.frame["community_code"].tolist() == [TOWN, "B"]
    assert set(units.frame["scope"]) == {""}, "each half is within the limit"
    assert "units.compounds_cross" in keys(units)


def test_buildings_far_apart_are_two_places():
    units = built(*compound(2, 50, gap_m=200))
    assert units.frame["unit_id"].tolist() == ["C-1", "C-2"]
    assert "units.compounds_apart" in keys(units)


def test_a_polygon_says_that_far_buildings_are_one_place():
    park = frame("compounds", {"compound_id": "C", "geometry": box(-20, -20, 300, 20)})
    units = built(*compound(2, 50, gap_m=200), compounds=park)
    assert units.frame["unit_id"].tolist() == ["C"]


def test_a_river_divides_a_compound_unless_a_bridge_crosses_it():
    river = frame("barriers", {"geometry": LineString([(15, -99), (15, 99)])})
    bridge = frame("crossings", {"geometry": Point(15, 20)})
    assert built(*compound(2, 50), barriers=river).frame["unit_id"].tolist() == ["C-1", "C-2"]
    assert built(*compound(2, 50), barriers=river, crossings=bridge).frame["unit_id"].tolist() == [
        "C"
    ]


def test_a_cut_compound_in_two_places_keeps_each_place_as_a_scope():
    west, east = compound(6, 100), compound(6, 100)
    for number, row in enumerate(east):
        row |= {"building_id": f"E{number}", "geometry": house(2000 + 30 * number)}
    units = built(*west, *east)
    scopes = units.frame.set_index("unit_id")["scope"]
    assert scopes["C1"] == "C-1"
    assert scopes["E0"] == "C-2"


def test_ids_stay_apart_where_compounds_and_buildings_are_numbered_alike():
    rows = [
        {"building_id": "1", "compound_id": "2", "households": 5.0, "geometry": house(0)},
        {"building_id": "2", "households": 6.0, "geometry": house(50)},
    ]
    units = built(*rows)
    assert units.frame["unit_id"].tolist() == ["2", "C2"]
    assert units.frame.set_index("unit_id")["households"].to_dict() == {"2": 6, "C2": 5}


def test_the_piece_of_one_compound_never_has_the_id_of_another():
    far = [row | {"building_id": f"D{n}", "compound_id": "C-1"}
           for n, row in enumerate(compound(2, 50))]  # fmt: skip
    units = built(*compound(2, 50, gap_m=200), *far)
    assert units.frame["unit_id"].tolist() == ["C--1", "C--2", "C-1"]


def test_a_counted_compound_is_no_estimate_but_its_buildings_are():
    rows = [row | {"households": np.nan} for row in compound(3, 0)]
    compounds = frame(
        "compounds", {"compound_id": "C", "households": 100.0, "geometry": Point(0, 0)}
    )
    units = built(*rows, compounds=compounds)
    assert units.frame["households"].tolist() == [100]
    assert not units.frame["estimated"].any()
    assert units.buildings["estimated"].all()
    cut = built(*rows, compounds=compounds.assign(households=900.0))
    assert cut.frame["households"].sum() == 900
    assert cut.frame["estimated"].all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 900),
            st.integers(0, 400),
            st.sampled_from(["", "C", "D"]),
            st.none() | st.integers(0, 300),
            st.sampled_from([TOWN, "B"]),
        ),
        min_size=1,
        max_size=25,
    ),
    st.randoms(use_true_random=False),
)
def test_units_hold_every_building_once_and_do_not_hang_on_the_order(places, random):
    communities = frame(
        "communities",
        {"geometry": box(-99, -99, 999, 200)},
        {"community_code": "B", "residence_class": "rural", "geometry": box(-99, 200, 999, 999)},
    )
    rows = [
        {
            "building_id": f"b{number:02}",
            "geometry": house(x, y),
            "compound_id": compound_id,
            "households": np.nan if households is None else float(households),
            "community_code": code,
        }
        for number, (x, y, compound_id, households, code) in enumerate(places)
    ]
    units = built(*rows, communities=communities)
    frame_, buildings = units.frame, units.buildings
    assert frame_["unit_id"].is_unique
    assert frame_["buildings"].sum() == len(rows)
    assert frame_["households"].sum() == buildings["households"].sum()
    sums = buildings.groupby("unit_id")["households"].sum()
    assert sums.to_dict() == frame_.set_index("unit_id")["households"].to_dict()
    assert (buildings.groupby("unit_id")["community_code"].nunique() == 1).all()
    assert (buildings.groupby("unit_id")["compound_id"].nunique() == 1).all()
    upper = frame_["community_code"].map({TOWN: 500, "B": 300})
    several = frame_["buildings"] > 1
    assert (frame_["households"] <= upper)[several].all(), "a unit above the limit could be cut"
    mixed = rows.copy()
    random.shuffle(mixed)
    again = built(*mixed, communities=communities).frame
    known = frame_[["unit_id", "scope", "buildings", "kind"]]
    if not any(row[3] is None for row in places):
        assert known.equals(again[["unit_id", "scope", "buildings", "kind"]])


def test_old_suzhou(shared, tmp_path):
    """190 real compounds: none without a building, every household kept, 14 above 500 cut."""
    layers = read_area(areas.suzhou(shared, tmp_path))
    units = build_units(layers, RuleSet())
    stated = layers.compounds.set_index("compound_id")
    held = units.buildings[units.buildings["compound_id"] != ""].groupby("compound_id")
    assert set(held.groups) == set(stated.index)
    assert (held.size() <= stated["buildings"].reindex(held.size().index)).all()
    assert (held.size() >= stated["buildings"].reindex(held.size().index) / 2).mean() > 0.95
    assert held["households"].sum().to_dict() == stated["households"].to_dict()
    cut = units.frame[units.frame["scope"] != ""]
    assert cut["scope"].nunique() == (stated["households"] > 500).sum() == 14
    assert round(cut["households"].sum() / stated["households"].sum(), 2) == 0.47
    whole = units.frame[units.frame["kind"] == UnitKind.COMPOUND]
    assert (whole["households"] <= 500).all()
    assert not whole["estimated"].any()
    assert cut["estimated"].all()
    crowded = next(note for note in units.notes if note.key == "units.compounds_crowded")
    assert crowded.values["count"] == 9
