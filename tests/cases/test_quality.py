"""What is odd is counted: drawn cases, and real ones."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from gridplan.cases import deadlines, quality_of, rates, repeated_rows
from gridplan.load import read_area
from tests.areas import charlestown, st_louis
from tests.case_tables import CASES_CRS, some_cases

TOWN = gpd.GeoDataFrame({"community_code": ["1"]}, geometry=[box(0, 0, 100, 100)], crs=CASES_CRS)


def test_every_oddity_is_counted() -> None:
    cases = some_cases(
        {"case_id": "1", "at": (5, 5), "opened": "2025-03-03 10:00:01"},
        {"case_id": "1", "at": (5, 5), "opened": "2025-03-03 10:00:59"},  # entered twice
        {"case_id": "", "at": (5, 5), "opened": "2025-03-03 10:01"},
        {"case_id": "", "at": (5, 5), "category": ""},
        {"case_id": "2", "at": (500, 5), "lives": (5, 5), "closed": "2025-03-01"},
        {"case_id": "3", "opened": "2025-04-01"},
        {"case_id": "4", "opened": "2025-04-01"},  # no place: nothing says that it repeats 3
        {"case_id": "5", "at": (7, 5), "opened": None},
        {"case_id": "6", "at": (7, 5), "opened": None},
    )
    found = quality_of(cases, TOWN)
    assert (found.cases, found.located, found.outside, found.without_place) == (9, 6, 1, 2)
    assert (found.with_home, found.ids_twice, found.rows_twice, found.closed_early) == (1, 1, 1, 1)
    assert (found.without_category, found.without_opened) == (1, 2)
    assert (str(found.first), str(found.last)) == ("2025-03-03 10:00:00", "2025-04-01 00:00:00")
    assert found.share("outside") == pytest.approx(1 / 9)
    assert repeated_rows(cases).tolist() == [False, True] + [False] * 7
    assert found.table("zh")["count"].tolist() == [6, 1, 2, 1, 1, 1, 1, 1, 2]
    assert found.table("en")["what"].is_unique


def test_no_cases_at_all() -> None:
    found = quality_of(some_cases({})[:0], TOWN)
    assert found.cases == found.located == 0
    assert pd.isna(found.first)
    assert np.isnan(found.share("located"))


def test_charlestown(shared: Path, tmp_path: Path) -> None:
    layers = read_area(charlestown(shared, tmp_path))
    found = quality_of(layers.cases, layers.communities)
    assert found.cases == 3_333 == found.located + found.outside + found.without_place
    assert found.located > 3_000
    early = (layers.cases["closed"] < layers.cases["opened"]).sum()
    assert found.closed_early == early
    due = deadlines(layers.cases)
    stated = layers.cases["deadline"].notna()
    assert (due.source[stated] == "stated").all()
    row = rates(layers.cases, due.due, found.last.to_pydatetime(), households=8_000).iloc[0]
    assert row["cases"] == 3_333
    assert 0.5 < row["on_time_share"] < 1


def test_st_louis_holds_requests_twice(shared: Path, tmp_path: Path) -> None:
    """22 rows repeat a request by its number; two more are the same call under another number."""
    layers = read_area(st_louis(shared, tmp_path))
    cases = layers.cases
    found = quality_of(cases, layers.communities)
    assert (found.cases, found.ids_twice, found.rows_twice, found.without_place) == (
        1_554, 22, 24, 48,
    )  # fmt: skip
    once = cases.drop_duplicates("case_id")
    assert repeated_rows(once).sum() == 2
    assert str(found.first.date()) == "2018-01-01"
    row = rates(cases, deadlines(cases).due, datetime(2018, 2, 20)).iloc[0]
    cancelled = int((cases["status"] == "CANCEL").sum())
    assert row["cases"] == 1_554 - cancelled < 1_554
    assert row["open"] + row["closed"] == row["cases"]
