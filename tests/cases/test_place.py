"""Which grid a case belongs to: two squares side by side, a strip of both, and nowhere.

::

    A: x 0…100    B: x 90…200    y 0…100; they overlap by 10 m
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from gridplan.cases import community_of_cases, grid_of_cases
from gridplan.errors import GridplanError
from tests.case_tables import CASES_CRS, some_cases

GRIDS = gpd.GeoDataFrame(
    {"grid_id": ["B", "A"], "community_code": ["2", "1"]},
    geometry=[box(90, 0, 200, 100), box(0, 0, 100, 100)],
    crs=CASES_CRS,
)


def test_the_event_or_the_home_decides() -> None:
    cases = some_cases(
        {"at": (50, 50), "lives": (150, 50)},
        {"at": (150, 50)},
        {"lives": (50, 50)},
        {"at": (500, 50), "lives": (95, 50)},  # on both grids: the first by id
    )
    assert grid_of_cases(cases, GRIDS).tolist() == ["A", "B", "", ""]
    assert grid_of_cases(cases, GRIDS, at="home").tolist() == ["B", "", "A", "A"]
    assert community_of_cases(cases, GRIDS).tolist() == ["1", "2", "", ""]


def test_the_index_of_the_cases_stays() -> None:
    cases = some_cases({"at": (50, 50)}, {"at": (150, 50)})
    cases.index = [7, 3]
    found = grid_of_cases(cases, GRIDS)
    assert found.to_dict() == {7: "A", 3: "B"}
    assert isinstance(found, pd.Series)


def test_it_agrees_with_asking_one_by_one() -> None:
    rng = np.random.default_rng(3)
    cases = some_cases(*({"at": tuple(xy)} for xy in rng.uniform(-20, 220, (60, 2))))
    ordered = GRIDS.sort_values("grid_id")
    slow = [
        next((g.grid_id for g in ordered.itertuples() if g.geometry.intersects(point)), "")
        for point in cases.geometry
    ]
    assert grid_of_cases(cases, GRIDS).tolist() == slow
    assert len(set(slow)) == 3


def test_no_grids_and_no_cases() -> None:
    cases = some_cases({"at": (50, 50)})
    assert grid_of_cases(cases, GRIDS[:0]).tolist() == [""]
    assert grid_of_cases(cases[:0], GRIDS).empty


def test_another_system_is_refused() -> None:
    with pytest.raises(GridplanError):
        grid_of_cases(some_cases({"at": (50, 50)}), GRIDS.to_crs(4326))
