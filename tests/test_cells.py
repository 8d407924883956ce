"""Cells on drawn ground: blocks, parks, fields, rivers, piers, and whatever a messy file holds.

Houses are squares of 10 m at (x, y) on a ground of 300 m by 100 m unless a test says otherwise.
"""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Geometry, LineString, MultiPolygon, Point, Polygon, box

from gridplan.barriers import Barriers, Strips, read_strips, with_piers
from gridplan.blocks import NARROW_M, Site
from gridplan.cells import Cells, tessellate
from gridplan.footprints import Footprints, read_footprints
from gridplan.neighbours import Links, over_crossings, touching

GROUND = box(0, 0, 300, 100)


def array(*shapes: Geometry) -> np.ndarray:
    filled = np.empty(len(shapes), dtype=object)
    filled[:] = shapes
    return filled


def house(x: float, y: float) -> Polygon:
    return box(x - 5, y - 5, x + 5, y + 5)


class Ground:
    """What `tessellate` makes of a drawing, with every promise it gives checked."""

    def __init__(
        self,
        *houses: Geometry,
        streets: tuple[LineString, ...] = (),
        barriers: tuple[Geometry, ...] = (),
        crossings: tuple[Geometry, ...] = (),
        grounds: tuple[Geometry, ...] = (GROUND,),
        community: tuple[int, ...] | None = None,
    ) -> None:
        self.grounds = array(*grounds)
        home = np.zeros(len(houses), dtype=np.int64) if community is None else np.array(community)
        self.footprints: Footprints = read_footprints(array(*houses), self.grounds, home)
        lines = array(*(shape for shape in barriers if shape.geom_type == "LineString"))
        areas = array(*(shape for shape in barriers if shape.geom_type == "Polygon"))
        self.barriers, self.piers = with_piers(
            Barriers(lines, areas),
            self.footprints.shapes,
            self.footprints.anchors,
            self.grounds[home],
        )
        self.strips: Strips = read_strips(array(*crossings), self.barriers, self.footprints.shapes)
        self.cells: Cells = tessellate(
            Site(self.grounds, array(*streets), self.barriers, self.strips, self.footprints)
        )
        self.keeps_its_promises()

    def keeps_its_promises(self) -> None:
        """The ground is tiled exactly, and every anchor in the one cell of its building."""
        shapes = self.cells.shapes
        assert shapely.coverage_is_valid(shapes)
        for number, ground in enumerate(self.grounds):
            mine = shapes[self.cells.community == number]
            assert shapely.area(mine).sum() == pytest.approx(ground.area, rel=1e-6)
        for building, anchor in enumerate(self.footprints.anchors):
            cell = self.cell(building)
            assert cell.covers(anchor)
            assert cell.geom_type == "Polygon"

    def cell(self, building: int) -> Geometry:
        """Ground of a building."""
        (shape,) = self.cells.shapes[self.cells.building == building]
        return shape

    @property
    def empty(self) -> np.ndarray:
        """Ground of no building."""
        return self.cells.shapes[self.cells.building < 0]

    def links(self) -> set[tuple[int, int]]:
        """Neighbours along borders, every building a unit of its own."""
        each = np.arange(len(self.footprints.anchors))
        links: Links = touching(self.cells, self.footprints, self.barriers, each)[0]
        return set(zip(links.one.tolist(), links.other.tolist(), strict=True))

    def bridges(self) -> list[tuple[int, int]]:
        """Neighbours over crossings."""
        each = np.arange(len(self.footprints.anchors))
        borders = touching(self.cells, self.footprints, self.barriers, each)[1]
        over = over_crossings(self.cells, borders, self.strips, each)
        return [(min(a, b), max(a, b)) for _, _, a, b in over.tolist()]


def across(x: float) -> LineString:
    """A line from south to north, beyond the ground at both ends."""
    return LineString([(x, -10), (x, 110)])


