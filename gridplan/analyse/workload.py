"""How much work a unit or a grid is, by an open formula, in equivalent households.

::

    workload = household · households + case · cases of the last 52 weeks
             + special_household · households that need care + institution · institutions
             + walk_100_m · (metres of the shortest round past its doors) / 100

Every term is a sum over units, so that a grid's workload is that of its units, and the
partitioner can hold it within limits like households. Policy says that the size of a grid follows
the difficulty of the work (结合工作难易程度), but gives no formula: the weights are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from gridplan.estimate import largest_remainder
from gridplan.fabric import Fabric
from gridplan.load.layers import Layers
from gridplan.partition.limits import Measure
from gridplan.schema import (
    BUILDING_ID,
    GRID_ID,
    HOUSEHOLDS,
    KIND,
    OPENED,
    SPECIAL_HOUSEHOLDS,
    UNIT_ID,
)
from gridplan.units import Units

CASES, INSTITUTIONS, WALK_M, WORKLOAD = "cases", "institutions", "walk_m", "workload"
REACH_M = 200.0
"""A case or an institution farther than this from all ground of units counts nowhere."""

INSTITUTION_KINDS = frozenset((
    "学校", "教育", "机关", "医院", "办公", "商场", "市场", "厂房", "企业", "园区", "车站",
    "school", "college", "university", "hospital", "office", "mall", "marketplace", "factory",
))  # fmt: skip
"""Kinds of facility that count as institutions, which a grid worker looks after too."""


@dataclass(frozen=True)
class WorkloadWeights:
    """Weights of the formula in equivalent households, all ours and all editable.

    Parameters
    ----------
    household, case, special_household, institution, walk_100_m : float
        What one of each, and 100 m of walking, add.
    weeks : int
        Cases of so many weeks count.
    easiest, hardest : float
        Bounds of the difficulty of a grid.
    institution_kinds : frozenset of str
        Kinds of facility that count as institutions.

    Raises
    ------
    ValueError
        Where a weight is below zero or the bounds exclude 1.
    """

    household: float = 1.0
    case: float = 0.5
    special_household: float = 2.0
    institution: float = 10.0
    walk_100_m: float = 1.0
    weeks: int = 52
    easiest: float = 0.8
    hardest: float = 1.25
    institution_kinds: frozenset[str] = INSTITUTION_KINDS

    def __post_init__(self) -> None:
        if min(self.of_columns().values()) < 0 or self.weeks < 0:
            raise ValueError("a weight below zero")
        if not 0 < self.easiest <= 1 <= self.hardest:
            raise ValueError(f"difficulty from {self.easiest} to {self.hardest} excludes 1")

    def of_columns(self) -> dict[str, float]:
        """Weight of one of each column of :func:`unit_workload`."""
        return {
            HOUSEHOLDS: self.household,
            CASES: self.case,
            SPECIAL_HOUSEHOLDS: self.special_household,
            INSTITUTIONS: self.institution,
            WALK_M: self.walk_100_m / 100,
        }


def unit_workload(
    layers: Layers,
    units: Units,
    fabric: Fabric,
    weights: WorkloadWeights | None = None,
    until: datetime | None = None,
) -> pd.DataFrame:
    """What each unit adds to the work of its grid.

    Cases and institutions count with the unit on whose ground they stand, or the nearest within
    `REACH_M`. Set a geocoder's default points aside before: replace ``layers.cases``.

    Parameters
    ----------
    layers : Layers
        Cases and facilities, metric CRS.
    units, fabric : Units, Fabric
        Of the same area.
    weights : WorkloadWeights, optional
        The defaults where left out.
    until : datetime, optional
        End of the weeks that count; the last case where left out.

    Returns
    -------
    DataFrame
        By ``unit_id``, as `units.frame`: ``households, cases, special_households, institutions,
        walk_m`` and their weighted sum ``workload``. Households that need care count as none
        where they are not known.
    """
    weights = weights or WorkloadWeights()
    table = units.frame.set_index(UNIT_ID)[[HOUSEHOLDS]].astype(float)
    buildings, facilities = units.buildings, layers.facilities
    ground = fabric.cells[fabric.cells[UNIT_ID] != ""]
    recent = _recent(layers.cases, weights.weeks, until)
    table[CASES] = _counted(recent, ground, table.index)
    care = buildings.get(SPECIAL_HOUSEHOLDS, pd.Series(0.0, buildings.index))
    table[SPECIAL_HOUSEHOLDS] = care.groupby(buildings[UNIT_ID]).sum()
    theirs = (
        facilities[facilities[KIND].isin(weights.institution_kinds)]
        if len(facilities)
        else (facilities)
    )
    table[INSTITUTIONS] = _counted(theirs, ground, table.index)
    table[WALK_M] = _walked_m(buildings).groupby(buildings[UNIT_ID]).sum()
    table = table.fillna(0.0)
    table[WORKLOAD] = sum(table[name] * weight for name, weight in weights.of_columns().items())
    return table


def grid_workload(
    table: pd.DataFrame, grid_of_unit: pd.Series, weights: WorkloadWeights | None = None
) -> pd.DataFrame:
    """Workload and difficulty of each grid.

    The difficulty is the workload for each household, as a multiple of the median grid's, within
    the bounds of the weights. As a community's ``difficulty`` it divides the limits of its grids.

    Parameters
    ----------
    table : DataFrame
        From :func:`unit_workload`.
    grid_of_unit : Series
        ``grid_id`` by ``unit_id``; "" or missing where a unit is in no grid.
    weights : WorkloadWeights, optional
        Give the bounds.

    Returns
    -------
    DataFrame
        By ``grid_id``, sorted: the sums of every column, and ``difficulty``, NaN in a grid
        without households.
    """
    grid = grid_of_unit.reindex(table.index).fillna("").rename(GRID_ID)
    return _judged(table[grid != ""].groupby(grid[grid != ""]).sum(), weights)


def present_workload(
    table: pd.DataFrame,
    buildings: gpd.GeoDataFrame,
    building_grid: pd.Series,
    weights: WorkloadWeights | None = None,
) -> pd.DataFrame:
    """The same for present grids, which may cut units: each grid has its buildings' share.

    Parameters
    ----------
    table : DataFrame
        From :func:`unit_workload`.
    buildings : GeoDataFrame
        ``building_id, unit_id, households``.
    building_grid : Series
        ``grid_id`` by ``building_id``, "" for none: `Present.building_grid`.
    weights : WorkloadWeights, optional
        Give the bounds.
    """
    unit, held = buildings[UNIT_ID], buildings[HOUSEHOLDS].fillna(0.0).to_numpy(dtype=float)
    whole = pd.Series(held).groupby(unit.to_numpy()).transform("sum").to_numpy()
    many = unit.groupby(unit).transform("size").to_numpy()
    share = np.where(whole > 0, held / np.where(whole > 0, whole, 1.0), 1.0 / many)
    parts = table.loc[unit].mul(share, axis=0)
    grid = building_grid.reindex(buildings[BUILDING_ID]).fillna("").to_numpy()
    sums = parts[grid != ""].groupby(pd.Index(grid[grid != ""], name=GRID_ID)).sum()
    return _judged(sums, weights)


def _judged(sums: pd.DataFrame, weights: WorkloadWeights | None) -> pd.DataFrame:
    """Sums of grids with their difficulty."""
    weights = weights or WorkloadWeights()
    each = sums[WORKLOAD] / sums[HOUSEHOLDS].where(sums[HOUSEHOLDS] > 0)
    return sums.assign(difficulty=(each / each.median()).clip(weights.easiest, weights.hardest))


def workload_measure(
    table: pd.DataFrame, ids: Sequence[str], *, lower: float = 0.0, upper: float = np.inf
) -> Measure:
    """The workload of some units as what every grid of a task holds within limits.

    Parameters
    ----------
    table : DataFrame
        From :func:`unit_workload`.
    ids : sequence of str
        Units of the task, in its order (`UnitGraph.ids`).
    lower, upper : float
        Limits of a grid in equivalent households.

    Returns
    -------
    Measure
        Whole numbers that add up to the whole workload.
    """
    exact = table.loc[list(ids), WORKLOAD].to_numpy(dtype=float)
    amount = largest_remainder(exact, round(float(exact.sum())))
    return Measure(WORKLOAD, np.asarray(amount, dtype=np.int64), lower, upper)


def balanced_measure(
    table: pd.DataFrame, ids: Sequence[str], groups: int, slack: float = 0.25
) -> Measure:
    """The same, with limits so far below and above the mean of that many grids.

    Parameters
    ----------
    table, ids
        As in :func:`workload_measure`.
    groups : int
        Number of grids, one or more.
    slack : float
        Share of the mean by which a grid may be below or above it, 0 to 1.

    Raises
    ------
    ValueError
        Where the number or the share is impossible.
    """
    if groups < 1 or not 0 <= slack <= 1:
        raise ValueError(f"{groups} grids within {slack} of the mean")
    mean = float(table.loc[list(ids), WORKLOAD].sum()) / groups
    return workload_measure(table, ids, lower=(1 - slack) * mean, upper=(1 + slack) * mean)


def _recent(cases: gpd.GeoDataFrame, weeks: int, until: datetime | None) -> gpd.GeoDataFrame:
    if cases.empty:
        return cases
    end = pd.Timestamp(until) if until is not None else cases[OPENED].max()
    opened = cases[OPENED]
    return cases[(opened > end - pd.Timedelta(weeks=weeks)) & (opened <= end)]


def _counted(points: gpd.GeoDataFrame, ground: gpd.GeoDataFrame, ids: pd.Index) -> pd.Series:
    """How many points stand on the ground of each unit, or nearest to it."""
    placed = points.geometry[points.geometry.notna()] if len(points) else points.geometry
    tree = shapely.STRtree(np.asarray(ground.geometry.array, dtype=object))
    _, cell = tree.query_nearest(
        np.asarray(placed.array, dtype=object), max_distance=REACH_M, all_matches=False
    )
    return pd.Series(ground[UNIT_ID].to_numpy()[cell]).value_counts().reindex(ids).fillna(0.0)


def _walked_m(buildings: gpd.GeoDataFrame) -> pd.Series:
    """Metres from each building with households to the nearest other one, 0 for all else."""
    metres = pd.Series(0.0, buildings.index)
    lived = buildings[buildings[HOUSEHOLDS] > 0]
    if len(lived) > 1:
        spots = shapely.point_on_surface(np.asarray(lived.geometry.array, dtype=object))
        nearest, _ = cKDTree(shapely.get_coordinates(spots)).query(
            shapely.get_coordinates(spots), k=2
        )
        metres[lived.index] = nearest[:, 1]
    return metres
