"""The grids of a division on the ground, whole or not."""

from __future__ import annotations

import pandas as pd
import pytest

from gridplan.assemble import measured_grids
from gridplan.edit import Division, grid_codes, merged_start
from gridplan.edit.ground import grids_of, ground_of
from gridplan.prepared import Prepared
from tests.board import board
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


def test_a_whole_division_is_what_its_plan_would_be(demo: Prepared) -> None:
    merged = merged_start(demo)
    grids = grids_of(demo, merged).set_index("grid_id")
    plan = measured_grids(demo, pd.Series(dict(merged.grid_of))).set_index("grid_id")
    same = ["households", "people", "radius_m", "pieces", "community", "moved_households"]
    pd.testing.assert_frame_equal(grids[same].sort_index(), plan[same].sort_index())
    assert grids.area.to_dict() == pytest.approx(plan.area.to_dict())
    assert grids["code"].to_dict() == grid_codes(demo, merged)


def test_what_is_in_no_grid_stays_blank() -> None:
    town = board([[50, 60, 70]], 一=["AAB"])
    grids = grids_of(town, Division({"h00": "a", "h01": "", "h02": "b"}))
    assert grids["grid_id"].tolist() == ["a", "b"]
    assert grids["households"].tolist() == [50, 70]
    assert grids["code"].tolist() == ["A", "B"]
    assert grids.area.tolist() == pytest.approx([100**2] * 2)


def test_nothing_in_any_grid_is_no_grid(demo: Prepared) -> None:
    none = Division(dict.fromkeys(demo.units.frame["unit_id"], ""))
    assert grids_of(demo, none).empty
