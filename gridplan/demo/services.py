"""Facilities and visits of the demo street, with one corner that no facility of two kinds is near."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gridplan.demo.details import DAYS, START
from gridplan.demo.layout import CRS, Ground

SERVICES = {
    "教育": ("社区幼儿园", "周一至周五 07:30-17:00"),
    "医疗": ("社区卫生服务站", "周一至周日 08:00-17:30"),
    "养老": ("日间照料中心", "周一至周六 08:00-17:00"),
    "托育": ("托育园", "周一至周五 07:30-18:00"),
    "体育健身": ("健身苑", "周一至周日 06:00-21:00"),
    "文化服务": ("社区书屋", "周二至周日 09:00-20:00"),
    "交通物流": ("快递驿站", "周一至周日 08:00-21:00"),
    "商业服务": ("便民菜店", "周一至周日 06:30-20:30"),
    "物业服务": ("物业服务中心", "周一至周日 08:30-18:00"),
    "智慧安防": ("微型消防站", "全天"),
    "社区治理": ("社区服务驿站", "周二、周四、周六 09:00-16:30"),
}
BLIND_CORNER = ("桃溪里", "桃溪花园", "粮食局家属院")
BLIND_KINDS, BLIND_M = ("养老", "医疗"), 500.0
"""No facility of these kinds is so near to these compounds, as the crow flies."""


BRANCHES, APART_M = (8, 14), 220.0
"""Further facilities of a kind, from and to below; so far from each other at least."""


def make_facilities(
    homes: gpd.GeoDataFrame, ground: Ground, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Facilities of the eleven kinds beside buildings: three or four head places, and branches."""
    own = rng.spawn(1)[0]  # a stream of its own: what it draws moves nothing else on the street
    usable = homes[homes["use"] != "附属"]
    corner = ground.parcels.loc[list(BLIND_CORNER), "geometry"].union_all()
    far = usable[usable.distance(corner) > BLIND_M]
    rows: list[tuple[Any, ...]] = []
    for kind, (name, hours) in SERVICES.items():
        fits = far if kind in BLIND_KINDS else usable
        places = fits["community"].drop_duplicates().to_list()
        for community in rng.choice(places, int(rng.integers(3, 5)), replace=False):
            inside = fits[fits["community"] == community]
            home = inside.iloc[int(rng.integers(len(inside)))]
            point = home.geometry.representative_point()
            rows.append((f"{community}{name}", kind, hours, point))
    for kind, (name, hours) in SERVICES.items():
        fits = far if kind in BLIND_KINDS else usable
        heads = [row[3] for row in rows if row[1] == kind]
        for home in _branches(fits[fits["households"] > 0], heads, own):
            called = home.compound or home.community
            rows.append((f"{called}{name}", kind, hours, home.geometry.representative_point()))
    numbered = [(f"FW{number:03d}", *row) for number, row in enumerate(rows, 1)]
    columns = ["编号", "名称", "类别", "开放时间", "geometry"]
    return gpd.GeoDataFrame(numbered, columns=columns, geometry="geometry", crs=CRS)


def _branches(lived: gpd.GeoDataFrame, heads: list[Any], rng: np.random.Generator) -> list[Any]:
    """Homes that a branch stands at, chosen by households, far from every other place."""
    points = lived.geometry.representative_point()
    chosen: list[Any] = []
    free = np.ones(len(lived), dtype=bool)
    for head in heads:
        free &= (points.distance(head) >= APART_M).to_numpy()
    for _ in range(int(rng.integers(*BRANCHES))):
        weight = np.where(free, lived["households"].to_numpy(dtype=float), 0.0)
        if not weight.any():
            break
        row = int(rng.choice(len(lived), p=weight / weight.sum()))
        chosen.append(next(lived.iloc[[row]].itertuples()))
        free &= (points.distance(points.iloc[row]) >= APART_M).to_numpy()
    return chosen


def make_visits(homes: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Patrols and visits of the last eight weeks by building; some buildings see none."""
    lived = homes[homes["households"] > 0]
    seen = lived.iloc[np.flatnonzero(rng.random(len(lived)) < 0.93)]
    rows = []
    end = START + pd.Timedelta(days=DAYS)
    for building in seen["building_id"]:
        for _ in range(int(rng.poisson(3)) + 1):
            day = end - pd.Timedelta(days=int(rng.integers(1, 57)))
            rows.append((building, day.date().isoformat(), str(rng.choice(["巡查", "走访"]))))
    rows.sort(key=lambda row: (row[1], row[0]))
    table = pd.DataFrame(rows, columns=["楼栋编号", "日期", "类型"])
    table.insert(0, "编号", [f"ZF{number:05d}" for number in range(1, len(table) + 1)])
    return table
