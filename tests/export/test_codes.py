"""The workbook of codes: codes stay text, numbers stay numbers."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pandas as pd

from gridplan.export.codes import SHEETS, codes_book

CODE = "320508001001001"
TABLES = {
    "codes": pd.DataFrame(
        [(CODE, "新编", "桃源社区", 400, 1048, "G-17（100.0%）", True)],
        columns=[*(column.key for column in SHEETS["codes"]), "estimated"],
    ),
    "lineage": pd.DataFrame(
        [("G-17", CODE, 400, 0.8, 1.0, False)],
        columns=[column.key for column in SHEETS["lineage"]],
    ),
    "retired": pd.DataFrame(
        [("000000000000017", "城管网格", "2026-09-01", f"{CODE}（400 户）")],
        columns=[column.key for column in SHEETS["retired"]],
    ),
}


def test_codes_are_text_under_chinese_words() -> None:
    book = openpyxl.load_workbook(BytesIO(codes_book("桃源街道", "秋&冬 版本 1", TABLES)))
    assert book.sheetnames == ["网格编码", "新旧编码对照", "停用编码"]
    codes, lineage, retired = book.worksheets
    assert [cell.value for cell in codes[1]] == [
        "新编码", "编码来源", "所属社区（村）", "户数", "人口", "原网格编码（户数占比）",
    ]  # fmt: skip
    for cell, text in ((codes["A2"], CODE), (lineage["B2"], CODE), (retired["A2"], f"{17:015d}")):
        assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")
    assert (codes["D2"].value, codes["D2"].number_format) == (400, '"≈"#,##0')
    assert (codes["A3"].value, codes["D3"].value, codes["E3"].value) == ("合计", 400, 1048)
    assert [cell.value for cell in lineage[2]][2:] == [400, 0.8, 1, "否"]
    assert [cell.value for cell in retired[2]][1:] == [
        "城管网格",
        "2026-09-01",
        f"{CODE}（400 户）",
    ]
    assert codes.oddHeader.right.text == "秋&&冬 版本 1"


def test_a_first_version_retires_nothing() -> None:
    empty = {name: table.iloc[:0] for name, table in TABLES.items()}
    book = openpyxl.load_workbook(BytesIO(codes_book("桃源街道", "", empty)))
    assert book["停用编码"].max_row == 1
