"""Cells of a table as text, numbers, times and flags, by stated rules."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

EMPTY_WORDS = frozenset(
    (
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "无",
        "暂无",
        "不详",
        "未知",
        "nan",
        "none",
        "null",
        "n/a",
        "na",
    )
)
"""What stands for an empty cell in a number or time column, compared in lower case."""

TRUE_WORDS = frozenset(
    ("1", "yes", "true", "t", "y", "是", "有", "重复", "viaduct", "building_passage")
)
"""What says yes in a flag column, compared in lower case."""

_UNITS = "户|戶|人|口|栋|幢|座|层|楼|米|个|名|岗|m|F|f"
_NUMBER = re.compile(rf"([-+]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d*)?|[-+]?\.\d+)\s*(?:{_UNITS})?")
_PLAIN = re.compile(r"[-+]?\d+(\.\d+)?")
_CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?\s*")
_UNSURE_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column read as numbers.

    Parameters
    ----------
    values : Series of float
        NaN where empty or unreadable.
    unreadable : Series of bool
        Cells that hold something else than a number.
    mended : int
        Cells read by rule: full-width digits, thousands separators, a unit behind the number.
    """

    values: pd.Series
    unreadable: pd.Series
    mended: int


@dataclass(frozen=True, eq=False)
class Times:
    """A column read as times without a zone.

    Parameters
    ----------
    values : Series of datetime64
        NaT where empty or unreadable.
    unreadable : Series of bool
        Cells that hold something else than a time.
    """

    values: pd.Series
    unreadable: pd.Series


def as_text(cells: pd.Series) -> pd.Series:
    """Trimmed text; "" where empty; whole numbers without a decimal point."""
    return pd.Series([_text(cell) for cell in cells], index=cells.index, dtype=object)


def _text(cell: Any) -> str:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    text = str(cell).strip()
    return "" if text in ("nan", "<NA>") else text


def as_numbers(cells: pd.Series) -> Numbers:
    """Numbers by the rule of ``docs/area.md``: one number, a unit of count behind it allowed.

    Full-width digits count as digits, ``1,234`` is 1234, ``1900户`` is 1900; a few words stand
    for empty (`EMPTY_WORDS`). Anything else is unreadable.
    """
    values, unreadable, mended = [], [], 0
    for text in as_text(cells):
        number, is_plain = _number(text)
        values.append(np.nan if number is None else number)
        unreadable.append(number is None and not is_plain)
        mended += number is not None and not is_plain
    index = cells.index
    return Numbers(
        pd.Series(values, index, dtype=float), pd.Series(unreadable, index, dtype=bool), mended
    )


def _number(text: str) -> tuple[float | None, bool]:
    """The number, and whether the cell was plain (a bare number, or empty)."""
    if _PLAIN.fullmatch(text) and text.isascii():
        return float(text), True
    normal = unicodedata.normalize("NFKC", text).strip()
    if normal.lower() in EMPTY_WORDS:
        return None, True
    found = _NUMBER.fullmatch(normal)
    if found:
        return float(found[1].replace(",", "")), False
    try:
        number = float(normal)  # 1e3, as spreadsheets write long numbers
    except ValueError:
        return None, False
    return (number, False) if np.isfinite(number) else (None, False)


def as_times(cells: pd.Series, time_format: str | None = None) -> Times:
    """Times in local time; ``2024年3月5日`` is read too.

    Parameters
    ----------
    cells : Series
        Of anything.
    time_format : str, optional
        Format of `datetime.strptime`, needed where day and month stand in an unusual order.
    """
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        naive = cells.dt.tz_localize(None) if cells.dt.tz is not None else cells
        return Times(naive.astype("datetime64[us]"), pd.Series(False, cells.index))
    text = as_text(cells).str.replace(_CHINESE_DATE, r"\1-\2-\3 ", regex=True).str.strip()
    empty = text.str.lower().isin(EMPTY_WORDS)
    values = pd.Series(pd.NaT, cells.index, dtype="datetime64[us]")
    if not empty.all():
        read = pd.to_datetime(
            text[~empty], format=time_format or "mixed", errors="coerce", utc=time_format is None
        )
        naive = read.dt.tz_localize(None) if read.dt.tz is not None else read
        values[~empty] = naive.astype("datetime64[us]")
    return Times(values, ~empty & values.isna())


def mostly(mask: pd.Series) -> bool:
    """Whether more than half of the cells are marked: then the column is the wrong one."""
    return bool(len(mask)) and float(mask.mean()) > _UNSURE_SHARE


def as_flags(cells: pd.Series) -> pd.Series:
    """True where the cell says yes (`TRUE_WORDS`), False elsewhere."""
    return as_text(cells).str.lower().isin(TRUE_WORDS)
