"""Whether layers lie where they should: far off, or moved by a web map's offset."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gridplan.crs import WGS84, Datum, from_wgs84, to_wgs84
from gridplan.load.files import Raw
from gridplan.load.frames import FILE, ROW, Sources
from gridplan.load.gate import Gate
from gridplan.load.spec import LayerSpec

FAR_M = 3_000.0
STRAY_M = 100_000.0
NEAR_BUILDING_M = 30.0
_LEAST_POINTS, _ENOUGH_POINTS = 20, 10_000
_CLEARLY = 0.2


def check_place(
    layer: str, frame: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, gate: Gate
) -> None:
    """A layer of which every part is 3 km or more from the buildings has a wrong CRS."""
    if frame.empty or buildings.empty:
        return
    extent = shapely.box(*buildings.total_bounds)
    for file, part in frame.groupby(FILE, sort=False):
        nearest_m = np.fmin.reduce(shapely.distance(part.geometry.array, extent), initial=np.inf)
        if FAR_M < nearest_m < np.inf:
            gate.fault("load.elsewhere", file=str(file), table=layer, distance_km=nearest_m / 1000)


def check_strays(buildings: gpd.GeoDataFrame, gate: Gate) -> None:
    """A building 100 km and more from the middle one has wrong coordinates."""
    middle = shapely.Point(*middle_of(buildings.geometry.array))
    away_m = shapely.distance(buildings.geometry.array, middle)
    strays = away_m > STRAY_M
    for file, part in buildings.assign(_km=away_m / 1000)[strays].groupby(FILE, sort=False):
        gate.fault_rows("load.stray", part[ROW], file=str(file), each=part["_km"].round())


def middle_of(shapes: Any) -> tuple[float, float]:
    """Median x and y of geometries, which a few strays do not move; NaN where there are none."""
    bounds = shapely.bounds(np.asarray(shapes, dtype=object))
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return np.nan, np.nan
    west, south, east, north = np.median(bounds, axis=0)
    return float(west + east) / 2, float(south + north) / 2


def doubt_datum(sources: Sources, buildings: gpd.GeoDataFrame, gate: Gate) -> None:
    """Note where points would meet the buildings clearly better under another datum.

    Points of compounds, facilities or cases stand at buildings. Where a share of them larger by
    a fifth comes within 30 m of one under another datum, a person should look.

    Parameters
    ----------
    sources : sequence of (LayerSpec, Raw)
        Files of one layer of points, in degrees.
    buildings : GeoDataFrame
        In metres; trusted.
    gate : Gate
        Takes the note.
    """
    tree = shapely.STRtree(np.asarray(buildings.geometry.array, dtype=object))
    for spec, raw in sources:
        points = _points(raw)
        if len(points) < _LEAST_POINTS:
            continue
        points = points[:: 1 + len(points) // _ENOUGH_POINTS]
        shares = {
            datum: _share_near(tree, _read_as(datum, spec, points), buildings.crs)
            for datum in Datum
        }
        best = max(shares, key=lambda datum: shares[datum])
        if shares[best] > shares[spec.datum] + _CLEARLY:
            gate.note(
                "load.datum_doubt",
                file=raw.file,
                table=spec.table,
                now=spec.datum.value,
                now_share=shares[spec.datum],
                better=best.value,
                better_share=shares[best],
            )


def _points(raw: Raw) -> NDArray[np.float64]:
    """Longitude and latitude of the points of a file, shape (n, 2)."""
    if raw.shapes is None:
        return np.empty((0, 2))
    known = raw.shapes[shapely.get_type_id(raw.shapes) == shapely.GeometryType.POINT]
    return np.asarray(shapely.get_coordinates(known), dtype=np.float64)


def _read_as(datum: Datum, spec: LayerSpec, points: NDArray[np.float64]) -> NDArray[np.float64]:
    stored = from_wgs84(spec.datum, points[:, 0], points[:, 1])
    return np.column_stack(to_wgs84(datum, *stored))


def _share_near(tree: shapely.STRtree, points: NDArray[np.float64], crs: CRS) -> float:
    placed = gpd.GeoSeries(shapely.points(points), crs=WGS84).to_crs(crs)
    shapes = np.asarray(placed.array, dtype=object)
    near = tree.query(shapes, predicate="dwithin", distance=NEAR_BUILDING_M)[0]
    return len(np.unique(near)) / len(points)
