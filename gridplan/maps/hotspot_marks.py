"""What hotspot maps are made of: cells, clusters, piles, the words under the pointer, the legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import pairwise
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.cases.counts import shown
from gridplan.hotspots import Hotspots
from gridplan.hotspots.rates import PER
from gridplan.hotspots.told import names_of, owned_whole, spots_of, title_of
from gridplan.maps.sheet import Entry, Label
from gridplan.maps.signs import Sign, Signs
from gridplan.maps.style import INK, WGS84, draw_plain, draw_told, feature, short_number
from gridplan.words import Language, say

RATES = ("#fef0d9", "#fdcc8a", "#fc8d59", "#e34a33", "#b30000")
"""Classes of a rate, apart for the kinds of colour blindness and in grey."""
DENSITY = ("#edf8fb", "#b3cde3", "#8c96c6", "#8856a7", "#810f7c")
MULTIPLES = (0.5, 0.8, 1.25, 2.0)
"""Classes are parted at these multiples of the area's rate: a place like all others looks so."""
DENSE = (0.5, 1.0, 2.0, 4.0)
"""The same of the density, most of which lies where people live."""
THIN, OUTLINE, WHOLE, PARTED = "#c3c8cd", "#12237a", "#0868ac", "#c2410c"
_PILES = {
    "default": '<circle cx="11" cy="11" r="8.5" fill="#fff" stroke="#333" stroke-width="2"/>'
    '<path d="M6 6 16 16M16 6 6 16" stroke="#333" stroke-width="2"/>',
    "repeat": '<path d="M11 1.5 21 20H1Z" fill="#6a1b9a" stroke="#fff" stroke-width="1.5"/>'
    '<path d="M11 8v5.5M11 15.5v2" stroke="#fff" stroke-width="2"/>',
}
"""Signs 22 pixels wide."""


@dataclass(frozen=True)
class Reader:
    """Who looks at a map.

    Parameters
    ----------
    language : {"zh", "en"}
        Of all words.
    least : int
        Counts below it are not told; 0 tells all.
    made_on : date, optional
        Printed on the sheet; today where left out.
    """

    language: Language = "zh"
    least: int = 0
    made_on: date | None = None

    def say(self, key: str, **values: Any) -> str:
        """One entry below ``map.hotspot``."""
        return say(f"map.hotspot.{key}", self.language, **values)

    def count(self, cases: float) -> str:
        """Cases with their unit."""
        return self.say("cases", count=shown(cases, self.least))

    def owner(self, row: Any) -> str:
        """A grid with its share of a cluster; no share that a small count follows from."""
        code = short_number(str(row.code)) or "—"
        if self.hides(row.cases):
            return self.say("owner_few", code=code, count=shown(row.cases, self.least))
        return self.say("owner", code=code, share=row.share)

    def hides(self, cases: float) -> bool:
        """Whether so small a count, and what follows from it, is not told."""
        return 0 < cases < self.least


def thin_words(what: str, found: Hotspots, reader: Reader) -> str:
    """What grey means: too few households for a rate."""
    limit = found.spec.thin_cell if what == "cell" else found.spec.thin_grid
    return reader.say(f"thin.{what}", limit=limit)


def mean_rate(frame: pd.DataFrame) -> float:
    """Cases per 100 households of everybody."""
    return PER * float(frame["cases"].sum()) / max(float(frame["households"].sum()), 1.0)


def rate_fills(rates: Any, thin: Any, mean: float) -> NDArray[np.object_]:
    """A colour for each rate; grey where too few live."""
    known = np.asarray(rates, dtype=np.float64)
    step = np.digitize(np.nan_to_num(known), mean * np.array(MULTIPLES)) if mean else 0
    fills = np.asarray(RATES, dtype=object)[np.broadcast_to(step, known.shape)]
    return np.where(np.asarray(thin, dtype=bool) | np.isnan(known), THIN, fills)


def told_of(row: Any, reader: Reader) -> dict[str, str]:
    """Households, cases, rate and trend of a cell or grid in words; small counts stay untold."""
    hidden = reader.hides(row.cases) or np.isnan(row.smoothed_per_100)
    trend = say(f"hotspot.trend.{row.trend}", reader.language) if row.trend else "—"
    return {
        "households": say("map.households", reader.language, count=int(row.households)),
        "cases": reader.count(row.cases),
        "rate": "—" if hidden else reader.say("rate", rate=row.smoothed_per_100),
        "trend": trend,
    }


