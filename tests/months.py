"""The demo street a month later, and a plan that was put in force on the month before."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.affinity import translate

from gridplan.edit import Division, Judge
from gridplan.edit.approved import Approved
from gridplan.edit.ground import ground_of
from gridplan.prepared import Prepared
from gridplan.store import Homes, InForce, NewGrid, Store

GROWN, MORE = "阳光新城", 260
"""The compound that households move into, and how many."""
NEW = ("TX9001", "TX9002")
"""Houses that are new, with 24 and 18 households, each beside a farmhouse."""
GONE = "TX0015"
"""A house of five households."""


def second_month(demo: Path, folder: Path) -> Path:
    """A copy of the demo street's folder a month later: households more, two houses, one less."""
    shutil.copytree(demo, folder)
    file = folder / "street.gpkg"
    buildings = gpd.read_file(file, layer="楼栋")
    compounds = gpd.read_file(file, layer="小区").set_index("小区名称")
    inside = buildings.index[
        (buildings["小区编号"] == compounds.loc[GROWN, "小区编号"]) & (buildings["户数"] > 0)
    ]
    share, rest = divmod(MORE, len(inside))
    buildings.loc[inside, "户数"] += share
    buildings.loc[inside[:rest], "户数"] += 1
    buildings.loc[inside, "人口"] = (buildings.loc[inside, "户数"] * 2.6).round()
    farms = buildings[buildings["用途"] == "农宅"].sort_values("楼栋编号").iloc[[0, -1]]
    added = farms.assign(
        楼栋编号=list(NEW), 名称=["新建甲", "新建乙"], 户数=[24.0, 18.0], 人口=[60.0, 45.0]
    )
    added["geometry"] = [translate(shape, 6.0, 6.0) for shape in added.geometry]
    kept = buildings[buildings["楼栋编号"] != GONE]
    pd.concat([kept, added]).to_file(file, layer="楼栋", driver="GPKG")
    return folder


def put_in_force(store: Store, prepared: Prepared, division: Division, on: date) -> InForce:
    """All the way from a plan's beginning to its taking effect, through the store's own methods."""
    area, who = prepared.layers.name, "王"
    line = store.begin(
        area, "秋季调整", division, fingerprint=prepared.layers.fingerprint,
        rules=prepared.rules, homes=Homes.of_frame(prepared.units.buildings), author=who,
    )  # fmt: skip
    which = (
        line.plan_id,
        store.keep_version(line.branch_id, line.revision, "定稿", author=who).number,
    )
    now = store.approvals.submit(*which, author=who)
    for _ in range(2):
        now = store.approvals.advance(*which, now.revision, author=who)
    crs = f"EPSG:{prepared.layers.crs.to_epsg()}"
    store.codes.issue(*which, now.revision, grids_of(prepared, division), {}, crs=crs, author=who)
    for day in (None, on):
        now = store.approvals.standing(*which)
        assert now is not None
        store.approvals.advance(*which, now.revision, author=who, effective_on=day)
    found = store.codes.in_force(area, on)
    assert found is not None
    return found


def grids_of(prepared: Prepared, division: Division) -> list[NewGrid]:
    """The grids of a division, as codes are asked for."""
    states = Judge(prepared).judge(division).grids
    ground = ground_of(prepared, division).set_index("grid_id").geometry
    return [
        NewGrid(grid, state.community, state.households, state.people, ground[grid])
        for grid, state in states.items()
    ]


def approved_of(store: Store, found: InForce) -> Approved:
    """What is in force, as a month is held against it."""
    plan, number = found.term.plan_id, found.term.version.number
    return Approved(
        found.grids, store.plan(plan).homes.of_building, store.division_of(plan, number)
    )
