"""A drawn street of two communities with its present grids and a redrawn plan.

Each cell is 100 m × 100 m and one unit; the number is its households::

    y 300 ┌─────┬─────┬─────┬─────┐            plan              present
          │ u1  │ u2  │ u3  │ u4  │
          │ 120 │ 110 │ 612 │ 160 │        A1  A1  A2  A3     P1  P1  P1  P3
    y 200 ├─────┼─────┼─────┼─────┤  urban
          │ u5  │ u6  │ u7  │ u8  │
          │  80 │  90 │ 130 │ 140 │        A1  A1  A3  A3     P2  P2  P2  P3
    y 100 ├─────┼─────┼─────┼─────┤
          │ v1  │ v2  │ v3  │ v4  │  rural
          │  70 │  60 │  80 │ ≈50 │        B1  B1  B1  B1     P4  P5   –  P4
    y   0 └─────┴─────┴─────┴─────┘

``u3`` is one compound above the limit of 500, so A2 is an exception. P1 is too large, P4 lies in
two pieces, v3 is in no present grid, and only v4's households are estimated.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from shapely import LineString, Polygon, box, minimum_bounding_radius

from gridplan.load.frames import empty
from gridplan.load.layers import Households, Layers
from gridplan.partition.outcome import Stage, Status
from gridplan.plan import GRID_COLUMNS, Finding, Plan, Provenance
from gridplan.rules import Rule, RuleSet
from gridplan.schema import HouseholdKind, ResidenceClass

SMALL_CRS = "EPSG:4549"
ORIGIN_M = (551_000.0, 3_463_000.0)
TOWN, VILLAGE = "320508001001", "320508001201"
NAMES = {TOWN: "桃源社区", VILLAGE: "柳湾村"}

#         unit: (column, row from below, households, plan grid, present grid)
_CELLS = {
    "u1": (0, 2, 120, "A1", "P1"), "u2": (1, 2, 110, "A1", "P1"),
    "u3": (2, 2, 612, "A2", "P1"), "u4": (3, 2, 160, "A3", "P3"),
    "u5": (0, 1, 80, "A1", "P2"), "u6": (1, 1, 90, "A1", "P2"),
    "u7": (2, 1, 130, "A3", "P2"), "u8": (3, 1, 140, "A3", "P3"),
    "v1": (0, 0, 70, "B1", "P4"), "v2": (1, 0, 60, "B1", "P5"),
    "v3": (2, 0, 80, "B1", ""), "v4": (3, 0, 50, "B1", "P4"),
}  # fmt: skip
_CODES = {"A1": f"{TOWN}001", "A2": f"{TOWN}002", "A3": f"{TOWN}003", "B1": f"{VILLAGE}001"}
_CONTINUES = {"A1": "P2", "A2": "P1", "A3": "P3", "B1": "P4"}


def _cell(column: float, row: float, side: float = 1.0) -> Polygon:
    """A square of `side` × 100 m at a column and row of the drawing."""
    x, y = ORIGIN_M[0] + 100 * column, ORIGIN_M[1] + 100 * row
    return box(x, y, x + 100 * side, y + 100 * side)


def small_units() -> gpd.GeoDataFrame:
    """Units of the drawn street, columns as in `Plan.units`."""
    rows = [
        {
            "unit_id": unit,
            "grid_id": grid,
            "kind": "compound" if unit == "u3" else "village" if unit[0] == "v" else "building",
            "name": f"{unit[1:]}号院" if unit[0] == "u" else f"{unit[1:]}组",
            "community": TOWN if row else VILLAGE,
            "compound_id": "C3" if unit == "u3" else "",
            "scope": "C3" if unit == "u3" else "",
            "households": households,
            "people": round(households * 2.62),
            "estimated": unit == "v4",
            "buildings": 3 if unit == "u3" else 1,
            "present": present,
            "geometry": _cell(column, row),
        }
        for unit, (column, row, households, grid, present) in _CELLS.items()
    ]
    return gpd.GeoDataFrame(rows, crs=SMALL_CRS)


def small_buildings() -> gpd.GeoDataFrame:
    """Buildings of the drawn street, columns as in `Plan.buildings`; u3 has three."""
    rows = []
    for unit, (column, row, households, grid, _) in _CELLS.items():
        count = 3 if unit == "u3" else 1
        rows += [
            {
                "building_id": f"b-{unit}-{number}",
                "unit_id": unit,
                "grid_id": grid,
                "name": f"{number + 1}幢",
                "address": f"桃源路{column + 1}号",
                "households": households // count,
                "people": round(households * 2.62) // count,
                "estimated": unit == "v4",
                "geometry": _cell(column + 0.1 + 0.3 * number, row + 0.3, 0.2),
            }
            for number in range(count)
        ]
    return gpd.GeoDataFrame(rows, crs=SMALL_CRS)


def measure_small(units: gpd.GeoDataFrame, grid_of_unit: pd.Series) -> gpd.GeoDataFrame:
    """`GRID_COLUMNS` of any grouping of the drawn units, ``code`` being the group's name."""
    rows: list[dict[str, Any]] = []
    for grid, members in units.groupby(grid_of_unit.reindex(units["unit_id"]).to_numpy()):
        shape = members.union_all()
        rural = members["community"].iloc[0] == VILLAGE
        households = int(members["households"].sum())
        guessed = int(members.loc[members["estimated"], "households"].sum())
        rows.append(
            {
                "grid_id": grid,
                "code": grid,
                "community": members["community"].iloc[0],
                "community_name": NAMES[members["community"].iloc[0]],
                "residence_class": str(ResidenceClass.RURAL if rural else ResidenceClass.URBAN),
                "scope": "".join(members["compound_id"].unique()) if len(members) == 1 else "",
                "households": households,
                "people": int(members["people"].sum()),
                "estimated": guessed > 0,
                "estimated_share": guessed / households,
                "units": len(members),
                "buildings": int(members["buildings"].sum()),
                "radius_m": float(minimum_bounding_radius(shape)),
                "compactness": 4 * np.pi * shape.area / shape.length**2,
                "area_m2": shape.area,
                "pieces": len(getattr(shape, "geoms", [shape])),
                "lower": 0.0 if rural else 300.0,
                "upper": 300.0 if rural else 500.0,
                "radius_limit_m": 1000.0 if rural else 300.0,
                "present": "",
                "moved_households": 0,
                "change": "keep",
                "geometry": shape,
            }
        )
    return gpd.GeoDataFrame(rows, crs=SMALL_CRS)[list(GRID_COLUMNS)]


