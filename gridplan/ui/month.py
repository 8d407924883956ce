"""现行方案: the plan in force on this month's data, and what it takes to keep it within its limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape

import streamlit as st

from gridplan.edit.approved import Approved
from gridplan.edit.month import GridStanding, MonthReview, month_review
from gridplan.edit.month_buildings import BuildingChange
from gridplan.maps.month import month_map
from gridplan.maps.moved import ground_of_units, moved_map
from gridplan.prepared import Prepared
from gridplan.schema import UNIT_ID
from gridplan.store import InForce, PlanRecord, Term
from gridplan.ui.area import identity
from gridplan.ui.coverage_work import waiting
from gridplan.ui.desk import Desk
from gridplan.ui.frame import guarded, language, numbers, ready, top, word
from gridplan.ui.month_proposal import Asked, asked_before, proposal_panel
from gridplan.ui.month_tables import building_list, grid_list
from gridplan.ui.plans import the_store
from gridplan.ui.show import needs_files, put_map
from gridplan.ui.style import BLOCKS
from gridplan.ui.versions import local

HEIGHT = 680
TABS = ("grids", "buildings", "proposal")
SAME_BUILDINGS = 0.8
"""Where fewer buildings are found again, their ids rather changed than they."""
_AROUND_M = 80.0


@dataclass(frozen=True, eq=False)
class _Ruling:
    """The plan in force: its version and days, its record, and what it approved."""

    term: Term
    plan: PlanRecord
    approved: Approved


def month(desk: Desk | None) -> None:
    """The page."""
    asked = asked_before()
    if desk is not None and asked is not None:
        desk.looking = asked.work
    top(desk, word("name.month"), named_below=True)
    if not ready(desk) or desk is None or desk.prepared is None:
        return
    _opened(desk, desk.prepared, asked)


@guarded
def _opened(desk: Desk, prepared: Prepared, asked: Asked | None) -> None:
    area = prepared.layers.name
    found = the_store().codes.in_force(area, date.today())
    if found is None:
        _nothing(area)
        return
    plan, approved = _approved(found.term.plan_id, found.term.version.number, found)
    ruling = _Ruling(found.term, plan, approved)  # the term may have been given an end since
    work = desk.area.under(ruling.plan.rules)
    if work.error is not None:
        raise work.error
    if work.result is None:
        waiting(work)
        return
    ground = work.result
    review = _review(ground, ruling.plan.plan_id, found.term.version.number, ruling)
    _strip(ground, ruling)
    _figures(review)
    if review.same_buildings < SAME_BUILDINGS:
        st.warning(word("month.few_ids", share=review.same_buildings))
    asked = asked if asked is not None and asked.review is review else None
    _page(ground, ruling, review, asked)


def _nothing(area: str) -> None:
    """What to do where nothing is in force, and what is to come."""
    st.info(word("month.nothing", area=area))
    coming = next((term for term in the_store().codes.history(area)), None)
    if coming is not None:
        plan = the_store().plan(coming.plan_id).name
        day = coming.effective_on.isoformat()
        st.markdown(word("month.not_yet", plan=plan, number=coming.version.number, day=day))
    else:
        st.markdown(word("month.how"))
    st.page_link(st.session_state["pages"]["workbench"], label=word("month.to_workbench"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _approved(plan_id: int, number: int, _found: InForce) -> tuple[PlanRecord, Approved]:
    """Read once: what was approved never changes."""
    store = the_store()
    plan, division = store.plan(plan_id), store.division_of(plan_id, number)
    return plan, Approved(_found.grids, plan.homes.of_building, division)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={Prepared: identity})
def _review(prepared: Prepared, plan_id: int, number: int, _ruling: _Ruling) -> MonthReview:  # noqa: ARG001
    return month_review(prepared, _ruling.approved)  # the plan settles the rules too


def _strip(prepared: Prepared, ruling: _Ruling) -> None:
    """Which plan it is, since when, and on which data it was made."""
    term, plan = ruling.term, ruling.plan
    title = word(
        "month.version", plan=plan.name, number=term.version.number, name=term.version.name
    )
    told = [word("month.since", day=term.effective_on.isoformat())]
    if term.ended_on is not None:
        told.append(word("month.until", day=term.ended_on.isoformat()))
    same = plan.fingerprint == prepared.layers.fingerprint
    told.append(
        word("month.same_data") if same else word("month.based", day=local(plan.made_at)[:10])
    )
    spans = "".join(f"<span>{escape(text)}</span>" for text in told)
    name = word("month.in_force")
    st.html(f'{BLOCKS}<p class="gp-strip"><span>{name} <b>{escape(title)}</b></span>{spans}</p>')


def _figures(review: MonthReview) -> None:
    standing, grids = review.grids["standing"], review.grids
    left, about = standing == GridStanding.LEFT, "≈" if grids["estimated"].any() else ""
    concerned = int(grids.loc[left, "households"].sum())
    notes = [word("month.left_note", households=concerned)] if left.any() else []
    lost = [int(found.value or 0) for found in review.left if not found.grid]
    notes += [word("month.outside", households=lost[0])] if lost else []
    new, gone = review.count(BuildingChange.NEW), review.count(BuildingChange.GONE)
    changed = len(review.buildings) - new - gone
    numbers(
        [
            (
                word("month.grids"),
                word("month.grids_value", count=len(grids)),
                word(
                    "month.grids_note",
                    near=int((standing == GridStanding.NEAR).sum()),
                    known=int((standing == GridStanding.KNOWN).sum()),
                ),
                "",
            ),
            (
                word("month.left"),
                word("month.grids_value", count=int(left.sum())),
                " · ".join(notes) or word("month.left_none"),
                "bad" if review.left else "good",
            ),
            (
                word("month.more"),
                about + word("month.more_value", count=review.more_households),
                word("month.more_note", then=review.households_then, now=review.households),
                "",
            ),
            (
                word("month.built"),
                word("month.built_value", new=new, gone=gone),
                word("month.built_note", changed=changed),
                "",
            ),
        ]
    )


@st.fragment
@guarded
def _page(prepared: Prepared, ruling: _Ruling, review: MonthReview, asked: Asked | None) -> None:
    ground, panel = st.columns([3, 2])
    counts = {"grids": len(review.grids), "buildings": len(review.buildings), "proposal": 0}
    place, shown = None, None
    with panel:
        tab = st.segmented_control(
            word("month.panel"), TABS, default=TABS[0], required=True, key="month-tab",
            format_func=lambda name: word(f"month.tab.{name}", count=counts[name]),
            label_visibility="collapsed", width="stretch",
        )  # fmt: skip
        if tab == "grids":
            place = grid_list(review, prepared.rules.measure, language())
        elif tab == "buildings":
            place = building_list(review, language())
        else:
            shown = proposal_panel(prepared, review, asked)
    key = f"month-{ruling.plan.plan_id}-{ruling.term.version.number}-{prepared.layers.fingerprint}"
    with ground:
        needs_files()
        if shown is None:
            put_map(month_map(prepared, review, language()), HEIGHT, place, key, _AROUND_M)
        else:
            before, after = word("month.now"), word("month.then")
            drawn = moved_map(prepared, shown, before=before, after=after, language=language())
            moved = ground_of_units(prepared, shown.units[UNIT_ID])
            put_map(drawn, HEIGHT, moved, f"{key}-after", _AROUND_M)
