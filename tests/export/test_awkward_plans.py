"""Plans as real files make them, folders that were edited, and a writer killed at each step."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from openpyxl import load_workbook

from gridplan.errors import GridplanError, InputError
from gridplan.export.plan_folder import PLAN_FILES, read_plan, write_plan
from gridplan.plan import Plan
from tests.plans import small_plan


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once") / "plan"
    write_plan(small_plan(), folder)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "plan"))


LAYERS = ("grids", "units", "buildings")


def with_odd_names() -> Plan:
    buildings = small_plan().buildings.assign(name='=HYPERLINK("x")', address="a\x00\x1fb")
    grids = small_plan().grids.assign(community_name="桃\x0b源&<社>区")
    return replace(small_plan(), name="桃源\x0b街道&A<b>" * 30, grids=grids, buildings=buildings)


def without_present() -> Plan:
    plan = small_plan()
    grids = plan.grids.assign(present="", change="new", moved_households=plan.grids["households"])
    return replace(plan, units=plan.units.assign(present=""), grids=grids)


def without_limits() -> Plan:
    grids = small_plan().grids.assign(lower=0.0, upper=np.inf, radius_limit_m=np.inf)
    return replace(small_plan(), grids=grids, stages=(), exceptions=())


def with_points_and_odd_index() -> Plan:
    buildings = small_plan().buildings
    buildings = buildings.set_geometry(buildings.centroid)
    return replace(small_plan(), buildings=buildings.set_index("building_id", drop=False))


@pytest.mark.parametrize(
    "make", [with_odd_names, without_present, without_limits, with_points_and_odd_index]
)
def test_is_written_and_comes_back(make: Callable[[], Plan], tmp_path: Path) -> None:
    plan = make()
    write_plan(plan, tmp_path / "plan")
    back = read_plan(tmp_path / "plan")
    assert back.name == plan.name
    for column in ("code", "households", "lower", "upper", "radius_limit_m"):
        assert list(back.grids[column]) == list(plan.grids[column])
    write_plan(back, tmp_path / "plan")  # what was read can be written again


def test_a_name_is_never_a_formula_nor_breaks_a_file(tmp_path: Path) -> None:
    write_plan(with_odd_names(), tmp_path / "plan")
    sheet = load_workbook(tmp_path / "plan" / "ledger.xlsx")["楼栋归属"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert {row[2].value for row in sheet.iter_rows(min_row=2)} == {"ab"}


def test_text_of_two_lines_has_a_row_of_its_height(folder: Path) -> None:
    sheet = load_workbook(folder / "ledger.xlsx")["说明"]
    heights = {row[1].value: sheet.row_dimensions[row[1].row].height for row in sheet.iter_rows()}
    assert heights[small_plan().provenance.fingerprint] > heights["内部使用"]


def test_the_folder_one_stands_in_and_the_root(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert len(read_plan(Path()).grids) == 4
    with pytest.raises(GridplanError):
        write_plan(small_plan(), Path("/"))


def edit_layer(folder: Path, layer: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    path = folder / "grids.gpkg"
    frames: dict[str, gpd.GeoDataFrame] = {
        name: pyogrio.read_dataframe(path, layer=name) for name in LAYERS
    }
    path.unlink()
    frames[layer] = change(frames[layer])
    for name, frame in frames.items():
        pyogrio.write_dataframe(frame, path, layer=name)


@pytest.mark.parametrize(
    ("layer", "change", "told"),
    [
        ("buildings", lambda frame: frame.assign(grid_id="zz"), "14 栋"),
        ("units", lambda frame: frame.to_crs(4326), "EPSG:4326"),
        ("units", lambda frame: frame.assign(households=np.nan), "grids.gpkg"),
        ("grids", lambda frame: frame.drop(columns=["code", "upper"]), "grids.code"),
        ("grids", lambda frame: frame.assign(households=1), "1702"),
    ],
)
def test_a_layer_edited_apart_is_told(
    layer: str, change: Callable[[pd.DataFrame], pd.DataFrame], told: str, folder: Path
) -> None:
    edit_layer(folder, layer, change)
    with pytest.raises(InputError, match=told):
        read_plan(folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [("status", "fine"), ("stages", [1]), ("seed", True), ("rules", {}), ("violations", [{}])],
)
def test_a_summary_edited_by_hand_is_told(key: str, value: object, folder: Path) -> None:
    path = folder / "plan.json"
    told = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(told | {key: value}), "utf-8")
    with pytest.raises(InputError, match=r"plan\.json"):
        read_plan(folder)


def test_a_newer_minor_version_is_read(folder: Path) -> None:
    path = folder / "plan.json"
    told = json.loads(path.read_text("utf-8")) | {"version": "1.7", "later": [1]}
    path.write_text(json.dumps(told), "utf-8")
    assert len(read_plan(folder).grids) == 4


def test_a_file_of_the_users_own_is_not_lost(folder: Path) -> None:
    (folder / "批注.txt").write_text("看过", "utf-8")
    with pytest.raises(GridplanError, match=r"批注\.txt"):
        write_plan(small_plan(), folder)
    assert (folder / "批注.txt").read_text("utf-8") == "看过"


DIES = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.plans import small_plan
from gridplan.export import aside, plan_folder
steps, wanted = [], [0]
def dying(real):
    def step(*told, **more):
        steps.append(real)
        if len(steps) == wanted[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*told, **more)
    return step
plan_folder.write_ledger = dying(plan_folder.write_ledger)
plan_folder.write_report = dying(plan_folder.write_report)
Path.replace = dying(Path.replace)
aside.shutil.rmtree = dying(aside.shutil.rmtree)
for step in range(1, int(sys.argv[3]) + 1):
    wanted[0] = step
    child = os.fork()
    if not child:
        plan_folder.write_plan(replace(small_plan(), name="new"), Path(sys.argv[1]) / str(step))
        os._exit(0)
    print(os.WTERMSIG(os.waitpid(child, 0)[1]))
"""

STEPS = ("ledger", "report", "clear", "set aside", "put in place", "remove the old")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is only forked on Unix")
def test_a_writer_killed_before_any_step_leaves_the_old_plan_or_the_new(
    written: Path, tmp_path: Path
) -> None:
    for step in range(1, len(STEPS) + 1):
        shutil.copytree(written, tmp_path / str(step))
    command = [sys.executable, "-c", DIES, tmp_path, Path(__file__).parents[2], str(len(STEPS))]
    died = subprocess.run(command, check=False, capture_output=True, text=True)
    assert died.stdout.split() == [str(int(signal.SIGKILL))] * len(STEPS), died.stderr
    for step, name in enumerate(STEPS, start=1):
        folder = tmp_path / str(step)
        expected = "new" if name == "remove the old" else small_plan().name
        assert read_plan(folder).name == expected, name
        assert {file.name for file in folder.iterdir()} == set(PLAN_FILES)
    write_plan(small_plan(), tmp_path / "5")  # what was left behind is no hindrance
