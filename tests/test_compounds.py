"""Which compound takes which building."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box

from gridplan.compounds import fill_compounds, point_radius_m
from tests.drawn import TOWN, drawn_layers, frame, house


def keys(notes) -> list[str]:
    return [note.key for note in notes]


def row_of(count: int, **values) -> list[dict]:
    """Buildings b0, b1, … from west to east, 30 m apart."""
    return [{"building_id": f"b{n}", "geometry": house(30 * n), **values} for n in range(count)]


def test_a_named_compound_is_kept_even_inside_another_polygon():
    buildings = frame("buildings", *row_of(2), {"compound_id": "N", "geometry": house(90)})
    compounds = frame("compounds", {"compound_id": "P", "geometry": box(-20, -20, 200, 20)})
    filled, _ = fill_compounds(drawn_layers(buildings, compounds=compounds))
    assert filled["compound_id"].tolist() == ["P", "P", "N"]


def test_of_two_polygons_the_smaller_takes_the_building():
    buildings = frame("buildings", *row_of(3))
    compounds = frame(
        "compounds",
        {"compound_id": "inner", "geometry": box(-20, -20, 20, 20)},
        {"compound_id": "outer", "geometry": box(-50, -50, 50, 50)},
    )
    filled, notes = fill_compounds(drawn_layers(buildings, compounds=compounds))
    assert filled["compound_id"].tolist() == ["inner", "outer", ""]
    assert notes[0].key == "units.compounds_overlap"
    assert notes[0].values["count"] == 1


def test_a_point_takes_the_nearest_buildings_up_to_its_number():
    """b0 b1 b2 b3 b4 with the point on b1, which says that it has three buildings."""
    buildings = frame("buildings", *row_of(5))
    compounds = frame("compounds", {"compound_id": "C", "buildings": 3.0, "geometry": Point(29, 0)})
    filled, notes = fill_compounds(drawn_layers(buildings, compounds=compounds))
    assert filled["compound_id"].tolist() == ["C", "C", "C", "", ""]
    assert notes[0].values == {"count": 1, "buildings": 3}


def test_two_points_share_by_nearness_and_take_no_building_twice():
    buildings = frame("buildings", *row_of(6))
    compounds = frame(
        "compounds",
        {"compound_id": "west", "buildings": 5.0, "geometry": Point(0, 0)},
        {"compound_id": "east", "buildings": 5.0, "geometry": Point(150, 0)},
    )
    filled, _ = fill_compounds(drawn_layers(buildings, compounds=compounds))
    assert filled["compound_id"].tolist() == ["west"] * 3 + ["east"] * 3


def test_a_point_stays_on_its_side_of_the_river_and_of_the_border():
    buildings = frame(
        "buildings", *row_of(3), {"community_code": "other", "geometry": house(0, 30)}
    )
    river = frame("barriers", {"geometry": LineString([(45, -99), (45, 99)])})
    communities = frame(
        "communities",
        {"geometry": box(-500, -500, 500, 15)},
        {"community_code": "other", "geometry": box(-500, 15, 500, 500)},
    )
    compounds = frame("compounds", {"compound_id": "C", "buildings": 9.0, "geometry": Point(0, 0)})
    layers = drawn_layers(buildings, compounds=compounds, barriers=river, communities=communities)
    filled, notes = fill_compounds(layers)
    assert filled["compound_id"].tolist() == ["C", "C", "", ""]
    assert "units.compounds_few_buildings" in keys(notes)


def test_a_point_takes_nothing_that_another_compound_divides_from_it():
    """Two rows of five; the middle pair is named N, so the east is out of reach."""
    rows = [
        {
            "building_id": f"{y}-{n}",
            "geometry": house(30 * n, y),
            "compound_id": "N" if n == 2 else "",
        }
        for n in range(5)
        for y in (0, 30)
    ]
    compounds = frame("compounds", {"compound_id": "C", "buildings": 9.0, "geometry": Point(0, 0)})
    filled, _ = fill_compounds(drawn_layers(frame("buildings", *rows), compounds=compounds))
    assert filled["compound_id"].tolist() == ["C"] * 4 + ["N"] * 2 + [""] * 4


def test_sheds_are_no_stated_buildings():
    buildings = frame("buildings", {"geometry": house(0, side_m=5)}, {"geometry": house(40)})
    compounds = frame("compounds", {"compound_id": "C", "buildings": 1.0, "geometry": Point(0, 0)})
    filled, _ = fill_compounds(drawn_layers(buildings, compounds=compounds))
    assert filled["compound_id"].tolist() == ["", "C"]


def test_a_compound_without_buildings_is_listed_with_its_households():
    compounds = frame(
        "compounds",
        {"compound_id": "C", "name": "远苑", "households": 321.0, "geometry": Point(5000, 5000)},
    )
    _, notes = fill_compounds(drawn_layers(frame("buildings", *row_of(2)), compounds=compounds))
    empty = next(note for note in notes if note.key == "units.compounds_empty")
    assert empty.values["households"] == 321
    assert empty.values["ids"] == ("C",)
    assert "远苑" in empty.text("zh")


def test_the_radius_grows_with_buildings_and_households_between_its_ends():
    compounds = frame(
        "compounds",
        {"geometry": Point(0, 0)},
        {"buildings": 1.0, "geometry": Point(0, 0)},
        {"buildings": 51.0, "geometry": Point(0, 0)},
        {"buildings": 51.0, "households": 1900.0, "geometry": Point(0, 0)},
        {"households": 1e6, "geometry": Point(0, 0)},
    )
    radius_m = point_radius_m(compounds)
    assert radius_m[0] == radius_m[1] == 60
    assert round(radius_m[2]) == 191
    assert round(radius_m[3]) == 286
    assert radius_m[4] == 400
    assert point_radius_m(compounds.assign(radius_m=123.0)).tolist() == [123.0] * 5


@given(
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 600)), min_size=1, max_size=25),
    st.lists(
        st.tuples(st.integers(0, 600), st.integers(0, 600), st.integers(1, 8)),
        min_size=1,
        max_size=5,
    ),
)
def test_no_point_passes_its_number_or_its_radius(places, points):
    buildings = frame(
        "buildings",
        *(
            {"building_id": f"b{n}", "geometry": house(*place), "community_code": TOWN}
            for n, place in enumerate(places)
        ),
    )
    compounds = frame(
        "compounds",
        *(
            {"compound_id": f"C{n}", "buildings": float(count), "geometry": Point(x, y)}
            for n, (x, y, count) in enumerate(points)
        ),
    )
    filled, _ = fill_compounds(drawn_layers(buildings, compounds=compounds))
    radius_m = dict(zip(compounds["compound_id"], point_radius_m(compounds), strict=True))
    where = compounds.set_index("compound_id").geometry
    free = filled[filled["compound_id"] == ""]
    for number, (compound, members) in enumerate(filled.groupby("compound_id")):
        if compound:
            assert len(members) <= compounds.set_index("compound_id")["buildings"][compound]
            reach_m = members.distance(where[compound])
            assert (reach_m <= radius_m[compound]).all(), number
    for compound in compounds["compound_id"]:
        if compound not in set(filled["compound_id"]):
            assert (free.distance(where[compound]) > radius_m[compound]).all(), "none was taken"
