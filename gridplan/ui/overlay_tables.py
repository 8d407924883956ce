"""The tables of 多网合一: how far layers agree, and places as a list."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import geopandas as gpd
import pandas as pd

from gridplan.export.overlay import place_table
from gridplan.prepared import Prepared
from gridplan.words import Language, say


def agreement_table(
    pairs: pd.DataFrame, borders: pd.DataFrame, shown: Sequence[str], language: Language
) -> str:
    """Every layer beside every other as HTML, the pair on the map in bold.

    Parameters
    ----------
    pairs : DataFrame
        From :func:`gridplan.analyse.overlay.agreement`.
    borders : DataFrame
        From :func:`gridplan.analyse.overlay.border_agreement`.
    shown : sequence of str
        The two layers on the map.
    language : {"zh", "en"}
        Of the words.
    """
    known = {
        frozenset((row.one, row.other)): _degree(row.matched, row.rand)
        for row in pairs.itertuples()
    }
    layers = list(borders["layer"])
    heads = "".join(f"<th>{escape(layer)}</th>" for layer in layers)
    heads += f"<th>{escape(say('page.overlay.alone', language))}</th>"
    rows = []
    for layer, alone_m in zip(layers, borders["alone_m"], strict=True):
        cells = [
            _cell(known.get(frozenset((layer, other)), "—"), {layer, other} == set(shown))
            for other in layers
        ]
        metres = say("page.overlay.metres", language, metres=alone_m)
        cells.append(_cell(metres, False))
        rows.append(f"<tr><th class='left'>{escape(layer)}</th>{''.join(cells)}</tr>")
    title = escape(say("page.overlay.table", language))
    note = escape(say("page.overlay.table_note", language))
    return (
        f'<div class="gp-board" title="{note}"><h4>{title}</h4><div class="gp-scroll">'
        f'<table class="gp-table"><thead><tr><th></th>{heads}</tr></thead>'
        f'<tbody>{"".join(rows)}</tbody></table></div><p class="gp-note">{note}</p></div>'
    )


def place_rows(
    prepared: Prepared, names: Sequence[str], places: gpd.GeoDataFrame, language: Language
) -> pd.DataFrame:
    """Places as a list, with the grids of the layers that are not compared, for reference.

    Parameters
    ----------
    prepared : Prepared
        The area.
    names : sequence of str
        The layers compared.
    places : GeoDataFrame
        From :func:`gridplan.analyse.conflicts.conflicts` or ``uncovered``.
    language : {"zh", "en"}
        Of the headings.
    """
    table = place_table(places, names, prepared.layers.communities, language)
    none = say("overlay.none", language)
    for name, present in prepared.present.items():
        if name not in names:
            head = say("page.overlay.others", language, layer=name)
            table[head] = [
                "、".join(sorted({present.unit_grid.get(unit, "") or none for unit in units}))
                for units in places["units"]
            ]
    return table


def _degree(matched: float, rand: float) -> str:
    return "—" if pd.isna(matched) else f"{matched:.0%} ({rand:.2f})"


def _cell(text: str, bold: bool) -> str:
    return f"<td><b>{escape(text)}</b></td>" if bold else f"<td>{escape(text)}</td>"
