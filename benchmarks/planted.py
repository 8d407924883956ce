"""A trial of hotspot methods on the demo street's own households, with clusters that are known.

1,000 cases fall on homes by their households, one cluster has a higher rate, and each method says
in which cells it sees a hotspot. Run by ``make trials``; ``python -m benchmarks.planted 100`` prints a
shorter one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import esda
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from libpysal.graph import Graph
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.stats import norm
from sklearn.cluster import DBSCAN

from gridplan.hotspots.cells import Cells, Homes, homes_of, lay_cells
from gridplan.hotspots.clusters import ClusterSpec, find_clusters, whole_streets, zones_of
from gridplan.hotspots.piles import points_of
from gridplan.hotspots.rates import shrunken
from gridplan.hotspots.scan import scan
from gridplan.hotspots.zones import Zones, circles
from gridplan.load import read_area
from gridplan.rules import RuleSet
from gridplan.units import build_units

DEMO = Path(__file__).parents[1] / "data" / "demo"
OURS, RUNS = "**gridplan**", 500
CASES, PILE, JITTER_M, CELL_M = 1000, 40, 8.0, 100.0
EXPECTED = (6.0, 25.0)
BESIDE_M, LONG_M = 45.0, 150.0
"""A street-shaped cluster: homes this near to a street, over at least this length of it."""

Planted = Callable[[np.random.Generator], NDArray[np.int64]]


@dataclass(frozen=True, eq=False)
class Street:
    """The demo street as the trial needs it."""

    homes: Homes
    cells: Cells
    lines: NDArray[np.object_]
    crs: object
    zones: Zones
    discs: Zones
    near: Graph


@dataclass(frozen=True)
class Score:
    """What one method did in many runs.

    ``alarm`` is the share of runs that report anything, ``detect`` of those in which a report
    covers half of the planted cells, ``precision`` the mean share of reported cells that are
    planted ones, over the runs that report.
    """

    alarm: float
    detect: float
    precision: float
    listed: float


def demo_street() -> Street:
    """Read once, laid out once."""
    layers = read_area(DEMO)
    buildings = build_units(layers, RuleSet()).buildings
    homes, lines = homes_of(buildings), whole_streets(layers.streets)
    cells = lay_cells(homes, CELL_M)
    squares = gpd.GeoSeries(cells.squares())
    return Street(
        homes,
        cells,
        lines,
        layers.crs,
        zones_of(homes, cells, lines, ClusterSpec()),
        circles(cells.middle_m, cells.households, 0.5),
        Graph.build_contiguity(squares, rook=False).assign_self_weight(),
    )


def compact(street: Street, rng: np.random.Generator) -> NDArray[np.int64]:
    """Cells round one of them, 6 to 25 expected cases in all."""
    cells = street.cells
    while True:
        want, centre = rng.uniform(*EXPECTED), rng.integers(len(cells.households))
        away_m = np.hypot(*(cells.middle_m - cells.middle_m[centre]).T)
        order = np.argsort(away_m, kind="stable")
        held = _expected(cells, order)
        size = int(np.argmin(np.abs(held - want))) + 1
        if EXPECTED[0] <= held[size - 1] <= EXPECTED[1] and away_m[order[size - 1]] <= 2 * CELL_M:
            return order[:size]


def along_street(street: Street, rng: np.random.Generator) -> NDArray[np.int64]:
    """Cells of the homes beside a stretch of one street, at least three."""
    cells, points = street.cells, shapely.points(street.homes.xy_m)
    while True:
        want, line = rng.uniform(*EXPECTED), street.lines[rng.integers(len(street.lines))]
        near = np.flatnonzero(shapely.dwithin(points, line, BESIDE_M))
        along_m = shapely.line_locate_point(line, points[near])
        order = np.argsort(along_m, kind="stable")
        begin = np.searchsorted(along_m[order], rng.uniform(0, line.length))
        home, along_m = near[order][begin:], along_m[order][begin:]
        chain, first = np.unique(cells.of_home[home], return_index=True)
        chain, first = chain[np.argsort(first)], np.sort(first)
        if len(chain) < 3:
            continue
        held = _expected(cells, chain)
        size = int(np.argmin(np.abs(held - want))) + 1
        if size < 3 or not EXPECTED[0] <= held[size - 1] <= EXPECTED[1]:
            continue
        if along_m[first[size - 1]] - along_m[0] >= LONG_M:
            return chain[:size]


def _expected(cells: Cells, chain: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.cumsum(cells.households[chain]) * CASES / cells.households.sum()


def cases_on(
    street: Street, planted: NDArray[np.int64], risk: float, pile: bool, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """1,000 cases near homes, and where asked 40 more at the exact point of one of them."""
    weight = street.homes.households.copy()
    weight[np.isin(street.cells.of_home, planted)] *= risk
    home = rng.choice(len(weight), CASES, p=weight / weight.sum())
    xy_m = street.homes.xy_m[home] + rng.normal(0, JITTER_M, (CASES, 2))
    if pile:
        at = street.homes.xy_m[rng.integers(len(weight))]
        xy_m = np.concatenate([xy_m, np.tile(at, (PILE, 1))])
    table = {"category": rng.choice(["a", "b", "c", "d"], len(xy_m))}
    return gpd.GeoDataFrame(table, geometry=shapely.points(xy_m), crs=street.crs)


def methods(
    street: Street, cases: gpd.GeoDataFrame, rng: np.random.Generator
) -> Iterator[tuple[str, list[NDArray[np.int64]], bool]]:
    """Name, reported clusters of cells, and whether a pile was listed, of each method."""
    cells, xy_m = street.cells, shapely.get_coordinates(cases.geometry.to_numpy())
    home = street.homes.nearest(xy_m)
    count = cells.count(home)
    found, piles = find_clusters(
        street.homes, cells, street.zones, points_of(xy_m), ClusterSpec(), rng
    )
    yield OURS, [cluster.cells for cluster in found], len(piles) > 0
    found = scan(count, cells.households, street.discs, ClusterSpec().scan, rng)
    yield "scan, discs to 50 %, piles left in", [cluster.cells for cluster in found], False
    z, p = _gi_star(count.astype(float), street.near)
    yield "Gi* on counts, p < .05", _one((z > 0) & (p < 0.05)), False
    rate = shrunken(count, cells.households)
    z, p = _gi_star(rate, street.near)
    yield "Gi* on shrunken rates, FDR", _one((z > 0) & (p <= esda.fdr(p, 0.05))), False
    yield "KDE 100 m, top 5 % of cells", _one(_kde_top(cells, xy_m)), False
    label = DBSCAN(eps=50.0, min_samples=15).fit_predict(xy_m)
    yield "DBSCAN 50 m, 15 cases", _cells_of(label, home, cells), False


def trial(
    street: Street, runs: int, plant: Planted | None, risk: float, pile: bool, seed: int
) -> dict[str, Score]:
    """Every method on the same maps."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(runs):
        planted = np.empty(0, dtype=np.int64) if plant is None else plant(rng)
        cases = cases_on(street, planted, risk, pile, rng)
        for name, clusters, listed in methods(street, cases, rng):
            rows.append((name, *_judged(planted, clusters), listed))
    table = pd.DataFrame(rows, columns=["method", "alarm", "detect", "precision", "listed"])
    means = table.groupby("method", sort=False).mean()
    return {str(name): Score(*row) for name, row in zip(means.index, means.to_numpy(), strict=True)}


