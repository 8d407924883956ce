"""Measure walking distances and siting: ``python -m benchmarks.coverage`` prints a table.

Nothing but this machine and the seed goes in: a bent lattice of streets of about 50,000 nodes,
200,000 households and 100 stations on it, then 10,000 demands and 200 candidates in a square.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from benchmarks.large import Row
from gridplan.coverage.siting import best_sites, greedy_sites
from gridplan.network import Network, Places

SIDE = 224
"""Nodes on a side of the lattice: 50,176 in all."""

STREET_M, BENT_M, KEPT = 60.0, 9.0, 0.9
HOUSEHOLDS, STATIONS = 200_000, 100
DEMANDS, CANDIDATES, SITES = 10_000, 200, (5, 10, 15)
SQUARE_M, REACH_M = 5_000.0, 500.0


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    rng = np.random.default_rng(parser.parse_args(arguments).seed)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| what | size | gridplan s | beside it |")
    print("|---|---|---:|---|")
    for row in (*walking(rng), *siting(rng)):
        print(f"| {' | '.join(row)} |", flush=True)


def rows(seed: int = 1) -> list[Row]:
    """The same for the page of benchmarks."""
    rng = np.random.default_rng(seed)
    return [
        (f"{what}, {size}", f"{seconds} s ({beside})")
        for what, size, seconds, beside in (*walking(rng), *siting(rng))
    ]


def walking(rng: np.random.Generator) -> list[tuple[str, str, str, str]]:
    """Stepping onto the streets, the nearest of many stations, and networkx on the same edges."""
    edges, xy_m, length_m = lattice(rng)
    network, made_s = timed(lambda: Network(xy_m, edges, length_m))
    side_m = SIDE * STREET_M
    homes, snap_s = timed(lambda: network.snap(rng.uniform(0, side_m, (HOUSEHOLDS, 2))))
    stations = network.snap(rng.uniform(0, side_m, (STATIONS, 2)))
    nearest, ours_s = timed(lambda: network.nearest(homes, stations))
    graph, build_s = timed(lambda: by_networkx(network, stations))
    peer, peer_s = timed(lambda: peer_metres(graph, network, homes))
    apart = homes.edge[:, None] != stations.edge[None, :]
    alone = apart.all(axis=1) & np.isfinite(peer)  # networkx is asked through nodes only
    worst_m = float(np.abs(nearest.metres - peer)[alone].max())
    size = f"{len(xy_m):,} nodes, {len(network.edges):,} edges"
    return [
        ("network made", size, f"{made_s:.2f}", f"networkx graph {build_s:.2f} s"),
        ("households step onto edges", f"{HOUSEHOLDS:,}", f"{snap_s:.2f}", "no peer"),
        (
            f"nearest of {STATIONS}",
            f"{HOUSEHOLDS:,} households",
            f"{ours_s:.2f}",
            f"networkx {peer_s:.2f} s, at most {worst_m:.4f} m apart",
        ),
    ]


def lattice(rng: np.random.Generator) -> tuple[Any, Any, Any]:
    """Edges, nodes and lengths of a bent lattice from which some streets are missing."""
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    xy_m = np.column_stack([column, row]) * STREET_M + rng.normal(0, BENT_M, (SIDE * SIDE, 2))
    node = np.arange(SIDE * SIDE)
    right, up = node[column < SIDE - 1], node[row < SIDE - 1]
    edges = np.concatenate([np.column_stack([right, right + 1]), np.column_stack([up, up + SIDE])])
    edges = edges[rng.random(len(edges)) < KEPT]
    return edges, xy_m, np.hypot(*(xy_m[edges[:, 0]] - xy_m[edges[:, 1]]).T)


def by_networkx(network: Network, stations: Places) -> nx.Graph:
    """The same edges, with a node for each station."""
    graph = nx.Graph()
    ends = zip(network.edges.tolist(), network.length_m.tolist(), strict=True)
    graph.add_weighted_edges_from((a, b, metres) for (a, b), metres in ends)
    for k, edge in enumerate(stations.edge.tolist()):
        (a, b), along = network.edges[edge].tolist(), float(stations.along_m[k])
        access, back = float(stations.access_m[k]), float(network.length_m[edge]) - along
        graph.add_edge(("station", k), a, weight=access + along)
        graph.add_edge(("station", k), b, weight=access + back)
    return graph


def peer_metres(graph: nx.Graph, network: Network, homes: Places) -> Any:
    """Metres of each home to the nearest station, by networkx and the ends of its edge."""
    sources = {("station", k) for k in range(STATIONS)}
    away = nx.multi_source_dijkstra_path_length(graph, sources)
    node_m = np.array([away.get(node, np.inf) for node in range(len(network.xy_m))])
    ends = network.edges[homes.edge]
    back_m = network.length_m[homes.edge] - homes.along_m
    through = np.minimum(node_m[ends[:, 0]] + homes.along_m, node_m[ends[:, 1]] + back_m)
    return through + homes.access_m


def siting(rng: np.random.Generator) -> list[tuple[str, str, str, str]]:
    """Maximal covering, exact and greedy."""
    demand_m = rng.uniform(0, SQUARE_M, (DEMANDS, 2))
    site_m = rng.uniform(0, SQUARE_M, (CANDIDATES, 2))
    weight = rng.integers(1, 100, DEMANDS).astype(float)
    covers = np.hypot(*(demand_m[:, None] - site_m[None]).transpose(2, 0, 1)) <= REACH_M
    rows = []
    for count in SITES:
        exact = best_sites(weight, covers, count)
        quick = greedy_sites(weight, covers, count)
        proof = "proved" if exact.proved else f"bound {exact.bound:,.0f}"
        rows.append(
            (
                f"maximal covering, {count} sites",
                f"{DEMANDS:,} × {CANDIDATES}",
                f"{exact.seconds:.2f}",
                f"{exact.covered:,.0f} covered, {proof}; greedy {quick.seconds:.3f} s, "
                f"{quick.covered / exact.covered:.1%} of it",
            )
        )
    return rows


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives and the seconds it takes."""
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


if __name__ == "__main__":
    main()
