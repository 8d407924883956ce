"""Grids, present or planned, as maps that ask nothing of any network."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import folium
import folium.plugins
import geopandas as gpd

from gridplan.analyse.present import Present
from gridplan.errors import GridplanError
from gridplan.load.layers import Layers
from gridplan.maps.labels import grid_labels, place_labels
from gridplan.maps.sheet import Entry, Label, Sheet
from gridplan.maps.style import (
    BUILDING,
    COMMUNITY,
    EXCUSED,
    FILLS,
    INK,
    STREET,
    WGS84,
    WRONG,
    draw_barriers,
    draw_plain,
    draw_told,
    feature,
    fills,
    households_text,
)
from gridplan.maps.view import MOST_BUILDINGS, View, bounds_of, middle_of, view_grids, words_of
from gridplan.offline import folium_here, inline
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.words import Language, say


@dataclass(frozen=True)
class MapPage:
    """A map as one page of HTML that carries its scripts; a notebook shows it inline.

    Parameters
    ----------
    title : str
        Of the window.
    html : str
        The page.
    height_px : int
        Of the map in a notebook.
    """

    title: str
    html: str = field(repr=False)
    height_px: int = 560

    def save(self, path: Path | str) -> Path:
        """Write the page to a file, which opens on any computer without a network.

        Raises
        ------
        GridplanError
            Where the disk refuses.
        """
        path = Path(path)
        try:
            path.write_text(self.html, "utf-8")
        except OSError as error:
            reason = error.strerror or str(error)
            raise GridplanError("map.cannot_write", file=path, reason=reason) from error
        return path

    def _repr_html_(self) -> str:
        """Keep the page in a frame of its own, apart from the notebook's styles and scripts."""
        page = self.html.replace("&", "&amp;").replace("'", "&#39;")  # the map's data is full of "
        return (
            f"<iframe srcdoc='{page}' title=\"{escape(self.title)}\" allowfullscreen "
            f'style="width:100%;height:{self.height_px}px;border:0"></iframe>'
        )


def draw_map(
    prepared: Prepared,
    shown: Plan | Present | None = None,
    *,
    buildings: bool = False,
    language: Language = "zh",
    height_px: int = 560,
) -> MapPage:
    """Draw a plan, a present grid layer or the bare ground as a page of its own.

    Parameters
    ----------
    prepared : Prepared
        The area.
    shown : Plan or Present, optional
        What is laid over it; the ground alone where left out.
    buildings : bool
        Whether buildings are drawn, up to `gridplan.maps.view.MOST_BUILDINGS` of them.
    language : {"zh", "en"}
        Of legend and tooltips.
    height_px : int
        Of the map in a notebook.

    Raises
    ------
    GridplanError
        Where the maps' scripts are not installed, with the command that does it.
    """
    view = view_grids(prepared, shown, buildings=buildings, language=language)
    title = f"{prepared.layers.name} · {view.title}"
    with folium_here():
        page = standalone(grid_map(prepared.layers, view, language), title)
    return MapPage(title, page, height_px)


def grid_map(
    layers: Layers, view: View, language: Language = "zh", made_on: date | None = None
) -> folium.Map:
    """Draw grids over streets, water and railways.

    Parameters
    ----------
    layers : Layers
        Background, name and data source.
    view : View
        Present state or plan.
    language : {"zh", "en"}
        Of legend and tooltips.
    made_on : date, optional
        Printed on the sheet; today where left out.

    Returns
    -------
    folium.Map
        WGS 84, canvas renderer, no tiles.
    """
    drawn = empty_map(layers.communities, language)
    _fill(drawn, layers, view, language, made_on or date.today())
    return drawn


def standalone(drawn: folium.Map, title: str) -> str:
    """The map as one HTML page that opens on any computer without a network.

    Parameters
    ----------
    drawn : Map
        From :func:`grid_map`, drawn after :func:`gridplan.offline.point_folium_here`.
    title : str
        Of the browser's window.

    Raises
    ------
    GridplanError
        Where the scripts are not installed, see :mod:`gridplan.offline`.
    """
    root = drawn.get_root()
    root.title = escape(title)
    return inline(root.render())


def _options() -> dict[str, Any]:
    return {
        "tiles": None,
        "prefer_canvas": True,
        "zoom_control": False,
        "attribution_control": False,
        "zoom_snap": 0.1,
        "max_zoom": 21,
        "min_zoom": 8,
        "font_size": "12px",
    }


def empty_map(area: gpd.GeoDataFrame, language: Language) -> folium.Map:
    """A map without tiles on an area's middle, with a button for the full screen."""
    drawn = folium.Map(location=middle_of(area), **_options())
    folium.plugins.Fullscreen(
        position="topleft",
        title=say("map.full_screen", language),
        title_cancel=say("map.full_screen_end", language),
    ).add_to(drawn)
    return drawn


