"""Barriers that nobody walks across, and the crossings over them."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from gridplan.schema import GEOMETRY, KIND, BarrierKind
from gridplan.tiling import Geometries

TOUCH_M = 0.05
"""A way this near to a barrier line crosses it."""
WADE_M = 0.5
"""A way may run this far through a barrier's area, which is no more than its drawing error."""
APART_M = 1.0
"""Strips nearer to each other than this are one crossing."""
PIER_M = 5.0
"""Half the width of the land given to a building that stands in a barrier's area."""
STRIP_HALF_WIDTH_M = 4.0
LANDING_M = 5.0
"""How far a crossing's strip reaches onto the land on either side."""
SAME_CROSSING_M = 30.0
"""Barriers that follow each other within this are crossed at once (two tracks, say) ..."""
EMPTY_GAP_M = 200.0
"""... and within this where no building stands beside the way between them."""
BESIDE_M = 30.0
SNAP_M = 30.0
"""A crossing given as a point belongs to a barrier within this distance."""
REACH_M = 300.0
"""How far the way over a crossing given as a point is followed to either side."""
EXTENSION_M = 60.0
"""A crossing drawn too short is carried on this far."""


@dataclass(frozen=True, eq=False)
class Barriers:
    """What cuts the ground.

    Parameters
    ----------
    lines : array of LineString
        Railways, expressways, walls, narrow water, in a metric CRS.
    areas : array of Polygon
        Rivers, lakes, the land of a railway or an expressway.
    """

    lines: Geometries
    areas: Geometries
    _line_tree: shapely.STRtree = field(init=False, repr=False)
    _area_tree: shapely.STRtree = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_line_tree", shapely.STRtree(self.lines))
        object.__setattr__(self, "_area_tree", shapely.STRtree(self.areas))
        shapely.prepare(self.areas)

    def stop(self, ways: Geometries) -> NDArray[np.bool_]:
        """Whether each way is cut: it meets a barrier line, or runs through a barrier's area."""
        cut = np.zeros(len(ways), dtype=bool)
        cut[self._line_tree.query(ways, predicate="dwithin", distance=TOUCH_M)[0]] = True
        way, area = self._area_tree.query(ways, predicate="intersects")
        wet = shapely.length(shapely.intersection(ways[way], self.areas[area]))
        return np.asarray(cut | (np.bincount(way, wet, len(ways)) > WADE_M))

    def along(self, shapes: Geometries, within_m: float = TOUCH_M) -> NDArray[np.bool_]:
        """Whether each shape lies on or beside a barrier line."""
        on = np.zeros(len(shapes), dtype=bool)
        on[self._line_tree.query(shapes, predicate="dwithin", distance=within_m)[0]] = True
        return on

    def cover(self, points: Geometries) -> NDArray[np.bool_]:
        """Whether each point lies inside a barrier's area."""
        inside = np.zeros(len(points), dtype=bool)
        inside[self._area_tree.query(points, predicate="within")[0]] = True
        return inside

    def nearest(self, point: shapely.Point) -> shapely.Geometry | None:
        """Line or outline of the barrier nearest to a point within `SNAP_M`, or None."""
        found = [
            shapely.boundary(shape) if shape.geom_type == "Polygon" else shape
            for tree in (self._line_tree, self._area_tree)
            for shape in tree.geometries[tree.query(point, predicate="dwithin", distance=SNAP_M)]
        ]
        return min(found, key=point.distance, default=None)

    def spans(self, way: shapely.LineString) -> list[tuple[float, float]]:
        """Where a way is on a barrier, in metres from its start, in order."""
        hits = [
            shapely.intersection(way, shape)
            for tree in (self._line_tree, self._area_tree)
            for shape in tree.geometries[np.sort(tree.query(way, predicate="intersects"))]
        ]
        parts = shapely.get_parts(np.asarray(hits, dtype=object))
        parts = parts[~shapely.is_empty(parts)]
        spans = []
        for part in parts:
            ends = shapely.line_locate_point(way, shapely.points(shapely.get_coordinates(part)))
            spans.append((float(ends.min()), float(ends.max())))
        return sorted(spans)


def read_barriers(frame: gpd.GeoDataFrame) -> Barriers:
    """Barriers of an area; a wall drawn as an area is its outline."""
    shapes = np.asarray(frame[GEOMETRY].array, dtype=object)
    areal = shapely.get_dimensions(shapes) == 2
    walls = areal & (frame[KIND] == BarrierKind.WALL).to_numpy()
    shapes = np.where(walls, shapely.boundary(shapes), shapes)
    parts = shapely.get_parts(shapely.line_merge(shapes[~areal | walls]))
    lines = parts[shapely.get_dimensions(parts) == 1]
    areas = shapely.get_parts(shapely.make_valid(shapes[areal & ~walls]))
    return Barriers(lines, areas[shapely.get_dimensions(areas) == 2])


def with_piers(
    barriers: Barriers, buildings: Geometries, points: Geometries, grounds: Geometries
) -> tuple[Barriers, int]:
    """Give each building that stands in a barrier's area the land between it and the bank.

    Parameters
    ----------
    barriers : Barriers
    buildings, points : array, shape (n,)
        Footprints and a point in each.
    grounds : array of polygon, shape (n,)
        The community that each building belongs to.

    Returns
    -------
    barriers : Barriers
        Without that land.
    count : int
        Buildings concerned.
    """
    standing = np.flatnonzero(barriers.cover(points))
    if not len(standing):
        return barriers, 0
    wet = shapely.union_all(barriers.areas)
    piers = []
    for k in standing:
        dry = shapely.difference(grounds[k], wet)
        link = shapely.shortest_line(buildings[k], dry)  # missing where there is no dry land
        reach = [shapely.buffer(buildings[k], PIER_M), shapely.buffer(link, PIER_M)]
        piers.append(shapely.union_all(reach))
    left = shapely.get_parts(shapely.difference(barriers.areas, shapely.union_all(piers)))
    return Barriers(barriers.lines, left[shapely.get_dimensions(left) == 2]), len(standing)


