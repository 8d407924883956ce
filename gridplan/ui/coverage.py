"""服务盲区: who cannot walk to a service, who is not visited in time, where a station does most."""

from __future__ import annotations

from html import escape
from typing import Any

import geopandas as gpd
import streamlit as st

from gridplan.coverage import Coverage, Proposal, ServiceSet
from gridplan.coverage.sums import ALL
from gridplan.maps.coverage import (
    Reader,
    lacking_map,
    quarter_map,
    service_map,
    sites_map,
    visits_map,
)
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.ui.coverage_form import standards, standards_form
from gridplan.ui.coverage_panels import (
    Ground,
    Held,
    download,
    quarters_panel,
    reach_panel,
    visits_panel,
)
from gridplan.ui.coverage_sites import sites_panel
from gridplan.ui.coverage_told import (
    about,
    conclusion,
    judged,
    row_of,
    service_of,
    share_text,
    told,
)
from gridplan.ui.coverage_work import AT_ONCE_S, finding, kept_coverage, waiting
from gridplan.ui.desk import Desk
from gridplan.ui.frame import guarded, language, leader, numbers, ready, tell, top, word
from gridplan.ui.show import needs_files, put_map

HEIGHT = 620
PANELS = ("reach", "quarters", "visits", "sites", "standards")
_PLAN = "plan"
_LINE = "font-size:1.12rem;font-weight:600;margin:0"


def coverage(desk: Desk | None) -> None:
    """The page."""
    top(desk, word("name.coverage"))
    if not ready(desk) or desk is None or desk.prepared is None:
        return
    layers = desk.prepared.layers
    for name in ("facilities", "streets"):
        if getattr(layers, name).empty:
            st.info(word(f"coverage.no_{name}"))
            return
    _bench(desk.prepared, None if leader() else desk.plan)


@st.fragment
@guarded
def _bench(prepared: Prepared, plan: Plan | None) -> None:
    services = standards(prepared)
    line = st.empty()
    controls = st.columns([3, 6, 3], vertical_alignment="bottom")
    service = _service(services, controls[0])
    panel = _panel(controls[1])
    by = _by(prepared, plan, controls[2])
    found = _found(prepared, services, plan if by == _PLAN else None, None if by == _PLAN else by)
    if found is None:
        return
    if service != ALL and service not in set(found.summary["service"]):
        service = ALL
    _tell_address(service, panel)
    line.html(f'<p style="{_LINE}">{escape(_line(prepared, found, service))}</p>')
    _numbers(found, service)
    grids = _grids(prepared, plan, by)
    _map_and_panel(Held(prepared, found, grids, service), services, panel)


def _service(services: ServiceSet, column: Any) -> str:
    """The service chosen; the address names it."""
    titles = {ALL: word("coverage.all")}
    titles |= {one.key: one.title(language()) for one in services.services}
    if st.session_state.get("coverage-service") not in titles:
        asked = st.query_params.get("service", ALL)
        st.session_state["coverage-service"] = asked if asked in titles else ALL
    chosen = column.selectbox(
        word("coverage.service"), list(titles), format_func=titles.__getitem__,
        key="coverage-service",
    )  # fmt: skip
    return str(chosen)


def _panel(column: Any) -> str:
    names = [name for name in PANELS if name != "standards" or not leader()]
    if st.session_state.get("coverage-panel") not in names:
        asked = st.query_params.get("panel", names[0])
        st.session_state["coverage-panel"] = asked if asked in names else names[0]
    return str(
        column.segmented_control(
            word("coverage.panel.label"), names,
            format_func=lambda name: word(f"coverage.panel.{name}"),
            key="coverage-panel", required=True, label_visibility="collapsed",
        )
    )  # fmt: skip


def _tell_address(service: str, panel: str) -> None:
    """What leads back here."""
    for name, value, plain in (("service", service, ALL), ("panel", panel, PANELS[0])):
        if value != plain:
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


def _by(prepared: Prepared, plan: Plan | None, column: Any) -> str | None:
    """Whose grids the tables tell: a present layer's name, or `_PLAN`."""
    names = list(prepared.present)
    if plan is not None:
        names = [_PLAN, *names]
    if len(names) < 2:
        return names[0] if names else None
    return str(
        column.selectbox(
            word("coverage.by"), names, key="coverage-by",
            format_func=lambda name: word("coverage.by_plan") if name == _PLAN else name,
        )
    )  # fmt: skip


def _found(
    prepared: Prepared, services: ServiceSet, plan: Plan | None, layer: str | None
) -> Coverage | None:
    """What was found; while something new is looked for, what was found before."""
    work = finding(prepared, services, plan, layer)
    work.wait(AT_ONCE_S)
    before = st.session_state.get("coverage_before")
    if work.error is not None:
        kept_coverage().forget(work)
        tell(work.error)
    elif work.result is None:
        waiting(work)
    else:
        before = st.session_state["coverage_before"] = prepared, work.result
    return before[1] if before is not None and before[0] is prepared else None


