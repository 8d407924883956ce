"""Ways along streets, drawn by hand.

c           d
|           |
a ——————— b      a to b 200 m, a to c and b to d 100 m; c and d lie 200 m apart
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString

from gridplan.errors import GridplanError
from gridplan.graph import UnitGraph
from gridplan.streets import STEP_M, walking_metres, yard_prices

PLACES = np.array([[0.0, 0], [200, 0], [0, 100], [200, 100]])


def streets(lines, bridge=()):
    return gpd.GeoDataFrame(
        {"bridge": [k in bridge for k in range(len(lines))], "tunnel": False},
        geometry=[LineString(line) for line in lines], crs="EPSG:32650",
    )  # fmt: skip


U = [[(0, 100), (0, 0)], [(0, 0), (200, 0)], [(200, 0), (200, 100)]]


def test_the_way_leads_around():
    metres = walking_metres(PLACES, streets(U))
    assert metres[0].tolist() == pytest.approx([0, 200, 100, 300])
    assert metres[2, 3] == pytest.approx(400)
    assert np.allclose(metres, metres.T)


def test_a_place_steps_onto_the_nearest_street():
    metres = walking_metres(np.array([[0.0, 30], [60, 40]]), streets(U))
    assert metres[0, 1] == pytest.approx(30 + 60 + 40, abs=STEP_M)


def test_streets_meet_where_they_cross_but_not_below_a_bridge():
    cross = [[(0, 0), (200, 100)], [(0, 100), (200, 0)]]
    half = np.hypot(100, 50)
    assert walking_metres(PLACES, streets(cross))[0, 1] == pytest.approx(2 * half, abs=0.2)
    below = walking_metres(PLACES, streets(cross, bridge={0}))
    assert np.isinf(below[0, 1])
    assert below[0, 3] == pytest.approx(2 * half, abs=0.2)


def test_no_way_is_shorter_than_the_crows():
    rng = np.random.default_rng(0)
    xy_m = rng.uniform(-50, 250, (40, 2))
    metres = walking_metres(xy_m, streets(U))
    away = np.hypot(*(xy_m[:, None] - xy_m[None]).transpose(2, 0, 1))
    assert (metres >= away - 1e-9).all()
    assert (np.diag(metres) == 0).all()


def test_no_streets_are_said():
    with pytest.raises(GridplanError) as told:
        walking_metres(PLACES, streets(U).iloc[:0])
    assert told.value.key == "error.no_streets"


def test_a_border_along_a_street_costs_nothing():
    """Units 0 and 1 lie on both sides of the street from a to b, 2 beside 1 in the same yard."""
    xy_m = np.array([[50.0, -20], [50, 20], [90, 20]])
    edges, border_m = np.array([[0, 1], [1, 2]]), np.array([30.0, 40.0])
    graph = UnitGraph(("u", "v", "w"), np.ones(3, np.int64), xy_m, edges, border_m)
    assert yard_prices(graph, streets(U), 5.0).tolist() == [0.0, 200.0]
