"""What came to the demo street later: grades, homes, follow-ups, households that need care.

Each draws from a stream of its own, so that what stood before stays as it was.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from gridplan.demo.layout import CRS

START, DAYS = pd.Timestamp("2024-07-01"), 730
MAJOR_SHARE = {"应急单": 0.3, "重点单": 0.08, "常规单": 0.02}
HOME_SHARE, HOME_AWAY_M = 0.6, 220.0
CARE_SHARE = {"农宅": 0.11, "住宅": 0.05, "公寓": 0.02}
"""Share of households that need care, by use; it varies from building to building."""
CAPACITY = {"教育": 180, "托育": 60, "养老": 40, "医疗": 90, "文化服务": 50}
"""Places, or persons a day, at a facility of each kind; the others do not say."""
FOLLOW_UP_SHARE, FOLLOW_UP_DAYS = 0.5, 56


def add_details(
    table: pd.DataFrame, homes: gpd.GeoDataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Cases with a grade, and for a part of them the place where the person lives.

    Parameters
    ----------
    table : DataFrame
        With ``派遣方式`` and the place as ``x, y`` in metres.
    homes : GeoDataFrame
        From :func:`gridplan.demo.homes.build_homes`.
    rng : Generator
        A stream of its own.

    Returns
    -------
    DataFrame
        With ``事项等级, 居住经度, 居住纬度``; degrees are NaN where the home is not known.
    """
    major = rng.random(len(table)) < table["派遣方式"].map(MAJOR_SHARE).to_numpy()
    points = _nearest_home(table, homes, rng).to_crs(4326)
    known = rng.random(len(table)) < HOME_SHARE
    return table.assign(
        事项等级=np.where(major, "重大", "一般"),
        居住经度=np.where(known, points.x.round(6), np.nan),
        居住纬度=np.where(known, points.y.round(6), np.nan),
    )


def _nearest_home(
    table: pd.DataFrame, homes: gpd.GeoDataFrame, rng: np.random.Generator
) -> gpd.GeoSeries:
    """A dwelling some way off the event, as its point."""
    lived = homes[homes["households"] > 0].representative_point()
    away = table[["x", "y"]].to_numpy() + rng.normal(0, HOME_AWAY_M, (len(table), 2))
    _, at = cKDTree(np.column_stack([lived.x, lived.y])).query(away)
    return gpd.GeoSeries(lived.to_numpy()[at], crs=CRS)


def care_households(homes: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.Series:
    """Households of each building that need care (独居老人、残疾等), as counts."""
    share = homes["use"].map(CARE_SHARE).fillna(0.0) * rng.gamma(4.0, 0.25, len(homes))
    return pd.Series(rng.binomial(homes["households"], share.clip(0, 0.5)), index=homes.index)


def capacities(kinds: pd.Series, rng: np.random.Generator) -> pd.Series:
    """How many each facility serves, in tens; NaN for kinds that do not say."""
    usual = kinds.map(CAPACITY)
    return (usual * rng.uniform(0.7, 1.4, len(kinds)) / 10).round() * 10


def follow_ups(
    cases: pd.DataFrame, homes: gpd.GeoDataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Visits to people whose case was closed in the last eight weeks, at home if that is known.

    Returns
    -------
    DataFrame
        ``编号, 楼栋编号, 日期, 类型, 工单编号``, by day.
    """
    end = START + pd.Timedelta(days=DAYS)
    mine = cases[cases["办结时间"].between(end - pd.Timedelta(days=FOLLOW_UP_DAYS), end)]
    mine = mine[(rng.random(len(mine)) < FOLLOW_UP_SHARE) & (mine["经度"] > 0)]
    x = mine["居住经度"].fillna(mine["经度"])
    y = mine["居住纬度"].fillna(mine["纬度"])
    points = gpd.GeoSeries.from_xy(x, y, crs=4326).to_crs(CRS)
    spots = homes.representative_point()
    _, at = cKDTree(np.column_stack([spots.x, spots.y])).query(
        np.column_stack([points.x, points.y])
    )
    later = pd.to_timedelta(rng.integers(1, 15, len(mine)), unit="D")
    day = (mine["办结时间"] + later).dt.normalize()
    table = pd.DataFrame(
        {
            "楼栋编号": homes["building_id"].to_numpy()[at],
            "日期": day.dt.strftime("%Y-%m-%d"),
            "类型": "回访",
            "工单编号": mine["工单编号"],
        }
    )[(day < end).to_numpy()]
    table = table.sort_values(["日期", "工单编号"], ignore_index=True)
    table.insert(0, "编号", [f"HF{number:05d}" for number in range(1, len(table) + 1)])
    return table
