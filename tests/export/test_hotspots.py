"""The files of ``gridplan hotspots``: whole, strict, and saying what was found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from gridplan.errors import GridplanError
from gridplan.export.hotspots import HOTSPOT_FILES, summary_of, write_hotspots
from gridplan.hotspots import Hotspots, find_hotspots
from gridplan.prepared import Prepared
from tests.areas import charlestown

DEMO = Path(__file__).parents[2] / "data" / "demo"


@pytest.fixture(scope="module")
def found(demo: Prepared) -> Hotspots:
    return find_hotspots(demo)


@pytest.fixture(scope="module")
def written(found: Hotspots, demo: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hotspots") / "out"
    write_hotspots(found, demo.layers, folder)
    return folder


def test_four_files_and_no_more(written: Path) -> None:
    assert {file.name for file in written.iterdir()} == set(HOTSPOT_FILES)


def test_clusters_are_degrees_with_their_numbers(written: Path, found: Hotspots) -> None:
    clusters = gpd.read_file(written / "clusters.geojson")
    assert clusters.crs.to_epsg() == 4326
    west, south, east, north = clusters.total_bounds
    assert 120.5 < west < east < 120.7
    assert 31.4 < south < north < 31.6
    assert clusters["cases"].tolist() == found.clusters["cases"].tolist()
    first = clusters.iloc[0]
    assert (first["trend_words"], first["grids_城管网格"]) == ("新增", "TX03（74%）、ZQ01（26%）")


def test_piles_open_in_a_spreadsheet(written: Path) -> None:
    text = (written / "piles.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(written / "piles.csv")
    assert table["类型"].tolist() == ["疑似默认定位点", "高频诉求地址"]
    assert table["最多类别"].notna().all()
    assert table["经度"].between(120.5, 120.7).all()


def test_cells_and_grids_are_layers_of_one_file(written: Path, found: Hotspots) -> None:
    layers = set(pyogrio.list_layers(written / "cells.gpkg")[:, 0])
    assert layers == {"cells", "background", "grids_城管网格", "grids_警务网格", "grids_党建网格"}
    cells = gpd.read_file(written / "cells.gpkg", layer="cells")
    assert cells["cases"].sum() == found.cells["cases"].sum()
    assert cells.crs == found.cells.crs


def test_summary_is_strict_and_adds_up(written: Path, found: Hotspots, demo: Prepared) -> None:
    def refuse(word: str) -> float:
        raise AssertionError(word)

    told = json.loads((written / "summary.json").read_text("utf-8"), parse_constant=refuse)
    assert told["format"] == "gridplan.hotspots"
    assert told["cases"] == len(found.cases)
    assert told["in_piles"] == (found.cases["pile"] >= 0).sum()
    assert told["quality"]["cases"] == 5090
    assert [row["place"] for row in told["clusters"]] == found.clusters["place"].tolist()
    owners = [row for row in told["clusters"][0]["owners"] if row["layer"] == "城管网格"]
    assert owners[0]["code"] == "TX03"
    assert {row["surface"] for row in told["accuracy"]} >= {"count_52", told["background"]}
    assert summary_of(found, demo.layers) == told


def test_a_folder_of_somebody_else_is_left_alone(
    found: Hotspots, demo: Prepared, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(GridplanError):
        write_hotspots(found, demo.layers, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_written_again_in_place(found: Hotspots, demo: Prepared, tmp_path: Path) -> None:
    for _ in range(2):
        write_hotspots(found, demo.layers, tmp_path / "out")
    assert {file.name for file in (tmp_path / "out").iterdir()} == set(HOTSPOT_FILES)


def gridplan(*words: object) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("gridplan"), *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    return done


def test_real_requests_from_the_shell(shared: Path, tmp_path: Path) -> None:
    area = charlestown(shared, tmp_path / "area")
    done = gridplan("hotspots", area, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "统计诉求" in done.stderr
    told = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert told["quality"]["cases"] == 3333
    assert told["quality"]["located"] > 3000
    assert all(row["owners"] == [] for row in told["clusters"])  # no legacy grids there


def test_a_period_without_cases_is_told(tmp_path: Path) -> None:
    done = gridplan("hotspots", DEMO, "--out", tmp_path / "out", "--until", "2010-01-01")
    assert done.returncode == 1
    assert "没有带时间且位置在辖区内的诉求" in done.stderr
    assert not (tmp_path / "out").exists()
