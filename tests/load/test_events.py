"""Cases, visits, posts and capacities: every column of theirs, odd words, and the second place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gridplan.crs import wgs84_to_gcj02
from gridplan.errors import InputError
from gridplan.load import Layers, read_area
from tests.areas import charlestown, st_louis
from tests.written import BUILDINGS_TOML, COMMUNITIES_TOML, street, write_csv

CASES = """
[cases]
file = "c.csv"
x = "经度"
y = "纬度"
id = "号"
subcategory = "小类"
channel = "渠道"
dispatch = "派遣"
time_limit = "时限"
time_limit_unit = "单位"
repeat = "重复"
satisfaction = "满意度"
address = "地址"
place_kind = "地点"
grade = "等级"
home_x = "居住经度"
home_y = "居住纬度"
"""
ROW: dict[str, object] = {
    "号": "1", "小类": "漏水", "渠道": "12345热线", "派遣": "应急", "时限": 24, "单位": "小时",
    "重复": "是", "满意度": "基本满意", "地址": "人民路1号，电话13812345678", "地点": "楼道",
    "等级": "红色", "经度": 120.0005, "纬度": 31.306, "居住经度": 120.001, "居住纬度": 31.307,
}  # fmt: skip


def cases_of(folder: Path, *rows: dict[str, object], toml: str = CASES) -> Layers:
    street(folder, more=toml)
    write_csv(folder / "c.csv", rows)
    return read_area(folder)


def test_every_column_of_a_case_is_read(tmp_path: Path) -> None:
    case = cases_of(tmp_path, ROW).cases.iloc[0]
    assert case.drop(["geometry", "home", "opened", "closed", "deadline"]).to_dict() == {
        "case_id": "1", "category": "", "subcategory": "漏水", "status": "",
        "channel": "12345热线", "dispatch": "应急单", "time_limit": 24.0, "time_limit_unit": "小时",
        "repeat": True, "satisfaction": "基本满意", "address": "人民路1号,电话***",
        "place_kind": "楼道", "grade": "major",
    }  # fmt: skip


def test_the_home_is_a_second_place_in_the_same_system(tmp_path: Path) -> None:
    nowhere = {**ROW, "居住经度": "", "居住纬度": ""}
    layers = cases_of(tmp_path, ROW, nowhere)
    home = layers.cases["home"]
    assert home.crs == layers.crs == layers.cases.crs
    assert layers.cases.geometry.name == "geometry"
    assert home.isna().tolist() == [False, True]
    degrees = home.to_crs(4326).iloc[0]
    assert (degrees.x, degrees.y) == pytest.approx((120.001, 31.307), abs=1e-9)
    away_m = layers.cases.geometry.iloc[0].distance(home.iloc[0])
    assert away_m == pytest.approx(np.hypot(47.6, 110.9), abs=1)


def test_the_home_is_moved_back_with_the_datum(tmp_path: Path) -> None:
    (x, home_x), (y, home_y) = wgs84_to_gcj02([120.0005, 120.001], [31.306, 31.307])
    row = {**ROW, "经度": x, "纬度": y, "居住经度": home_x, "居住纬度": home_y}
    layers = cases_of(tmp_path, row, toml=CASES + 'datum = "GCJ-02"\n')
    degrees = layers.cases["home"].to_crs(4326).iloc[0]
    assert (degrees.x, degrees.y) == pytest.approx((120.001, 31.307), abs=1e-8)


def test_half_a_home_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        cases_of(tmp_path, ROW, toml=CASES.replace('home_y = "居住纬度"\n', ""))
    assert [fault.key for fault in caught.value.faults] == ["load.half_a_point"]
    assert "home_x、home_y" in caught.value.faults[0].text("zh")


def test_a_home_that_is_no_number_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        cases_of(tmp_path, ROW, {**ROW, "居住经度": "东门"})
    (fault,) = caught.value.faults
    assert (fault.key, fault.row, fault.column) == ("load.not_a_number", 3, "居住经度")


@pytest.mark.parametrize(
    ("word", "grade"),
    [("重大", "major"), ("红", "major"), ("Major", "major"), ("一般", "ordinary"),
     ("黄", "ordinary"), ("minor", "ordinary"), ("", ""), ("绿", "")],
)  # fmt: skip
def test_grades_are_read_by_the_table(tmp_path: Path, word: str, grade: str) -> None:
    layers = cases_of(tmp_path, {**ROW, "等级": word})
    assert layers.cases["grade"].tolist() == [grade]
    strange = [note for note in layers.notes if note.key == "load.words_unknown"]
    assert [note.values["words"] for note in strange] == ([word] if word == "绿" else [])


@pytest.mark.parametrize(
    ("word", "unit"),
    [("工作日", "工作日"), ("天", "自然日"), ("紧急工作时", "紧急工作时"), ("Hours", "小时"),
     ("工时", "工作时"), ("周", "")],
)  # fmt: skip
def test_units_of_a_limit_are_read_by_the_table(tmp_path: Path, word: str, unit: str) -> None:
    assert cases_of(tmp_path, {**ROW, "单位": word}).cases["time_limit_unit"].tolist() == [unit]


def test_other_words_for_the_dispatch_stay(tmp_path: Path) -> None:
    layers = cases_of(tmp_path, {**ROW, "派遣": "重点"}, {**ROW, "派遣": "督办单"})
    assert layers.cases["dispatch"].tolist() == ["重点单", "督办单"]


def test_layers_without_the_keys_have_the_columns_all_the_same(tmp_path: Path) -> None:
    layers = cases_of(tmp_path, ROW, toml='[cases]\nfile = "c.csv"\nx = "经度"\ny = "纬度"\n')
    case = layers.cases.iloc[0]
    texts = ["subcategory", "channel", "dispatch", "time_limit_unit", "satisfaction", "address"]
    assert (case[[*texts, "place_kind", "grade"]] == "").all()
    assert np.isnan(case["time_limit"])
    assert not case["repeat"]
    assert layers.cases["home"].isna().all()
    assert layers.cases["home"].crs == layers.crs
    assert layers.buildings["special_households"].isna().all()
    assert list(read_area(street(tmp_path / "none")).cases.columns) == list(layers.cases.columns)


def test_two_files_of_cases_join_with_their_homes(tmp_path: Path) -> None:
    plain = '[[cases]]\nfile = "d.csv"\nx = "经度"\ny = "纬度"\n'
    write_csv(tmp_path / "d.csv", [ROW])
    layers = cases_of(tmp_path, ROW, toml=CASES.replace("[cases]", "[[cases]]") + plain)
    assert layers.cases["home"].isna().tolist() == [False, True]
    assert layers.cases["home"].crs == layers.crs


def test_counts_of_care_capacity_and_posts(tmp_path: Path) -> None:
    toml = (BUILDINGS_TOML + 'special_households = "户数"\n' + COMMUNITIES_TOML).strip()
    more = (
        '[facilities]\nfile = "c.csv"\nx = "经度"\ny = "纬度"\ncapacity = "床位"\n'
        '[grids."甲"]\nfile = "communities.csv"\ncrs = "EPSG:4549"\nwkt = "图形"\nworker = "名称"\n'
        '[grids."乙"]\nfile = "g.csv"\ncrs = "EPSG:4549"\nwkt = "图形"\nworker = "网格员姓名"\n'
    )
    folder = street(tmp_path, toml=toml, more=more)
    write_csv(folder / "c.csv", [{**ROW, "床位": "30个"}, {**ROW, "床位": ""}])
    shape = "POLYGON ((500000 3465000, 500010 3465000, 500010 3465010, 500000 3465000))"
    write_csv(folder / "g.csv", [{"网格员姓名": "王某某", "图形": shape}])
    layers = read_area(folder)
    assert layers.buildings["special_households"].tolist() == list(range(10, 100, 10))
    assert layers.facilities["capacity"].fillna(-1).tolist() == [30, -1]
    assert layers.grids["甲"]["worker"].tolist() == ["西社区", "东社区"]
    assert layers.grids["乙"]["worker"].tolist() == [""]


def test_a_follow_up_without_a_building_stays(tmp_path: Path) -> None:
    more = (
        '[visits]\nfile = "v.csv"\nbuilding = "楼"\nvisited = "时"\nkind = "类"\ncase_id = "单"\n'
    )
    folder = street(tmp_path, more=more)
    rows = [("A", "走访", ""), ("", "回访", "TX1"), ("Z", "回访", "TX2"), ("Z", "走访", "")]
    write_csv(
        folder / "v.csv",
        [{"楼": b, "时": "2025-01-02", "类": kind, "单": case} for b, kind, case in rows],
    )
    layers = read_area(folder)
    visits = layers.visits[["building_id", "kind", "case_id"]]
    expected = [("A", "走访", ""), ("", "回访", "TX1"), ("", "回访", "TX2")]
    assert list(visits.itertuples(index=False, name=None)) == expected
    notes = [note for note in layers.notes if note.key == "load.visits_unknown"]
    assert [note.values["count"] for note in notes] == [1]


def test_the_requests_of_st_louis(shared: Path, tmp_path: Path) -> None:
    """Real requests: local feet (Missouri East), the same request twice and more."""
    layers = read_area(st_louis(shared, tmp_path))
    cases = layers.cases
    assert len(cases) == 1_554
    twice = [note.values["count"] for note in layers.notes if note.key == "load.case_ids_twice"]
    assert twice == [int(cases["case_id"].duplicated().sum())]
    assert twice[0] > 0
    west, south, east, north = cases.to_crs(4326).total_bounds
    assert -90.4 < west < east < -90.1
    assert 38.5 < south < north < 38.8
    assert cases["opened"].dt.strftime("%Y-%m").value_counts().idxmax() == "2018-01"
    assert pd.notna(cases["deadline"]).mean() > 0.9


def test_charlestown_says_by_when_and_how(shared: Path, tmp_path: Path) -> None:
    cases = read_area(charlestown(shared, tmp_path)).cases
    assert cases["deadline"].notna().sum() > 2_000
    assert "Constituent Call" in set(cases["channel"])
    assert cases["subcategory"].nunique() > cases["category"].nunique()
