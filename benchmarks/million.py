"""A million cases: the time from an area in memory to what the page of hotspots shows.

``python -m benchmarks.million``: six copies of the demo street beside each other make 36
communities of some 53,000 households; their cases are drawn from those of the demo, each moved a
few metres and minutes, so that its clusters, its piles and its two years are kept.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import gridplan
from benchmarks.large import Row
from gridplan.demo import make_demo
from gridplan.hotspots.told import conclusion, spots_of
from gridplan.maps.hotspots import hotspot_map
from gridplan.prepared import Prepared
from gridplan.schema import CASE_ID, CLOSED, DEADLINE, GRID_CODE, GRID_ID, HOME, NAME, OPENED

T = TypeVar("T")
TILES = (3, 2)
"""Copies of the demo street from west to east and from south to north."""
CASES = 1_000_000
STEP_M = 2_700.0, 1_700.0
"""From one copy to the next: the street is 2.5 × 1.5 km."""
NEAR_M, NEAR_MINUTES = 8.0, 600
_IDS = ("building_id", "compound_id", "community_code", "unit_id", GRID_ID, GRID_CODE, "community")


def million_area(cases: int = CASES, seed: int = 1) -> Prepared:
    """The demo street six times, with many cases.

    Parameters
    ----------
    cases : int
        How many.
    seed : int
        Every draw comes from it.
    """
    with tempfile.TemporaryDirectory() as folder:
        make_demo(Path(folder) / "demo")
        street = gridplan.prepare(Path(folder) / "demo")
    layers = street.layers
    tiled = replace(
        layers,
        name=f"{layers.name} × {TILES[0] * TILES[1]}",
        buildings=_tiled(layers.buildings),
        communities=_tiled(layers.communities, NAME),
        compounds=_tiled(layers.compounds, NAME),
        barriers=_tiled(layers.barriers),
        crossings=_tiled(layers.crossings),
        streets=_tiled(layers.streets, NAME),
        totals=_tiled(layers.totals),
        grids={name: _tiled(grids) for name, grids in layers.grids.items()},
        cases=_many_cases(layers.cases, cases, np.random.default_rng(seed)),
        fingerprint=f"million-{cases}-{seed}",
    )
    units = replace(
        street.units, frame=_tiled(street.units.frame), buildings=_tiled(street.units.buildings)
    )
    present = {
        name: replace(state, grids=_tiled(state.grids, "code"))
        for name, state in street.present.items()
    }
    return replace(street, layers=tiled, units=units, present=present)


def rows() -> list[Row]:
    """A million cases for the page of benchmarks."""
    return measure(million_area())


def measure(prepared: Prepared) -> list[Row]:
    """Look for hotspots of two years' cases and draw the map, each step timed.

    Parameters
    ----------
    prepared : Prepared
        From :func:`million_area`.
    """
    homes = int(prepared.units.buildings["households"].sum())
    many, places = len(prepared.layers.cases), len(prepared.layers.communities)
    found, cold_s = _timed(lambda: gridplan.find_hotspots(prepared))
    begun = process_time()
    _, warm_s = _timed(lambda: gridplan.find_hotspots(prepared))
    worked_s = process_time() - begun
    page, map_s = _timed(lambda: hotspot_map(prepared.layers, found).get_root().render())
    told, told_s = _timed(lambda: (spots_of(found), conclusion(found)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return [
        (f"{many:,} cases in {places} communities of {homes:,} households: hotspots, on"
         f" {len(found.cells):,} cells", f"{warm_s:.1f} s"),
        ("… processor time of it", f"{worked_s:.1f} s"),
        ("… the first time since the start", f"{cold_s:.1f} s"),
        (f"map of {len(found.clusters)} clusters, {len(page) / 2**20:.1f} MiB", f"{map_s:.1f} s"),
        (f"list of {len(told[0])} places", f"{told_s:.2f} s"),
        ("memory at the most", f"{peak:.1f} GiB"),
    ]  # fmt: skip


def _timed(task: Callable[[], T]) -> tuple[T, float]:
    begun = perf_counter()
    done = task()
    return done, perf_counter() - begun


def _shifts() -> list[tuple[str, np.ndarray]]:
    columns, rows = TILES
    return [
        (f"{column}{row}", np.array([column * STEP_M[0], row * STEP_M[1]]))
        for column in range(columns)
        for row in range(rows)
    ]


def _tiled(frame: gpd.GeoDataFrame, *names: str) -> gpd.GeoDataFrame:
    """Copies of a frame beside each other; ids, and names that tell places apart, stay unique."""
    if frame.empty:
        return frame
    parts = []
    for tile, shift_m in _shifts():
        moved = shapely.transform(np.asarray(frame.geometry.array), lambda xy, m=shift_m: xy + m)
        part: Any = frame.assign(geometry=gpd.GeoSeries(moved, frame.index, crs=frame.crs))
        for column in (*(name for name in _IDS if name in frame), *names):
            known = part[column].notna() & (part[column] != "")
            part[column] = part[column].where(~known, part[column].astype(str) + f"-{tile}")
        parts.append(part)
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=frame.crs)


def _many_cases(known: gpd.GeoDataFrame, many: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    row = rng.integers(0, len(known), many)
    drawn = known.iloc[row].reset_index(drop=True)
    x, y = known.geometry.x.to_numpy().round(1), known.geometry.y.to_numpy().round(1)
    piled = pd.DataFrame({"x": x, "y": y}).duplicated(keep=False).to_numpy()[row]
    shifts = np.array([shift_m for _, shift_m in _shifts()])
    shift_m = shifts[rng.integers(0, len(shifts), many)]
    near_m = np.where(piled[:, None], 0.0, rng.normal(0, NEAR_M, (many, 2)))
    later = pd.to_timedelta(rng.integers(0, NEAR_MINUTES, many), unit="min")
    for column in (OPENED, CLOSED, DEADLINE):
        drawn[column] = drawn[column] + later
    drawn[CASE_ID] = np.char.add("M", np.arange(many).astype(str)).astype(object)
    drawn["geometry"] = _moved(drawn.geometry, shift_m + near_m)
    drawn[HOME] = _moved(drawn[HOME], shift_m)
    return gpd.GeoDataFrame(drawn, geometry="geometry", crs=known.crs)


def _moved(points: gpd.GeoSeries, shift_m: np.ndarray) -> gpd.GeoSeries:
    held = points.notna().to_numpy()
    moved = np.full(len(points), None, dtype=object)
    at = shapely.get_coordinates(np.asarray(points.array)[held])
    moved[held] = shapely.points(at + shift_m[held])
    return gpd.GeoSeries(moved, points.index, crs=points.crs)


def main() -> None:
    """Measure and print the rows as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.million")
    parser.add_argument("--cases", type=int, default=CASES)
    rows = measure(million_area(parser.parse_args().cases))
    print("\n".join(f"| {what} | {figure} |" for what, figure in rows))


if __name__ == "__main__":
    main()
