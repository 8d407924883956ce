"""公示意见: written down while a version is on public notice, answered, and listed."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridplan.errors import GridplanError
from gridplan.store import Objection, StageKind
from gridplan.ui.approval_case import Case
from gridplan.ui.frame import plain, tried, word
from gridplan.ui.plans import named_author
from gridplan.ui.versions import local

_LIST_PX, _ROW_PX = 178, 35
_TEXT_CHARS = 1000


def notice_panel(case: Case) -> gpd.GeoSeries | None:
    """Write objections down, answer them, and see how they stand.

    Parameters
    ----------
    case : Case
        The version.

    Returns
    -------
    GeoSeries or None
        The ground that the chosen objection is about.
    """
    standing = case.standing
    on_notice = (
        standing is not None and standing.under_way and standing.stage.kind is StageKind.NOTICE
    )
    if not on_notice:
        st.info(word("approval.notice.not_now"))
    chosen = _list(case)
    if chosen is not None:
        _answer(case, chosen)
    if on_notice:
        _write_down(case)
    return None if chosen is None else case.ground_of(chosen.code)


def _list(case: Case) -> Objection | None:
    """All of them; returns the chosen one, else the first that waits for its answer."""
    if not case.objections:
        st.caption(word("approval.notice.none"))
        return None
    first = case.waiting[0] if case.waiting else None
    st.caption(word("approval.notice.count", count=len(case.objections), open=len(case.waiting)))
    rows = [
        (_state(case, each), local(each.received_at)[:10], _about(each.code), each.text)
        for each in case.objections
    ]
    names = ("state", "received", "grid", "text")
    table = pd.DataFrame(rows, columns=[word(f"approval.notice.{name}") for name in names])
    state = st.dataframe(
        table,
        hide_index=True,
        height=min(_LIST_PX, _ROW_PX * (len(rows) + 1) + 3),
        on_select="rerun",
        selection_mode="single-row",
        key="approval-objections",
        width="stretch",
        column_config={
            word("approval.notice.text"): st.column_config.TextColumn(width="large"),
        },
    )
    picked = state.selection.rows
    return case.objections[picked[0]] if picked and picked[0] < len(rows) else first


def _answer(case: Case, objection: Objection) -> None:
    """The answer to one objection, or the form for it."""
    about = f"**{_about(objection.code)}** · {plain(objection.text)}"
    if objection.answer is not None:
        who = word(
            "approval.notice.by", who=objection.answered_by or "",
            when=local(objection.answered_at) if objection.answered_at else "",
        )  # fmt: skip
        with st.container(border=True):
            st.markdown(about)
            st.markdown(f"**{_state(case, objection)}** · {plain(objection.answer)}")
            st.caption(who)
        return
    name = f"approval-answer-{objection.objection_id}"
    with st.form(name, border=True):
        st.markdown(about)
        st.text_area(
            word("approval.notice.answer"), key=f"{name}-text", height=68, max_chars=_TEXT_CHARS
        )
        left, right = st.columns(2, vertical_alignment="center")
        left.radio(
            word("approval.notice.accepted"), [True, False], key=f"{name}-accepted", index=None,
            format_func=lambda yes: word(f"approval.notice.{'followed' if yes else 'declined'}"),
            horizontal=True, label_visibility="collapsed",
        )  # fmt: skip
        right.form_submit_button(
            word("approval.notice.do_answer"), type="primary", width="stretch",
            on_click=tried, args=(partial(_answered, case, objection.objection_id, name),),
        )  # fmt: skip


def _answered(case: Case, objection_id: int, name: str) -> None:
    accepted = st.session_state[f"{name}-accepted"]
    who = named_author()
    if accepted is None:
        raise GridplanError("page.approval.notice.not_said")
    text = str(st.session_state[f"{name}-text"])
    case.store.objections.answer(objection_id, text, accepted=accepted, author=who)


def _write_down(case: Case) -> None:
    """A new objection; the fields are empty again when it is kept."""
    name = f"approval-objection-{len(case.objections)}"
    with st.form(name, border=True):
        st.text_area(
            word("approval.notice.new"), key=f"{name}-text", height=68, max_chars=_TEXT_CHARS,
            placeholder=word("approval.notice.nobody"),
        )  # fmt: skip
        left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
        left.selectbox(
            word("approval.notice.grid"), ["", *(grid.code for grid in case.coded)],
            key=f"{name}-grid", format_func=_about,
        )  # fmt: skip
        middle.date_input(
            word("approval.notice.received"), date.today(), key=f"{name}-day", format="YYYY-MM-DD"
        )
        right.form_submit_button(
            word("approval.notice.do_log"), width="stretch",
            on_click=tried, args=(partial(_written, case, name),),
        )  # fmt: skip


def _written(case: Case, name: str) -> None:
    day = st.session_state[f"{name}-day"]
    noon = None if day is None else datetime.combine(day, time(12)).astimezone()
    case.store.objections.log(
        *case.which, str(st.session_state[f"{name}-text"]), author=named_author(),
        code=st.session_state[f"{name}-grid"], received_at=noon,
    )  # fmt: skip


def _about(code: str) -> str:
    """The grid that is meant, or all of them."""
    if not code:
        return word("approval.notice.whole")
    return code


def _state(case: Case, objection: Objection) -> str:
    if objection.answer is None:
        mine = case.standing is not None and objection.submission_id == case.standing.submission_id
        return word(f"approval.notice.{'open' if mine else 'former'}")
    return word(f"approval.notice.{'followed' if objection.accepted else 'declined'}")
