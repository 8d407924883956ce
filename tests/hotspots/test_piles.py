"""Points with too many cases: listed, and told apart."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from gridplan.hotspots.cells import Homes
from gridplan.hotspots.piles import (
    PileKind,
    PileSpec,
    describe_piles,
    heavy_points,
    points_of,
)

SPEC = PileSpec()


def street_of_cases(rng: np.random.Generator) -> tuple[Homes, gpd.GeoDataFrame]:
    """A hundred houses of ten households, 50 m apart, three cases at each, four categories."""
    xy_m = np.array([[50.0 * (k % 10), 50.0 * (k // 10)] for k in range(100)])
    homes = Homes(xy_m, np.full(100, 10.0))
    cases = gpd.GeoDataFrame(
        {
            "category": rng.choice(["a", "b", "c", "d"], 300),
            "address": [f"东街{k // 3 + 1}号" for k in range(300)],
            "repeat": np.zeros(300, dtype=bool),
        },
        geometry=shapely.points(np.repeat(xy_m, 3, axis=0)),
        crs=4528,
    )
    return homes, cases


def more(cases: gpd.GeoDataFrame, at: tuple[float, float], rows: dict[str, object], many: int):
    extra = gpd.GeoDataFrame(
        {
            name: [value] * many if isinstance(value, str | bool) else value
            for name, value in rows.items()
        },
        geometry=[shapely.Point(at)] * many,
        crs=cases.crs,
    )
    return gpd.GeoDataFrame(
        __import__("pandas").concat([cases, extra], ignore_index=True), crs=cases.crs
    )


def piles_of(cases: gpd.GeoDataFrame, homes: Homes) -> gpd.GeoDataFrame:
    points = points_of(shapely.get_coordinates(cases.geometry.to_numpy()))
    return describe_piles(cases, points, heavy_points(points, homes, SPEC), homes, SPEC)


def test_an_even_street_has_no_pile() -> None:
    homes, cases = street_of_cases(np.random.default_rng(0))
    assert len(piles_of(cases, homes)) == 0


def test_a_default_point_and_a_repeat_address_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    homes, cases = street_of_cases(rng)
    mixed = {
        "category": list(rng.choice(["a", "b", "c", "d"], 60)),
        "address": "桃溪街道",
        "repeat": False,
    }
    cases = more(cases, (2000.0, 2000.0), mixed, 60)
    cases = more(cases, (50.0, 50.0), {"category": "a", "address": "东街12号", "repeat": True}, 40)
    found = piles_of(cases, homes)
    assert found["kind"].tolist() == [PileKind.DEFAULT, PileKind.REPEAT]
    assert found["cases"].tolist() == [60, 43]
    assert found["address"].tolist() == ["桃溪街道", "东街12号"]
    assert found["repeat_share"].iloc[1] > 0.9
    assert found["to_home_m"].iloc[0] > 2000 > found["to_home_m"].iloc[1] == 0
    assert [point.coords[0] for point in found.geometry] == [(2000.0, 2000.0), (50.0, 50.0)]


def test_unrelated_matters_at_one_precise_address_are_a_default_point() -> None:
    rng = np.random.default_rng(1)
    homes, cases = street_of_cases(rng)
    rows = {
        "category": list(rng.choice(["a", "b", "c", "d"], 50)),
        "address": [f"西街{k}号" for k in range(50)],
        "repeat": False,
    }
    found = piles_of(more(cases, (700.0, 900.0), rows, 50), homes)
    assert found["kind"].tolist() == [PileKind.DEFAULT]
    assert found["addresses"].tolist() == [50]


def test_a_compound_whose_cases_all_lie_at_its_gate_is_no_pile() -> None:
    """All houses' cases at one point: it answers for all of their households."""
    xy_m = np.array([[50.0 * (k % 10), 50.0 * (k // 10)] for k in range(100)])
    homes = Homes(xy_m, np.full(100, 10.0))
    at = np.where(xy_m[:, :1] < 120, [[0.0, 200.0]], xy_m)  # the western thirty report at a gate
    cases = gpd.GeoDataFrame(
        {"category": ["a", "b", "c"] * 100},
        geometry=shapely.points(np.repeat(at, 3, axis=0)),
        crs=4528,
    )
    points = points_of(shapely.get_coordinates(cases.geometry.to_numpy()))
    assert points.count.max() == 90
    assert len(heavy_points(points, homes, PileSpec(reach_m=400))) == 0
    assert len(heavy_points(points, homes, PileSpec(reach_m=20))) == 1


def test_points_are_gathered_by_the_metre() -> None:
    points = points_of(np.array([[0.2, 0.0], [5.0, 5.0], [-0.3, 0.4], [5.0, 5.4]]))
    assert points.of_case.tolist() == [0, 1, 0, 1]
    assert points.count.tolist() == [2, 2]
    assert points.where_m.tolist() == [[0.2, 0.0], [5.0, 5.0]]
    none = points_of(np.empty((0, 2)))
    assert len(none.count) == 0
    assert len(heavy_points(none, Homes(np.empty((0, 2)), np.empty(0)), SPEC)) == 0
