"""The application's pages, and the area that a session looks at."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from gridplan.ui.data import data
from gridplan.ui.export import export
from gridplan.ui.frame import guarded, sidebar, word
from gridplan.ui.overview import overview
from gridplan.ui.redraw import redraw
from gridplan.ui.session import desk

ICON = Path(__file__).with_name("icon.png")
SIDEBAR_PX = 210


def main() -> None:
    """Show the page that the address names."""
    st.session_state.setdefault("language", "en" if st.query_params.get("lang") == "en" else "zh")
    st.set_page_config(
        page_title=word("title"),
        page_icon=str(ICON),
        layout="wide",
        initial_sidebar_state=SIDEBAR_PX,
    )
    area = desk()
    shown = {"overview": overview, "data": data, "redraw": redraw, "export": export}
    icons = {"overview": "map", "data": "database", "redraw": "tune", "export": "download"}
    pages = [
        st.Page(
            partial(guarded(show), area),
            title=word(f"name.{name}"),
            icon=f":material/{icons[name]}:",
            url_path=name,
            default=name == "overview",
        )
        for name, show in shown.items()
    ]
    st.session_state["pages"] = dict(zip(shown, pages, strict=True))
    page = st.navigation(pages)
    sidebar()
    page.run()
