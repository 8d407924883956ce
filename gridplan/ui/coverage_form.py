"""标准: how far each service may be, and which stations count by their hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from html import escape
from itertools import groupby

import streamlit as st

from gridplan.coverage import OpenRule, Service, ServiceSet, Walk, services_of
from gridplan.coverage.views import DAYS
from gridplan.prepared import Prepared
from gridplan.ui.frame import language, word
from gridplan.words import say

LEAST_M, MOST_M, STEP_M = 50.0, 3000.0, 50.0
_HOURS = ("any", "at", "days")
_STATE = "coverage_standards"


def standards(prepared: Prepared) -> ServiceSet:
    """What this session judges by: the area's ``services.toml`` or the preset, as edited here.

    Raises
    ------
    InputError
        With every fault of ``services.toml``.
    """
    folder = prepared.layers.folder
    known: tuple[object, ServiceSet] | None = st.session_state.get(_STATE)
    if known is None or known[0] != folder:
        known = folder, services_of(folder)
        st.session_state[_STATE] = known
    return known[1]


def keep(prepared: Prepared, services: ServiceSet) -> None:
    """Judge by these from now on."""
    st.session_state[_STATE] = prepared.layers.folder, services


def with_metres(
    services: ServiceSet, metres: Mapping[str, float], origin: ServiceSet
) -> ServiceSet:
    """Walking distances changed; one set back to its origin has its source again.

    Parameters
    ----------
    services : ServiceSet
        As judged so far.
    metres : mapping of str to float
        By the service's key; those not named stay.
    origin : ServiceSet
        The area's own.
    """
    own = {one.key: one.walk for one in origin.services}

    def walk(one: Service) -> Walk:
        wanted = float(metres.get(one.key, one.walk.metres))
        if wanted == own[one.key].metres:
            return own[one.key]
        return one.walk if wanted == one.walk.metres else Walk(wanted)

    return replace(
        services, services=tuple(replace(one, walk=walk(one)) for one in services.services)
    )


def distance_field(prepared: Prepared, services: ServiceSet, key: str) -> None:
    """The walking distance of one service, its source beside it; a change counts at once."""
    one = next(one for one in services.services if one.key == key)
    field = f"coverage-metres-{key}"
    st.session_state[field] = one.walk.metres

    def change() -> None:
        wanted = {key: float(st.session_state[field])}
        keep(prepared, with_metres(services, wanted, services_of(prepared.layers.folder)))

    left, right = st.columns([2, 5], vertical_alignment="center")
    least, most = _bounds(one)
    left.number_input(
        word("coverage.metres"), least, most, step=STEP_M, format="%g", key=field, on_change=change
    )
    right.html(f'<p class="gp-source">{escape(one.walk.sentence(language()))}</p>')


def _bounds(one: Service) -> tuple[float, float]:
    """Of the field: whatever the area's file says fits."""
    return min(LEAST_M, one.walk.metres), max(MOST_M, one.walk.metres)


def standards_form(prepared: Prepared, services: ServiceSet) -> None:
    """Every distance under its source, and the rule of opening hours."""
    origin = services_of(prepared.layers.folder)
    with st.form("coverage-standards", border=False):
        left, right = st.columns(2)
        apply = left.form_submit_button(word("coverage.apply"), type="primary", width="stretch")
        back = right.form_submit_button(word("coverage.restore"), width="stretch")
        rule = _hours(services.open)
        metres = _distances(services)
    if apply:
        changed = with_metres(services, metres, origin)
        keep(prepared, replace(changed, open=rule))
        st.rerun()
    if back:
        keep(prepared, origin)
        for key in [key for key in st.session_state if str(key).startswith("standard-")]:
            del st.session_state[key]
        st.rerun()


def _distances(services: ServiceSet) -> dict[str, float]:
    metres = {}
    ordered = sorted(services.services, key=lambda one: (one.walk.metres, one.walk.source))
    for sentence, some in groupby(ordered, key=lambda one: one.walk.sentence(language())):
        st.html(f'<p class="gp-source">{escape(sentence)}</p>')
        columns = st.columns(3)
        for number, one in enumerate(some):
            metres[one.key] = columns[number % 3].number_input(
                one.title(language()), *_bounds(one), one.walk.metres, STEP_M, format="%g",
                key=f"standard-{one.key}-{one.walk.metres:g}",
            )  # fmt: skip
    return metres


def _hours(rule: OpenRule) -> OpenRule:
    now = "at" if rule.at is not None else "days" if rule.days is not None else "any"
    day, minute = rule.at or (5, 19 * 60)
    kind = st.radio(
        word("coverage.hours.label"),
        _HOURS,
        _HOURS.index(now),
        format_func=lambda name: word(f"coverage.hours.{name}"),
        key="standard-hours",
    )
    first, second, third = st.columns(3)
    chosen = first.selectbox(
        word("coverage.hours.day"),
        range(7),
        day,
        format_func=lambda number: say(f"map.coverage.day.{DAYS[number]}", language()),
        key="standard-day",
    )
    clock = second.time_input(
        word("coverage.hours.time"), time(minute // 60, minute % 60), key="standard-time"
    )
    days = third.number_input(word("coverage.hours.least"), 1, 7, rule.days or 6,
                              key="standard-days")  # fmt: skip
    unknown = st.checkbox(
        word("coverage.hours.unknown"), rule.count_unknown, key="standard-unknown"
    )
    if kind == "at":
        return OpenRule(at=(int(chosen), clock.hour * 60 + clock.minute), count_unknown=unknown)
    return OpenRule(days=int(days), count_unknown=unknown) if kind == "days" else OpenRule()
