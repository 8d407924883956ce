"""Streets become a network, drawn by hand: a river from y = 20 to y = 40 across everything.

     ————————————— street at y = 100
          │              the road at x = 100 leads down to the street at y = 0
≈≈≈≈≈≈≈≈≈≈│≈≈≈≈≈≈≈≈≈≈≈
     ————————————— street at y = 0
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, Point, box

from gridplan.barriers import Barriers, Strips, read_strips
from gridplan.network import Network
from gridplan.ways import read_network

NOTHING = np.empty(0, dtype=object)
RIVER = Barriers(NOTHING, np.array([box(-500, 20, 900, 40)], dtype=object))
RAILWAY = Barriers(np.array([LineString([(-500, 30), (900, 30)])], dtype=object), NOTHING)
LOWER, UPPER = [(0, 0), (400, 0)], [(0, 100), (400, 100)]
ROAD = [(100, 0), (100, 100)]
ENDS = np.array([[100.0, 0], [100, 100]])


def streets(*lines: list[tuple[float, float]], bridge: set[int] = frozenset()) -> gpd.GeoDataFrame:
    flags = [k in bridge for k in range(len(lines))]
    return gpd.GeoDataFrame(
        {"bridge": flags, "tunnel": False},
        geometry=[LineString(line) for line in lines], crs="EPSG:32650",
    )  # fmt: skip


def between(network: Network, ends: np.ndarray = ENDS) -> float:
    places = network.snap(ends)
    return float(network.metres(places, places)[0, 1])


def strips(barriers: Barriers, *crossings: object, houses: np.ndarray = NOTHING) -> Strips:
    return read_strips(np.array([*crossings], dtype=object), barriers, houses)


@pytest.mark.parametrize("barriers", [RIVER, RAILWAY])
def test_a_barrier_cuts_a_street(barriers: Barriers) -> None:
    assert between(read_network(streets(LOWER, UPPER, ROAD))) == pytest.approx(100)
    assert np.isinf(between(read_network(streets(LOWER, UPPER, ROAD), barriers)))


@pytest.mark.parametrize("barriers", [RIVER, RAILWAY])
def test_a_bridge_carries_it_over(barriers: Barriers) -> None:
    network = read_network(streets(LOWER, UPPER, ROAD, bridge={2}), barriers)
    assert between(network) == pytest.approx(100)


def test_a_level_crossing_leaves_the_street_whole() -> None:
    network = read_network(streets(LOWER, UPPER, ROAD), RAILWAY, strips(RAILWAY, Point(103, 31)))
    assert between(network) == pytest.approx(100, abs=0.1)


def test_a_crossing_without_a_street_leads_to_those_on_both_sides() -> None:
    """A foot bridge at x = 300 joins the banks where no street does."""
    near = [(0, 10), (400, 10)], [(0, 60), (400, 60)]
    network = read_network(streets(*near), RIVER, strips(RIVER, LineString([(300, 20), (300, 40)])))
    way = between(network, np.array([[300.0, 10], [300, 60]]))
    assert way == pytest.approx(50, abs=0.1)


def test_a_gate_is_reached_from_the_houses_behind_it() -> None:
    """A walled yard without streets: its house walks to the landing of the gate at (200, 50)."""
    yard = LineString([(150, 50), (250, 50), (250, 90), (150, 90), (150, 50)])
    wall = Barriers(np.array([yard], dtype=object), NOTHING)
    house, outside = [200.0, 80], [200.0, 0]
    shut = read_network(streets(LOWER), wall)
    assert np.isinf(between(shut, np.array([house, outside])))
    homes = np.array([box(180, 76, 220, 84)], dtype=object)
    gate = strips(wall, Point(200, 50), houses=homes)
    open_ = read_network(streets(LOWER), wall, gate)
    assert between(open_, np.array([house, outside])) == pytest.approx(80, abs=1)


@pytest.mark.parametrize("gap_m", [0.0, 0.3, 2.5])
def test_an_end_that_nearly_meets_a_street_meets_it(gap_m: float) -> None:
    drawn = streets(LOWER, [(133.37, gap_m), (133.37, 100)])
    ends = np.array([[50.0, 0], [133.37, 100]])
    assert between(read_network(drawn), ends) == pytest.approx(183.37, abs=0.2)


def test_an_end_farther_off_does_not() -> None:
    drawn = streets(LOWER, [(133.37, 3.5), (133.37, 150)])
    assert np.isinf(between(read_network(drawn), np.array([[50.0, 0], [133.37, 100]])))
    close = streets(LOWER, [(133.37, 2.5), (133.37, 150)])
    network = read_network(close, join_m=0.0)
    assert np.isinf(between(network, np.array([[50.0, 0], [133.37, 100]])))


def test_a_join_does_not_leap_a_barrier() -> None:
    """Two ends 2 m apart with a wall between them stay apart."""
    wall = Barriers(np.array([LineString([(-9, 50), (900, 50)])], dtype=object), NOTHING)
    drawn = streets([(100, -200), (100, 49)], [(100, 51), (100, 300)])
    ends = np.array([[100.0, 0], [100, 100]])
    assert np.isfinite(between(read_network(drawn), ends))
    assert np.isinf(between(read_network(drawn, wall), ends))


def test_scraps_of_streets_are_not_stepped_onto() -> None:
    drawn = streets(LOWER, [(200, 30), (240, 30)])
    assert read_network(drawn).snap(np.array([[220.0, 25]])).access_m[0] == 25.0


def test_nothing_but_bridges_and_nothing_at_all() -> None:
    lifted = read_network(streets(LOWER, ROAD, bridge={0, 1}), RIVER)
    assert len(lifted.edges) == 2
    assert lifted.snap(ENDS).edge.tolist() == [-1, -1]
    assert len(read_network(streets(LOWER).iloc[:0], RIVER).edges) == 0
    sunk = read_network(streets([(0, 25), (400, 25)]), RIVER)
    assert len(sunk.edges) == 0


def test_steps_put_nodes_on_long_edges() -> None:
    assert len(read_network(streets(LOWER), step_m=15.0).edges) == 27


def test_where_exact_noding_fails_a_grid_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = streets(LOWER, UPPER, ROAD, [(50, -30), (350, 130)])
    exact = between(read_network(drawn), np.array([[0.0, 0], [400, 100]]))

    def fails(_: object) -> None:
        raise shapely.errors.GEOSException("did not converge")

    monkeypatch.setattr(shapely, "node", fails)
    assert between(read_network(drawn), np.array([[0.0, 0], [400, 100]])) == pytest.approx(
        exact, abs=0.2
    )
