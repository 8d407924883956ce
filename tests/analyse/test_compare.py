"""Before and after, counted by hand on the drawn street."""

from __future__ import annotations

import geopandas as gpd

from gridplan.analyse.compare import compare
from gridplan.analyse.present import Present
from gridplan.plan import Finding
from gridplan.rules import Rule
from tests.plans import measure_small, small_layers, small_plan


def test_crosswalk_shares_add_up() -> None:
    table = compare(None, small_plan()).crosswalk
    assert table.groupby("grid_id")["share_of_grid"].sum().le(1 + 1e-9).all()
    pair = table.set_index(["grid_id", "present"])["households"]
    assert pair["A1", "P1"] == 230
    assert pair["A1", "P2"] == 170
    assert pair["A3", "P3"] == 300


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


def test_before_and_after_with_a_roster() -> None:
    plan, layers = small_plan(), small_layers()
    unit_grid = plan.units.set_index("unit_id")["present"]
    grids = measure_small(plan.units[plan.units["present"] != ""], unit_grid)
    found = (
        Finding(Rule.UPPER, "P1", 842.0, 500.0, "breach.upper.households"),
        Finding(Rule.CONTIGUITY, "P4", 2.0, 1.0, "breach.contiguity"),
        Finding(Rule.GAP, "", 80.0, 0.0, "present.gap"),
    )
    places = gpd.GeoSeries([plan.grids.geometry.iloc[0]] * len(found), crs=plan.grids.crs)
    present = Present("城管网格", grids, found, places, unit_grid, unit_grid)
    told = compare(present, plan, layers.roster)
    assert told.before is not None
    assert (told.before.grids, told.before.sound) == (5, 3)
    assert dict(told.before.broken) == {Rule.UPPER: 1, Rule.CONTIGUITY: 1}
    assert told.before.largest == 842
    assert told.before.uncovered_households == 80
    assert (told.after.grids, told.after.sound) == (4, 3)
    assert told.after.excused == {Rule.UPPER: 1}
    assert (told.posts, told.vacancies) == (5, 1)
    moved = plan.buildings.set_index("building_id")["households"]
    assert told.moved_households == moved[told.moved_buildings["building_id"]].sum()
