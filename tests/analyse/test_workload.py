"""Workload by the open formula, and a redraw that balances it.

Four houses of 10, 20, 30 and 0 households in a row, 50 m apart::

    a — b — c — d
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from gridplan.analyse.workload import (
    WorkloadWeights,
    balanced_measure,
    grid_workload,
    unit_workload,
    workload_measure,
)
from gridplan.fabric import build_fabric
from gridplan.load.layers import Layers
from gridplan.partition import Task, Terms, redraw_community
from gridplan.rules import RuleSet
from gridplan.units import build_units
from tests.case_tables import some_cases
from tests.drawn import DRAWN_CRS, drawn_layers, frame, house
from tests.street_blocks import block_street

X0 = 500_000.0


def at(x_m: float, y_m: float = 0.0) -> tuple[float, float]:
    return (X0 + x_m, y_m)


def row_of_four(**columns: list[float]) -> Layers:
    rows = [
        {"building_id": letter, "households": float(count), "people": 2.0 * count,
         "geometry": house(X0 + 50 * place)}
        for place, (letter, count) in enumerate(zip("abcd", (10, 20, 30, 0), strict=True))
    ]  # fmt: skip
    town = frame("communities", {"geometry": box(X0 - 30, -30, X0 + 180, 30)})
    buildings = frame("buildings", *rows).assign(**columns)
    return drawn_layers(buildings, source="column", communities=town)


def worked(layers: Layers, **asked: object) -> pd.DataFrame:
    units = build_units(layers, RuleSet())
    return unit_workload(layers, units, build_fabric(layers, units), **asked)


def test_every_term_counts_where_it_stands() -> None:
    cases = some_cases(
        {"at": at(2), "opened": "2025-03-01"},
        {"at": at(-8), "opened": "2024-06-01"},
        {"at": at(-8), "opened": "2023-06-01"},  # longer ago than 52 weeks
        {"at": at(50, 25), "opened": "2025-03-02"},
        {"at": at(2_000), "opened": "2025-03-02"},  # far away
        {"opened": "2025-03-02"},  # nowhere
    )
    facilities = gpd.GeoDataFrame(
        {"kind": ["学校", "养老", "医院"]},
        geometry=[Point(at(100)), Point(at(100)), Point(at(150, 5))],
        crs=DRAWN_CRS,
    )
    layers = row_of_four(special_households=[1.0, np.nan, 4.0, 0.0])
    found = worked(replace(layers, cases=cases, facilities=facilities))
    assert found.index.tolist() == list("abcd")
    assert found["households"].tolist() == [10, 20, 30, 0]
    assert found["cases"].tolist() == [2, 1, 0, 0]
    assert found["special_households"].tolist() == [1, 0, 4, 0]
    assert found["institutions"].tolist() == [0, 0, 1, 1]
    assert found["walk_m"].tolist() == pytest.approx([50, 50, 50, 0])
    # 1·households + ½·cases + 2·special + 10·institutions + 1·walk/100
    assert found["workload"].tolist() == pytest.approx([13.5, 21, 48.5, 10])


def test_weights_and_weeks_are_the_users() -> None:
    cases = some_cases({"at": at(2), "opened": "2025-03-01"}, {"at": at(2), "opened": "2025-01-01"})
    layers = replace(row_of_four(), cases=cases)
    weights = WorkloadWeights(household=0, case=3, walk_100_m=2, weeks=4)
    assert worked(layers, weights=weights)["workload"].tolist() == pytest.approx([4, 1, 1, 0])
    early = worked(layers, weights=weights, until=datetime(2025, 1, 2))
    assert early["cases"].tolist() == [1, 0, 0, 0]


def test_an_area_without_cases_or_facilities_has_households_and_ways() -> None:
    assert worked(row_of_four())["workload"].tolist() == pytest.approx([10.5, 20.5, 30.5, 0])


def test_difficulty_is_relative_to_the_median_grid_and_bounded() -> None:
    table = pd.DataFrame(
        {"households": [100.0, 100, 100, 100, 0], "workload": [100.0, 110, 50, 300, 7]},
        index=list("abcde"),
    )
    grids = pd.Series({"a": "1", "b": "2", "c": "3", "d": "3", "e": "4"})
    found = grid_workload(table, grids)
    assert found["workload"].tolist() == [100, 110, 350, 7]
    assert found["difficulty"].fillna(-1).tolist() == pytest.approx([100 / 110, 1, 1.25, -1])
    wide = grid_workload(table, grids, WorkloadWeights(easiest=0.5, hardest=9))
    assert wide["difficulty"].iloc[2] == pytest.approx(1.75 / 1.1)
    assert grid_workload(table, grids.drop("a")).index.tolist() == ["2", "3", "4"]


@pytest.mark.parametrize(
    "asked", [{"case": -1.0}, {"easiest": 1.1}, {"hardest": 0.9}, {"easiest": 0.0}]
)
def test_impossible_weights_are_refused(asked: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"zero|excludes"):
        WorkloadWeights(**asked)


@given(st.lists(st.floats(0, 500), min_size=1, max_size=30))
def test_whole_numbers_add_up_to_the_whole_workload(amounts: list[float]) -> None:
    ids = [f"u{place}" for place in range(len(amounts))]
    table = pd.DataFrame({"workload": amounts}, index=ids)
    amount = workload_measure(table, ids[::-1]).amount
    assert amount.sum() == round(sum(amounts[::-1]))
    assert np.abs(amount - np.array(amounts[::-1])).max() <= 1.5


def test_limits_round_the_mean() -> None:
    table = pd.DataFrame({"workload": [10.0, 20, 30]}, index=list("abc"))
    measure = balanced_measure(table, ["a", "b", "c"], 2, slack=0.2)
    assert (measure.name, measure.lower, measure.upper) == ("workload", 24, 36)
    with pytest.raises(ValueError, match="0 grids"):
        balanced_measure(table, ["a"], 0)


def test_a_redraw_balances_the_work() -> None:
    """Two rows of six blocks of 50 households; the work in the west is three times as much."""
    graph = block_street(np.full((2, 6), 50))
    busy = np.tile([3.0, 3, 3, 1, 1, 1], 2)
    table = pd.DataFrame({"households": 50.0, "workload": 50 * busy}, index=list(graph.ids))
    task = Task(graph, lower=100, upper=500, radius_m=500.0, groups=2)

    def work(task: Task) -> list[float]:
        labels = redraw_community(task, time_limit_s=4.0, seed=0).labels
        grids = pd.Series([str(label) for label in labels], index=list(graph.ids))
        return sorted(grid_workload(table, grids)["workload"])

    measure = balanced_measure(table, graph.ids, 2, slack=0.2)
    plain, balanced = work(task), work(replace(task, terms=Terms(measures=(measure,))))
    assert plain == [300, 900]
    assert measure.lower <= balanced[0] <= balanced[1] <= measure.upper
    assert sum(plain) == sum(balanced) == 1200


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_every_grid_of_a_balanced_redraw_keeps_the_limits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    graph = block_street(rng.integers(20, 60, (3, 5)))
    work = graph.weight * rng.uniform(1, 2, len(graph))
    table = pd.DataFrame({"households": graph.weight, "workload": work}, index=list(graph.ids))
    measure = balanced_measure(table, graph.ids, 3, slack=0.5)
    task = Task(graph, 50, 500, 1000.0, groups=3, terms=Terms(measures=(measure,)))
    outcome = redraw_community(task, time_limit_s=1.0, seed=0)
    for label in np.unique(outcome.labels):
        held = measure.amount[outcome.labels == label].sum()
        assert measure.lower <= held <= measure.upper
