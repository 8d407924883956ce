"""数据: open or upload an area, and what was found in its files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from gridplan.errors import InputError
from gridplan.pipeline import Prepared
from gridplan.ui.archive import unpack
from gridplan.ui.desk import Desk
from gridplan.ui.frame import language, tell, top, word
from gridplan.words import say

_COUNTED = (
    "communities", "compounds", "streets", "barriers", "crossings", "cases", "facilities", "visits",
)  # fmt: skip
_ROW_PX = 31


def data(desk: Desk | None) -> None:
    """The page."""
    top(desk, word("name.data"))
    _open(desk)
    if desk is None or (desk.prepared is None and desk.busy):
        return
    error = desk.work.error if desk.work is not None else None
    if isinstance(error, InputError):
        _faults(error)
    elif error is not None:
        tell(error)
    elif desk.prepared is not None:
        _contents(desk.prepared)
    else:
        desk.open()
        st.rerun()


def open_area(folder: Path) -> None:
    """Make `folder` the area of this session; its desk is made afresh."""
    st.session_state["area"] = str(folder.resolve())
    st.session_state["reopen"] = True


def _open(desk: Desk | None) -> None:
    left, right = st.columns(2, vertical_alignment="bottom")
    with left, st.form("open", border=False):
        field, button = st.columns([4, 1], vertical_alignment="bottom")
        text = field.text_input(word("data.folder"), value=str(desk.folder) if desk else "")
        if button.form_submit_button(word("data.open"), type="primary", width="stretch"):
            folder = Path(text.strip().strip('"')).expanduser()
            if not text.strip() or not folder.is_dir():
                st.error(word("data.not_folder", folder=text))
            else:
                open_area(folder)
                st.rerun()
    upload = right.file_uploader(word("data.upload"), type="zip")
    if upload is not None and st.session_state.get("uploaded") != upload.file_id:
        folder = unpack(upload, upload.name)
        st.session_state["uploaded"] = upload.file_id
        open_area(folder)
        st.rerun()


def _faults(error: InputError) -> None:
    st.error(word("data.faults", count=len(error.faults)))
    rows = [
        (
            fault.file,
            "" if fault.row is None else f"{fault.row:,}",
            fault.column,
            say(fault.key, language(), **fault.values),
            say(f"{fault.key}.way_out", language(), **fault.values),
        )
        for fault in error.faults
    ]
    names = [word(f"fault.{name}") for name in ("file", "row", "column", "text", "way_out")]
    st.dataframe(pd.DataFrame(rows, columns=names), hide_index=True, height=560)


def _contents(prepared: Prepared) -> None:
    left, right = st.columns([1, 2])
    layers = prepared.layers
    with left:
        st.markdown(f"**{word('data.counts')}**")
        names, counts = [word("data.layer"), word("data.count")], _counts(prepared)
        st.dataframe(
            pd.DataFrame(counts, columns=names),
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
        st.markdown(f"**{word('data.notes')}**")
        if not notes:
            st.success(word("data.no_notes"))
            return
        st.caption(word("data.notes_hint"))
        with st.container(height=520):
            st.markdown("\n".join(f"{number}. {text}" for number, text in enumerate(notes, 1)))


def _counts(prepared: Prepared) -> list[tuple[str, str]]:
    layers, units = prepared.layers, prepared.units.frame
    about = "≈" if units["estimated"].any() else ""
    rows = [
        ("buildings", f"{len(layers.buildings):,}"),
        ("households", f"{about}{int(units['households'].sum()):,}"),
        ("people", f"{about}{int(units['people'].sum()):,}"),
    ]
    rows += [(name, f"{len(getattr(layers, name)):,}") for name in _COUNTED]
    if len(layers.roster):
        rows.append(("roster", f"{int(layers.roster['posts'].sum()):,}"))
    told = [(word(f"data.layers.{name}"), count) for name, count in rows]
    told += [
        (word("data.layers.grids", layer=name), f"{len(frame):,}")
        for name, frame in layers.grids.items()
    ]
    return told