@dataclass(frozen=True, eq=False)
class Strips:
    """The ways over crossings, each with the strip of ground that it takes.

    Parameters
    ----------
    source : int array, shape (m,)
        Row of each in the layer of crossings.
    ways : array of LineString, shape (m,)
        From one side to the other, `LANDING_M` onto the land at both ends.
    shapes : array of polygon, shape (m,)
        Strips, none touching another, none on a building.
    unused : int
        Crossings that lead over no barrier, or lie beside one that is taken.
    """

    source: NDArray[np.int64]
    ways: Geometries
    shapes: Geometries
    unused: int


def read_strips(crossings: Geometries, barriers: Barriers, buildings: Geometries) -> Strips:
    """Ways over barriers; of crossings side by side whose strips would touch, the first stands.

    Parameters
    ----------
    crossings : array of Point or line, shape (n,)
    barriers : Barriers
    buildings : array
        Footprints: a strip leaves them out, and barriers with none between are crossed at once.
    """
    tree = shapely.STRtree(buildings)
    taken: list[tuple[int, shapely.LineString, shapely.Geometry]] = []
    for row, way in _full_ways(crossings, barriers):
        for start, end in _gathered(way, barriers.spans(way), tree):
            run = substring(way, start - LANDING_M, end + LANDING_M)
            shape = shapely.buffer(run, STRIP_HALF_WIDTH_M, cap_style="flat")
            if any(shape.distance(other) < APART_M for _, _, other in taken):
                continue
            near = buildings[tree.query(shape, predicate="intersects")]
            taken.append((row, run, shapely.difference(shape, shapely.union_all(near))))
    return Strips(
        np.asarray([row for row, _, _ in taken], dtype=np.int64),
        np.asarray([run for _, run, _ in taken], dtype=object),
        np.asarray([shape for _, _, shape in taken], dtype=object),
        len(crossings) - len({row for row, _, _ in taken}),
    )


def _full_ways(crossings: Geometries, barriers: Barriers) -> list[tuple[int, shapely.LineString]]:
    """The way over each crossing: a drawn one joined from its pieces, a point's at right angles.

    Every way reaches `EXTENSION_M` beyond the crossing at both ends.
    """
    ways: list[tuple[int, shapely.LineString]] = []
    lineal = np.flatnonzero(shapely.get_dimensions(crossings) == 1)
    if len(lineal):
        joined = shapely.get_parts(shapely.line_merge(shapely.union_all(crossings[lineal])))
        for way in joined[np.argsort(-shapely.length(joined), kind="stable")]:
            row = next(k for k in lineal if shapely.dwithin(crossings[k], way, TOUCH_M))
            ways.append((int(row), _carried_on(way)))
    for row in np.flatnonzero(shapely.get_dimensions(crossings) != 1):
        point = shapely.centroid(crossings[row])
        shape = barriers.nearest(point)
        if shape is not None:
            ways.extend((int(row), way) for way in _across(point, shape, barriers))
    return ways


def _carried_on(way: shapely.LineString) -> shapely.LineString:
    """A way with `EXTENSION_M` more of it, straight on, at both ends."""
    xy = shapely.get_coordinates(way)
    first, last = xy[0] - xy[1], xy[-1] - xy[-2]
    first, last = (step / np.hypot(*step) * EXTENSION_M for step in (first, last))
    return shapely.linestrings(np.vstack([xy[0] + first, xy, xy[-1] + last]))


def _across(
    point: shapely.Point, shape: shapely.Geometry, barriers: Barriers
) -> list[shapely.LineString]:
    """The part of a line at right angles to a barrier that passes the barrier beside a point."""
    at = shapely.line_locate_point(shape, point)
    foot, behind, ahead = shapely.get_coordinates(
        shapely.line_interpolate_point(shape, [at, max(at - 0.5, 0.0), at + 0.5])
    )
    along = ahead - behind
    across = np.array([-along[1], along[0]]) / np.hypot(*along) * REACH_M
    full = shapely.linestrings([foot - across, foot + across])
    middle = full.project(point)

    def away(span: tuple[float, float]) -> float:
        return float(max(span[0] - middle, middle - span[1], 0.0))

    near = [span for span in barriers.spans(full) if away(span) <= SNAP_M]  # none round an end
    if not near:
        return []
    start, end = min(near, key=lambda span: (away(span), span))
    return [substring(full, start - EXTENSION_M - 1.0, end + EXTENSION_M + 1.0)]


def _gathered(
    way: shapely.LineString, spans: list[tuple[float, float]], buildings: shapely.STRtree
) -> list[tuple[float, float]]:
    """Spans that are crossed at once as one, without those that only the extensions meet."""
    first, last = EXTENSION_M, way.length - EXTENSION_M
    gathered: list[tuple[float, float]] = []
    for start, end in spans:
        if gathered and _together(way, gathered[-1][1], start, buildings):
            gathered[-1] = (gathered[-1][0], max(gathered[-1][1], end))
        else:
            gathered.append((start, end))
    return [(start, end) for start, end in gathered if start <= last and end >= first]


def _together(
    way: shapely.LineString, end: float, start: float, buildings: shapely.STRtree
) -> bool:
    if start - end <= SAME_CROSSING_M:
        return True
    between = substring(way, end, start)
    return bool(
        start - end <= EMPTY_GAP_M
        and not len(buildings.query(between, predicate="dwithin", distance=BESIDE_M))
    )