@cache
def small_plan() -> Plan:
    """The plan drawn above: four grids, one proved exception, no violation.

    The value is shared between tests: copy a frame before changing it, and use
    `dataclasses.replace` for a plan that differs.
    """
    units = small_units()
    grids = measure_small(units, units.set_index("unit_id")["grid_id"])
    grids["code"] = grids["grid_id"].map(_CODES)
    grids["present"] = grids["grid_id"].map(_CONTINUES)
    stays = units["present"] == units["grid_id"].map(_CONTINUES)
    moved = units[~stays].groupby("grid_id")["households"].sum()
    grids["moved_households"] = grids["grid_id"].map(moved).fillna(0).astype(int)
    grids["change"] = "adjust"
    too_heavy = Finding(
        Rule.UPPER, "A2", 612.0, 500.0, "rules.source.urban_upper", {"limit": 500}, proved=True
    )
    return Plan(
        name="桃源街道",
        grids=grids.sort_values("code", ignore_index=True),
        units=units,
        buildings=small_buildings(),
        status=Status.FEASIBLE,
        stages=(
            Stage("relaxation", 112.0, 112.0),
            Stage("groups", 4.0, 4.0),
            Stage("change", 500.0, 500.0),
            Stage("compactness", 6_400_000.0, 6_200_000.0),
        ),
        violations=(),
        exceptions=(too_heavy,),
        seconds=1.25,
        provenance=Provenance(RuleSet(), 7, "HiGHS 1.11.0", "0123456789abcdef" * 4, "0.1.0", 30.0),
    )


@cache
def small_layers() -> Layers:
    """The drawn street's layers: named streets around it, a river below, a roster of five posts."""
    x, y = ORIGIN_M
    units, buildings = small_units(), small_buildings()
    communities = units.dissolve("community", as_index=False)[["community", "geometry"]]
    communities = communities.rename(columns={"community": "community_code"})
    communities["name"] = communities["community_code"].map(NAMES)
    communities["residence_class"] = ["urban", "rural"]
    communities["difficulty"] = 1.0
    streets = gpd.GeoDataFrame(
        {
            "kind": "road",
            "name": ["北环路", "学士街", "人民路", "滨河路"],
            "geometry": [
                LineString([(x - 50, y + 305), (x + 450, y + 305)]),
                LineString([(x - 4, y - 50), (x - 4, y + 350)]),
                LineString([(x + 403, y - 50), (x + 403, y + 350)]),
                LineString([(x - 50, y + 102), (x + 450, y + 102)]),
            ],
        },
        crs=SMALL_CRS,
    )
    barriers = gpd.GeoDataFrame(
        {"kind": ["water"], "name": ["护城河"]},
        geometry=[box(x - 50, y - 30, x + 450, y - 2)],
        crs=SMALL_CRS,
    )
    nothing = gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=SMALL_CRS)
    return Layers(
        name="桃源街道",
        folder=Path("桃源街道"),
        crs=CRS(SMALL_CRS),
        households=Households("column", HouseholdKind.REGISTERED),
        buildings=buildings.drop(columns=["unit_id", "grid_id"]),
        communities=communities,
        compounds=nothing,
        barriers=barriers,
        crossings=nothing,
        streets=streets,
        totals=nothing,
        grids={},
        roster=pd.DataFrame(
            {"community_code": [TOWN, VILLAGE], "posts": [3, 2], "vacancies": [1, 0]}
        ),
        cases=empty("cases", CRS(SMALL_CRS)),
        facilities=nothing,
        visits=pd.DataFrame(),
        fingerprint="0123456789abcdef" * 4,
    )
