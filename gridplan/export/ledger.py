"""``ledger.xlsx``: the ledger of grids (网格台账) as a street office keeps it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gridplan.analyse.compare import Comparison
from gridplan.certificate import certificate, estimate_note, rule_sentences
from gridplan.paper import printable
from gridplan.plan import Plan
from gridplan.words import say

LEDGER = "ledger.xlsx"

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
    """

    key: str
    width: float
    number_format: str = TEXT
    estimate: bool = False


GRID_SHEET = (
    Column("number", 6, WHOLE), Column("code", 19), Column("name", 20), Column("grid_type", 10),
    Column("community_name", 14), Column("community", 15), Column("residence_class", 9),
    Column("east", 14), Column("south", 14), Column("west", 14), Column("north", 14),
    Column("area_m2", 13, WHOLE), Column("perimeter_m", 11, WHOLE), Column("buildings", 8, WHOLE),
    Column("households", 9, WHOLE, True), Column("people", 9, WHOLE, True),
    Column("estimated", 9), Column("estimated_share", 10, SHARE), Column("lower", 8, WHOLE),
    Column("upper", 8, WHOLE), Column("radius_m", 11, WHOLE), Column("radius_limit_m", 11, WHOLE),
    Column("compactness", 8, RATIO), Column("pieces", 7, WHOLE), Column("change_kind", 10),
    Column("parents", 30), Column("moved_households", 10, WHOLE, True), Column("remark", 40),
)  # fmt: skip

BUILDING_SHEET = (
    Column("building_id", 16), Column("building_name", 18), Column("address", 28),
    Column("unit_id", 16), Column("unit_kind", 12), Column("unit_name", 18), Column("code", 19),
    Column("name", 20), Column("households", 9, WHOLE, True), Column("people", 9, WHOLE, True),
    Column("estimated", 9), Column("present", 19), Column("moved", 9),
)  # fmt: skip

CROSSWALK_SHEET = (
    Column("present", 20), Column("code", 19), Column("name", 20), Column("households", 9, WHOLE),
    Column("share_of_present", 14, SHARE), Column("share_of_grid", 14, SHARE),
)  # fmt: skip

FINDING_SHEET = (
    Column("judgement", 22), Column("rule", 22), Column("code", 19), Column("name", 20),
    Column("value", 11, "#,##0.##"), Column("limit", 11, "#,##0.##"), Column("reason", 70),
)  # fmt: skip

NOTE_SHEET = (Column("item", 26), Column("text", 40), Column("source", 60))


def write_ledger(
    grids: gpd.GeoDataFrame, plan: Plan, comparison: Comparison, path: Path, today: date
) -> None:
    """Write the workbook.

    Parameters
    ----------
    grids : GeoDataFrame
        From :func:`gridplan.export.layers.grid_layer`.
    plan : Plan
        The plan.
    comparison : Comparison
        Crosswalk and moved buildings.
    path : Path
        The file.
    today : date
        Stands on the last sheet.
    """
    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = printable(plan.name), "gridplan"
    tables = {
        "ledger": (GRID_SHEET, _grid_rows(grids, plan)),
        "buildings": (BUILDING_SHEET, _building_rows(grids, plan, comparison)),
        "crosswalk": (CROSSWALK_SHEET, _crosswalk_rows(grids, comparison)),
        "findings": (FINDING_SHEET, _finding_rows(grids, plan)),
        "notes": (NOTE_SHEET, _note_rows(plan, today)),
    }
    for key, (columns, rows) in tables.items():
        _fill(book.create_sheet(say(f"export.sheet.{key}")), columns, rows, plan.name)
    book.save(path)


def _grid_rows(grids: gpd.GeoDataFrame, plan: Plan) -> pd.DataFrame:
    table = pd.DataFrame(grids.drop(columns="geometry"))
    table["number"] = range(1, len(table) + 1)
    table["grid_type"] = say("export.grid_type.base")
    table["residence_class"] = [say(f"export.class.{name}") for name in table["residence_class"]]
    told: dict[str, list[str]] = {}
    for finding in (*plan.violations, *plan.exceptions):
        told.setdefault(finding.grid, []).append(finding.reason())
    if plan.units["present"].eq("").all():
        table["moved_households"] = None  # nobody can move where there were no grids
    table["remark"] = ["；".join(told.get(grid, [])) for grid in table["grid_id"]]
    return table


