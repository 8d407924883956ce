"""多网合一: legacy layers over one another, where they contradict, and a start that merges them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridplan.analyse.conflicts import Conflict, conflicts, overlay_places, uncovered
from gridplan.analyse.overlay import agreement, border_agreement, overlay_matrix
from gridplan.export.overlay import overlay_table, overlay_workbook
from gridplan.maps.overlay import overlay_map
from gridplan.prepared import Prepared
from gridplan.ui.area import identity
from gridplan.ui.desk import Desk
from gridplan.ui.export import MIME
from gridplan.ui.frame import guarded, language, numbers, ready, top, word
from gridplan.ui.overlay_merge import merge_panel, merged_view
from gridplan.ui.overlay_tables import agreement_table, place_rows
from gridplan.ui.show import needs_files, put_map, show_map
from gridplan.ui.style import BLOCKS
from gridplan.ui.tables import marked

HEIGHT, LIST_PX, ROW_PX = 636, 356, 35
AROUND_M = 120.0
"""What is looked at keeps so much of its surroundings."""


def overlay(desk: Desk | None) -> None:
    """The page."""
    top(desk, word("name.overlay"))
    if not ready(desk) or desk is None or desk.prepared is None:
        return
    if len(desk.prepared.present) < 2:
        _too_few(desk.prepared)
    else:
        _page(desk.prepared)


def _too_few(prepared: Prepared) -> None:
    """What to do where there is nothing to compare."""
    layers = list(prepared.present)
    st.info(word("overlay.single", layer=layers[0]) if layers else word("overlay.none"))
    st.markdown(word("overlay.how"))
    lines = (
        f'[grids."{word("overlay.layer")}"]',
        f'file = "{word("overlay.file")}"',
        f'code = "{word("overlay.code_column")}"',
        f'name = "{word("overlay.name_column")}"',
    )
    st.code("\n".join(lines), language="toml")
    st.page_link(st.session_state["pages"]["data"], label=word("overlay.to_data"))


@st.fragment
@guarded
def _page(prepared: Prepared) -> None:
    boxes = st.container()
    left, side = st.columns([2, 1])
    with left:
        names, view = _choice(list(prepared.present))
        ground = st.container()
    places = places_of(prepared, names)
    with boxes:
        _figures(prepared, names, places)
    with side:
        panel = _tabs(places)
        merging = merge_panel(prepared) if panel == "merged" else None
        place = _lists(prepared, names, places, panel) if merging is None else None
    with ground:
        if view == "matrix":
            _matrix(prepared, names, places)
        elif merging is not None:
            show_map(prepared, merged_view(prepared, merging), HEIGHT, None, "merged")
        else:
            needs_files()
            shown = [prepared.present[name] for name in names]
            drawn = overlay_map(prepared.layers, places, shown, language())
            put_map(drawn, HEIGHT, place, f"overlay-{panel}-{'-'.join(names)}", AROUND_M)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs={Prepared: identity})
def places_of(prepared: Prepared, names: tuple[str, str]) -> gpd.GeoDataFrame:
    """The two layers over one another, as places."""
    return overlay_places(prepared.units, prepared.fabric, prepared.present, names)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs={Prepared: identity})
def _agreement(prepared: Prepared) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of all layers: pairs, and borders."""
    pairs = agreement(prepared.units.buildings, prepared.present)
    return pairs, border_agreement(prepared.fabric, prepared.present)


def _choice(layers: list[str]) -> tuple[tuple[str, str], str]:
    """Two layers, and whether the map or the table is shown."""
    first, second, third = st.columns([3, 3, 2], vertical_alignment="center")
    one = first.selectbox(
        word("overlay.one"), layers, key="overlay-one", label_visibility="collapsed",
        format_func=lambda name: word("overlay.solid", layer=name),
    )  # fmt: skip
    rest = [layer for layer in layers if layer != one]
    other = second.selectbox(
        word("overlay.other"), rest, key="overlay-other", label_visibility="collapsed",
        format_func=lambda name: word("overlay.dashed", layer=name),
    )  # fmt: skip
    view = third.segmented_control(
        word("overlay.view"), ["map", "matrix"], default="map", required=True, key="overlay-view",
        format_func=lambda name: word(f"overlay.{name}"), label_visibility="collapsed",
        width="stretch",
    )  # fmt: skip
    return (str(one), str(other)), str(view)


