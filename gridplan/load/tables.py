"""CSV files and workbooks as frames of cells, with the line of each row."""

from __future__ import annotations

import csv
import gzip
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import compress, zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
from numpy.typing import NDArray

from gridplan.load.encodings import text_encoding
from gridplan.load.gate import Gate

Table = tuple[pd.DataFrame, NDArray[np.int64]]

_HTML = re.compile(rb"^\s*(<!doctype html|<html|<head|<table|<meta|<\?xml[^>]*>\s*<html)", re.I)
_ZIP = b"PK\x03\x04"


def read_table(path: Path, file: str, options: Mapping[str, Any], gate: Gate) -> Table | None:
    """Read a CSV file or one sheet of a workbook.

    Parameters
    ----------
    path : Path
        The file; ``.csv.gz`` is unpacked on the way.
    file : str
        As the user wrote it.
    options : mapping
        ``encoding``, ``layer`` (sheet) and ``header`` (row of the headings, from 1), where given.
    gate : Gate
        Takes what is wrong.

    Returns
    -------
    (DataFrame, int array) or None
        Cells, without rows that are wholly empty, and the row of each in the file.
    """
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    header = int(options.get("header", 1))
    if _HTML.match(raw[:400].removeprefix(b"\xef\xbb\xbf")):
        gate.fault("load.html", file=file)
        return None
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        grid = _sheet(raw, file, options.get("layer"), gate)
    elif raw.startswith(_ZIP):
        gate.fault("load.workbook_as_csv", file=file)
        return None
    else:
        grid = _lines(raw, file, options.get("encoding"), gate)
    return None if grid is None else _framed(grid, header, file, gate)


def _lines(raw: bytes, file: str, encoding: str | None, gate: Gate) -> list[list[Any]] | None:
    encoding = encoding or text_encoding(raw)
    try:
        if encoding is None:
            raise UnicodeError("no encoding fits")
        text = raw.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except (UnicodeError, LookupError):
        gate.fault("load.encoding", file=file, encoding=encoding or "?")
        return None
    head = text[: text.find("\n")] if "\n" in text else text
    mark = max(",;\t，", key=head.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))


def _sheet(raw: bytes, file: str, name: str | None, gate: Gate) -> list[list[Any]] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # openpyxl on styles it does not know
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        gate.fault("load.unreadable", file=file, detail="xlsx")
        return None
    with closing(book):
        if name is not None and name not in book.sheetnames:
            sheets = ", ".join(book.sheetnames)
            gate.fault("load.no_layer", file=file, layer=name, layers=sheets)
            return None
        sheet = book[name] if name is not None else book.worksheets[0]
        sheet.reset_dimensions()
        return [list(row) for row in sheet.iter_rows(values_only=True)]


def _framed(grid: list[list[Any]], header: int, file: str, gate: Gate) -> Table | None:
    headings = [_heading(cell) for cell in grid[header - 1]] if len(grid) >= header else []
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        gate.fault("load.no_headings", file=file, row=header)
        return None
    width = len(headings)
    filled = np.array([_is_filled(row) for row in grid[header:]], dtype=bool)
    numbers = np.flatnonzero(filled) + header + 1
    columns = list(zip_longest(*compress(grid[header:], filled), fillvalue=""))
    if len(columns) > width:
        beyond = np.array([_is_filled(cells) for cells in zip(*columns[width:], strict=True)])
        gate.fault_rows("load.too_wide", numbers[beyond], file=file, width=width)
    columns = columns[:width] + [("",) * len(numbers)] * (width - len(columns))
    unique = [name or f"#{place}" for place, name in enumerate(headings, start=1)]
    gate.note("load.heading_twice", file=file, count=len(unique) - len(set(unique)))
    cells = pd.DataFrame(dict(enumerate(columns)), dtype=object)
    return cells.set_axis(_told_apart(unique), axis=1), numbers


def _is_filled(cells: Sequence[Any]) -> bool:
    return any(cell not in (None, "") for cell in cells)


def _heading(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _told_apart(names: list[str]) -> list[str]:
    """The second column of a name is called ``name (2)``."""
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told
