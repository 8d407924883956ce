"""What is in force in an area, what was, and the path that every version of it takes."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import uuid4

import pandas as pd
import streamlit as st

from gridplan.store import Path, Stage, StageKind, Store, Term
from gridplan.ui.frame import plain, tried, word
from gridplan.ui.plans import named_author
from gridplan.ui.versions import title_of

_ROWS = "approval-stages"


def area_panel(store: Store, area: str) -> None:
    """Plans in force, and the path to approval.

    Parameters
    ----------
    store : Store
        Where they are kept.
    area : str
        Name of the street.
    """
    left, right = st.columns(2)
    with left:
        _force(store, area)
    with right:
        st.markdown(f"**{word('approval.path.title')}**")
        _path(store, area)


def _force(store: Store, area: str) -> None:
    names, today = dict(store.plans(area)), date.today()
    terms = store.codes.history(area)
    live = store.codes.in_force(area, today)
    st.markdown(f"**{word('approval.force.title')}**")
    if live is None:
        st.info(word("approval.force.none"))
    else:
        term = live.term
        st.success(
            word("approval.force.now", plan=plain(names[term.plan_id]),
                 version=plain(title_of(term.version)),
                 day=term.effective_on.isoformat(), grids=len(live.grids))
        )  # fmt: skip
    if not terms:
        return
    st.markdown(f"**{word('approval.force.history')}**")
    rows = [
        (_when(term, today), names[term.plan_id], title_of(term.version),
         term.effective_on.isoformat(), term.ended_on.isoformat() if term.ended_on else "—",
         len(store.codes.of_version(term.plan_id, term.version.number)))
        for term in reversed(terms)
    ]  # fmt: skip
    columns = ("state", "plan", "version", "from", "to", "grids")
    table = pd.DataFrame(rows, columns=[word(f"approval.force.{name}") for name in columns])
    st.dataframe(table, hide_index=True, width="stretch")


def _when(term: Term, today: date) -> str:
    if term.effective_on > today:
        return word("approval.force.to_come")
    over = term.ended_on is not None and term.ended_on <= today
    return word("approval.force.over" if over else "approval.force.live")


def _path(store: Store, area: str) -> None:
    path, under_way = store.approvals.path(area), store.approvals.under_way(area)
    if under_way:
        lines = [
            f"{at}. {stage.name}（{word(f'approval.kind.{stage.kind.value}')}）"
            for at, stage in enumerate(path.stages, 1)
        ]
        st.markdown("\n".join(lines))
        st.caption(word("approval.path.under_way", count=len(under_way)))
        return
    rows = _rows(area, path)
    st.caption(word("approval.path.how"))
    for at, row in enumerate(rows):
        _row(rows, at, row)
    add, save = st.columns(2)
    add.button(
        word("approval.path.add"), key="approval-stage-add", width="stretch",
        on_click=rows.insert, args=(max(len(rows) - 1, 0), (uuid4().hex, "", StageKind.STEP)),
    )  # fmt: skip
    save.button(
        word("approval.path.save"), key="approval-path-save", type="primary", width="stretch",
        on_click=tried, args=(partial(_saved, store, area, rows),),
    )  # fmt: skip


Row = tuple[str, str, StageKind]
"""Name of its fields, and the stage as it was when the form was opened."""


def _rows(area: str, path: Path) -> list[Row]:
    """The stages under edit, afresh where the path that is kept is another one."""
    held: tuple[str, Path, list[Row]] | None = st.session_state.get(_ROWS)
    if held is None or held[:2] != (area, path):
        rows = [(uuid4().hex, stage.name, stage.kind) for stage in path.stages]
        held = st.session_state[_ROWS] = area, path, rows
    return held[2]


def _row(rows: list[Row], at: int, row: Row) -> None:
    name, kind, up, down, out = st.columns([5, 4, 1, 1, 1], vertical_alignment="center")
    known, text, was = row
    name.text_input(
        word("approval.path.stage"), text, key=f"stage-name-{known}", max_chars=30,
        label_visibility="collapsed", placeholder=word("approval.path.stage"),
    )  # fmt: skip
    kinds = list(StageKind)
    kind.selectbox(
        word("approval.path.kind"), kinds, kinds.index(was), key=f"stage-kind-{known}",
        format_func=lambda kind: word(f"approval.kind.{kind.value}"), label_visibility="collapsed",
    )  # fmt: skip
    up.button("↑", key=f"stage-up-{known}", help=word("approval.path.up"), width="stretch",
              on_click=_shift, args=(rows, at, -1), disabled=at == 0)  # fmt: skip
    down.button("↓", key=f"stage-down-{known}", help=word("approval.path.down"), width="stretch",
                on_click=_shift, args=(rows, at, 1), disabled=at == len(rows) - 1)  # fmt: skip
    out.button("✕", key=f"stage-out-{known}", help=word("approval.path.out"), width="stretch",
               on_click=_out, args=(rows, row))  # fmt: skip


def _out(rows: list[Row], row: Row) -> None:
    """Leave a stage out; a second click finds it gone."""
    if row in rows:
        rows.remove(row)


def _shift(rows: list[Row], at: int, by: int) -> None:
    rows[at], rows[at + by] = rows[at + by], rows[at]


def _saved(store: Store, area: str, rows: list[Row]) -> None:
    who = named_author()
    stages = [
        Stage(
            str(st.session_state[f"stage-name-{known}"]).strip(),
            StageKind(st.session_state[f"stage-kind-{known}"]),
        )
        for known, _, _ in rows
    ]
    store.approvals.set_path(area, Path(tuple(stages)), author=who)
