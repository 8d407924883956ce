"""Beside the map of hotspots: the list, the grids that answer for one, and what is overdue there."""

from __future__ import annotations

from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import streamlit as st

from gridplan.cases.deadlines import deadlines
from gridplan.hotspots import Hotspots
from gridplan.hotspots.find import PLAN
from gridplan.hotspots.told import (
    Spot,
    cases_of,
    odds,
    ownership,
    present_layer,
    spots_of,
    title_of,
)
from gridplan.maps.hotspot_marks import Reader
from gridplan.maps.style import short_number
from gridplan.prepared import Prepared
from gridplan.schema import CASE_ID, CATEGORY, GRID_ID, OPENED
from gridplan.ui.frame import language, word
from gridplan.words import say

_SPOT, _PICK, _ROUND = "hotspot-spot", "hotspot-pick", "hotspot-round"
"""The entry that is open (what a radio holds is lost while it is not shown), and how often one was closed."""


Mark = tuple[str, pd.Timestamp, int]


def panel(
    prepared: Prepared, found: Hotspots, reader: Reader, borders: bool, height: int
) -> gpd.GeoSeries | None:
    """The list, or what is behind the entry chosen.

    Parameters
    ----------
    prepared : Prepared
        The area.
    found : Hotspots
        What was found.
    reader : Reader
        For whom.
    borders : bool
        Whether each entry says what a redraw does to it.
    height : int
        In pixels.

    Returns
    -------
    GeoSeries or None
        The ground to look at.
    """
    spots = spots_of(found)
    with st.container(height=height, border=False):
        chosen = next((spot for spot in spots if _mark(found, spot) == _open()), None)
        if chosen is not None:
            return _detail(prepared, found, chosen, reader)
        _list(found, spots, reader, borders)
        _piles(found, reader)
    return None


def _list(found: Hotspots, spots: list[Spot], reader: Reader, borders: bool) -> None:
    """One entry a place; a click opens it."""
    if not spots:
        st.success(word("hotspots.none"))
        return
    st.caption(word("hotspots.hint"))
    captions = [
        _fate(found, spot, reader)
        if borders and PLAN in found.grids
        else _caption(found, spot, reader)
        for spot in spots
    ]
    st.radio(
        word("hotspots.list"),
        range(len(spots)),
        index=None,
        format_func=lambda row: f"**{title_of(found, spots[row].lead, language())}**",
        captions=captions,
        key=_PICK,
        on_change=partial(_choose, found, spots),
        label_visibility="collapsed",
    )


def opened() -> int:
    """How often an entry was closed: a map of another number starts anew."""
    return int(st.session_state.get(_ROUND, 0))


def _open() -> Mark | None:
    mark: Mark | None = st.session_state.get(_SPOT)
    return mark


def _mark(found: Hotspots, spot: Spot) -> Mark:
    """What tells an entry from those of another period or category."""
    return str(found.spec), found.until, spot.lead


def _choose(found: Hotspots, spots: list[Spot]) -> None:
    picked = st.session_state.get(_PICK)
    if picked is not None:
        st.session_state[_SPOT] = _mark(found, spots[picked])


def _close() -> None:
    st.session_state.pop(_SPOT, None)
    st.session_state[_ROUND] = opened() + 1


def _caption(found: Hotspots, spot: Spot, reader: Reader) -> str:
    """Cases against the expected, how likely by chance, and who answers."""
    row = found.clusters.set_index("cluster").loc[spot.lead]
    text = [_figures(row, reader)]
    layer = present_layer(found)
    if layer is not None and len(owners := found.owner(spot.lead, layer)):
        most = owners.iloc[0]
        text.append(word("hotspots.owner", grid=_grid_name(most), share=most["share"]))
    if row["overdue"]:
        text.append(word("hotspots.overdue", count=reader.count(row["overdue"])))
    return word("hotspots.stop").join(text)


def _figures(row: pd.Series, reader: Reader) -> str:
    """96 件，按户数应有 26 件（3.7 倍）；偶然出现概率不超过 1/1,000."""
    key = "recent" if row["weeks"] else "figures"
    return word(
        f"hotspots.{key}",
        cases=reader.count(row["cases"]),
        expected=f"{row['expected']:.{0 if row['expected'] >= 10 else 1}f}",
        times=row["cases"] / row["expected"],
        weeks=int(row["weeks"]),
        odds=odds(row["p_value"], language()),
    )


def _fate(found: Hotspots, spot: Spot, reader: Reader) -> str:
    """Whether one grid answers for a cluster before and after."""
    before = present_layer(found)
    if before is None:
        return ""
    now = {layer: found.owner(spot.lead, layer) for layer in (before, PLAN)}
    grids = [
        "、".join(reader.owner(row) for row in now[layer].itertuples()) for layer in (before, PLAN)
    ]
    fate = word(f"hotspots.fate.{ownership(found, spot.lead, before).value}")
    return word("hotspots.fates", fate=fate, before=grids[0], after=grids[1])


