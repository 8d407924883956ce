"""What the maps of coverage are made of: colours, places that speak, stations, numbered sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridplan.cases.counts import shown
from gridplan.coverage import Coverage, Service
from gridplan.coverage.views import QUARTERS, hours_text
from gridplan.load.crossings import NOT_WALKED
from gridplan.maps.grids import empty_map, imprint_of, sheet_words
from gridplan.maps.labels import place_labels
from gridplan.maps.sheet import Entry, Label, Sheet
from gridplan.maps.style import COMMUNITY, WGS84, draw_barriers, draw_plain, draw_told, feature
from gridplan.maps.view import MOST_BUILDINGS, bounds_of
from gridplan.prepared import Prepared
from gridplan.schema import HOUSEHOLDS, KIND, NAME, OPENING_HOURS
from gridplan.words import Language, say

COLOURS: Mapping[str, str] = {
    "served": "#5aa9d6", "distance": "#d55e00", "capacity": "#e6c229", "network": "#8b8b8b",
    "visited": "#5aa9d6", "partly": "#e6c229", "unvisited": "#8e4585",
    "reached_visited": "#a9cfe6", "reached_unvisited": "#2b6ca3",
    "unreached_visited": "#eda15c", "unreached_unvisited": "#7a1f5c",
    "gained": "#1b8a6b", "left": "#d55e00", "": "#8b8b8b", "other": "#d4d6d8",
}  # fmt: skip
"""Fill of each state of a home, apart for the kinds of colour blindness."""

GRADES = ("#7fb3d5", "#fee0a3", "#f8b04f", "#dd6b1f", "#8c2d04")
"""Nothing lacking, and four grades up to everything."""

_WAY = {"color": "#cfcabd", "weight": 1.4, "fill": False}
_SPOT = {"color": "#9c3d00", "weight": 2, "opacity": 0.95, "fillColor": "#d55e00"}
_DISC = {"fill": True, "fillOpacity": 1, "opacity": 1}
_STATION = {**_DISC, "color": "#ffffff", "weight": 2, "fillColor": "#1c2733", "radius": 7}
_SHUT = {**_DISC, "color": "#1c2733", "weight": 2.5, "fillColor": "#ffffff", "radius": 6}
_LABELS = 40


@dataclass(frozen=True)
class Reader:
    """Who reads a map.

    Parameters
    ----------
    language : {"zh", "en"}
        Of its words.
    leaders : bool
        Show no single home, and no small count.
    made_on : date, optional
        Printed on the sheet; today where left out.
    """

    language: Language = "zh"
    leaders: bool = False
    made_on: date | None = None

    def say(self, key: str, **values: Any) -> str:
        """An entry of the catalogue's table of these maps."""
        return say(f"map.coverage.{key}", self.language, **values)

    def households(self, count: float) -> str:
        """With unit and separators."""
        return say("map.households", self.language, count=round(count))

    def count(self, count: float) -> str:
        """With separators, for leaders ``<5`` where it is small."""
        return shown(round(count)) if self.leaders else f"{count:,.0f}"

    def metres(self, count: float) -> str:
        """Whole metres, — where there is no way."""
        return say("map.metres", self.language, count=count) if np.isfinite(count) else "—"

    def limit(self, coverage: Coverage, service: Service) -> str:
        """The sentence behind a walking distance, and which stations count by their hours."""
        rule = coverage.services.rule(service)
        stop = self.say("stop")
        sentence = service.walk.sentence(self.language)
        return sentence + stop + hours_text(rule, self.language) if rule.asks else sentence


def ground(prepared: Prepared, reader: Reader) -> folium.Map:
    """An empty map with the ways that are walked."""
    drawn = empty_map(prepared.layers.communities, reader.language)
    streets = prepared.layers.streets
    draw_plain(drawn, streets[~streets[KIND].isin(NOT_WALKED)], _WAY)
    return drawn


def finish(
    drawn: folium.Map,
    prepared: Prepared,
    title: str,
    legend: list[Entry],
    labels: list[Label],
    reader: Reader,
    remark: str,
) -> None:
    """Lay the sheet over it: legend, remark, date, source, scale, north, names of communities."""
    imprint = imprint_of(prepared.layers, reader.language, reader.made_on or date.today())
    names = place_labels(prepared.layers)
    words = sheet_words(reader.language)
    homes = prepared.units.buildings[prepared.units.buildings[HOUSEHOLDS] > 0]
    lived_in = bounds_of(homes if len(homes) else prepared.layers.communities)
    sheet = Sheet(title, legend, [remark, *imprint], labels + names, words, lived_in)
    sheet.add_to(drawn)


