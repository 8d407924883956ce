"""How much work each grid is: the formula with weights that the planner edits, and its table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from gridplan.analyse.present import Present
from gridplan.analyse.workload import WorkloadWeights, present_workload, unit_workload
from gridplan.hotspots.aside import without_piles
from gridplan.prepared import Prepared
from gridplan.ui.area import identity
from gridplan.ui.frame import guarded, word

WEIGHTS = ("household", "case", "special_household", "institution", "walk_100_m")
COLUMNS = (
    "households", "cases", "special_households", "institutions", "walk_m", "workload", "difficulty",
)  # fmt: skip


@st.fragment
@guarded
def workload(prepared: Prepared, present: Present) -> None:
    """Weights, and what each present grid amounts to by them; counted when it is opened."""
    shown = st.expander(word("workload.title"), key="workload", on_change="rerun")
    if not shown.open:
        return
    with shown:
        st.caption(word("workload.formula", weeks=WorkloadWeights().weeks))
        weights = _weights()
        table = workload_table(prepared, present, weights)
        st.dataframe(table, hide_index=True, column_config=_shown())
        st.download_button(
            word("workload.download"),
            table.to_csv(index=False).encode("utf-8-sig"),
            file_name=f"{word('workload.file')}.csv",
            mime="text/csv",
        )


def workload_table(prepared: Prepared, present: Present, weights: WorkloadWeights) -> pd.DataFrame:
    """One row a grid under headings in words, the highest difficulty first."""
    units, buildings = work_of_units(prepared, weights), prepared.units.buildings
    sums = present_workload(units, buildings, present.building_grid, weights)
    named = present.grids.set_index("grid_id")
    table = sums[list(COLUMNS)].round({**dict.fromkeys(COLUMNS, 0), "difficulty": 2})
    table.insert(0, "community", named["community_name"].reindex(sums.index))
    table.insert(0, "grid", named["code"].reindex(sums.index))
    table = table.sort_values(["difficulty", "workload"], ascending=False, kind="stable")
    return table.rename(columns={key: word(f"workload.column.{key}") for key in table})


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs={Prepared: identity})
def work_of_units(prepared: Prepared, weights: WorkloadWeights) -> pd.DataFrame:
    """What each unit adds; the cases of piles are nobody's work in particular.

    Parameters
    ----------
    prepared : Prepared
        The area.
    weights : WorkloadWeights
        Of the formula.

    Returns
    -------
    DataFrame
        From :func:`gridplan.analyse.workload.unit_workload`.
    """
    layers = prepared.layers
    kept = without_piles(layers.cases, prepared.units.buildings)
    return unit_workload(replace(layers, cases=kept), prepared.units, prepared.fabric, weights)


def _weights() -> WorkloadWeights:
    default = WorkloadWeights()
    chosen: list[Any] = [
        box.number_input(
            word(f"workload.weight.{name}"),
            min_value=0.0,
            value=float(getattr(default, name)),
            step=0.5,
            key=f"weight-{name}",
        )
        for name, box in zip(WEIGHTS, st.columns(len(WEIGHTS)), strict=True)
    ]
    return replace(default, **dict(zip(WEIGHTS, chosen, strict=True)))


def _shown() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    whole = {key: number(format="localized") for key in COLUMNS if key != "difficulty"}
    shown = {**whole, "difficulty": number(format="%.2f")}
    return {word(f"workload.column.{key}"): column for key, column in shown.items()}
