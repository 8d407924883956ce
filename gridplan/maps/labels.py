"""What maps write on the ground: grids by number and households, communities by name."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import shapely

from gridplan.load.layers import Layers
from gridplan.maps.sheet import Label
from gridplan.maps.style import WGS84, households_text, short_number
from gridplan.words import Language


def grid_labels(
    grids: gpd.GeoDataFrame, kind: Mapping[str, str], language: Language
) -> list[Label]:
    """Number and households of each grid, inside its largest part.

    Parameters
    ----------
    grids : GeoDataFrame
        ``grid_id, code, households, estimated, geometry``; any CRS.
    kind : mapping of str to str
        Style of :class:`gridplan.maps.sheet.Label` by ``grid_id``; ``plain`` where left out.
    language : {"zh", "en"}
        Of the unit.
    """
    labels = []
    for row, shape in zip(grids.itertuples(), grids.geometry.to_crs(WGS84), strict=True):
        latitude, longitude, span = label_spot(shape)
        labels.append(
            Label(
                latitude,
                longitude,
                short_number(str(row.code)),
                households_text(row.households, row.estimated, language),
                kind.get(row.grid_id, "plain"),
                bool(row.estimated),
                span,
            )
        )
    return labels


def label_spot(shape: shapely.Geometry) -> tuple[float, float, tuple[float, float]]:
    """Latitude, longitude and span of a :class:`Label` in the largest part of a shape in degrees."""
    largest = max(shapely.get_parts(shape), key=lambda part: part.area, default=shape)
    at, (west, south, east, north) = largest.representative_point(), largest.bounds
    return round(at.y, 6), round(at.x, 6), ((east - west) / 2, (north - south) / 2)


def place_labels(layers: Layers) -> list[Label]:
    """The names of the communities."""
    points = layers.communities.geometry.representative_point().to_crs(WGS84)
    return [
        Label(round(point.y, 6), round(point.x, 6), str(name), kind="place")
        for name, point in zip(layers.communities["name"], points, strict=True)
    ]
