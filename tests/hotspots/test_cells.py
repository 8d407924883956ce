"""Cells over homes, and the cell a case counts in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridplan.hotspots.cells import Homes, homes_of, lay_cells

PLACES = st.lists(
    st.tuples(st.floats(-5e3, 5e3), st.floats(-5e3, 5e3), st.integers(1, 90)),
    min_size=1,
    max_size=30,
)


@given(PLACES, st.sampled_from([50.0, 100.0, 150.0]), st.sampled_from([0.0, 50.0]))
def test_every_home_lies_in_its_cell_and_none_is_lost(
    places: list[tuple[float, float, int]], size_m: float, shift_m: float
) -> None:
    homes = Homes(
        np.array([place[:2] for place in places]), np.array([float(p[2]) for p in places])
    )
    cells = lay_cells(homes, size_m, shift_m)
    assert cells.households.sum() == homes.households.sum()
    squares = cells.squares()[cells.of_home]
    assert shapely.dwithin(squares, shapely.points(homes.xy_m), 1e-6).all()
    assert len({tuple(corner) for corner in cells.corner_m}) == len(cells.corner_m)
    assert np.allclose((cells.corner_m - shift_m) % size_m % size_m, 0, atol=1e-6)


def test_a_case_counts_at_the_nearest_home_and_nowhere_when_far() -> None:
    homes = Homes(np.array([[10.0, 10.0], [110.0, 10.0]]), np.array([3.0, 4.0]))
    cells = lay_cells(homes, 100)
    near = homes.nearest(np.array([[40.0, 0.0], [95.0, 0.0], [95.0, 20.0], [900.0, 0.0]]))
    # 95 m lies in the first square, but the home that it stands at lies in the second
    assert near.tolist() == [0, 1, 1, -1]
    assert cells.count(near).tolist() == [1, 2]


def test_empty_and_wrong() -> None:
    none = homes_of(
        gpd.GeoDataFrame({"households": [0.0, np.nan]}, geometry=shapely.points([[0, 0], [1, 1]]))
    )
    assert none.nearest(np.zeros((2, 2))).tolist() == [-1, -1]
    assert lay_cells(none, 100).households.tolist() == []
    with pytest.raises(ValueError, match="side"):
        lay_cells(none, 0)
