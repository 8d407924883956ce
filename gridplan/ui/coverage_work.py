"""Finding blind spots and siting stations outside the page's own thread, each answer kept."""

from __future__ import annotations

from typing import Any

import streamlit as st

from gridplan.coverage import Coverage, Proposal, ServiceSet, find_coverage, propose_sites
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.ui.frame import language
from gridplan.ui.kept import Kept, kept
from gridplan.ui.work import Report, Stop, Work
from gridplan.words import say

KEPT = 24
"""Answers kept for all sessions."""

AT_ONCE_S = 0.4
"""An answer that is there by then is shown without a word of waiting."""

MOST_SITES = 5
_SITES_S = 20.0


def kept_coverage() -> Kept:
    """Coverages and proposals of this server."""
    return kept("coverage", KEPT)


def finding(
    prepared: Prepared, services: ServiceSet, plan: Plan | None, layer: str | None
) -> Work[Coverage]:
    """The coverage of an area by its services, told by a plan's grids or a present layer's."""

    def task(report: Report, _: Stop) -> Coverage:
        report("step.coverage", 0.1)
        return find_coverage(prepared, services, plan=plan, layer=layer)

    key = ("coverage", id(prepared), services, id(plan), layer)
    return kept_coverage().get(key, (prepared, plan), task)


def siting(coverage: Coverage, services: tuple[str, ...], count: int) -> Work[Proposal]:
    """The best `count` sites for what some services lack."""

    def task(report: Report, _: Stop) -> Proposal:
        report("page.coverage.siting", 0.3)
        return propose_sites(coverage, services, count, time_limit_s=_SITES_S)

    return kept_coverage().get(("sites", id(coverage), services, count), coverage, task)


@st.fragment(run_every=0.7)
def waiting(work: Work[Any]) -> None:
    """Say what is under way and since when; show the page anew at its end."""
    if not work.running:
        st.rerun()
    text = say("page.working", language(), step=say(work.step, language()), seconds=work.seconds)
    st.progress(work.share, text)
