"""Ways on a network, held against networkx on the same edges and against cases drawn by hand."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon

from gridplan.barriers import Barriers
from gridplan.network import Network, Places

NOTHING = np.empty(0, dtype=object)


def walls(*lines: LineString, areas: tuple[Polygon, ...] = ()) -> Barriers:
    return Barriers(np.array([*lines], dtype=object), np.array([*areas], dtype=object))


def town(rng: np.random.Generator, side: int = 12) -> Network:
    """Streets on a bent lattice, some of them missing, some drawn twice with other lengths."""
    row, column = np.divmod(np.arange(side * side), side)
    xy_m = np.column_stack([column, row]) * 80.0 + rng.normal(0, 12, (side * side, 2))
    right = [(k, k + 1) for k in range(side * side) if k % side < side - 1]
    up = [(k, k + side) for k in range(side * (side - 1))]
    edges = np.array([*right, *up])
    edges = edges[rng.random(len(edges)) < 0.8]
    length_m = np.hypot(*(xy_m[edges[:, 0]] - xy_m[edges[:, 1]]).T)
    twice = rng.integers(len(edges), size=20)
    edges = np.concatenate([edges, edges[twice][:, ::-1]])
    length_m = np.concatenate([length_m, length_m[twice] * rng.uniform(1.0, 1.6, 20)])
    return Network(xy_m, edges, length_m)


def by_networkx(network: Network, places: Places, targets: Places) -> np.ndarray:
    """Metres from each place to each target: places as nodes on their edges, each pair once."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(network.xy_m)))
    for (a, b), metres in zip(network.edges.tolist(), network.length_m.tolist(), strict=True):
        graph.add_edge(a, b, weight=metres)
    for edge in np.unique(np.append(places.edge, targets.edge)):
        on = [
            (along, (name, k))
            for name, where in (("p", places), ("t", targets))
            for k, along in enumerate(where.along_m)
            if where.edge[k] == edge
        ]
        (a, b), length = network.edges[edge].tolist(), network.length_m[edge]
        stops = [(0.0, a), *sorted(on), (length, b)]
        for (at, node), (to, after) in pairwise(stops):
            graph.add_edge(node, after, weight=to - at)
    found = np.full((len(places.edge), len(targets.edge)), np.inf)
    for t in range(len(targets.edge)):
        far = nx.single_source_dijkstra_path_length(graph, ("t", t))
        for p in range(len(places.edge)):
            along = far.get(("p", p), np.inf)
            found[p, t] = along + places.access_m[p] + targets.access_m[t]
    return found


def test_as_networkx_says_for_200_households() -> None:
    rng = np.random.default_rng(3)
    network = town(rng)
    places = network.snap(rng.uniform(0, 900, (200, 2)))
    targets = network.snap(rng.uniform(0, 900, (9, 2)))
    told = by_networkx(network, places, targets)
    assert np.allclose(network.metres(targets, places).T, told, atol=0.1)
    nearest = network.nearest(places, targets)
    assert np.allclose(nearest.metres, told.min(axis=1), atol=0.1)
    on_foot = told[np.arange(200), nearest.which]
    assert np.allclose(on_foot, told.min(axis=1), atol=0.1)


