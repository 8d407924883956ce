"""The ways people walk, read from streets: cut at barriers, led over crossings, joined at ends."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from gridplan.barriers import LANDING_M, Barriers, Strips
from gridplan.network import INT, Network, nearest_open
from gridplan.tiling import Geometries, piece_of

GRAIN_M = 0.05
"""Ends of lines nearer than this are one place."""

JOIN_M = 3.0
"""A street that ends this near to another one meets it: what is less is a drawing's error."""

BEYOND_M = 0.1
"""Joins run this far past the line they meet, so that noding finds them."""

CUT_M = 0.25
"""Half the width of the gap that a barrier line leaves in a street."""

CONNECT_M = 50.0
"""A crossing leads to a street no farther from its landing than this."""


FRAGMENT_M = 100.0
"""Pieces of streets shorter than this in all are leftovers of a drawing: nobody steps onto them."""


def read_network(
    streets: gpd.GeoDataFrame,
    barriers: Barriers | None = None,
    strips: Strips | None = None,
    step_m: float | None = None,
    join_m: float = JOIN_M,
) -> Network:
    """The walking network of some streets.

    Streets meet where they cross or end on one another; bridges and tunnels meet others only at
    their ends, and nobody steps onto them from beside. What of a street lies on a barrier is cut
    out, but under a crossing's strip. A crossing is a way of its own, led from its landings to
    the nearest street.

    Parameters
    ----------
    streets : GeoDataFrame
        ``bridge, tunnel, geometry`` (lines), metric CRS.
    barriers : Barriers, optional
        What cuts the streets; nothing does where left out.
    strips : Strips, optional
        The ways over crossings.
    step_m : float, optional
        Put a node on edges at least this often.
    join_m : float
        Streets that end within this of another meet it; 0 joins only what is drawn joined.

    Returns
    -------
    Network
        Nodes on a grid of `GRAIN_M`.
    """
    lifted = streets["bridge"].astype(bool) | streets["tunnel"].astype(bool)
    ground, raised = _lines(streets.geometry[~lifted]), _lines(streets.geometry[lifted])
    if barriers is not None:
        ground = _cut(ground, barriers, strips)
        if strips is not None and len(strips.ways):
            landings, over = _crossing_ways(strips)
            landings = _cut(landings, barriers, strips)
            links = _links(landings, ground, barriers)
            ground, raised = np.concatenate([ground, landings, links]), _both(raised, over)
    if join_m > 0:
        joins = _joins(ground, raised, join_m)
        if barriers is not None:
            joins = _cut(joins, barriers, strips)
        ground = _both(ground, joins)
    return _noded(ground, raised, barriers, step_m)


def _noded(
    ground: Geometries, raised: Geometries, barriers: Barriers | None, step_m: float | None
) -> Network:
    met = _met(ground)
    lines = np.concatenate([met, raised])
    if step_m is not None:
        lines = shapely.segmentize(lines, step_m)
    xy_m, line = shapely.get_coordinates(lines, return_index=True)
    grains, node = np.unique(np.round(xy_m / GRAIN_M), axis=0, return_inverse=True)
    node, nodes_m = node.reshape(-1), grains * GRAIN_M
    follows = line[1:] == line[:-1]
    edges = np.column_stack([node[:-1][follows], node[1:][follows]]).astype(np.int64)
    length_m = np.hypot(*(nodes_m[edges[:, 0]] - nodes_m[edges[:, 1]]).T)
    steps = (line[:-1][follows] < len(met)) & ~_fragments(len(nodes_m), edges, length_m)
    return Network(nodes_m, edges, length_m, steps, barriers)


def _met(ground: Geometries) -> Geometries:
    """Lines cut where they meet."""
    try:
        met = shapely.node(shapely.multilinestrings(ground))
    except shapely.errors.GEOSException:  # exact noding does not come to an end everywhere
        met = shapely.union_all(ground, grid_size=GRAIN_M)
    parts = shapely.get_parts(met)
    return np.asarray(parts[~shapely.is_empty(parts)], dtype=object)


