"""Colours of the maps, and the background that all of them share: streets, water, railways."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import folium
import geopandas as gpd
import networkx as nx
import pandas as pd
import shapely

from gridplan.load.layers import Layers
from gridplan.words import Language, say

WGS84 = "EPSG:4326"
FILLS = ("#b58253", "#75a1d7", "#9ce6fd", "#cdecd6", "#a7a2af", "#ead998")
"""Fills of neighbouring grids, apart for the three kinds of colour blindness."""
WRONG, EXCUSED, CHOSEN = "#c1272d", "#c77700", "#0b3d91"
INK = "#3a4653"
_TOUCH_M = 3.0
_WATER = {"fillColor": "#b9d6e8", "fillOpacity": 1, "color": "#8fb8d3", "weight": 1}
_WATERCOURSE = {"color": "#a5c9e0", "weight": 4, "fill": False}
_RAILWAY = {"color": "#4d4d4d", "weight": 2.5, "dashArray": "8 5", "fill": False}
_EXPRESSWAY = {"color": "#b08d57", "weight": 4, "fill": False}
_WALL = {"color": "#7a6a5a", "weight": 2, "dashArray": "2 3", "fill": False}
_BARRIERS = {"railway": _RAILWAY, "expressway": _EXPRESSWAY, "wall": _WALL}
STREET = {"color": "#ffffff", "weight": 3, "fill": False, "opacity": 1}
COMMUNITY = {
    "color": "#1c2733",
    "weight": 3,
    "dashArray": "10 4 2 4",
    "fill": False,
    "opacity": 0.9,
}
BUILDING = {"color": "#6e7780", "weight": 0.6, "fillColor": "#8f989f", "fillOpacity": 0.55}


def fills(grids: gpd.GeoDataFrame) -> list[str]:
    """A fill for each grid so that neighbours differ, by saturation colouring (DSATUR).

    Parameters
    ----------
    grids : GeoDataFrame
        Metric CRS; grids within 3 m of each other count as neighbours.

    Returns
    -------
    list of str
        One of `FILLS` for each row.
    """
    graph = nx.Graph()
    graph.add_nodes_from(range(len(grids)))
    shapes = grids.geometry.to_numpy()
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_TOUCH_M)
    graph.add_edges_from((a, b) for a, b in pairs.T.tolist() if a < b)
    colour = nx.greedy_color(graph, strategy="DSATUR")
    return [FILLS[colour[row] % len(FILLS)] for row in range(len(grids))]


def short_number(code: str) -> str:
    """The part of a grid's code that tells it from its neighbours: three digits of fifteen."""
    return code[-3:] if len(code) == 15 and code.isdigit() else code


def households_text(count: float, estimated: bool, language: Language = "zh") -> str:
    """Households with unit and separators, ≈ before an estimate."""
    key = "map.about_households" if estimated else "map.households"
    return say(key, language, count=int(count))


def draw_barriers(drawn: folium.Map, layers: Layers) -> None:
    """Lay water and railways over the grids, so that they keep their colours."""
    barriers = layers.barriers
    kind = barriers["kind"] if len(barriers) else pd.Series(dtype=object)
    surface = barriers.geom_type.isin(["Polygon", "MultiPolygon"])
    draw_plain(drawn, barriers[surface & (kind == "water")], _WATER)
    draw_plain(drawn, barriers[~surface & (kind == "water")], _WATERCOURSE)
    for name, style in _BARRIERS.items():
        draw_plain(drawn, barriers[kind == name], style)


def draw_plain(drawn: folium.Map, frame: gpd.GeoDataFrame, style: dict[str, Any]) -> None:
    """Draw geometry that neither speaks nor hears."""
    if len(frame) == 0:
        return
    properties = {"style": {**style, "interactive": False}}
    features = [feature(shape, properties) for shape in frame.geometry.to_crs(WGS84)]
    collection = {"type": "FeatureCollection", "features": features}
    folium.GeoJson(collection, smooth_factor=0.5, interactive=False).add_to(drawn)


def feature(shape: Any, properties: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature, coordinates rounded to 0.1 m."""
    rounded = shapely.transform(shape, lambda coordinates: coordinates.round(6))
    return {
        "type": "Feature",
        "geometry": shapely.geometry.mapping(rounded),
        "properties": properties,
    }


def draw_told(
    drawn: folium.Map, features: list[dict[str, Any]], names: Mapping[str, str]
) -> folium.GeoJson | None:
    """Draw features that tell some of their properties under the pointer.

    Parameters
    ----------
    drawn : folium.Map
        Takes the layer.
    features : list of dict
        From :func:`feature`; points become small circles.
    names : mapping of str to str
        Properties told, and what they are called.

    Returns
    -------
    folium.GeoJson or None
        The layer; None where there are no features.
    """
    if not features:
        return None
    features = [{**each, "properties": _safe(each["properties"], names)} for each in features]
    tooltip = folium.GeoJsonTooltip(
        fields=list(names),
        aliases=list(names.values()),
        sticky=True,
        style="max-width: 340px; white-space: normal",
    )
    layer = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        marker=folium.CircleMarker(radius=3),
        tooltip=tooltip,
        smooth_factor=0.5,
    )
    layer.add_to(drawn)
    return layer


def _safe(properties: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What is told as text: the map writes it as HTML."""
    told = {name: escape(str(properties[name])) for name in names if name in properties}
    return {**properties, **told}
