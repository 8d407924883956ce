"""总览: the street as it is, and what is wrong with it."""

from __future__ import annotations

import streamlit as st

from gridplan.analyse.present import Present
from gridplan.cases.periods import PeriodKind
from gridplan.plan import Finding
from gridplan.prepared import Prepared
from gridplan.ui import blocks
from gridplan.ui.desk import Desk
from gridplan.ui.frame import guarded, language, numbers, ready, top, word
from gridplan.ui.leaders import book_of, told_of
from gridplan.ui.show import present_view, show_map
from gridplan.ui.style import BLOCKS
from gridplan.ui.tables import finding_table
from gridplan.ui.workload import workload

HEIGHT = 628


def overview(desk: Desk | None) -> None:
    """The page."""
    top(desk, word("name.overview"))
    if not ready(desk) or desk is None or desk.prepared is None:
        return
    prepared = desk.prepared
    layers = list(prepared.present)
    chosen = layers[0] if layers else None
    if len(layers) > 1:
        chosen = st.segmented_control(
            word("overview.layer"), layers, default=layers[0], required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    present = prepared.present[chosen] if chosen else None
    _numbers(prepared, present)
    _cases(prepared)
    _map_and_list(prepared, present)
    if present is not None:
        workload(prepared, present)


def _numbers(prepared: Prepared, present: Present | None) -> None:
    units = prepared.units.frame
    households, people = int(units["households"].sum()), int(units["people"].sum())
    about = "≈" if units["estimated"].any() else ""
    grids = present.grids if present is not None else None
    findings = present.findings if present is not None else ()
    wrong = {finding.grid for finding in findings if finding.grid}
    concerned = (
        0 if grids is None else int(grids.loc[grids["grid_id"].isin(wrong), "households"].sum())
    )
    roster = prepared.layers.roster
    remark = word("overview.communities", count=len(prepared.layers.communities))
    if len(roster):
        posts, vacancies = int(roster["posts"].sum()), int(roster["vacancies"].sum())
        remark += " · " + word("overview.staff", posts=posts, vacancies=vacancies)
    buildings = len(prepared.units.buildings)
    count = 0 if grids is None else len(grids)
    tone = "bad" if findings else "good" if count else ""
    numbers(
        [
            (word("overview.grids"), word("overview.grids_value", count=count), remark, ""),
            (
                word("overview.households"),
                f"{about}{households:,} {word('unit.households')}",
                word("overview.households_note", buildings=buildings, people=people),
                "",
            ),
            (
                word("overview.findings"),
                word("overview.findings_value", count=len(findings)),
                word("overview.findings_note", grids=len(wrong)),
                tone,
            ),
            (
                word("overview.concerned"),
                f"{about if concerned else ''}{concerned:,} {word('unit.households')}",
                word("overview.concerned_note", share=concerned / max(households, 1)),
                tone,
            ),
        ]
    )


def _cases(prepared: Prepared) -> None:
    """The last whole week of cases in one line, with all counts: planners see them."""
    if len(prepared.layers.cases) == 0:
        return
    week = book_of(prepared).last_whole(PeriodKind.WEEK)
    if week is not None:
        st.html(BLOCKS + blocks.strip(told_of(prepared, str(week), 0), language()))


@st.fragment
@guarded
def _map_and_list(prepared: Prepared, present: Present | None) -> None:
    ground, panel = st.columns([2, 1])
    place = None
    with panel:
        if present is None:
            st.info(word("overview.none"))
        elif not present.findings:
            st.success(word("overview.clean"))
        else:
            row = _list(present)
            place = None if row is None else present.places.iloc[[row]]
    with ground:
        show_map(prepared, present_view(prepared, present), HEIGHT, place, "present")


def _list(present: Present) -> int | None:
    """The findings, filtered by rule; returns the row of the one selected."""
    rules = list(dict.fromkeys(finding.rule for finding in present.findings))
    counts = {rule: sum(item.rule is rule for item in present.findings) for rule in rules}
    rule = st.selectbox(
        word("overview.list"),
        [None, *rules],
        format_func=lambda rule: (
            f"{word('overview.all_rules')}（{len(present.findings)}）"
            if rule is None
            else f"{word(f'rule.{rule.value}')}（{counts[rule]}）"
        ),
        label_visibility="collapsed",
    )
    rows = [
        number
        for number, finding in enumerate(present.findings)
        if rule is None or finding.rule is rule
    ]
    shown: list[Finding] = [present.findings[row] for row in rows]
    st.caption(word("overview.hint"))
    state = st.dataframe(
        finding_table(shown, present.grids, language()),
        hide_index=True,
        height=HEIGHT - 90,
        on_select="rerun",
        selection_mode="single-row",
        key=f"findings-{present.layer}-{rule}",
        column_config={
            word("column.rule"): st.column_config.TextColumn(width=90),
            word("column.grid"): st.column_config.TextColumn(width=60),
            word("column.reason"): st.column_config.TextColumn(width=420),
        },
    )
    picked = state.selection.rows
    return rows[picked[0]] if picked and picked[0] < len(rows) else None
