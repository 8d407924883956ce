"""What each building covers, and the one point that it must keep."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gridplan.tiling import Geometries, Indices

POINT_RADIUS_M = 1.0
"""A building known as a point covers a disc of this radius."""
OVERLAP_M2 = 1.0
"""Footprints that share less than this only touch."""
SAME_POINT_M = 0.1
FAN_M = 0.5
"""Buildings on the very same point are spread this far from each other."""
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


@dataclass(frozen=True, eq=False)
class Footprints:
    """Footprints that do not overlap, each with an anchor in its own community.

    Parameters
    ----------
    shapes : array of polygon, shape (n,)
        In a metric CRS; empty where other footprints cover a building whole.
    anchors : array of Point, shape (n,)
        The building's representative point, or the place nearest to it that will do.
    community : int array, shape (n,)
        Position of the building's community.
    overlaps : int
        Pairs of footprints that shared ground: it went to the first.
    outside : int
        Buildings whose representative point lies outside their community.
    same_point : int
        Buildings on the same point as one before them.
    """

    shapes: Geometries
    anchors: Geometries
    community: Indices
    overlaps: int
    outside: int
    same_point: int


def read_footprints(buildings: Geometries, grounds: Geometries, community: Indices) -> Footprints:
    """Clear footprints and anchors.

    Parameters
    ----------
    buildings : array of Polygon, MultiPolygon or Point, shape (n,)
    grounds : array of polygon
        The communities.
    community : int array, shape (n,)
        Position of each building's community in `grounds`.
    """
    point = shapely.get_dimensions(buildings) < 2
    shapes = np.where(point, shapely.buffer(buildings, POINT_RADIUS_M, quad_segs=2), buildings)
    anchors = np.asarray(shapely.point_on_surface(buildings), dtype=object)
    outside = ~shapely.covers(grounds[community], anchors)
    anchors[outside] = [
        _place_inside(shape, ground)
        for shape, ground in zip(shapes[outside], grounds[community[outside]], strict=True)
    ]
    anchors, same_point = _spread(anchors)
    shapes, overlaps = _without_overlaps(shapes)
    return Footprints(shapes, anchors, community, overlaps, int(outside.sum()), same_point)


def _place_inside(shape: shapely.Geometry, ground: shapely.Geometry) -> shapely.Point:
    """A point of a building inside its community, or the community's point nearest to it."""
    part = shapely.intersection(shape, ground)
    if shapely.area(part) > OVERLAP_M2:
        return shapely.point_on_surface(part)
    core = shapely.buffer(ground, -POINT_RADIUS_M)
    core = shapely.point_on_surface(ground) if shapely.is_empty(core) else core
    return shapely.get_point(shapely.shortest_line(core, shape), 0)


def _spread(points: Geometries) -> tuple[Geometries, int]:
    """Points of which no two are the same: later ones move out on a spiral."""
    xy = shapely.get_coordinates(points)
    cell = np.round(xy / SAME_POINT_M).astype(np.int64)
    _, place = np.unique(cell, axis=0, return_inverse=True)
    order = np.argsort(place.ravel(), kind="stable")
    run = place.ravel()[order]
    turn = np.empty(len(xy))
    turn[order] = np.arange(len(xy)) - np.searchsorted(run, run)
    angle, reach = turn * GOLDEN_ANGLE, FAN_M * np.sqrt(turn)
    moved = xy + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.asarray(shapely.points(moved), dtype=object), int((turn > 0).sum())


def _without_overlaps(shapes: Geometries) -> tuple[Geometries, int]:
    """Footprints of which each gives up what an earlier one covers."""
    later, earlier = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    later, earlier = later[earlier < later], earlier[earlier < later]
    shared = shapely.area(shapely.intersection(shapes[later], shapes[earlier]))
    later, earlier = later[shared > OVERLAP_M2], earlier[shared > OVERLAP_M2]
    clear = shapes.copy()
    for one in np.unique(later):
        covered = shapely.union_all(shapes[earlier[later == one]])
        clear[one] = shapely.difference(shapes[one], covered)
    return clear, len(later)


def ways_to(footprints: Footprints, building: Indices, goals: Geometries) -> Geometries:
    """Shortest lines from buildings to points or shapes, from the anchor where none is drawn.

    Parameters
    ----------
    footprints : Footprints
    building : int array, shape (n,)
        Position of a building.
    goals : array of geometry, shape (n,)
        Where each is to go.
    """
    start = footprints.shapes[building]
    start = np.where(shapely.is_empty(start), footprints.anchors[building], start)
    return np.asarray(shapely.shortest_line(start, goals), dtype=object)
