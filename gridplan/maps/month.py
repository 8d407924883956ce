"""The grids in force on a month's data: which left their limits, what was built, who moved in."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

import folium
import geopandas as gpd

from gridplan.edit.month import GridStanding, MonthReview
from gridplan.edit.month_buildings import BuildingChange
from gridplan.maps.grids import empty_map, imprint_of, sheet_words
from gridplan.maps.labels import grid_labels, place_labels
from gridplan.maps.sheet import Entry, Sheet
from gridplan.maps.signs import Sign, Signs
from gridplan.maps.style import (
    BUILDING,
    COMMUNITY,
    EXCUSED,
    INK,
    STREET,
    WGS84,
    WRONG,
    draw_barriers,
    draw_plain,
    draw_told,
    feature,
    fills,
)
from gridplan.maps.view import MOST_BUILDINGS, bounds_of, words_of
from gridplan.prepared import Prepared
from gridplan.schema import BUILDING_ID, GRID_ID
from gridplan.words import Language, say

NEW, CHANGED = "#7b2d8e", "#1f5fa8"
_NEAR = "#a37c00"
_BORDERS: dict[str, dict[str, Any]] = {
    GridStanding.LEFT: {"color": WRONG, "weight": 3.2, "fillColor": WRONG, "fillOpacity": 0.28},
    GridStanding.EMPTY: {"color": WRONG, "weight": 3.2, "dashArray": "2 6"},
    GridStanding.NEAR: {"color": _NEAR, "weight": 3, "dashArray": "9 5"},
    GridStanding.KNOWN: {"color": EXCUSED, "weight": 3.2},
}
_SWATCHES = {
    GridStanding.LEFT: f"background:{WRONG}44;border:2.5px solid {WRONG}",
    GridStanding.EMPTY: f"border:2.5px dotted {WRONG}",
    GridStanding.NEAR: f"border:2.5px dashed {_NEAR}",
    GridStanding.KNOWN: f"border:2.5px solid {EXCUSED}",
}
_LABELS = {GridStanding.LEFT: "wrong", GridStanding.EMPTY: "wrong", GridStanding.KNOWN: "excused"}
_LAST = list(reversed(GridStanding))
"""Order of drawing: the most pressing borders lie above the others."""
_RING = f'<circle cx="11" cy="11" r="8" fill="none" stroke="{NEW}" stroke-width="3"/>'


def month_map(
    prepared: Prepared,
    review: MonthReview,
    language: Language = "zh",
    made_on: date | None = None,
) -> folium.Map:
    """Draw the grids in force as approved, by how they stand now, and the buildings that changed.

    Parameters
    ----------
    prepared : Prepared
        The month's data.
    review : MonthReview
        Of the same data.
    language : {"zh", "en"}
        Of legend and tooltips.
    made_on : date, optional
        Printed on the sheet; today where left out.

    Returns
    -------
    folium.Map
        WGS 84, canvas renderer, no tiles.
    """
    layers, grids = prepared.layers, review.grids.assign(grid_id=review.grids["code"])
    there = review.buildings[review.buildings.geometry.notna()]
    drawn = empty_map(layers.communities, language)
    draw_plain(drawn, layers.streets, STREET)
    _draw_grids(drawn, review, grids, language)
    draw_barriers(drawn, layers)
    buildings = prepared.units.buildings
    if len(buildings) <= MOST_BUILDINGS:
        still = buildings[~buildings[BUILDING_ID].isin(there[BUILDING_ID])]
        draw_plain(drawn, still, BUILDING)
    draw_plain(drawn, layers.communities, COMMUNITY)
    _draw_buildings(drawn, there, language)
    kind = {
        row.code: _LABELS[row.standing] for row in grids.itertuples() if row.standing in _LABELS
    }
    labels = sorted(grid_labels(grids, kind, language), key=lambda label: label.kind == "plain")
    Sheet(
        say("map.month.title", language),
        _legend(grids, there, language),
        imprint_of(layers, language, made_on or date.today()),
        [*labels, *place_labels(layers)],
        sheet_words(language),
        bounds_of(layers.communities),
    ).add_to(drawn)
    return drawn


def _draw_grids(
    drawn: folium.Map, review: MonthReview, grids: gpd.GeoDataFrame, language: Language
) -> None:
    reasons = words_of((*review.left, *review.known), language)
    table = grids.to_crs(WGS84).assign(fill=fills(grids))
    table = table.iloc[table["standing"].map(_LAST.index).argsort(kind="stable")]
    features = []
    for row in table.itertuples():
        plain = {"fillColor": row.fill, "fillOpacity": 0.45, "color": INK, "weight": 1.6}
        told = [say(f"month.standing.{row.standing}", language), *reasons.get(row.code, [])]
        properties = {
            GRID_ID: row.code,
            "code": row.code,
            "community": row.community_name,
            "households": _households(row, language),
            "standing": "；".join(told),
            "style": {**plain, "opacity": 0.95, **_BORDERS.get(row.standing, {})},
        }
        features.append(feature(row.geometry, properties))
    names = {name: say(f"map.field.{name}", language) for name in ("code", "community")}
    names["households"] = say("map.field.households", language)
    names["standing"] = say("map.month.standing", language)
    draw_told(drawn, features, names)


def _draw_buildings(drawn: folium.Map, there: gpd.GeoDataFrame, language: Language) -> None:
    """What changed, in colour; what is new has a ring too, for a house alone would be overseen."""
    features, signs = [], []
    for row in there.to_crs(WGS84).itertuples():
        is_new = row.change == BuildingChange.NEW
        colour = NEW if is_new else CHANGED
        place = f"{row.address} {row.name}".strip() or row.building_id
        properties = {
            "address": place,
            "change": say(f"month.change.{row.change}", language),
            "households": _households(row, language),
            "style": {"color": colour, "weight": 1, "fillColor": colour, "fillOpacity": 0.75},
        }
        features.append(feature(row.geometry, properties))
        if is_new:
            at = row.geometry.representative_point()
            told = f"{escape(place)}<br>{properties['change']} · {properties['households']}"
            signs.append(Sign(round(at.y, 6), round(at.x, 6), _RING, told))
    names = {name: say(f"map.field.{name}", language) for name in ("address", "households")}
    names["change"] = say("map.month.standing", language)
    draw_told(drawn, features, names)
    Signs(signs).add_to(drawn)


def _households(row: Any, language: Language) -> str:
    about = "≈" if row.estimated else ""
    told = say("map.month.households", language, then=row.households_then, now=row.households)
    return about + told


def _legend(grids: gpd.GeoDataFrame, there: gpd.GeoDataFrame, language: Language) -> list[Entry]:
    used, changes = set(grids["standing"]), set(there["change"])
    entries = [
        Entry(say(f"map.month.{standing}", language), style)
        for standing, style in _SWATCHES.items()
        if standing in used
    ]
    if BuildingChange.NEW in changes:
        ring = f"width:12px;border-radius:50%;border:3px solid {NEW}"
        entries.append(Entry(say("map.month.new", language), ring))
    if changes - {BuildingChange.NEW}:
        entries.append(Entry(say("map.month.changed", language), f"background:{CHANGED}bf"))
    line = "height:0;border-top:2.5px dashed #1c2733;vertical-align:4px"
    entries.append(Entry(say("map.legend.community", language), line))
    if bool(grids["estimated"].any()):
        entries.append(Entry(say("map.legend.estimated", language), "display:none"))
    return entries
