"""Communities shaded by their cases for 1,000 households: a map to look at, a picture to print."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape

import folium
import geopandas as gpd
import numpy as np
import shapely

from gridplan.cases.told import Told
from gridplan.hotspots import Hotspots
from gridplan.hotspots.told import spots_of
from gridplan.load.layers import Layers
from gridplan.maps.grids import empty_map, imprint_of, sheet_words
from gridplan.maps.hotspot_marks import OUTLINE, Reader, cluster_legend, draw_clusters
from gridplan.maps.labels import place_labels
from gridplan.maps.sheet import FONTS, Entry, Sheet
from gridplan.maps.style import (
    COMMUNITY,
    STREET,
    WGS84,
    draw_barriers,
    draw_plain,
    draw_told,
    feature,
)
from gridplan.maps.view import bounds_of
from gridplan.schema import COMMUNITY_CODE, NAME
from gridplan.words import Language, say

FILLS = ("#f6ecd3", "#ecd09a", "#dfab62", "#cb7f3a", "#a1531f")
"""From few cases to many; light to dark for the colour-blind and for grey print."""
UNTOLD = "#dfe3e8"
_INK, _WATER, _WIDTH = "#22303c", "#b9d6e8", 1000.0


@dataclass(frozen=True)
class Shading:
    """Which community has which fill.

    Parameters
    ----------
    fill : mapping of str to str
        By ``community_code``; one of :data:`FILLS`, or :data:`UNTOLD` where the cases are not
        told or nobody lives.
    bounds : tuple of float
        Of the classes, in cases for 1,000 households: one more than there are classes.
    """

    fill: Mapping[str, str]
    bounds: tuple[float, ...]

    def legend(self, language: Language = "zh") -> list[tuple[str, str]]:
        """Fill and words of each class in use."""
        classes = zip(FILLS, self.bounds[:-1], self.bounds[1:], strict=False)
        found = [(fill, _class_words(lower, upper, language)) for fill, lower, upper in classes]
        if UNTOLD in self.fill.values():
            found.append((UNTOLD, say("board.map.untold", language)))
        return found


def _class_words(lower: float, upper: float, language: Language) -> str:
    key = "board.map.class" if f"{lower:.1f}" != f"{upper:.1f}" else "board.map.one"
    return say(key, language, lower=lower, upper=upper)


def shade(told: Told) -> Shading:
    """Up to five classes of equal width between the fewest and the most that are told."""
    each = told.board.places["per_1k"]
    known = each[[told.whole(code) for code in each.index] & each.notna().to_numpy()]
    if known.empty:
        return Shading(dict.fromkeys(each.index, UNTOLD), ())
    lower, upper = float(known.min()), float(known.max())
    count = min(len(FILLS), len(known)) if upper - lower >= 0.1 * len(FILLS) else 1
    bounds = np.linspace(lower, upper, count + 1)
    place = np.clip(np.searchsorted(bounds, known, side="right") - 1, 0, count - 1)
    fills = dict(zip(known.index, (FILLS[number] for number in place), strict=True))
    return Shading({code: fills.get(code, UNTOLD) for code in each.index}, tuple(bounds.tolist()))


def cases_map(
    layers: Layers,
    told: Told,
    language: Language = "zh",
    *,
    found: Hotspots | None = None,
    made_on: date | None = None,
) -> folium.Map:
    """The communities with their figures on pointing at them; no building, no address.

    Parameters
    ----------
    layers : Layers
        Of the area.
    told : Told
        What may be shown.
    language : {"zh", "en"}
        Of legend and tooltips.
    found : Hotspots, optional
        Its clusters are outlined.
    made_on : date, optional
        Printed on the sheet; today where left out.

    Returns
    -------
    folium.Map
        WGS 84, no tiles.
    """
    shading = shade(told)
    drawn = empty_map(layers.communities, language)
    communities = layers.communities.to_crs(WGS84)
    features = [
        feature(row.geometry, _properties(told, shading, row.community_code, row.name, language))
        for row in communities[[COMMUNITY_CODE, NAME, "geometry"]].itertuples(index=False)
    ]
    names = ["name", "cases", "per_1k", "resolved"]
    draw_told(drawn, features, {name: say(f"board.map.{name}", language) for name in names})
    draw_plain(drawn, layers.streets, {**STREET, "weight": 2, "opacity": 0.8})
    draw_barriers(drawn, layers)
    draw_plain(drawn, layers.communities, COMMUNITY)
    entries = [
        Entry(words, f"background:{fill};border:1px solid #8a7a5a")
        for fill, words in shading.legend(language)
    ]
    labels = place_labels(layers)
    if found is not None and len(found.clusters):
        reader = Reader(language, told.least)
        labels = [*draw_clusters(drawn, found, reader), *labels]
        entries += cluster_legend(found, reader, piles=False)
    imprint = imprint_of(layers, language, made_on or date.today())
    title = say("board.map.title", language)
    whole = bounds_of(layers.communities)
    Sheet(title, entries, imprint, labels, sheet_words(language), whole).add_to(drawn)
    return drawn


def _properties(
    told: Told, shading: Shading, code: str, name: str, language: Language
) -> dict[str, object]:
    row = told.board.places.loc[code]
    whole = told.whole(code)
    unknown = say("board.map.unknown", language)
    each = unknown if not whole or np.isnan(row["per_1k"]) else f"{row['per_1k']:.1f}"
    style = {"fillColor": shading.fill[code], "fillOpacity": 0.85, "color": _INK, "weight": 1}
    return {
        "name": name,
        "cases": told.text(row["cases"], told.places[code]),
        "per_1k": each,
        "resolved": f"{row['resolved_share']:.0%}" if whole else unknown,
        "style": style,
    }


def cases_picture(
    layers: Layers, told: Told, language: Language = "zh", found: Hotspots | None = None
) -> str:
    """The same as a picture that keeps sharp on a wall and on paper.

    Parameters
    ----------
    layers, told, language, found
        As in :func:`cases_map`.

    Returns
    -------
    str
        An SVG image as a data address.
    """
    frame = _Frame(layers.communities)
    shading = shade(told)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {frame.height + 86:g}" '
        f'font-family="{escape(FONTS)}" fill="{_INK}">'
        '<defs><pattern id="u" width="9" height="9" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="9" height="9" fill="{UNTOLD}"/>'
        '<path d="M0 0V9" stroke="#b4bcc6" stroke-width="2"/></pattern></defs>'
    ]
    for code, shape in zip(
        layers.communities[COMMUNITY_CODE], layers.communities.geometry, strict=True
    ):
        fill = shading.fill[code].replace(UNTOLD, "url(#u)")
        parts.append(f'<path d="{frame.path(shape)}" fill="{fill}"/>')
    water = layers.barriers[layers.barriers["kind"] == "water"] if len(layers.barriers) else None
    parts.append(_lines(frame, layers.streets, "#fff", 2.5, 0.75))
    if water is not None:
        ground = [shape for shape in water.geometry if shapely.get_dimensions(shape) == 2]
        parts += [f'<path d="{frame.path(shape)}" fill="{_WATER}"/>' for shape in ground]
        river = water[[shapely.get_dimensions(shape) == 1 for shape in water.geometry]]
        parts.append(_lines(frame, river, _WATER, 6, 1))
    borders = "".join(frame.path(shape) for shape in layers.communities.geometry)
    parts.append(f'<path d="{borders}" fill="none" stroke="{_INK}" stroke-width="2.5"/>')
    clusters = _clusters(frame, found)
    parts += [clusters, *_names(frame, layers.communities, told)]
    parts += _foot(frame, shading, language, bool(clusters))
    return "data:image/svg+xml;base64," + b64encode("".join([*parts, "</svg>"]).encode()).decode()


class _Frame:
    """From metres to the picture: 1,000 wide, north up, with a margin."""

    def __init__(self, area: gpd.GeoDataFrame) -> None:
        west, south, east, north = area.total_bounds.tolist()
        margin = 0.015 * max(east - west, north - south)
        self.left, self.top = west - margin, north + margin
        self.scale = _WIDTH / max(east - west + 2 * margin, (north - south) * 1.5)
        self.left -= (_WIDTH / self.scale - (east - west + 2 * margin)) / 2
        self.height = round((north - south + 2 * margin) * self.scale)
        self.bounds = (self.left, south - margin, self.left + _WIDTH / self.scale, self.top)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A point of the picture."""
        return (x - self.left) * self.scale, (self.top - y) * self.scale

    def path(self, shape: shapely.Geometry) -> str:
        """Lines and rings, simplified to less than the width of a stroke."""
        plain = shapely.simplify(shape, 1.0 / self.scale)
        rings = shapely.get_parts(plain if plain.geom_type.endswith("LineString") else
                                  shapely.boundary(plain))  # fmt: skip
        told = []
        for ring in shapely.get_parts(rings):
            points = [self.at(x, y) for x, y in shapely.get_coordinates(ring)]
            told.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points))
        return "".join(told)


