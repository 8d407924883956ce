"""Which plan and which branch of it a session edits, and who does it."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import streamlit as st

from gridplan.edit import Division, Edit, division_of, present_division
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from gridplan.schema import UNIT_ID
from gridplan.store import MAIN, Homes, Line, Store
from gridplan.ui.desk import Desk
from gridplan.ui.frame import tried, word
from gridplan.ui.work import Work

VIEWS = ("edit", "versions", "compare")
_KEPT = "author-kept"
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


@st.cache_resource(show_spinner=False)
def the_store() -> Store:
    """The one store of this server."""
    return Store(store_url())


def author() -> str:
    """Who edits in this session."""
    return _said() or word("workbench.nobody")


def named_author() -> str:
    """Who acts, where nobody may act unnamed.

    Raises
    ------
    GridplanError
        Where no name is given.
    """
    name = _said()
    if not name:
        raise GridplanError("page.approval.no_author")
    return name


def author_field() -> None:
    """Ask who acts, once a session: Streamlit forgets a field while another page is shown."""
    st.session_state.setdefault("author", st.session_state.get(_KEPT, ""))
    st.text_input(
        word("workbench.author"), key="author", max_chars=40,
        placeholder=word("workbench.author_hint"),
    )  # fmt: skip
    st.session_state[_KEPT] = st.session_state["author"]


def _said() -> str:
    return str(st.session_state.get("author", st.session_state.get(_KEPT, ""))).strip()


def open_line(desk: Desk, prepared: Prepared) -> tuple[Store, Line] | None:
    """The store and the branch that the address names, chosen or begun where it names none."""
    store = the_store()
    plans = store.plans(prepared.layers.name)
    if not plans:
        middle = st.columns([1, 2, 1])[1]
        with middle, st.container(border=True):
            st.markdown(word("workbench.start"))
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
        plan_id = chosen("plan", word("workbench.plan"), names)
    branches = dict(store.branches(plan_id))
    with middle:
        branch_id = chosen(
            "branch", word("workbench.branch"),
            {key: branch_name(name) for key, name in branches.items()},
        )  # fmt: skip
    with right:
        author_field()
    with more, st.popover(word("workbench.another"), width="stretch"):
        _begin(desk, prepared)
    return store, store.line(branch_id)


def ground_under(desk: Desk, store: Store, plan_id: int, division: Division) -> Prepared | None:
    """The area under the rules of a plan.

    Parameters
    ----------
    desk : Desk
        With the area that is open.
    store : Store
        Where the plan is kept.
    plan_id : int
        Which.
    division : Division
        One of the plan's, which says what units it divides.

    Returns
    -------
    Prepared or None
        None while it is made, and where the area has other units; the page says which.
    """
    work = desk.area.under(store.plan(plan_id).rules)
    if work.running:
        desk.looking = work
        st.html(f'<p class="gp-wait">{word("workbench.other_rules")}</p>')
        st.fragment(_wait_for, run_every=1.0)(work)
        return None
    if work.error is not None:
        raise work.error
    ground = work.result
    if ground is None or division.grid_of.keys() != set(ground.units.frame[UNIT_ID]):
        st.warning(word("workbench.other_data"))
        return None
    return ground


def _wait_for(work: Work[Prepared]) -> None:
    if not work.running:
        st.rerun()


def branch_name(name: str) -> str:
    """What a branch is called on the page."""
    return word("workbench.main") if name == MAIN else name


def chosen(name: str, label: str, known: dict[int, str]) -> int:
    """One of some, kept in the address; the first where that names none."""
    asked = st.query_params.get(name, "")
    # another page's address says nothing of this one, and what a box held is lost while unseen
    candidates = (int(asked) if asked.isdigit() else None, st.session_state.get(f"{name}-kept"))
    first = next((each for each in candidates if each in known), next(iter(known)))
    if st.session_state.get(f"chosen-{name}") not in known:
        st.session_state[f"chosen-{name}"] = first
    number: int = st.selectbox(label, list(known), format_func=known.__getitem__,
                               key=f"chosen-{name}")  # fmt: skip
    st.query_params[name] = str(number)
    st.session_state[f"{name}-kept"] = number
    return number


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
            on_click=_begun, args=(prepared, division, word(f"workbench.name_{kind}")),
        )  # fmt: skip


def _begun(prepared: Prepared, division: Division, name: str) -> None:
    tried(lambda: begin_plan(prepared, division, name))


def begin_plan(prepared: Prepared, division: Division, name: str, edit: Edit | None = None) -> None:
    """Begin a plan and turn to it; for callbacks.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        Of all its units.
    name : str
        Of the plan; the moment is added.
    edit : Edit, optional
        Its first step.
    """
    store = the_store()
    line = store.begin(
        prepared.layers.name, f"{name} {datetime.now():%m-%d %H:%M:%S}", division,
        fingerprint=prepared.layers.fingerprint, rules=prepared.rules,
        homes=Homes.of_frame(prepared.units.buildings), author=author(),
    )  # fmt: skip
    if edit is not None:
        store.commit(line.branch_id, line.revision, edit, author=author())
    turn_to(line.plan_id, line.branch_id)


def turn_to(plan_id: int, branch_id: int) -> None:
    """Show another branch when the page is drawn next; for callbacks."""
    st.session_state["chosen-plan"], st.session_state["chosen-branch"] = plan_id, branch_id
