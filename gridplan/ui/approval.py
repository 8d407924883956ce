"""方案审批: a version on its way to being in force, with its map, codes and objections."""

from __future__ import annotations

import geopandas as gpd
import streamlit as st

from gridplan.certificate import count_households
from gridplan.maps.view import View
from gridplan.prepared import Prepared
from gridplan.store import Store
from gridplan.ui.approval_acts import act_panel
from gridplan.ui.approval_area import area_panel
from gridplan.ui.approval_case import Case, Looked, case_of, look
from gridplan.ui.approval_codes import codes_panel
from gridplan.ui.approval_notice import notice_panel
from gridplan.ui.approval_steps import steps_html, steps_of
from gridplan.ui.desk import Desk
from gridplan.ui.frame import guarded, language, numbers, ready, told_error, top, word
from gridplan.ui.plans import author_field, chosen, ground_under, the_store
from gridplan.ui.show import show_map
from gridplan.ui.style import STEPS
from gridplan.ui.versions import title_of

VIEWS = ("act", "codes", "notice", "area")
HEIGHT = 610
_SHARES = {"act": [5, 3], "codes": [1, 1], "notice": [1, 1]}
"""Widths of map and panel."""


def approval(desk: Desk | None) -> None:
    """The page."""
    top(desk, word("name.approval"), named_below=True)
    if not ready(desk) or desk is None or desk.prepared is None:
        return
    _opened(desk, desk.prepared)


@guarded
def _opened(desk: Desk, prepared: Prepared) -> None:
    st.html(STEPS)
    with st.container():  # its place stays, so that nothing below folds up when it says something
        told_error()
    store, area = the_store(), prepared.layers.name
    view, which = _choice(store, area)
    if view == "area":
        area_panel(store, area)
    elif which is None:
        st.info(word("approval.no_version"))
        pages = st.session_state["pages"]
        st.page_link(pages["workbench"], label=word("approval.to_workbench"))
    else:
        _version(desk, prepared, case_of(store, area, *which), view)


def _choice(store: Store, area: str) -> tuple[str, tuple[int, int] | None]:
    """What is looked at, and which version of which plan; None where there is none yet."""
    under_way = {standing.plan_id: standing.number for standing in store.approvals.under_way(area)}
    plans = dict(store.plans(area))
    plans = {plan_id: plans[plan_id] for plan_id in [*reversed(under_way), *plans]}
    shown, left, middle, right = st.columns([4, 4, 3, 3], vertical_alignment="bottom")
    st.session_state.setdefault("approval-view", VIEWS[0])
    with shown:
        view = st.segmented_control(
            word("name.approval"), VIEWS, key="approval-view", required=True,
            format_func=lambda name: word(f"approval.view.{name}"), label_visibility="collapsed",
        )  # fmt: skip
    which = None
    if plans:
        with left:
            plan_id = chosen("plan", word("workbench.plan"), plans)
        with middle:
            number = _version_of(store, plan_id, under_way.get(plan_id))
        which = None if number is None else (plan_id, number)
    with right:
        author_field()
    return str(view), which


def _version_of(store: Store, plan_id: int, under_way: int | None) -> int | None:
    """The version looked at: at first the one under way, else the newest."""
    known = {each.number: title_of(each) for each in reversed(store.versions(plan_id))}
    if under_way is not None:
        known = {under_way: known[under_way], **known}
    if st.session_state.get("approval-plan", plan_id) != plan_id:  # its numbers are other ones
        st.query_params.pop("version", None)
        st.session_state.pop("chosen-version", None)
    st.session_state["approval-plan"] = plan_id
    return chosen("version", word("approval.version"), known) if known else None


def _version(desk: Desk, prepared: Prepared, case: Case, view: str) -> None:
    steps = steps_of(case.path, case.standing, case.passages, case.objections, language())
    st.html(steps_html(steps))
    left, right = st.columns(_SHARES[view])
    with left:
        ground = ground_under(desk, case.store, case.plan_id, case.division)
    looked = None if ground is None else look(case, ground, desk.plan)
    with right:
        if view == "act":
            place = _figures_and_acts(case, looked)
        elif view == "codes":
            place = codes_panel(case, ground or prepared, looked, HEIGHT)
        else:
            place = notice_panel(case)
    if looked is not None:
        with left:
            _map(case, looked, place)


def _figures_and_acts(case: Case, looked: Looked | None) -> gpd.GeoSeries | None:
    if looked is not None:
        _figures(looked)
    return act_panel(case, looked)


def _figures(looked: Looked) -> None:
    """What the version is, in three numbers."""
    count, proved = len(looked.violations), len(looked.exceptions)
    share = looked.moved / max(looked.households, 1)
    numbers(
        [
            (
                word("approval.grids"),
                f"{len(looked.grids):,}",
                count_households(looked.households, looked.estimated, language()),
                "",
            ),
            (
                word("approval.broken"),
                f"{count:,}",
                word("approval.proved", count=proved),
                "bad" if count else "good",
            ),
            (
                word("approval.moved"),
                count_households(looked.moved, looked.estimated, language()),
                word(f"approval.against.{looked.against}", share=share),
                "",
            ),
        ],
        kind="three",
    )


def _map(case: Case, looked: Looked, place: gpd.GeoSeries | None) -> None:
    buildings = looked.ground.units.buildings
    homes = buildings.assign(grid_id=buildings["unit_id"].map(dict(case.division.grid_of)))
    view = View(title_of(case.version), looked.grids, looked.violations, looked.exceptions, homes)
    key = f"approval-{case.plan_id}-{case.number}"
    show_map(looked.ground, view, HEIGHT, place, key)
