"""Lists beside the map of 现行方案: grids by how they stand, buildings by how much they changed."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridplan.edit.month import GridStanding, MonthReview
from gridplan.maps.view import words_of
from gridplan.ui.frame import word
from gridplan.ui.tables import bar, placed_code
from gridplan.words import Language, say

TABLE_HEIGHT = 550
_AROUND_M = 6.0


def grid_list(review: MonthReview, measure: str, language: Language) -> gpd.GeoSeries | None:
    """Every grid, the most pressing and the most changed first; returns the ground of the one chosen.

    Parameters
    ----------
    review : MonthReview
        What the month's data say.
    measure : {"households", "people"}
        What the limits count.
    language : {"zh", "en"}
        Of the words.
    """
    order = list(GridStanding)
    rows = review.grids.assign(
        rank=review.grids["standing"].map(order.index), size=-review.grids["share"].abs()
    ).sort_values(["rank", "size", "code"])
    table = grid_rows(rows, measure, language)
    columns = list(table.columns)
    number = st.column_config.NumberColumn
    state = st.dataframe(
        table,
        hide_index=True,
        height=TABLE_HEIGHT,
        on_select="rerun",
        selection_mode="single-row",
        key="month-grids",
        column_config={
            columns[0]: st.column_config.TextColumn(width=84),
            columns[1]: st.column_config.TextColumn(width=58),
            columns[2]: number(format="localized", width=58),
            columns[3]: number(format="localized", width=58),
            columns[4]: number(format="percent", width=66),
            columns[5]: st.column_config.ImageColumn(
                width=110, help=say("page.column.bars", language)
            ),
        },
    )
    picked = state.selection.rows
    if not picked or picked[0] >= len(rows):
        st.caption(word("month.hint"))
        return None
    row = rows.iloc[picked[0]]
    reasons = words_of((*review.left, *review.known), language).get(row["code"], [])
    st.caption("；".join([f"{row['code']} · {row['community_name']}", *reasons]))
    return rows.geometry.iloc[[picked[0]]]


def grid_rows(rows: pd.DataFrame, measure: str, language: Language) -> pd.DataFrame:
    """What the list of grids shows, in words; numbers stay numbers."""
    columns = {
        "grid": grid_names(rows["code"], rows),
        "standing": [say(f"month.standing.{name}", language) for name in rows["standing"]],
        "then": rows["households_then"].to_numpy(),
        "now": rows["households"].to_numpy(),
        "share": rows["share"].round(3).to_numpy(),
    }
    table = pd.DataFrame({word(f"month.column.{name}"): held for name, held in columns.items()})
    bars = [bar(*row) for row in zip(rows["load"], rows["lower"], rows["upper"], strict=True)]
    table[say(f"page.column.load.{measure}", language)] = bars
    return table


def building_list(review: MonthReview, language: Language) -> gpd.GeoSeries | None:
    """Every building that changed; returns the ground of the one chosen, its grid if it is gone."""
    buildings = review.buildings
    if buildings.empty:
        st.success(word("month.no_change"))
        return None
    table = building_rows(buildings, review.grids, language)
    columns = list(table.columns)
    number = st.column_config.NumberColumn
    state = st.dataframe(
        table,
        hide_index=True,
        height=TABLE_HEIGHT,
        on_select="rerun",
        selection_mode="single-row",
        key="month-buildings",
        column_config={
            columns[0]: st.column_config.TextColumn(width=138),
            columns[1]: st.column_config.TextColumn(width=48),
            **dict.fromkeys(columns[2:4], number(format="localized", width=52)),
            columns[4]: number(format="%+d", width=48),
            columns[5]: st.column_config.TextColumn(width=88),
        },
    )
    st.caption(word("month.hint"))
    picked = state.selection.rows
    if not picked or picked[0] >= len(buildings):
        return None
    row = buildings.iloc[picked[0]]
    if row.geometry is not None:
        return gpd.GeoSeries([row.geometry.buffer(_AROUND_M)], crs=buildings.crs)
    return review.grids.geometry[review.grids["code"] == row["code_then"]]


def building_rows(buildings: pd.DataFrame, grids: pd.DataFrame, language: Language) -> pd.DataFrame:
    """What the list of buildings shows, in words; numbers stay numbers."""
    place = (buildings["address"] + " " + buildings["name"]).str.strip()
    code = buildings["code"].where(buildings["code"] != "", buildings["code_then"])
    columns = {
        "building": place.where(place != "", buildings["building_id"]).to_numpy(),
        "change": [say(f"month.change.{name}", language) for name in buildings["change"]],
        "then": buildings["households_then"].to_numpy(),
        "now": buildings["households"].to_numpy(),
        "more": buildings["more"].to_numpy(),
        "grid": grid_names(code, grids),
    }
    return pd.DataFrame({word(f"month.column.{name}"): held for name, held in columns.items()})


def grid_names(codes: pd.Series, grids: pd.DataFrame) -> list[str]:
    """What people call grids; a number alone would be the same in every community.

    Parameters
    ----------
    codes : Series of str
        Codes in force; "" for none.
    grids : DataFrame
        ``code, community_name``: the grids in force.
    """
    places = dict(zip(grids["code"], grids["community_name"], strict=True))
    return [placed_code(code, places[code]) if code else "—" for code in codes]