def test_border_runs_halfway_between_two_houses() -> None:
    ground = Ground(house(100, 50), house(200, 50))
    assert ground.cell(0).area == pytest.approx(15_000, rel=1e-3)
    assert ground.links() == {(0, 1)}


def test_border_follows_a_street_where_there_is_one() -> None:
    ground = Ground(house(100, 50), house(200, 50), streets=(across(120),))
    assert ground.cell(0).equals(box(0, 0, 120, 100))
    assert ground.links() == {(0, 1)}


def test_a_house_on_a_street_has_ground_on_both_sides_of_it() -> None:
    ground = Ground(house(100, 50), house(200, 50), house(20, 50), streets=(across(102),))
    assert ground.cell(0).bounds[2] > 110
    assert ground.cell(0).bounds[0] < 95


def test_the_median_of_a_road_divides_nothing() -> None:
    wide = NARROW_M - 2
    ground = Ground(house(50, 50), house(250, 50), streets=(across(150), across(150 + wide)))
    assert len(ground.empty) == 0
    assert ground.links() == {(0, 1)}


def test_a_park_beside_houses_stays_whole_and_nobodys() -> None:
    """Houses 0 and 1 share the left street block; the park lies right of x = 200."""
    ground = Ground(house(50, 50), house(120, 50), streets=(across(200),))
    (park,) = ground.empty
    assert park.equals(box(200, 0, 300, 100))
    assert ground.cells.near[ground.cells.building < 0].tolist() == [-1]


def test_a_park_that_parts_houses_is_shared_out() -> None:
    ground = Ground(house(50, 50), house(250, 50), streets=(across(100), across(200)))
    assert len(ground.empty) == 0
    assert ground.links() == {(0, 1)}
    assert ground.cell(0).bounds[2] == pytest.approx(150, abs=2)


def test_fields_in_a_row_are_shared_out_only_as_far_as_needed() -> None:
    """Fields from 60 to 240 in three; a fourth, above a lane at y = 70, parts nobody."""
    lane = LineString([(50, 70), (250, 70)])
    ground = Ground(
        house(30, 30),
        house(270, 30),
        streets=(across(60), across(120), across(180), across(240), lane),
    )
    assert ground.links() == {(0, 1)}
    assert shapely.area(ground.empty).sum() == pytest.approx(180 * 30, rel=1e-3)


def test_river_is_nobodys_and_divided_along_its_middle() -> None:
    ground = Ground(house(50, 50), house(250, 50), barriers=(box(140, -10, 160, 110),))
    assert ground.links() == set()
    halves = {
        int(near): shape
        for near, shape in zip(ground.cells.near, ground.cells.shapes, strict=True)
        if shape not in (ground.cell(0), ground.cell(1))
    }
    assert halves[0].equals_exact(box(140, 0, 150, 100), 0.6, normalize=True)
    assert halves[1].bounds[2] == 160


@pytest.mark.parametrize(
    "bridge",
    [LineString([(135, 40), (165, 40)]), LineString([(145, 40), (155, 40)]), Point(150, 40)],
)
def test_bridge_drawn_whole_short_or_as_a_point(bridge: Geometry) -> None:
    river = box(140, -10, 160, 110)
    ground = Ground(house(50, 50), house(250, 50), barriers=(river,), crossings=(bridge,))
    assert ground.bridges() == [(0, 1)]
    strip = shapely.union_all(ground.cells.shapes[ground.cells.strip == 0])
    assert strip.symmetric_difference(box(135, 36, 165, 44)).area < 1


def test_bridges_side_by_side_are_one_and_a_far_one_is_another() -> None:
    ways = tuple(LineString([(135, y), (165, y)]) for y in (20, 26, 80))
    river = box(140, -10, 160, 110)
    ground = Ground(house(50, 50), house(250, 50), barriers=(river,), crossings=ways)
    assert ground.bridges() == [(0, 1), (0, 1)]
    assert ground.strips.unused == 1


