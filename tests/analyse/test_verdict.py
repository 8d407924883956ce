"""A broken rule is an exception only with a proof of its own kind and place."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from gridplan.analyse.verdict import inherit, prove, scope_breaches, tiling_breaches
from gridplan.partition.outcome import Reason
from gridplan.plan import Finding, Plan
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


@pytest.mark.parametrize(
    ("key", "values", "zh", "en"),
    [
        (
            "reason.component",
            {"households": 128, "lower": 300, "upper": 500, "fewest": 1, "most": 0},
            "这一片共 128 户，没有可以合并的相邻楼栋，不足一个网格的下限 300 户",
            "fewer than the 300 that one grid needs",
        ),
        (
            "reason.component",
            {"households": 528, "lower": 300, "upper": 500, "fewest": 2, "most": 1},
            "划成 1 个网格会超过上限 500 户，划成 2 个又会不足下限 300 户",
            "in 1 they pass the upper limit of 500 a grid, in 2 they miss the lower limit of 300",
        ),
        (
            "reason.sparse_place",
            {"radius_m": 300.0, "lower": 300, "most": 254},
            "最多 254 户，不足下限 300 户",
            "at most 254 households",
        ),
        (
            "reason.sparse_place",
            {"radius_m": 300.0, "lower": 300, "most": 0},
            "没有能与此处连成一片的住户",
            "no households can be joined",
        ),
    ],
)
def test_a_proof_never_speaks_of_no_grids_or_no_households_as_a_number(
    key: str, values: dict[str, float], zh: str, en: str
) -> None:
    finding = Finding(Rule.LOWER, "x", 1.0, 300.0, key, values, proved=True)
    assert zh in finding.reason("zh")
    assert en in finding.reason("en")
    for text in (finding.reason("zh"), finding.reason("en")):
        assert " 0 " not in text


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


BLOCKS = {"a": 400, "b": 400, "c": 350, "d": 128}


def based(*exceptions: Finding) -> Plan:
    """Four units, a grid each, all of community A; and one of B, with what was proved of them."""
    units = pd.DataFrame({"unit_id": list("abcde"), "community": [*"AAAAB"]})
    return cast(
        "Plan", SimpleNamespace(units=units.assign(grid_id=list("abcde")), exceptions=exceptions)
    )


def excused(grid: str, key: str, households: int) -> Finding:
    values = {"households": households, "measure": "households"}
    held = float(BLOCKS.get(grid, 0))
    return Finding(Rule.LOWER, grid, held, 400.0, key, values, proved=True)


def inherited(base: Plan, grids: str) -> set[str]:
    """Grids with a proof after the units went to other grids, one letter each."""
    units = base.units.assign(grid_id=list(grids))
    found = [replace(known, key="breach.lower", proved=False) for known in base.exceptions]
    return {finding.grid for finding in inherit(found, base, units) if finding.proved}


def test_a_piece_of_several_grids_is_proved_only_while_none_changes() -> None:
    """A piece of 1 150 as 400, 400 and 350; and one that is a grid by itself."""
    base = based(excused("c", "reason.component", 1150), excused("d", "reason.component", 128))
    assert inherited(base, "abcde") == {"c", "d"}
    assert inherited(base, "bbcde") == {"d"}
    assert inherited(base, "abcdf") == {"c", "d"}


def test_what_is_proved_of_a_unit_stays_while_neighbours_change() -> None:
    base = based(excused("c", "reason.sparse_place", 1), excused("d", "reason.relaxation_bound", 1))
    assert inherited(base, "bbcde") == {"c"}


@pytest.mark.parametrize("key", ["reason.locked", "reason.exclusive"])
def test_where_a_mark_excused_a_grid_nothing_is_inherited(key: str) -> None:
    proofs = excused("c", "reason.sparse_place", 1), excused("e", "reason.sparse_place", 1)
    assert inherited(based(*proofs), "abcde") == {"c", "e"}
    assert inherited(based(*proofs, excused("a", key, 400)), "abcde") == {"e"}
