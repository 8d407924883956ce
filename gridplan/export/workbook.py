"""Sheets of Excel as a street office reads them: text that stays text, widths, marks, print."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gridplan.paper import printable
from gridplan.words import say

WHOLE, SHARE, RATIO, TEXT = "#,##0", "0.0%", "0.00", "@"
ABOUT = '"≈"#,##0'

_FONT = "宋体"
_HEAD = PatternFill("solid", fgColor="DCE6F1")
_LINE = Border(*[Side(style="thin", color="A6A6A6")] * 4)
_CELL_MAX = 32_767
_LINE_PT = 15.0
_LAST_NARROW = 0x2E7F
_TITLE_MAX = 60
"""Letters of the name in the page header, which Excel holds to 255 in all with its codes."""
_WRAP_WIDTH = 28  # a text column from here on breaks its lines
_A4_WIDTH = 200  # characters that A4 across still shows legibly
_BOTH = (False, True)


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Parameters
    ----------
    key : str
        Of the frame; the header is the catalogue's ``export.column.<key>``.
    width : float
        In characters.
    number_format : str
        Of Excel; ``@`` for text, so that a 15-digit code stays whole.
    estimate : bool
        Whether the number is italic with ≈ where the row is an estimate.
    head : str
        The header; the catalogue's ``export.column.<key>`` where left out.
    """

    key: str
    width: float
    number_format: str = TEXT
    estimate: bool = False
    head: str = ""


def new_book(title: str) -> Workbook:
    """A workbook without a sheet."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = printable(title), "gridplan"
    return book


def add_sheet(
    book: Workbook,
    title: str,
    columns: Sequence[Column],
    rows: pd.DataFrame,
    name: str,
    sums: Collection[str] = (),
    remark: str = "",
) -> None:
    """Add a sheet with a frozen header, a filter, and a page set up for print.

    Parameters
    ----------
    book : Workbook
        From :func:`new_book`.
    title : str
        Of the sheet.
    columns : sequence of Column
        In their order.
    rows : DataFrame
        Has their keys; where ``estimated`` is true, numbers are marked as estimates.
    name : str
        Of the street, in the page header beside 内部使用.
    sums : collection of str
        Keys of the columns that a last row adds up; no such row where there are none.
    remark : str
        At the right of the page header.
    """
    sheet = book.create_sheet(title)
    _fill(sheet, columns, rows)
    if sums:
        _add_sums(sheet, columns, rows, sums)
    wide = sum(column.width for column in columns) > _A4_WIDTH
    _set_up_print(sheet, name, remark, sheet.PAPERSIZE_A3 if wide else sheet.PAPERSIZE_A4)


def _fill(sheet: Worksheet, columns: Sequence[Column], rows: pd.DataFrame) -> None:
    for position, column in enumerate(columns, start=1):
        head = sheet.cell(1, position)
        _put_text(head, column.head or say(f"export.column.{column.key}"))
        head.font, head.fill, head.border = Font(_FONT, 10.5, bold=True), _HEAD, _LINE
        head.alignment = Alignment("center", "center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(position)].width = column.width
    book = sheet.parent
    styles = {guessed: [_style(book, column, guessed) for column in columns] for guessed in _BOTH}
    for number, row in enumerate(rows.to_dict("records"), start=2):
        guessed = row.get("estimated") is True
        for position, column in enumerate(columns, start=1):
            cell = sheet.cell(number, position)
            cell.style = styles[guessed][position - 1]
            _put(cell, row[column.key], column)
        lines = max(_lines(row[column.key], column) for column in columns)
        sheet.row_dimensions[number].height = _LINE_PT * lines + 3
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "D2" if len(columns) > 10 else "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(len(rows) + 1, 2)}"


def _add_sums(
    sheet: Worksheet, columns: Sequence[Column], rows: pd.DataFrame, sums: Collection[str]
) -> None:
    """The last row, below the filter; an estimate among the rows makes the sum one."""
    about = "estimated" in rows and bool(rows["estimated"].any())
    number = len(rows) + 2
    for position, column in enumerate(columns, start=1):
        cell = sheet.cell(number, position)
        cell.style = _style(sheet.parent, column, about)
        if column.key in sums:
            _put(cell, rows[column.key].sum(), column)
        elif position == 1:
            _put_text(cell, say("export.total"))
        italic = about and column.estimate
        cell.font, cell.fill = Font(_FONT, 10.5, bold=True, italic=italic), _HEAD


def _lines(value: Any, column: Column) -> int:
    """Lines that a text takes in its column; a Chinese letter is two characters wide."""
    if column.number_format != TEXT or column.width < _WRAP_WIDTH:
        return 1
    wide = sum(2 if ord(letter) > _LAST_NARROW else 1 for letter in str(value))
    return max(1, math.ceil(1.1 * wide / column.width))


def _style(book: Workbook, column: Column, guessed: bool) -> str:
    """Name of the style of a column's cells; thousands of cells share a few."""
    about = guessed and column.estimate
    wrap = column.number_format == TEXT and column.width >= _WRAP_WIDTH
    form = ABOUT if about else column.number_format
    name = f"gridplan {form}{' wrap' if wrap else ''}"
    if name not in book.named_styles:
        style = NamedStyle(name, Font(_FONT, 10.5, italic=about), border=_LINE, number_format=form)
        style.alignment = Alignment(vertical="center", wrap_text=wrap)
        book.add_named_style(style)
    return name


def _put(cell: Cell, value: Any, column: Column) -> None:
    if column.number_format == TEXT or isinstance(value, str):
        _put_text(cell, yes_no(value) if isinstance(value, bool) else value)
    elif value is not None and math.isfinite(value):
        cell.value = int(value) if float(value).is_integer() else float(value)


def _put_text(cell: Cell, value: Any) -> None:
    """Text as text: a name that begins with "=" must not become a formula."""
    text = printable("" if value is None else str(value))
    cell.value = text[:_CELL_MAX] or None
    if text:
        cell.data_type = "s"


def _set_up_print(sheet: Worksheet, name: str, remark: str, paper: str) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    sheet.oddHeader.left.text = say("export.internal")
    sheet.oddHeader.center.text = f"{_in_header(name)} {sheet.title}"
    sheet.oddHeader.right.text = _in_header(remark)
    sheet.oddFooter.center.text = say("export.page")


def _in_header(text: str) -> str:
    """Short enough, and no code of Excel's."""
    return printable(text)[:_TITLE_MAX].replace("&", "&&")


def yes_no(value: Any) -> str:
    """Whether, in a word."""
    return say("export.yes" if value else "export.no")
