"""成果导出: the plan as files to take away."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from gridplan.certificate import certificate, estimate_note
from gridplan.ui.desk import Desk
from gridplan.ui.draft import Draft
from gridplan.ui.frame import language, ready, tell, top, word

MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "csv": "text/csv",
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "json": "application/json",
    "zip": "application/zip",
}
"""By kind of file; what an office opens comes first."""


def export(desk: Desk | None) -> None:
    """The page."""
    top(desk, word("name.export"))
    if not ready(desk) or desk is None:
        return
    draft = desk.draft
    if draft is None:
        st.info(word("export.none"))
        st.page_link(
            st.session_state["pages"]["redraw"], label=word("export.go"), icon=":material/tune:"
        )
    elif draft.writing is None:
        draft.write()
        st.rerun()
    elif draft.writing.error is not None:
        tell(draft.writing.error)
    elif draft.files:
        _files(draft)


def _files(draft: Draft) -> None:
    plan = draft.plan
    left, right = st.columns([2, 1])
    with left:
        st.markdown(f"**{word('export.contents')}**")
        kinds = list(MIME)
        for path in sorted(draft.files, key=lambda path: kinds.index(path.suffix[1:])):
            _file(path, plan.name)
    with right:
        st.markdown(f"**{word('export.summary')}**")
        lines = [estimate_note(plan, language()), *certificate(plan, language())]
        st.markdown("\n".join(f"- {line}" for line in lines))
        st.download_button(
            word("export.all"),
            draft.everything,
            f"{plan.name}-{draft.number}.zip",
            MIME["zip"],
            type="primary",
            key="download-zip",
            on_click="ignore",
            width="stretch",
        )


def _file(path: Path, plan_name: str) -> None:
    kind = path.suffix[1:]
    with st.container(border=True):
        about, button = st.columns([4, 1], vertical_alignment="center")
        size = word("export.size", size=max(path.stat().st_size / 1000, 1))
        title = word(f"export.title.{kind}")
        about.markdown(f"**{title}** · {kind} · {size}  \n{word(f'export.file.{kind}')}")
        button.download_button(
            word("export.download"),
            path.read_bytes,
            f"{plan_name}-{title}.{kind}",
            MIME[kind],
            key=f"download-{kind}",
            on_click="ignore",
            width="stretch",
        )
