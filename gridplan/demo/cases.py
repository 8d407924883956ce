"""Cases of the demo street: known clusters, a pile, one address that calls again, and noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point

from gridplan.demo.details import DAYS, START, add_details
from gridplan.demo.layout import CRS, Ground
from gridplan.worktime import due_times

CATEGORIES = {
    "物业服务": ["电梯故障", "物业不作为", "收费争议"],
    "市容环境": ["垃圾清运不及时", "占道经营", "乱堆乱放"],
    "噪声扰民": ["施工噪声", "广场舞噪声", "商业噪声"],
    "违法建设": ["私搭乱建", "破墙开店"],
    "停车管理": ["车位不足", "乱停车", "飞线充电"],
    "公共设施": ["路灯不亮", "道路破损", "下水道堵塞"],
    "消防安全": ["楼道堆物", "消防通道堵塞"],
    "邻里纠纷": ["漏水纠纷", "宠物扰民"],
}
PLACES = {
    "物业服务": ["小区公共区域", "楼道"],
    "市容环境": ["道路", "沿街商铺", "小区公共区域"],
    "噪声扰民": ["居民家中", "沿街商铺", "公共场所"],
    "违法建设": ["居民家中", "小区公共区域"],
    "停车管理": ["道路", "小区公共区域"],
    "公共设施": ["道路", "公共场所"],
    "消防安全": ["楼道", "小区公共区域"],
    "邻里纠纷": ["居民家中", "楼道"],
}
"""Kinds of place where a case of each category happens."""
CHANNELS = {
    "12345热线": 0.56,
    "网格员上报": 0.2,
    "微信小程序": 0.15,
    "来信来访": 0.05,
    "媒体转办": 0.04,
}
DISPATCH = {"应急单": (24, "小时"), "重点单": (3, "工作日"), "常规单": (5, "工作日")}


@dataclass(frozen=True)
class Cluster:
    """A true cluster: where, what, how many, and from which day for how many days."""

    parcel: str
    category: str
    cases: int
    first_day: int
    days: int


CLUSTERS = (
    Cluster("阳光新城", "物业服务", 170, 0, DAYS),
    Cluster("北巷里", "消防安全", 130, 0, DAYS),
    Cluster("文昌农贸市场", "市容环境", 90, 120, 610),
    Cluster("翡翠城", "噪声扰民", 80, 700, 30),
)
NOISE, PILE, BAD_ROWS = 4400, 160, 12
PILE_PARCEL, PILE_ADDRESS = "街道办事处", "桃溪街道"
REPEAT_SHOP, REPEAT = "文昌新村沿街商铺1", 60
REPEAT_KINDS = {"噪声扰民": ("商业噪声", 0.75), "市容环境": ("占道经营", 0.25)}
REPEAT_AGAIN = 0.7


def make_cases(
    homes: gpd.GeoDataFrame, ground: Ground, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Two years of cases, and the truth about them.

    Parameters
    ----------
    homes : GeoDataFrame
        From :func:`gridplan.demo.homes.build_homes`.
    ground : Ground
        Its parcels place the pile and the clusters.
    rng : Generator
        Chooses everything.

    Returns
    -------
    cases : DataFrame
        One row a case; coordinates in degrees, rounded to 6 decimals.
    truth : dict
        Clusters, pile, repeat address and bad rows by case number.
    """
    own, later = rng.spawn(2)  # streams of their own: what they draw moves nothing else
    table = pd.concat([_spread(homes, ground, rng), _again(homes, own)], ignore_index=True)
    table = table.sort_values("受理时间", kind="stable", ignore_index=True)
    return _spoiled(_placed(add_details(table, homes, later), own), rng)


def _spread(homes: gpd.GeoDataFrame, ground: Ground, rng: np.random.Generator) -> pd.DataFrame:
    """Noise by households, the clusters round their buildings, and the pile at its one point."""
    share = (homes["households"] / homes["households"].sum()).to_numpy()
    at = [rng.choice(len(homes), NOISE, p=share)]
    days = [rng.integers(0, DAYS, NOISE)]
    kinds = [rng.choice(list(CATEGORIES), NOISE)]
    origin = ["noise"] * NOISE
    for cluster in CLUSTERS:
        mine = (homes["parcel"] == cluster.parcel) & (homes["use"] != "附属")
        at.append(rng.choice(np.flatnonzero(mine), cluster.cases))
        days.append(cluster.first_day + rng.integers(0, cluster.days, cluster.cases))
        kinds.append(np.full(cluster.cases, cluster.category))
        origin += [cluster.parcel] * cluster.cases
    where = homes.iloc[np.concatenate(at)]
    point = where.representative_point()
    x = point.x.to_numpy() + rng.normal(0, 8, len(point))
    y = point.y.to_numpy() + rng.normal(0, 8, len(point))
    pile = ground.parcels.loc[PILE_PARCEL, "geometry"].representative_point()
    x, y = np.append(x, np.full(PILE, pile.x)), np.append(y, np.full(PILE, pile.y))
    days.append(rng.integers(0, DAYS, PILE))
    kinds.append(rng.choice(list(CATEGORIES), PILE))
    origin += ["pile"] * PILE
    table = _described(np.concatenate(kinds), np.concatenate(days), rng)
    table["地址"] = [*where["address"], *[PILE_ADDRESS] * PILE]
    table["x"], table["y"], table["来源"] = x, y, origin
    return table