def _judged(
    planted: NDArray[np.int64], clusters: list[NDArray[np.int64]]
) -> tuple[bool, bool, float]:
    detect = any(2 * np.isin(planted, cells).sum() >= len(planted) for cells in clusters)
    if not clusters:
        return False, False, np.nan
    reported = np.unique(np.concatenate(clusters))
    return True, detect and len(planted) > 0, float(np.isin(reported, planted).mean())


def _gi_star(
    values: NDArray[np.float64], near: Graph
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Z and two-sided p by J. K. Ord and A. Getis, Geographical Analysis 27 (1995), 286–306."""
    weight = (near.sparse > 0).astype(np.float64)
    each, many = np.asarray(weight.sum(axis=1)).ravel(), len(values)
    spread = values.std() * np.sqrt((many * each - each**2) / (many - 1))
    z = (weight @ values - values.mean() * each) / spread
    return z, 2 * norm.sf(np.abs(z))


def _kde_top(cells: Cells, xy_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    low = xy_m.min(axis=0) - 300
    shape = np.ceil((xy_m.max(axis=0) + 300 - low) / 20).astype(int)
    grid = np.zeros(shape)
    np.add.at(grid, tuple(((xy_m - low) / 20).astype(int).T), 1.0)
    smooth = gaussian_filter(grid, 100 / 20)
    at = np.clip(((cells.middle_m - low) / 20).astype(int), 0, shape - 1)
    value = smooth[tuple(at.T)]
    return value > np.quantile(value, 0.95)


def _one(chosen: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    return [np.flatnonzero(chosen)] if chosen.any() else []


def _cells_of(
    label: NDArray[np.int64], home: NDArray[np.int64], cells: Cells
) -> list[NDArray[np.int64]]:
    return [
        np.unique(cells.of_home[home[(label == one) & (home >= 0)]])
        for one in range(label.max() + 1)
    ]


def settings_of(street: Street) -> dict[str, tuple[Planted | None, float, bool]]:
    """What is planted, at which relative risk, and whether a pile lies beside it."""
    every: dict[str, tuple[Planted | None, float, bool]] = {
        "nothing": (None, 1.0, False),
        "nothing but a pile": (None, 1.0, True),
    }
    for risk in (2.0, 3.0, 5.0):
        every[f"compact, risk {risk:g}"] = (partial(compact, street), risk, False)
        every[f"street-shaped, risk {risk:g}"] = (partial(along_street, street), risk, False)
    return every


def tables(runs: int) -> str:
    """Every setting and every method, as Markdown."""
    street = demo_street()
    lines = [
        "| planted | method | reports anything | finds it | precision | lists the pile |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for number, (name, setting) in enumerate(settings_of(street).items()):
        for method, score in trial(street, runs, *setting, seed=number).items():
            cells = [name, method, f"{score.alarm:.3f}"]
            cells += [f"{score.detect:.3f}", f"{score.precision:.3f}"] if setting[0] else ["–", "–"]
            cells.append(f"{score.listed:.3f}" if setting[2] and method == OURS else "–")
            lines.append(f"| {' | '.join(cells)} |")
            print(lines[-1], flush=True)
    return "\n".join(lines)


if __name__ == "__main__":
    tables(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
