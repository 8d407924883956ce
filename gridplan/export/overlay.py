"""Two legacy layers over one another as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import geopandas as gpd
import pandas as pd

from gridplan.analyse.conflicts import conflicts, uncovered
from gridplan.export.workbook import SHARE, TEXT, WHOLE, Column, add_sheet, new_book
from gridplan.maps.overlay import kind_name, place_name
from gridplan.schema import COMMUNITY_CODE, ESTIMATED, HOUSEHOLDS, KIND, NAME
from gridplan.words import Language, say

_FORMS = {"i": (10.0, WHOLE), "f": (18.0, SHARE), "O": (22.0, TEXT)}


def overlay_table(
    shared: pd.DataFrame, names: Sequence[str], language: Language = "zh"
) -> pd.DataFrame:
    """The matrix under headings in words; codes are text, shares numbers from 0 to 1.

    Parameters
    ----------
    shared : DataFrame
        From :func:`gridplan.analyse.overlay.overlay_matrix`.
    names : sequence of str
        Of the two layers.
    language : {"zh", "en"}
        Of the headings.
    """
    none = say("overlay.none", language)
    table = shared.assign(**{side: shared[side].replace("", none) for side in ("one", "other")})
    heads = {
        "one": names[0],
        "other": names[1],
        HOUSEHOLDS: say("overlay.column.households", language),
        "buildings": say("overlay.column.buildings", language),
        "share_of_one": say("overlay.column.share_of", language, layer=names[0]),
        "share_of_other": say("overlay.column.share_of", language, layer=names[1]),
    }
    return table[list(heads)].rename(columns=heads)


def place_table(
    places: gpd.GeoDataFrame,
    names: Sequence[str],
    communities: gpd.GeoDataFrame,
    language: Language = "zh",
) -> pd.DataFrame:
    """Places as a list under headings in words.

    Parameters
    ----------
    places : GeoDataFrame
        From :func:`gridplan.analyse.conflicts.conflicts` or ``uncovered``.
    names : sequence of str
        Of the layers, in the order of ``codes``.
    communities : GeoDataFrame
        ``community_code, name``.
    language : {"zh", "en"}
        Of the headings.
    """
    none = say("overlay.none", language)
    codes = {name: [row[at] or none for row in places["codes"]] for at, name in enumerate(names)}
    sizes = places["units"].map(len)
    told = {
        "households": places[HOUSEHOLDS].to_numpy(),
        "place": [
            place_name(name, size, language)
            for name, size in zip(places[NAME], sizes, strict=True)
        ],
        "kind": [
            kind_name(kind, row, language)
            for kind, row in zip(places[KIND], places["codes"], strict=True)
        ],
        **codes,
        "community": places[COMMUNITY_CODE].map(
            communities.set_index(COMMUNITY_CODE)[NAME]
        ).to_list(),
        "buildings": places["buildings"].to_numpy(),
    }  # fmt: skip
    heads = {key: key if key in codes else say(f"overlay.column.{key}", language) for key in told}
    return pd.DataFrame(told).rename(columns=heads)


def overlay_workbook(
    shared: pd.DataFrame,
    places: gpd.GeoDataFrame,
    names: Sequence[str],
    communities: gpd.GeoDataFrame,
    name: str,
) -> bytes:
    """Matrix, conflicts and what is not covered as the sheets of an Excel file.

    Parameters
    ----------
    shared : DataFrame
        From :func:`gridplan.analyse.overlay.overlay_matrix`.
    places : GeoDataFrame
        From :func:`gridplan.analyse.conflicts.overlay_places`, of the same layers.
    names : sequence of str
        Of the two layers.
    communities : GeoDataFrame
        ``community_code, name``.
    name : str
        Of the area.
    """
    book = new_book(name)
    differ, missing = conflicts(places), uncovered(places)
    sheets = {
        "matrix": (overlay_table(shared, names), shared),
        "conflicts": (place_table(differ, names, communities), differ),
        "uncovered": (place_table(missing, names, communities), missing),
    }
    for key, (table, known) in sheets.items():
        rows = table.assign(estimated=known[ESTIMATED].to_numpy())
        add_sheet(book, say(f"overlay.sheet.{key}"), _columns(table), rows, name)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def _columns(table: pd.DataFrame) -> list[Column]:
    """Numbers as numbers, shares as shares, all else as text."""
    return [
        Column(
            str(head),
            width,
            number_format,
            estimate=number_format == WHOLE,
            head=str(head),
        )
        for head in table
        for width, number_format in [_FORMS.get(table[head].dtype.kind, _FORMS["O"])]
    ]
