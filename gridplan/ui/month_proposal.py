"""局部调整 on the page 现行方案: asked for, under way, shown, and begun as a plan."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from gridplan.edit.compare import compare_divisions
from gridplan.edit.differences import Differences
from gridplan.edit.month import MonthReview
from gridplan.edit.month_proposal import MonthProposal, month_proposal
from gridplan.prepared import Prepared
from gridplan.ui.compare_tables import table_of
from gridplan.ui.frame import language, tell, word
from gridplan.ui.helping import SECONDS, SEED
from gridplan.ui.plans import begin_plan
from gridplan.ui.work import Report, Stop, Work

_KEY = "month-asked"
_COLUMNS = {"grids": 6, "buildings": 4}
"""Of each table; who is in charge is told of the present grids, which are not those in force."""
_ROW_PX, _LIST_PX = 35, 250


@dataclass(frozen=True, eq=False)
class Answer:
    """A proposal, and what lies between it and the grids in force."""

    proposal: MonthProposal
    differences: Differences


@dataclass(frozen=True, eq=False)
class Asked:
    """What a session asked for: of which review, and the work."""

    review: MonthReview
    work: Work[Answer]


def asked_before() -> Asked | None:
    """What this session asked for last."""
    asked: Asked | None = st.session_state.get(_KEY)
    return asked


def proposal_panel(
    prepared: Prepared, review: MonthReview, asked: Asked | None
) -> Differences | None:
    """Ask for a proposal, tell what it comes to, and begin a plan with it.

    Returns
    -------
    Differences or None
        What to show on the map, None where nothing is offered yet.
    """
    answer = None if asked is None else asked.work.result
    if not review.left:
        st.success(word("month.nothing_left"))
    elif answer is None:
        _ask(prepared, review, asked)
    else:
        _told(answer)
    _begin(prepared, review, answer)
    return None if answer is None else answer.differences


def _ask(prepared: Prepared, review: MonthReview, asked: Asked | None) -> None:
    st.markdown(word("month.what"))
    if asked is not None and asked.work.error is not None:
        tell(asked.work.error)
    busy = asked is not None and asked.work.running
    title = word("month.propose") if asked is None or busy else word("month.again")
    if st.button(title, type="primary", width="stretch", key="month-propose", disabled=busy):
        st.session_state[_KEY] = Asked(review, _work(prepared, review))
        st.rerun()


def _work(prepared: Prepared, review: MonthReview) -> Work[Answer]:
    new_name = word("month.new_grid", number="{number}")

    def task(report: Report, stop: Stop) -> Answer:
        report("page.month.working", 0.0)
        proposal = month_proposal(
            prepared, review, time_limit_s=SECONDS["repair"], seed=SEED, stop=stop
        )
        codes = _codes(review, proposal, new_name)
        differences = compare_divisions(prepared, review.division, proposal.division, codes)
        return Answer(proposal, differences)

    return Work(task, can_stop=True, allowed_s=SECONDS["repair"])


def _codes(review: MonthReview, proposal: MonthProposal, new_name: str) -> dict[str, str]:
    """Grids in force under their codes, new ones numbered."""
    known = {code: code for code in review.division.units_of}
    new = sorted(proposal.division.units_of.keys() - known.keys())
    return known | {grid: new_name.format(number=place) for place, grid in enumerate(new, 1)}


def _told(answer: Answer) -> None:
    proposal, differences = answer.proposal, answer.differences
    st.markdown(
        word(
            "month.result",
            grids=len(differences.changed),
            households=proposal.households,
            buildings=len(differences.buildings),
        )
    )
    if proposal.remains:
        lines = [word("month.remains", count=len(proposal.remains))]
        names = differences.after.codes
        lines += [
            "- "
            + word("month.remain", grid=names.get(found.grid, "—"), reason=found.reason(language()))
            for found in proposal.remains
        ]
        st.warning("\n".join(lines))
    else:
        st.success(word("month.solved"))
    for name, count in _COLUMNS.items():
        table = table_of(differences, name, language()).iloc[:, :count]
        height = min(_LIST_PX, _ROW_PX * (len(table) + 1) + 3)
        st.dataframe(table, hide_index=True, height=height, key=f"month-moved-{name}")


def _begin(prepared: Prepared, review: MonthReview, answer: Answer | None) -> None:
    edit = None if answer is None else answer.proposal.edit
    if st.button(
        word("month.begin_by_hand") if edit is None else word("month.begin"),
        type="secondary" if edit is None else "primary",
        width="stretch",
        key="month-begin",
    ):
        begin_plan(prepared, review.division, word("month.plan_name"), edit)
        st.switch_page(st.session_state["pages"]["workbench"])
