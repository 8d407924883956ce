"""Exact tilings of a few squares.

Three faces of a ground of 30 m by 20 m, unless a test says otherwise; C lies north of both::

    y 20  +-----------+
          |     C     |
    y 10  +---+-------+
          | A |   B   |
    y  0  +---+-------+
          x 0 10      30
"""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Geometry, LineString, MultiPolygon, box

from gridplan.tiling import (
    borders_of,
    dissolve,
    faces_of,
    longest_neighbour,
    mean_width_m,
    piece_of,
    points_along,
)

A, B, C = box(0, 0, 10, 10), box(10, 0, 30, 10), box(0, 10, 30, 20)


def array(*shapes: Geometry) -> np.ndarray:
    filled = np.empty(len(shapes), dtype=object)
    filled[:] = shapes
    return filled


def noded(*shapes: Geometry) -> np.ndarray:
    """The shapes with every corner of a neighbour on their own outline, in their order."""
    faces = faces_of(shapely.boundary(array(*shapes)))
    inner = shapely.point_on_surface(array(*shapes))
    face, number = shapely.STRtree(inner).query(faces, predicate="contains")
    return faces[face[np.argsort(number)]]


def test_a_dead_end_makes_no_face() -> None:
    ground, street = LineString(A.exterior.coords), LineString([(5, -5), (5, 5)])
    (face,) = faces_of(array(ground, street))
    assert face.area == 100


def test_a_line_across_makes_two_faces_that_share_its_corners() -> None:
    faces = faces_of(array(A.exterior, LineString([(4, -5), (4, 15)])))
    assert sorted(shapely.area(faces)) == [40, 60]
    assert shapely.coverage_is_valid(faces)


def test_borders_are_counted_pair_by_pair() -> None:
    left, right, metres = borders_of(noded(A, B, C)).lengths()
    assert list(zip(left, right, metres, strict=True)) == [(0, 1, 10), (0, 2, 10), (1, 2, 20)]


def test_faces_that_touch_at_a_corner_have_no_border() -> None:
    assert len(borders_of(array(A, box(10, 10, 20, 20))).left) == 0


def test_a_face_in_two_pieces_has_all_its_borders_but_none_with_itself() -> None:
    both = MultiPolygon([A, box(30, 0, 40, 10)])
    left, right, metres = borders_of(array(both, B)).lengths()
    assert (left, right, metres) == ([0], [1], [20])


def test_borders_inside_a_group_drop_out() -> None:
    borders = borders_of(noded(A, B, C)).relabelled(np.array([0, 0, 1]))
    assert borders.lengths()[2] == [30]


def test_the_longest_neighbour_and_the_lower_number_among_equals() -> None:
    """A shares 10 m with B and with C, C 20 m with B; D touches nothing."""
    borders = borders_of(noded(A, B, C))
    assert longest_neighbour(borders, 4).tolist() == [1, 2, 1, -1]
    none = np.where(borders.right == 2, borders.length_m, 0.0)
    assert longest_neighbour(borders, 4, none).tolist() == [2, 2, 1, -1]


def test_groups_and_dissolving_keep_the_ground() -> None:
    label = piece_of(3, np.array([0]), np.array([2]))
    assert label[0] == label[2] != label[1]
    merged = dissolve(noded(A, B, C), np.array([0, 2, 0]), 3)
    assert [shape.area for shape in merged] == [400, 0, 200]


def test_the_mean_width_of_a_strip_and_of_a_square() -> None:
    assert mean_width_m(array(box(0, 0, 1000, 10), A)) == pytest.approx([9.9, 5], rel=0.01)


@given(st.floats(0.5, 500), st.floats(0.3, 50))
def test_points_along_are_even_and_stay_off_the_ends(length_m: float, step_m: float) -> None:
    xy, segment = points_along(
        np.array([[0.0, 0.0]]), np.array([[length_m, 0.0]]), np.array([step_m])
    )
    gaps = np.diff(np.concatenate([[-xy[0, 0]], xy[:, 0], [2 * length_m - xy[-1, 0]]]))
    assert (gaps <= step_m * (1 + 1e-9)).all()
    assert gaps == pytest.approx(np.full(len(gaps), length_m / len(xy)))
    assert set(segment) == {0}