def _fill(drawn: folium.Map, layers: Layers, view: View, language: Language, made_on: date) -> None:
    draw_plain(drawn, layers.streets, STREET)
    _draw_grids(drawn, view, language)
    draw_barriers(drawn, layers)
    shown = _draw_buildings(drawn, view, language)
    draw_plain(drawn, layers.communities, COMMUNITY)
    legend = _legend(layers, view, shown, language)
    words, imprint = sheet_words(language), imprint_of(layers, language, made_on)
    labels, whole = _labels(layers, view, language), bounds_of(layers.communities)
    Sheet(view.title, legend, imprint, labels, words, whole).add_to(drawn)


def sheet_words(language: Language) -> dict[str, str]:
    """What the buttons, the scale and the arrow of a :class:`gridplan.maps.sheet.Sheet` say."""
    names = ("zoom_in", "zoom_out", "metre", "kilometre", "north")
    return {name: say(f"map.{name}", language) for name in names}


def imprint_of(layers: Layers, language: Language, made_on: date) -> list[str]:
    """Date, source of the data and 内部使用, below the legend of every map."""
    return [
        say("map.made_on", language, day=made_on.isoformat()),
        say("map.source", language, name=layers.name),
        say("map.internal", language),
    ]


def _draw_grids(drawn: folium.Map, view: View, language: Language) -> None:
    wrong, excused = words_of(view.violations, language), words_of(view.exceptions, language)
    features = []
    for row, fill in zip(view.grids.to_crs(WGS84).itertuples(), fills(view.grids), strict=True):
        style = {"fillColor": fill, "fillOpacity": 0.5, "color": INK, "weight": 1.6, "opacity": 0.9}
        if row.grid_id in excused:
            style |= {"color": EXCUSED, "weight": 3.2}
        if row.grid_id in wrong:
            style |= {"color": WRONG, "weight": 3.2, "fillColor": WRONG, "fillOpacity": 0.28}
        remark = "；".join([*wrong.get(row.grid_id, []), *excused.get(row.grid_id, [])])
        properties = {
            "grid_id": row.grid_id,
            "code": row.code,
            "community": row.community_name,
            "households": households_text(row.households, row.estimated, language),
            "people": say("map.people", language, count=int(row.people)),
            "radius": say("map.metres", language, count=row.radius_m),
            "remark": remark or say("map.fine", language),
            "style": style,
        }
        features.append((row.grid_id in wrong, feature(row.geometry, properties)))
    features.sort(key=lambda entry: entry[0])  # red borders are drawn last, above their neighbours
    names = ["code", "community", "households", "people", "radius", "remark"]
    draw_told(drawn, [feature for _, feature in features], _told(names, language))


def _draw_buildings(drawn: folium.Map, view: View, language: Language) -> bool:
    buildings = view.buildings
    if buildings is None or not 0 < len(buildings) <= MOST_BUILDINGS:
        return False
    code = dict(zip(view.grids["grid_id"], view.grids["code"], strict=True))
    features = [
        feature(
            row.geometry,
            {
                "grid_id": row.grid_id if isinstance(row.grid_id, str) else "",
                "address": f"{row.address} {row.name}".strip(),
                "households": households_text(row.households, row.estimated, language),
                "code": code.get(row.grid_id, say("map.none", language)),
                "style": BUILDING,
            },
        )
        for row in buildings.to_crs(WGS84).itertuples(index=False)
    ]
    draw_told(drawn, features, _told(["address", "households", "code"], language))
    return True


def _told(names: list[str], language: Language) -> dict[str, str]:
    return {name: say(f"map.field.{name}", language) for name in names}


def _labels(layers: Layers, view: View, language: Language) -> list[Label]:
    wrong = {finding.grid for finding in view.violations}
    excused = {finding.grid for finding in view.exceptions}
    kind = {**dict.fromkeys(excused, "excused"), **dict.fromkeys(wrong, "wrong")}
    labels = grid_labels(view.grids, kind, language)
    return sorted(labels, key=lambda label: label.kind == "plain") + place_labels(layers)


def _legend(layers: Layers, view: View, buildings: bool, language: Language) -> list[Entry]:
    wrong, excused = bool(view.violations), bool(view.exceptions)
    kinds = set(layers.barriers["kind"]) if len(layers.barriers) else set()
    wanted = [
        (len(view.grids) > 0, "grid", f"background:{FILLS[0]}99;border:1.5px solid {INK}"),
        (wrong, "wrong", f"background:{WRONG}44;border:2.5px solid {WRONG}"),
        (excused, "excused", f"border:2.5px solid {EXCUSED}"),
        (True, "community", "height:0;border-top:2.5px dashed #1c2733;vertical-align:4px"),
        (buildings, "building", "background:#8f989f;border:1px solid #6e7780"),
        ("water" in kinds, "water", "background:#b9d6e8;border:1px solid #8fb8d3"),
        (
            "railway" in kinds,
            "railway",
            "height:0;border-top:2.5px dashed #4d4d4d;vertical-align:4px",
        ),
        ("expressway" in kinds, "expressway", "height:4px;background:#b08d57;vertical-align:3px"),
    ]
    entries = [
        Entry(say(f"map.legend.{name}", language), style) for on, name, style in wanted if on
    ]
    if bool(view.grids["estimated"].any()):
        entries.append(Entry(say("map.legend.estimated", language), "display:none"))
    return entries