def _line(prepared: Prepared, found: Coverage, service: str) -> str:
    return conclusion(found, prepared.layers, service, language(), leader())


def _grids(prepared: Prepared, plan: Plan | None, by: str | None) -> gpd.GeoDataFrame | None:
    if by == _PLAN and plan is not None:
        return plan.grids
    return prepared.present[by].grids if by is not None and by != _PLAN else None


def _numbers(found: Coverage, service: str) -> None:
    unit = word("unit.households")
    if service == ALL:
        numbers(_all_boxes(found, unit))
        return
    row = row_of(found, service)
    if not row["judged"]:
        return
    whole, near = row["judged_households"], row["served_households"]
    far, cut, full = (row[name] for name in ("distance", "network", "capacity"))
    texts = told([whole, near, far + full, far, full, cut], [(0, [1, 2]), (2, [3, 4])], leader())
    straight = row["straight_share"] * whole
    gap = row["straight_share"] - row["households_share"]
    numbers(
        [
            (
                word("coverage.box.left"),
                f"{about(found, service)}{texts[2]} {unit}",
                word("coverage.box.reasons", far=texts[3], full=texts[4], cut=texts[5]),
                "bad" if far + full else "good",
            ),
            (
                word("coverage.box.households"),
                share_text(near, whole, leader()),
                word("coverage.box.of", part=texts[1], whole=texts[0]),
                "",
            ),
            (
                word("coverage.box.people"),
                share_text(row["served_people"], row["judged_people"], leader()),
                word(
                    f"coverage.box.facilities{'_shut' if row['shut'] else ''}",
                    count=row["facilities"],
                    shut=row["shut"],
                ),
                "",
            ),
            (
                word("coverage.box.straight"),
                share_text(straight, whole, leader()),
                word("coverage.box.straight_note", points=max(gap, 0.0) * 100),
                "",
            ),
        ]
    )


def _all_boxes(found: Coverage, unit: str) -> list[tuple[str, str, str, str]]:
    table, keys = found.summary, judged(found)
    near, whole = (table[f"{name}_households"].sum() for name in ("served", "judged"))
    boxes = [
        (
            word("coverage.box.mean"),
            share_text(near, whole, leader()),
            word("coverage.box.mean_note", count=len(keys), of=len(table)),
            "",
        )
    ]
    for number, key in enumerate(keys[:2]):
        row = row_of(found, key)
        text = told([row["distance"] + row["capacity"]], [], leader())[0]
        name = service_of(found, key).title(language())
        label = word(f"coverage.box.worst_{number + 1}")
        note = word("coverage.box.limit", metres=row["limit_m"])
        boxes.append((f"{label}：{name}", f"{about(found, key)}{text} {unit}", note, "bad"))
    unseen = found.visits.buildings["overdue_households"].to_numpy()
    late = unseen.sum()
    guessed = "≈" if (found.walked.buildings["estimated"].to_numpy() & (unseen > 0)).any() else ""
    judges = found.visits.judged
    boxes.append(
        (
            word("coverage.box.visits"),
            f"{guessed}{told([late], [], leader())[0]} {unit}" if judges else "—",
            word("coverage.box.as_of", day=found.visits.as_of)
            if judges
            else word("coverage.box.no_visits"),
            "bad" if judges and late else "",
        )
    )
    return boxes


def _map_and_panel(held: Held, services: ServiceSet, panel: str) -> None:
    ground, side = st.columns([2, 1])
    place: Ground = None
    proposal: Proposal | None = None
    with side, st.container(height=HEIGHT, border=False, key="coverage-side"):
        if panel == "standards":
            standards_form(held.prepared, services)
        elif not judged(held.coverage):
            st.info(word("coverage.none_judged"))
        elif panel == "reach":
            place = reach_panel(held, services)
        elif panel == "visits":
            visits_panel(held)
        elif panel == "quarters":
            place = quarters_panel(held)
        else:
            proposal = sites_panel(held)
        if not leader() and panel in ("reach", "quarters"):
            download(held)
    with ground:
        _map(held, panel, place, proposal)


@guarded
def _map(held: Held, panel: str, place: Ground, proposal: Proposal | None) -> None:
    needs_files()
    prepared, found, service = held.prepared, held.coverage, held.service
    reader = Reader(language(), leader())
    seen = found.visits.judged
    only = str(st.session_state.get("coverage-quarter", "")) if panel == "quarters" else ""
    if panel == "sites" and proposal is not None:
        drawn = sites_map(prepared, found, proposal, reader)
    elif panel == "visits" and seen:
        drawn = visits_map(prepared, found, reader)
    elif panel == "quarters" and seen and service in set(found.cross["service"]):
        drawn = quarter_map(prepared, found, service, only, reader)
    elif service in judged(found):
        drawn = service_map(prepared, found, service, reader)
    else:
        drawn = lacking_map(prepared, found, reader)
    of = "-".join(proposal.services) if proposal is not None else service
    put_map(drawn, HEIGHT, place, f"coverage-{panel}-{of}-{language()}")
