"""说明: how hotspots were found, how far that can be trusted, and what the data leave out."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gridplan.hotspots import Hotspots
from gridplan.hotspots.accuracy import CANDIDATES
from gridplan.prepared import Prepared
from gridplan.ui.area import case_quality
from gridplan.ui.frame import language, word
from gridplan.words import say

BASELINE = "count_52"


def explain(prepared: Prepared, found: Hotspots) -> None:
    """Method, what could be located, stability of the finding, accuracy of the background."""
    shown = st.expander(word("hotspots.note"), key="hotspot-note", on_change="rerun")
    if not shown.open:
        return
    with shown:
        st.markdown(say("hotspot.method", language()))
        quality = case_quality(prepared)
        st.markdown(
            word(
                "hotspots.located",
                cases=quality.cases,
                located=quality.located,
                share=quality.share("located"),
                counted=len(found.cases),
                aside=int((found.cases["pile"] >= 0).sum()),
                far=int((found.cases["cell"] < 0).sum()),
            )
        )
        left, right = st.columns(2)
        with left:
            st.markdown(f"**{word('hotspots.stability')}**")
            st.caption(word("hotspots.stability_note", level=found.spec.clusters.scan.level))
            st.dataframe(_stability(found), hide_index=True)
        with right:
            st.markdown(f"**{word('hotspots.accuracy')}**")
            st.caption(
                word("hotspots.accuracy_note", name=surface_name(found.surface),
                     fortnights=found.accuracy["end"].nunique())
            )  # fmt: skip
            st.dataframe(_accuracy(found), hide_index=True)


def surface_name(key: str) -> str:
    """A background in words: how far it spreads a case and how far it looks back."""
    surface = CANDIDATES[key]
    if surface.bandwidth_m == 0:
        return word("hotspots.surface.count", weeks=surface.weeks)
    kind = "even" if surface.half_life_weeks == float("inf") else "fading"
    return word(
        f"hotspots.surface.{kind}",
        metres=surface.bandwidth_m,
        weeks=surface.weeks,
        half=surface.half_life_weeks,
    )


def _stability(found: Hotspots) -> pd.DataFrame:
    table = found.stability
    columns = {
        "size": table["size_m"],
        "shift": table["shift_m"],
        "found": table["clusters"],
        "overlap": table["overlap"].round(2),
    }
    return pd.DataFrame({word(f"hotspots.column.{key}"): col for key, col in columns.items()})


def _accuracy(found: Hotspots) -> pd.DataFrame:
    """The background chosen, beside the plain count of a year."""
    kept = found.accuracy[found.accuracy["surface"].isin([found.surface, BASELINE])]
    mean = kept.groupby(["surface", "share"], sort=False)[["pai", "pei"]].mean().reset_index()
    columns = {
        "surface": [surface_name(key) for key in mean["surface"]],
        "ground": [f"{share:.0%}" for share in mean["share"]],
        "pai": mean["pai"].round(2),
        "pei": mean["pei"].round(2),
    }
    return pd.DataFrame({word(f"hotspots.column.{key}"): col for key, col in columns.items()})
