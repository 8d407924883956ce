"""The whole of it: sums, blind spots and lists, on drawn, made-up and real ground."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from gridplan.barriers import read_barriers
from gridplan.coverage import Coverage, Reason, Service, ServiceSet, Walk, find_coverage
from gridplan.coverage.find import VISITS
from gridplan.coverage.match import match_facilities
from gridplan.coverage.reach import reach_services
from gridplan.coverage.sums import ALL
from gridplan.coverage.walk import walk_area
from gridplan.errors import GridplanError
from gridplan.load import read_area
from gridplan.pipeline import redraw
from gridplan.prepared import Prepared
from gridplan.rules import RuleSet
from gridplan.units import build_units
from tests.areas import charlestown
from tests.plans import small_plan
from tests.river_town import RIVER, TOWN_GROUND, town, visits

HEALTH = ServiceSet((Service("health", Walk(300.0), ("医疗",)),))
TRUTH = Path(__file__).parents[2] / "data" / "demo" / "truth.json"


def half_kilometre() -> ServiceSet:
    """The eleven kinds, each within 500 m."""
    services = ServiceSet().services
    return ServiceSet(tuple(Service(s.key, Walk(500.0), s.kinds, s.names, s.excludes)
                            for s in services))  # fmt: skip


@pytest.fixture(scope="module")
def found(demo: Prepared) -> Coverage:
    return find_coverage(demo, half_kilometre())


def test_grids_with_rank() -> None:
    grids = find_coverage(town(), HEALTH).grids.set_index("grid_id")
    assert grids["households_share"].round(4).to_dict() == {"北": 0.0, "南": 0.6667}
    assert grids["rank"].to_dict() == {"北": 2, "南": 1}
    assert grids["judged_households"].to_dict() == {"北": 20, "南": 30}


def test_reachable_against_visited() -> None:
    """The north has no patrol; s1 and s2 are served."""
    book = visits(("s1", "2026-01-01", "巡查"), ("s1", "2026-06-30", "巡查"))
    table = find_coverage(town(visits=book), HEALTH).cross.set_index("service")
    told = {"reached_visited": 20, "reached_unvisited": 0, "unreached_visited": 10,
            "unreached_unvisited": 20}  # fmt: skip
    assert table.loc["health"].to_dict() == told
    assert table.loc[ALL].to_dict() == told


def test_the_list_of_the_unserved() -> None:
    book = visits(("s1", "2026-01-01", "巡查"), ("s1", "2026-06-30", "巡查"))
    table = find_coverage(town(visits=book), HEALTH).unserved
    service = table[table["service"] == "health"]
    assert service["building_id"].tolist() == ["n1", "n2", "s3", "i"]  # farthest, then cut off
    assert service["grid"].tolist() == ["北", "北", "南", "北"]
    assert service["unvisited_households"].tolist() == [10, 10, 0, 10]
    missed = table[table["service"] == VISITS]
    assert dict(zip(missed["building_id"], missed["households"], strict=True)) == {
        "n1": 10, "n2": 10, "i": 10,
    }  # fmt: skip


def test_blind_spots_keep_to_their_bank() -> None:
    spots = find_coverage(town(), HEALTH).blindspots
    assert spots["households"].sum() == 30  # the house that no street is near is none
    assert spots["households"].tolist() == [20, 10]
    for shape in spots.geometry:
        assert shape.geom_type == "Polygon"
        assert shape.intersection(RIVER).area < 1e-6
        assert shape.within(TOWN_GROUND.buffer(1e-6))
    north = spots.geometry.iloc[0]
    assert north.contains(shapely.Point(100, 120))
    assert north.contains(shapely.Point(300, 120))


def test_everyone_served_is_no_blind_spot() -> None:
    wide = ServiceSet((Service("health", Walk(5000.0), ("医疗",)),))
    found = find_coverage(town(), wide)
    assert found.blindspots.empty
    assert found.unserved["reason"].tolist() == ["network"]


def test_by_the_grids_of_a_plan() -> None:
    prepared = town()
    plan = redraw(prepared, time_limit_s=2, workers=1)
    found = find_coverage(prepared, HEALTH, plan=plan)
    assert set(found.grids["grid_id"]) == set(plan.grids["grid_id"])
    assert set(found.grids["grid"]) == set(plan.grids["code"])
    assert found.grids["households"].sum() == 60


def test_a_plan_of_another_place_is_refused() -> None:
    with pytest.raises(GridplanError) as told:
        find_coverage(town(), HEALTH, plan=small_plan())
    assert told.value.key == "coverage.error.other_plan"
    with pytest.raises(GridplanError, match="网格"):
        find_coverage(town(), HEALTH, layer="没有")


def test_the_planted_blind_spot_is_found(demo: Prepared, found: Coverage) -> None:
    """Every home of the corner lacks the planted kinds, by metres; its ground is blind."""
    planted: dict[str, Any] = json.loads(TRUTH.read_text("utf-8"))["blind_spot"]
    names = demo.layers.compounds.set_index("compound_id")["name"]
    homes = found.walked.buildings
    corner = homes[homes["compound_id"].map(names).isin(planted["parcels"])]
    assert len(corner) > 10
    rows = found.reach[found.reach["building_id"].isin(corner["building_id"])]
    titles = {service.key: service.title() for service in found.services.services}
    nearest_m = rows.groupby(rows["service"].map(titles))["straight_m"].min()
    assert (nearest_m[planted["kinds"]] > planted["beyond_m"]).all()
    lacking = rows.groupby(rows["service"].map(titles))["reached"].sum() == 0
    assert lacking[planted["kinds"]].all()
    assert set(lacking.index[lacking]) == kinds_away_from(demo, corner, planted["beyond_m"])
    points = corner.representative_point()
    for kind in ("elderly", "health"):
        ground = found.blindspots[found.blindspots["service"] == kind].union_all()
        assert points.within(ground).all()


def kinds_away_from(demo: Prepared, corner: Any, beyond_m: float) -> set[str]:
    """Kinds as the data name them without a facility within metres of any home of a corner."""
    listed = demo.layers.facilities
    kinds = {service.title() for service in ServiceSet().services}
    away = listed.geometry.apply(lambda point: corner.distance(point).min() > beyond_m)
    near = set(listed.loc[~away, "kind"])
    return kinds - near - ({"教育"} if "学校" in near else set())


def test_the_demos_sums_agree(found: Coverage) -> None:
    summary = found.summary.set_index("service")
    left = summary["judged_households"] - summary["served_households"]
    blind = found.blindspots.groupby("service")["households"].sum()
    assert (left[blind.index] == blind).all()
    by_grid = found.grids.groupby("service")["served_households"].sum()
    assert (by_grid <= summary["served_households"][by_grid.index]).all()
    four = found.cross.set_index("service").sum(axis=1)
    assert (four[summary.index] - summary["judged_households"]).abs().max() <= 2
    unserved = found.unserved[found.unserved["reason"] == "distance"]
    far = unserved.groupby("service")["households"].sum()
    assert (far == summary["distance"][far.index]).all()


def test_the_demos_blind_spots_lie_on_dry_ground_of_the_street(
    demo: Prepared, found: Coverage
) -> None:
    street = demo.layers.communities.union_all().buffer(0.01)
    wet = shapely.union_all(demo.fabric.barriers.areas)
    lines = shapely.union_all(demo.fabric.barriers.lines)
    spots = found.blindspots.geometry
    assert spots.is_valid.all()
    assert spots.within(street).all()
    assert spots.intersection(wet).area.max() < 1.0
    assert not spots.intersects(lines).any()


def test_the_demos_visits_are_judged_by_all_rules(found: Coverage) -> None:
    assert found.visits.judged
    assert set(found.visits.rules["why"]) == {""}
    assert found.visits.as_of is not None
    assert found.visits.as_of <= date(2026, 7, 1)


def test_a_quarter_of_boston(shared: Path, tmp_path: Path) -> None:
    """Charlestown's one school listed: 200 homes as networkx says; islands are told apart."""
    layers = read_area(charlestown(shared, tmp_path / "area"))
    units = build_units(layers, RuleSet())
    fabric = replace(town().fabric, barriers=read_barriers(layers.barriers))  # its cells not asked
    walked = walk_area(Prepared(layers, units, fabric, {}, RuleSet(), 0.0))
    network, services = walked.network, ServiceSet()
    matched = match_facilities(layers.facilities, services)
    reach = reach_services(walked, layers.facilities, services, matched)
    graph = nx.Graph()
    graph.add_weighted_edges_from(
        (a, b, metres) for (a, b), metres in zip(network.edges.tolist(), network.length_m.tolist(),
                                                 strict=True)
    )  # fmt: skip
    (school,) = matched.rows["education"]
    place = network.snap(shapely.get_coordinates(layers.facilities.geometry.iloc[school]))
    (a, b), along = network.edges[place.edge[0]].tolist(), place.along_m[0]
    graph.add_edge("school", a, weight=along)
    graph.add_edge("school", b, weight=network.length_m[place.edge[0]] - along)
    away = nx.single_source_dijkstra_path_length(graph, "school")
    metres = reach["metres"].to_numpy()
    for k in np.random.default_rng(0).choice(len(metres), 200, replace=False):
        edge, homes = walked.homes.edge[k], walked.homes
        (a, b), along = network.edges[edge].tolist(), homes.along_m[k]
        back = network.length_m[edge] - along
        told = min(away.get(a, np.inf) + along, away.get(b, np.inf) + back)
        told += homes.access_m[k] + place.access_m[0]
        if edge != place.edge[0]:
            assert metres[k] == pytest.approx(told, abs=0.1)
    assert (metres >= reach["straight_m"] - 0.1).all()
    cut_off = reach.loc[reach["reason"] == Reason.NETWORK, "households"].sum()
    assert 0 < cut_off < 0.2 * reach["households"].sum()  # the navy yard's side of the expressway
    assert set(reach["service"]) == {"education"}


def test_an_area_where_nobody_lives() -> None:
    prepared = town()
    empty = prepared.units.buildings.assign(households=0.0, people=0.0)
    nobody = replace(prepared, units=replace(prepared.units, buildings=empty))
    found = find_coverage(nobody, HEALTH)
    assert found.households == 0
    assert np.isnan(found.judged_share)
    assert pd.isna(found.summary["households_share"].iloc[0])
    assert found.unserved.empty
