"""Mending of geometries, and the outline of an area without a border."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridplan.load.shapes import LINE, POINT, POLYGON, mend, outline

SQUARE = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"
BOWTIE = "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))"
FLAT = "POLYGON ((0 0, 1 0, 0 0, 0 0))"

corner = st.tuples(st.integers(0, 9), st.integers(0, 9))


def shapes(*texts: str | None) -> np.ndarray:
    return np.array([None if text is None else shapely.from_wkt(text) for text in texts], object)


@pytest.mark.parametrize(
    ("text", "kinds", "said", "area"),
    [
        (SQUARE, {POLYGON}, "", 1),
        (BOWTIE, {POLYGON}, "repaired", 2),
        (FLAT, {POLYGON}, "hopeless", None),
        (None, {POLYGON}, "missing", None),
        ("POLYGON EMPTY", {POLYGON}, "missing", None),
        ("POINT (1 1)", {POLYGON}, "wrong", None),
        ("POINT (1 1)", {POLYGON, POINT}, "", 0),
        (f"GEOMETRYCOLLECTION ({SQUARE}, POINT (5 5))", {POLYGON}, "", 1),
        (f"GEOMETRYCOLLECTION ({SQUARE}, LINESTRING (5 5, 6 6))", {LINE}, "", 0),
        ("GEOMETRYCOLLECTION (POINT (5 5))", {POLYGON}, "wrong", None),
    ],
)
def test_each_case_has_one_answer(
    text: str | None, kinds: set[int], said: str, area: float | None
) -> None:
    mended = mend(shapes(text), frozenset(kinds))
    told = [
        name for name in ("repaired", "missing", "wrong", "hopeless") if getattr(mended, name)[0]
    ]
    assert told == ([said] if said else [])
    if area is None:
        assert mended.shapes[0] is None
    else:
        assert mended.shapes[0].area == area


@given(st.lists(corner, min_size=4, max_size=9))
def test_any_ring_becomes_valid_or_is_named(ring: list[tuple[int, int]]) -> None:
    drawn = np.array([shapely.Polygon(ring)], dtype=object)
    mended = mend(drawn, frozenset({POLYGON}))
    if mended.hopeless[0]:
        assert mended.shapes[0] is None
    else:
        assert mended.shapes[0].is_valid
        assert mended.shapes[0].area > 0
        assert mended.repaired[0] != drawn[0].is_valid


@given(st.lists(corner, min_size=1, max_size=12, unique=True))
def test_the_outline_holds_every_building(corners: list[tuple[int, int]]) -> None:
    houses = np.array(
        [shapely.box(60 * x, 60 * y, 60 * x + 12, 60 * y + 12) for x, y in corners], dtype=object
    )
    border = outline(houses)
    assert border.is_valid
    assert shapely.contains(border, shapely.buffer(houses, 25)).all()
    assert all(len(part.interiors) == 0 for part in shapely.get_parts(border))
