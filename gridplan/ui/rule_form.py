"""The rules as a form: every limit with the sentence it comes from beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import pandas as pd
import streamlit as st

from gridplan.prepared import Prepared
from gridplan.rules import GridCount, Limit, Limits, RadiusAlong, RuleSet, rural, urban
from gridplan.schema import HOUSEHOLDS, PEOPLE
from gridplan.ui.frame import language, word

PERSONS_PER_HOUSEHOLD = 2.62
"""2020 census; limits in people are those in households times this, as `rules.source.people`."""

_SIDES = {"urban": urban, "rural": rural}
_NAMES = ("lower", "upper", "radius_m")
_Kind = TypeVar("_Kind", bound=StrEnum)


@dataclass(frozen=True)
class Order:
    """What the planner asks for.

    Parameters
    ----------
    rules : RuleSet
        In force.
    time_limit_s : float
        For the solver.
    seed : int
        Of every random choice.
    """

    rules: RuleSet
    time_limit_s: float
    seed: int


def default_limits(side: str, measure: str) -> Limits:
    """Limits of the documents, in households or in people.

    Parameters
    ----------
    side : {"urban", "rural"}
        Class of community.
    measure : {"households", "people"}
        What the limits count.
    """
    limits = _SIDES[side]()
    if measure == HOUSEHOLDS:
        return limits
    return replace(limits, lower=_in_people(limits.lower), upper=_in_people(limits.upper))


def edited(limit: Limit, value: float | None) -> Limit:
    """The limit with another number; a number of the office's own says so."""
    return limit if value == limit.value else Limit(value, "rules.source.edited")


def rule_form(prepared: Prepared, rules: RuleSet) -> Order | None:
    """Draw the form; returns the order, or None where it cannot be carried out.

    Parameters
    ----------
    prepared : Prepared
        Gives the communities, and whether there are present grids and a roster.
    rules : RuleSet
        What the form starts from.
    """
    measure = _measure(rules)
    limits = {side: _limits(side, measure, rules) for side in _SIDES}
    left, right = st.columns([2, 1])
    with right:
        along = _radius_along(prepared, rules)
    with left:
        count, given = _grid_count(prepared, rules)
    left, middle, right = st.columns(3)
    reserve_pct = left.number_input(
        word("rules.reserve"), 0, 50, round(rules.growth_reserve * 100), step=5,
        key="reserve", persist_state="session",
    )  # fmt: skip
    time_limit_s = middle.number_input(
        word("rules.time"), 2, 3600, 60, step=10, key="time", persist_state="session"
    )
    seed = right.number_input(
        word("rules.seed"), 0, 999_999, 1, key="seed", persist_state="session"
    )
    faults = [side for side in _SIDES if not _in_order(*limits[side])]
    for side in faults:
        lower, upper, _ = limits[side]
        st.error(word("rules.crossed", lower=lower.value, upper=upper.value))
    if faults:
        return None
    made = RuleSet(
        urban=Limits(*limits["urban"]),
        rural=Limits(*limits["rural"]),
        measure=measure,
        growth_reserve=reserve_pct / 100,
        grid_count=count,
        given_count=given,
        keep_present=True,
        radius_along=along,
    )
    return Order(made, float(time_limit_s), int(seed))


def _in_people(limit: Limit) -> Limit:
    if limit.value is None:
        return limit
    return Limit(round(limit.value * PERSONS_PER_HOUSEHOLD), "rules.source.people")


def _in_order(lower: Limit, upper: Limit, _: Limit) -> bool:
    return upper.value is None or (lower.value or 0) <= upper.value


def _measure(rules: RuleSet) -> str:
    return st.radio(
        word("rules.measure"),
        [HOUSEHOLDS, PEOPLE],
        index=[HOUSEHOLDS, PEOPLE].index(rules.measure),
        format_func=lambda name: word(f"rules.{name}"),
        horizontal=True,
        label_visibility="collapsed",
        key="measure",
        persist_state="session",
    )


def _limits(side: str, measure: str, rules: RuleSet) -> tuple[Limit, Limit, Limit]:
    """One class of community: three numbers, and the sentence of each below."""
    defaults = default_limits(side, measure)
    start = getattr(rules, side) if rules.measure == measure else defaults
    st.markdown(f"**{word(f'rules.{side}')}**")
    found = []
    for name, column in zip(_NAMES, st.columns(3), strict=True):
        default: Limit = getattr(defaults, name)
        now: Limit = getattr(start, name)
        value = column.number_input(
            word(f"rules.{name}"),
            min_value=0.0,
            value=None if now.value is None else float(now.value),
            step=10.0,
            format="%.0f",
            placeholder=word("rules.none"),
            key=f"{side}-{name}-{measure}",
            persist_state="session",
        )
        limit = edited(default, value)
        ours = " ours" if limit.source == "rules.source.edited" else ""
        column.html(f'<div class="gp-source{ours}">{limit.sentence(language())}</div>')
        found.append(limit)
    return found[0], found[1], found[2]


def _radius_along(prepared: Prepared, rules: RuleSet) -> RadiusAlong:
    """As the crow flies, or along streets where the area has any."""
    offered = list(RadiusAlong) if len(prepared.layers.streets) else [RadiusAlong.AIR]
    return _chosen("along", offered, rules.radius_along, "rules.radius_along")


def _chosen(key: str, offered: list[_Kind], now: _Kind, words: str) -> _Kind:
    """A box to choose from; what is in force comes first where it is offered."""
    return st.selectbox(
        word(f"rules.{key}"),
        offered,
        index=offered.index(now) if now in offered else 0,
        format_func=lambda kind: word(f"{words}.{kind.value}"),
        key=key,
        persist_state="session",
    )


def _grid_count(prepared: Prepared, rules: RuleSet) -> tuple[GridCount, dict[str, int]]:
    """Where the number of grids comes from; only what this area has is offered."""
    offered = [GridCount.FEWEST, GridCount.GIVEN]
    if len(prepared.layers.roster):
        offered.insert(0, GridCount.ROSTER)
    if prepared.present:
        offered.insert(0, GridCount.PRESENT)
    count = _chosen("count", offered, rules.grid_count, "rules.grid_count")
    if count is not GridCount.GIVEN:
        return count, {}
    return count, _given(prepared, rules)


def _given(prepared: Prepared, rules: RuleSet) -> dict[str, int]:
    """A number for each community; it starts from what its households need."""
    places = prepared.layers.communities
    held = prepared.units.frame.groupby("community_code")["households"].sum()
    start = {
        code: rules.given_count.get(code, max(1, round(held.get(code, 0) / 400)))
        for code in places["community_code"]
    }
    names = [word("column.community"), word("redraw.grids")]
    table = pd.DataFrame({names[0]: places["name"].to_list(), names[1]: list(start.values())})
    found = st.data_editor(
        table,
        hide_index=True,
        disabled=[names[0]],
        height=140,
        key="given",
        column_config={names[1]: st.column_config.NumberColumn(min_value=1, step=1, required=True)},
    )
    return dict(zip(start, found[names[1]].astype(int), strict=True))
