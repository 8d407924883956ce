"""The panels beside the map of 服务盲区; each returns the ground to look at, if any."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeAlias

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridplan.coverage import Coverage, ServiceSet
from gridplan.coverage.sums import ALL
from gridplan.coverage.views import (
    QUARTERS,
    blind_spots_of,
    compounds_in,
    homes_by_quarter,
    hours_text,
)
from gridplan.export.coverage import write_coverage
from gridplan.prepared import Prepared
from gridplan.schema import BUILDING_ID, GRID_ID, HOUSEHOLDS, NAME
from gridplan.ui.coverage_form import distance_field
from gridplan.ui.coverage_told import (
    HELD,
    grid_table,
    home_table,
    judged,
    quarter_texts,
    rule_table,
    service_of,
    service_table,
    spot_table,
)
from gridplan.ui.folder import OwnFolder
from gridplan.ui.frame import language, leader, word

TABLE_PX, ROW_PX = 330, 28
_AROUND_M = 8.0
_MOST_ROWS = 3000
_SERVICE_PX = {"service": 72, "limit": 46, "left": 66, "households_share": 52, "people_share": 52,
               "straight_share": 52}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Held:
    """What the panels speak of.

    Parameters
    ----------
    prepared : Prepared
        The area.
    coverage : Coverage
        What was found.
    grids : GeoDataFrame or None
        ``grid_id, geometry`` of those it is told by.
    service : str
        The one chosen, or `ALL`.
    """

    prepared: Prepared
    coverage: Coverage
    grids: gpd.GeoDataFrame | None
    service: str


Ground: TypeAlias = gpd.GeoSeries | None


def reach_panel(held: Held, services: ServiceSet) -> Ground:
    """One service with its distance, or all of them beside each other."""
    every = held.service == ALL
    if every:
        _services(held)
        names = ["grids"] if leader() else ["grids", "homes"]
    else:
        if leader():
            sentence = service_of(held.coverage, held.service).walk.sentence(language())
            st.caption(sentence)
        else:
            distance_field(held.prepared, services, held.service)
        if held.service not in judged(held.coverage):
            st.info(word("coverage.absent_way"))
            return None
        names = ["spots", "grids"] if leader() else ["spots", "grids", "homes"]
    if held.coverage.services.open.asks:
        st.caption(hours_text(held.coverage.services.open, language()))
    if held.grids is None:
        names.remove("grids")
    shown = _choice("coverage.list", names, f"coverage-list-{'all' if every else 'one'}")
    ground = {"spots": _spots, "grids": _grids, "homes": _homes}[shown](held) if shown else None
    _notes(held)
    return ground


def visits_panel(held: Held) -> None:
    """The rules of visits, and what each leaves overdue."""
    visits = held.coverage.visits
    if not visits.judged:
        st.info(word("coverage.no_visits"))
        return
    st.caption(word("coverage.visits_hint", day=visits.as_of))
    table = rule_table(held.coverage, language(), leader())
    st.dataframe(table, hide_index=True, row_height=36)
    st.caption(word("coverage.visits_method"))


def quarters_panel(held: Held) -> Ground:
    """Reachable × visited as four buttons; a click keeps only that quarter on the map."""
    coverage = held.coverage
    if not coverage.visits.judged:
        st.info(word("coverage.no_visits"))
        return None
    if held.service not in set(coverage.cross["service"]):
        st.info(word("coverage.absent_way"))
        return None
    st.caption(word("coverage.quarters_hint"))
    texts = dict(zip(QUARTERS, quarter_texts(coverage, held.service, leader()), strict=True))
    chosen = st.session_state.get("coverage-quarter", "")
    for row in (QUARTERS[:2], QUARTERS[2:]):
        for column, name in zip(st.columns(2), row, strict=True):
            column.button(
                f"{word(f'coverage.quarter.{name}')}  \n**{texts[name]} {word('unit.households')}**",
                key=f"coverage-{name}",
                type="primary" if chosen == name else "secondary",
                width="stretch",
                on_click=_toggle,
                args=(name,),
            )
    if not chosen:
        st.caption(word("coverage.quarters_click"))
        return None
    return None if leader() else _quarter_homes(held, chosen)


def download(held: Held) -> None:
    """The files of ``gridplan coverage``, for planners."""
    name = held.prepared.layers.name
    st.download_button(
        word("coverage.download"),
        lambda: packed(held.coverage, name),
        f"{name}-{word('name.coverage')}.zip",
        "application/zip",
        icon=":material/download:",
        key="coverage-download",
        on_click="ignore",
        width="stretch",
    )


def packed(coverage: Coverage, name: str) -> bytes:
    """Those files in one archive."""
    folder = OwnFolder("coverage")
    write_coverage(coverage, folder.path / "coverage", name)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((folder.path / "coverage").iterdir()):
            archive.write(path, path.name)
    return buffer.getvalue()


def _services(held: Held) -> None:
    table = service_table(held.coverage, language(), leader())
    key = "coverage-services"

    def choose() -> None:
        rows = st.session_state[key].selection.rows
        if rows and rows[0] < len(table):
            st.session_state["coverage-service"] = table.index[rows[0]]

    st.caption(word("coverage.services_hint"))
    st.dataframe(
        table,
        hide_index=True,
        height=ROW_PX * (len(table) + 1) + 10,
        row_height=ROW_PX,
        on_select=choose,
        selection_mode="single-row",
        key=key,
        column_config=_widths(table, _SERVICE_PX),
        placeholder=HELD,
    )


def _spots(held: Held) -> Ground:
    spots = blind_spots_of(held.coverage, held.service, leader())
    if spots.empty:
        st.success(word("coverage.no_spots"))
        return None
    names = compounds_in(held.coverage, held.prepared.layers, spots)
    table = spot_table(spots, names, language())
    if not any(names):
        table = table.drop(columns=word("coverage.column.place"))
    if leader():
        st.caption(word("coverage.small_spots"))
    row = _table(table, f"spots-{held.service}", {"left": 76, "people": 64, "farthest": 76})
    return None if row is None else spots.geometry.iloc[[row]]


def _grids(held: Held) -> Ground:
    table = grid_table(held.coverage, held.service, language(), leader())
    if held.service == ALL:
        st.caption(word("coverage.times"))
    row = _table(table, f"grids-{held.service}", {"rank": 48, "grid": 64, "left": 76})
    if row is None or held.grids is None:
        return None
    return held.grids.geometry[held.grids[GRID_ID] == table.index[row]]


def _homes(held: Held) -> Ground:
    table = home_table(held.coverage, held.service, language())
    if table.empty:
        st.success(word("coverage.no_homes"))
        return None
    if len(table) > _MOST_ROWS:
        st.caption(word("coverage.cut_list", shown=_MOST_ROWS, count=len(table)))
        table = table.head(_MOST_ROWS)
    row = _table(table, f"homes-{held.service}", {"address": 190, "left": 64, "metres": 64})
    return None if row is None else _building(held.coverage, str(table.index[row]))


def _quarter_homes(held: Held, quarter: str) -> Ground:
    homes = homes_by_quarter(held.coverage, held.service)
    homes = homes[homes[quarter] >= 0.5].sort_values(quarter, ascending=False, kind="stable")
    names = (homes["address"].astype(str) + " " + homes[NAME].astype(str)).str.strip()
    table = pd.DataFrame(
        {
            word("coverage.column.address"): names.where(names != "", homes[BUILDING_ID]),
            word("coverage.column.households"): homes[quarter].round().astype("Int64"),
            word("coverage.column.of"): homes[HOUSEHOLDS].round().astype("Int64"),
        }
    )
    row = _table(table, f"quarter-{quarter}-{held.service}", {"address": 200})
    return None if row is None else _building(held.coverage, str(homes[BUILDING_ID].iloc[row]))


def _notes(held: Held) -> None:
    notes = [note.text(language()) for note in held.coverage.notes]
    with st.expander(word("coverage.method")):
        st.markdown("\n".join(f"- {text}" for text in [*notes, word("coverage.how")]))


def _building(coverage: Coverage, building: str) -> gpd.GeoSeries:
    homes = coverage.walked.buildings
    return homes.geometry[homes[BUILDING_ID] == building].buffer(_AROUND_M)


def _choice(label: str, names: list[str], key: str) -> str | None:
    if not names:
        return None
    return st.segmented_control(
        word(f"{label}.label"), names, format_func=lambda name: word(f"{label}.{name}"),
        default=names[0], required=True, key=key, label_visibility="collapsed",
    )  # fmt: skip


def _table(table: pd.DataFrame, key: str, widths: dict[str, int]) -> int | None:
    """A table one of whose rows can be chosen, to be seen on the map."""
    state = st.dataframe(
        table,
        hide_index=True,
        height=min(TABLE_PX, 36 * (len(table) + 1) + 3),
        on_select="rerun",
        selection_mode="single-row",
        key=f"coverage-{key}",
        column_config=_widths(table, widths),
        placeholder=HELD,
    )
    rows = state.selection.rows
    return rows[0] if rows and rows[0] < len(table) else None


def _widths(table: pd.DataFrame, widths: dict[str, int]) -> dict[str, Any]:
    """Widths by column, numbers with separators."""
    known = {word(f"coverage.column.{name}"): width for name, width in widths.items()}
    kinds = st.column_config
    return {
        name: kinds.NumberColumn(format="localized", width=known.get(name))
        if pd.api.types.is_numeric_dtype(table[name])
        else kinds.Column(width=known.get(name))
        for name in table
    }


def _toggle(name: str) -> None:
    now = st.session_state.get("coverage-quarter", "")
    st.session_state["coverage-quarter"] = "" if now == name else name
