"""网格优化调整: rules, the redraw, before and after, and which grid a building belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridplan.certificate import certificate, count_households
from gridplan.plan import Finding, Plan
from gridplan.prepared import Prepared
from gridplan.ui.desk import Desk
from gridplan.ui.draft import Draft, plan_view
from gridplan.ui.frame import guarded, language, numbers, ready, tell, top, word
from gridplan.ui.rule_form import rule_form
from gridplan.ui.search import directory, find
from gridplan.ui.show import present_view, show_map
from gridplan.ui.tables import finding_table, grid_columns, grid_table, marked

_AROUND_M = 6.0
_FINDINGS_PX, _FEW = 330, 3
MAP_HEIGHT, TABLE_HEIGHT, ALONE_HEIGHT = 460, 285, 770


def redraw(desk: Desk | None) -> None:
    """The page."""
    top(desk, word("name.redraw"))
    if not ready(desk) or desk is None or desk.prepared is None:
        return
    if desk.redrawing is not None and desk.redrawing.error is not None:
        tell(desk.redrawing.error)
    seen = (str(desk.area.folder), desk.draft.number if desk.draft else 0)
    if st.session_state.get("seen_draft") != seen or "panel" not in st.session_state:
        st.session_state["seen_draft"] = seen
        st.session_state["panel"] = "rules" if desk.plan is None else "result"
    _bench(desk, desk.prepared)


@st.fragment
@guarded
def _bench(desk: Desk, prepared: Prepared) -> None:
    panel, ground = st.columns([1, 2])
    with panel:
        place = _panel(desk, prepared)
    with ground:
        _ground(desk, prepared, place)


def _panel(desk: Desk, prepared: Prepared) -> gpd.GeoSeries | None:
    """Rules, result or search; returns the ground to look at."""
    names = {"rules": "rules.panel", "result": "redraw.result", "search": "redraw.search"}
    shown = st.segmented_control(
        word("name.redraw"),
        list(names),
        format_func=lambda name: word(names[name]),
        key="panel",
        required=True,
        label_visibility="collapsed",
    )
    if shown == "search":
        return _search(desk, prepared)
    if shown == "result":
        return _result(desk.draft, prepared)
    _rules(desk, prepared)
    return None


def _rules(desk: Desk, prepared: Prepared) -> None:
    order = rule_form(prepared, desk.rules)
    clicked = st.button(
        word("rules.start"),
        type="primary",
        width="stretch",
        disabled=order is None or desk.drawing,
        key="start",
    )
    if clicked and order is not None:
        desk.redraw(order.rules, order.time_limit_s, order.seed)
        st.rerun()


def _result(draft: Draft | None, prepared: Prepared) -> gpd.GeoSeries | None:
    if draft is None:
        st.info(word("redraw.how"))
        return None
    plan = draft.plan
    _figures(plan, prepared)
    st.markdown(f"**{word('redraw.certificate')}**")
    lines = list(certificate(plan, language()))
    if not plan.adjusted:
        lines.append(word("redraw.took", seconds=plan.seconds))
    st.markdown("\n".join(f"- {line}" for line in lines))
    findings = (*plan.violations, *plan.exceptions)
    if not findings:
        st.success(word("redraw.no_findings"))
        return None
    st.markdown(f"**{word('redraw.violations')} · {word('redraw.exceptions')}**")
    st.caption(word("overview.hint"))
    with st.container(height=_FINDINGS_PX if len(findings) > _FEW else "content"):
        picked = _pick(findings, draft)
    return None if picked is None else _grid_ground(plan.grids, findings[picked].grid)


def _pick(findings: Sequence[Finding], draft: Draft) -> int | None:
    """Every finding with its reason in full; returns the one chosen."""
    table = finding_table(findings, draft.plan.grids, language())
    kinds = [word(f"redraw.{'exception' if item.proved else 'violation'}") for item in findings]
    rule, grid, reason = (table[word(f"column.{name}")] for name in ("rule", "grid", "reason"))
    return st.radio(
        word("redraw.exceptions"),
        range(len(findings)),
        index=None,
        format_func=lambda row: f"{kinds[row]} · {rule.iloc[row]} · {grid.iloc[row]}",
        captions=reason.to_list(),
        key=f"plan-findings-{draft.number}",
        label_visibility="collapsed",
    )


def _figures(plan: Plan, prepared: Prepared) -> None:
    was = [len(state.grids) for state in prepared.present.values()][:1]
    moved = int(plan.grids["moved_households"].sum())
    share = moved / max(plan.households, 1)
    boxes = [
        (
            word("redraw.grids"),
            f"{len(plan.grids):,}",
            word("redraw.was", count=was[0]) if was else "",
            "",
        ),
        (
            word("redraw.moved"),
            count_households(moved, plan.estimated, language()) if was else "—",
            word("redraw.share", share=share) if was else "",
            "",
        ),
        (
            word("redraw.violations"),
            f"{len(plan.violations):,}",
            "",
            "bad" if plan.violations else "good",
        ),
        (word("redraw.exceptions"), f"{len(plan.exceptions):,}", "", ""),
    ]
    numbers(boxes, kind="narrow")


def _ground(desk: Desk, prepared: Prepared, place: gpd.GeoSeries | None) -> None:
    """The map, after or before, and the table of grids below; a row selected is zoomed to."""
    if desk.draft is None:
        show_map(prepared, present_view(prepared, desk.present), ALONE_HEIGHT, place, "before")
        return
    plan, number = desk.draft.plan, desk.draft.number
    side = st.segmented_control(
        word("redraw.table"),
        ["after", "before"],
        format_func=lambda name: word(f"redraw.{name}"),
        key="side",
        default="after",
        required=True,
        label_visibility="collapsed",
    )
    holder = st.container()
    picked = _grids(plan, number, changes=desk.present is not None)
    before = side == "before"
    view = present_view(prepared, desk.present) if before else plan_view(plan, language())
    key = "before" if before else f"after-{number}"
    with holder:
        show_map(prepared, view, MAP_HEIGHT, place if place is not None else picked, key)


def _grids(plan: Plan, version: int, changes: bool) -> gpd.GeoSeries | None:
    """The table of grids, what changes only where there were grids before; returns the one chosen."""
    measure = plan.provenance.rules.measure
    table = grid_table(plan.grids, measure, language())
    if not changes:
        table = table.drop(columns=[word("column.change"), word("column.moved")])
    state = st.dataframe(
        marked(table, word("column.households"), plan.grids["estimated"]),
        hide_index=True,
        height=TABLE_HEIGHT,
        on_select="rerun",
        selection_mode="single-row",
        key=f"grids-{version}",
        column_config=grid_columns(measure, language()),
    )
    rows = state.selection.rows
    return plan.grids.geometry.iloc[[rows[0]]] if rows else None


def _grid_ground(grids: gpd.GeoDataFrame, grid_id: str) -> gpd.GeoSeries:
    return grids.geometry[grids["grid_id"] == grid_id]


def _search(desk: Desk, prepared: Prepared) -> gpd.GeoSeries | None:
    """A building by address, name or compound; tells its grid before and after."""
    query = st.text_input(word("search.label"), placeholder=word("search.example"), key="query")
    if not query.strip():
        st.caption(word("search.empty"))
        return None
    buildings = prepared.units.buildings.reset_index(drop=True)
    book = directory(buildings, prepared.layers)
    rows = find(query, book["label"])
    if not rows:
        st.warning(word("search.nothing"))
        return None
    row = st.radio(word("search.pick"), rows, format_func=lambda row: book["label"].iloc[row])
    building_id = str(buildings["building_id"].iloc[row])
    _belongs(desk, building_id)
    return _with_grid(desk, building_id, buildings.geometry.iloc[[row]].buffer(_AROUND_M))


def _with_grid(desk: Desk, building_id: str, building: gpd.GeoSeries) -> gpd.GeoSeries:
    """The building and its grid on the map that is shown; alone where it is in none."""
    if desk.plan is not None and st.session_state.get("side") != "before":
        homes = desk.plan.buildings.set_index("building_id")["grid_id"]
        around = _grid_ground(desk.plan.grids, homes[building_id])
    elif desk.present is not None:
        home = desk.present.building_grid.get(building_id, "")
        around = _grid_ground(desk.present.grids, home)
    else:
        return building
    return pd.concat([building, around]) if len(around) else building


def _belongs(desk: Desk, building_id: str) -> None:
    boxes = []
    if desk.present is not None:
        grid = desk.present.building_grid.get(building_id, "")
        boxes.append(_belonging("search.now", desk.present.grids, grid))
    if desk.plan is not None:
        table: pd.DataFrame = desk.plan.buildings.set_index("building_id")
        boxes.append(_belonging("search.then", desk.plan.grids, table["grid_id"].get(building_id)))
    if boxes:
        numbers(boxes, kind="narrow")
    else:
        st.info(word("redraw.how"))


def _belonging(key: str, grids: gpd.GeoDataFrame, grid_id: str) -> tuple[str, str, str, str]:
    found = grids[grids["grid_id"] == grid_id]
    if found.empty:
        return word(key), "—", "", "bad"
    row = found.iloc[0]
    held = count_households(int(row["households"]), bool(row["estimated"]), language())
    return word(key), str(row["code"]), f"{row['community_name']} · {held}", ""
