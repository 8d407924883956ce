"""The plan folder: read back by those who will read it, swapped in whole, documented."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from docx import Document
from openpyxl import load_workbook

from gridplan.errors import GridplanError, InputError
from gridplan.export.plan_folder import PLAN_FILES, read_plan, write_plan
from gridplan.rules import GridCount, RadiusAlong, Rule, RuleSet
from tests.plans import small_layers, small_plan

DAY = date(2026, 7, 1)
DOC = Path(__file__).parents[2] / "docs" / "formats.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("written") / "plan"
    write_plan(small_plan(), target, layers=small_layers(), today=DAY, prepared_s=1.5)
    return target


def strict(text: str) -> dict[str, Any]:
    def refuse(name: str) -> None:
        pytest.fail(f"{name} is no JSON")

    loaded: dict[str, Any] = json.loads(text, parse_constant=refuse)
    return loaded


def test_holds_every_file(folder: Path) -> None:
    assert {file.name for file in folder.iterdir()} == set(PLAN_FILES)


def test_summary_is_what_was_asked_for(folder: Path) -> None:
    told = strict((folder / "plan.json").read_text("utf-8"))
    plan = small_plan()
    assert told["status"] == "feasible"
    assert told["groups"] == 4
    assert told["households"] == 1702
    assert told["estimated"] is True
    assert told["prepared_seconds"] == 1.5
    for found in (*told["violations"], *told["exceptions"]):
        assert {"rule", "grid", "value", "limit", "reason"} <= found.keys()
    stages = told["stages"]
    assert [stage.keys() for stage in stages] == [
        {"name", "objective", "bound", "gap"} for _ in plan.stages
    ]
    assert told["gap"] == pytest.approx(plan.stages[-1].gap)


def test_layers_hold_the_columns_named_in_the_document(folder: Path) -> None:
    text = DOC.read_text("utf-8")
    for layer in ("grids", "units", "buildings"):
        section = text.split(f"## grids.gpkg, layer {layer}\n")[1].split("\n## ")[0]
        known = {
            name
            for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
            for name in re.findall(r"`(\w+)`", row)
        }
        frame = gpd.read_file(folder / "grids.gpkg", layer=layer)
        assert set(frame.columns) == known, layer
        assert frame.crs == small_plan().grids.crs


def test_summary_and_features_hold_the_keys_named_in_the_document(folder: Path) -> None:
    text = DOC.read_text("utf-8")
    section = text.split("## plan.json\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    known = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert set(strict((folder / "plan.json").read_text("utf-8"))) == known
    features = strict((folder / "grids.geojson").read_text("utf-8"))["features"]
    properties = features[0]["properties"]
    section = text.split("## grids.geojson\n")[1].split("\n## ")[0]
    named = re.findall(r"`(\w+)`", section)
    assert list(properties) == named


def test_the_rules_named_in_the_document_are_those_of_the_code() -> None:
    told = DOC.read_text("utf-8").split("`rule` is one of ")[1].split("\n\n")[0]
    assert sorted(re.findall(r"`(\w+)`", told)) == sorted(Rule)


def test_ledger_holds_the_columns_named_in_the_document(folder: Path) -> None:
    section = DOC.read_text("utf-8").split("## ledger.xlsx\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\S+) \| (.+) \|$", section, re.MULTILINE)
    known = {sheet: columns.split("、") for sheet, columns in rows if sheet != "sheet"}
    book = load_workbook(folder / "ledger.xlsx")
    assert {sheet.title: [cell.value for cell in sheet[1]] for sheet in book} == known


def test_geojson_is_read_by_those_who_read_little(folder: Path) -> None:
    told = strict((folder / "grids.geojson").read_text("utf-8"))
    features = told["features"]
    assert "crs" not in told
    for feature in features:
        assert feature["geometry"]["type"] == "Polygon"
        ring = shapely.LinearRing(feature["geometry"]["coordinates"][0])
        assert ring.is_ccw
        assert all(abs(x) <= 180 and abs(y) <= 90 for x, y in ring.coords)
        assert feature["properties"]["name"]
    assert pyogrio.read_dataframe(folder / "grids.geojson").crs.to_epsg() == 4326


def test_ledger_keeps_codes_as_text_and_marks_estimates(folder: Path) -> None:
    book = load_workbook(folder / "ledger.xlsx")
    sheet = book["网格台账"]
    head = [cell.value for cell in sheet[1]]
    code = head.index("网格编码（草案）")
    for row in sheet.iter_rows(min_row=2):
        assert isinstance(row[code].value, str)
        assert len(row[code].value) == 15
    assert sheet.freeze_panes
    assert sheet.auto_filter.ref
    households = head.index("户数")
    fonts = {
        row[code].value[-6:]: row[households].font.italic for row in sheet.iter_rows(min_row=2)
    }
    assert fonts["201001"]
    assert not fonts["001001"]
    assert "≈" in [
        row[households].number_format[0:1] or "" for row in sheet.iter_rows(min_row=2)
    ] or any("≈" in row[households].number_format for row in sheet.iter_rows(min_row=2))
    findings = [row[0].value for row in book["例外与违规"].iter_rows(min_row=2)]
    assert findings == ["例外（已证明无法满足）"]


def test_note_names_the_street_and_the_exception(folder: Path) -> None:
    note = Document(str(folder / "方案说明.docx"))
    text = "\n".join(paragraph.text for paragraph in note.paragraphs)
    assert "桃源街道" in text
    assert "1 处例外均已证明无法避免" in text
    assert "内部使用" in text + "".join(
        paragraph.text for part in note.sections for paragraph in part.header.paragraphs
    )
    assert len(note.inline_shapes) >= 1


def test_comes_back_as_it_went(folder: Path) -> None:
    plan, back = small_plan(), read_plan(folder)
    assert back.status is plan.status
    assert back.stages == plan.stages
    assert back.exceptions == plan.exceptions
    assert back.provenance == plan.provenance
    for mine, theirs in ((plan.grids, back.grids), (plan.units, back.units)):
        assert list(mine.columns) == list(theirs.columns)
        left, right = (pd.DataFrame(f.drop(columns="geometry")) for f in (mine, theirs))
        pd.testing.assert_frame_equal(
            left.reset_index(drop=True), right.reset_index(drop=True), check_dtype=False
        )
        assert shapely.equals_exact(mine.geometry, theirs.geometry, tolerance=1e-6).all()


def test_a_foreign_folder_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(GridplanError):
        write_plan(small_plan(), tmp_path, today=DAY)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_broken_summary_is_told_and_a_folder_without_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GridplanError, match=r"plan\.json"):
        read_plan(tmp_path)
    write_plan(small_plan(), tmp_path / "plan", today=DAY)
    summary = tmp_path / "plan" / "plan.json"
    summary.write_text(summary.read_text("utf-8").replace('"1.0"', '"9.0"'), "utf-8")
    with pytest.raises(InputError, match="9"):
        read_plan(tmp_path / "plan")


WRITER = """
import sys
from datetime import date
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.plans import small_plan
from gridplan.export.plan_folder import write_plan
print("ready", flush=True)
while True:
    write_plan(small_plan(), Path(sys.argv[1]), today=date(2026, 7, 1))
"""


@pytest.mark.parametrize("delay_s", [0.05, 0.4, 0.9])
def test_a_killed_writer_leaves_a_whole_plan(tmp_path: Path, delay_s: float) -> None:
    target = tmp_path / "plan"
    write_plan(small_plan(), target, today=DAY)
    command = [sys.executable, "-c", WRITER, str(target), str(Path(__file__).parents[2])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline().strip() == "ready"
        time.sleep(delay_s)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait(20)
    back = read_plan(target)
    assert len(back.grids) == 4
    assert {file.name for file in target.iterdir()} == set(PLAN_FILES)


def test_every_rule_comes_back(tmp_path: Path) -> None:
    rules = RuleSet(
        measure="people", growth_reserve=0.1, grid_count=GridCount.GIVEN, given_count={"x": 3},
        keep_present=False, radius_along=RadiusAlong.STREETS,
    )  # fmt: skip
    plan = small_plan()
    changed = replace(plan, provenance=replace(plan.provenance, rules=rules))
    write_plan(changed, tmp_path / "plan", layers=small_layers())
    assert read_plan(tmp_path / "plan").provenance.rules == rules
