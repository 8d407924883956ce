"""What one map shows, and the part of it that is looked at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import folium
import geopandas as gpd
import numpy as np
import shapely

from gridplan.analyse.present import Present
from gridplan.maps.style import CHOSEN, WGS84
from gridplan.plan import GRID_COLUMNS, Finding, Plan
from gridplan.prepared import Prepared
from gridplan.words import Language, say

MOST_BUILDINGS = 3000
_MARGIN_ZOOM = 0.1
_NEAREST_ZOOM = 18.0  # some 400 m across: what is looked at keeps its surroundings


@dataclass(frozen=True, eq=False)
class View:
    """What one map shows.

    Parameters
    ----------
    title : str
        Above the legend.
    grids : GeoDataFrame
        Columns as in `gridplan.plan.GRID_COLUMNS`; any CRS.
    violations, exceptions : sequence of Finding
        Drawn red and amber.
    buildings : GeoDataFrame
        ``address, name, households, estimated, grid_id, geometry``; the first `MOST_BUILDINGS`
        within reach are drawn, none where there are more.
    """

    title: str
    grids: gpd.GeoDataFrame
    violations: Sequence[Finding] = ()
    exceptions: Sequence[Finding] = ()
    buildings: gpd.GeoDataFrame | None = None


def view_grids(
    prepared: Prepared,
    shown: Plan | Present | None,
    *,
    buildings: bool = False,
    language: Language = "zh",
) -> View:
    """What a map of a plan, of a present grid layer or of the bare ground shows.

    Parameters
    ----------
    prepared : Prepared
        The area.
    shown : Plan or Present or None
        None is the bare ground.
    buildings : bool
        Whether they are shown.
    language : {"zh", "en"}
        Of the title.
    """
    if isinstance(shown, Plan):
        view = View(say("map.after", language), shown.grids, shown.violations, shown.exceptions,
                    shown.buildings)  # fmt: skip
    elif shown is not None:
        frame = prepared.units.buildings
        frame = frame.assign(grid_id=frame["building_id"].map(shown.building_grid))
        view = View(shown.layer, shown.grids, shown.findings, buildings=frame)
    else:
        nothing = gpd.GeoDataFrame(
            {name: [] for name in GRID_COLUMNS}, geometry="geometry", crs=prepared.layers.crs
        )
        frame = prepared.units.buildings.assign(grid_id="")
        view = View(say("map.bare", language), nothing, buildings=frame)
    return view if buildings else replace(view, buildings=None)


def view_of(
    shapes: gpd.GeoSeries, width_px: int = 800, height_px: int = 600
) -> tuple[tuple[float, float], float]:
    """Middle (latitude first) and zoom level that show geometry with a margin around it.

    Parameters
    ----------
    shapes : GeoSeries
        At least one geometry; any CRS.
    width_px, height_px : int
        Of the map.
    """
    west, south, east, north = shapes.to_crs(WGS84).total_bounds.tolist()
    middle = ((south + north) / 2, (west + east) / 2)
    across = max((east - west) * 256 / 360, 1e-7)
    upright = max((north - south) * 256 / 360 / math.cos(math.radians(middle[0])), 1e-7)
    zoom = math.log2(min(width_px / across, height_px / upright)) - _MARGIN_ZOOM
    return middle, min(max(math.floor(zoom * 4) / 4, 8.0), _NEAREST_ZOOM)


def outline(shapes: gpd.GeoSeries) -> folium.FeatureGroup:
    """A strong border around geometry, to be laid over a map that is already drawn."""
    group = folium.FeatureGroup(name="chosen", control=False)
    for shape in shapely.get_parts(shapes.to_crs(WGS84).to_numpy()):
        edge = shape.exterior if shape.geom_type == "Polygon" else shape
        line = np.round(shapely.get_coordinates(edge)[:, ::-1], 6).tolist()
        folium.PolyLine(line, color=CHOSEN, weight=5, opacity=0.95, interactive=False).add_to(group)
    return group


def bounds_of(area: gpd.GeoDataFrame) -> list[list[float]]:
    """South-west and north-east corner in degrees, latitude first."""
    west, south, east, north = area.geometry.to_crs(WGS84).total_bounds.tolist()
    return [[south, west], [north, east]]


def middle_of(area: gpd.GeoDataFrame) -> list[float]:
    """Middle of the bounds in degrees, latitude first."""
    (south, west), (north, east) = bounds_of(area)
    return [(south + north) / 2, (west + east) / 2]


def words_of(findings: Iterable[Finding], language: Language) -> dict[str, list[str]]:
    """What is said of each grid, by ``grid_id``."""
    told: dict[str, list[str]] = {}
    for finding in findings:
        told.setdefault(finding.grid, []).append(finding.reason(language))
    return told
