"""What moves between two states of a plan, as a map: grids after, borders before, who changes grid."""

from __future__ import annotations

from datetime import date
from typing import Any

import folium
import geopandas as gpd
import pandas as pd
import shapely

from gridplan.analyse.changes import ChangeKind
from gridplan.edit.differences import Differences
from gridplan.edit.ground import ground_of
from gridplan.maps.grids import empty_map, imprint_of, sheet_words
from gridplan.maps.labels import grid_labels, place_labels
from gridplan.maps.sheet import Entry, Sheet
from gridplan.maps.style import (
    COMMUNITY,
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
    short_number,
)
from gridplan.maps.view import bounds_of
from gridplan.prepared import Prepared
from gridplan.schema import GEOMETRY, GRID_ID, UNIT_ID
from gridplan.words import Language, say

MOVED, FORMER = "#7b2d8e", "#d55e00"
_SAME_M = 1.0
_FORMER = {"color": FORMER, "weight": 2.6, "dashArray": "7 6", "fill": False, "opacity": 1}
_KEPT = {"fillColor": "#dfe3e6", "fillOpacity": 0.3, "color": INK, "weight": 1.2, "opacity": 0.8}
_CHANGED = {"fillOpacity": 0.38, "color": INK, "weight": 2.2, "opacity": 1}
_UNIT = {"color": "#4a1657", "weight": 1, "fillColor": MOVED, "fillOpacity": 0.78}
_LOST = {"color": "#7d1519", "weight": 1, "fillColor": WRONG, "fillOpacity": 0.78}


def moved_map(
    prepared: Prepared,
    differences: Differences,
    *,
    before: str,
    after: str,
    language: Language = "zh",
    made_on: date | None = None,
) -> folium.Map:
    """Draw the grids after, the borders that were elsewhere before, and the units that move.

    Parameters
    ----------
    prepared : Prepared
        The area.
    differences : Differences
        What lies between two of its divisions.
    before, after : str
        What the two are called.
    language : {"zh", "en"}
        Of legend and tooltips.
    made_on : date, optional
        Printed on the sheet; today where left out.

    Returns
    -------
    folium.Map
        WGS 84, canvas renderer, no tiles.
    """
    layers = prepared.layers
    grids = grids_after(prepared, differences)
    drawn = empty_map(layers.communities, language)
    draw_plain(drawn, layers.streets, STREET)
    _draw_grids(drawn, grids, language)
    draw_barriers(drawn, layers)
    _draw_units(drawn, prepared, differences, language)
    former = former_borders(prepared, differences, grids)
    draw_plain(drawn, former, _FORMER)
    draw_plain(drawn, layers.communities, COMMUNITY)
    changed = grids.sort_values("kept", kind="stable")  # they have the right of way
    Sheet(
        say("map.moved.title", language, before=before, after=after),
        _legend(differences, grids, former, language),
        imprint_of(layers, language, made_on or date.today()),
        [*grid_labels(changed, {}, language), *place_labels(layers)],
        sheet_words(language),
        bounds_of(layers.communities),
    ).add_to(drawn)
    return drawn


def grids_after(prepared: Prepared, differences: Differences) -> gpd.GeoDataFrame:
    """The ground of the grids after.

    Returns
    -------
    GeoDataFrame
        ``grid_id, code, kind, households, estimated, kept, geometry``; metric CRS of the area.
    """
    ground = ground_of(prepared, differences.after.division)
    rows = differences.grids.set_index("after").loc[ground[GRID_ID]]
    return ground.assign(
        code=rows["code_after"].to_numpy(),
        kind=rows["kind"].to_numpy(),
        households=rows["households_after"].to_numpy(),
        estimated=rows["estimated"].to_numpy(),
        kept=(rows["kind"] == ChangeKind.KEEP).to_numpy(),
    )