def _again(homes: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Cases of one shop, at the very point of its building, most of them marked as repeated."""
    shop = homes[homes["name"] == REPEAT_SHOP].iloc[0]
    kinds = rng.choice(list(REPEAT_KINDS), REPEAT, p=[share for _, share in REPEAT_KINDS.values()])
    table = _described(kinds, rng.integers(0, DAYS, REPEAT), rng)
    point = shop.geometry.representative_point()
    return table.assign(
        小类=[REPEAT_KINDS[kind][0] for kind in kinds],
        重复投诉=np.where(rng.random(REPEAT) < REPEAT_AGAIN, "是", "否"),
        地址=shop["address"],
        x=point.x,
        y=point.y,
        来源="repeat",
    )


def _placed(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """With the kind of place, the channel and the place in degrees."""
    places = [str(rng.choice(PLACES[kind])) for kind in table["大类"]]
    table["事发地点"] = np.where(table["来源"] == "repeat", "沿街商铺", places)
    table["诉求渠道"] = rng.choice(list(CHANNELS), len(table), p=list(CHANNELS.values()))
    points = [Point(*xy) for xy in zip(table["x"], table["y"], strict=True)]
    degrees = gpd.GeoSeries(points, crs=CRS).to_crs(4326)
    table["经度"], table["纬度"] = degrees.x.round(6), degrees.y.round(6)
    return table.drop(columns=["x", "y"])


def _described(kinds: Any, days: Any, rng: np.random.Generator) -> pd.DataFrame:
    """Times, deadlines, status and satisfaction."""
    count = len(kinds)
    opened = START + pd.to_timedelta(days, unit="D") + pd.to_timedelta(
        np.clip(rng.normal(13.5, 4, count), 0, 23.9) * 60, unit="min"
    ).round("min")  # fmt: skip
    opened = opened.floor("min")
    dispatch = rng.choice(list(DISPATCH), count, p=[0.06, 0.22, 0.72])
    limit, unit = ([DISPATCH[kind][part] for kind in dispatch] for part in (0, 1))
    took_h = rng.gamma(2.0, 26.0, count)
    closed = (opened + pd.to_timedelta(took_h, unit="h")).floor("min").to_series(index=range(count))
    is_open = (days > DAYS - 10) & (rng.random(count) < 0.45)
    score = rng.choice(["满意", "基本满意", "不满意", ""], count, p=[0.62, 0.2, 0.1, 0.08])
    return pd.DataFrame(
        {
            "大类": kinds,
            "小类": [str(rng.choice(CATEGORIES[kind])) for kind in kinds],
            "派遣方式": dispatch,
            "受理时间": opened,
            "办结时间": closed.where(~is_open),
            "时限": limit,
            "时限单位": unit,
            "应办结时间": due_times(opened, limit, unit).times,
            "状态": np.where(is_open, "办理中", "已办结"),
            "重复投诉": np.where(rng.random(count) < 0.09, "是", "否"),
            "满意度": np.where(is_open, "", score),
        }
    )


def _spoiled(table: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Number the cases and spoil a few rows: closed too early, no place."""
    table.insert(0, "工单编号", [f"TX{number:06d}" for number in range(1, len(table) + 1)])
    bad = rng.choice(np.flatnonzero(table["来源"] == "noise"), 2 * BAD_ROWS, replace=False)
    early, nowhere = bad[:BAD_ROWS], bad[BAD_ROWS:]
    table.loc[early, "办结时间"] = table.loc[early, "受理时间"] - pd.Timedelta(hours=5)
    table.loc[nowhere, ["经度", "纬度"]] = 0.0
    truth = {
        "clusters": [
            {**vars(cluster), "case_ids": _ids(table, cluster.parcel)} for cluster in CLUSTERS
        ],
        "pile": {"parcel": PILE_PARCEL, "case_ids": _ids(table, "pile")},
        "repeat_address": {"building": REPEAT_SHOP, "case_ids": _ids(table, "repeat")},
        "closed_before_opened": table.loc[sorted(early), "工单编号"].tolist(),
        "without_place": table.loc[sorted(nowhere), "工单编号"].tolist(),
    }
    return table.drop(columns="来源"), truth


def _ids(table: pd.DataFrame, origin: str) -> list[str]:
    return [str(number) for number in table.loc[table["来源"] == origin, "工单编号"]]
