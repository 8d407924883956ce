"""Cells of a table as text, numbers, times and flags, by stated rules."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
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
_NOTHING = frozenset(("nan", "<NA>"))


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
    """Trimmed text; "" where empty; whole numbers without a decimal point.

    Equal texts are one object: a million cases have few categories.
    """
    stripped = [cell.strip() if type(cell) is str else _text(cell) for cell in cells]
    one: dict[str, str] = dict.fromkeys(_NOTHING, "")
    texts = [one.setdefault(text, text) for text in stripped]
    return pd.Series(texts, index=cells.index, dtype=object)


def first_texts(cells: pd.Series, most: int) -> list[str]:
    """The texts of the first filled cells, so many at the most."""
    return list(islice((text for text in map(_text, cells) if text), most))


def _text(cell: Any) -> str:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    text = str(cell).strip()
    return "" if text in _NOTHING else text


def as_numbers(cells: pd.Series) -> Numbers:
    """Numbers by the rule of ``docs/area.md``: one number, a unit of count behind it allowed.

    Full-width digits count as digits, ``1,234`` is 1234, ``1900户`` is 1900; a few words stand
    for empty (`EMPTY_WORDS`). Anything else is unreadable.
    """
    place, texts = pd.factorize(as_text(cells).to_numpy(dtype=object))
    read = [_number(text) for text in texts]
    known = np.array([number is not None for number, _ in read], dtype=bool)
    plain = np.array([is_plain for _, is_plain in read], dtype=bool)
    values = np.array([np.nan if number is None else number for number, _ in read], dtype=float)
    index = cells.index
    return Numbers(
        pd.Series(values[place], index),
        pd.Series((~known & ~plain)[place], index),
        int((known & ~plain)[place].sum()),
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
    text = as_text(cells)
    if text.str.contains("年", regex=False).any():
        text = text.str.replace(_CHINESE_DATE, r"\1-\2-\3 ", regex=True).str.strip()
    empty = text.str.lower().isin(EMPTY_WORDS)
    values = pd.Series(pd.NaT, cells.index, dtype="datetime64[us]")
    for form in (time_format,) if time_format else ("ISO8601", "mixed"):  # the first is fast
        left = ~empty & values.isna()
        if left.any():
            values[left] = _read_times(text[left], form)
    return Times(values, ~empty & values.isna())


def _read_times(text: pd.Series, form: str) -> pd.Series:
    """Times without a zone, in that of the file; NaT where they cannot be read."""
    plain = form in ("ISO8601", "mixed")
    read = pd.to_datetime(text, format=form, errors="coerce", utc=plain)
    naive = read.dt.tz_localize(None) if read.dt.tz is not None else read
    return naive.astype("datetime64[us]")


def mostly(mask: pd.Series) -> bool:
    """Whether more than half of the cells are marked: then the column is the wrong one."""
    return bool(len(mask)) and float(mask.mean()) > _UNSURE_SHARE


def as_flags(cells: pd.Series) -> pd.Series:
    """True where the cell says yes (`TRUE_WORDS`), False elsewhere."""
    return as_text(cells).str.lower().isin(TRUE_WORDS)
