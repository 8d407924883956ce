"""How well the default map foretells real events: thirteen held-out fortnights, one after another.

The surface for each fortnight is the one that did best on the thirteen before it. Run by ``make trials``;
``python -m benchmarks.foretold`` prints the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.hotspots.accuracy import CANDIDATES, FORTNIGHT, SHARES, backtest, best_surface
from gridplan.hotspots.density import Raster, Surface, lay_raster
from tests.areas import SHARED

EVENTS = SHARED / "events" / "cincinnati_burglary.csv.gz"
CELL_M, NEAR_M = 250.0, 750.0
"""Squares of 250 m whose middle lies within 750 m of any event: the built-up ground."""
LAST, HELD_OUT = np.datetime64("2019-01-01"), 13
CRS = 32616


def read_events(path: Path = EVENTS) -> tuple[NDArray[np.float64], NDArray[np.datetime64]]:
    """Metres and times of the events that have a place."""
    table = pd.read_csv(path).dropna(subset=["longitude", "latitude"])
    degrees = gpd.points_from_xy(table["longitude"], table["latitude"], crs=4326)
    points = gpd.GeoSeries(degrees).to_crs(CRS)
    times = pd.to_datetime(table["offense_date"]).dt.tz_localize(None)
    return np.column_stack([points.x, points.y]), times.to_numpy()


def ground_of(xy_m: NDArray[np.float64]) -> Raster:
    """The squares that are ranked."""
    near = shapely.buffer(shapely.points(xy_m), NEAR_M, quad_segs=4)
    return lay_raster(shapely.union_all(near), CELL_M)


def held_out(
    candidates: Mapping[str, Surface] = CANDIDATES,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """PAI and PEI of each surface on the held-out fortnights, and of the one chosen before each."""
    xy_m, opened = read_events()
    ends = [LAST - number * FORTNIGHT for number in range(2 * HELD_OUT)][::-1]
    table = backtest(ground_of(xy_m), xy_m, opened, ends, candidates)
    chosen = []
    for end in ends[HELD_OUT:]:
        before = table[(table["end"] < end) & (table["end"] >= end - HELD_OUT * FORTNIGHT)]
        name = best_surface(before)
        chosen.append(table[(table["end"] == end) & (table["surface"] == name)])
    return table[table["end"] >= ends[HELD_OUT]], pd.concat(chosen)


def tables() -> str:
    """The result as Markdown."""
    table, chosen = held_out()
    head = [f"{kind} at {share:.0%}" for kind in ("PAI", "PEI") for share in SHARES]
    rows = [("**chosen on earlier fortnights**", _means(chosen))]
    rows += [(str(name), _means(part)) for name, part in table.groupby("surface", sort=False)]
    lines = [f"| surface | {' | '.join(head)} |", f"|---|{'--:|' * len(head)}"]
    lines += [f"| {name} | {' | '.join(f'{mean:.2f}' for mean in means)} |" for name, means in rows]
    return "\n".join(lines)


def _means(part: pd.DataFrame) -> list[float]:
    mean = part.groupby("share")[["pai", "pei"]].mean()
    return [float(mean.loc[share, kind]) for kind in ("pai", "pei") for share in SHARES]


if __name__ == "__main__":
    print(tables())
