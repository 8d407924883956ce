"""下一个站点放哪里: where new stations do most, what each adds, where else it could stand."""

from __future__ import annotations

from typing import Any

import streamlit as st

from gridplan.cases.counts import LEAST_SHOWN, shown
from gridplan.coverage import Proposal
from gridplan.coverage.reach import SERVICE
from gridplan.coverage.sums import ALL
from gridplan.schema import BUILDING_ID, COMPOUND_ID, HOUSEHOLDS, NAME
from gridplan.ui.coverage_panels import Held
from gridplan.ui.coverage_told import judged
from gridplan.ui.coverage_work import AT_ONCE_S, MOST_SITES, kept_coverage, siting, waiting
from gridplan.ui.frame import language, leader, tell, word


def sites_panel(held: Held) -> Proposal | None:
    """下一个站点放哪里: services and number of stations in, sites with their gains out."""
    keys = judged(held.coverage)
    titles = {one.key: one.title(language()) for one in held.coverage.services.services}
    first = keys[:1] if held.service == ALL or held.service not in keys else [held.service]
    chosen = st.multiselect(
        word("coverage.sites.services"),
        keys,
        first,
        format_func=titles.__getitem__,
        key=f"coverage-sites-{held.service}",
    )
    count = st.segmented_control(
        word("coverage.sites.count"), range(1, MOST_SITES + 1), default=1, required=True,
        key="coverage-count",
    )  # fmt: skip
    if not chosen or count is None:
        st.info(word("coverage.sites.none"))
        return None
    wanted = tuple(key for key in keys if key in chosen)
    works = [siting(held.coverage, wanted, number) for number in (int(count), MOST_SITES)]
    for work in works:
        work.wait(AT_ONCE_S)
        if work.error is not None:
            kept_coverage().forget(work)
            tell(work.error)
            return None
    proposal, most = (work.result for work in works)
    if proposal is None or most is None:
        waiting(next(work for work in works if work.result is None))
        return None
    _proposal(held, proposal, most)
    return proposal


def _proposal(held: Held, proposal: Proposal, most: Proposal) -> None:
    unit = word("coverage.unit.times" if len(proposal.services) > 1 else "unit.households")
    gained = float(proposal.curve[HOUSEHOLDS].iloc[-1])
    lines = [word("coverage.sites.gain", count=_count(gained), of=_count(proposal.demand), unit=unit,
                  share=gained / max(proposal.demand, 1))]  # fmt: skip
    table = held.coverage.summary.set_index(SERVICE)["network"]
    if cut := float(table.loc[list(proposal.services)].sum()):
        lines[0] += word("coverage.sites.cut", count=_count(cut), unit=unit)
    proof = "proved" if proposal.siting.proved else "bound"
    lines.append(word(f"coverage.sites.{proof}", bound=_count(proposal.siting.bound), unit=unit))
    st.markdown("  \n".join(lines))
    places = _place_names(held, proposal)
    rows = [
        f"{number}. {places[row.candidate_id]}：**+{_count(row.households)}** {unit}"
        for number, row in enumerate(proposal.sites.itertuples(), 1)
    ]
    st.markdown("\n".join(rows))
    _near_ties(proposal, places, unit)
    st.caption(word("coverage.sites.curve", unit=unit))
    st.vega_lite_chart(_curve(most), height=150)
    gone = float(proposal.unreached[HOUSEHOLDS].sum())
    if gone:
        st.caption(word("coverage.sites.unreached", count=_count(gone), unit=unit))
    st.caption(word("coverage.sites.method"))


def _count(value: float) -> str:
    return shown(round(value)) if leader() else f"{value:,.0f}"


def _curve(most: Proposal) -> dict[str, Any]:
    """Households served by the best 1, 2, … stations, as a chart."""
    names = {"count": word("coverage.sites.x"), HOUSEHOLDS: word("coverage.sites.y")}
    curve = most.curve
    if leader():  # two totals side by side would tell a small gain
        curve = curve[(curve["gain"] >= LEAST_SHOWN).cummin()]
    rows = curve.rename(columns=names)[list(names.values())].to_dict("records")
    across = {"field": names["count"], "type": "ordinal", "axis": {"labelAngle": 0}}
    upright = {"field": names[HOUSEHOLDS], "type": "quantitative", "title": None,
               "axis": {"tickCount": 3}}  # fmt: skip
    shown = {**upright, "format": ",.0f"}
    line = {"type": "line", "color": "#1f4e79", "point": {"filled": True, "color": "#1f4e79"}}
    text = {"type": "text", "dy": -10, "fontSize": 12, "color": "#1c2733"}
    encoded = {"x": across, "y": upright}
    return {
        "data": {"values": rows},
        "layer": [
            {"mark": line, "encoding": encoded},
            {"mark": text, "encoding": {**encoded, "text": shown}},
        ],
    }


def _near_ties(proposal: Proposal, places: dict[str, str], unit: str) -> None:
    """For each site where else it could stand, told with what that costs."""
    if proposal.swaps.empty:
        return
    order = {site: number for number, site in enumerate(proposal.sites["candidate_id"], 1)}
    best = float(proposal.curve[HOUSEHOLDS].iloc[-1])
    rows = [
        word(
            "coverage.sites.swap",
            number=order[swap.site],
            place=places[swap.instead],
            less=_count(max(best - swap.households, 0)),
            unit=unit,
        )
        for swap in proposal.swaps.itertuples()
    ]
    with st.expander(word("coverage.sites.swaps", count=len(rows))):
        st.markdown("\n".join(f"- {row}" for row in rows))


def _place_names(held: Held, proposal: Proposal) -> dict[str, str]:
    """Candidates in words: by address, for leaders by compound or community."""
    layers, sites = held.prepared.layers, proposal.candidates
    buildings = layers.buildings.set_index(BUILDING_ID).reindex(sites[BUILDING_ID])
    codes = layers.communities.set_index("community_code")[NAME]
    community = (
        buildings["community_code"].map(codes).astype(object).fillna("").astype(str).to_numpy()
    )
    compound = buildings[COMPOUND_ID].to_numpy()
    if NAME in layers.compounds:
        known = layers.compounds.set_index(COMPOUND_ID)[NAME]
        compound = (
            buildings[COMPOUND_ID].map(known).astype(object).fillna("").astype(str).to_numpy()
        )
    told = {}
    for number, row in enumerate(sites.itertuples()):
        exact = f"{row.address} {row.name}".strip() or str(row.building_id)
        near = f"{community[number]} {compound[number]}".strip()
        told[str(row.candidate_id)] = word("coverage.sites.near", place=near) if leader() else exact
    return told
