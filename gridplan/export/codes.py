"""网格编码表: the codes that were issued, where they come from, and those that end, as a workbook."""

from __future__ import annotations

from io import BytesIO

import pandas as pd

from gridplan.export.workbook import SHARE, WHOLE, Column, add_sheet, new_book
from gridplan.words import say

CODE_SHEET = (
    Column("new_code", 19), Column("origin", 10), Column("community_name", 16),
    Column("households", 10, WHOLE, True), Column("people", 10, WHOLE, True),
    Column("parents", 44),
)  # fmt: skip

LINEAGE_SHEET = (
    Column("old_code", 19), Column("new_code", 19), Column("households", 10, WHOLE),
    Column("share_of_old", 12, SHARE), Column("share_of_new", 12, SHARE), Column("stays", 12),
)  # fmt: skip

RETIRED_SHEET = (
    Column("old_code", 19), Column("layer", 14), Column("retired_on", 14),
    Column("successors", 60),
)  # fmt: skip

SHEETS = {"codes": CODE_SHEET, "lineage": LINEAGE_SHEET, "retired": RETIRED_SHEET}


def codes_book(area: str, title: str, tables: dict[str, pd.DataFrame]) -> bytes:
    """Write 网格编码, 新旧编码对照 and 停用编码 into one workbook.

    Parameters
    ----------
    area : str
        Name of the street.
    title : str
        Plan and version, at the right of each page's header.
    tables : dict of str to DataFrame
        By the keys of `SHEETS`, with the columns of each; ``estimated`` marks households and
        people that are estimates.
    """
    book = new_book(area)
    for name, columns in SHEETS.items():
        sums = {"households", "people"} & {column.key for column in columns}
        sheet = say(f"export.sheet.{name}")
        add_sheet(book, sheet, columns, tables[name], area, sums, title)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()
