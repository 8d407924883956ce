"""Where drawn layers contradict each other: the kind, the ground, and what is left uncovered."""

from __future__ import annotations

from functools import cache

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from gridplan.analyse.conflicts import Conflict, conflicts, overlay_places, uncovered
from gridplan.prepared import Prepared
from tests.analyse.test_overlay import labelled
from tests.board import board

FIFTY = [[50] * 4] * 4


def places(town: Prepared, *names: str):
    return overlay_places(town.units, town.fabric, town.present, names or tuple(town.present))


def test_a_border_drawn_elsewhere_crosses() -> None:
    town = board(FIFTY, 一=["AABB"] * 4, 二=["abbb"] * 4)
    (place,) = conflicts(places(town)).itertuples()
    assert (place.codes, place.kind, place.households) == (("A", "b"), Conflict.CROSS, 200)
    assert place.units == ("h01", "h11", "h21", "h31")
    assert place.geometry.symmetric_difference(box(100, 0, 200, 400)).area < 1


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [("ABBB", "aaaa", Conflict.MERGE), ("AAAA", "abbb", Conflict.SPLIT)],
)
def test_grids_inside_one_another_are_merged_or_split(one: str, other: str, kind: Conflict) -> None:
    town = board(FIFTY, 一=[one] * 4, 二=[other] * 4)
    (place,) = conflicts(places(town)).itertuples()
    assert (place.kind, len(place.units)) == (kind, 4)  # the smaller part is the one to settle


def test_layers_that_agree_have_no_conflict_whatever_their_codes() -> None:
    town = board(FIFTY, 一=["AABB"] * 4, 二=["xxyy"] * 4)
    found = places(town)
    assert len(found) == 2
    assert conflicts(found).empty
    assert uncovered(found).empty


def test_what_not_every_layer_covers_is_no_conflict_and_what_none_covers_comes_first() -> None:
    town = board(FIFTY, 一=["AAB.", "AAB.", "AABB", ".ABB"], 二=["aab.", "aabb", "aabb", "aabb"])
    found = places(town)
    assert conflicts(found).empty
    missing = uncovered(found)
    assert missing["codes"].tolist() == [("", ""), ("", "b"), ("", "a")]
    assert missing["units"].tolist() == [("h03",), ("h13",), ("h30",)]


def test_places_come_with_the_most_households_first() -> None:
    counts = [[9, 1, 1, 1], [1, 1, 1, 70], [1, 1, 1, 1], [50, 1, 1, 1]]
    town = board(counts, 一=["AABB"] * 4, 二=["babb", "aabb", "aabb", "aaba"])
    table = conflicts(places(town))
    assert table["households"].is_monotonic_decreasing
    assert table["units"].tolist() == [("h00",), ("h33",)]
    assert table["name"].tolist() == ["h00", "h33"]  # nothing else names them


@cache
def town() -> Prepared:
    return board([[3] * 4] * 3, 一=["AAAA"] * 3)


grids = st.lists(st.sampled_from(["", "1", "2"]), min_size=12, max_size=12)


@settings(max_examples=20)
@given(one=grids, other=grids, third=grids)
def test_each_unit_is_in_one_place_with_all_it_can_be_reached_with(
    one: list[str], other: list[str], third: list[str]
) -> None:
    found = places(labelled(town(), 一=one, 二=other, 三=third))
    (graph,) = town().fabric.graphs.values()
    codes = dict(
        zip(town().units.buildings["building_id"], zip(one, other, third, strict=True), strict=True)
    )
    same = nx.Graph()
    same.add_nodes_from(graph.ids)
    ends = [(graph.ids[a], graph.ids[b]) for a, b in graph.edges]
    same.add_edges_from((a, b) for a, b in ends if codes[a] == codes[b])
    assert {frozenset(units) for units in found["units"]} == {
        frozenset(part) for part in nx.connected_components(same)
    }
    assert found["households"].sum() == 36
    assert all(codes[row.units[0]] == row.codes for row in found.itertuples())
