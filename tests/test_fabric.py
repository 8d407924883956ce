"""Neighbours on drawn ground: what touches, what a barrier cuts, what a crossing restores."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, box

from gridplan.fabric import Fabric, build_fabric
from gridplan.load.layers import Layers
from gridplan.rules import RuleSet
from gridplan.units import build_units
from tests.drawn import TOWN, drawn_layers, frame, house

SPACING_M = 60.0


def block(columns: int, rows: int, **frames: gpd.GeoDataFrame) -> Layers:
    """Houses b00, b01 … on a lattice; b<column><row>, the community a margin round them."""
    buildings = frame(
        "buildings",
        *(
            {
                "building_id": f"b{x}{y}",
                "households": 10.0,
                "geometry": house(SPACING_M * x, SPACING_M * y),
            }
            for x in range(columns)
            for y in range(rows)
        ),
    )
    town = {"geometry": box(-60, -60, SPACING_M * columns, SPACING_M * rows)}
    frames.setdefault("communities", frame("communities", town))
    return drawn_layers(buildings, source="column", **frames)


def fabric_of(layers: Layers) -> Fabric:
    return build_fabric(layers, build_units(layers, RuleSet()))


def pairs(fabric: Fabric) -> set[tuple[str, str]]:
    graph = fabric.graphs[TOWN]
    return {(graph.ids[u], graph.ids[v]) for u, v in graph.edges}


def keys(fabric: Fabric) -> list[str]:
    return [note.key for note in fabric.notes]


def tiles(fabric: Fabric, layers: Layers) -> None:
    cells = fabric.cells
    for place in layers.communities.itertuples():
        mine = cells[cells["community_code"] == place.community_code]
        assert shapely.coverage_is_valid(mine.geometry.to_numpy())
        assert mine.area.sum() == pytest.approx(place.geometry.area, rel=1e-6)


def test_lattice_without_barriers_joins_beside_and_above() -> None:
    layers = block(3, 3)
    fabric = fabric_of(layers)
    tiles(fabric, layers)
    beside = {(f"b{x}{y}", f"b{x + 1}{y}") for x in range(2) for y in range(3)}
    above = {(f"b{x}{y}", f"b{x}{y + 1}") for x in range(3) for y in range(2)}
    assert beside | above <= pairs(fabric)
    graph = fabric.graphs[TOWN]
    assert (graph.border_m > 0).all()
    assert set(graph.components()) == {0}


def river() -> gpd.GeoDataFrame:
    return frame("barriers", {"kind": "water", "geometry": box(80, -500, 100, 500)})


def test_river_cuts_what_lies_on_both_sides() -> None:
    layers = block(3, 3, barriers=river())
    fabric = fabric_of(layers)
    tiles(fabric, layers)
    assert not {(a, b) for a, b in pairs(fabric) if a[1] < "2" <= b[1]}
    assert len(set(fabric.graphs[TOWN].components())) == 2
    assert "ground.island" in keys(fabric)


def test_bridge_restores_one_way_over_it() -> None:
    bridge = frame("crossings", {"geometry": LineString([(70, 60), (110, 60)])})
    layers = block(3, 3, barriers=river(), crossings=bridge)
    fabric = fabric_of(layers)
    tiles(fabric, layers)
    over = {(a, b) for a, b in pairs(fabric) if a[1] < "2" <= b[1]}
    assert over == {("b11", "b21")}
    graph = fabric.graphs[TOWN]
    assert set(graph.components()) == {0}
    assert fabric.crossings["unit_a"].tolist() + fabric.crossings["unit_b"].tolist() == [
        "b11",
        "b21",
    ]


def test_railway_line_cuts_and_its_crossing_as_a_point_restores() -> None:
    railway = frame(
        "barriers", {"kind": "railway", "geometry": LineString([(90, -500), (90, 500)])}
    )
    assert len(set(fabric_of(block(3, 3, barriers=railway)).graphs[TOWN].components())) == 2
    crossing = frame("crossings", {"kind": "level_crossing", "geometry": Point(90, 0)})
    fabric = fabric_of(block(3, 3, barriers=railway, crossings=crossing))
    assert {(a, b) for a, b in pairs(fabric) if a[1] < "2" <= b[1]} == {("b10", "b20")}


def test_an_enclave_stays_apart_and_is_named() -> None:
    far = frame(
        "buildings",
        {"building_id": "b00", "households": 10.0, "geometry": house(0)},
        {"building_id": "far", "households": 10.0, "geometry": house(900)},
    )
    both = box(-60, -60, 60, 60).union(box(840, -60, 960, 60))
    town = frame("communities", {"geometry": MultiPolygon(list(both.geoms))})
    layers = drawn_layers(far, source="column", communities=town)
    fabric = fabric_of(layers)
    tiles(fabric, layers)
    assert pairs(fabric) == set()
    assert keys(fabric) == ["ground.island"]


def test_points_alone_get_ground_too() -> None:
    points = frame(
        "buildings",
        *(
            {"building_id": f"p{i}", "households": 10.0, "geometry": Point(50.0 * i, 7.0 * (i % 2))}
            for i in range(5)
        ),
    )
    town = frame("communities", {"geometry": box(-50, -50, 250, 50)})
    layers = drawn_layers(points, source="column", communities=town)
    fabric = fabric_of(layers)
    tiles(fabric, layers)
    for point, name in zip(points.geometry, points["building_id"], strict=True):
        mine = fabric.cells[fabric.cells.contains(point)]
        assert mine["unit_id"].tolist() == [name]
    assert {(f"p{i}", f"p{i + 1}") for i in range(4)} <= pairs(fabric)


def test_overlapping_footprints_are_counted_and_each_keeps_its_own_ground() -> None:
    layers = block(2, 1)
    overlapping = frame(
        "buildings",
        {"building_id": "a", "households": 10.0, "geometry": house(0)},
        {"building_id": "b", "households": 10.0, "geometry": house(12)},
    )
    layers = drawn_layers(overlapping, source="column", communities=layers.communities)
    fabric = fabric_of(layers)
    tiles(fabric, layers)
    assert set(fabric.cells["unit_id"]) >= {"a", "b"}
    (note,) = [note for note in fabric.notes if note.key == "ground.overlaps"]
    assert note.values["count"] == 1


def test_community_border_is_never_crossed() -> None:
    layers = block(2, 1)
    buildings = layers.buildings.assign(community_code=[TOWN, "320508001002"])
    communities = frame(
        "communities",
        {"geometry": box(-60, -60, 30, 60)},
        {"community_code": "320508001002", "name": "二社区", "geometry": box(30, -60, 120, 60)},
    )
    layers = drawn_layers(buildings, source="column", communities=communities)
    fabric = fabric_of(layers)
    tiles(fabric, layers)
    assert {code: graph.ids for code, graph in fabric.graphs.items()} == {
        TOWN: ("b00",),
        "320508001002": ("b10",),
    }


def test_weights_count_what_the_rules_count() -> None:
    layers = block(2, 1)
    layers = drawn_layers(
        layers.buildings.assign(people=[30.0, 20.0]), source="column",
        communities=layers.communities,
    )  # fmt: skip
    units = build_units(layers, RuleSet(measure="people"))
    graph = build_fabric(layers, units, "people").graphs[TOWN]
    assert np.array_equal(graph.weight, [30, 20])
