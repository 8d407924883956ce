"""What is looked for among an area's cases, and the result as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from gridplan.cases.place import At
from gridplan.hotspots.cells import Cells
from gridplan.hotspots.clusters import ClusterSpec
from gridplan.hotspots.density import Raster
from gridplan.hotspots.names import PlaceNames
from gridplan.hotspots.spacetime import RecentSpec
from gridplan.hotspots.trend import TrendSpec
from gridplan.hotspots.zones import INT


@dataclass(frozen=True)
class HotspotSpec:
    """What is looked for.

    Parameters
    ----------
    cell_m : float
        Side of a cell.
    weeks : int
        Cases of so many weeks before the moment of looking.
    category : str or None
        One category only.
    at : {"event", "home"}
        Where a case counts: where it happened, or where the person lives.
    thin_cell, thin_grid : float
        A cell or grid with fewer households is greyed: its rate says little.
    least_category : int
        Categories with fewer cases are not tested on their own.
    clusters : ClusterSpec
        Lasting clusters and piles.
    recent : RecentSpec
        What is unusual in the last weeks.
    trend : TrendSpec
        The five words.
    seed : int
        Every random choice comes from it.
    """

    cell_m: float = 100.0
    weeks: int = 52
    category: str | None = None
    at: At = "event"
    thin_cell: float = 20.0
    thin_grid: float = 100.0
    least_category: int = 50
    clusters: ClusterSpec = field(default_factory=ClusterSpec)
    recent: RecentSpec = field(default_factory=RecentSpec)
    trend: TrendSpec = field(default_factory=TrendSpec)
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Hotspots:
    """Where cases come from, beyond what households explain.

    Parameters
    ----------
    spec : HotspotSpec
        What was looked for.
    since, until : Timestamp
        Cases opened from the first to before the second were counted.
    cases : GeoDataFrame
        The located cases of the window, on the index of ``layers.cases``: ``category, opened,
        cell`` (−1 far from homes), ``pile`` (−1 for none), ``overdue, geometry`` and, for each
        layer of grids, its ``grid_id``.
    cells : GeoDataFrame
        One row a cell: ``cell, households, cases`` (piles set aside), ``expected, per_100``
        (cases per 100 households), ``smoothed_per_100`` (empirical Bayes), ``thin, trend,
        cluster`` (the first that holds it, −1 for none), ``geometry`` (square).
    clusters : GeoDataFrame
        Significant clusters, most likely first: ``cluster, category`` ("" for all), ``place``
        (compound or street), ``weeks`` (0 for a lasting one), ``households, cases, expected,
        relative_risk, llr, p_value, trend, overdue, top_category, geometry``. Lasting ones of all
        cases come first, then those of each category, then recent ones.
    piles : GeoDataFrame
        From :func:`gridplan.hotspots.piles.describe_piles`, with ``pile``.
    grids : mapping of str to GeoDataFrame
        By layer, ``"plan"`` for the plan: ``grid_id, code, community_name, worker, households,
        cases, expected, per_100, smoothed_per_100, thin, trend, overdue, rank, geometry``.
    owners : DataFrame
        Which grids answer for a cluster: ``layer, cluster, grid_id, code, community_name, worker,
        cases, share, overdue``.
    stability : DataFrame
        ``size_m, shift_m, overlap``: Jaccard overlap, by households, of what other cells find.
    lattice : Cells
        The cells.
    names : PlaceNames
        What places are called.
    weekly : int array, shape (cells, weeks)
        Cases by week, the oldest first.
    raster : Raster
        Of the background.
    background : float array
        Weighted cases on the squares of `raster`.
    surface : str
        Which of :data:`gridplan.hotspots.accuracy.CANDIDATES` the background is.
    accuracy : DataFrame
        From :func:`gridplan.hotspots.accuracy.backtest`, the fortnights that chose it.
    """

    spec: HotspotSpec
    since: pd.Timestamp
    until: pd.Timestamp
    cases: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame
    clusters: gpd.GeoDataFrame
    piles: gpd.GeoDataFrame
    grids: Mapping[str, gpd.GeoDataFrame]
    owners: pd.DataFrame
    stability: pd.DataFrame
    lattice: Cells
    names: PlaceNames
    weekly: INT
    raster: Raster
    background: np.ndarray
    surface: str
    accuracy: pd.DataFrame

    def owner(self, cluster: int, layer: str) -> pd.DataFrame:
        """The grids of one layer that hold a cluster's cases, most first."""
        mine = self.owners[(self.owners["cluster"] == cluster) & (self.owners["layer"] == layer)]
        return mine.sort_values("cases", ascending=False, kind="stable")