def _fragments(count: int, edges: INT, length_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Edges of pieces that are too short to be a network, but never of the longest."""
    piece = piece_of(count, edges[:, 0], edges[:, 1])[edges[:, 0]]
    total_m = np.bincount(piece, length_m)
    short = total_m < min(FRAGMENT_M, total_m.max(initial=0.0))
    return np.asarray(short[piece], dtype=bool)


def _lines(shapes: gpd.GeoSeries) -> Geometries:
    parts = shapely.get_parts(np.asarray(shapes.array, dtype=object))
    lines: Geometries = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    return lines


def _both(one: Geometries, other: Geometries) -> Geometries:
    return np.asarray(np.concatenate([one, other]), dtype=object)


def _cut(lines: Geometries, barriers: Barriers, strips: Strips | None) -> Geometries:
    """What of the lines lies on no barrier, or under the strip of a crossing."""
    walls = _both(
        np.asarray(shapely.buffer(barriers.lines, CUT_M, cap_style="flat"), object), barriers.areas
    )
    line, wall = shapely.STRtree(walls).query(lines, "intersects")
    open_ = None if strips is None else shapely.union_all(strips.shapes)
    left = lines.copy()
    for k in np.unique(line):
        closed = shapely.union_all(walls[wall[line == k]])
        if open_ is not None:
            closed = shapely.difference(closed, open_)
        left[k] = shapely.difference(lines[k], closed)
    parts = shapely.get_parts(left)
    return np.asarray(parts[shapely.length(parts) > 0], dtype=object)


def _crossing_ways(strips: Strips) -> tuple[Geometries, Geometries]:
    """The landings of crossings, from the barrier outwards, and what lies between them."""
    landings, over = [], []
    for way in strips.ways:
        landings += [
            substring(way, LANDING_M, 0.0), substring(way, way.length - LANDING_M, way.length)
        ]  # fmt: skip
        over.append(substring(way, LANDING_M, way.length - LANDING_M))
    return np.asarray(landings, dtype=object), np.asarray(over, dtype=object)


def _links(landings: Geometries, ground: Geometries, barriers: Barriers) -> Geometries:
    """The straight way from the end of each landing to the nearest street on its side."""
    ends = shapely.get_point(landings, -1)
    found = nearest_open(ends, shapely.STRtree(ground), barriers, CONNECT_M)
    links = shapely.shortest_line(ends[found >= 0], ground[found[found >= 0]])
    return np.asarray(links[shapely.length(links) > 0], dtype=object)


def _joins(ground: Geometries, raised: Geometries, join_m: float) -> Geometries:
    """From each loose end the short way to the street beside it, and a little farther.

    An end that lies on a street between two of its points gets a small cross instead.
    """
    lines = _both(ground, raised)
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    own = np.tile(np.arange(len(lines)), 2)
    end, line = shapely.STRtree(ground).query(ends, "dwithin", distance=join_m)
    near = own[end] != line
    end, line = end[near], line[near]
    met = np.isin(end, end[_shares_a_point(ends[end], line, ground)])
    end, line = end[~met], line[~met]
    away_m = shapely.distance(ends[end], ground[line])
    order = np.lexsort((line, away_m, end))
    end, first = np.unique(end[order], return_index=True)
    line, away_m = line[order][first], away_m[order][first]
    apart = away_m > GRAIN_M
    ways = shapely.get_coordinates(shapely.shortest_line(ends[end[apart]], ground[line[apart]]))
    start, foot = ways[0::2], ways[1::2]
    past = foot + (foot - start) / away_m[apart, None] * BEYOND_M
    strokes = [shapely.linestrings(np.stack([start, past], axis=1))]
    xy = shapely.get_coordinates(ends[end[~apart]])
    tips = (xy + BEYOND_M * np.array(step) for step in ((1, 0), (0, 1), (-1, 0), (0, -1)))
    strokes += [shapely.linestrings(np.stack([xy, tip], axis=1)) for tip in tips]
    return np.concatenate(strokes)


def _shares_a_point(ends: Geometries, line: INT, lines: Geometries) -> NDArray[np.bool_]:
    """Whether the line beside each end has a point of its own there."""
    xy_m, of = shapely.get_coordinates(lines, return_index=True)
    known = {*map(tuple, np.column_stack([of, np.round(xy_m / GRAIN_M)]).astype(np.int64).tolist())}
    there = np.round(shapely.get_coordinates(ends) / GRAIN_M)
    asked = np.column_stack([line, there]).astype(np.int64).tolist()
    return np.fromiter((tuple(key) in known for key in asked), dtype=bool, count=len(asked))
