"""Counts of cases as frames: by cell, by grid, by cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.hotspots.gather import Gathered
from gridplan.hotspots.rates import PER, shrunken
from gridplan.hotspots.scan import Cluster
from gridplan.hotspots.spec import HotspotSpec
from gridplan.hotspots.trend import trends
from gridplan.hotspots.zones import FLOAT, INT
from gridplan.schema import CATEGORY, GRID_ID, HOUSEHOLDS

Found = tuple[str, int, Cluster]
"""Category ("" for all), weeks (0 for a lasting cluster), and the cluster."""


def weekly_of(place: INT, weeks_ago: INT, many: int, weeks: int) -> INT:
    """Cases of each place in each week, the oldest first, shape (many, weeks); −1 is no place."""
    kept = (place >= 0) & (weeks_ago >= 0) & (weeks_ago < weeks)
    flat = place[kept] * weeks + (weeks - 1 - weeks_ago[kept])
    return np.bincount(flat, minlength=many * weeks).reshape(many, weeks)


def cell_frame(
    gathered: Gathered, counted: NDArray[np.bool_], found: Sequence[Found], spec: HotspotSpec
) -> tuple[gpd.GeoDataFrame, INT]:
    """Cells with counts, rates and trends, and their cases by week.

    Parameters
    ----------
    gathered : Gathered
        Cases.
    counted : bool array, shape (cases,)
        Which of them count: those of the window that are in no pile.
    found : sequence of Found
        Clusters, in the order of their numbers.
    spec : HotspotSpec
        Weeks and thresholds.
    """
    cells = gathered.cells
    many = len(cells.households)
    place = np.where(counted, gathered.cases["cell"], -1)
    weekly = weekly_of(place, gathered.weeks_ago, many, spec.weeks)
    cluster = np.full(many, -1, dtype=np.int64)
    for number, (_, _, one) in reversed(list(enumerate(found))):
        cluster[one.cells] = number
    frame = gpd.GeoDataFrame(
        {"cell": np.arange(many), HOUSEHOLDS: cells.households, **_rates(weekly, cells.households)},
        geometry=cells.squares(),
        crs=gathered.cases.crs,
    )
    frame["thin"] = frame[HOUSEHOLDS] < spec.thin_cell
    share = cells.households / cells.households.sum()
    frame["trend"] = _words(weekly, weekly.sum(axis=0), share, spec)
    frame["cluster"] = cluster
    return frame, weekly


def grid_frame(
    gathered: Gathered,
    counted: NDArray[np.bool_],
    grids: gpd.GeoDataFrame,
    layer: str,
    spec: HotspotSpec,
) -> gpd.GeoDataFrame:
    """Grids with counts, rates, trends and overdue cases, the highest smoothed rate first.

    Parameters
    ----------
    gathered : Gathered
        Cases, with a column named after the layer.
    counted : bool array, shape (cases,)
        Which of them count.
    grids : GeoDataFrame
        ``grid_id, code, community_name, worker, households, geometry``.
    layer : str
        Name of the layer.
    spec : HotspotSpec
        Weeks and thresholds.
    """
    grid = pd.Index(grids[GRID_ID]).get_indexer(gathered.cases[layer])
    place = np.where(counted, grid, -1)
    weekly = weekly_of(place, gathered.weeks_ago, len(grids), spec.weeks)
    lived = np.maximum(grids[HOUSEHOLDS].to_numpy(np.float64), 0.0)
    frame = grids.assign(**_rates(weekly, lived))
    frame["thin"] = lived < spec.thin_grid
    share = lived / max(lived.sum(), 1.0)
    frame["trend"] = _words(weekly, weekly.sum(axis=0), share, spec)
    late = place[gathered.cases["overdue"].to_numpy() & (place >= 0)]
    frame["overdue"] = np.bincount(late, minlength=len(grids))
    frame["rank"] = frame["smoothed_per_100"].rank(ascending=False, method="min").astype("Int64")
    return frame.sort_values(["rank", "code"], kind="stable", ignore_index=True)


def cluster_frame(
    gathered: Gathered, counted: NDArray[np.bool_], found: Sequence[Found], spec: HotspotSpec
) -> tuple[gpd.GeoDataFrame, list[INT]]:
    """Clusters in words and numbers, and the positions of the cases in each.

    Parameters
    ----------
    gathered : Gathered
        Cases.
    counted : bool array, shape (cases,)
        Which of them count.
    found : sequence of Found
        Clusters.
    spec : HotspotSpec
        Weeks.
    """
    squares, cases, ago = gathered.cells.squares(), gathered.cases, gathered.weeks_ago
    kind, kinds = pd.factorize(cases[CATEGORY])
    overdue = cases["overdue"].to_numpy()
    held = _by_cell(cases["cell"].to_numpy(), counted, len(squares))
    total = {"": _weekly(np.flatnonzero(counted), ago, spec)}
    rows, members = [], []
    for number, (category, weeks, one) in enumerate(found):
        positions = np.sort(np.concatenate([held[cell] for cell in one.cells]))
        if category:
            own = kinds.get_loc(category)
            positions = positions[kind[positions] == own]
            if category not in total:
                total[category] = _weekly(np.flatnonzero(counted & (kind == own)), ago, spec)
        if weeks:
            positions = positions[ago[positions] < weeks]
        share = gathered.cells.households[one.cells].sum() / gathered.cells.households.sum()
        weekly, everybody = _weekly(positions, ago, spec)[None], total[category]
        trend = "new" if weeks else str(_words(weekly, everybody, np.array([share]), spec)[0])
        rows.append(
            {
                "cluster": number,
                "category": category,
                "place": _commonest(gathered.names.at(gathered.xy_m[positions])),
                "weeks": weeks,
                HOUSEHOLDS: float(gathered.cells.households[one.cells].sum()),
                "cases": one.observed,
                "expected": one.expected,
                "relative_risk": one.relative_risk,
                "llr": one.llr,
                "p_value": one.p_value,
                "trend": trend,
                "overdue": int(overdue[positions].sum()),
                "top_category": _commonest(kinds.to_numpy()[kind[positions]]),
                "geometry": shapely.union_all(squares[one.cells]),
            }
        )
        members.append(positions)
    frame = gpd.GeoDataFrame(
        rows, columns=list(CLUSTER_COLUMNS), geometry="geometry", crs=cases.crs
    )
    return frame, members


CLUSTER_COLUMNS = (
    "cluster", "category", "place", "weeks", "households", "cases", "expected", "relative_risk",
    "llr", "p_value", "trend", "overdue", "top_category", "geometry",
)  # fmt: skip


def owner_frame(
    gathered: Gathered, members: Sequence[INT], grids: Mapping[str, gpd.GeoDataFrame]
) -> pd.DataFrame:
    """Which grids hold each cluster's cases, by layer; "" stands for no grid.

    Parameters
    ----------
    gathered : Gathered
        Cases.
    members : sequence of int array
        Positions of the cases of each cluster.
    grids : mapping of str to GeoDataFrame
        ``grid_id, code, community_name, worker`` by layer.
    """
    parts = []
    position = np.concatenate([np.empty(0, dtype=np.int64), *members])
    cluster = np.repeat(np.arange(len(members)), [len(one) for one in members])
    late = gathered.cases["overdue"].to_numpy()[position]
    for layer, frame in grids.items():
        told = frame.set_index(GRID_ID)[["code", "community_name", "worker"]]
        grid, names = pd.factorize(gathered.cases[layer])
        pair = cluster * max(len(names), 1) + grid[position]
        held, cases = np.unique(pair, return_counts=True)
        number, name = np.divmod(held, max(len(names), 1))
        each = pd.DataFrame(
            {
                GRID_ID: names[name],
                "cases": cases,
                "overdue": np.bincount(pair, late, minlength=1)[held].astype(np.int64),
                "share": cases / np.array([max(len(one), 1) for one in members])[number],
                "layer": layer,
                "cluster": number,
            }
        )
        parts.append(each.join(told, on=GRID_ID))
    if not parts:
        return pd.DataFrame(columns=list(OWNER_COLUMNS))
    whole = pd.concat(parts, ignore_index=True)
    whole[["code", "community_name", "worker"]] = whole[
        ["code", "community_name", "worker"]
    ].fillna("")
    order = ["layer", "cluster", "cases", GRID_ID]
    return whole.sort_values(order, ascending=[True, True, False, True], ignore_index=True)[
        list(OWNER_COLUMNS)
    ]


OWNER_COLUMNS = (
    "layer", "cluster", "grid_id", "code", "community_name", "worker", "cases", "share", "overdue",
)  # fmt: skip


def _rates(weekly: INT, households: FLOAT) -> dict[str, FLOAT | INT]:
    """Cases, expectation and rates; NaN where nobody lives."""
    cases = weekly.sum(axis=1)
    lived = households > 0
    smoothed = np.full(len(cases), np.nan)
    smoothed[lived] = shrunken(cases[lived], households[lived])
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = np.where(lived, cases / households, np.nan)
    due = cases.sum() * households / max(households.sum(), 1.0)
    return {
        "cases": cases,
        "expected": due,
        "per_100": PER * raw,
        "smoothed_per_100": PER * smoothed,
    }


def _words(weekly: INT, total: INT, share: FLOAT, spec: HotspotSpec) -> NDArray[np.object_]:
    return np.array([str(word) for word in trends(weekly, total, share, spec.trend)], dtype=object)


def _by_cell(cell: INT, counted: NDArray[np.bool_], many: int) -> list[INT]:
    """Positions of the cases that count, for each cell."""
    kept = np.flatnonzero(counted & (cell >= 0))
    order = kept[np.argsort(cell[kept], kind="stable")]
    return np.split(order, np.searchsorted(cell[order], np.arange(1, many)))


def _weekly(positions: INT, weeks_ago: INT, spec: HotspotSpec) -> INT:
    """Cases at some positions by week, the oldest first, shape (weeks,)."""
    nowhere = np.zeros(len(positions), dtype=np.int64)
    (weekly,) = weekly_of(nowhere, weeks_ago[positions], 1, spec.weeks)
    return np.asarray(weekly)


def _commonest(names: NDArray[np.object_]) -> str:
    """The most frequent name, "" left out; the first of those alike."""
    named = names[names != ""]
    return str(pd.Series(named).value_counts().index[0]) if len(named) else ""