def _building_rows(grids: gpd.GeoDataFrame, plan: Plan, comparison: Comparison) -> pd.DataFrame:
    table = pd.DataFrame(plan.buildings.drop(columns="geometry")).reset_index(drop=True)
    table = table.rename(columns={"name": "building_name"})
    units = plan.units.set_index("unit_id")
    table["unit_kind"] = [
        say(f"export.kind.{kind}") for kind in table["unit_id"].map(units["kind"])
    ]
    table["unit_name"] = table["unit_id"].map(units["name"])
    table["present"] = table["unit_id"].map(units["present"])
    table = table.join(grids.set_index("grid_id")[["code", "name"]], on="grid_id")
    moved = table["building_id"].isin(comparison.moved_buildings["building_id"])
    table["moved"] = moved.map(_yes_no)
    return table.sort_values(["code", "building_id"], ignore_index=True)


def _crosswalk_rows(grids: gpd.GeoDataFrame, comparison: Comparison) -> pd.DataFrame:
    names = grids.set_index("grid_id")["name"]
    table = comparison.crosswalk.assign(name=comparison.crosswalk["grid_id"].map(names))
    return table.sort_values(["present", "code"], ignore_index=True)


def _finding_rows(grids: gpd.GeoDataFrame, plan: Plan) -> pd.DataFrame:
    known = grids.set_index("grid_id")[["code", "name"]].to_dict("index")
    rows = [
        {
            "judgement": say(
                "export.finding.exception" if found.proved else "export.finding.violation"
            ),
            "rule": say(f"export.rule.{found.rule.value}"),
            **known.get(found.grid, {"code": found.grid, "name": ""}),
            "value": found.value,
            "limit": found.limit,
            "reason": found.reason(),
        }
        for found in (*plan.violations, *plan.exceptions)
    ]
    return pd.DataFrame(rows, columns=[column.key for column in FINDING_SHEET])


def _note_rows(plan: Plan, today: date) -> pd.DataFrame:
    made = plan.provenance
    rows = [
        (say("export.note.area"), plan.name, ""),
        (say("export.note.date"), today.isoformat(), ""),
        (say("export.note.marks"), say("export.internal"), say("export.draft_codes")),
        *((name, value, source) for name, value, source in rule_sentences(made.rules)),
        *((say("export.note.certificate"), line, "") for line in certificate(plan)),
        (say("export.note.households"), estimate_note(plan), ""),
        (say("export.note.crs"), plan.grids.crs.to_string(), plan.grids.crs.name),
        (say("export.note.fingerprint"), made.fingerprint, say("export.note.fingerprint_source")),
        (say("export.note.solver"), made.solver, say("export.note.settings", seed=made.seed,
                                                      time_limit_s=made.time_limit_s)),
        (say("export.note.program"), f"gridplan {made.version}", ""),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[column.key for column in NOTE_SHEET])


def _fill(sheet: Worksheet, columns: Sequence[Column], rows: pd.DataFrame, name: str) -> None:
    for position, column in enumerate(columns, start=1):
        head = sheet.cell(1, position)
        _put_text(head, say(f"export.column.{column.key}"))
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
    wide = sum(column.width for column in columns) > _A4_WIDTH
    _set_up_print(sheet, name, sheet.PAPERSIZE_A3 if wide else sheet.PAPERSIZE_A4)


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
    if column.number_format == TEXT:
        _put_text(cell, _yes_no(value) if isinstance(value, bool) else value)
    elif value is not None and math.isfinite(value):
        cell.value = int(value) if float(value).is_integer() else float(value)


def _put_text(cell: Cell, value: Any) -> None:
    """Text as text: a name that begins with "=" must not become a formula."""
    text = printable("" if value is None else str(value))
    cell.value = text[:_CELL_MAX] or None
    if text:
        cell.data_type = "s"


def _set_up_print(sheet: Worksheet, name: str, paper: str) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    title = printable(name)[:_TITLE_MAX].replace("&", "&&")
    sheet.oddHeader.left.text = say("export.internal")
    sheet.oddHeader.center.text = f"{title} {sheet.title}"
    sheet.oddHeader.right.text = say("export.draft_codes")
    sheet.oddFooter.center.text = say("export.page")


def _yes_no(value: Any) -> str:
    return say("export.yes" if value else "export.no")


def sheet_columns() -> Iterable[tuple[str, Sequence[Column]]]:
    """Each sheet's catalogue key and columns, in order."""
    return (
        ("ledger", GRID_SHEET), ("buildings", BUILDING_SHEET), ("crosswalk", CROSSWALK_SHEET),
        ("findings", FINDING_SHEET), ("notes", NOTE_SHEET),
    )  # fmt: skip
