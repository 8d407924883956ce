"""What becomes of grids, told of units in a line: before over after."""

from __future__ import annotations

import pandas as pd

from gridplan.analyse.changes import change_kinds, crosswalk, has_moved
from gridplan.analyse.lineage import lineage
from tests.plans import small_plan


def line(before: str, after: str, households: list[int] | None = None) -> pd.DataFrame:
    """One letter a unit, "-" for none."""
    units = pd.DataFrame({"present": list(before), "grid_id": list(after)}).replace("-", "")
    units["unit_id"] = [f"u{number}" for number in range(len(units))]
    return units.assign(households=households or [10] * len(units))


def kinds(before: str, after: str) -> dict[str, str]:
    units = line(before, after)
    sides = (units.set_index("unit_id")[side] for side in ("grid_id", "present"))
    grids = lineage(units, *sides).reset_index(names="grid_id")
    return {grid: kind.value for grid, kind in change_kinds(units, grids).items()}


def test_each_kind_of_change() -> None:
    assert kinds("PPQQ", "aabb") == {"a": "keep", "b": "keep"}
    assert kinds("PPQQ", "aaaa") == {"a": "merge"}
    assert kinds("PPPP", "aaab") == {"a": "split", "b": "split"}
    assert kinds("PPPQQQ", "aabbbb") == {"a": "adjust", "b": "adjust"}
    assert kinds("PP--", "aabb") == {"a": "keep", "b": "new"}
    assert kinds("----", "aabb") == {"a": "new", "b": "new"}


def test_units_in_no_grid_are_no_grid() -> None:
    assert kinds("PPPP", "aa--") == {"a": "adjust"}
    assert kinds("PPPQQQ", "aa-aaa") == {"a": "merge"}  # two thirds of P
    assert kinds("PPPQQQ", "a--aaa") == {"a": "adjust"}  # one third


def test_kinds_of_the_drawn_plan() -> None:
    plan = small_plan()
    told = change_kinds(plan.units, plan.grids).to_dict()
    assert told == {"A1": "split", "A2": "split", "A3": "adjust", "B1": "merge"}


def test_crosswalk_knows_none_on_either_side() -> None:
    table = crosswalk(line("PPQ-", "a-aa", [10, 30, 20, 10])).set_index(["grid_id", "present"])
    assert table["households"].to_dict() == {
        ("", "P"): 30, ("a", ""): 10, ("a", "P"): 10, ("a", "Q"): 20,
    }  # fmt: skip
    assert table.loc[("a", "P"), "share_of_grid"] == 0.25
    assert table.loc[("a", "P"), "share_of_present"] == 0.25
    assert table.loc[("a", "Q"), "share_of_present"] == 1


def test_who_moves() -> None:
    units = line("PPQ--P", "abbb--")
    moved = has_moved(units, {"a": "P", "b": "Q"})
    assert moved.tolist() == [False, True, False, True, False, True]
    assert has_moved(units, {"a": "P", "b": ""}).tolist() == [False, True, True, True, False, True]
    assert has_moved(units.iloc[:0], {"a": "P"}).empty
