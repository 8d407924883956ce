"""Two states as a workbook and a list, read back by those who will read them."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from gridplan.edit import Differences, compare_divisions
from gridplan.errors import GridplanError
from gridplan.export.comparison import write_comparison, write_moved_buildings
from gridplan.prepared import Prepared
from tests.nine import PRESENT, division
from tests.written import WEST

HEADS = {
    "概况": ["项目", "调整前", "调整后"],
    "网格对照": ["所属社区（村）", "调整后网格编码", "调整类型", "原网格编码（户数占比）",
             "调整前网格编码", "调整前户数", "调整后户数", "调入户数", "调出户数",
             "调整前网格员（岗位）", "调整后网格员（岗位）"],
    "新旧对照": ["调整前网格编码", "调整后网格编码", "户数", "占调整前网格户数", "占调整后网格户数",
             "是否延续"],
    "变动楼栋清单": ["楼栋编号", "楼栋名称", "地址", "户数", "是否估算", "调整前网格编码",
               "调整后网格编码", "调整前网格员（岗位）", "调整后网格员（岗位）"],
    "问题清单": ["变化", "规则", "网格编码", "调整前", "调整后", "限值", "问题说明"],
}  # fmt: skip


@pytest.fixture(scope="module")
def differences(nine: Prepared) -> Differences:
    return compare_divisions(nine, division(PRESENT), division("P1P2Q1P2P2Q1n1P3--"))


@pytest.fixture(scope="module")
def book(differences: Differences, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = tmp_path_factory.mktemp("book") / "对比.xlsx"
    write_comparison(differences, path, before="现有网格", after="方案二", today=date(2026, 7, 1))
    return load_workbook(path)


def rows(book: Workbook, sheet: str) -> list[tuple[Any, ...]]:
    return list(book[sheet].iter_rows(min_row=2, values_only=True))


def test_sheets_and_heads(book: Workbook) -> None:
    assert {sheet.title: [cell.value for cell in sheet[1]] for sheet in book} == HEADS
    for sheet in book:
        assert sheet.freeze_panes in ("A2", "D2")
        assert sheet.oddHeader.left.text == "内部使用"
        assert all(sheet.column_dimensions[cell.column_letter].width > 5 for cell in sheet[1])


def test_summary_says_what_is_compared_and_when(book: Workbook) -> None:
    told = {name: pair for name, *pair in rows(book, "概况")}
    assert told["对比内容"] == ["现有网格", "方案二"]
    assert told["网格数（个）"] == [4, 5]
    assert told["需要网格员（一格一员，名）"] == [4, 5]
    assert told["核定网格员（名）"] == [4, 4]
    assert told["未划入网格的户数"] == [90, 90]
    assert told["其中：低于下限"] == [4, 5]
    assert told["变动户数"] == [None, 90]
    assert told["变动户数占总户数"] == [None, "20.0%"]
    assert told["网格变动：整合（个）"] == [None, 1]
    assert told["制表日期"] == [None, "2026-07-01"]
    assert "内部使用" in told["标注"]


def test_grids_with_totals(book: Workbook) -> None:
    *grids, total = rows(book, "网格对照")
    west = next(row for row in grids if row[1] == f"{WEST}001")
    assert west[2:9] == ("拆分", "P3（100.0%）", None, 0, 70, 70, 0)
    merged = next(row for row in grids if row[1] == "P2")
    assert merged[3] == "P2（81.8%）、P1（18.2%）" or set(merged[3].split("、")) == {
        "P2（81.8%）", "P1（18.2%）",
    }  # fmt: skip
    assert total == ("合计", None, None, None, None, 360, 360, 90, 90, None, None)


def test_codes_are_text_and_nothing_is_a_formula(book: Workbook) -> None:
    sheet = book["变动楼栋清单"]
    *buildings, total = sheet.iter_rows(min_row=2)
    assert [row[0].value for row in buildings] == ["G", "B"]
    for row in buildings:
        assert all(cell.data_type in "sn" for cell in row)
        assert row[2].value.startswith("=长街")
        assert row[2].data_type == "s"
        assert row[6].number_format == "@"
    assert buildings[0][6].value == f"{WEST}001"
    assert (total[0].value, total[3].value) == ("合计", 90)
    assert sheet.auto_filter.ref == "A1:I3"  # the sum is not sorted away


def test_no_grid_is_said_in_words(book: Workbook) -> None:
    *pairs, total = rows(book, "新旧对照")
    assert ("未划入网格", "未划入网格", 90, 1, 1, "是") in pairs
    assert total[2] == 450
    faults = rows(book, "问题清单")
    assert faults[0] == (
        "新出现",
        "低于下限",
        f"{WEST}001",
        None,
        70,
        300,
        "70 户，低于下限 300 户",
    )
    assert faults[-1][:3] == ("仍存在", "未划入任何网格", "未划入网格")


def test_estimates_are_marked(differences: Differences, tmp_path: Path) -> None:
    guessed = replace(
        differences,
        buildings=differences.buildings.assign(estimated=[True, False]),
        units=differences.units.assign(estimated=True),
    )
    path = tmp_path / "a.xlsx"
    write_comparison(guessed, path)
    book = load_workbook(path)
    sheet = book["变动楼栋清单"]
    assert [sheet.cell(row, 4).number_format for row in (2, 3, 4)] == [
        '"≈"#,##0', "#,##0", '"≈"#,##0',
    ]  # fmt: skip
    assert [sheet.cell(row, 4).font.italic for row in (2, 3, 4)] == [True, False, True]
    told = {name: pair for name, *pair in rows(book, "概况")}
    assert told["变动户数"] == [None, "≈90"]
    assert told["对比内容"] == ["调整前", "调整后"]


def test_list_for_any_program(differences: Differences, tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    write_moved_buildings(differences, path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *lines = list(csv.reader(file))
    assert head == HEADS["变动楼栋清单"]
    assert lines == [
        ["G", "G楼", "=长街G号", "70", "否", "P3", f"{WEST}001", "P3岗", ""],
        ["B", "B楼", "=长街B号", "20", "否", "P1", "P2", "P1岗", "P2岗"],
    ]


def test_nothing_moves(nine: Prepared, tmp_path: Path) -> None:
    same = compare_divisions(nine, division(PRESENT), division(PRESENT))
    write_comparison(same, tmp_path / "a.xlsx")
    sheet = load_workbook(tmp_path / "a.xlsx")["变动楼栋清单"]
    assert [cell.value for cell in sheet[2]][:4] == ["合计", None, None, 0]
    write_moved_buildings(same, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text("utf-8-sig").count("\n") == 1


def test_a_disk_that_refuses_is_told(differences: Differences, tmp_path: Path) -> None:
    for write in (write_comparison, write_moved_buildings):
        with pytest.raises(GridplanError, match="nowhere"):
            write(differences, tmp_path / "nowhere" / "a")