def _tabs(places: gpd.GeoDataFrame) -> str:
    counts = {"conflicts": len(conflicts(places)), "uncovered": len(uncovered(places)), "merged": 0}
    return str(
        st.segmented_control(
            word("overlay.panel"), list(counts), default="conflicts", required=True,
            key="overlay-panel", label_visibility="collapsed", width="stretch",
            format_func=lambda name: word(f"overlay.{name}", count=counts[name]),
        )
    )  # fmt: skip


def _figures(prepared: Prepared, names: tuple[str, str], places: gpd.GeoDataFrame) -> None:
    pairs, _ = _agreement(prepared)
    ((households, matched),) = pairs.loc[
        [
            {one, other} == set(names)
            for one, other in zip(pairs["one"], pairs["other"], strict=True)
        ],
        ["households", "matched"],
    ].to_numpy()
    differ, missing = conflicts(places), uncovered(places)
    cross = differ["kind"] == Conflict.CROSS
    borders = border_agreement(prepared.fabric, {name: prepared.present[name] for name in names})
    one, other = borders["shared_m"] / borders["border_m"].clip(lower=1.0)
    held = {"households": int(missing["households"].sum())}
    numbers(
        [
            (
                word("overlay.agree"),
                f"{matched:.0%}" if households else "—",
                word("overlay.agree_note", agree=households * matched, households=households)
                if households
                else "",
                "",
            ),
            (
                word("overlay.differ"),
                word("overlay.places", count=len(differ)),
                word(
                    "overlay.differ_note",
                    households=int(differ["households"].sum()),
                    cross=int(differ.loc[cross, "households"].sum()),
                ),
                "bad" if len(differ) else "good",
            ),
            (
                word("overlay.missing"),
                word("overlay.places", count=len(missing)),
                word("overlay.missing_note", buildings=int(missing["buildings"].sum()), **held),
                "bad" if len(missing) else "good",
            ),
            (
                word("overlay.border"),
                word("overlay.metres", metres=borders["shared_m"].iloc[0]),
                word("overlay.border_note", one=one, other=other),
                "",
            ),
        ]
    )


def _lists(
    prepared: Prepared, names: tuple[str, str], places: gpd.GeoDataFrame, panel: str
) -> gpd.GeoSeries | None:
    """Agreement of all layers, and the places of one kind; returns the ground of the chosen one."""
    st.html(BLOCKS + agreement_table(*_agreement(prepared), names, language()))
    told = conflicts(places) if panel == "conflicts" else uncovered(places)
    if told.empty:
        st.success(word(f"overlay.no_{panel}"))
        return None
    st.caption(word("overlay.hint"))
    table = place_rows(prepared, names, told, language())
    state = st.dataframe(
        marked(table, table.columns[0], told["estimated"]),
        hide_index=True,
        height=min(LIST_PX, ROW_PX * (len(table) + 1) + 3),
        on_select="rerun",
        selection_mode="single-row",
        key=f"overlay-{panel}-{'-'.join(names)}",
        column_config={name: st.column_config.Column(width=84) for name in table.columns[:1]},
    )
    st.caption(word("overlay.unit_note"))
    rows = state.selection.rows
    return told.geometry.iloc[[rows[0]]] if rows and rows[0] < len(told) else None


def _matrix(prepared: Prepared, names: tuple[str, str], places: gpd.GeoDataFrame) -> None:
    """What each two grids share, and the workbook to take away."""
    one, other = (prepared.present[name] for name in names)
    shared = overlay_matrix(prepared.units.buildings, one, other)
    table = overlay_table(shared, names, language())
    note, button = st.columns([3, 1], vertical_alignment="center")
    note.caption(word("overlay.matrix_note"))
    area = prepared.layers.name
    button.download_button(
        word("overlay.download"),
        lambda: overlay_workbook(shared, places, names, prepared.layers.communities, area),
        f"{word('overlay.file_name', area=area, one=names[0], other=names[1])}.xlsx",
        MIME["xlsx"],
        icon=":material/download:",
        key="overlay-download",
        on_click="ignore",
        width="stretch",
    )
    shown = marked(table, table.columns[2], shared["estimated"])
    shown = shown.format("{:.1%}", subset=list(table.columns[4:]), na_rep="")
    st.dataframe(
        shown,
        hide_index=True,
        height=HEIGHT - 50,
        placeholder="—",
        column_config={table.columns[3]: st.column_config.NumberColumn(format="localized")},
    )
