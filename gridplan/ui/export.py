"""成果导出: the plan as files to take away."""

from __future__ import annotations

import streamlit as st

from gridplan.certificate import certificate, estimate_note
from gridplan.ui.desk import Desk
from gridplan.ui.frame import language, ready, tell, top, word

MIME = {
    "zip": "application/zip",
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def export(desk: Desk | None) -> None:
    """The page."""
    top(desk, word("name.export"))
    if not ready(desk) or desk is None:
        return
    if desk.plan is None:
        st.info(word("export.none"))
        st.page_link(
            st.session_state["pages"]["redraw"], label=word("export.go"), icon=":material/tune:"
        )
        return
    if desk.files is None:
        if desk.work is not None and desk.work.error is not None:
            tell(desk.work.error)
        elif not desk.busy:
            desk.write()
            st.rerun()
        return
    _files(desk)


def _files(desk: Desk) -> None:
    plan, folder = desk.plan, desk.files
    if plan is None or folder is None:
        return
    left, right = st.columns([2, 1])
    with left:
        st.markdown(f"**{word('export.contents')}**")
        for path in sorted(folder.iterdir()):
            kind = path.suffix[1:]
            with st.container(border=True):
                about, button = st.columns([4, 1], vertical_alignment="center")
                size = word("export.size", size=max(path.stat().st_size / 1000, 1))
                about.markdown(f"**{path.name}** · {size}  \n{word(f'export.file.{kind}')}")
                button.download_button(
                    word("export.download"),
                    path.read_bytes(),
                    f"{plan.name}-{path.name}",
                    MIME[kind],
                    key=f"download-{kind}",
                    on_click="ignore",
                    width="stretch",
                )
    with right:
        st.markdown(f"**{word('export.summary')}**")
        lines = [estimate_note(plan, language()), *certificate(plan, language())]
        st.markdown("\n".join(f"- {line}" for line in lines))
        st.download_button(
            word("export.all"),
            desk.everything,
            f"{plan.name}-{desk.version}.zip",
            MIME["zip"],
            type="primary",
            key="download-zip",
            on_click="ignore",
            width="stretch",
        )
