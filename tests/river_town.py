"""A town on two banks, drawn by hand, with one bridge and one house that no street is near.

::

    y 700      i                                             nobody builds a street here
    y 120      n1    n2
    y 100   ————————————————————————┬————   north street     x 0 … 1200
    y 40–60 ≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈║≈≈≈≈≈   river, bridge at x 1000
    y 0     ————————————————————————┴————   south street
    y −10      +                            clinic at x 100
    y −20      s1    s2          s3
               100   300         900

Each house has 10 households and steps 20 m to its street; the clinic 10 m. So on foot to the clinic:
s1 30 m, s2 230 m, s3 830 m, n2 700 + 100 + 900 + 30 = 1,730 m, n1 1,930 m, though n1 is 130 m off
as the crow flies.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, Point, box

from gridplan.analyse.present import present_state
from gridplan.fabric import build_fabric
from gridplan.prepared import Prepared
from gridplan.rules import RuleSet
from gridplan.units import build_units
from tests.drawn import DRAWN_CRS, drawn_layers, frame, house

HOMES = {"s1": (100, -20), "s2": (300, -20), "s3": (900, -20), "n1": (100, 120), "n2": (300, 120),
         "i": (100, 700)}  # fmt: skip
METRES = {"s1": 30.0, "s2": 230.0, "s3": 830.0, "n1": 1930.0, "n2": 1730.0, "i": np.inf}
RIVER = box(-200, 40, 1400, 60)
TOWN_GROUND = box(-200, -200, 1400, 900)
CLINIC = {"name": "南岸卫生服务站", "kind": "医疗", "opening_hours": "周一至周五 08:00-17:00"}


def facilities(*rows: tuple[float, float, dict[str, Any]]) -> gpd.GeoDataFrame:
    """Facilities at places; each row is x, y and what is known of it."""
    known = [{"facility_id": f"F{k}", "name": "", "kind": "", "opening_hours": "",
              "capacity": np.nan, **row} for k, (_, _, row) in enumerate(rows)]  # fmt: skip
    points = [Point(x, y) for x, y, _ in rows]
    return gpd.GeoDataFrame(known, geometry=points, crs=DRAWN_CRS)


@cache
def _drawn() -> Prepared:
    homes = [
        {"building_id": name, "address": f"{name}号", "households": 10.0, "people": 26.0,
         "geometry": house(*place)}
        for name, place in HOMES.items()
    ]  # fmt: skip
    banks = frame(
        "grids",
        {"grid_code": "南", "geometry": box(-200, -200, 1400, 50)},
        {"grid_code": "北", "geometry": box(-200, 50, 1400, 900)},
    )
    lines = [LineString([(0, 0), (1200, 0)]), LineString([(0, 100), (1200, 100)]),
             LineString([(1000, 0), (1000, 100)])]  # fmt: skip
    streets = gpd.GeoDataFrame(
        {"kind": "支路", "name": "", "bridge": [False, False, True], "tunnel": False},
        geometry=lines, crs=DRAWN_CRS,
    )  # fmt: skip
    layers = drawn_layers(
        frame("buildings", *homes),
        source="column",
        communities=frame("communities", {"geometry": TOWN_GROUND}),
        barriers=frame("barriers", {"geometry": RIVER}),
        grids={"网格": banks},
    )
    layers = replace(layers, streets=streets, facilities=facilities((100, -10, CLINIC)))
    rules = RuleSet()
    units = build_units(layers, rules)
    fabric = build_fabric(layers, units)
    present = {"网格": present_state(layers, units, fabric, rules, "网格")}
    return Prepared(layers, units, fabric, present, rules, 0.0)


def town(**layers: Any) -> Prepared:
    """The town, with some layers in place of its own."""
    drawn = _drawn()
    return replace(drawn, layers=replace(drawn.layers, **layers)) if layers else drawn


def visits(*rows: tuple[str, str, str] | tuple[str, str, str, str]) -> pd.DataFrame:
    """Visits: building, day, kind and, of a follow-up, the case."""
    table = pd.DataFrame(
        [(*row, "")[:4] for row in rows], columns=["building_id", "visited", "kind", "case_id"]
    )
    table["visited"] = pd.to_datetime(table["visited"]).astype("datetime64[us]")
    table.insert(0, "visit_id", [f"V{k}" for k in range(len(table))])
    return table
