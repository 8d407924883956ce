"""Finding blind spots and siting stations outside the page's own thread, each answer kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st

from gridplan.coverage import Coverage, Proposal, ServiceSet, find_coverage, propose_sites
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.ui.frame import language
from gridplan.ui.work import Report, Work
from gridplan.words import say

T = TypeVar("T")

KEPT = 24
"""Answers kept for all sessions; the one longest unused goes first."""

AT_ONCE_S = 0.4
"""An answer that is there by then is shown without a word of waiting."""

MOST_SITES = 5
_SITES_S = 20.0
_LOCK = threading.Lock()


class Kept:
    """Works by what they answer; what names them by identity lives as long as they do."""

    def __init__(self) -> None:
        self._works: OrderedDict[Hashable, tuple[Any, Work[Any]]] = OrderedDict()

    def get(self, key: Hashable, held: Any, task: Callable[[Report], T]) -> Work[T]:
        """The work under a key, begun where there is none or the last one failed.

        Parameters
        ----------
        key : hashable
            Names objects by `id`.
        held : object
            Those objects, so that no other takes their id.
        task : callable
            Takes ``report(step, share)``.
        """
        with _LOCK:
            kept = self._works.get(key)
            if kept is None:
                kept = self._works[key] = held, Work(lambda report, _: task(report))
            self._works.move_to_end(key)
            while len(self._works) > KEPT:
                self._works.popitem(last=False)
            return kept[1]

    def forget(self, work: Work[Any]) -> None:
        """Have a failed work done again the next time."""
        with _LOCK:
            for key in [key for key, (_, known) in self._works.items() if known is work]:
                del self._works[key]


@st.cache_resource
def kept() -> Kept:
    """Those of this server: many look at the same area."""
    return Kept()


def finding(
    prepared: Prepared, services: ServiceSet, plan: Plan | None, layer: str | None
) -> Work[Coverage]:
    """The coverage of an area by its services, told by a plan's grids or a present layer's."""

    def task(report: Report) -> Coverage:
        report("step.coverage", 0.1)
        return find_coverage(prepared, services, plan=plan, layer=layer)

    key = ("coverage", id(prepared), services, id(plan), layer)
    return kept().get(key, (prepared, plan), task)


def siting(coverage: Coverage, services: tuple[str, ...], count: int) -> Work[Proposal]:
    """The best `count` sites for what some services lack."""

    def task(report: Report) -> Proposal:
        report("page.coverage.siting", 0.3)
        return propose_sites(coverage, services, count, time_limit_s=_SITES_S)

    return kept().get(("sites", id(coverage), services, count), coverage, task)


@st.fragment(run_every=0.7)
def waiting(work: Work[Any]) -> None:
    """Say what is under way and since when; show the page anew at its end."""
    if not work.running:
        st.rerun()
    text = say("page.working", language(), step=say(work.step, language()), seconds=work.seconds)
    st.progress(work.share, text)
