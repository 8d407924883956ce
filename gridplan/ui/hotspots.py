"""热点: where cases gather, whose grid that is, and what is overdue there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import folium
import geopandas as gpd
import pandas as pd
import streamlit as st

from gridplan.cases.counts import LEAST_SHOWN
from gridplan.cases.place import At
from gridplan.errors import GridplanError
from gridplan.hotspots import Hotspots, HotspotSpec, find_hotspots
from gridplan.hotspots.find import PLAN
from gridplan.hotspots.told import conclusion, present_layer
from gridplan.load.layers import Layers
from gridplan.maps.hotspot_marks import Reader
from gridplan.maps.hotspots import border_map, grid_rate_map, hotspot_map, time_map
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.schema import CATEGORY, HOME, OPENED
from gridplan.ui.area import identity
from gridplan.ui.desk import Desk
from gridplan.ui.frame import guarded, language, leader, ready, top, word
from gridplan.ui.hotspot_notes import explain
from gridplan.ui.hotspot_panel import opened, panel
from gridplan.ui.kept import kept
from gridplan.ui.show import needs_files, put_map
from gridplan.ui.work import Report, Stop, Work

HEIGHT = 590
AROUND_M = 150.0
"""What is looked at keeps so much of its surroundings."""
WEEKS = {"year": 52, "half": 26, "quarter": 13, "month": 4}
WIDE = 1.3
"""Width over height of an area whose maps stand one above the other."""
VIEWS = ("cells", "grids", "time", "borders")
_FIRST = {
    "hotspot-period": "year", "hotspot-category": "", "hotspot-at": "event",
    "hotspot-view": "cells", "hotspot-density": False,
}  # fmt: skip
"""What the controls say at first."""
KEPT = 6
"""Searches kept for all sessions: one of a million cases takes some 200 MB."""
_STYLE = """<style>
.gp-say { margin: 0; padding: 0.4rem 0.8rem; border-left: 4px solid #1f4e79; background: #eef3f8;
  font-size: 1.02rem; line-height: 1.5; }
