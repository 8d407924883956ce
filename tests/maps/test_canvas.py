"""The ground as numbers: read back, it is the ground that the fabric has."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
import shapely

from gridplan.maps.canvas import PER_M, Canvas, Line, canvas_of
from gridplan.prepared import Prepared


@pytest.fixture(scope="module")
def canvas(demo: Prepared) -> Canvas:
    return canvas_of(demo)


def points(canvas: Canvas, line: Line) -> np.ndarray:
    """As the browser reads it: steps added up; in metres of the area."""
    steps = np.array(line).reshape(-1, 2)
    return np.cumsum(steps, axis=0) / PER_M + canvas.corner_m


def ground(canvas: Canvas, unit: int) -> shapely.Geometry:
    """By the even-odd rule: a ring inside another one is a hole."""
    shape: shapely.Geometry = shapely.Polygon()
    for ring in canvas.units["rings"][unit]:
        shape = shape.symmetric_difference(shapely.Polygon(points(canvas, ring)))
    return shape


def test_units_lie_where_the_fabric_has_them(demo: Prepared, canvas: Canvas) -> None:
    cells = demo.fabric.cells
    for unit, name in enumerate(canvas.units["id"]):
        mine = cells[(cells["unit_id"] == name) | (cells["near"] == name)].geometry.union_all()
        drawn = ground(canvas, unit)
        assert drawn.symmetric_difference(mine).area < 0.03 * mine.area + 20, name
        middle = shapely.Point(canvas.units["x"][unit], canvas.units["y"][unit])
        assert drawn.buffer(1).contains(
            shapely.Point(np.array(middle.coords[0]) / PER_M + canvas.corner_m)
        )
    assert canvas.units["households"] == list(demo.units.frame["households"])


def test_ground_of_two_units_never_overlaps(canvas: Canvas) -> None:
    shapes = [ground(canvas, unit) for unit in range(len(canvas.units["id"]))]
    assert shapely.union_all(shapes).area == pytest.approx(sum(s.area for s in shapes), rel=1e-9)


def test_borders_are_where_the_ground_meets(canvas: Canvas) -> None:
    shapes = [ground(canvas, unit) for unit in range(len(canvas.units["id"]))]
    told = {}
    for one, other, lines in canvas.borders:
        assert one < other
        assert (one, other) not in told
        told[one, other] = sum(shapely.LineString(points(canvas, line)).length for line in lines)
    tree = shapely.STRtree(shapes)
    for one, other in tree.query(shapes, predicate="intersects").T.tolist():
        if one < other:
            metres = shapely.intersection(shapes[one].boundary, shapes[other].boundary).length
            assert told.get((one, other), 0.0) == pytest.approx(metres, abs=0.5)


def test_neighbours_of_the_graph_have_a_border_or_a_crossing(
    demo: Prepared, canvas: Canvas
) -> None:
    row = {name: number for number, name in enumerate(canvas.units["id"])}
    drawn = {border[:2] for border in canvas.borders}
    for graph in demo.fabric.graphs.values():
        for (a, b), metres in zip(graph.edges.tolist(), graph.border_m, strict=True):
            pair = tuple(sorted((row[graph.ids[a]], row[graph.ids[b]])))
            assert metres < 5 or pair in drawn


def test_what_is_sent_is_plain_and_has_a_key_of_its_own(demo: Prepared, canvas: Canvas) -> None:
    again = canvas_of(demo).record
    assert json.loads(json.dumps(canvas.record)) == json.loads(json.dumps(again))
    moved = Canvas(canvas.corner_m, {**canvas.units, "households": [0] * len(canvas.units["id"])},
                   canvas.borders, canvas.ground, canvas.places)  # fmt: skip
    assert moved.record["key"] != canvas.record["key"]
    assert len(canvas.ground["buildings"]) == len(demo.units.buildings)


def test_a_line_of_the_map_comes_back_in_metres(canvas: Canvas) -> None:
    line = canvas.to_metres([(0, 0), (30, 40)])
    (x1, y1), (x2, y2) = next(pairwise(line.coords))
    assert (x1, y1) == canvas.corner_m
    assert np.hypot(x2 - x1, y2 - y1) == pytest.approx(50 / PER_M)
