"""Cases written by hand: a row says what matters, the rest is as plain as can be."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point

CASES_CRS = "EPSG:4549"
_PLAIN: dict[str, Any] = {
    "case_id": "", "category": "物业服务", "subcategory": "", "opened": "2025-03-03 10:00",
    "closed": None, "deadline": None, "status": "", "channel": "", "dispatch": "",
    "time_limit": np.nan, "time_limit_unit": "", "repeat": False, "satisfaction": "",
    "address": "", "place_kind": "", "grade": "", "home": None, "geometry": None,
}  # fmt: skip


def some_cases(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    """Cases as the reader gives them; ``at`` and ``lives`` are places as (x, y) in metres."""
    filled = []
    for row in rows:
        places = {"geometry": row.get("at"), "home": row.get("lives")}
        points = {key: Point(*xy) for key, xy in places.items() if xy is not None}
        filled.append({**_PLAIN, **{k: row[k] for k in row if k not in ("at", "lives")}, **points})
    table = pd.DataFrame(filled, columns=list(_PLAIN))
    for column in ("opened", "closed", "deadline"):
        table[column] = pd.to_datetime(table[column], format="ISO8601").astype("datetime64[us]")
    table = table.astype({"time_limit": float, "repeat": bool})
    table["home"] = gpd.GeoSeries(table["home"], crs=CASES_CRS)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=CASES_CRS)
