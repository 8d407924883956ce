"""The shell as a user meets it: files, exit statuses, one message and no traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import pytest

from tests.written import WEST, box, nine, street

COMMAND = Path(sys.executable).with_name("gridplan")


def gridplan(*words: object, lang: str = "en") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [COMMAND, "--lang", lang, *map(str, words)], check=False, capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    return done


def area(folder: Path, factor: float = 4, **changed: float) -> Path:
    """Nine buildings of 40 to 360 households in two communities."""
    rows = [{**row, "户数": int(row["户数"]) * factor} for row in nine()]
    for row in rows:
        row["户数"] = changed.get(str(row["编号"]), row["户数"])
    return street(folder / "area", buildings=rows)


@pytest.fixture(scope="module")
def redrawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    done = gridplan("redraw", area(folder), "--out", folder / "plan", "--time-limit", 5)
    assert done.returncode == 0, done.stderr
    return folder


def test_clean_plan_is_written_whole(redrawn: Path) -> None:
    plan = redrawn / "plan"
    assert {"grids.gpkg", "grids.geojson", "ledger.xlsx", "plan.json"} <= {
        file.name for file in plan.iterdir()
    }
    summary = json.loads((plan / "plan.json").read_text("utf-8"))
    assert summary["violations"] == summary["exceptions"] == []
    assert summary["households"] == 4 * 450
    assert summary["status"] == "optimal"
    assert summary["groups"] == 5
    last = summary["stages"][-1]
    assert {key: summary[key] for key in ("objective", "bound", "gap")} == {
        key: last[key] for key in ("objective", "bound", "gap")
    }
    grids = gpd.read_file(plan / "grids.gpkg", layer="grids")
    assert grids["households"].between(300, 500).all()
    units = gpd.read_file(plan / "grids.gpkg", layer="units")
    sums = units.groupby("grid_id")["households"].sum()
    assert sums.to_dict() == grids.set_index("grid_id")["households"].to_dict()


def test_same_seed_same_plan(redrawn: Path) -> None:
    done = gridplan("redraw", redrawn / "area", "--out", redrawn / "again", "--time-limit", 5)
    assert done.returncode == 0, done.stderr
    first, second = (
        gpd.read_file(redrawn / name / "grids.gpkg", layer="units") for name in ("plan", "again")
    )
    assert first["grid_id"].tolist() == second["grid_id"].tolist()


def test_a_plan_with_a_proved_exception_ends_with_status_3(tmp_path: Path) -> None:
    done = gridplan("redraw", area(tmp_path, C=900), "--out", tmp_path / "plan", "--time-limit", 5)
    assert done.returncode == 3, done.stderr
    summary = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))
    assert summary["violations"] == []
    heavy = [found for found in summary["exceptions"] if found["value"] >= 900]
    assert [(found["rule"], found["limit"]) for found in heavy] == [("upper", 500)]
    assert "900" in heavy[0]["reason"]
    assert "900" in done.stderr


def test_faults_are_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    folder = area(tmp_path)
    text = (folder / "area.toml").read_text("utf-8").replace("households =", "housholds =")
    (folder / "area.toml").write_text(text.replace('"编号"', '"编码"'), "utf-8")
    done = gridplan("redraw", folder, "--out", tmp_path / "plan")
    assert done.returncode == 1
    assert "housholds" in done.stderr
    assert "households" in done.stderr
    assert not (tmp_path / "plan").exists()
    chinese = gridplan("check", folder, lang="zh")
    assert chinese.returncode == 1
    assert "处问题" in chinese.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["redraw"],
        ["nonsense"],
        ["redraw", "x", "--out", "y", "--time-limit", "soon"],
        ["solve"],
        ["report", "x", "--language", "en"],
        ["--lang", "fr", "check", "x"],
    ],
    ids=" ".join,
)
def test_usage_errors_are_told_in_one_message_and_end_with_status_1(words: list[str]) -> None:
    done = gridplan(*words)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "gridplan --help" in done.stderr
    assert "error.log" not in done.stderr


def test_check_reports_and_ends_clean_without_present_grids(tmp_path: Path) -> None:
    done = gridplan("check", area(tmp_path))
    assert done.returncode == 0, done.stderr


def test_solve_prints_one_json_line(tmp_path: Path) -> None:
    instance = {
        "name": "row", "n": 4, "groups": 2, "lower": 2, "upper": 2, "weight": [1, 1, 1, 1],
        "cost": [[abs(i - j) for j in range(4)] for i in range(4)],
        "edges": [[0, 1], [1, 2], [2, 3]],
    }  # fmt: skip
    file = tmp_path / "row.json"
    file.write_text(json.dumps(instance), "utf-8")
    done = gridplan("solve", file, "--time-limit", 5, "--seed", 3)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    answer = json.loads(line)
    assert list(answer) == [
        "instance", "status", "objective", "bound", "gap", "seconds", "labels",
    ]  # fmt: skip
    assert (answer["instance"], answer["status"], answer["objective"]) == ("row", "optimal", 2)
    assert answer["labels"][0] == answer["labels"][1] != answer["labels"][2]


def test_solve_says_infeasible_with_nulls(tmp_path: Path) -> None:
    instance = {
        "name": "odd", "n": 2, "groups": 1, "lower": 3, "upper": 9, "weight": [1, 1],
        "cost": [[0, 1], [1, 0]], "edges": None,
    }  # fmt: skip
    file = tmp_path / "odd.json"
    file.write_text(json.dumps(instance), "utf-8")
    answer = json.loads(gridplan("solve", file).stdout)
    assert (answer["status"], answer["labels"], answer["objective"]) == ("infeasible", None, None)


def children(process: subprocess.Popen[bytes]) -> list[str]:
    """Worker processes that a process has started."""
    tasks = Path(f"/proc/{process.pid}/task")
    return [child for task in tasks.iterdir() for child in (task / "children").read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for workers in /proc")
def test_interrupt_keeps_the_best_plan_so_far(tmp_path: Path) -> None:
    rows = [
        {"编号": f"H{x}-{y}", "户数": 9, "图形": box(20 * x, 20 * y)}
        for x in range(22)
        for y in range(22)
    ]
    place = [{"代码": WEST, "名称": "西社区", "图形": box(-10, -10, 470, 470)}]
    folder = street(tmp_path / "area", buildings=rows, communities=place)
    process = subprocess.Popen(
        [COMMAND, "redraw", folder, "--out", tmp_path / "plan", "--time-limit", "600"],
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not children(process) and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(12)  # the workers have begun
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl+C on a terminal: to the workers too
    _, told = process.communicate(timeout=300)
    assert b"Traceback" not in told
    assert process.returncode in (0, 3), told.decode()
    summary = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))
    assert summary["households"] == 9 * 22 * 22
    assert summary["seconds"] < 400