def draw_cells(
    drawn: folium.Map,
    found: Hotspots,
    reader: Reader,
    own: Sequence[dict[str, Any]],
    more: Sequence[str] = (),
) -> folium.GeoJson | None:
    """Draw the cells; `own` has a ``fill`` and further properties of each, `more` names some to tell."""
    features = []
    for row, mine in zip(found.cells.to_crs(WGS84).itertuples(), own, strict=True):
        style = {"fillColor": mine["fill"], "fillOpacity": 0.72, "color": "#8a8f96", "weight": 0.5}
        properties = {**told_of(row, reader), **mine, "style": style}
        features.append(feature(row.geometry, properties))
    return told_layer(drawn, features, [*more, "households", "cases", "rate", "trend"], reader)


def told_layer(
    drawn: folium.Map, features: list[dict[str, Any]], names: Sequence[str], reader: Reader
) -> folium.GeoJson | None:
    """Draw features that tell the properties `names` under the pointer."""
    return draw_told(drawn, features, {name: reader.say(f"field.{name}") for name in names})


def draw_density(drawn: folium.Map, found: Hotspots, reader: Reader) -> list[Entry]:
    """Squares of the background, by how many times the area's mean they have."""
    mean = float(found.background.mean())
    step = np.digitize(found.background, mean * np.array(DENSE)) if mean else np.zeros(0)
    squares = gpd.GeoSeries(found.raster.squares(), crs=found.cells.crs)
    for number, fill in enumerate(DENSITY[1:], 1):
        part = gpd.GeoDataFrame(geometry=squares[step == number])
        style = {"fillColor": fill, "fillOpacity": 0.75, "stroke": False}
        draw_plain(drawn, part, style)
    entries = _classes(DENSITY, [reader.say("density_class", times=x) for x in DENSE], reader)
    return [*entries, Entry(reader.say("square", metres=found.raster.size_m), "display:none")]


def rate_legend(mean: float, reader: Reader, thin: str) -> list[Entry]:
    """Classes of a rate, what grey means, and the mean."""
    digits = 0 if mean >= 10 else 1
    edges = [f"{mean * times:.{digits}f}" for times in MULTIPLES]
    entries = _classes(RATES, edges, reader)
    entries.append(Entry(thin, f"background:{THIN};border:1px solid #8a8f96"))
    entries.append(Entry(reader.say("mean", rate=mean), "display:none"))
    return entries


def _classes(colours: Sequence[str], edges: Sequence[str], reader: Reader) -> list[Entry]:
    texts = [
        reader.say("below", edge=edges[0]),
        *(f"{low}–{high}" for low, high in pairwise(edges)),
        reader.say("above", edge=edges[-1]),
    ]
    return [
        Entry(text, f"background:{colour};border:1px solid #8a8f96")
        for text, colour in zip(texts, colours, strict=True)
    ]


def draw_clusters(
    drawn: folium.Map, found: Hotspots, reader: Reader, labelled: bool = True
) -> list[Label]:
    """One outline and one label a place, dashed where its last weeks are unusual."""
    shapes = found.clusters.set_index("cluster").geometry.to_crs(WGS84)
    weeks = found.clusters.set_index("cluster")["weeks"]
    labels = []
    for spot in spots_of(found):
        shape = shapes[spot.lead]
        recent = bool((weeks[[spot.lead, *spot.others]] > 0).any())
        _outline(drawn, gpd.GeoSeries([shape], crs=WGS84), "7 6" if recent else None)
        place, category, trend = names_of(found, spot.lead, reader.language)
        labels.append(_label(shape, f"{place} · {trend}" if trend else place, category))
    return labels if labelled else []


