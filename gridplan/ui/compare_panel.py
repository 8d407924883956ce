"""Two states of a plan beside each other: four numbers, what moves on the map, tables, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import geopandas as gpd
import streamlit as st

from gridplan.analyse.changes import ChangeKind
from gridplan.certificate import count_households
from gridplan.edit.compare import compare_divisions
from gridplan.edit.differences import Differences
from gridplan.edit.division import Division
from gridplan.export.comparison import comparison_book, moved_buildings_csv
from gridplan.maps.grids import standalone
from gridplan.maps.moved import moved_map
from gridplan.prepared import Prepared
from gridplan.ui.compare_tables import TABLES, place_of, rows_of, table_of
from gridplan.ui.export import MIME
from gridplan.ui.frame import guarded, language, numbers, word
from gridplan.ui.show import needs_files, put_map
from gridplan.ui.tables import marked
from gridplan.words import say

HEIGHT, _BESIDE = 620, 140
"""Pixels of the map, and those that stand around the table beside it."""
_HELD = "compared"


@dataclass(frozen=True, eq=False)
class _Compared:
    """What this session compared last; `number` tells its map from those before."""

    prepared: Prepared
    before: Division
    after: Division
    differences: Differences
    number: int


@st.fragment
@guarded
def compare_panel(
    prepared: Prepared,
    before_name: str,
    before: Division,
    after_name: str,
    after: Division,
    height_px: int = HEIGHT,
) -> None:
    """Show what lies between two divisions of an area.

    Parameters
    ----------
    prepared : Prepared
        The area.
    before_name, after_name : str
        What the two are called.
    before, after : Division
        Present grids, versions, branches.
    height_px : int
        Of the map.
    """
    held = _compared(prepared, before, after)
    differences, names = held.differences, (before_name, after_name)
    _figures(differences)
    ground, panel = st.columns([2, 1])
    with panel:
        place = _panel(held, names, height_px - _BESIDE)
    with ground:
        _ground(held, names, place, height_px)


def _compared(prepared: Prepared, before: Division, after: Division) -> _Compared:
    held: _Compared | None = st.session_state.get(_HELD)
    number = 0 if held is None else held.number
    if (
        held is None
        or held.prepared is not prepared
        or (held.before, held.after) != (before, after)
    ):
        differences = compare_divisions(prepared, before, after)
        held = _Compared(prepared, before, after, differences, number + 1)
        st.session_state[_HELD] = held
    return held


def _figures(differences: Differences) -> None:
    one, other = differences.before, differences.after
    faults = len(one.verdict.findings), len(other.verdict.findings)
    changes = Counter(pair.change for pair in differences.findings)
    tone = "bad" if faults[1] > faults[0] else "good" if faults[1] < faults[0] else ""
    numbers(
        [
            (
                word("compare.grids"),
                _to(one.state.grids, other.state.grids),
                _kinds(differences),
                "",
            ),
            (
                word("compare.faults"),
                _to(*faults),
                word("compare.faults_note", solved=changes["solved"], arisen=changes["arisen"]),
                tone,
            ),
            (
                word("compare.moved"),
                count_households(differences.moved_households, differences.estimated, language()),
                word(
                    "compare.moved_note",
                    share=differences.moved_share,
                    buildings=len(differences.buildings),
                ),
                "",
            ),
            _workers(differences),
        ]
    )


def _to(before: int, after: int) -> str:
    return word("compare.change", before=f"{before:,}", after=f"{after:,}")


def _kinds(differences: Differences) -> str:
    counts = Counter(differences.changed["kind"])
    told = [
        word("compare.kind", kind=say(f"export.change.{kind}", language()), count=counts[kind])
        for kind in ChangeKind
        if counts[kind]
    ]
    return " · ".join(told) or word("compare.no_change")


def _workers(differences: Differences) -> tuple[str, str, str, str]:
    needed, posts = differences.after.workers_needed, differences.posts
    name = word("compare.workers")
    if posts is None:
        return name, f"{needed:,}", word("compare.workers_note.unknown"), ""
    key = "short" if needed > posts else "spare" if needed < posts else "even"
    note = word(f"compare.workers_note.{key}", count=abs(needed - posts))
    return name, f"{needed:,} / {posts:,}", note, "bad" if needed > posts else ""


def _panel(held: _Compared, names: tuple[str, str], height_px: int) -> gpd.GeoSeries | None:
    """Tables and files; returns the ground of the row chosen."""
    place, differences = None, held.differences
    if differences.buildings.empty and differences.changed.empty:
        st.info(word("compare.same", before=names[0], after=names[1]))
    else:
        place = _tables(held, height_px)
    _downloads(held.prepared, differences, names)
    return place


def _tables(held: _Compared, height_px: int) -> gpd.GeoSeries | None:
    differences = held.differences
    shown = st.segmented_control(
        word("compare.tables"),
        TABLES,
        format_func=lambda name: word(
            f"compare.table.{name}", count=len(rows_of(differences, name))
        ),
        default=TABLES[0],
        required=True,
        key="compare-table",
        label_visibility="collapsed",
    )
    table = table_of(differences, shown, language())
    guessed = rows_of(differences, shown).get("estimated")
    column = word("compare.column.households")
    state = st.dataframe(
        marked(table, column, guessed) if guessed is not None and column in table else table,
        hide_index=True,
        height=height_px,
        on_select="rerun",
        selection_mode="single-row",
        key=f"compare-{shown}-{held.number}",
        column_config=_columns(),
    )
    kept = len(differences.grids) - len(differences.changed)
    rest = f" · {word('compare.rest', count=kept)}" if kept else ""
    st.caption(f"{word('compare.hint')}{rest}")
    rows = state.selection.rows
    return place_of(held.prepared, differences, shown, rows[0]) if rows else None


def _columns() -> dict[str, Any]:
    count = st.column_config.NumberColumn(format="localized", width=66)
    share = st.column_config.NumberColumn(format="percent", width=80)
    text = st.column_config.TextColumn
    shown = {
        **dict.fromkeys(("households_before", "households_after", "moved_in", "moved_out"), count),
        **dict.fromkeys(("before", "after"), text(width=88)),
        **dict.fromkeys(("share_of_before", "share_of_after"), share),
        "households": st.column_config.NumberColumn(width=56),
        "kind": text(width=72),
        "grid": text(width=96),
        "building": text(width=172),
        "change": text(width=66),
    }
    return {word(f"compare.column.{name}"): column for name, column in shown.items()}


def _downloads(prepared: Prepared, differences: Differences, names: tuple[str, str]) -> None:
    before, after = names
    stem = f"{differences.area}-{before}-{after}"
    files: dict[str, tuple[str, Callable[[], str | bytes]]] = {
        "book": ("xlsx", partial(comparison_book, differences, before=before, after=after)),
        "list": ("csv", partial(moved_buildings_csv, differences)),
        "map": ("html", partial(_page, prepared, differences, names)),
    }
    for place, (name, (kind, content)) in zip(st.columns(3), files.items(), strict=True):
        title = word(f"compare.{name}")
        place.download_button(
            title,
            content,
            f"{stem}-{title}.{kind}",
            MIME[kind],
            key=f"compare-{name}",
            on_click="ignore",
            width="stretch",
        )


def _page(prepared: Prepared, differences: Differences, names: tuple[str, str]) -> str:
    needs_files()
    drawn = moved_map(prepared, differences, before=names[0], after=names[1])
    return standalone(drawn, f"{differences.area} · {names[0]} → {names[1]}")


@guarded
def _ground(
    held: _Compared, names: tuple[str, str], place: gpd.GeoSeries | None, height_px: int
) -> None:
    needs_files()
    before, after = names
    drawn = moved_map(
        held.prepared, held.differences, before=before, after=after, language=language()
    )
    put_map(drawn, height_px, place, f"compare-{held.number}")
