"""The ground of an area as plain numbers, for a map that is drawn once and only recoloured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridplan.fabric import NEAR
from gridplan.prepared import Prepared
from gridplan.schema import COMMUNITY_CODE, ESTIMATED, HOUSEHOLDS, KIND, NAME, UNIT_ID

PER_M = 10
"""Steps of the canvas in a metre."""
TOLERANCE_M = 1.0
"""Corners of the ground that stand out by less are left out, alike on both sides of a border."""

Line = list[int]
"""x, y of the first point, then steps to each further one."""


@dataclass(frozen=True, eq=False)
class Canvas:
    """What an editing map draws; nothing of it depends on the grids.

    Lines and rings are flat lists of whole numbers, `PER_M` to a metre: x and y of the first
    point from the south-west corner, then the steps to each further point; north is up.

    Parameters
    ----------
    corner_m : (float, float)
        South-west corner in the metric CRS of the area.
    units : dict
        By column, a row each unit: ``id``, ``name``, ``households``, ``estimated`` (0 or 1),
        ``community`` (row of `places`), ``x``, ``y`` (the middle of its households), ``rings`` (all of its ground).
    borders : list of (int, int, list of Line)
        Rows of two units and the lines where their ground meets.
    ground : dict of str to list of Line
        ``streets``, ``buildings``, ``communities``, ``areas`` and ``lines`` of water, and the
        other barriers.
    places : list of str
        Names of the communities.
    """

    corner_m: tuple[float, float]
    units: dict[str, list[Any]]
    borders: list[tuple[int, int, list[Line]]]
    ground: dict[str, list[Line]]
    places: list[str]

    @cached_property
    def record(self) -> dict[str, Any]:
        """As plain values, for JSON; ``key`` tells one canvas from another."""
        told = {"units": self.units, "borders": self.borders, "ground": self.ground,
                "places": self.places, "per_m": PER_M}  # fmt: skip
        return {**told, "key": sha256(repr(told).encode()).hexdigest()[:16]}

    def to_metres(self, points: Iterable[tuple[float, float]]) -> shapely.LineString:
        """A line of the canvas in the metric CRS of the area."""
        return shapely.LineString(np.asarray(list(points)) / PER_M + self.corner_m)


def canvas_of(prepared: Prepared) -> Canvas:
    """Everything that an editing map of an area draws.

    Parameters
    ----------
    prepared : Prepared
        The area; metric CRS.
    """
    layers, frame = prepared.layers, prepared.units.frame
    west, south, _, _ = layers.communities.total_bounds
    corner = float(np.floor(west)), float(np.floor(south))
    owner, shapes = _cells(prepared)
    steps = _Steps(corner)
    shapes = shapely.transform(shapes, steps.snapped)
    graphs = prepared.fabric.graphs.values()
    middle = {
        unit: xy_m for graph in graphs for unit, xy_m in zip(graph.ids, graph.xy_m, strict=True)
    }
    xy = steps.snapped(np.array([middle[unit] for unit in frame[UNIT_ID]]))
    codes = list(layers.communities[COMMUNITY_CODE])
    rings: list[list[Line]] = [[] for _ in range(len(frame))]
    for unit, shape in zip(owner.tolist(), shapes, strict=True):
        rings[unit] += steps.rings(shape)
    units = {
        "id": list(frame[UNIT_ID]),
        "name": list(frame[NAME].where(frame[NAME] != "", frame[UNIT_ID])),
        "households": [int(count) for count in frame[HOUSEHOLDS]],
        "estimated": [int(guess) for guess in frame[ESTIMATED]],
        "community": [codes.index(code) for code in frame[COMMUNITY_CODE]],
        "x": xy[:, 0].astype(int).tolist(),
        "y": xy[:, 1].astype(int).tolist(),
        "rings": rings,
    }
    return Canvas(
        corner, units, _borders(owner, shapes, steps), _ground(prepared, steps),
        list(layers.communities[NAME]),
    )  # fmt: skip


@dataclass(frozen=True)
class _Steps:
    """From metres of an area to whole steps from its corner."""

    corner_m: tuple[float, float]

    def snapped(self, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points on the steps."""
        return np.round((xy_m - self.corner_m) * PER_M)

    def flat(self, xy: NDArray[np.float64]) -> Line:
        """The first point, then the steps to each further one."""
        whole = xy.astype(np.int64)
        return np.vstack([whole[:1], np.diff(whole, axis=0)]).ravel().tolist()

    def rings(self, shape: shapely.Geometry) -> list[Line]:
        """Of a snapped polygon, without the last point of each, which is the first."""
        found = shapely.get_rings(shapely.get_parts(shape))
        return [self.flat(shapely.get_coordinates(ring)[:-1]) for ring in found]

    def lines(self, shapes: gpd.GeoSeries) -> list[Line]:
        """Of any lines, and of the borders of polygons, in metres."""
        parts = shapely.get_parts(np.asarray(shapes.array, dtype=object))
        surface = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
        drawn = [*shapely.get_rings(parts[surface]), *parts[~surface]]
        found = (self.snapped(shapely.get_coordinates(line)) for line in drawn)
        return [self.flat(xy) for xy in found if len(xy) > 1]