def _lines(frame: _Frame, lines: gpd.GeoDataFrame, ink: str, width: float, opacity: float) -> str:
    if not len(lines):
        return ""
    seen = shapely.intersection(np.asarray(lines.geometry.array), shapely.box(*frame.bounds))
    path = "".join(frame.path(shape) for shape in seen if not shape.is_empty)
    return (
        f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="{width}" opacity="{opacity}"/>'
    )


def _clusters(frame: _Frame, found: Hotspots | None) -> str:
    """One outline a place, on white so that it stands out of every fill."""
    if found is None or not len(found.clusters):
        return ""
    shapes = found.clusters.set_index("cluster").geometry
    path = "".join(frame.path(shapes[spot.lead]) for spot in spots_of(found))
    return "".join(
        f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="{width}"/>'
        for ink, width in (("#fff", 8), (OUTLINE, 4))
    )


def _names(frame: _Frame, communities: gpd.GeoDataFrame, told: Told) -> list[str]:
    halo = 'text-anchor="middle" paint-order="stroke" stroke="#fff" stroke-width="6"'
    parts = []
    circles = shapely.maximum_inscribed_circle(np.asarray(communities.geometry.array))
    spots = shapely.get_point(circles, 0)
    for code, name, spot in zip(communities[COMMUNITY_CODE], communities[NAME], spots, strict=True):
        x, y = frame.at(shapely.get_x(spot), shapely.get_y(spot))
        each = told.board.places.loc[code, "per_1k"]
        figure = f"{each:.1f}" if told.whole(code) and not np.isnan(each) else ""
        parts.append(
            f'<text x="{x:.0f}" y="{y:.0f}" font-size="25" {halo}>{escape(str(name))}'
            f'<tspan x="{x:.0f}" dy="28" font-size="27" font-weight="600">{figure}</tspan></text>'
        )
    return parts


