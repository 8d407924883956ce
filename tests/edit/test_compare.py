"""What lies between two divisions, counted by hand on nine buildings and by rule on any."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.analyse.changes import ChangeKind
from gridplan.edit import (
    Differences,
    Division,
    Judge,
    apply,
    compare_divisions,
    merge,
    move,
    present_division,
)
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from gridplan.rules import Rule
from tests.nine import HOUSEHOLDS, PRESENT, division
from tests.written import WEST

AFTER = "P1P2Q1P2P2Q1n1P3Q1"
"""B goes to P2, G to a grid of its own, I, in no grid before, to Q1."""


@pytest.fixture(scope="module")
def told(nine: Prepared) -> Differences:
    return compare_divisions(nine, division(PRESENT), division(AFTER))


def test_who_moves(told: Differences) -> None:
    assert told.units["unit_id"].tolist() == ["G", "B", "I"]
    assert told.moved_households == 70 + 20 + 90
    assert told.households == 450
    assert told.moved_share == 180 / 450
    rows = told.buildings[["building_id", "code_before", "code_after"]].to_numpy().tolist()
    assert rows == [["G", "P3", f"{WEST}001"], ["B", "P1", "P2"], ["I", "", "Q1"]]
    workers = told.buildings[["worker_before", "worker_after"]].to_numpy().tolist()
    assert workers == [["P3岗", ""], ["P1岗", "P2岗"], ["", "Q1岗"]]
    assert told.buildings["address"].tolist() == ["=长街G号", "=长街B号", "=长街I号"]


def test_grids_beside_those_that_they_continue(told: Differences) -> None:
    columns = ["code_after", "kind", "households_before", "households_after", "moved_in",
               "moved_out"]  # fmt: skip
    rows = [tuple(row) for row in told.grids[columns].to_numpy().tolist()]
    assert rows == [
        (f"{WEST}001", "split", 0, 70, 70, 0),
        ("P1", "adjust", 30, 10, 0, 20),
        ("P2", "merge", 90, 110, 20, 0),  # 20 of P1's 30 households
        ("P3", "split", 150, 80, 0, 70),
        ("Q1", "adjust", 90, 180, 90, 0),
    ]
    assert told.grids["community_name"].tolist() == ["西社区"] * 4 + ["东社区"]
    assert len(told.changed) == 5


def test_crosswalk_of_both_sides(told: Differences) -> None:
    rows = told.crosswalk.set_index(["code_before", "code_after"])
    assert rows.loc[("P1", "P2"), "share_of_before"] == pytest.approx(20 / 30)
    assert rows.loc[("P1", "P2"), "share_of_after"] == pytest.approx(20 / 110)
    assert rows.loc[("", "Q1"), "households"] == 90
    assert not rows.loc[("", "Q1"), "stays"]
    assert rows.loc[("P3", "P3"), "stays"]
    assert told.crosswalk["code_before"].iloc[-1] == ""  # what is in no grid comes last


def test_numbers_of_both_sides(told: Differences) -> None:
    one, other = told.before, told.after
    assert (one.state.grids, other.state.grids) == (4, 5)
    assert (one.state.largest, other.state.largest) == (150, 180)
    assert (one.state.mean, other.state.mean) == (90, 90)
    assert (one.state.uncovered_households, other.state.uncovered_households) == (90, 0)
    assert dict(one.state.broken) == {Rule.LOWER: 4}
    assert dict(other.state.broken) == {Rule.LOWER: 5}
    assert (one.workers_needed, other.workers_needed, told.posts) == (4, 5, 4)


def test_broken_rules_that_arise_stay_and_are_solved(told: Differences) -> None:
    rows = [(pair.change, pair.finding.rule.value, pair.code) for pair in told.findings]
    assert rows == [
        ("arisen", "lower", f"{WEST}001"),
        ("open", "lower", "P1"), ("open", "lower", "P2"), ("open", "lower", "P3"),
        ("open", "lower", "Q1"), ("solved", "gap", ""),
    ]  # fmt: skip
    pair = told.findings[2]
    assert pair.before is not None
    assert pair.after is not None
    assert (pair.before.value, pair.after.value) == (90, 110)


def test_a_merged_grid_is_withdrawn(nine: Prepared) -> None:
    before = division(PRESENT)
    told = compare_divisions(nine, before, apply(before, merge(nine, before, ["P1"], "P2")))
    gone = told.grids[told.grids["kind"] == ChangeKind.WITHDRAW].iloc[0]
    assert (gone["code_before"], gone["after"], gone["worker_before"]) == ("P1", "", "P1岗")
    assert (gone["households_after"], gone["moved_out"]) == (0, 30)
    assert told.moved_households == 30
    assert [pair.code for pair in told.findings if pair.change == "solved"] == ["P1"]


def test_taken_out_of_any_grid(nine: Prepared) -> None:
    before = division(PRESENT)
    told = compare_divisions(nine, before, apply(before, move(nine, before, ["D"], "")))
    assert told.buildings[["code_before", "code_after"]].to_numpy().tolist() == [["P2", ""]]
    assert told.moved_households == 40
    p2 = told.grids.set_index("after").loc["P2"]
    assert (p2["kind"], p2["moved_in"], p2["moved_out"]) == ("adjust", 0, 40)


def test_the_same_twice_and_a_park_without_households(demo: Prepared) -> None:
    start = present_division(demo)
    told = compare_divisions(demo, start, start)
    assert told.moved_households == 0
    assert told.units.empty
    assert told.buildings.empty
    assert told.changed.empty
    assert all(pair.change == "open" for pair in told.findings)
    park = told.grids.set_index("before").loc["TX04"]
    assert park["households_before"] == 0
    assert (park["code_after"], park["worker_after"]) == ("TX04", "桃溪4号岗")


def test_other_data_are_refused(nine: Prepared) -> None:
    with pytest.raises(GridplanError, match=r"1 个单元（如 I）"):
        compare_divisions(
            nine, division(PRESENT), Division(dict(list(division(AFTER).grid_of.items())[:-1]))
        )


def any_division() -> st.SearchStrategy[Division]:
    return st.lists(st.sampled_from(["--", "g1", "g2", "g3"]), min_size=9, max_size=9).map(
        lambda names: division("".join(names))
    )


def fewest_moved(before: Division, after: Division) -> int:
    """Over every matching of grids, one to one."""
    shared = {(b, a): 0 for b in ("", "g1", "g2", "g3") for a in ("", "g1", "g2", "g3")}
    for unit, count in HOUSEHOLDS.items():
        shared[before.grid_of[unit], after.grid_of[unit]] += count
    names = ("g1", "g2", "g3")
    best = max(
        sum(shared[b, a] for b, a in zip(names, order, strict=True))
        for order in itertools.permutations(names)
    )
    return sum(HOUSEHOLDS.values()) - best - shared["", ""]


@settings(max_examples=30)
@given(any_division(), any_division())
def test_rules_of_any_two(nine: Prepared, before: Division, after: Division) -> None:
    told = compare_divisions(nine, before, after)
    pairs = told.crosswalk
    assert told.moved_households == fewest_moved(before, after)
    assert told.moved_households == pairs.loc[~pairs["stays"], "households"].sum()
    assert told.moved_households == told.buildings["households"].sum()
    assert pairs["households"].sum() == told.households
    for side in ("before", "after"):
        shares = pairs.groupby(side)[f"share_of_{side}"].sum()
        assert ((shares - 1).abs() < 1e-9).all()
    lost = told.units.loc[told.units["after"] == "", "households"].sum()
    assert told.grids["moved_in"].sum() + lost == told.moved_households
    assert set(told.grids["after"]) - {""} == set(after.units_of)
    assert set(told.grids["before"]) - {""} == set(before.units_of)
    gone = told.grids["kind"] == ChangeKind.WITHDRAW
    assert (gone == (told.grids["after"] == "")).all()
    kept = told.grids[told.grids["kind"] == ChangeKind.KEEP]
    for row in kept.itertuples():
        assert before.units_of[row.before] == after.units_of[row.after]


@settings(max_examples=30)
@given(any_division(), any_division())
def test_every_broken_rule_is_told_once(nine: Prepared, before: Division, after: Division) -> None:
    told = compare_divisions(nine, before, after)
    judge = Judge(nine)
    sides = ([pair.before for pair in told.findings], [pair.after for pair in told.findings])
    for side, made in zip(sides, (before, after), strict=True):
        found = [finding for finding in side if finding is not None]
        wanted = judge.judge(made).findings
        assert sorted(map(str, found)) == sorted(map(str, wanted))


@settings(max_examples=20)
@given(any_division())
def test_nothing_lies_between_one_and_itself(nine: Prepared, made: Division) -> None:
    told = compare_divisions(nine, made, made)
    assert told.moved_households == 0
    assert told.buildings.empty
    assert told.changed.empty
    assert isinstance(told.lineage, pd.DataFrame)
    assert dict(told.lineage["present"]) == {grid: grid for grid in made.units_of}
