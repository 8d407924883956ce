"""Measure grids, planned or present, and hold them against the rules."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd

from gridplan.graph import UnitGraph
from gridplan.plan import Finding
from gridplan.rules import Rule, RuleSet
from gridplan.schema import ResidenceClass

NEAR_SHARE = 0.05
"""A value within this share of a limit is near it."""


def measure_grids(
    units: gpd.GeoDataFrame,
    graphs: dict[str, UnitGraph],
    grid_of_unit: pd.Series,
    polygons: gpd.GeoDataFrame,
    rules: RuleSet,
    communities: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Count and measure what each grid holds.

    Parameters
    ----------
    units : GeoDataFrame
        `Units.frame`: at least ``unit_id, community_code, scope, households, people, estimated,
        buildings``; metric CRS.
    graphs : mapping of str to UnitGraph
        By community code, weights in the measure of `rules`.
    grid_of_unit : Series
        ``grid_id`` by ``unit_id``; units without a grid may be left out.
    polygons : GeoDataFrame
        ``grid_id, community_code, geometry``: one row a grid, metric CRS.
    rules : RuleSet
        Gives the limits in force.
    communities : GeoDataFrame
        ``community_code, name, residence_class, difficulty``.

    Returns
    -------
    GeoDataFrame
        One row a polygon, in their order, with the columns of `gridplan.plan.GRID_COLUMNS` but
        ``code, present, moved_households, change``. A grid without units has ``radius_m`` 0.
    """
    held = units.assign(grid_id=units["unit_id"].map(grid_of_unit)).dropna(subset=["grid_id"])
    sums = held.groupby("grid_id").agg(
        households=("households", "sum"),
        people=("people", "sum"),
        estimated=("estimated", "any"),
        units=("unit_id", "size"),
        buildings=("buildings", "sum"),
        scope=("scope", _common),
    )
    guessed = held[held["estimated"]].groupby("grid_id")["households"].sum()
    sums["estimated_share"] = (guessed / sums["households"].clip(lower=1)).reindex(sums.index)
    frame = polygons.merge(sums, left_on="grid_id", right_index=True, how="left")
    frame = frame.rename(columns={"community_code": "community"})
    frame = frame.fillna({"scope": "", "estimated_share": 0.0})
    frame["estimated"] = frame["estimated"].eq(True)
    for column in ("households", "people", "units", "buildings"):
        frame[column] = frame[column].fillna(0).astype("int64")
    frame = frame.join(_shape(frame.geometry))
    frame = frame.join(_limits(frame["community"], rules, communities))
    return frame.join(_spread(frame, graphs, held))


def breaches(grids: gpd.GeoDataFrame, measure: str) -> tuple[Finding, ...]:
    """Hold measured grids against their limits.

    Parameters
    ----------
    grids : GeoDataFrame
        From :func:`measure_grids`.
    measure : {"households", "people"}
        The column that the limits count.

    Returns
    -------
    tuple of Finding
        Unproved; one for each grid and rule broken, in the order of the grids.
    """
    found = []
    for row in grids.itertuples():
        weight = getattr(row, measure)
        if weight > row.upper:
            found.append(_finding(Rule.UPPER, row.grid_id, weight, row.upper, f".{measure}"))
        if weight < row.lower:
            found.append(_finding(Rule.LOWER, row.grid_id, weight, row.lower, f".{measure}"))
        if row.radius_m > row.radius_limit_m:
            found.append(_finding(Rule.RADIUS, row.grid_id, row.radius_m, row.radius_limit_m))
        if row.pieces > 1:
            found.append(_finding(Rule.CONTIGUITY, row.grid_id, row.pieces, 1.0))
    return tuple(found)


def is_near_limit(value: float, lower: float, upper: float) -> bool:
    """Whether a value is within 5 % of a limit, on its good side.

    Parameters
    ----------
    value, lower, upper : float
        In one unit; 0 and inf where there is no limit.
    """
    near_lower = 0 < lower <= value < lower * (1 + NEAR_SHARE)
    return near_lower or upper * (1 - NEAR_SHARE) < value <= upper


def _finding(rule: Rule, grid: str, value: float, limit: float, suffix: str = "") -> Finding:
    told = {"value": float(value), "limit": float(limit)}
    return Finding(rule, grid, float(value), float(limit), f"breach.{rule.value}{suffix}", told)


def _common(values: pd.Series) -> str:
    """The one value that all share, else nothing."""
    return str(values.iloc[0]) if values.nunique() == 1 else ""


def _shape(geometry: gpd.GeoSeries) -> pd.DataFrame:
    """Area and compactness (Polsby and Popper 1991: 4π·area/perimeter²)."""
    area_m2, perimeter_m = geometry.area, geometry.length.clip(lower=1e-9)
    return pd.DataFrame(
        {"area_m2": area_m2, "compactness": 4 * math.pi * area_m2 / perimeter_m**2},
        index=geometry.index,
    )


def _limits(codes: pd.Series, rules: RuleSet, communities: gpd.GeoDataFrame) -> pd.DataFrame:
    table = communities.set_index("community_code")
    rows = []
    for code in codes:
        place = table.loc[code]
        residence_class = ResidenceClass(place["residence_class"])
        lower, upper, radius_m = rules.bounds(residence_class, float(place["difficulty"]))
        rows.append((place["name"], residence_class.value, lower, upper, radius_m))
    names = ["community_name", "residence_class", "lower", "upper", "radius_limit_m"]
    return pd.DataFrame(rows, columns=names, index=codes.index)


def _spread(
    frame: gpd.GeoDataFrame, graphs: dict[str, UnitGraph], held: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Radius in metres and number of connected pieces of each grid."""
    place = {
        unit: (code, position)
        for code, graph in graphs.items()
        for position, unit in enumerate(graph.ids)
    }
    members = held.groupby("grid_id")["unit_id"].agg(list)
    rows = []
    for grid_id, code, radius_limit_m in zip(
        frame["grid_id"], frame["community"], frame["radius_limit_m"], strict=True
    ):
        mine = [place[unit] for unit in members.get(grid_id, [])]
        positions = np.array([at for where, at in mine if where == code], dtype=np.int64)
        foreign = len({where for where, _ in mine if where != code})
        if not len(positions):
            rows.append((0.0, foreign))
            continue
        part = graphs[code].subgraph(positions)
        _, radius_m = part.centre(radius_limit_m)
        rows.append((radius_m, int(part.components().max()) + 1 + foreign))
    return pd.DataFrame(rows, columns=["radius_m", "pieces"], index=frame.index)
