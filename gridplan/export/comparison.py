"""Two states of a plan as one workbook, and 变动楼栋清单 as a table for any program."""

from __future__ import annotations

from collections import Counter
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from gridplan.analyse.changes import ChangeKind
from gridplan.edit.differences import Differences
from gridplan.errors import GridplanError
from gridplan.export.layers import parents_in_words
from gridplan.export.workbook import SHARE, WHOLE, Column, add_sheet, new_book, yes_no
from gridplan.rules import Rule
from gridplan.schema import ESTIMATED
from gridplan.words import say

_Line = tuple[str, float | str | None, float | str | None]

SUMMARY_SHEET = (Column("item", 34), Column("before", 24, WHOLE), Column("after", 24, WHOLE))

PAIR_SHEET = (
    Column("community_name", 14), Column("code_after", 19), Column("change_kind", 10),
    Column("parents", 34), Column("code_before", 19), Column("households_before", 10, WHOLE, True),
    Column("households_after", 10, WHOLE, True), Column("moved_in", 10, WHOLE, True),
    Column("moved_out", 10, WHOLE, True), Column("worker_before", 16), Column("worker_after", 16),
)  # fmt: skip

CROSSWALK_SHEET = (
    Column("code_before", 19), Column("code_after", 19), Column("households", 10, WHOLE),
    Column("share_of_before", 14, SHARE), Column("share_of_after", 14, SHARE), Column("stays", 12),
)  # fmt: skip

MOVED_SHEET = (
    Column("building_id", 16), Column("building_name", 20), Column("address", 30),
    Column("households", 9, WHOLE, True), Column("estimated", 9), Column("code_before", 19),
    Column("code_after", 19), Column("worker_before", 16), Column("worker_after", 16),
)  # fmt: skip

FINDING_SHEET = (
    Column("finding_change", 10), Column("rule", 24), Column("grid_code", 19),
    Column("value_before", 10, WHOLE), Column("value_after", 10, WHOLE),
    Column("limit", 10, WHOLE), Column("explained", 60),
)  # fmt: skip


def write_comparison(
    differences: Differences,
    path: Path,
    *,
    before: str = "",
    after: str = "",
    today: date | None = None,
) -> None:
    """Write the workbook: 概况, 网格对照, 新旧对照, 变动楼栋清单, 问题清单.

    Parameters
    ----------
    differences : Differences
        What lies between the two states.
    path : Path
        The file, replaced where there is one.
    before, after : str
        What the two are called; 调整前 and 调整后 where left out.
    today : date, optional
        Stands on the first sheet; the day of writing where left out.

    Raises
    ------
    GridplanError
        Where the disk refuses.
    """
    _write(path, comparison_book(differences, before=before, after=after, today=today))


def write_moved_buildings(differences: Differences, path: Path) -> None:
    """Write 变动楼栋清单 as CSV, which Excel opens too (UTF-8 with BOM).

    Parameters
    ----------
    differences : Differences
        What lies between the two states.
    path : Path
        The file, replaced where there is one.

    Raises
    ------
    GridplanError
        Where the disk refuses.
    """
    _write(path, moved_buildings_csv(differences))


