"""What may be done with a version next: put it forward, let it pass, issue codes, send it back."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridplan.assemble import whole
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from gridplan.schema import GRID_ID
from gridplan.store import PassageKind, StageKind, Standing
from gridplan.store.issue import issue_codes
from gridplan.ui.approval_case import Case, Looked
from gridplan.ui.frame import language, tell, tried, word
from gridplan.ui.plans import named_author
from gridplan.ui.tables import finding_table
from gridplan.ui.versions import local

FINDINGS_PX, _ROW_PX = 178, 35
_NOTE_CHARS = 500


def act_panel(case: Case, looked: Looked | None) -> gpd.GeoSeries | None:
    """The next act with what it needs to know.

    Parameters
    ----------
    case : Case
        The version.
    looked : Looked or None
        What it amounts to; None where its ground is not at hand.

    Returns
    -------
    GeoSeries or None
        The ground of the broken rule that was chosen from the list.
    """
    standing = case.standing
    if standing is None or standing.sent_back:
        place = _submit(case, looked)
    else:
        if standing.effective_on is not None:
            _in_force(standing.effective_on)
        elif standing.stage.kind is StageKind.APPROVAL and not standing.coded:
            _issue(case, standing, looked)
        else:
            _advance(case, standing)
        if standing.under_way:
            _send_back(case, standing)
        place = None if looked is None else _broken(looked)
    _log(case)
    return place


def _submit(case: Case, looked: Looked | None) -> gpd.GeoSeries | None:
    """提报, where every unit has its grid; over broken rules only when it is said to be meant."""
    if looked is None:
        st.info(word("approval.no_ground"))
        return None
    try:
        whole(looked.ground, pd.Series(dict(case.division.grid_of), dtype=object))
    except GridplanError as error:
        tell(error)
        st.caption(word("approval.not_whole"))
        return _broken(looked)
    count = len(looked.violations)
    if count:
        st.warning(word("approval.warning", count=count))
    place = _broken(looked)
    with st.form(case.key("submit"), border=True):
        st.text_area(
            word("approval.note.submit"), key=case.key("note"), height=68, max_chars=_NOTE_CHARS
        )
        if count:
            st.checkbox(word("approval.meant", count=count), key=case.key("meant"))
        st.form_submit_button(
            word("approval.do.submit"), type="primary", width="stretch",
            on_click=tried, args=(partial(_put_forward, case, bool(count)),),
        )  # fmt: skip
    return place


def _put_forward(case: Case, broken: bool) -> None:
    who = named_author()
    if broken and not st.session_state[case.key("meant")]:
        raise GridplanError("page.approval.not_meant")
    case.store.approvals.submit(*case.which, author=who, note=_said(case, "note"))


def _advance(case: Case, standing: Standing) -> None:
    """The next stage; the last one with its date, when nobody is left unanswered."""
    stage = standing.path.stages[standing.place + 1]
    last = stage.kind is StageKind.EFFECT
    if last and case.waiting:
        st.warning(word("approval.unanswered", count=len(case.waiting)))
    with st.form(case.key("advance"), border=True):
        if last:
            st.date_input(
                word("approval.from"), _first_day(case), key=case.key("day"), format="YYYY-MM-DD"
            )
        kind = stage.kind.value
        st.text_area(
            word(f"approval.note.{kind}"), key=case.key("note"), height=68, max_chars=_NOTE_CHARS
        )
        st.form_submit_button(
            word(f"approval.do.{kind}", stage=stage.name), type="primary", width="stretch",
            on_click=tried, args=(partial(_let_pass, case, standing, last),),
            disabled=last and bool(case.waiting),
        )  # fmt: skip


def _let_pass(case: Case, standing: Standing, last: bool) -> None:
    case.store.approvals.advance(
        *case.which, standing.revision, author=named_author(), note=_said(case, "note"),
        effective_on=st.session_state[case.key("day")] if last else None,
    )  # fmt: skip


def _first_day(case: Case) -> date:
    """Tomorrow, or the day after the version before took effect, where that is later."""
    days = [term.effective_on for term in case.store.codes.history(case.area)]
    return max([date.today(), *days]) + timedelta(days=1)


def _issue(case: Case, standing: Standing, looked: Looked | None) -> None:
    """发放编码: once, and nobody gets these codes again."""
    if looked is None:
        st.info(word("approval.no_ground"))
        return
    with st.container(border=True):
        st.markdown(word("approval.codes.how"))
        st.button(
            word("approval.do.issue"), type="primary", width="stretch", key=case.key("issue"),
            on_click=tried, args=(partial(_give_codes, case, standing, looked.ground),),
        )  # fmt: skip


def _give_codes(case: Case, standing: Standing, ground: Prepared) -> None:
    issue_codes(case.store, ground, standing, author=named_author())
    st.session_state["approval-view"] = "codes"


def _send_back(case: Case, standing: Standing) -> None:
    with st.expander(word("approval.do.back")), st.form(case.key("back"), border=False):
        st.text_area(
            word("approval.note.back"), key=case.key("reason"), height=68, max_chars=_NOTE_CHARS
        )
        if standing.coded:
            st.caption(word("approval.codes.lost"))
        st.form_submit_button(
            word("approval.do.back"), width="stretch",
            on_click=tried, args=(partial(_back, case, standing),),
        )  # fmt: skip


def _back(case: Case, standing: Standing) -> None:
    who, why = named_author(), _said(case, "reason")
    case.store.approvals.send_back(*case.which, standing.revision, author=who, note=why)


def _in_force(day: date) -> None:
    key = "in_force" if day <= date.today() else "to_come"
    st.success(word(f"approval.{key}", day=day.isoformat()))


def _broken(looked: Looked) -> gpd.GeoSeries | None:
    """Broken rules as a list that leads to the map."""
    found = looked.violations
    if not found:
        return None
    state = st.dataframe(
        finding_table(found, looked.grids, language()),
        hide_index=True,
        height=min(FINDINGS_PX, _ROW_PX * (len(found) + 1) + 3),
        on_select="rerun",
        selection_mode="single-row",
        key="approval-findings",
    )
    rows = state.selection.rows
    if not rows or rows[0] >= len(found):
        return None
    grids = looked.grids
    return grids.geometry[grids[GRID_ID] == found[rows[0]].grid]


def _log(case: Case) -> None:
    """Every step of every attempt, the last one first."""
    if not case.passages:
        return
    rows = [
        (local(each.made_at), _what(each.kind), each.stage, each.made_by, each.note)
        for each in reversed(case.passages)
    ]
    names = ("when", "what", "stage", "who", "note")
    columns = [word(f"approval.column.{name}") for name in names]
    with st.expander(word("approval.log", count=len(rows))):
        st.dataframe(pd.DataFrame(rows, columns=columns), hide_index=True, width="stretch")


def _what(kind: PassageKind) -> str:
    return word(f"approval.passage.{kind.value}")


def _said(case: Case, name: str) -> str:
    return str(st.session_state[case.key(name)]).strip()
