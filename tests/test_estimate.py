"""Estimated households keep every total."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from gridplan.estimate import (
    Totals,
    fill_floors,
    fill_households,
    footprint_m2,
    largest_remainder,
    share_out,
)
from gridplan.load import read_area
from tests import areas
from tests.drawn import drawn_layers, frame, house

SHARES = st.lists(st.floats(0, 1e5, allow_subnormal=False), min_size=1, max_size=40)


def keys(notes) -> list[str]:
    return [note.key for note in notes]


@given(SHARES, st.integers(0, 100_000))
def test_largest_remainder_keeps_the_total_the_order_and_the_quota(shares, total):
    base = np.array(shares)
    counts = largest_remainder(base, total)
    assert counts.sum() == total
    assert (counts >= 0).all()
    order = np.lexsort((counts, base))
    assert (np.diff(counts[order]) >= 0).all(), "a greater share got less"
    if base.sum() > 0:
        quota = base / base.sum() * total
        assert (np.abs(counts - quota) < 1 + 1e-6).all()
    assert (counts == largest_remainder(base, total)).all()


def test_largest_remainder_of_a_published_election():
    """Votes 47,000, 16,000, 15,800, 12,000, 6,100, 3,100 for ten seats (Hare–Niemeyer)."""
    votes = np.array([47_000, 16_000, 15_800, 12_000, 6_100, 3_100], dtype=float)
    assert largest_remainder(votes, 10).tolist() == [5, 2, 1, 1, 1, 0]


@st.composite
def nested(draw):
    """Buildings in compounds in tracts in an area, with totals no smaller than what is known."""
    count = draw(st.integers(1, 30))
    whole = st.integers(0, 200)
    known = np.array(draw(st.lists(st.none() | whole, min_size=count, max_size=count)), dtype=float)
    base = np.array(draw(st.lists(st.floats(0, 1e4), min_size=count, max_size=count)))
    compound = np.array(draw(st.lists(st.integers(-1, 3), min_size=count, max_size=count)))
    tract = np.array(draw(st.lists(st.integers(-1, 2), min_size=count, max_size=count)))
    rest = draw(st.lists(st.none() | whole, min_size=4, max_size=4))
    held = [np.nansum(known[compound == place]) for place in range(4)]
    totals = np.array([np.nan if r is None else h + r for h, r in zip(held, rest, strict=True)])
    return known, base, compound, tract, totals


@given(nested(), st.integers(0, 5000), st.floats(0, 0.1))
def test_every_total_that_can_be_kept_is_kept(case, tract_total, factor):
    known, base, compound, tract, totals = case
    levels = [
        Totals("units.total.compound", compound, totals),
        Totals("units.total.tract", tract, np.array([tract_total, np.nan, np.nan])),
    ]
    counts, unbound, notes = share_out(known, base, np.ones(len(base)), levels, factor)
    assert (counts >= 0).all()
    counted = ~np.isnan(known)
    assert (counts[counted] == known[counted]).all()
    for place, total in enumerate(totals):
        rows = compound == place
        if not np.isnan(total) and np.isnan(known[rows]).any():
            assert counts[rows].sum() == total
    fixed = counted | np.isin(compound, np.flatnonzero(~np.isnan(totals)))
    inside = tract == 0
    if (inside & ~fixed).any() and counts[inside & fixed].sum() <= tract_total:
        assert counts[inside].sum() == tract_total
        assert "units.total.tract.below" not in keys(notes)
    elif inside.any() and counts[inside].sum() > tract_total:
        assert "units.total.tract.below" in keys(notes)
    free = ~fixed & ~inside
    assert (unbound == free).all()
    assert counts[free].sum() == round(float((base[free] * factor).sum()))


def test_a_compound_total_goes_by_floor_area_and_what_is_counted_stays():
    """One compound of 100 households: 3 floors, 6 floors, and a third that is counted as 10."""
    buildings = frame(
        "buildings",
        {"building_id": "a", "floors": 3.0, "compound_id": "C", "geometry": house(0)},
        {"building_id": "b", "floors": 6.0, "compound_id": "C", "geometry": house(30)},
        {"building_id": "c", "households": 10.0, "compound_id": "C", "geometry": house(60)},
    )
    compounds = frame("compounds", {"compound_id": "C", "households": 100.0, "geometry": house(0)})
    filled, _ = fill_households(drawn_layers(buildings, compounds=compounds), buildings)
    assert filled["households"].tolist() == [30, 60, 10]
    assert filled["estimated"].tolist() == [True, True, False]
    assert filled["people"].sum() == round(100 * 2.62)


def test_tracts_scale_only_what_no_compound_fixes():
    """A tract of 262 people = 100 households holds a compound of 40 and two lone buildings."""
    buildings = frame(
        "buildings",
        {"building_id": "a", "compound_id": "C", "geometry": house(0)},
        {"building_id": "b", "floors": 2.0, "geometry": house(100)},
        {"building_id": "c", "floors": 4.0, "geometry": house(200)},
    )
    compounds = frame("compounds", {"compound_id": "C", "households": 40.0, "geometry": house(0)})
    totals = frame("totals", {"people": 262.0, "geometry": box(-50, -50, 250, 50)})
    layers = drawn_layers(buildings, compounds=compounds, totals=totals)
    filled, notes = fill_households(layers, buildings)
    assert filled["households"].tolist() == [40, 20, 40]
    assert filled["people"].sum() == 262
    assert keys(notes) == ["units.estimated"]


def test_tracts_that_reach_beyond_the_area_or_stand_empty_are_told():
    buildings = frame("buildings", {"building_id": "a", "geometry": house(0)})
    totals = frame(
        "totals",
        {"people": 100.0, "geometry": box(-50_000, -50, 50, 50)},
        {"people": 100.0, "geometry": box(500, 500, 600, 600)},
    )
    filled, notes = fill_households(drawn_layers(buildings, totals=totals), buildings)
    assert filled["people"].sum() == 100
    assert {"units.total.tract.partly", "units.total.tract.empty"} <= set(keys(notes))


def test_a_total_smaller_than_what_is_fixed_is_noted_and_leaves_the_rest_empty():
    buildings = frame(
        "buildings",
        {"building_id": "a", "households": 50.0, "geometry": house(0)},
        {"building_id": "b", "geometry": house(100)},
    )
    filled, notes = fill_households(drawn_layers(buildings, total=30), buildings)
    assert filled["households"].tolist() == [50, 0]
    below = next(note for note in notes if note.key == "units.total.area.below")
    assert below.values["missing"] == 20
    assert "20" in below.text("zh")


def test_a_total_above_complete_counts_is_noted():
    buildings = frame("buildings", {"building_id": "a", "households": 5.0, "geometry": house(0)})
    _, notes = fill_households(drawn_layers(buildings, source="column", total=9), buildings)
    assert keys(notes) == ["units.total.area.unplaced"]


def test_ninety_square_metres_where_nothing_is_known():
    """A footprint of 30 m × 30 m, three floors: 2,700 m², thirty households."""
    buildings = frame("buildings", {"building_id": "a", "geometry": house(0, side_m=30)})
    filled, notes = fill_households(drawn_layers(buildings), buildings)
    assert filled.loc[0, "households"] == 30
    assert filled.loc[0, "people"] == round(30 * 2.62)
    assert notes[0].values == {"count": 1, "households": 30}
    assert notes[1].values == {"count": 1, "rate_m2": 90.0}


def test_a_mall_without_a_use_is_told():
    buildings = frame("buildings", {"building_id": "a", "geometry": house(0, side_m=200)})
    _, notes = fill_households(drawn_layers(buildings), buildings)
    assert "units.buildings_huge" in keys(notes)


def test_counted_buildings_teach_the_floor_area_of_the_others():
    """Forty counted buildings of 1,200 m² and 20 households: 60 m² each."""
    rows = [
        {"building_id": f"b{n}", "households": 20.0, "geometry": house(30 * n)} for n in range(40)
    ]
    unknown = {"building_id": "x", "geometry": house(0, 90)}
    buildings = frame("buildings", *rows, unknown)
    filled, _ = fill_households(drawn_layers(buildings, source="column"), buildings)
    assert filled["households"].iloc[-1] == 20
    assert filled["estimated"].tolist() == [False] * 40 + [True]


def test_a_shop_counts_none_and_is_no_estimate():
    shop = {"building_id": "a", "dwelling_share": 0.0, "geometry": house(0)}
    filled, _ = fill_households(drawn_layers(frame("buildings", shop)), frame("buildings", shop))
    assert filled[["households", "people"]].to_numpy().tolist() == [[0, 0]]
    assert not filled["estimated"].any()


def test_a_compound_of_shops_still_keeps_its_households_as_an_estimate():
    row = {"dwelling_share": 0.0, "compound_id": "C"}
    buildings = frame(
        "buildings",
        {**row, "building_id": "a", "geometry": house(0)},
        {**row, "building_id": "b", "geometry": house(50)},
    )
    compounds = frame("compounds", {"compound_id": "C", "households": 9.0, "geometry": house(0)})
    filled, _ = fill_households(drawn_layers(buildings, compounds=compounds), buildings)
    assert filled["households"].tolist() == [5, 4]
    assert filled["estimated"].all()


def test_people_alone_become_households():
    rows = [{"building_id": f"b{n}", "people": 131.0, "geometry": house(50 * n)} for n in range(3)]
    filled, _ = fill_households(drawn_layers(frame("buildings", *rows)), frame("buildings", *rows))
    assert filled["households"].tolist() == [50, 50, 50]
    assert filled["people"].tolist() == [131, 131, 131]
    assert filled["estimated"].all()


def test_compounds_as_the_source_leave_none_outside():
    buildings = frame(
        "buildings",
        {"building_id": "a", "compound_id": "C", "geometry": house(0)},
        {"building_id": "b", "geometry": house(100)},
    )
    compounds = frame("compounds", {"compound_id": "C", "households": 12.0, "geometry": house(0)})
    layers = drawn_layers(buildings, compounds=compounds, source="compounds")
    filled, notes = fill_households(layers, buildings)
    assert filled["households"].tolist() == [12, 0]
    assert filled["estimated"].tolist() == [True, False]
    assert "units.outside_compounds" in keys(notes)


def test_floors_by_the_compound_then_the_area():
    buildings = frame(
        "buildings",
        {"floors": 6.0, "compound_id": "C", "geometry": house(0)},
        {"floors": 0.0, "compound_id": "C", "geometry": house(30)},
        {"floors": np.nan, "geometry": house(60)},
        {"floors": 2.0, "geometry": house(90)},
        {"floors": 3.0, "geometry": house(120)},
    )
    floors, notes = fill_floors(buildings)
    assert floors.tolist() == [6, 6, 3, 2, 3]
    assert notes[0].values == {"count": 2}
    alone = frame("buildings", {"floors": np.nan, "geometry": house(0)})
    assert fill_floors(alone)[0].tolist() == [3]


def test_households_by_use_stay_and_stay_marked():
    """A house for one family, so marked by the reader, beside a block that takes the rest."""
    buildings = frame(
        "buildings",
        {"building_id": "a", "households": 1.0, "estimated": True, "geometry": house(0)},
        {"building_id": "b", "geometry": house(50)},
    )
    filled, _ = fill_households(drawn_layers(buildings, total=15), buildings)
    assert filled["households"].tolist() == [1, 14]
    assert filled["estimated"].all()


def test_a_point_covers_the_default_footprint():
    buildings = frame("buildings", {"geometry": Point(0, 0)}, {"geometry": house(50)})
    assert footprint_m2(buildings).tolist() == [300.0, 400.0]


def test_absurd_densities_are_noted_not_hidden():
    """A building of 1,200 m² with 400 households, and a compound of 1,200 m² with one."""
    buildings = frame(
        "buildings",
        {"building_id": "a", "households": 400.0, "compound_id": "C", "geometry": house(0)},
        {"building_id": "b", "households": 1.0, "compound_id": "D", "geometry": house(100)},
    )
    compounds = frame(
        "compounds",
        {"compound_id": "C", "name": "锦苑", "geometry": house(0)},
        {"compound_id": "D", "name": "翠苑", "geometry": house(100)},
    )
    layers = drawn_layers(buildings, compounds=compounds, source="column")
    filled, notes = fill_households(layers, buildings)
    assert filled["households"].tolist() == [400, 1]
    told = {note.key: note for note in notes}
    assert told["units.buildings_crowded"].values["count"] == 1
    assert "锦苑" in told["units.compounds_crowded"].text("zh")
    assert "翠苑" in told["units.compounds_roomy"].text("en")


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_no_building_when_no_remainders_tie(seed):
    random = np.random.default_rng(seed)
    rows = [
        {"building_id": f"b{n}", "geometry": house(60 * n, side_m=float(random.uniform(10, 40)))}
        for n in range(25)
    ]
    buildings = frame("buildings", *rows)
    mixed = buildings.sample(frac=1, random_state=seed)
    first, _ = fill_households(drawn_layers(buildings, total=777), buildings)
    second, _ = fill_households(drawn_layers(mixed, total=777), mixed)
    assert first["households"].sum() == 777
    pd.testing.assert_series_equal(
        first.set_index("building_id")["households"],
        second.set_index("building_id")["households"].reindex(first["building_id"]),
    )


def test_charlestown_keeps_its_tracts(shared, tmp_path):
    """17,052 people in six tracts, 2.3 a household; houses of one to five families fixed."""
    layers = read_area(areas.charlestown(shared, tmp_path))
    filled, _ = fill_households(layers, layers.buildings)
    assert filled["people"].sum() == 17_052
    assert filled["households"].sum() == round(17_052 / 2.3)
    fixed = layers.buildings["households"].notna()
    assert (filled["households"] == layers.buildings["households"])[fixed].all()
    assert filled.loc[filled["households"] > 0, "estimated"].all()
    points = filled.geometry.representative_point()
    for tract in layers.totals.itertuples():
        inside = points.within(tract.geometry)
        if inside.any():
            assert filled.loc[inside, "people"].sum() == tract.people
