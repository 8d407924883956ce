"""Hotspots of the demo street: what was planted is found, and nothing is counted twice."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridplan.assemble import assemble
from gridplan.errors import GridplanError
from gridplan.hotspots import Hotspots, HotspotSpec, find_hotspots
from gridplan.hotspots.clusters import ClusterSpec, whole_streets
from gridplan.partition.outcome import Outcome, Status
from gridplan.plan import Plan, Provenance
from gridplan.prepared import Prepared

TRUTH = Path(__file__).parents[2] / "data" / "demo" / "truth.json"


@pytest.fixture(scope="module")
def found(demo: Prepared) -> Hotspots:
    return find_hotspots(demo)


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return dict(json.loads(TRUTH.read_text("utf-8")))


def test_every_planted_cluster_is_found_under_its_category(
    found: Hotspots, truth: dict[str, Any]
) -> None:
    told = set(zip(found.clusters["place"], found.clusters["category"], strict=True))
    for planted in truth["clusters"]:
        assert (planted["parcel"], planted["category"]) in told


def test_no_cluster_is_reported_where_none_was_planted(
    found: Hotspots, truth: dict[str, Any]
) -> None:
    assert set(found.clusters["place"]) == {planted["parcel"] for planted in truth["clusters"]}


def test_the_month_of_noise_is_recent_and_new(found: Hotspots) -> None:
    (recent,) = found.clusters[found.clusters["weeks"] > 0].to_dict("records")
    assert (recent["place"], recent["top_category"], recent["trend"]) == (
        "翡翠城",
        "噪声扰民",
        "new",
    )
    lasting = found.clusters.set_index(["place", "category"])["trend"]
    assert lasting[("阳光新城", "物业服务")] == "persistent"
    assert lasting[("翡翠城", "噪声扰民")] == "new"


def test_piles_are_listed_and_told_apart(
    found: Hotspots, demo: Prepared, truth: dict[str, Any]
) -> None:
    assert found.piles["kind"].tolist() == ["default", "repeat"]
    for number, planted in enumerate((truth["pile"], truth["repeat_address"])):
        ids = demo.layers.cases.loc[found.cases.index[found.cases["pile"] == number], "case_id"]
        window = demo.layers.cases.loc[found.cases.index, "case_id"]
        assert set(ids) == set(planted["case_ids"]) & set(window)


def test_every_case_is_counted_once(found: Hotspots) -> None:
    counted = found.cases[found.cases["pile"] < 0]
    assert found.cells["cases"].sum() == (counted["cell"] >= 0).sum()
    assert found.weekly.sum() == found.cells["cases"].sum()
    by_cell = Counter(counted.loc[counted["cell"] >= 0, "cell"])
    assert all(by_cell[row.cell] == row.cases for row in found.cells.itertuples())
    for layer, grids in found.grids.items():
        by_grid = Counter(counted.loc[counted[layer] != "", layer])
        assert {row.grid_id: row.cases for row in grids.itertuples() if row.cases} == by_grid


def test_the_window_holds_what_it_says(found: Hotspots) -> None:
    assert found.until - found.since == pd.Timedelta(weeks=52)
    assert found.cases["opened"].min() >= found.since
    assert found.cases["opened"].max() < found.until
    assert found.cells["households"].sum() == 8894


def test_owners_share_out_each_cluster_and_name_their_post(found: Hotspots) -> None:
    for (_, number), part in found.owners.groupby(["layer", "cluster"]):
        cluster = found.clusters.set_index("cluster").loc[number]
        assert part["cases"].sum() == cluster["cases"]
        assert part["share"].sum() == pytest.approx(1)
        assert part["overdue"].sum() == cluster["overdue"]
    first = found.owner(0, "城管网格").iloc[0]
    assert (first["code"], first["worker"]) == ("TX03", "桃溪3号岗")


def test_rates_are_per_hundred_households(found: Hotspots) -> None:
    cell = found.cells.loc[found.cells["cases"].idxmax()]
    assert cell["per_100"] == pytest.approx(100 * cell["cases"] / cell["households"])
    grids = found.grids["城管网格"]
    ranks = grids["rank"].dropna().tolist()
    assert ranks == sorted(ranks)
    assert grids.loc[grids["rank"].isna(), "households"].eq(0).all()
    assert grids["smoothed_per_100"].iloc[0] == grids["smoothed_per_100"].max()
    assert (found.cells["thin"] == (found.cells["households"] < 20)).all()


def test_stability_is_whole_with_the_same_cells_and_told_for_others(found: Hotspots) -> None:
    same = found.stability.query("size_m == 100 and shift_m == 0").iloc[0]
    assert same["overlap"] > 0.9
    assert found.stability["overlap"].between(0, 1).all()
    assert len(found.stability) == 6


def test_background_is_the_surface_that_foretold_best(found: Hotspots) -> None:
    mean = found.accuracy[found.accuracy["share"] == 0.05].groupby("surface")["pai"].mean()
    assert mean[found.surface] == mean.max()
    assert len(found.background) == found.raster.inside.sum()


def test_a_category_alone_and_where_people_live(demo: Prepared) -> None:
    noise = find_hotspots(demo, HotspotSpec(category="噪声扰民"))
    assert set(noise.cases["category"]) == {"噪声扰民"}
    assert set(noise.clusters["place"]) == {"翡翠城"}
    lived = find_hotspots(demo, HotspotSpec(at="home"))
    known = demo.layers.cases.loc[lived.cases.index, "home"]
    assert known.notna().all()
    assert (lived.cases.geometry == known).all()


def test_an_earlier_end_sees_nothing_later(demo: Prepared) -> None:
    early = find_hotspots(demo, until=datetime(2026, 5, 1))
    assert early.cases["opened"].max() < pd.Timestamp(2026, 5, 1)
    assert ("翡翠城", "噪声扰民") not in set(
        zip(early.clusters["place"], early.clusters["category"], strict=True)
    )


def test_same_seed_same_hotspots(demo: Prepared, found: Hotspots) -> None:
    again = find_hotspots(demo)
    pd.testing.assert_frame_equal(
        pd.DataFrame(again.clusters.drop(columns="geometry")),
        pd.DataFrame(found.clusters.drop(columns="geometry")),
    )


def test_a_plan_stands_beside_the_present_grids(demo: Prepared, halves: Plan) -> None:
    beside = find_hotspots(demo, plan=halves)
    assert "plan" in beside.grids
    plan = beside.owners[beside.owners["layer"] == "plan"]
    assert plan.groupby("cluster")["share"].sum().to_numpy() == pytest.approx(1)
    posts = set(beside.grids["城管网格"]["worker"])
    assert set(beside.grids["plan"]["worker"]) <= posts | {""}


@pytest.fixture(scope="module")
def halves(demo: Prepared) -> Plan:
    """A plan made of the present grids' units, so that every grid has an owner already."""
    outcomes = {}
    for code, graph in demo.fabric.graphs.items():
        present = next(iter(demo.present.values())).unit_grid.reindex(list(graph.ids)).fillna("")
        first = {grid: number for number, grid in reversed(list(enumerate(present)))}
        labels = np.array([first[grid] for grid in present])
        outcomes[code] = Outcome(Status.FEASIBLE, labels, (), 0.0, 1)
    made = Provenance(demo.rules, 1, "hand", "", "0", 1.0)
    return assemble(demo, outcomes, made, 0.0)


