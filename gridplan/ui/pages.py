"""The application's pages, who sees them, and the area that a session looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from gridplan.errors import GridplanError
from gridplan.ui.approval import approval
from gridplan.ui.coverage import coverage
from gridplan.ui.data import data
from gridplan.ui.desk import Desk
from gridplan.ui.export import export
from gridplan.ui.frame import guarded, leader, sidebar, tell, top, word
from gridplan.ui.hotspots import hotspots, search_of_last_year
from gridplan.ui.leaders import leaders
from gridplan.ui.month import month
from gridplan.ui.overlay import overlay
from gridplan.ui.overview import overview
from gridplan.ui.redraw import redraw
from gridplan.ui.report import report
from gridplan.ui.session import desk, settle_view
from gridplan.ui.workbench import workbench

ICON = Path(__file__).with_name("icon.png")
SIDEBAR_PX = 210


@dataclass(frozen=True)
class Entry:
    """One page: what shows it to planners, what to leaders (None: not theirs), and its icon."""

    planner: Callable[[Desk | None], None]
    leader: Callable[[Desk | None], None] | None
    icon: str


ENTRIES = {
    "overview": Entry(overview, leaders, "map"),
    "data": Entry(data, None, "database"),
    "redraw": Entry(redraw, None, "tune"),
    "overlay": Entry(overlay, None, "layers"),
    "workbench": Entry(workbench, None, "edit_location_alt"),
    "approval": Entry(approval, None, "approval"),
    "month": Entry(month, None, "event_repeat"),
    "hotspots": Entry(hotspots, hotspots, "crisis_alert"),
    "coverage": Entry(coverage, coverage, "wrong_location"),
    "report": Entry(report, report, "summarize"),
    "export": Entry(export, None, "download"),
}
"""By the name in the address, which is ``page.name.…`` in the catalogue; the first is the start."""


def main() -> None:
    """Show the page that the address names."""
    st.session_state.setdefault("language", "en" if st.query_params.get("lang") == "en" else "zh")
    st.set_page_config(
        page_title=word("title"),
        page_icon=str(ICON),
        layout="wide",
        initial_sidebar_state=SIDEBAR_PX,
    )
    try:
        settle_view()
    except GridplanError as error:
        tell(error)
        return
    area = desk()
    if area is not None and area.prepared is not None:
        search_of_last_year(area.prepared)  # begun now: its page is there when it is opened
    first = next(iter(ENTRIES))
    pages = {
        name: st.Page(
            partial(guarded(_shown(entry)), area),
            title=word(f"name.{name}"),
            icon=f":material/{entry.icon}:",
            url_path=name,
            default=name == first,
            visibility="visible" if _is_open(entry) else "hidden",
        )
        for name, entry in ENTRIES.items()
    }
    st.session_state["pages"] = {n: page for n, page in pages.items() if _is_open(ENTRIES[n])}
    page = st.navigation(list(pages.values()))
    sidebar()
    page.run()


def _is_open(entry: Entry) -> bool:
    return entry.leader is not None or not leader()


def _shown(entry: Entry) -> Callable[[Desk | None], None]:
    if not leader():
        return entry.planner
    return entry.leader or _closed


def _closed(held: Desk | None) -> None:
    """What a leader's session shows at a planner's address."""
    top(held, word("leaders.view"))
    st.info(word("leaders.closed"))
    st.page_link(st.session_state["pages"]["overview"], label=word("leaders.back"))
