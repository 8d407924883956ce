"""Before and after, counted by hand on the drawn street."""

from __future__ import annotations

from plans import small_plan

from gridplan.analyse.compare import change_kinds, compare, crosswalk


def test_crosswalk_shares_add_up() -> None:
    table = crosswalk(small_plan())
    assert table.groupby("grid_id")["share_of_grid"].sum().le(1 + 1e-9).all()
    pair = table.set_index(["grid_id", "present"])["households"]
    assert pair["A1", "P1"] == 230
    assert pair["A1", "P2"] == 170
    assert pair["A3", "P3"] == 300


def test_kinds_of_change() -> None:
    kinds = change_kinds(small_plan()).to_dict()
    assert set(kinds) == {"A1", "A2", "A3", "B1"}
    assert set(kinds.values()) <= {"new", "merge", "split", "adjust", "keep"}
    assert kinds["A2"] in ("split", "adjust")


def test_buildings_that_change_their_grid_are_listed() -> None:
    plan = small_plan()
    told = compare(None, plan, None)
    moved = told.moved_buildings
    present = dict(zip(plan.units["unit_id"], plan.units["present"], strict=True))
    unit = dict(zip(plan.buildings["building_id"], plan.buildings["unit_id"], strict=True))
    assert {unit[building] for building in moved["building_id"]} == {
        "u1", "u2", "u7", "v2", "v3",
    }  # fmt: skip
    assert all(present[unit[row.building_id]] == row.present for row in moved.itertuples())
    assert told.households == plan.households
    assert told.before is None
