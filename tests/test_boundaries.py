"""Grids tile their community, whatever plan they are drawn from."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, box

from gridplan.boundaries import draft_codes, draw_grids
from gridplan.errors import GridplanError
from gridplan.fabric import Fabric, build_fabric
from gridplan.load.layers import Layers
from gridplan.rules import RuleSet
from gridplan.units import build_units
from tests.drawn import TOWN, drawn_layers, frame, house

SIDE = 5


@cache
def street() -> tuple[Layers, Fabric]:
    """A lattice of 25 houses, a river between the second and third column, one bridge, a park."""
    rng = np.random.default_rng(4)
    buildings = frame(
        "buildings",
        *(
            {
                "building_id": f"b{x}{y}",
                "households": 20.0,
                "geometry": house(
                    70.0 * x + float(rng.uniform(-9, 9)), 60.0 * y + float(rng.uniform(-9, 9))
                ),
            }
            for x in range(SIDE)
            for y in range(SIDE)
        ),
    )
    layers = drawn_layers(
        buildings,
        source="column",
        communities=frame("communities", {"geometry": box(-80, -70, 480, 320)}),
        barriers=frame("barriers", {"kind": "water", "geometry": box(97, -500, 113, 500)}),
        crossings=frame("crossings", {"geometry": LineString([(85, 120), (125, 120)])}),
    )
    return layers, build_fabric(layers, build_units(layers, RuleSet()))


def grown(fabric: Fabric, seed: int, count: int) -> pd.Series:
    """A random plan of connected grids: seeds that take random neighbours in turn."""
    graph = fabric.graphs[TOWN]
    rng = np.random.default_rng(seed)
    label = np.full(len(graph), -1)
    _, apart = np.unique(graph.components(), return_index=True)
    label[apart] = np.arange(len(apart))
    more = rng.permutation(np.setdiff1d(np.arange(len(graph)), apart))[: count - 1]
    label[more] = len(apart) + np.arange(len(more))
    while (label < 0).any():
        one, other = graph.edges[rng.permutation(len(graph.edges))].T
        at = np.flatnonzero((label[one] >= 0) != (label[other] >= 0))[0]
        inside, outside = (one[at], other[at]) if label[one[at]] >= 0 else (other[at], one[at])
        label[outside] = label[inside]
    return pd.Series([f"g{number}" for number in label], index=list(graph.ids))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 8))
def test_grids_tile_hold_their_buildings_and_stay_whole(seed: int, count: int) -> None:
    layers, fabric = street()
    plan = grown(fabric, seed, count)
    grids = draw_grids(fabric, plan)
    (town,) = layers.communities.geometry
    assert shapely.coverage_is_valid(grids.geometry.to_numpy())
    assert grids.area.sum() == pytest.approx(town.area, rel=1e-6)
    assert set(grids.geom_type) == {"Polygon"}
    home = gpd.sjoin(
        gpd.GeoDataFrame(
            layers.buildings[["building_id"]],
            geometry=layers.buildings.representative_point(),
            crs=layers.crs,
        ),
        grids,
        predicate="within",
    )
    assert home.set_index("building_id")["grid_id"].to_dict() == plan.to_dict()


place = st.tuples(st.integers(10, 390), st.integers(10, 190))
ways = st.builds(
    lambda a, b, c, d: LineString([(a, b), (c, d)]),
    st.integers(-20, 190),
    st.integers(-20, 220),
    st.integers(210, 420),
    st.integers(-20, 220),
)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(place, min_size=2, max_size=25, unique=True),
    st.lists(ways, max_size=5),
    st.lists(ways, max_size=1),
    st.lists(st.integers(20, 180), max_size=3, unique=True),
    st.integers(0, 99),
)
def test_what_is_connected_in_the_graph_is_one_polygon_on_any_ground(
    places: list[tuple[int, int]],
    streets: list[LineString],
    tracks: list[LineString],
    bridges: list[int],
    seed: int,
) -> None:
    """Houses anywhere, a river at x = 190 to 210, railways and streets at any angle."""
    buildings = frame(
        "buildings",
        *(
            {"building_id": f"b{i:02d}", "households": 20.0, "geometry": house(x, y, 12.0)}
            for i, (x, y) in enumerate(places)
        ),
    )
    river = {"kind": "water", "geometry": box(190, -50, 210, 250)}
    railways = ({"kind": "railway", "geometry": track} for track in tracks)
    ways_over = (LineString([(185, y), (215, y)]) for y in bridges)
    layers = drawn_layers(
        buildings,
        source="column",
        communities=frame("communities", {"geometry": box(0, 0, 400, 200)}),
        barriers=frame("barriers", river, *railways),
        crossings=frame("crossings", *({"geometry": way} for way in ways_over)),
    )
    roads = frame("barriers", *({"kind": "street", "geometry": way} for way in streets))
    layers = replace(layers, streets=roads)
    fabric = build_fabric(layers, build_units(layers, RuleSet()))
    plan = grown(fabric, seed, 1 + seed % 4)
    grids = draw_grids(fabric, plan)
    assert shapely.coverage_is_valid(grids.geometry.to_numpy())
    assert grids.area.sum() == pytest.approx(80_000, rel=1e-6)
    for grid, shape in zip(grids["grid_id"], grids.geometry, strict=True):
        if not joined_over_others(fabric, plan[plan == grid].index):
            assert shape.geom_type == "Polygon"


def joined_over_others(fabric: Fabric, units: pd.Index) -> bool:
    """Whether some of the units are neighbours by neither a border nor a crossing."""
    graph, crossings = fabric.graphs[TOWN], fabric.crossings
    over = set(map(frozenset, zip(crossings["unit_a"], crossings["unit_b"], strict=True)))
    bare = graph.edges[graph.border_m == 0]
    pairs = {frozenset((graph.ids[u], graph.ids[v])) for u, v in bare} - over
    return any(pair <= set(units) for pair in pairs)


def test_a_unit_without_a_grid_is_refused() -> None:
    _, fabric = street()
    with pytest.raises(GridplanError, match="b00"):
        draw_grids(fabric, grown(fabric, 1, 3).drop("b00"))


def grid_row(count: int, community: str = TOWN) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"grid_id": [f"g{i}" for i in range(count)], "community_code": community},
        geometry=[box(10 * (count - i), 0, 10 * (count - i) + 10, 10) for i in range(count)],
        crs="EPSG:4549",
    )


def test_codes_run_from_west_to_east_then_north_to_south() -> None:
    cells = {"se": (1, 0), "nw": (0, 1), "ne": (1, 1), "sw": (0, 0)}
    grids = gpd.GeoDataFrame(
        {"grid_id": list(cells), "community_code": TOWN},
        geometry=[box(10 * x, 10 * y, 10 * x + 10, 10 * y + 10) for x, y in cells.values()],
        crs="EPSG:4549",
    )
    codes = dict(zip(grids["grid_id"], draft_codes(grids), strict=True))
    assert codes == {f"{k}": f"{TOWN}00{n}" for n, k in enumerate(["nw", "ne", "sw", "se"], 1)}


@given(st.permutations(range(7)))
def test_codes_do_not_depend_on_the_order_of_rows(order: list[int]) -> None:
    grids = grid_row(7)
    codes = draft_codes(grids)
    again = draft_codes(grids.iloc[order])
    assert again.sort_index().tolist() == codes.tolist()
    assert codes.is_unique


def test_a_community_has_at_most_999_grids_and_a_code_of_12_digits() -> None:
    with pytest.raises(GridplanError, match="999"):
        draft_codes(grid_row(1000))
    with pytest.raises(GridplanError, match="12"):
        draft_codes(grid_row(2, "3205"))
