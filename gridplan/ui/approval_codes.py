"""网格编码: what a version was issued, where each code comes from, and which ones end."""

from __future__ import annotations

from functools import partial
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridplan.export.codes import SHEETS, codes_book
from gridplan.prepared import Prepared
from gridplan.schema import ESTIMATED, GRID_ID
from gridplan.store.issue import retired_by, term_before
from gridplan.ui.approval_case import Case, Looked
from gridplan.ui.approval_tables import code_tables, in_words
from gridplan.ui.export import MIME
from gridplan.ui.frame import language, word
from gridplan.ui.tables import marked
from gridplan.ui.versions import title_of
from gridplan.words import say

_BESIDE_PX, _ROW_PX = 90, 35


def codes_panel(
    case: Case, prepared: Prepared, looked: Looked | None, height_px: int
) -> gpd.GeoSeries | None:
    """The tables of codes and the workbook.

    Parameters
    ----------
    case : Case
        The version.
    prepared : Prepared
        The area, for the names of communities and layers.
    looked : Looked or None
        What the version amounts to; None where its ground is not at hand.
    height_px : int
        Of the map beside.

    Returns
    -------
    GeoSeries or None
        The ground of the code that was chosen.
    """
    if case.standing is None or not case.coded:
        st.info(word("approval.codes.none"))
        return None
    estimated = set()
    if looked is not None:
        estimated = set(looked.grids.loc[looked.grids[ESTIMATED], GRID_ID])
    retired = retired_by(case.store, case.standing)
    lineage = case.store.codes.lineage(*case.which)
    told = (prepared, case.coded, lineage, retired, estimated)
    tables = code_tables(*told, language())
    shown = _tabs(tables)
    place = _table(case, prepared, tables, shown, height_px - _BESIDE_PX)
    title = f"{_plan_name(case)} {title_of(case.version)}"
    st.download_button(
        word("approval.codes.download"),
        partial(codes_book, case.area, title, code_tables(*told)),
        f"{case.area}-{word('approval.codes.file')}-{title}.xlsx",
        MIME["xlsx"],
        icon=":material/download:",
        key="approval-codes-book",
        on_click="ignore",
        width="stretch",
    )
    return place


def _plan_name(case: Case) -> str:
    return case.store.plan(case.plan_id).name.replace(":", "")


def _tabs(tables: dict[str, pd.DataFrame]) -> str:
    return str(
        st.segmented_control(
            word("approval.view.codes"), list(SHEETS), default="codes", required=True,
            key="approval-codes-table", label_visibility="collapsed", width="stretch",
            format_func=lambda name: word("approval.codes.tab", name=say(f"export.sheet.{name}", language()), count=len(tables[name])),
        )
    )  # fmt: skip


def _table(
    case: Case, prepared: Prepared, tables: dict[str, pd.DataFrame], shown: str, height_px: int
) -> gpd.GeoSeries | None:
    table = in_words(tables, shown, language())
    if table.empty:
        st.caption(word(f"approval.codes.no_{shown}"))
        return None
    households = say("export.column.households", language())
    guessed = tables[shown].get(ESTIMATED)
    state = st.dataframe(
        table if guessed is None else marked(table, households, guessed),
        hide_index=True,
        height=min(height_px, _ROW_PX * (len(table) + 1) + 3),
        width="stretch",
        on_select="rerun",
        selection_mode="single-row",
        key=f"approval-table-{shown}",
        column_config=_columns(),
    )
    rows = state.selection.rows
    if not rows or rows[0] >= len(table):
        return None
    if shown == "retired":
        return _old_ground(case, prepared, str(tables[shown]["old_code"].iloc[rows[0]]))
    return case.ground_of(str(tables[shown]["new_code"].iloc[rows[0]]))


def _old_ground(case: Case, prepared: Prepared, code: str) -> gpd.GeoSeries | None:
    """Where a code that ends was: in the version before, else in a legacy layer."""
    term = term_before(case.store, case.area, *case.which)
    if term is not None:
        for grid in case.store.codes.of_version(term.plan_id, term.version.number):
            if grid.code == code:
                return gpd.GeoSeries([grid.geometry], crs=grid.crs)
    for present in prepared.present.values():
        found = present.grids.geometry[present.grids[GRID_ID] == code]
        if len(found):
            return found
    return None


def _columns() -> dict[str, Any]:
    share = st.column_config.NumberColumn(format="percent")
    code = st.column_config.TextColumn(width=126)
    shown = {
        **dict.fromkeys(("share_of_old", "share_of_new"), share),
        **dict.fromkeys(("new_code", "old_code"), code),
        "successors": st.column_config.TextColumn(width="large"),
        "people": st.column_config.NumberColumn(format="localized"),
    }
    return {say(f"export.column.{key}", language()): column for key, column in shown.items()}