@given(seed=st.integers(0, 10_000), count=st.integers(1, 12))
def test_nearest_is_the_least_of_all_ways(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    network = town(rng, side=4)
    places = network.snap(rng.uniform(-50, 300, (15, 2)), reach_m=60)
    targets = network.snap(rng.uniform(-50, 300, (count, 2)), reach_m=60)
    every = network.metres(places, targets)
    nearest = network.nearest(places, targets)
    assert np.allclose(nearest.metres, every.min(axis=1))
    assert np.array_equal(nearest.which < 0, np.isinf(nearest.metres))
    assert np.allclose(every, network.metres(targets, places).T)


def line(*xy: tuple[float, float], **more: object) -> Network:
    """One street through these points."""
    nodes = np.array(xy, dtype=float)
    edges = np.column_stack([np.arange(len(xy) - 1), np.arange(1, len(xy))])
    length_m = np.hypot(*np.diff(nodes, axis=0).T)
    return Network(nodes, edges, length_m, **more)


def test_both_on_the_same_edge() -> None:
    """One edge of 1,000 m: from 400 m, 10 m beside it, to a station at 450 m, 5 m beside it."""
    network = line((0, 0), (1000, 0))
    nearest = network.nearest(
        network.snap(np.array([[400.0, 10]])), network.snap(np.array([[900.0, 0], [450, -5]]))
    )
    assert nearest.metres.tolist() == [pytest.approx(65.0)]
    assert nearest.which.tolist() == [1]


def test_a_station_on_a_corner_is_no_metre_away() -> None:
    network = line((0, 0), (100, 0), (100, 100))
    corner = network.snap(np.array([[100.0, 0]]))
    assert network.nearest(network.snap(np.array([[100.0, 60]])), corner).metres[0] == 60.0
    assert network.nearest(corner, corner).metres[0] == 0.0


def test_parallel_edges_are_not_added_up() -> None:
    xy_m = np.array([[0.0, 0], [100, 0]])
    network = Network(xy_m, np.array([[0, 1], [1, 0], [0, 0]]), np.array([140.0, 100, 5]))
    assert network.length_m.tolist() == [100.0]
    ends = network.snap(xy_m)
    assert network.metres(ends, ends)[0, 1] == 100.0


def test_a_bridge_is_not_stepped_onto() -> None:
    """The way at y = 5 is a bridge: a house at y = 8 steps onto the street at y = 0."""
    xy_m = np.array([[0.0, 0], [100, 0], [0, 5], [100, 5]])
    network = Network(
        xy_m, np.array([[0, 1], [2, 3]]), np.array([100.0, 100]), np.array([True, False])
    )
    assert network.snap(np.array([[50.0, 8]])).access_m[0] == 8.0


def test_no_step_across_the_river() -> None:
    """Streets at y = 0 and y = 100, a river at 20 to 40: the house at y = 45 goes up."""
    xy_m = np.array([[0.0, 0], [200, 0], [0, 100], [200, 100]])
    river = walls(areas=(Polygon([(-9, 20), (209, 20), (209, 40), (-9, 40)]),))
    network = Network(xy_m, np.array([[0, 1], [2, 3]]), np.array([200.0, 200]), barriers=river)
    house = np.array([[100.0, 45]])
    assert network.snap(house).access_m[0] == pytest.approx(55.0)
    assert network.snap(house, reach_m=50).edge[0] == -1
    station = network.snap(np.array([[100.0, 10]]))
    assert np.isinf(network.nearest(network.snap(house), station).metres[0])


def test_walled_in_there_is_no_way() -> None:
    wall = walls(LineString([(40, 10), (60, 10), (60, 30), (40, 30), (40, 10)]))
    network = line((0, 0), (100, 0), barriers=wall)
    inside = network.snap(np.array([[50.0, 20], [50, 40]]))
    assert inside.edge.tolist()[0] == -1
    assert np.isinf(inside.access_m[0])
    assert inside.access_m[1] > 40  # round the wall it is farther than straight through it


def test_nobody_and_no_station() -> None:
    network = line((0, 0), (100, 0))
    nobody = network.snap(np.empty((0, 2)))
    someone = network.snap(np.array([[5.0, 5]]))
    assert network.nearest(nobody, someone).metres.shape == (0,)
    assert network.nearest(someone, nobody).which.tolist() == [-1]
    assert network.metres(someone, nobody).shape == (1, 0)


def test_lengths_have_to_fit() -> None:
    xy_m = np.array([[0.0, 0], [1, 0]])
    with pytest.raises(ValueError, match="2 lengths"):
        Network(xy_m, np.array([[0, 1]]), np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="finite"):
        Network(xy_m, np.array([[0, 1]]), np.array([np.nan]))
