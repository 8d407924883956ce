"""Which plan and which branch of it a session edits, and who does it."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import streamlit as st

from gridplan.edit import Division, division_of, present_division
from gridplan.prepared import Prepared
from gridplan.schema import UNIT_ID
from gridplan.store import MAIN, Homes, Line, Store
from gridplan.ui.desk import Desk
from gridplan.ui.frame import word

VIEWS = ("edit", "versions", "compare")
URL = "GRIDPLAN_STORE"
"""Environment variable with the address of the database, where it is not a file of this user's."""


def store_url() -> str:
    """Where plans are kept: as the environment says, or a file in the user's own data folder."""
    given = os.environ.get(URL)
    if given:
        return given
    home = Path.home()
    roots = {
        "win32": os.environ.get("LOCALAPPDATA"),
        "darwin": home / "Library/Application Support",
    }
    fallback = os.environ.get("XDG_DATA_HOME") or home / ".local/share"
    folder = Path(roots.get(sys.platform) or fallback) / "gridplan"
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'plans.db'}"


@st.cache_resource
def the_store() -> Store:
    """The one store of this server."""
    return Store(store_url())


def author() -> str:
    """Who edits in this session."""
    said = str(st.session_state.get("author", "")).strip()
    return said or word("workbench.nobody")


def open_line(desk: Desk, prepared: Prepared) -> tuple[Store, Line] | None:
    """The store and the branch that the address names, chosen or begun where it names none."""
    store = the_store()
    plans = store.plans(prepared.layers.name)
    if not plans:
        st.info(word("workbench.start"))
        _begin(desk, prepared)
        return None
    names = dict(plans)
    shown, left, middle, right, more = st.columns([3, 3, 2, 2, 1.3], vertical_alignment="bottom")
    with shown:
        st.segmented_control(
            word("name.workbench"), VIEWS, key="workbench-view", default=VIEWS[0], required=True,
            format_func=lambda name: word(f"workbench.view.{name}"), label_visibility="collapsed",
        )  # fmt: skip
    with left:
        plan_id = _chosen("plan", word("workbench.plan"), names)
    branches = dict(store.branches(plan_id))
    with middle:
        branch_id = _chosen(
            "branch", word("workbench.branch"),
            {key: branch_name(name) for key, name in branches.items()},
        )  # fmt: skip
    with right:
        st.text_input(
            word("workbench.author"), key="author", max_chars=40,
            placeholder=word("workbench.author_hint"),
        )  # fmt: skip
    with more, st.popover(word("workbench.another"), width="stretch"):
        _begin(desk, prepared)
    return store, store.line(branch_id)


def branch_name(name: str) -> str:
    """What a branch is called on the page."""
    return word("workbench.main") if name == MAIN else name


def _chosen(name: str, label: str, known: dict[int, str]) -> int:
    """One of some, kept in the address."""
    asked = st.query_params.get(name, "")
    first = int(asked) if asked.isdigit() and int(asked) in known else next(iter(known))
    if st.session_state.get(f"chosen-{name}") not in known:
        st.session_state[f"chosen-{name}"] = first
    chosen: int = st.selectbox(label, list(known), format_func=known.__getitem__,
                               key=f"chosen-{name}")  # fmt: skip
    st.query_params[name] = str(chosen)
    return chosen


def _begin(desk: Desk, prepared: Prepared) -> None:
    """What a plan can begin from, each one click."""
    begins: dict[str, Division] = {}
    if desk.draft is not None:
        begins["draft"] = division_of(desk.draft.plan)
    if prepared.present:
        begins["present"] = present_division(prepared)
    begins["empty"] = Division(dict.fromkeys(prepared.units.frame[UNIT_ID], ""))
    for kind, division in begins.items():
        st.button(
            word(f"workbench.start_{kind}"), key=f"begin-{kind}", width="stretch",
            on_click=begin_plan, args=(prepared, division, word(f"workbench.name_{kind}")),
        )  # fmt: skip


def begin_plan(prepared: Prepared, division: Division, name: str) -> None:
    """Begin a plan and turn to it; for callbacks.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        Of all its units.
    name : str
        Of the plan; the moment is added.
    """
    line = the_store().begin(
        prepared.layers.name, f"{name} {datetime.now():%m-%d %H:%M:%S}", division,
        fingerprint=prepared.layers.fingerprint, rules=prepared.rules,
        homes=Homes.of_frame(prepared.units.buildings), author=author(),
    )  # fmt: skip
    turn_to(line.plan_id, line.branch_id)


def turn_to(plan_id: int, branch_id: int) -> None:
    """Show another branch when the page is drawn next; for callbacks."""
    st.session_state["chosen-plan"], st.session_state["chosen-branch"] = plan_id, branch_id
