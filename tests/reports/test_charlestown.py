"""Real requests of a place without grids, grades, repeats, ratings or Chinese names."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gridplan.pipeline import prepare
from gridplan.prepared import Prepared
from gridplan.reports import ReportContext, ReportSpec, report_context
from gridplan.reports.fields import Value, fields
from tests.areas import charlestown


@pytest.fixture(scope="module")
def area(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(charlestown(shared, tmp_path_factory.mktemp("charlestown")))


@pytest.fixture(scope="module")
def report(area: Prepared) -> ReportContext:
    return report_context(area, ReportSpec())


@pytest.fixture(scope="module")
def told(report: ReportContext) -> dict[str, Value]:
    return fields(report, "en")


def test_the_last_whole_week_is_counted_from_the_file(
    report: ReportContext, area: Prepared
) -> None:
    assert str(report.period) == "2015-W52"
    opened = area.layers.cases["opened"]
    weeks = [
        int(((opened >= first) & (opened < first + pd.Timedelta(days=7))).sum())
        for first in pd.to_datetime(["2015-12-21", "2015-12-14"])
    ]
    figure = report.figure("count")
    assert [figure.value, figure.previous] == weeks
    assert figure.year_before != figure.year_before


def test_what_the_data_lack_is_said(told: dict[str, Value]) -> None:
    note = str(told["figures_note"])
    assert "do not mark repeated" in note
    assert "begin on 2015-01-01" in note
    assert "neither grades nor repeats" in str(told["ledger_note"])
    assert "Health care" in str(told["blind_note"])


def test_a_place_without_grids_names_its_community(told: dict[str, Value]) -> None:
    rows = told["hotspots"]
    assert isinstance(rows, list)
    assert rows
    assert {row["owner"] for row in rows if isinstance(row, dict)} == {"Charlestown no grid"}


def test_the_english_report_has_no_chinese(told: dict[str, Value]) -> None:
    words = "".join(str(value) for key, value in told.items() if not key.endswith("picture"))
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in words)
