"""Layers drawn by hand: squares of 20 m on plain ground, as few words as a sketch needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from shapely import Geometry, box

from gridplan.load.layers import Households, Layers
from gridplan.schema import HouseholdKind

DRAWN_CRS = "EPSG:4549"
SIDE_M = 20.0
TOWN = "320508001001"

_DEFAULTS: dict[str, dict[str, Any]] = {
    "buildings": {
        "building_id": "", "name": "", "address": "", "floors": 3.0, "use": "",
        "dwelling_share": 1.0, "households": np.nan, "people": np.nan,
        "estimated": False, "compound_id": "", "community_code": TOWN,
    },
    "compounds": {
        "compound_id": "", "name": "", "households": np.nan, "people": np.nan,
        "buildings": np.nan,
    },
    "communities": {
        "community_code": TOWN, "name": "桃源社区", "residence_class": "urban", "difficulty": 1.0,
    },
    "barriers": {"kind": "water", "name": ""},
    "crossings": {"kind": "bridge", "name": ""},
    "totals": {"households": np.nan, "people": np.nan},
    "grids": {"grid_code": "", "name": "", "community_code": TOWN, "worker": ""},
}  # fmt: skip


def house(x_m: float, y_m: float = 0.0, side_m: float = SIDE_M) -> Geometry:
    """A square footprint round a point."""
    half = side_m / 2
    return box(x_m - half, y_m - half, x_m + half, y_m + half)


def frame(layer: str, *rows: dict[str, Any]) -> gpd.GeoDataFrame:
    """A layer with its columns, the defaults where a row says nothing."""
    columns = [*_DEFAULTS[layer], "geometry"]
    filled = [{**_DEFAULTS[layer], **row} for row in rows]
    table = pd.DataFrame(filled, columns=columns)
    for column, value in _DEFAULTS[layer].items():
        kind = type(value) if isinstance(value, float | bool) else object
        table[column] = table[column].astype(kind)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=DRAWN_CRS)


def drawn_layers(
    buildings: gpd.GeoDataFrame,
    *,
    source: str = "estimate",
    total: float | None = None,
    grids: dict[str, gpd.GeoDataFrame] | None = None,
    roster: pd.DataFrame | None = None,
    **frames: gpd.GeoDataFrame,
) -> Layers:
    """Layers of an area; what is not given is empty, the community a square of 20 km."""
    nothing = gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=DRAWN_CRS)
    town = {"geometry": box(-10_000, -10_000, 10_000, 10_000)}
    return Layers(
        name="桃源街道",
        folder=Path("桃源街道"),
        crs=CRS(DRAWN_CRS),
        households=Households(source, HouseholdKind.RESIDENT, total=total),
        buildings=buildings,
        communities=frames.get("communities", frame("communities", town)),
        compounds=frames.get("compounds", frame("compounds")),
        barriers=frames.get("barriers", frame("barriers")),
        crossings=frames.get("crossings", frame("crossings")),
        streets=frame("barriers"),
        totals=frames.get("totals", frame("totals")),
        grids=grids or {},
        roster=pd.DataFrame(columns=["community_code", "posts", "vacancies"])
        if roster is None
        else roster,
        cases=nothing,
        facilities=nothing,
        visits=pd.DataFrame(),
    )