def former_borders(
    prepared: Prepared, differences: Differences, grids: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Borders before, where there is none after.

    Parameters
    ----------
    prepared : Prepared
        The area.
    differences : Differences
        Gives the division before.
    grids : GeoDataFrame
        From :func:`grids_after`.

    Returns
    -------
    GeoDataFrame
        Lines, none empty; metric CRS of the area.
    """
    ground = ground_of(prepared, differences.before.division)
    stays = shapely.buffer(shapely.union_all(grids.boundary.to_numpy()), _SAME_M)
    lines = shapely.difference(shapely.union_all(ground.boundary.to_numpy()), stays)
    merged = [part for part in shapely.get_parts(shapely.line_merge(lines)) if part.length > 0]
    return gpd.GeoDataFrame(geometry=merged, crs=ground.crs)


def ground_of_units(prepared: Prepared, units: pd.Series) -> gpd.GeoSeries:
    """The ground of each unit, by ``unit_id``; metric CRS of the area."""
    cells = prepared.fabric.cells
    mine: gpd.GeoDataFrame = cells.loc[cells[UNIT_ID].isin(units), [UNIT_ID, GEOMETRY]]
    return mine.dissolve(UNIT_ID).geometry


def _draw_grids(drawn: folium.Map, grids: gpd.GeoDataFrame, language: Language) -> None:
    features: list[dict[str, Any]] = []
    for row, fill in zip(grids.to_crs(WGS84).itertuples(), fills(grids), strict=True):
        told = {
            "code": row.code,
            "change": say(f"export.change.{row.kind}", language),
            "households": households_text(row.households, row.estimated, language),
            "style": _KEPT if row.kept else {**_CHANGED, "fillColor": fill},
        }
        features.append(feature(row.geometry, told))
    names = {
        "code": say("map.field.code", language),
        "change": say("map.moved.change", language),
        "households": say("map.field.households", language),
    }
    draw_told(drawn, features, names)


def _draw_units(
    drawn: folium.Map, prepared: Prepared, differences: Differences, language: Language
) -> None:
    units = differences.units
    ground = ground_of_units(prepared, units[UNIT_ID]).to_crs(WGS84)
    features = [
        feature(
            ground[row.unit_id],
            {
                "unit": row.name or row.unit_id,
                "move": _move(row, language),
                "style": _UNIT if row.after else _LOST,
            },
        )
        for row in units.itertuples(index=False)
    ]
    names = {name: say(f"map.moved.{name}", language) for name in ("unit", "move")}
    draw_told(drawn, features, names)


def _move(row: Any, language: Language) -> str:
    """从 X 到 Y · N 户."""
    none = say("map.none", language)
    return say(
        "map.moved.from_to",
        language,
        before=short_number(row.code_before) or none,
        after=short_number(row.code_after) or none,
        households=households_text(row.households, row.estimated, language),
    )


def _legend(
    differences: Differences, grids: gpd.GeoDataFrame, former: gpd.GeoDataFrame, language: Language
) -> list[Entry]:
    after = differences.units["after"]
    line = "height:0;vertical-align:4px;border-top:2.5px"
    wanted = [
        ((after != "").any(), "moved", f"background:{MOVED}c7;border:1px solid #4a1657"),
        ((after == "").any(), "lost", f"background:{WRONG}c7;border:1px solid #7d1519"),
        (not grids["kept"].all(), "changed", f"background:{FILLS[0]}61;border:2px solid {INK}"),
        (grids["kept"].any(), "kept", f"background:#dfe3e64d;border:1px solid {INK}"),
        (len(former) > 0, "former", f"{line} dashed {FORMER}"),
    ]
    entries = [Entry(say(f"map.moved.{name}", language), style) for on, name, style in wanted if on]
    entries.append(Entry(say("map.legend.community", language), f"{line} dashed #1c2733"))
    if bool(grids["estimated"].any()):
        entries.append(Entry(say("map.legend.estimated", language), "display:none"))
    return entries