def over(drawn: folium.Map, prepared: Prepared) -> None:
    """Barriers and the borders of communities, above the places."""
    draw_barriers(drawn, prepared.layers)
    draw_plain(drawn, prepared.layers.communities, COMMUNITY)


def draw_places(
    drawn: folium.Map,
    places: gpd.GeoDataFrame,
    fills: Sequence[str],
    told: Sequence[Mapping[str, str]],
    reader: Reader,
) -> None:
    """Homes or squares in their colours, each with what it says of itself.

    Parameters
    ----------
    drawn : Map
    places : GeoDataFrame
        Polygons or points.
    fills : sequence of str
        One colour each.
    told : sequence of mapping
        Names of fields and their texts, the same names for all. More than
        `gridplan.maps.view.MOST_BUILDINGS` places are drawn in one piece for each colour and are
        silent: a browser would not keep up.
    reader : Reader
    """
    shapes = places.geometry.to_crs(WGS84)
    look = {"weight": 0.5, "opacity": 0.9, "fillOpacity": 0.85}
    if len(places) > MOST_BUILDINGS:
        whole = gpd.GeoSeries(shapes.to_numpy(), crs=WGS84).groupby(np.asarray(fills, dtype=object))
        for fill, some in whole:
            parts = gpd.GeoDataFrame(geometry=[shapely.union_all(some.to_numpy())], crs=WGS84)
            draw_plain(drawn, parts, {**look, "color": str(fill), "fillColor": str(fill)})
        return
    features = [
        feature(shape, {**words, "style": {**look, "color": _darker(fill), "fillColor": fill}})
        for shape, fill, words in zip(shapes, fills, told, strict=True)
    ]
    _speak(drawn, features, list(told[0]) if told else [], reader)


def draw_spots(drawn: folium.Map, spots: gpd.GeoDataFrame, opacity: float, reader: Reader) -> None:
    """Blind spots with their households and metres."""
    features = []
    for row, shape in zip(spots.itertuples(), spots.geometry.to_crs(WGS84), strict=True):
        words = {
            "unserved": reader.households(row.households),
            "people": say("map.people", reader.language, count=int(row.people)),
            "metres": f"{reader.metres(row.nearest_m)} – {reader.metres(row.farthest_m)}",
            "style": {**_SPOT, "fillOpacity": opacity},
        }
        features.append(feature(shape, words))
    _speak(drawn, features, ["unserved", "people", "metres"], reader)


def spot_labels(spots: gpd.GeoDataFrame, reader: Reader) -> list[Label]:
    """How many households each of the largest blind spots has."""
    labels = []
    some = spots.head(_LABELS)
    for row, shape in zip(some.itertuples(), some.geometry.to_crs(WGS84), strict=True):
        at, (west, south, east, north) = shape.representative_point(), shape.bounds
        span = ((east - west) / 2, (north - south) / 2)
        text = reader.households(row.households)
        labels.append(Label(round(at.y, 6), round(at.x, 6), text, kind="wrong", span=span))
    return labels


def draw_stations(drawn: folium.Map, places: gpd.GeoDataFrame, reader: Reader) -> None:
    """Facilities with their opening hours, those that do not count hollow."""
    features = []
    for row, shape in zip(places.itertuples(), places.geometry.to_crs(WGS84), strict=True):
        hours = str(getattr(row, OPENING_HOURS) or "").strip()
        words = {
            "station": str(getattr(row, NAME)) or str(getattr(row, KIND)),
            "hours": hours or reader.say("no_hours"),
            "counts": reader.say("open" if row.counts else "shut"),
            "style": _STATION if row.counts else _SHUT,
        }
        features.append(feature(shape.representative_point(), words))
    _speak(drawn, features, ["station", "hours", "counts"], reader)


def station_entries(places: gpd.GeoDataFrame, reader: Reader) -> list[Entry]:
    """What the legend says of the facilities."""
    dot = "width:12px;height:12px;border-radius:50%;margin:0 11px 0 4px;"
    entries = []
    if places["counts"].any():
        entries.append(Entry(reader.say("station"), f"{dot}background:#1c2733"))
    if not places["counts"].all():
        entries.append(Entry(reader.say("station_shut"), f"{dot}border:2px solid #1c2733"))
    return entries


