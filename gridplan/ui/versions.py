"""版本与历史: named versions, branches, and who did what when."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Literal

import pandas as pd
import streamlit as st

from gridplan.assemble import plan_of
from gridplan.edit import Division, Judge, present_division, proofs_of
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from gridplan.store import Line, Step, Store, Version
from gridplan.ui.desk import Desk
from gridplan.ui.frame import guarded, plain, tried, word
from gridplan.ui.plans import author, branch_name, turn_to

TABLE_HEIGHT, FEW = 560, 14
NOW = 0
"""Stands for the branch as it is among the numbers of versions."""


@guarded
def versions_panel(desk: Desk, store: Store, prepared: Prepared, line: Line) -> None:
    """Keep a version, go on from one, and look at the steps of a branch.

    Parameters
    ----------
    desk : Desk
        Of this session.
    store : Store
        Where the plan is kept.
    prepared : Prepared
        The area under its rules.
    line : Line
        The branch in hand.
    """
    left, right = st.columns([3, 2])
    known = store.versions(line.plan_id)
    with left:
        _keep(store, line)
        st.markdown(f"**{word('versions.known')}**")
        if known:
            _table(store, prepared, line, known)
        else:
            st.caption(word("versions.none"))
        _fork(store, line, known)
        _hand_on(desk, prepared, line)
    with right:
        st.markdown(f"**{word('versions.history')}**")
        _history(store, line)


def _hand_on(desk: Desk, prepared: Prepared, line: Line) -> None:
    """Make a plan of the branch, for the pages that show plans and write their files."""
    with st.container(border=True):
        about, button = st.columns([5, 1], vertical_alignment="center")
        about.caption(word("versions.hand_on_note"))
        if button.button(word("versions.hand_on"), width="stretch", key="hand-on"):
            with st.spinner(word("versions.handing_on")):
                grid_of_unit = pd.Series(dict(line.division.grid_of))
                proofs = proofs_of(prepared, line.division)
                desk.adopt(prepared, plan_of(prepared, grid_of_unit, proofs=proofs))
            st.switch_page(st.session_state["pages"]["export"])


def _keep(store: Store, line: Line) -> None:
    with st.form("keep-version", clear_on_submit=True, border=True):
        name, note, button = st.columns([2, 3, 1], vertical_alignment="bottom")
        name.text_input(word("versions.name"), key="version-name", max_chars=60)
        note.text_input(word("versions.note"), key="version-note", max_chars=500)
        button.form_submit_button(
            word("versions.keep"), type="primary", width="stretch",
            on_click=_kept, args=(store, line),
        )  # fmt: skip


def _kept(store: Store, line: Line) -> None:
    moment = f"{datetime.now():%m-%d %H:%M}"
    name = str(st.session_state["version-name"]).strip() or word("versions.unnamed", time=moment)
    note = str(st.session_state["version-note"]).strip()
    tried(lambda: store.keep_version(line.branch_id, line.revision, name, note, author=author()))


def _fork(store: Store, line: Line, known: list[Version]) -> None:
    with st.form("fork", clear_on_submit=True, border=True):
        name, source, button = st.columns([2, 3, 1], vertical_alignment="bottom")
        name.text_input(word("versions.branch_name"), key="fork-name", max_chars=60)
        titles = {NOW: word("versions.now")}
        titles |= {version.number: title_of(version) for version in known}
        source.selectbox(
            word("versions.fork_from"), list(titles), key="fork-from",
            format_func=titles.__getitem__,
        )  # fmt: skip
        button.form_submit_button(
            word("versions.fork"), width="stretch", on_click=_forked, args=(store, line)
        )


def _forked(store: Store, line: Line) -> None:
    name = str(st.session_state["fork-name"]).strip()
    number = st.session_state["fork-from"] or None

    def make() -> None:
        if not name:
            raise GridplanError("page.versions.name_missing")
        made = store.fork(line.branch_id, name, number=number)
        turn_to(made.plan_id, made.branch_id)

    tried(make)


def title_of(version: Version) -> str:
    """Number and name."""
    return word("versions.title", number=version.number, name=version.name)


def local(moment: datetime) -> str:
    """A moment in UTC as the clock on the wall says it."""
    return f"{moment.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}"


def _table(store: Store, prepared: Prepared, line: Line, known: list[Version]) -> None:
    judge = Judge(prepared)
    rows = []
    for version in reversed(known):
        verdict = judge.judge(store.division_of(line.plan_id, version.number))
        rows.append(
            (version.number, version.name, len(verdict.grids), len(verdict.broken),
             verdict.moved_households, version.made_by, local(version.made_at), version.note)
        )  # fmt: skip
    names = ("number", "version", "grids", "broken", "moved", "who", "when", "note")
    columns = [word(f"versions.column.{name}") for name in names]
    number = st.column_config.NumberColumn(format="localized")
    st.dataframe(
        pd.DataFrame(rows, columns=columns), hide_index=True, width="stretch",
        column_config={word("versions.column.moved"): number},
    )  # fmt: skip


def _history(store: Store, line: Line) -> None:
    steps = store.history(line.branch_id)
    if not steps:
        st.caption(word("versions.no_steps"))
        return
    table = pd.DataFrame(
        [
            (step.revision, word(f"versions.kind.{step.kind.value}"), _content(step),
             step.made_by, local(step.made_at))
            for step in reversed(steps)
        ],
        columns=[word(f"versions.column.{name}") for name in ("step", "what", "content", "who", "when")],
    )  # fmt: skip
    people = Counter(step.made_by for step in steps)
    st.caption(
        word("versions.steps", count=len(steps),
             people="、".join(f"{plain(name)} {count}" for name, count in people.most_common(5)))
    )  # fmt: skip
    height: int | Literal["content"] = TABLE_HEIGHT if len(steps) > FEW else "content"
    st.dataframe(table, hide_index=True, width="stretch", height=height)


def _content(step: Step) -> str:
    """How many units a step moved, or which grid it marked."""
    if step.edit is None:
        return ""
    if step.edit.moved:
        return word("versions.units", count=len(step.edit.moved))
    return "、".join(step.edit.marked)


def states_of(store: Store, prepared: Prepared, line: Line) -> dict[str, Division]:
    """Everything of a plan that can be compared, by what it is called; the present grids first."""
    states = {}
    if prepared.present:
        states[word("versions.present")] = present_division(prepared)
    for version in store.versions(line.plan_id):
        states[title_of(version)] = store.division_of(line.plan_id, version.number)
    for branch_id, name in store.branches(line.plan_id):
        title = word("versions.branch", name=branch_name(name))
        if title in states:  # somebody called a branch what the first one is called
            title = f"{title} ({branch_id})"
        states[title] = store.line(branch_id).division
    return states
