"""Two legacy layers over one another: where they agree, cross, and leave ground out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import folium
import geopandas as gpd
import shapely

from gridplan.analyse.conflicts import Conflict
from gridplan.analyse.present import Present
from gridplan.load.layers import Layers
from gridplan.maps.grids import empty_map, imprint_of, sheet_words
from gridplan.maps.labels import label_spot, place_labels
from gridplan.maps.sheet import Entry, Label, Sheet
from gridplan.maps.style import (
    COMMUNITY,
    STREET,
    WGS84,
    draw_barriers,
    draw_plain,
    draw_told,
    feature,
    households_text,
    short_number,
)
from gridplan.maps.view import bounds_of
from gridplan.words import Language, say

BORDERS = (
    {"color": "#6a1b9a", "weight": 3.4, "opacity": 0.95, "fill": False},
    {"color": "#e65c00", "weight": 2.6, "opacity": 1, "fill": False, "dashArray": "8 8"},
)
"""Of the first layer and of the second, which lets the first be seen where both run alike."""
_COMMUNITY = {**COMMUNITY, "weight": 9, "dashArray": None, "opacity": 0.28}
"""Below the layers' borders, which mostly run along it."""
_NESTED, _UNCOVERED = "nested", "uncovered"
_FILLS = {
    Conflict.AGREE.value: ("#8fbf9f", 0.45),
    _NESTED: ("#e8b63a", 0.5),
    Conflict.CROSS.value: ("#c1272d", 0.42),
    _UNCOVERED: ("#7d8791", 0.5),
}
"""In the order of the legend."""
_LABELS = ("one", "other")


def overlay_map(
    layers: Layers,
    places: gpd.GeoDataFrame,
    shown: Sequence[Present],
    language: Language = "zh",
    made_on: date | None = None,
) -> folium.Map:
    """Draw two layers' borders over ground that is shaded by whether they agree.

    Parameters
    ----------
    layers : Layers
        Background, name and data source.
    places : GeoDataFrame
        From :func:`gridplan.analyse.conflicts.overlay_places`, of the same two layers.
    shown : sequence of Present
        The two: the main one, and the other.
    language : {"zh", "en"}
        Of legend and tooltips.
    made_on : date, optional
        Printed on the sheet; today where left out.

    Returns
    -------
    folium.Map
        WGS 84, no tiles.
    """
    drawn = empty_map(layers.communities, language)
    _draw_places(drawn, places, shown, language)
    draw_plain(drawn, layers.streets, {**STREET, "weight": 2, "opacity": 0.8})
    draw_barriers(drawn, layers)
    draw_plain(drawn, layers.communities, _COMMUNITY)
    for present, style in zip(shown, BORDERS, strict=True):
        draw_plain(drawn, _lines(present.grids), style)
    one, other = (present.layer for present in shown)
    title = say("overlay.map.title", language, one=one, other=other)
    imprint = imprint_of(layers, language, made_on or date.today())
    labels = [*_codes(shown), *place_labels(layers)]
    whole = bounds_of(layers.communities)
    legend = _legend(places, shown, language)
    Sheet(title, legend, imprint, labels, sheet_words(language), whole).add_to(drawn)
    return drawn


def _lines(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Each border once: dashes of two neighbours would fill each other's gaps."""
    lines = shapely.line_merge(shapely.union_all(grids.boundary))
    return gpd.GeoDataFrame(geometry=[lines], crs=grids.crs)


def _shade(kind: str, codes: Sequence[str]) -> str:
    """Which of `_FILLS` a place has."""
    if not all(codes):
        return _UNCOVERED
    return kind if kind in _FILLS else _NESTED


def _draw_places(
    drawn: folium.Map, places: gpd.GeoDataFrame, shown: Sequence[Present], language: Language
) -> None:
    features = []
    for row in places.to_crs(WGS84).itertuples():
        fill, opacity = _FILLS[_shade(row.kind, row.codes)]
        properties = {
            "name": place_name(row.name, len(row.units), language),
            "one": row.codes[0] or say("overlay.none", language),
            "other": row.codes[1] or say("overlay.none", language),
            "households": households_text(row.households, row.estimated, language),
            "kind": kind_name(row.kind, row.codes, language),
            "style": {"fillColor": fill, "fillOpacity": opacity, "weight": 0, "opacity": 0},
        }
        features.append(feature(row.geometry, properties))
    names = {name: say(f"overlay.map.{name}", language) for name in ("name", "households", "kind")}
    names |= dict(zip(("one", "other"), (present.layer for present in shown), strict=True))
    draw_told(drawn, features, names)


def place_name(name: str, units: int, language: Language) -> str:
    """What a place is called: after its largest unit, which says where there are more."""
    return say("overlay.several", language, name=name) if units > 1 else name


def kind_name(kind: str, codes: Sequence[str], language: Language) -> str:
    """How layers stand to each other at a place, in words."""
    if kind == Conflict.AGREE and not all(codes):
        return say("overlay.map.uncovered", language)
    return say(f"overlay.kind.{kind}", language)


def _codes(shown: Sequence[Present]) -> list[Label]:
    """The codes of both layers' grids, the main layer's first, in the colours of their borders."""
    labels = []
    for present, kind in zip(shown, _LABELS, strict=True):
        for row in present.grids.to_crs(WGS84).itertuples():
            latitude, longitude, span = label_spot(row.geometry)
            labels.append(
                Label(latitude, longitude, short_number(str(row.code)), kind=kind, span=span)
            )
    return labels


def _legend(places: gpd.GeoDataFrame, shown: Sequence[Present], language: Language) -> list[Entry]:
    lines = ("solid", "dashed")
    entries = [
        Entry(
            say("overlay.map.border", language, layer=present.layer),
            f"height:0;border-top:3px {line} {style['color']};vertical-align:4px",
        )
        for present, style, line in zip(shown, BORDERS, lines, strict=True)
    ]
    used = {
        _shade(kind, codes) for kind, codes in zip(places["kind"], places["codes"], strict=True)
    }
    entries += [
        Entry(say(f"overlay.map.{name}", language), f"background:{fill};opacity:{opacity + 0.2}")
        for name, (fill, opacity) in _FILLS.items()
        if name in used
    ]
    broad = "height:8px;background:#1c2733;opacity:.28;vertical-align:1px"
    return [*entries, Entry(say("map.legend.community", language), broad)]
