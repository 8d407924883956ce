"""Crossings of an area that lists none: a river runs east along y = 0, 40 m wide."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
from shapely import LineString, Point, box

from gridplan.load.crossings import street_crossings
from gridplan.load.gate import Gate

CRS = "EPSG:4549"
RIVER = gpd.GeoDataFrame(geometry=[box(-500, -20, 500, 20)], crs=CRS)
NO_POINTS = gpd.GeoDataFrame(
    {"kind": [], "name": [], "_file": [], "_row": []}, geometry=[], crs=CRS
)


def way(x: float, south: float = -30, north: float = 30, **changed: Any) -> dict[str, Any]:
    """A street from south to north."""
    plain = {"kind": "residential", "name": "", "bridge": False, "tunnel": False}
    shape = LineString([(x, south), (x, north)])
    return {**plain, "_file": "streets", "_row": int(x), "geometry": shape, **changed}


def found(
    *streets: dict[str, Any], points: gpd.GeoDataFrame = NO_POINTS, river: gpd.GeoDataFrame = RIVER
) -> list[tuple[str, int]]:
    """Kind and row of each crossing."""
    frame = gpd.GeoDataFrame(list(streets), geometry="geometry", crs=CRS)
    crossings = street_crossings(frame, river, points, Gate())
    return list(zip(crossings["kind"], crossings["_row"], strict=True))


def test_bridges_and_tunnels_cross_and_streets_on_the_ground_do_not() -> None:
    streets = (way(1, bridge=True), way(2, tunnel=True), way(3))
    assert found(*streets) == [("bridge", 1), ("underpass", 2)]


def test_nobody_walks_on_the_bridge_of_a_motorway() -> None:
    assert found(way(1, bridge=True, kind="motorway"), way(2, bridge=True, kind="快速路")) == []


def test_a_bridge_over_a_street_is_no_crossing_and_one_that_ends_on_the_bank_is() -> None:
    streets = (way(1, 100, 150, bridge=True), way(2, 20.5, 80, bridge=True))
    assert found(*streets) == [("bridge", 2)]


def test_points_of_a_map_count_where_there_is_a_barrier_beside_them() -> None:
    points = gpd.GeoDataFrame(
        {"kind": "crossing", "name": "", "_file": "map", "_row": [7, 8]},
        geometry=[Point(0, 20), Point(0, 90)],
        crs=CRS,
    )
    assert found(way(3), points=points) == [("crossing", 7)]


def test_without_a_barrier_there_is_nothing_to_cross() -> None:
    assert found(way(1, bridge=True), river=RIVER.iloc[:0]) == []
