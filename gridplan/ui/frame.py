"""What every page has: the area and plan named at the top, language, progress, errors in words."""

from __future__ import annotations

import functools
import logging
import secrets
from collections.abc import Callable
from typing import Any, ParamSpec

import streamlit as st

from gridplan.errors import GridplanError, InputError
from gridplan.ui.desk import Desk
from gridplan.ui.session import default_folder
from gridplan.ui.style import CHINESE_ONLY, STYLE
from gridplan.ui.work import Work
from gridplan.words import Language, say

P = ParamSpec("P")
LOG = logging.getLogger("gridplan.page")


def language() -> Language:
    """The language of this session."""
    return "en" if st.session_state.get("language") == "en" else "zh"


def word(key: str, **values: Any) -> str:
    """One entry of the page's part of the catalogue, in the session's language."""
    return say(f"page.{key}", language(), **values)


def leader() -> bool:
    """Whether this session only reads: a leader's, who changes, uploads and takes away nothing.

    Maps for leaders name no building, and counts under 5 are shown by
    :func:`gridplan.cases.counts.shown`.
    """
    return bool(st.session_state.get("view") == "leader")


def guarded(show: Callable[P, None]) -> Callable[P, None]:
    """Tell the user in words what went wrong in a page or a fragment of one."""

    @functools.wraps(show)
    def safe(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            show(*args, **kwargs)
        except Exception as error:
            tell(error)

    return safe


def tell(error: Exception) -> None:
    """Show an error; one that nobody foresaw goes to the log under a number."""
    if isinstance(error, InputError):
        st.error(word("faults_elsewhere", count=len(error.faults)))
    elif isinstance(error, GridplanError):
        st.error(error.text(language()))
    else:
        number = secrets.token_hex(4)
        LOG.error("%s", number, exc_info=error)
        st.error(word("unforeseen", number=number))


def tried(do: Callable[[], object]) -> None:
    """Do what a button asks for, in a callback; a refusal is told when the page is drawn next."""
    try:
        do()
    except GridplanError as error:
        st.session_state["refused"] = error


def told_error() -> None:
    """Tell what the last callback refused, once."""
    error = st.session_state.pop("refused", None)
    if error is not None:
        tell(error)


def plain(text: str) -> str:
    """Text of others as text: no mark of it becomes a style, a picture or a link."""
    return "".join(
        f"\\{letter}" if letter in "\\`*_{}[]()<>#+-.!|$~:" else letter for letter in text
    )


def sidebar() -> None:
    """Language and a word on where the data are."""
    wanted = st.query_params.get("lang", "")
    if "language" not in st.session_state:
        st.session_state["language"] = "en" if wanted == "en" else "zh"
    with st.sidebar:
        st.segmented_control(
            word("language"),
            ["zh", "en"],
            format_func={"zh": "中文", "en": "English"}.__getitem__,
            key="language",
            required=True,
        )
        st.caption(word("footer"))
    if language() == "en":
        st.query_params["lang"] = "en"
    elif wanted:
        del st.query_params["lang"]


def top(desk: Desk | None, title: str, named_below: bool = False) -> None:
    """Area and plan version; beside them is the place of the progress, so that nothing moves.

    Parameters
    ----------
    desk : Desk or None
        Of this session.
    title : str
        Of the page.
    named_below : bool
        Whether the page itself names the plan that it shows.
    """
    st.html(STYLE if language() == "en" else STYLE + CHINESE_ONLY)
    name = word("no_area")
    version = word("leaders.view") if leader() else word("no_plan")
    if desk is not None:
        name = desk.prepared.layers.name if desk.prepared else desk.area.folder.name
        if (draft := desk.draft) is not None and not leader():
            version = word("version", number=draft.number, time=f"{draft.made_at:%m-%d %H:%M}")
    with st.container(key="top"):
        left, right = st.columns(2, vertical_alignment="center")
    left.html(
        f'<div class="gp-top"><b>{_safe(title)}</b><span>{_safe(name)}</span>'
        f"{'' if named_below else f'<i>{_safe(version)}</i>'}</div>"
    )
    if desk is not None and (work := desk.work) is not None:
        with right.container(key="progress"):
            _progress(work)


def ready(desk: Desk | None) -> bool:
    """Whether the area is prepared; if not, say what is being done or why it cannot be."""
    if desk is None:
        st.info(word("demo_missing", folder=default_folder()))
        return False
    if desk.prepared is not None:
        return True
    if desk.area.reading.error is not None:
        tell(desk.area.reading.error)
    else:
        st.html(f'<p class="gp-wait">{_safe(word("reading"))}</p>')
    return False


def numbers(boxes: list[tuple[str, str, str, str]], kind: str = "") -> None:
    """Figures in boxes: name, value, remark and a tone ("", "good" or "bad").

    In a row of four; ``kind`` "narrow" puts two in a row, "three" three small ones.
    """
    cells = "".join(
        f'<div class="{tone}"><small>{_safe(name)}</small><strong>{_figure(value)}</strong>'
        f"<small>{_safe(remark)}</small></div>"
        for name, value, remark, tone in boxes
    )
    st.html(f'<div class="gp-four {kind}">{cells}</div>')


def _figure(value: str) -> str:
    return f"<em>{_safe(value)}</em>" if value.startswith("≈") else _safe(value)


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@st.fragment(run_every=1.0)
def _progress(work: Work[Any]) -> None:
    if not work.running:
        st.rerun()
    line, button = st.columns([1, 1] if work.can_stop else [99, 1], vertical_alignment="center")
    step = say(work.step, language())
    text = word("stopping") if work.stopping else word("working", step=step, seconds=work.seconds)
    line.progress(work.share, text)
    if work.can_stop and not leader():
        button.button(word("stop"), on_click=work.stop, disabled=work.stopping, key="stop")
