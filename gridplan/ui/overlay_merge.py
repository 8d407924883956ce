"""The start that merges layers: weights, what it amounts to, and the button that takes it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from gridplan.assemble import measured_grids
from gridplan.edit import Division, Judge, Verdict, layer_start, merged_start
from gridplan.maps.view import View
from gridplan.prepared import Prepared
from gridplan.rules import RuleSet
from gridplan.ui.area import identity
from gridplan.ui.frame import word
from gridplan.ui.plans import begin_plan


@dataclass(frozen=True, eq=False)
class Merging:
    """What the layers become together.

    Parameters
    ----------
    division : Division
        Every unit with its grid.
    verdict : Verdict
        On it.
    """

    division: Division
    verdict: Verdict


def merge_panel(prepared: Prepared) -> Merging | None:
    """Weights, each layer and the merged grids held against the rules, and the button.

    Returns
    -------
    Merging or None
        None where no layer has a weight.
    """
    weights = _weights(list(prepared.present))
    if not weights:
        st.warning(word("overlay.no_weight"))
        return None
    merging = _merged(prepared, prepared.rules, weights)
    table = start_table(prepared, merging)
    number = st.column_config.NumberColumn(format="localized")
    st.dataframe(table, hide_index=True, column_config=dict.fromkeys(table.columns[1:], number))
    st.caption(word("overlay.moved_note", layer=next(iter(prepared.present))))
    name = word("overlay.name", names="、".join(layer for layer, _ in weights))
    if st.button(word("overlay.begin"), type="primary", width="stretch", key="overlay-begin"):
        begin_plan(prepared, merging.division, name)
        st.switch_page(st.session_state["pages"]["workbench"])
    rules = Counter(finding.rule for finding in merging.verdict.findings)
    if rules:
        told = "、".join(f"{word(f'rule.{rule.value}')} {count}" for rule, count in rules.items())
        st.caption(word("overlay.which", told=told))
    st.caption(word("overlay.merge_how"))
    return merging


def merged_view(prepared: Prepared, merging: Merging) -> View:
    """The merged grids as a map shows them."""
    grids = measured_grids(prepared, pd.Series(dict(merging.division.grid_of)))
    return View(word("overlay.result"), grids, merging.verdict.findings)


def start_table(prepared: Prepared, merging: Merging) -> pd.DataFrame:
    """Each layer and the merged grids as starts, under headings in words."""
    verdicts = {**_layers_judged(prepared, prepared.rules), word("overlay.result"): merging.verdict}
    rows = [
        (name, len(verdict.grids), len(verdict.findings), verdict.moved_households)
        for name, verdict in verdicts.items()
    ]
    heads = ("start", "grids", "faults", "moved")
    return pd.DataFrame(rows, columns=[word(f"overlay.{head}") for head in heads])


def _weights(layers: list[str]) -> tuple[tuple[str, float], ...]:
    """Of the layers that take part."""
    st.caption(word("overlay.weights"))
    boxes = st.columns(min(len(layers), 3))
    chosen = {
        layer: boxes[at % len(boxes)].number_input(
            layer,
            min_value=0.0,
            max_value=10.0,
            value=1.0,
            step=0.5,
            format="%g",
            key=f"overlay-weight-{layer}",
        )
        for at, layer in enumerate(layers)
    }
    return tuple((layer, float(weight)) for layer, weight in chosen.items() if weight > 0)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Prepared: identity})
def _merged(
    prepared: Prepared,
    rules: RuleSet,  # noqa: ARG001  the same area under other rules is merged anew
    weights: tuple[tuple[str, float], ...],
) -> Merging:
    names = [layer for layer, _ in weights]
    division = merged_start(prepared, names, dict(weights))
    return Merging(division, Judge(prepared).judge(division))


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Prepared: identity})
def _layers_judged(prepared: Prepared, rules: RuleSet) -> dict[str, Verdict]:  # noqa: ARG001
    judge = Judge(prepared)
    return {name: judge.judge(layer_start(prepared, name)) for name in prepared.present}