</style>"""


@dataclass(frozen=True)
class Choices:
    """What the controls offer: first and last day, categories, the commonest first, and homes."""

    first: date
    final: date
    categories: tuple[str, ...]
    homes: bool


@dataclass(frozen=True)
class Order:
    """What the controls ask for."""

    spec: HotspotSpec
    last: date


def hotspots(desk: Desk | None) -> None:
    """The page."""
    _keep_choices()
    prepared = None if desk is None else desk.prepared
    choices = None if prepared is None else _choices(prepared)
    work = None
    if desk is not None and prepared is not None and choices is not None:
        work = desk.looking = _searched(prepared, desk.plan, _order(choices))
    top(desk, word("name.hotspots"))
    if not ready(desk) or desk is None or prepared is None:
        return
    if choices is None or work is None:
        _nothing(word("hotspots.no_cases"))
        return
    _controls(choices)
    if isinstance(work.error, GridplanError):
        _nothing(work.error.text(language()))
    elif work.error is not None:
        raise work.error
    elif work.result is None:
        st.html(f'<p class="gp-wait">{word("hotspots.wait")}</p>')
    else:
        _show(prepared, work.result)


def _keep_choices() -> None:
    """What a control says is lost while it is not shown, for instance during a search."""
    for key, value in _FIRST.items():
        st.session_state[key] = st.session_state.get(key) or value


def _searched(prepared: Prepared, plan: Plan | None, order: Order) -> Work[Hotspots]:
    """The search for an order, begun where nobody asked for it before."""
    key = (prepared.layers.fingerprint, id(plan), order.spec, order.last)
    until = pd.Timestamp(order.last) + pd.Timedelta(days=1)

    def task(report: Report, _: Stop) -> Hotspots:
        return find_hotspots(prepared, order.spec, plan=plan, until=until, report=report)

    return kept("hotspots", KEPT).get(key, plan, task)


def search_of_last_year(prepared: Prepared) -> Work[Hotspots] | None:
    """The search that this page opens with; the first that asks for it begins it.

    Returns
    -------
    Work or None
        Under way or done; None where no case tells when it came in.
    """
    choices = _choices(prepared)
    if choices is None:
        return None
    return _searched(prepared, None, Order(HotspotSpec(weeks=WEEKS["year"]), choices.final))


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs={Prepared: identity})
def _choices(prepared: Prepared) -> Choices | None:
    """None where no case has a time."""
    cases = prepared.layers.cases
    days = cases[OPENED].dropna()
    if days.empty:
        return None
    names = cases[CATEGORY].value_counts()
    return Choices(
        first=days.min().date(),
        final=days.max().date(),
        categories=tuple(str(name) for name in names.index if name),
        homes=bool(cases[HOME].notna().any()),
    )


def _order(choices: Choices) -> Order:
    """What the controls say."""
    state = st.session_state
    category = state.get("hotspot-category") or None
    if category not in choices.categories:  # of the area that was open before
        category, state["hotspot-category"] = None, ""
    at: At = "home" if state.get("hotspot-at") == "home" else "event"
    weeks = WEEKS[state.get("hotspot-period") or "year"]
    last = min(max(state.get("hotspot-last") or choices.final, choices.first), choices.final)
    state["hotspot-last"] = last
    return Order(HotspotSpec(weeks=weeks, category=category, at=at), last)


def _controls(choices: Choices) -> None:
    """Period, its last day, category, and which place of a case counts."""
    columns = st.columns([5, 2, 3, 3], vertical_alignment="bottom")
    columns[0].segmented_control(
        word("hotspots.period"), list(WEEKS), required=True, key="hotspot-period",
        format_func=lambda name: word(f"hotspots.weeks.{name}"), width="stretch",
        label_visibility="collapsed",
    )  # fmt: skip
    columns[1].date_input(
        word("hotspots.last"), min_value=choices.first,
        max_value=choices.final, key="hotspot-last", format="YYYY-MM-DD", label_visibility="collapsed",
        help=word("hotspots.last"),
    )  # fmt: skip
    columns[2].selectbox(
        word("hotspots.category"), ["", *choices.categories],
        format_func=lambda name: name or word("hotspots.all"),
        key="hotspot-category", label_visibility="collapsed",
    )  # fmt: skip
    if choices.homes:
        columns[3].segmented_control(
            word("hotspots.at"), ["event", "home"], required=True,
            format_func=lambda name: word(f"hotspots.place.{name}"), key="hotspot-at",
            width="stretch", label_visibility="collapsed",
        )  # fmt: skip


def _nothing(told: str) -> None:
    st.info(told)
    if not leader():
        st.page_link(st.session_state["pages"]["data"], label=word("hotspots.to_data"))


@st.fragment
@guarded
def _show(prepared: Prepared, found: Hotspots) -> None:
    reader = Reader(language(), LEAST_SHOWN if leader() else 0)
    st.html(f'{_STYLE}<p class="gp-say">{_safe(conclusion(found, language(), reader.least))}</p>')
    ground, side = st.columns([2, 1])
    with ground:
        view, more = _view(found)
    with side:
        place = panel(prepared, found, reader, view == "borders", HEIGHT + 48)
    with ground:
        _maps(prepared, found, reader, (view, more), place)
    explain(prepared, found)


def _view(found: Hotspots) -> tuple[str, str]:
    """Which map, and of which layer or surface."""
    left, right = st.columns([3, 2], vertical_alignment="center")
    view = left.segmented_control(
        word("hotspots.view"), VIEWS, required=True, key="hotspot-view",
        format_func=lambda name: word(f"hotspots.views.{name}"), label_visibility="collapsed",
    )  # fmt: skip
    if view == "cells":
        density = right.toggle(word("hotspots.density"), key="hotspot-density")
        return view, "density" if density else ""
    if view == "grids" and len(found.grids) > 1:
        layer = right.selectbox(
            word("hotspots.layer"), list(found.grids), label_visibility="collapsed",
            format_func=lambda name: word("redraw.after") if name == PLAN else name,
        )  # fmt: skip
        return view, str(layer)
    return str(view), next(iter(found.grids), "")


def _maps(
    prepared: Prepared,
    found: Hotspots,
    reader: Reader,
    shown: tuple[str, str],
    place: gpd.GeoSeries | None,
) -> None:
    needs_files()
    layers, (view, more) = prepared.layers, shown
    drawn: dict[str, Callable[[], folium.Map]] = {
        "cells": partial(hotspot_map, layers, found, reader, density=bool(more)),
        "grids": partial(grid_rate_map, layers, found, more, reader),
        "time": partial(time_map, layers, found, reader),
    }
    if view == "borders":
        _before_and_after(layers, found, reader, place)
    elif view == "time" and found.spec.weeks < 8:
        st.info(word("hotspots.too_short"))
    elif view == "grids" and not more:
        st.info(word("hotspots.no_grids"))
    else:
        put_map(drawn[view](), HEIGHT, place, f"hotspots-{view}-{more}-{opened()}", AROUND_M)


def _before_and_after(
    layers: Layers, found: Hotspots, reader: Reader, place: gpd.GeoSeries | None
) -> None:
    """Two maps of the same clusters; the plan's place says what to do where there is none.

    One above the other where the area is wide: both are larger then.
    """
    west, south, east, north = layers.communities.total_bounds
    wide = east - west > WIDE * (north - south)
    places = (st.container(), st.container()) if wide else st.columns(2)
    height = HEIGHT // 2 - 4 if wide else HEIGHT
    sides = dict(zip(("before", "after"), places, strict=True))
    present = present_layer(found)
    with sides["before"]:
        if present is None:
            st.info(word("hotspots.no_grids"))
        else:
            drawn = border_map(layers, found, present, reader)
            put_map(drawn, height, place, f"hotspots-before-{opened()}", AROUND_M)
    with sides["after"]:
        if PLAN in found.grids:
            drawn = border_map(layers, found, PLAN, reader)
            put_map(drawn, height, place, f"hotspots-after-{opened()}", AROUND_M)
        else:
            st.info(word("hotspots.no_plan_leader" if leader() else "hotspots.no_plan"))
            if not leader():
                st.page_link(st.session_state["pages"]["redraw"], label=word("hotspots.to_redraw"))


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
