"""``ledger.xlsx``: the ledger of grids (网格台账) as a street office keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from gridplan.analyse.compare import Comparison
from gridplan.certificate import certificate, estimate_note, rule_sentences
from gridplan.export.workbook import RATIO, SHARE, WHOLE, Column, add_sheet, new_book, yes_no
from gridplan.plan import Plan
from gridplan.words import say

LEDGER = "ledger.xlsx"

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
    book = new_book(plan.name)
    tables = {
        "ledger": (GRID_SHEET, _grid_rows(grids, plan)),
        "buildings": (BUILDING_SHEET, _building_rows(grids, plan, comparison)),
        "crosswalk": (CROSSWALK_SHEET, _crosswalk_rows(grids, comparison)),
        "findings": (FINDING_SHEET, _finding_rows(grids, plan)),
        "notes": (NOTE_SHEET, _note_rows(plan, today)),
    }
    for key, (columns, rows) in tables.items():
        title, remark = say(f"export.sheet.{key}"), say("export.draft_codes")
        add_sheet(book, title, columns, rows, plan.name, remark=remark)
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
    table["moved"] = moved.map(yes_no)
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
    settings = say("export.note.settings", seed=made.seed, time_limit_s=made.time_limit_s)
    proof = "adjusted" if plan.adjusted else "certificate"
    solver = [] if plan.adjusted else [(say("export.note.solver"), made.solver, settings)]
    rows = [
        (say("export.note.area"), plan.name, ""),
        (say("export.note.date"), today.isoformat(), ""),
        (say("export.note.marks"), say("export.internal"), say("export.draft_codes")),
        *((name, value, source) for name, value, source in rule_sentences(made.rules)),
        *((say(f"export.note.{proof}"), line, "") for line in certificate(plan)),
        (say("export.note.households"), estimate_note(plan), ""),
        (say("export.note.crs"), plan.grids.crs.to_string(), plan.grids.crs.name),
        (say("export.note.fingerprint"), made.fingerprint, say("export.note.fingerprint_source")),
        *solver,
        (say("export.note.program"), f"gridplan {made.version}", ""),
    ]
    return pd.DataFrame(rows, columns=[column.key for column in NOTE_SHEET])


def sheet_columns() -> Iterable[tuple[str, Sequence[Column]]]:
    """Each sheet's catalogue key and columns, in order."""
    return (
        ("ledger", GRID_SHEET), ("buildings", BUILDING_SHEET), ("crosswalk", CROSSWALK_SHEET),
        ("findings", FINDING_SHEET), ("notes", NOTE_SHEET),
    )  # fmt: skip
