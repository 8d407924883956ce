"""Every kind of bad input, each with the one fault that it must give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gridplan.errors import Fault, InputError
from gridplan.load import read_area
from tests.written import (
    BUILDINGS_TOML,
    COMMUNITIES_TOML,
    EAST,
    WEST,
    box,
    nine,
    street,
    two,
    write_csv,
)

BOTH = BUILDINGS_TOML + COMMUNITIES_TOML
Write = Callable[[Path], Any]


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        read_area(folder)
    for fault in caught.value.faults:
        for language in ("zh", "en"):
            told = fault.text(language)
            assert "{" not in told
            assert "load." not in told
    return caught.value.faults


def place(fault: Fault) -> tuple[str, str, int | None, str]:
    return (fault.key.removeprefix("load."), fault.file, fault.row, fault.column)


def changed(row: int, **cells: object) -> list[dict[str, object]]:
    """The nine buildings with some cells of one of them changed, counted from 0."""
    rows = nine()
    rows[row].update(cells)
    return rows


def toml(old: str, new: str) -> str:
    assert old in BOTH
    return BOTH.replace(old, new)


@dataclass(frozen=True)
class Case:
    """One bad area and the faults that it must give: key, file, row, column."""

    name: str
    write: Write
    faults: tuple[tuple[str, str, int | None, str], ...]


A, B, C = "area.toml", "buildings.csv", "communities.csv"


def raw(text: str, name: str = B, encoding: str = "utf-8") -> Write:
    """The street with one of its files replaced."""
    return lambda folder: (street(folder) / name).write_text(text, encoding=encoding)


CASES = (
    # area.toml
    Case("no area.toml", lambda f: f.mkdir(), (("no_area", A, None, ""),)),
    Case("syntax", raw('name = "x\n', A), (("area_syntax", A, None, ""),)),
    Case("not UTF-8", raw('name = "街道"\n', A, "gb18030"), (("area_not_utf8", A, None, ""),)),
    Case("other version", lambda f: street(f, toml=BOTH) and (f / A).write_text(
        "version = 2\n" + BOTH, "utf-8"), (("version", A, None, "version"),)),
    Case("typo in a key", lambda f: street(f, toml=toml("households =", "housholds =")),
         (("unknown_key", A, None, "buildings.housholds"),)),
    Case("unknown key", lambda f: street(f, more="zzz = 1"),
         (("unknown_key_far", A, None, "communities.zzz"),)),
    Case("typo in a table", lambda f: street(f, toml=toml("[communities]", "[comunities]")),
         (("unknown_key", A, None, "comunities"),)),
    Case("table as a key", lambda f: street(f, toml='streets = "s.shp"\n' + BOTH),
         (("not_a_table", A, None, "streets"),)),
    Case("grids without a name", lambda f: street(f, more='[grids]\nfile = "g.gpkg"'),
         (("grids_unnamed", A, None, "grids"),)),
    Case("no such base", lambda f: street(f, toml='base = "城管"\n' + BOTH),
         (("no_base", A, None, "base"),)),
    Case("number for a column", lambda f: street(f, toml=toml('"户数"', "3")),
         (("wants.column", A, None, "buildings.households"),)),
    Case("text for a number", lambda f: street(f, more='[households]\ntotal = "many"'),
         (("wants.number", A, None, "households.total"),)),
    Case("unknown datum", lambda f: street(f, toml=toml("[communities]", '[communities]\ndatum = "BD09"')),
         (("wants.datum", A, None, "communities.datum"),)),
    Case("share of two", lambda f: street(f, more="[buildings.uses]\nR = { share = 2 }"),
         (("wants.uses", A, None, "buildings.uses.R"),)),
    Case("no buildings table", lambda f: street(f, toml=COMMUNITIES_TOML),
         (("no_buildings", A, None, "buildings.file"),)),
    Case("no file", lambda f: street(f, more='[streets]\nname = "路名"'),
         (("no_file_key", A, None, "streets.file"),)),
    Case("half a point", lambda f: street(f, toml=toml('wkt = "图形"\nid', 'x = "X"\nid')),
         (("half_a_point", A, None, "buildings"),)),
    Case("visits of nothing", lambda f: write_csv(street(f, more='[visits]\nfile = "v.csv"') / "v.csv", [{"楼": "A"}]),
         (("key_needed", A, None, "visits.building"), ("key_needed", A, None, "visits.visited"))),
    Case("system in degrees", lambda f: street(f, toml='crs = "EPSG:4490"\n' + BOTH),
         (("not_metric", A, None, "crs"),)),
    Case("unknown system", lambda f: street(f, toml='crs = "Xian"\n' + BOTH),
         (("unknown_crs", A, None, "crs"),)),
    Case("no counts to take", lambda f: street(f, more='[households]\nsource = "compounds"'),
         (("source_missing", A, None, "households.source"),)),
    # files
    Case("missing file", lambda f: street(f, skip=["buildings"]), (("no_file", B, None, ""),)),
    Case("misspelt file", lambda f: street(f, toml=toml('"buildings.csv"', '"building.csv"')),
         (("no_file_near", "building.csv", None, ""),)),
    Case("HTML as CSV", raw("<!DOCTYPE html><html><body>请登录</body></html>"),
         (("html", B, None, ""),)),
    Case("workbook as CSV", lambda f: (street(f) / B).write_bytes(b"PK\x03\x04rest"),
         (("workbook_as_csv", B, None, ""),)),
    Case("old workbook", lambda f: street(f, toml=toml('"buildings.csv"', '"b.xls"')) and (
        f / "b.xls").write_bytes(b"\xd0\xcf"), (("old_excel", "b.xls", None, ""),)),
    Case("broken workbook", lambda f: street(f, toml=toml('"buildings.csv"', '"b.xlsx"')) and (
        f / "b.xlsx").write_bytes(b"PK\x03\x04"), (("unreadable", "b.xlsx", None, ""),)),
    Case("picture", lambda f: street(f, toml=toml('"buildings.csv"', '"b.png"')) and (
        f / "b.png").write_bytes(b"\x89PNG"), (("unknown_kind", "b.png", None, ""),)),
    Case("broken GeoJSON", lambda f: street(f, toml=toml('"buildings.csv"', '"b.geojson"')) and (
        f / "b.geojson").write_text('{"type": "Feat'), (("unreadable", "b.geojson", None, ""),)),
    Case("wrong encoding", lambda f: street(
        f, toml=toml("[communities]", '[communities]\nencoding = "ascii"')),
         (("encoding", C, None, ""),)),
    Case("empty file", raw(""), (("no_headings", B, 1, ""),)),
    Case("comma too many", raw(f'编号,户数,图形\nA,1,2,"{box(0, 0)}"\n'),
         (("too_wide", B, 2, ""), ("bad_wkt", B, 2, "图形"))),
    # columns
    Case("missing column", lambda f: street(f, toml=toml('"户数"', '"居民"')),
         (("no_column", B, None, "居民"),)),
    Case("misspelt column", lambda f: street(f, toml=toml('"户数"', '"总户数"')),
         (("no_column_near", B, None, "总户数"),)),
    Case("text for households", lambda f: street(f, buildings=changed(3, 户数="约三十")),
         (("not_a_number", B, 5, "户数"),)),
    Case("negative households", lambda f: street(f, buildings=changed(0, 户数=-1)),
         (("negative", B, 2, "户数"),)),
    Case("absurd households", lambda f: street(f, buildings=changed(8, 户数="81,535户")),
         (("too_many", B, 10, "户数"),)),
    Case("id twice", lambda f: street(f, buildings=changed(4, 编号="A")),
         (("id_twice", B, 6, ""),)),
    Case("id empty", lambda f: street(f, buildings=changed(4, 编号="")),
         (("id_empty", B, 6, ""),)),
    # geometry
    Case("no geometry", lambda f: street(f, buildings=changed(2, 图形="")),
         (("no_geometry", B, 4, ""),)),
    Case("empty polygon", lambda f: street(f, buildings=changed(2, 图形="POLYGON EMPTY")),
         (("no_geometry", B, 4, ""),)),
    Case("broken WKT", lambda f: street(f, buildings=changed(2, 图形="POLYGON ((0 0")),
         (("bad_wkt", B, 4, "图形"),)),
    Case("polygon without area", lambda f: street(f, buildings=changed(
        2, 图形="POLYGON ((500000 3465000, 500010 3465000, 500000 3465000, 500000 3465000))")),
         (("hopeless", B, 4, ""),)),
    Case("table without place", lambda f: street(f, toml=toml(
        'crs = "EPSG:4549"\nwkt = "图形"\nid', "id")), (("no_geometry_at_all", B, None, ""),)),
    Case("lines for communities", lambda f: street(f, communities=[
        {"代码": WEST, "名称": "西", "图形": "LINESTRING (500000 3465000, 500050 3465000)"}]),
         (("only_wrong_shapes", C, None, ""),)),
    # coordinates
    Case("no system", lambda f: street(f, toml=toml('crs = "EPSG:4549"\nwkt = "图形"\nid',
                                                    'wkt = "图形"\nid')),
         (("no_crs", B, None, "buildings.crs"),)),
    Case("unknown system of a file", lambda f: street(f, toml=toml(
        'crs = "EPSG:4549"\nwkt = "图形"\nid', 'crs = "EPSG:99999"\nwkt = "图形"\nid')),
         (("unknown_crs", B, None, "buildings.crs"),)),
    Case("metres called degrees", lambda f: street(f, toml=toml(
        'crs = "EPSG:4549"\nwkt = "图形"\nid', 'crs = "EPSG:4326"\nwkt = "图形"\nid')),
         (("not_degrees", B, None, "buildings.crs"),)),
    Case("swapped", lambda f: write_csv(street(f, toml='[buildings]\nfile = "p.csv"\nx = "x"\ny = "y"') / "p.csv",
                                        [{"x": 31.3, "y": 120.6}]),
         (("swapped", "p.csv", None, "buildings.crs"),)),
    Case("layer far away", lambda f: write_csv(street(
        f, more='[facilities]\nfile = "f.csv"\nx = "x"\ny = "y"') / "f.csv", [{"x": 116.4, "y": 39.9}]),
         (("elsewhere", "f.csv", None, ""),)),
    Case("building on another continent", lambda f: street(
        f, toml=BUILDINGS_TOML, buildings=changed(4, 图形=box(900_000, 0))),
         (("stray", B, 6, ""),)),
    Case("building at zero degrees", lambda f: write_csv(street(
        f, toml='[buildings]\nfile = "p.csv"\nx = "x"\ny = "y"') / "p.csv",
        [{"x": 120.6, "y": 31.3}, {"x": 120.6, "y": 31.3}, {"x": 0, "y": 0}]),
         (("no_geometry", "p.csv", 4, ""),)),
    # between layers
    Case("code of eleven digits", lambda f: street(f, communities=[{**two()[0], "代码": "32050800100"}, two()[1]]),
         (("bad_code", C, 2, ""),)),
    Case("code twice", lambda f: street(f, communities=[two()[0], {**two()[1], "代码": WEST}]),
         (("code_twice", C, 3, ""),)),
    Case("communities overlap", lambda f: street(
        f, communities=[two()[0], {**two()[1], "图形": box(30, -10, 50, 90)}]),
         (("communities_overlap", C, 3, ""),)),
    Case("buildings outside", lambda f: street(f, communities=[{**two()[0], "图形": box(-10, -10, 30, 90)}]),
         (("outside", B, 4, ""), ("outside", B, 7, ""), ("outside", B, 10, ""))),
    Case("unknown class", lambda f: street(
        f, more='class = "类别"', communities=[{**row, "类别": "城乡结合部"} for row in two()[:1]] + [
            {**two()[1], "类别": "城镇"}]), (("bad_class", C, 2, ""),)),
    Case("unknown community of a building", lambda f: street(
        f, toml=toml('id = "编号"', 'id = "编号"\ncommunity = "社区"'),
        buildings=[{**row, "社区": EAST if row["编号"] != "D" else "320508001009"} for row in nine()]),
         (("community_unknown", B, 5, ""),)),
    Case("barrier of no kind", lambda f: write_csv(street(
        f, more='[barriers]\nfile = "z.csv"\ncrs = "EPSG:4549"\nwkt = "图形"\nkind = "类型"') / "z.csv",
        [{"类型": "绿化带", "图形": box(45, 0, 2, 9)}]), (("barrier_kind", "z.csv", None, "类型"),)),
    Case("totals of nothing", lambda f: write_csv(street(
        f, more='[totals]\nfile = "t.csv"\ncrs = "EPSG:4549"\nwkt = "图形"') / "t.csv",
        [{"图形": box(0, 0, 90, 90)}]), (("no_totals", "t.csv", None, ""),)),
    Case("counts that match no building", lambda f: write_csv(street(
        f, more='[households]\nfile = "h.csv"\nkey = "号"\nvalue = "户"') / "h.csv",
        [{"号": "X", "户": 1}]), (("no_match", "h.csv", None, "key"),)),
    Case("counts twice", lambda f: write_csv(street(
        f, more='[households]\nfile = "h.csv"\nkey = "号"\nvalue = "户"') / "h.csv",
        [{"号": "A", "户": 1}, {"号": "A", "户": 2}]), (("id_twice", "h.csv", 3, ""),)),
    Case("roster of a stranger", lambda f: write_csv(street(
        f, more='[roster]\nfile = "r.csv"\ncommunity = "社区"') / "r.csv",
        [{"社区": "西社区"}, {"社区": "南社区"}]), (("community_unknown", "r.csv", 3, "社区"),)),
    Case("times that are none", lambda f: write_csv(street(
        f, more='[cases]\nfile = "c.csv"\nx = "x"\ny = "y"\nopened = "时间"') / "c.csv",
        [{"x": 120.0, "y": 31.3, "时间": "上周"}]), (("not_times", "c.csv", None, "时间"),)),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_named(case: Case, tmp_path: Path) -> None:
    case.write(tmp_path / "area")
    assert tuple(place(fault) for fault in faults_of(tmp_path / "area")) == case.faults


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    rows = changed(0, 户数=-1)
    rows[1]["图形"] = ""
    rows[2]["户数"] = "无数"
    folder = street(tmp_path, buildings=rows, more='difficulty = "难度"')
    keys = [fault.key for fault in faults_of(folder)]
    assert keys == ["load.not_a_number", "load.negative", "load.no_geometry", "load.no_column"]


def test_a_typo_is_answered_with_the_right_key(tmp_path: Path) -> None:
    folder = street(tmp_path, toml=BOTH.replace("households =", "housholds ="))
    text = faults_of(folder)[0].text("zh")
    assert "housholds" in text
    assert "改为“households”" in text


def test_a_missing_column_is_answered_with_those_that_exist(tmp_path: Path) -> None:
    folder = street(tmp_path, toml=BOTH.replace('"户数"', '"总户数"'))
    text = faults_of(folder)[0].text("en")
    assert "is “户数” meant?" in text
    assert "编号, 户数, 图形" in text


def test_syntax_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "area.toml").write_text('version = 1\nname = 桃源"\n', encoding="utf-8")
    assert "line 2" in faults_of(tmp_path)[0].text("en")


def test_many_rows_of_one_fault_share_a_line(tmp_path: Path) -> None:
    rows = [{**nine()[0], "编号": f"B{number}", "户数": "?"} for number in range(60)]
    faults = faults_of(street(tmp_path, buildings=rows))
    assert [fault.row for fault in faults[:20]] == list(range(2, 22))
    assert len(faults) == 21
    assert faults[20].values == {"count": 40, "rows": "22–61"}