def comparison_book(
    differences: Differences, *, before: str = "", after: str = "", today: date | None = None
) -> bytes:
    """What :func:`write_comparison` writes."""
    book = new_book(differences.area)
    names = before or say("export.column.before"), after or say("export.column.after")
    summary = _summary_rows(differences, names, today or date.today())
    tables = (
        ("summary", SUMMARY_SHEET, summary, ()),
        ("pairs", PAIR_SHEET, _pair_rows(differences),
         ("households_before", "households_after", "moved_in", "moved_out")),
        ("crosswalk", CROSSWALK_SHEET, _crosswalk_rows(differences), ("households",)),
        ("moved", MOVED_SHEET, moved_rows(differences), ("households",)),
        ("faults", FINDING_SHEET, _finding_rows(differences), ()),
    )  # fmt: skip
    for key, columns, rows, sums in tables:
        title, remark = say(f"export.sheet.{key}"), say("export.draft_codes")
        add_sheet(book, title, columns, rows, differences.area, sums, remark)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def moved_buildings_csv(differences: Differences) -> bytes:
    """What :func:`write_moved_buildings` writes."""
    table = moved_rows(differences)
    table[ESTIMATED] = table[ESTIMATED].map(yes_no)
    keys = [column.key for column in MOVED_SHEET]
    table = table[keys].rename(columns={key: say(f"export.column.{key}") for key in keys})
    text: str = table.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def moved_rows(differences: Differences) -> pd.DataFrame:
    """变动楼栋清单 with the keys of `MOVED_SHEET`; a building in no grid says so."""
    return _named(differences.buildings.rename(columns={"name": "building_name"}))


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Words where there is no grid."""
    sides = ("code_before", "code_after")
    return table.assign(**{side: table[side].replace("", say("map.none")) for side in sides})


def _summary_rows(differences: Differences, names: tuple[str, str], today: date) -> pd.DataFrame:
    """Numbers of both sides, then what changes between them, then what the sheet is."""
    one, other = differences.before.state, differences.after.state
    told: list[_Line] = [(say("export.compared.compared"), *names)]
    told += [_line(key, *pair) for key, pair in _figures(differences).items()]
    rules = [rule for rule in Rule if rule in {**one.broken, **other.broken}]
    told += [
        _line("rule", one.broken.get(rule, 0), other.broken.get(rule, 0),
              rule=say(f"export.rule.{rule.value}"))
        for rule in rules
    ]  # fmt: skip
    moved = differences.moved_households
    told += [
        _line("moved_households", None, f"≈{moved:,}" if differences.estimated else moved),
        _line("moved_share", None, f"{differences.moved_share:.1%}"),
        _line("moved_buildings", None, len(differences.buildings)),
    ]
    kinds = Counter(differences.grids["kind"])
    told += [
        _line("kind", None, kinds[kind], kind=say(f"export.change.{kind}"))
        for kind in ChangeKind
        if kinds[kind]
    ]
    told += [
        (say("export.note.area"), None, differences.area),
        (say("export.note.date"), None, today.isoformat()),
        (say("export.note.marks"), say("export.draft_codes"), say("export.internal")),
    ]
    return pd.DataFrame(told, columns=[column.key for column in SUMMARY_SHEET], dtype=object)


def _figures(differences: Differences) -> dict[str, tuple[float | None, float | None]]:
    sides = differences.before, differences.after
    needed = [side.workers_needed for side in sides]
    one, other = (side.state for side in sides)
    return {
        "grids": (one.grids, other.grids),
        "needed": (needed[0], needed[1]),
        "posts": (differences.posts, differences.posts),
        "largest": (one.largest, other.largest),
        "mean": (round(one.mean), round(other.mean)),
        "uncovered": (one.uncovered_households, other.uncovered_households),
        "unsound": (one.grids - one.sound, other.grids - other.sound),
    }


def _line(key: str, before: float | str | None, after: float | str | None, **values: Any) -> _Line:
    return say(f"export.compared.{key}", **values), before, after


def _pair_rows(differences: Differences) -> pd.DataFrame:
    table = differences.grids
    origin = _named(differences.crosswalk[differences.crosswalk["after"] != ""])
    columns = {"after": "grid_id", "code_before": "present", "share_of_after": "share_of_grid"}
    parents = parents_in_words(origin.rename(columns=columns))
    return table.assign(
        change_kind=[say(f"export.change.{kind}") for kind in table["kind"]],
        parents=[parents.get(grid, "") for grid in table["after"]],
    )


def _crosswalk_rows(differences: Differences) -> pd.DataFrame:
    return _named(differences.crosswalk)


def _finding_rows(differences: Differences) -> pd.DataFrame:
    rows = [
        {
            "finding_change": say(f"export.finding_change.{pair.change}"),
            "rule": say(f"export.rule.{pair.finding.rule.value}"),
            "grid_code": pair.code or say("map.none"),
            "value_before": pair.before and pair.before.value,
            "value_after": pair.after and pair.after.value,
            "limit": pair.finding.limit,
            "explained": pair.finding.reason(),
        }
        for pair in differences.findings
    ]
    return pd.DataFrame(rows, columns=[column.key for column in FINDING_SHEET])


def _write(path: Path, content: bytes) -> None:
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise GridplanError(
            "map.cannot_write", file=path, reason=error.strerror or error
        ) from error