def draw_owned(drawn: folium.Map, found: Hotspots, layer: str, reader: Reader) -> list[Label]:
    """Clusters in one colour where one grid answers for them, in another where borders cut them."""
    features, labels = [], []
    shapes = found.clusters.set_index("cluster").geometry.to_crs(WGS84)
    for spot in spots_of(found):
        whole = owned_whole(found, spot.lead, layer)
        colour = WHOLE if whole else PARTED
        owners = found.owner(spot.lead, layer)
        told = [reader.owner(row) for row in owners.itertuples()]
        style = {"fillColor": colour, "fillOpacity": 0.45, "color": colour, "weight": 3}
        style |= {} if whole else {"dashArray": "7 6"}
        title = title_of(found, spot.lead, reader.language)
        properties = {"cluster": title, "owners": "、".join(told), "style": style}
        features.append(feature(shapes[spot.lead], properties))
        count = int((owners["grid_id"] != "").sum())
        many = reader.say("one_grid") if whole else reader.say("grids", count=count)
        labels.append(_label(shapes[spot.lead], spot.place, many))
    told_layer(drawn, features, ["cluster", "owners"], reader)
    return labels


def _outline(drawn: folium.Map, shapes: gpd.GeoSeries, dashes: str | None) -> None:
    for casing in (True, False):
        style = {
            "color": "#ffffff" if casing else OUTLINE,
            "weight": 6 if casing else 3,
            "opacity": 0.85 if casing else 1,
            "fill": False,
        }
        if dashes and not casing:
            style["dashArray"] = dashes
        draw_plain(drawn, gpd.GeoDataFrame(geometry=shapes), style)


def draw_piles(drawn: folium.Map, found: Hotspots, reader: Reader) -> None:
    """Signs; the address is told to those alone who also see small counts."""
    piles, signs = found.piles.to_crs(WGS84), []
    for row in piles.itertuples():
        lines = [say(f"hotspot.pile.{row.kind}", reader.language), reader.count(row.cases)]
        if row.address and not reader.least:
            lines.insert(1, str(row.address))
        told = "<br>".join(escape(line) for line in lines)
        at = round(row.geometry.y, 6), round(row.geometry.x, 6)
        signs.append(Sign(*at, _PILES[row.kind], told))
    Signs(signs).add_to(drawn)


def cluster_legend(found: Hotspots, reader: Reader, piles: bool = True) -> list[Entry]:
    """Outlines and signs that this map has."""
    weeks = found.clusters.set_index("cluster")["weeks"] > 0
    recent = [bool(weeks[[spot.lead, *spot.others]].any()) for spot in spots_of(found)]
    entries = []
    if not all(recent):
        entries.append(Entry(reader.say("lasting"), f"border:3px solid {OUTLINE}"))
    if any(recent):
        entries.append(Entry(reader.say("recent"), f"border:3px dashed {OUTLINE}"))
    for kind in ("default", "repeat"):
        if piles and (found.piles["kind"] == kind).any():
            svg = (
                f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 22 22'>{_PILES[kind]}</svg>"
            )
            address = svg.replace('"', "'").replace("#", "%23").replace("<", "%3C")
            address = address.replace(">", "%3E")
            style = f"height:16px;background:url(&quot;data:image/svg+xml,{address}&quot;) no-repeat center"
            entries.append(Entry(say(f"hotspot.pile.{kind}", reader.language), style))
    return entries


def ownership_legend(reader: Reader) -> list[Entry]:
    """Clusters of one grid, clusters of several, and the borders."""
    return [
        Entry(reader.say("whole"), f"background:{WHOLE}77;border:2.5px solid {WHOLE}"),
        Entry(reader.say("parted"), f"background:{PARTED}77;border:2.5px dashed {PARTED}"),
        Entry(reader.say("border"), f"border:2px solid {INK}"),
    ]


def _label(shape: shapely.Geometry, head: str, foot: str = "") -> Label:
    """Words on a cluster, which have the right of way over those of grids."""
    at = shape.representative_point()
    return Label(round(at.y, 6), round(at.x, 6), head, foot, "cluster", span=(1.0, 1.0))


def label_in(shape: shapely.Geometry, head: str, foot: str) -> Label:
    """Words in a grid, where there is room for them."""
    largest = max(shapely.get_parts(shape), key=lambda part: part.area, default=shape)
    at, (west, south, east, north) = largest.representative_point(), largest.bounds
    span = ((east - west) / 2, (north - south) / 2)
    return Label(round(at.y, 6), round(at.x, 6), head, foot, span=span)