def without(demo: Prepared, **changed: Any) -> Prepared:
    return replace(demo, layers=replace(demo.layers, **changed))


def test_no_cases_and_no_homes_are_told(demo: Prepared) -> None:
    with pytest.raises(GridplanError, match="诉求"):
        find_hotspots(without(demo, cases=demo.layers.cases.iloc[:0]))
    with pytest.raises(GridplanError, match="诉求"):
        find_hotspots(demo, HotspotSpec(category="没有这一类"))
    empty = replace(demo.units, buildings=demo.units.buildings.assign(households=0))
    with pytest.raises(GridplanError, match="住户"):
        find_hotspots(replace(demo, units=empty))


def test_an_area_without_grids_or_streets(demo: Prepared) -> None:
    bare = without(demo, grids={}, streets=demo.layers.streets.iloc[:0])
    found = find_hotspots(replace(bare, present={}))
    assert found.grids == {}
    assert len(found.owners) == 0
    assert len(found.clusters) > 0


def test_a_place_without_a_name_is_called_by_its_street(demo: Prepared, found: Hotspots) -> None:
    buildings = demo.units.buildings.copy()
    buildings.loc[np.arange(len(buildings)) % 2 == 0, ["compound_id", "name", "address"]] = ""
    half = replace(demo, units=replace(demo.units, buildings=buildings))
    told = find_hotspots(half).clusters["place"].tolist()
    streets = set(demo.layers.streets["name"])
    pairs = list(zip(told, found.clusters["place"], strict=True))
    assert all(here == there or here in streets for here, there in pairs)
    assert {"翡翠城", "北巷里"} <= set(told)


def test_no_place_has_a_name(demo: Prepared) -> None:
    buildings = demo.units.buildings.assign(compound_id="", name="", address="")
    bare = without(demo, streets=demo.layers.streets.iloc[:0])
    found = find_hotspots(replace(bare, units=replace(demo.units, buildings=buildings)))
    assert set(found.clusters["place"]) == {""}


def test_streets_of_one_name_are_one_line() -> None:
    streets = gpd.GeoDataFrame(
        {"name": ["东街", "东街", "", "短巷"]},
        geometry=shapely.linestrings(
            [[[0, 0], [100, 0]], [[100, 0], [260, 0]], [[0, 50], [200, 50]], [[0, 90], [40, 90]]]
        ),
        crs=4528,
    )
    lines = whole_streets(streets)
    assert sorted(shapely.length(lines)) == [200, 260]
    assert len(whole_streets(streets.iloc[:0])) == 0


def test_bad_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="share"):
        ClusterSpec(share=0.9)
