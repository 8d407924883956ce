"""Cells: the stated rules for numbers, times and flags, and what is personal."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridplan.load import cells, personal


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12", 12), (12, 12), (12.5, 12.5), (" 12 ", 12), ("12.0", 12), ("-3", -3), (".5", 0.5),
        ("1900户", 1900), ("1,234", 1234), ("1，234户", 1234), ("１２３", 123), ("５１栋", 51),
        ("8 层", 8), ("1.5e3", 1500), ("18m", 18),
    ],
)  # fmt: skip
def test_numbers_are_read_by_rule(cell: object, number: float) -> None:
    read = cells.as_numbers(pd.Series([cell], dtype=object))
    assert read.values.tolist() == [number]
    assert not read.unreadable.any()


@pytest.mark.parametrize("cell", ["", None, np.nan, "-", "——", "无", "不详", "NULL", "n/a", pd.NaT])
def test_empty_is_no_number_and_no_fault(cell: object) -> None:
    read = cells.as_numbers(pd.Series([cell], dtype=object))
    assert read.values.isna().all()
    assert not read.unreadable.any()
    assert read.mended == 0


@pytest.mark.parametrize("cell", ["约300", "三十", "12-14", "1,23", "12户3", "inf", "1e999", "户"])
def test_anything_else_is_unreadable(cell: str) -> None:
    read = cells.as_numbers(pd.Series([cell]))
    assert read.unreadable.all()
    assert read.values.isna().all()


@given(st.integers(0, 10**9), st.sampled_from(["", "户", "人"]))
def test_what_a_spreadsheet_formats_comes_back(number: int, unit: str) -> None:
    read = cells.as_numbers(pd.Series([f"{number}{unit}", f"{number:,}{unit}"]))
    assert read.values.tolist() == [number, number]


def test_only_changed_cells_are_counted() -> None:
    read = cells.as_numbers(pd.Series(["12", "12户", "", "1,200", "?"]))
    assert read.mended == 2
    assert read.unreadable.tolist() == [False, False, False, False, True]


@pytest.mark.parametrize(
    "cell",
    ["2024-03-05", "2024/3/5", "2024年3月5日", "20240305", date(2024, 3, 5), datetime(2024, 3, 5)],
)
def test_times_of_a_day(cell: object) -> None:
    read = cells.as_times(pd.Series([cell], dtype=object))
    assert read.values.iloc[0] == pd.Timestamp("2024-03-05")


def test_times_with_format_and_without() -> None:
    read = cells.as_times(pd.Series(["05/03/2024 08:30", "", "soon"]), "%d/%m/%Y %H:%M")
    assert read.values.iloc[0] == pd.Timestamp("2024-03-05 08:30")
    assert read.unreadable.tolist() == [False, False, True]
    assert cells.as_times(pd.Series(["2024年3月5日 08:30"])).values.iloc[0].hour == 8


def test_text_of_whole_floats_has_no_point() -> None:
    texts = cells.as_text(pd.Series([320508001001.0, 2.5, None, " x ", 7], dtype=object))
    assert texts.tolist() == ["320508001001", "2.5", "", "x", "7"]


def test_flags() -> None:
    flags = cells.as_flags(pd.Series(["yes", "是", "1", "no", "", None, True], dtype=object))
    assert flags.tolist() == [True, True, True, False, False, False, True]


@pytest.mark.parametrize(
    "name",
    ["姓名", "户主姓名", "联系人", "联系电话", "手机号", "身份证号", "网格员", "phone", "Tel",
     "owner_name", "E-mail", "id_card", "contact"[:7] + " name"],
)  # fmt: skip
def test_personal_headings(name: str) -> None:
    assert personal.is_personal_heading(name)


@pytest.mark.parametrize(
    "name",
    ["名称", "小区名称", "楼栋名称", "编号", "总户数", "网格员人数", "网格员编制", "hotel", "telephone_count",
     "name", "social", "地址", "空缺数"],
)  # fmt: skip
def test_headings_that_are_not_personal(name: str) -> None:
    assert not personal.is_personal_heading(name)


def test_columns_of_phones_are_found_without_a_heading() -> None:
    frame = pd.DataFrame(
        {
            "备注": ["13812345678", "139 1234 5678", ""],
            "证": ["320508199003071234", "", "32050819900307123X"],
            "楼栋": ["320508001001001", "320508001001002", "1"],
            "户数": [120, 130, 140],
        }
    )
    assert personal.personal_columns(frame) == ["备注", "证"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("王先生13812345678反映噪音", "王先生***反映噪音"),
        ("证件32050819900307123X", "证件***"),
        ("致电0512-65123456", "致电***"),
        ("a.b@mail.example.cn 来信", "*** 来信"),
        ("１３８１２３４５６７８", "***"),
        ("人民路138号12幢", "人民路138号12幢"),
        ("编号320508001001001", "编号320508001001001"),
    ],
)
def test_numbers_in_free_text_are_blotted_out(text: str, clean: str) -> None:
    texts, count = personal.blotted(pd.Series([text]))
    assert texts.tolist() == [clean]
    assert count == int(text != clean)
