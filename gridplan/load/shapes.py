"""Geometries mended by one stated rule, and the outline of an area that has none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPoint
from shapely.geometry.base import BaseGeometry

Shapes = NDArray[np.object_]
Mask = NDArray[np.bool_]

POINT, LINE, POLYGON = 0, 1, 2

OUTLINE_MARGIN_M = 30.0
_OUTLINE_RATIO = 0.15  # of the longest edge of the hull's triangulation: 1 is the convex hull


@dataclass(frozen=True, eq=False)
class Mended:
    """Geometries after mending; all arrays have shape (n,).

    Parameters
    ----------
    shapes : object array of geometries
        None where `missing`, `wrong` or `hopeless`.
    repaired : bool array
        Self-crossing or otherwise invalid, and made valid.
    missing : bool array
        No geometry or an empty one.
    wrong : bool array
        Of another kind than wanted, for instance a point among polygons.
    hopeless : bool array
        Invalid, with nothing left of the wanted kind after mending.
    """

    shapes: Shapes
    repaired: Mask
    missing: Mask
    wrong: Mask
    hopeless: Mask


def mend(shapes: Shapes, kinds: frozenset[int]) -> Mended:
    """Make geometries valid and keep what is of the wanted kinds.

    Invalid polygons are rebuilt from their rings (shapely's ``make_valid`` by structure); of a
    collection the parts of the highest wanted dimension are kept.

    Parameters
    ----------
    shapes : object array of geometries, shape (n,)
        In any coordinate system.
    kinds : frozenset of int
        Wanted dimensions: `POINT`, `LINE`, `POLYGON`.
    """
    missing = np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes), dtype=bool)
    invalid = np.asarray(~shapely.is_valid(shapes), dtype=bool) & ~missing
    good = shapes.copy()
    good[invalid] = shapely.make_valid(shapes[invalid], method="structure", keep_collapsed=False)
    still = np.asarray(~shapely.is_valid(good), dtype=bool) & ~missing
    good[still] = shapely.buffer(good[still], 0)  # parts that share an edge become one
    collection = shapely.get_type_id(good) == shapely.GeometryType.GEOMETRYCOLLECTION
    odd = ~missing & (collection | ~np.isin(shapely.get_dimensions(good), list(kinds)))
    for place in np.flatnonzero(odd | (invalid & np.asarray(shapely.is_empty(good)))):
        good[place] = _parts_of(good[place], kinds)
    lost = ~missing & np.asarray(shapely.is_missing(good), dtype=bool)
    good[missing] = None
    return Mended(good, invalid & ~lost, missing, lost & ~invalid, lost & invalid)


def _parts_of(shape: BaseGeometry, kinds: frozenset[int]) -> BaseGeometry | None:
    parts = shapely.get_parts(shapely.get_parts(shape))  # a collection may hold multi-parts
    parts = parts[~shapely.is_empty(parts)]
    dimensions = shapely.get_dimensions(parts)
    found = [kind for kind in sorted(kinds, reverse=True) if (dimensions == kind).any()]
    return shapely.union_all(parts[dimensions == found[0]]) if found else None


def outline(footprints: Shapes, margin_m: float = OUTLINE_MARGIN_M) -> BaseGeometry:
    """Polygon around all buildings, for an area of which no border is known.

    The concave hull of all corners, widened by a margin; without holes.

    Parameters
    ----------
    footprints : object array of geometries
        At least one, in metres.
    margin_m : float
        How far the outline stands off the buildings, in metres.
    """
    corners = MultiPoint(shapely.get_coordinates(footprints))
    hull = shapely.concave_hull(corners, ratio=_OUTLINE_RATIO)
    wide = shapely.union_all([hull.buffer(margin_m), *shapely.buffer(footprints, margin_m)])
    filled = [shapely.Polygon(part.exterior) for part in shapely.get_parts(wide)]
    return shapely.simplify(shapely.union_all(filled), 1.0)
