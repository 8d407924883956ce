"""Which desk a session sits at: areas are shared by all, a desk is its planner's own."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import streamlit as st

from gridplan.prepared import Prepared
from gridplan.ui.area import Area
from gridplan.ui.desk import Desk
from gridplan.ui.folder import OwnFolder
from gridplan.ui.start import Start, read_start

KEPT_S = 12 * 3600
"""How long a desk that nobody looks at can be found again by its address."""
_LOCK = threading.Lock()


@st.cache_resource
def _areas() -> dict[Path, Area]:
    """Every area folder opened since the start, so that it is prepared once."""
    return {}


@st.cache_resource
def _desks() -> dict[str, tuple[float, Desk]]:
    """Desks with work on them and when they were last seen: a closed browser loses nothing."""
    return {}


def default_folder() -> Path:
    """The area that a plain address opens."""
    if "default_area" not in st.session_state:
        st.session_state["default_area"] = str(started().area)
    return Path(st.session_state["default_area"]).resolve()


def started() -> Start:
    """How the server was started."""
    if "started" not in st.session_state:
        st.session_state["started"] = read_start()
    start: Start = st.session_state["started"]
    return start


def settle_view() -> None:
    """Whether this session is a leader's, by the server's start, the link, or the link before.

    Afterwards ``st.session_state["view"]`` is ``"leader"`` or ``"planner"`` and the address says
    so; a server for leaders has no other.
    """
    asked = st.query_params.get("view", "")
    if started().leaders_only or asked == "leader" or st.query_params.get("wall") == "1":
        st.session_state["view"] = "leader"
    elif asked:
        st.session_state["view"] = "planner"
    st.session_state.setdefault("view", "planner")
    if st.session_state["view"] == "leader" and not started().leaders_only:
        st.query_params["view"] = "leader"
    elif asked:
        del st.query_params["view"]


def desk() -> Desk | None:
    """The desk of this session, None where there is no such area folder."""
    held: Desk | None = st.session_state.get("desk")
    if held is None:
        held = st.session_state["desk"] = _first()
    if held is not None:
        _tell_address(held)
    return held


def open_area(folder: Path, uploaded: OwnFolder | None = None) -> None:
    """Read `folder` afresh and give this session an empty desk for it.

    Parameters
    ----------
    folder : Path
        The area folder.
    uploaded : OwnFolder, optional
        What holds it, where it was uploaded; others do not see such an area.
    """
    area = Area(folder.resolve(), uploaded)
    if uploaded is None:
        with _LOCK:
            _areas()[area.folder] = area
    _put_away(st.session_state.get("desk"))
    st.session_state["desk"] = Desk(area)


def refreshed(held: Desk) -> Prepared:
    """The area of a desk, read again in the background where its files have changed.

    Parameters
    ----------
    held : Desk
        With a prepared area; that is shown until the new one is ready.

    Returns
    -------
    Prepared
    """
    if held.area.uploaded is None and held.redrawing is None:
        area = _shared(held.area.folder)
        if area.prepared is not None:
            held.area = area
    prepared = held.prepared
    if prepared is None:
        raise ValueError("the area is not ready")
    return prepared


def _first() -> Desk | None:
    """A copy of the desk that the address names, or an empty one for its area."""
    folder = default_folder()
    if not started().leaders_only:
        with _LOCK:
            kept = _desks().get(st.query_params.get("desk", ""))
        if kept is not None:
            return kept[1].copy()
        folder = Path(st.query_params.get("area", folder)).resolve()
    return Desk(_shared(folder)) if folder.is_dir() else None


def _shared(folder: Path) -> Area:
    """The area as others see it; read again where that failed or its files have changed since."""
    with _LOCK:
        area = _areas().get(folder)
        if area is None or (not area.reading.running and (area.reading.error or area.changed)):
            area = _areas()[folder] = Area(folder)
        return area


def _tell_address(held: Desk) -> None:
    """Put into the address what a reload needs to come back here."""
    if held.area.uploaded is not None or held.area.folder == default_folder():
        st.query_params.pop("area", None)
    else:
        st.query_params["area"] = str(held.area.folder)
    if held.redrawing is None and held.area.uploaded is None:
        return
    st.query_params["desk"] = held.token
    now = time.monotonic()
    with _LOCK:
        kept = _desks()
        kept[held.token] = now, held
        for token in [token for token, (seen, _) in kept.items() if now - seen > KEPT_S]:
            del kept[token]


def _put_away(held: Desk | None) -> None:
    """Forget a desk whose planner has gone on to another area."""
    st.query_params.pop("desk", None)
    if held is not None:
        with _LOCK:
            _desks().pop(held.token, None)
