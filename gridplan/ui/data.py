"""数据: open or upload an area, and what was found in its files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from gridplan.errors import GridplanError, InputError
from gridplan.prepared import Prepared
from gridplan.ui.archive import unpack
from gridplan.ui.area import case_quality
from gridplan.ui.desk import Desk
from gridplan.ui.folder import OwnFolder
from gridplan.ui.frame import language, ready, tell, top, word
from gridplan.ui.session import open_area
from gridplan.ui.tables import marked
from gridplan.words import say

_COUNTED = (
    "communities", "compounds", "streets", "barriers", "crossings", "cases", "facilities", "visits",
)  # fmt: skip
_ROW_PX, _FAULT_PX, _FAULTS_PX, _NOTES_PX = 31, 62, 620, 420
_NOTES = 14


def data(desk: Desk | None) -> None:
    """The page."""
    top(desk, word("name.data"))
    _open(desk)
    if desk is None:
        return
    error = desk.area.reading.error
    if isinstance(error, InputError):
        _faults(error)
    elif ready(desk) and desk.prepared is not None:
        _contents(desk.prepared)


def _open(desk: Desk | None) -> None:
    left, right = st.columns(2, vertical_alignment="bottom")
    with left, st.form("open", border=False):
        field, button = st.columns([4, 1], vertical_alignment="bottom")
        here = "" if desk is None or desk.area.uploaded is not None else str(desk.area.folder)
        text = field.text_input(word("data.folder"), value=here)
        if button.form_submit_button(word("data.open"), type="primary", width="stretch"):
            folder = Path(text.strip().strip('"')).expanduser()
            if not text.strip() or not folder.is_dir():
                st.error(word("data.not_folder", folder=text))
            else:
                open_area(folder)
                st.rerun()
    upload = right.file_uploader(word("data.upload"), type="zip")
    if upload is not None and st.session_state.get("uploaded") != upload.file_id:
        _open_upload(upload)


def _open_upload(upload: UploadedFile) -> None:
    """Open an archive; where that fails, the area so far stays open."""
    held = OwnFolder("area")
    try:
        folder = unpack(upload, upload.name, held.path)
    except GridplanError as error:
        tell(error)
        return
    st.session_state["uploaded"] = upload.file_id
    open_area(folder, held)
    st.rerun()


def _faults(error: InputError) -> None:
    st.error(word("data.faults", count=len(error.faults)))
    rows = [
        (
            fault.file,
            fault.row,
            fault.column,
            say(fault.key, language(), **fault.values),
            say(f"{fault.key}.way_out", language(), **fault.values),
        )
        for fault in error.faults
    ]
    names = [word(f"fault.{name}") for name in ("file", "row", "column", "text", "way_out")]
    table = pd.DataFrame(rows, columns=names).astype({names[1]: "Int64"})
    number = {names[1]: st.column_config.NumberColumn(format="localized")}
    st.dataframe(
        table,
        hide_index=True,
        height=min(_FAULTS_PX, _FAULT_PX * len(table) + 38),
        row_height=_FAULT_PX,
        column_config=number,
        placeholder="",
    )


def _contents(prepared: Prepared) -> None:
    left, right = st.columns([1, 2])
    layers = prepared.layers
    with left:
        st.markdown(f"**{word('data.counts')}**")
        names = [word("data.layer"), word("data.count"), "estimated"]
        counts = pd.DataFrame(_counts(prepared), columns=names)
        st.dataframe(
            marked(counts[names[:2]], names[1], counts["estimated"]),
            hide_index=True,
            height=_ROW_PX * (len(counts) + 1) + 3,
        )
        source = word(f"data.from.{layers.households.source}")
        kind = word(f"data.household_kind.{layers.households.kind.value}")
        st.caption(f"{word('data.source')}：{source} · {word('data.kind')}：{kind}")
        st.caption(f"{word('data.crs')}：{layers.crs.name}")
    notes = [
        note.text(language())
        for note in (*layers.notes, *prepared.units.notes, *prepared.fabric.notes)
    ]
    with right:
        _notes(notes)
        if len(layers.cases):
            _case_quality(prepared)


def _notes(notes: list[str]) -> None:
    st.markdown(f"**{word('data.notes')}**")
    if not notes:
        st.success(word("data.no_notes"))
        return
    st.caption(word("data.notes_hint"))
    with st.container(height=_NOTES_PX if len(notes) > _NOTES else "content", border=True):
        st.markdown("\n".join(f"{number}. {text}" for number, text in enumerate(notes, 1)))


def _case_quality(prepared: Prepared) -> None:
    """How far the cases can be believed, before anybody reads anything into them."""
    quality = case_quality(prepared)
    st.markdown(f"**{word('data.quality')}**")
    if pd.notna(quality.first):
        days = {"first": quality.first.date(), "last": quality.last.date()}
        st.caption(word("data.quality_days", **days))
    table = quality.table(language())
    names = [word(f"data.quality_{name}") for name in table]
    number = st.column_config.NumberColumn
    st.dataframe(
        table.assign(share=100 * table["share"]).set_axis(names, axis=1),
        hide_index=True,
        height=_ROW_PX * (len(table) + 1) + 3,
        column_config={names[1]: number(format="localized"), names[2]: number(format="%.1f%%")},
    )


def _counts(prepared: Prepared) -> list[tuple[str, int, bool]]:
    """Name, number and whether it is partly estimated."""
    layers, units = prepared.layers, prepared.units.frame
    about = bool(units["estimated"].any())
    rows = [
        ("buildings", len(layers.buildings), False),
        ("households", int(units["households"].sum()), about),
        ("people", int(units["people"].sum()), about),
    ]
    rows += [(name, len(getattr(layers, name)), False) for name in _COUNTED]
    if len(layers.roster):
        rows.append(("roster", int(layers.roster["posts"].sum()), False))
    told = [(word(f"data.layers.{name}"), count, guessed) for name, count, guessed in rows]
    return told + [
        (word("data.layers.grids", layer=name), len(frame), False)
        for name, frame in layers.grids.items()
    ]
