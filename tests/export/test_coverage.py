"""The files of ``gridplan coverage``."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from gridplan.coverage import Coverage, Service, ServiceSet, Walk, find_coverage
from gridplan.errors import GridplanError
from gridplan.export.coverage import COVERAGE_FILES, unserved_table, write_coverage
from gridplan.prepared import Prepared
from tests.river_town import town, visits
from tests.written import X0, Y0, street, write_csv

BOOK = visits(("s1", "2026-01-01", "巡查"), ("s1", "2026-06-30", "巡查"))


@pytest.fixture(scope="module")
def found() -> Coverage:
    health = Service("health", Walk(300.0, note="本街道标准"), ("医疗",))
    return find_coverage(town(visits=BOOK), ServiceSet((health, Service("elderly", Walk(300.0)))))


@pytest.fixture(scope="module")
def folder(found: Coverage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("coverage") / "out"
    write_coverage(found, folder, "桃源街道")
    return folder


def test_three_files(folder: Path) -> None:
    assert sorted(file.name for file in folder.iterdir()) == sorted(COVERAGE_FILES)


def test_the_list_opens_in_a_spreadsheet(folder: Path) -> None:
    raw = (folder / "unserved.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert [row["地址"] for row in rows[:4]] == ["n1号", "n2号", "s3号", "i号"]
    assert rows[0] | {"楼栋名称": ""} == {
        "楼栋名称": "", "地址": "n1号", "所属网格": "北", "未覆盖户数": "10", "未覆盖人数": "26",
        "服务类别": "医疗", "最近站点": "南岸卫生服务站", "步行距离（米）": "1930", "超出（米）": "1630",
        "直线距离（米）": "130", "原因": "超出距离", "其中未按期走访户数": "10", "楼栋编号": "n1",
    }  # fmt: skip
    assert (rows[3]["步行距离（米）"], rows[3]["原因"]) == ("", "路网不连通")
    assert {row["原因"] for row in rows if row["服务类别"] == "走访"} == {"未走访"}


def test_in_english_too(found: Coverage) -> None:
    table = unserved_table(found, "en")
    assert table["Reason"].iloc[0] == "too far"
    assert set(table["Service"]) == {"Health care", "Visits"}


def strict(path: Path) -> dict[str, Any]:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return dict(json.loads(path.read_text("utf-8"), parse_constant=refuse))


def test_the_summary_is_strict_and_quotes_its_sources(folder: Path) -> None:
    told = strict(folder / "summary.json")
    assert (told["format"], told["name"], told["households"]) == (
        "gridplan.coverage", "桃源街道", 60,
    )  # fmt: skip
    health, elderly = told["services"]
    assert health["households_share"] == 0.4
    assert health["source"]["zh"] == "本街道标准"
    assert health["reasons"] == {"distance": 30, "network": 10, "capacity": 0}
    assert (elderly["judged"], elderly["households_share"]) == (False, None)
    assert told["judged_share"] == round(50 / 120, 4)
    assert {row["grid"]: row["rank"] for row in told["grids"]} == {"南": 1, "北": 2}
    assert told["visits"]["as_of"] == "2026-06-30"
    assert told["visits"]["rules"][0]["title"]["zh"] == "网格巡查"
    assert told["reachable_visited"][0]["unreached_unvisited"] == 20
    assert "直线距离仅供对照" in told["method"]["zh"]
    assert any("养老" in note["zh"] for note in told["notes"])


def test_blind_spots_by_rfc_7946(folder: Path, found: Coverage) -> None:
    raw = strict(folder / "blindspots.geojson")
    assert "crs" not in raw
    frame = gpd.read_file(folder / "blindspots.geojson")
    assert frame["name"].tolist() == ["医疗", "医疗"]
    assert frame["households"].tolist() == [20, 10]
    for shape in frame.geometry:
        assert shape.is_valid
        assert shapely.is_ccw(shape.exterior)
    back = frame.to_crs(found.blindspots.crs)
    assert back.geometry.hausdorff_distance(found.blindspots.geometry).max() < 0.05


def test_ours_is_replaced_and_no_others(found: Coverage, tmp_path: Path) -> None:
    write_coverage(found, tmp_path / "out")
    write_coverage(found, tmp_path / "out")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "summary.json").write_text('{"format": "other"}', "utf-8")
    with pytest.raises(GridplanError):
        write_coverage(found, tmp_path / "mine")
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["summary.json"]


def test_nothing_to_tell_is_written_all_the_same(tmp_path: Path) -> None:
    wide = ServiceSet((Service("health", Walk(9000.0), ("医疗",)),))
    prepared = town(facilities=town().layers.facilities.iloc[:0])
    write_coverage(find_coverage(prepared, wide), tmp_path / "out")
    assert strict(tmp_path / "out" / "blindspots.geojson")["features"] == []
    assert len((tmp_path / "out" / "unserved.csv").read_text("utf-8-sig").splitlines()) == 1
    assert strict(tmp_path / "out" / "summary.json")["judged_share"] == 0.0


def test_the_demos_blind_spots_are_valid_ground(demo: Prepared, tmp_path: Path) -> None:
    found = find_coverage(demo, ServiceSet((Service("health", Walk(300.0), ("医疗",)),)))
    write_coverage(found, tmp_path / "out", demo.layers.name)
    frame = gpd.read_file(tmp_path / "out" / "blindspots.geojson")
    assert set(frame.geom_type) <= {"Polygon", "MultiPolygon"}
    assert frame.is_valid.all()
    assert len(frame) == len(found.blindspots)


def command(*words: object) -> subprocess.CompletedProcess[str]:
    name = Path(sys.executable).with_name("gridplan")
    done = subprocess.run(
        [name, "--lang", "en", "coverage", *map(str, words)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


def test_from_the_shell(tmp_path: Path) -> None:
    """Nine buildings along one street, a clinic at its west end, 45 m allowed."""
    line = f"LINESTRING ({X0 - 9} {Y0 + 20}, {X0 + 79} {Y0 + 20})"
    more = """
        [streets]
        file = "streets.csv"
        crs = "EPSG:4549"
        wkt = "图形"
        [facilities]
        file = "facilities.csv"
        crs = "EPSG:4549"
        wkt = "图形"
        id = "编号"
        name = "名称"
        kind = "类别"
    """
    area = street(tmp_path / "area", more=more)
    write_csv(area / "streets.csv", [{"图形": line}])
    clinic = {"编号": "F1", "名称": "卫生室", "类别": "卫生室", "图形": f"POINT ({X0} {Y0 + 20})"}
    write_csv(area / "facilities.csv", [clinic])
    (area / "services.toml").write_text('[services."医疗"]\nmetres = 45\n', "utf-8")
    done = command(area, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    told = strict(tmp_path / "out" / "summary.json")
    health = next(row for row in told["services"] if row["service"] == "health")
    # on foot A is 20 m, B 50 m, D 20 m, E 50 m, G 50 m off: A and D are reached
    assert (health["served_households"], health["households"]) == (50, 450)
    bad = tmp_path / "mine.toml"
    bad.write_text('[services."医疗"]\nmetres = "far"\n', "utf-8")
    done = command(area, "--out", tmp_path / "none", "--services", bad)
    assert done.returncode == 1
    assert "mine.toml" in done.stderr
    assert not (tmp_path / "none").exists()