def _foot(frame: _Frame, shading: Shading, language: Language, clusters: bool) -> list[str]:
    """Legend, scale bar and an arrow that points up."""
    y = frame.height + 26
    title = escape(say("board.map.title", language))
    parts = [f'<text x="8" y="{y}" font-size="21">{title}</text>']
    if clusters:
        words = escape(say("board.map.clusters", language))
        parts.append(
            f'<rect x="320" y="{y - 17}" width="28" height="18" fill="none" stroke="{OUTLINE}" '
            f'stroke-width="4"/><text x="358" y="{y}" font-size="19">{words}</text>'
        )
    x = 8.0
    for fill, words in shading.legend(language):
        shown = fill.replace(UNTOLD, "url(#u)")
        parts.append(
            f'<rect x="{x:.0f}" y="{y + 18}" width="28" height="20" fill="{shown}" '
            f'stroke="#8a7a5a"/><text x="{x + 35:.0f}" y="{y + 35}" font-size="18">'
            f"{escape(words)}</text>"
        )
        x += 56 + sum(18 if ord(letter) > 0x2E7F else 9.5 for letter in words)
    length_m = _round_m(150 / frame.scale)
    end = _WIDTH - 80
    start, middle = end - length_m * frame.scale, end - length_m * frame.scale / 2
    kilometres = length_m >= 1000
    unit = say("map.kilometre" if kilometres else "map.metre", language)
    name = escape(f"{length_m / 1000 if kilometres else length_m:g} {unit}")
    north = escape(say("map.north", language))
    parts.append(
        f'<path d="M{start:.0f} {y - 12}v12H{end:.0f}v-12" fill="none" stroke="{_INK}" '
        f'stroke-width="2.5"/><text x="{middle:.0f}" y="{y - 6}" font-size="18" '
        f'text-anchor="middle">{name}</text>'
        f'<path d="M{end + 30} {y - 26}l10 30 -10 -7 -10 7z"/>'
        f'<text x="{end + 46}" y="{y}" font-size="20">{north}</text>'
    )
    return parts


def _round_m(most_m: float) -> float:
    """The greatest of 1, 2, 5 × 10ⁿ that is not above `most_m`."""
    power = 10.0 ** np.floor(np.log10(most_m))
    return float(power * max(step for step in (1, 2, 5) if step * power <= most_m))