def _cells(prepared: Prepared) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Row of the unit that each piece of ground is shown with, and the ground, few corners."""
    cells = prepared.fabric.cells
    home = cells[UNIT_ID].where(cells[UNIT_ID] != "", cells[NEAR])
    row = prepared.units.frame.reset_index(drop=True).reset_index().set_index(UNIT_ID)["index"]
    owner = home.map(row).fillna(-1).to_numpy(dtype=np.int64)
    shapes = shapely.coverage_simplify(np.asarray(cells.geometry.array, dtype=object), TOLERANCE_M)
    return owner[owner >= 0], shapes[owner >= 0]


def _borders(
    owner: NDArray[np.int64], shapes: NDArray[np.object_], steps: _Steps
) -> list[tuple[int, int, list[Line]]]:
    """Where the ground of two units meets: corners are shared, so stretches are found by both ends."""
    rings, at = shapely.get_rings(shapes, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    begin, end, unit = xy[:-1][inside], xy[1:][inside], owner[at[ring[1:][inside]]]
    swap = (begin[:, 0] > end[:, 0]) | ((begin[:, 0] == end[:, 0]) & (begin[:, 1] > end[:, 1]))
    begin[swap], end[swap] = end[swap].copy(), begin[swap].copy()
    order = np.lexsort((unit, end[:, 1], end[:, 0], begin[:, 1], begin[:, 0]))
    begin, end, unit = begin[order], end[order], unit[order]
    twin = (begin[1:] == begin[:-1]).all(axis=1) & (end[1:] == end[:-1]).all(axis=1)
    twin &= unit[1:] != unit[:-1]
    pairs = np.column_stack([unit[:-1], unit[1:]])[twin]
    lines = shapely.linestrings(np.stack([begin[:-1][twin], end[:-1][twin]], axis=1))
    found, which = np.unique(pairs, axis=0, return_inverse=True)
    merged = shapely.line_merge(
        [shapely.multilinestrings(lines[which.ravel() == k]) for k in range(len(found))]
    )
    return [
        (int(a), int(b), [steps.flat(shapely.get_coordinates(part))
                          for part in shapely.get_parts(line)])
        for (a, b), line in zip(found, merged, strict=True)
    ]  # fmt: skip


def _ground(prepared: Prepared, steps: _Steps) -> dict[str, list[Line]]:
    """What lies under and over the grids."""
    layers = prepared.layers
    barriers = layers.barriers
    kind = barriers[KIND] if len(barriers) else barriers.geometry.astype(str)
    surface = barriers.geom_type.isin(["Polygon", "MultiPolygon"])
    ground = {
        "streets": steps.lines(layers.streets.geometry),
        "buildings": steps.lines(prepared.units.buildings.geometry.simplify(TOLERANCE_M / 2)),
        "communities": steps.lines(layers.communities.geometry.simplify(TOLERANCE_M / 2)),
        "water": steps.lines(barriers.geometry[surface & (kind == "water")]),
        "watercourses": steps.lines(barriers.geometry[~surface & (kind == "water")]),
    }
    for name in ("railway", "expressway", "wall"):
        ground[name] = steps.lines(barriers.geometry[kind == name])
    return ground
