"""A broken rule is an exception only with a proof of its own kind and place."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from shapely import box

from gridplan.analyse.verdict import prove, scope_breaches, tiling_breaches
from gridplan.partition.outcome import Reason
from gridplan.plan import Finding
from gridplan.rules import Rule

GRID_OF_UNIT = pd.Series({"a": "x", "b": "x", "c": "y"})


def judged(rule: Rule, grid: str, key: str, unit: int) -> Finding:
    finding = Finding(rule, grid, 900.0, 500.0, "breach.upper.households")
    reason = Reason(key, (unit,), {"households": 900})
    (result,) = prove([finding], {"A": [reason]}, {"A": ("a", "b", "c")}, GRID_OF_UNIT)
    return result


def test_proof_of_the_same_place_and_kind_counts() -> None:
    assert judged(Rule.UPPER, "x", "reason.unit_too_heavy", 1).proved
    assert judged(Rule.UPPER, "x", "reason.unit_too_heavy", 1).key == "reason.unit_too_heavy"


def test_proof_elsewhere_or_of_another_kind_does_not() -> None:
    assert not judged(Rule.UPPER, "y", "reason.unit_too_heavy", 1).proved
    assert not judged(Rule.RADIUS, "x", "reason.unit_too_heavy", 1).proved
    assert not judged(Rule.UPPER, "x", "reason.sparse_place", 1).proved
    assert not judged(Rule.CONTIGUITY, "x", "reason.component", 1).proved


def test_grid_across_a_compound_that_is_cut_inside_itself() -> None:
    units = gpd.GeoDataFrame({"unit_id": list("abc"), "scope": ["", "K", "K"]})
    assert [finding.grid for finding in scope_breaches(units, GRID_OF_UNIT)] == ["x"]


def place(*boxes: tuple[float, float, float, float]) -> tuple[Finding, ...]:
    communities = gpd.GeoDataFrame(
        {"community_code": ["A"], "name": ["甲"]}, geometry=[box(0, 0, 10, 10)], crs="EPSG:32650"
    )
    grids = gpd.GeoDataFrame(
        {"grid_id": [str(i) for i in range(len(boxes))], "community": "A"},
        geometry=[box(*corners) for corners in boxes],
        crs="EPSG:32650",
    )
    return tiling_breaches(grids, communities)


def test_tiling() -> None:
    assert place((0, 0, 5, 10), (5, 0, 10, 10)) == ()
    assert place((0, 0, 5, 10), (6, 0, 10, 10))[0].rule is Rule.COVERAGE
    assert place((0, 0, 6, 10), (5, 0, 10, 9))[0].rule is Rule.COVERAGE
