"""Grids drawn by hand, counted by hand.

A street of six houses 100 m apart, 200 households each::

    0 — 1 — 2 — 3   4 — 5
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from gridplan.analyse.metrics import breaches, measure_grids
from gridplan.graph import UnitGraph
from gridplan.rules import Rule, RuleSet

CRS = "EPSG:32650"


def street() -> tuple[gpd.GeoDataFrame, UnitGraph, gpd.GeoDataFrame]:
    ids = tuple("abcdef")
    xy_m = np.array([[100.0 * i, 0.0] for i in range(6)])
    edges = np.array([[0, 1], [1, 2], [2, 3], [4, 5]])
    graph = UnitGraph(ids, np.full(6, 200), xy_m, edges, np.full(4, 10.0))
    units = gpd.GeoDataFrame(
        {
            "unit_id": ids,
            "community_code": "A",
            "scope": "",
            "households": 200,
            "people": 500,
            "estimated": [True] + [False] * 5,
            "buildings": 1,
        },
        geometry=[box(100 * i, 0, 100 * i + 100, 100) for i in range(6)],
        crs=CRS,
    )
    communities = gpd.GeoDataFrame(
        {"community_code": ["A"], "name": ["甲"], "residence_class": ["urban"], "difficulty": 1.0},
        geometry=[box(0, 0, 600, 100)],
        crs=CRS,
    )
    return units, graph, communities


def measured(labels: str) -> gpd.GeoDataFrame:
    units, graph, communities = street()
    grid_of_unit = pd.Series(list(labels), index=list(units["unit_id"]))
    outlines = units.assign(grid_id=list(labels)).dissolve("grid_id").geometry
    polygons = gpd.GeoDataFrame(
        {"grid_id": outlines.index, "community_code": "A"},
        geometry=outlines.to_numpy(),
        crs=CRS,
    )
    return measure_grids(units, {"A": graph}, grid_of_unit, polygons, RuleSet(), communities)


def test_counts_and_limits() -> None:
    grids = measured("xxyyzz").set_index("grid_id")
    assert grids["households"].to_dict() == {"x": 400, "y": 400, "z": 400}
    assert grids["estimated"].to_dict() == {"x": True, "y": False, "z": False}
    assert grids.loc["x", "estimated_share"] == pytest.approx(0.5)
    assert grids["radius_m"].tolist() == [100, 100, 100]
    assert grids["pieces"].tolist() == [1, 1, 1]
    assert grids.loc["x", "compactness"] == pytest.approx(4 * np.pi * 20_000 / 600**2)
    assert breaches(measured("xxyyzz"), "households") == ()


def test_every_breach_is_found() -> None:
    found = {(f.rule, f.grid): f.value for f in breaches(measured("xxxxxy"), "households")}
    assert found == {
        (Rule.UPPER, "x"): 1000,
        (Rule.CONTIGUITY, "x"): 2,
        (Rule.LOWER, "y"): 200,
    }


def centre_of(weight, xy_m, radius_m):
    ids = tuple(map(str, range(len(weight))))
    return UnitGraph(ids, weight, xy_m, np.zeros((0, 2), np.int64), np.zeros(0)).centre(radius_m)


def test_radius_is_measured_from_the_best_legal_centre() -> None:
    weight = np.array([1000, 1, 1])
    xy_m = np.array([[0.0, 0.0], [200.0, 0.0], [400.0, 0.0]])
    assert centre_of(weight, xy_m, 500) == (0, 400)
    assert centre_of(weight, xy_m, 300) == (1, 200)
    assert centre_of(weight, xy_m, 100) == (1, 200)


def test_only_households_count_for_the_radius() -> None:
    xy_m = np.array([[0.0, 0.0], [100.0, 0.0], [900.0, 0.0]])
    assert centre_of(np.array([300, 20, 0]), xy_m, 250) == (0, 100)
    assert centre_of(np.array([0, 0, 0]), xy_m, 250) == (1, 800)