def draw_numbered(
    drawn: folium.Map, points: gpd.GeoSeries, titles: Sequence[str], small: bool = False
) -> None:
    """Numbered discs from 1 on; small ones are hollow and carry no number."""
    for number, (point, title) in enumerate(zip(points.to_crs(WGS84), titles, strict=True), 1):
        side = 14 if small else 26
        look = (
            "background:#fff;border:2px solid #0b3d91"
            if small
            else "background:#0b3d91;color:#fff;border:2px solid #fff;box-shadow:0 0 3px #1c2733"
        )
        html = (
            f'<div style="box-sizing:border-box;width:{side}px;height:{side}px;border-radius:50%;'
            f'text-align:center;font:600 13px/{side - 4}px sans-serif;{look}">'
            f"{'' if small else number}</div>"
        )
        icon = folium.DivIcon(html=html, icon_size=(side, side), icon_anchor=(side / 2, side / 2))
        at = [round(point.y, 6), round(point.x, 6)]
        folium.Marker(at, icon=icon, tooltip=folium.Tooltip(title), pane="tooltipPane").add_to(
            drawn
        )  # above the names of places


def swatches(names: Sequence[str], reader: Reader) -> list[Entry]:
    """Legend of states of homes."""
    return [Entry(reader.say(f"state.{name}"), box_style(COLOURS[name])) for name in names]


def box_style(fill: str) -> str:
    """Swatch of a filled place."""
    return f"background:{fill};border:1px solid {_darker(fill)}"


def spot_entry(reader: Reader) -> Entry:
    """Legend of a blind spot."""
    return Entry(reader.say("spot"), "background:#d55e0029;border:2px solid #9c3d00")


def _address(row: Any) -> str:
    return f"{row.address} {row.name}".strip() or str(row.building_id)


def reach_words(row: Any, reader: Reader) -> dict[str, str]:
    """What a home says of its way to a service."""
    return {
        "address": _address(row),
        "households": reader.households(row.households),
        "state": reader.say(f"state.{row.state}"),
        "unserved": reader.households(row.left),
        "metres": reader.metres(row.metres),
        "over": reader.metres(row.over_m) if row.over_m > 0 else "—",
        "straight": reader.metres(row.straight_m),
        "facility": row.facility or "—",
    }


def lack_words(row: Any, titles: Mapping[str, str], count: int, reader: Reader) -> dict[str, str]:
    """What a home says of the services that it lacks."""
    missing = reader.say("comma").join(titles[key] for key in row.missing)
    return {
        "address": _address(row),
        "households": reader.households(row.households),
        "lacking": reader.say("lacking", count=row.lacking, of=count),
        "missing": missing or "—",
    }


def visit_words(row: Any, reader: Reader) -> dict[str, str]:
    """What a home says of its visits."""
    due = [reader.say("due.patrol")] if row.patrol_overdue else []
    due += [reader.say("due.special", count=row.special_overdue)] if row.special_overdue else []
    due += [reader.say("due.cases", count=row.cases_overdue)] if row.cases_overdue else []
    last = "—" if pd.isna(row.last_visit) else f"{row.last_visit:%Y-%m-%d}"
    return {
        "address": _address(row),
        "households": reader.households(row.households),
        "last_visit": last,
        "late": reader.households(row.overdue_households),
        "due": reader.say("comma").join(due) or "—",
    }


def quarter_words(row: Any, reader: Reader) -> dict[str, str]:
    """What a home says of reachable × visited."""
    counts = {name: getattr(row, name) for name in QUARTERS}
    return {
        "address": _address(row),
        **{name: reader.households(count) for name, count in counts.items()},
    }


def site_words(row: Any, reader: Reader) -> dict[str, str]:
    """What a home says of new stations."""
    return {
        "address": _address(row),
        "households": reader.households(row.households),
        "state": reader.say(f"state.{row.state}"),
        "site": str(row.site) if row.site else "—",
    }


def _darker(fill: str) -> str:
    return "#" + "".join(f"{int(int(fill[k : k + 2], 16) * 0.72):02x}" for k in (1, 3, 5))


def _speak(
    drawn: folium.Map, features: list[dict[str, Any]], names: list[str], reader: Reader
) -> None:
    draw_told(drawn, features, {name: reader.say(f"field.{name}") for name in names})
