"""方案编辑: the map that is edited, the verdict beside it, and the plan that both speak of."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any

import streamlit as st

from gridplan.maps.canvas import Canvas, canvas_of
from gridplan.maps.style import FILLS
from gridplan.prepared import Prepared
from gridplan.store import Line, Store
from gridplan.ui.area import identity
from gridplan.ui.bench import Bench
from gridplan.ui.compare_panel import compare_panel
from gridplan.ui.desk import Desk
from gridplan.ui.frame import guarded, language, ready, told_error, top, word
from gridplan.ui.helping import the_helps
from gridplan.ui.plans import author, branch_name, ground_under, open_line
from gridplan.ui.show import needs_files
from gridplan.ui.versions import states_of, versions_panel
from gridplan.words import Language, catalogue, say

COMPARE_PX, PANEL = 520, "workbench-panel"
EVERY_S = 1.5
"""How often a page looks for what others have done."""
_HERE = Path(__file__).parent
_MAP_HTML = (
    '<div class="gpw"><div class="gpw-bar"></div>'
    '<div class="gpw-map" data-tool="browse"></div><p class="gpw-hint" hidden></p>'
    '<p class="gpw-tell"></p><div class="gpw-active"></div><div class="gpw-clash" hidden></div><div class="gpw-keys" hidden></div></div>'
)
_PANEL_HTML = '<div class="gpw-panel"></div>'
_PANEL_SCRIPT = """export default ({ data, parentElement, setTriggerValue }) => {
  const bench = (window.gridplanBench ??= {});
  bench.panel = parentElement.querySelector(".gpw-panel");
  bench.last = [data, setTriggerValue];
  bench.receive?.(data, setTriggerValue);
};"""
_WORDS = "page.workbench.map."
_KEYS = (
    ("V", "browse"), ("B", "paint"), ("L", "lasso"), ("S", "line"), ("M", "merge"), ("N", "new"),
    ("0", "none"), ("K", "locked"), ("E", "exclusive"), ("Ctrl+Z", "undo"), ("Ctrl+Y", "redo"),
    ("F", "fit"),
)  # fmt: skip
_MORE_KEYS = (
    ("空格 Space", "pan"), ("Alt", "alt"), ("[ ]", "step"), ("Z", "zoom"), ("J", "jump"), ("R", "repair"), ("Enter", "take"),
    ("Esc", "escape"),
)  # fmt: skip


def workbench(desk: Desk | None) -> None:
    """The page."""
    top(desk, word("name.workbench"), named_below=True)
    if not ready(desk) or desk is None or desk.prepared is None:
        return
    _opened(desk, desk.prepared)


@guarded
def _opened(desk: Desk, prepared: Prepared) -> None:
    told_error()
    opened = open_line(desk, prepared)
    if opened is None:
        return
    store, line = opened
    ground = ground_under(desk, store, line.plan_id, line.division)
    if ground is None:
        return
    view = st.session_state.get("workbench-view")
    if view == "versions":
        versions_panel(desk, store, ground, line)
    elif view == "compare":
        _compare(store, ground, line)
    else:
        _bench(store, ground, line)


def _compare(store: Store, prepared: Prepared, line: Line) -> None:
    """Any two states of the plan; at first the present grids and the branch in hand."""
    states = states_of(store, prepared, line)
    names = list(states)
    here = word("versions.branch", name=branch_name(line.name))
    left, right = st.columns(2)
    one = left.selectbox(word("versions.before"), names, index=0, key="compare-before")
    other = right.selectbox(
        word("versions.after"), names, index=names.index(here), key="compare-after"
    )
    compare_panel(prepared, one, states[one], other, states[other], height_px=COMPARE_PX)


def _bench(store: Store, prepared: Prepared, line: Line) -> None:
    needs_files()
    canvas = _canvas(prepared)
    bench: Bench | None = st.session_state.get("bench")
    if bench is None or not bench.is_for(store, prepared, line.branch_id):
        bench = st.session_state["bench"] = Bench(
            store, prepared, canvas, line.branch_id, the_helps()
        )
    ground, panel = st.columns([5, 2])
    with panel:
        _verdict(bench)
    with ground:
        _map()(
            key=f"workbench-map-{canvas.record['key']}-{language()}",
            data={"canvas": canvas.record, "words": _words(language()), "fills": FILLS,
                  "language": language()},
        )  # fmt: skip


@st.fragment(run_every=EVERY_S)
@guarded
def _verdict(bench: Bench) -> None:
    """The small part that is sent again after each step; it hands the state to the map too."""
    bench.look()
    _panel()(
        key=f"{PANEL}-{language()}",
        data=bench.state(language()),
        on_edit_change=partial(_heard, bench),
    )


def _heard(bench: Bench) -> None:
    bench.answer(st.session_state[f"{PANEL}-{language()}"]["edit"], author(), language())


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={Prepared: identity})
def _canvas(prepared: Prepared) -> Canvas:
    return canvas_of(prepared)


@cache
def _map() -> Any:
    """The map, with all scripts and styles: it is sent once."""
    scripts = (f"workbench_{part}.js" for part in ("talk", "map", "tools", "panel"))
    return st.components.v2.component(
        "gridplan_workbench_map",
        html=_MAP_HTML,
        css=(_HERE / "workbench.css").read_text("utf-8"),
        js="\n".join((_HERE / name).read_text("utf-8") for name in scripts),
        isolate_styles=False,
    )


@cache
def _panel() -> Any:
    """The panel: its few lines go out with every answer, so they only hand that on."""
    return st.components.v2.component(
        "gridplan_workbench_panel", html=_PANEL_HTML, js=_PANEL_SCRIPT, isolate_styles=False
    )


@cache
def _words(language: Language) -> dict[str, Any]:
    """What the scripts say, in tables as in the catalogue."""
    told: dict[str, Any] = {}
    for key in catalogue():
        if key.startswith(_WORDS):
            *tables, name = key.removeprefix(_WORDS).split(".")
            table = told
            for each in tables:
                table = table.setdefault(each, {})
            table[name] = say(key, language)
    keys = [(key, told["tools"][tool]) for key, tool in _KEYS]
    more = [(key, say(f"page.workbench.key.{name}", language)) for key, name in _MORE_KEYS]
    return {**told, "keys": [*keys, *more]}