def _piles(found: Hotspots, reader: Reader) -> None:
    """Points set aside; who sees no small counts sees no address either."""
    if found.piles.empty:
        return
    lines = []
    for row in found.piles.itertuples():
        kind = say(f"hotspot.pile.{row.kind}", language())
        told = word(
            f"hotspots.pile.{row.kind}",
            cases=reader.count(row.cases),
            category=row.category,
            share=row.category_share,
        )
        key = "named" if row.address and not reader.least else "line"
        line = word(f"hotspots.pile.{key}", kind=kind, address=row.address, told=told)
        lines.append(f"- {line}")
    st.markdown(f"**{word('hotspots.piles')}**")
    st.markdown("\n".join(lines))


def _detail(
    prepared: Prepared, found: Hotspots, spot: Spot, reader: Reader
) -> gpd.GeoSeries | None:
    """A cluster, its grids, and the overdue cases of the grid chosen."""
    st.button(word("hotspots.back"), on_click=_close, icon=":material/arrow_back:", key="hot-back")
    clusters = found.clusters.set_index("cluster")
    row = clusters.loc[spot.lead]
    st.markdown(f"**{title_of(found, spot.lead, language())}**")
    st.markdown(_figures(row, reader))
    for other in spot.others:
        told = _figures(clusters.loc[other], reader)
        name = title_of(found, other, language())
        st.caption(word("hotspots.also", name=name, figures=told))
    place = found.clusters.geometry[found.clusters["cluster"] == spot.lead]
    layers = list(found.grids)
    if not layers:
        st.info(word("hotspots.no_grids"))
        return place
    layer = layers[0]
    if len(layers) > 1:
        layer = st.segmented_control(
            word("hotspots.layer"), layers, default=layers[0], required=True, key="hot-layer",
            format_func=lambda name: word("redraw.after") if name == PLAN else name,
            label_visibility="collapsed",
        )  # fmt: skip
    grid = _owners(found, spot, str(layer), reader)
    if grid is None:
        return place
    _overdue(prepared, found, spot, (str(layer), grid))
    grids = found.grids[str(layer)]
    return grids.geometry[grids[GRID_ID] == grid] if grid else place


def _owners(found: Hotspots, spot: Spot, layer: str, reader: Reader) -> str | None:
    """The grids that hold the cluster's cases; returns the one chosen."""
    owners = found.owner(spot.lead, layer).reset_index(drop=True)
    captions = [
        word(
            "hotspots.load_few" if reader.hides(row.cases) else "hotspots.load",
            cases=reader.count(row.cases),
            share=row.share,
            overdue=reader.count(row.overdue),
        )
        for row in owners.itertuples()
    ]
    names = [_grid_name(row) for _, row in owners.iterrows()]
    st.markdown(f"**{word('hotspots.owners')}**")
    if reader.least:
        lines = [
            word("hotspots.load_line", grid=name, load=load)
            for name, load in zip(names, captions, strict=True)
        ]
        st.markdown("\n".join(f"- {line}" for line in lines))
        return None
    st.caption(word("hotspots.pick_grid"))
    picked = st.radio(
        word("hotspots.owners"),
        range(len(owners)),
        index=None,
        format_func=lambda row: names[row],
        captions=captions,
        key=f"hotspot-grid-{spot.lead}-{layer}",
        label_visibility="collapsed",
    )
    return None if picked is None else str(owners[GRID_ID].iloc[picked])


def _overdue(prepared: Prepared, found: Hotspots, spot: Spot, where: tuple[str, str]) -> None:
    """Number, category, times and days over; nothing of who complains or lives there."""
    layer, grid = where
    mine = cases_of(found, spot.lead)
    rows = mine[mine["overdue"] & (mine[layer] == grid)].index
    cases = prepared.layers.cases.loc[rows]
    if cases.empty:
        st.success(word("hotspots.no_overdue"))
        return
    due = deadlines(cases).due
    over = np.ceil((found.until - due) / pd.Timedelta(days=1))
    columns = {
        "number": cases[CASE_ID],
        "category": cases[CATEGORY],
        "opened": cases[OPENED].dt.strftime("%m-%d %H:%M"),
        "due": due.dt.strftime("%m-%d %H:%M"),
        "over": over.astype("int64"),
    }
    table = pd.DataFrame({word(f"hotspots.column.{name}"): col for name, col in columns.items()})
    over_name = word("hotspots.column.over")
    st.dataframe(table.sort_values(over_name, ascending=False), hide_index=True)


def _grid_name(row: pd.Series) -> str:
    """TX03 · 桃溪社区 · 桃溪3号岗."""
    if not row[GRID_ID]:
        return word("hotspots.in_no_grid")
    post = row["worker"] or word("hotspots.no_post")
    return " · ".join([short_number(str(row["code"])), str(row["community_name"]), str(post)])
