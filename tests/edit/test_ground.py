"""The ground of a division that is not whole."""

from __future__ import annotations

import pytest

from gridplan.edit.ground import ground_of
from gridplan.prepared import Prepared
from tests.nine import PRESENT, division


def test_grids_tile_but_for_what_is_in_none(nine: Prepared) -> None:
    ground = ground_of(nine, division(PRESENT)).set_index("grid_id").geometry
    assert list(ground.index) == ["P1", "P2", "P3", "Q1"]
    whole = ground_of(nine, division(PRESENT.replace("--", "Q2"))).set_index("grid_id").geometry
    assert whole.area.sum() == pytest.approx(nine.layers.communities.area.sum())
    assert ground.area.sum() == pytest.approx(whole.area.drop("Q2").sum())


def test_a_grid_in_two_communities_has_a_part_in_each(nine: Prepared) -> None:
    ground = ground_of(nine, division("P1P1P1P2P2P2P3P3P3"))
    assert len(ground) == 3
    places = nine.layers.communities.geometry
    for shape in ground.geometry:
        assert all(shape.intersection(place).area > 100 for place in places)


def test_no_grid_at_all(nine: Prepared) -> None:
    assert ground_of(nine, division("--" * 9)).empty
