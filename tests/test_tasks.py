"""What is asked for each community: limits, number, present grids by the rules of the area."""

from __future__ import annotations

from dataclasses import replace

import pytest

import gridplan
from gridplan.partition import Count
from gridplan.prepared import Prepared
from gridplan.rules import GridCount
from gridplan.tasks import numbered, tasks_of


def test_the_package_offers_it() -> None:
    assert gridplan.tasks_of is tasks_of


def test_grids_by_number() -> None:
    assert numbered(["b", "", "a", "b"]).tolist() == [1, -1, 0, 1]
    assert numbered([]).tolist() == []


def test_each_community_asks_by_its_own_rules(demo: Prepared) -> None:
    tasks = tasks_of(demo)
    assert list(tasks) == list(demo.fabric.graphs)
    places = demo.layers.communities.set_index("community_code")
    for code, task in tasks.items():
        rural = places.loc[code, "residence_class"] == "rural"
        limits = (0, 300, 1000) if rural else (300, 500, 300)
        assert (task.lower, task.upper, task.radius_m) == limits
        assert task.graph is demo.fabric.graphs[code]
        theirs = demo.present_grid.reindex(list(task.graph.ids))
        assert task.present is not None
        assert ((task.present < 0) == (theirs == "").to_numpy()).all()
        assert len(set(task.present) - {-1}) == theirs[theirs != ""].nunique()


@pytest.mark.parametrize("source", list(GridCount))
def test_the_number_comes_from_where_the_rules_say(demo: Prepared, source: GridCount) -> None:
    code = next(iter(demo.fabric.graphs))
    rules = replace(demo.rules, grid_count=source, given_count={code: 7}, keep_present=False)
    task = tasks_of(replace(demo, rules=rules))[code]
    roster = demo.layers.roster.set_index("community_code")["posts"]
    grids = demo.present_grid[list(task.graph.ids)]
    asked = {
        GridCount.GIVEN: 7,
        GridCount.ROSTER: roster[code],
        GridCount.PRESENT: grids.nunique(),
        GridCount.FEWEST: None,
    }
    assert task.groups == asked[source]
    assert (task.count is Count.FEWEST) == (source is GridCount.FEWEST)
    assert task.present is None