def test_two_tracks_are_crossed_at_once_and_a_path_beside_them_crosses_nothing() -> None:
    tracks = (across(148), across(154))
    ways = (Point(151, 30), LineString([(170, 60), (200, 60)]))
    ground = Ground(house(50, 50), house(250, 50), barriers=tracks, crossings=ways)
    assert ground.links() == set()
    assert ground.bridges() == [(0, 1)]
    assert ground.strips.unused == 1


def test_a_railway_that_ends_inside_a_block_cuts_only_as_far_as_it_goes() -> None:
    """The track runs from the south border up to y = 60, past the two lower houses."""
    track = LineString([(150, -10), (150, 60)])
    houses = (house(130, 20), house(170, 20), house(130, 85), house(170, 85))
    ground = Ground(*houses, barriers=(track,))
    assert (0, 1) not in ground.links()
    assert {(0, 2), (1, 3), (2, 3)} <= ground.links()


def test_a_house_in_the_water_gets_a_pier_from_the_nearest_bank() -> None:
    river = box(100, -10, 200, 110)
    houses = (house(50, 50), house(125, 50), house(250, 50))
    ground = Ground(*houses, barriers=(river,))
    assert ground.piers == 1
    assert ground.links() == {(0, 1)}


def test_footprints_that_cover_each_other_keep_a_place_each() -> None:
    same = house(100, 50)
    ground = Ground(same, same, box(90, 40, 140, 60), Point(100, 50))
    assert ground.footprints.overlaps == 6
    assert ground.footprints.same_point == 2
    assert ground.cell(0).contains(Point(100, 50))


def test_a_house_across_the_border_of_a_community_stays_in_its_own() -> None:
    west, east = box(0, 0, 150, 100), box(150, 0, 300, 100)
    houses = (box(120, 40, 170, 60), house(250, 50), box(140, 10, 190, 20))
    ground = Ground(*houses, grounds=(west, east), community=(0, 1, 0))
    assert ground.footprints.outside == 1  # the third stands mostly in the east
    assert west.covers(ground.cell(0))
    assert ground.cell(2).within(west)
    assert ground.links() == {(0, 2)}


def test_a_community_in_two_parts_and_a_house_in_two_parts() -> None:
    parts = MultiPolygon([box(0, 0, 100, 100), box(200, 0, 300, 100)])
    twin = MultiPolygon([house(30, 50), house(60, 50)])
    ground = Ground(twin, house(250, 50), house(80, 50), grounds=(parts,))
    assert ground.links() == {(0, 2)}


coordinate = st.integers(5, 295)
height = st.integers(5, 95)
house_shapes = st.one_of(
    st.builds(Point, coordinate, height),
    st.builds(
        lambda x, y, w, h, a: shapely.affinity.rotate(box(x, y, x + w, y + h), a),
        coordinate,
        height,
        st.integers(1, 40),
        st.integers(1, 40),
        st.integers(0, 90),
    ),
)
ways = st.builds(
    lambda a, b, c, d: LineString([(a, b), (c, d)]),
    st.integers(-20, 140),
    st.integers(-20, 120),
    st.integers(160, 320),
    st.integers(-20, 120),
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(house_shapes, min_size=1, max_size=14),
    st.lists(ways, max_size=4),
    st.lists(ways, max_size=2),
    st.booleans(),
    st.lists(st.builds(Point, coordinate, height), max_size=3),
)
def test_any_drawing_is_tiled_exactly(
    houses: list[Geometry],
    streets: list[LineString],
    tracks: list[LineString],
    wet: bool,
    crossings: list[Point],
) -> None:
    river = (Polygon([(120, -20), (150, -20), (190, 120), (165, 120)]),) if wet else ()
    ground = Ground(
        *houses,
        streets=tuple(streets),
        barriers=(*tracks, *river),
        crossings=tuple(crossings),
        grounds=(box(0, 0, 140, 100), box(140, 0, 300, 100)),
        community=tuple(int(shapely.point_on_surface(house).x > 140) for house in houses),
    )
    count = len(ground.footprints.anchors)
    assert all(0 <= a < b < count for a, b in ground.links())
