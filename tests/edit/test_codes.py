"""Codes of grids: the present one's where it goes on, else a draft that stays."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridplan.analyse.lineage import lineage
from gridplan.edit import Division, grid_codes, present_division
from gridplan.errors import GridplanError
from gridplan.graph import UnitGraph
from gridplan.prepared import Prepared
from tests.nine import LETTERS, PRESENT, division, nine_street
from tests.written import EAST, WEST


def test_present_grids_have_their_codes(nine: Prepared, demo: Prepared) -> None:
    assert present_division(nine) == division(PRESENT)
    assert grid_codes(nine, division(PRESENT)) == {c: c for c in ("P1", "P2", "P3", "Q1")}
    start = present_division(demo)
    assert grid_codes(demo, start) == {grid: grid for grid in start.units_of}


def test_a_code_goes_with_the_households(nine: Prepared) -> None:
    codes = grid_codes(nine, division("P1P2Q1P2P2Q1P3n1n2"))
    assert codes["n1"] == "P3"  # 80 households of 150
    assert (codes["P1"], codes["P2"]) == ("P1", "P2")


def test_drafts_run_as_a_map_is_read(nine: Prepared) -> None:
    """G1 H2 │ I1, D3 E4 │ F2, A5 B6 │ C3: read from north to south, from west to east."""
    codes = grid_codes(nine, division("n1n1Q1n2P2Q1n3P3n4"))
    assert codes["P2"] == "P2"
    drafts = {grid: codes[grid] for grid in ("n1", "n2", "n3", "n4") if codes[grid] != "P1"}
    assert drafts == {"n2": f"{WEST}003", "n3": f"{WEST}001", "n4": f"{EAST}001"}
    assert codes["n1"] == "P1"


def test_a_present_number_is_never_given_again(tmp_path: Path) -> None:
    codes = {"P1": f"{WEST}001", "P2": f"{WEST}002", "P3": f"{WEST}004", "Q1": f"{EAST}001"}
    area = nine_street(tmp_path / "area", codes)
    told = grid_codes(area, division("w1w1e1w2w2e1w3w4--"))
    assert told == {
        "e1": f"{EAST}001", "w1": f"{WEST}001", "w2": f"{WEST}002",
        "w3": f"{WEST}003",  # the first free, for the first unit as it is read
        "w4": f"{WEST}004",
    }  # fmt: skip


def test_a_number_that_two_communities_use_is_never_given(tmp_path: Path) -> None:
    twice = f"{WEST}001"
    area = nine_street(tmp_path / "area", {"P1": twice, "P2": "2", "P3": "3", "Q1": twice})
    told = grid_codes(area, division("w1w1e1w2w2e1w3w4--"))
    assert told == {
        "e1": f"{EAST}-{twice}", "w1": f"{WEST}-{twice}", "w2": "2", "w3": f"{WEST}002", "w4": "3",
    }  # fmt: skip


grids = st.lists(st.sampled_from(["--", "w1", "w2", "w3", "w4"]), min_size=9, max_size=9)


def of(names: list[str]) -> Division:
    """No grid in two communities."""
    east = ("C", "F", "I")
    return division(
        "".join(
            name.replace("w", "e") if letter in east else name
            for letter, name in zip(LETTERS, names, strict=True)
        )
    )


@given(grids)
def test_no_code_twice_and_none_without(nine: Prepared, names: list[str]) -> None:
    made = of(names)
    codes = grid_codes(nine, made)
    assert list(codes) == list(made.units_of)
    assert len(set(codes.values())) == len(codes)
    assert all(codes.values())


@given(grids, grids, st.sets(st.sampled_from(LETTERS), max_size=3))
def test_what_an_edit_leaves_alone_keeps_its_code(
    nine: Prepared, names: list[str], other: list[str], touched: set[str]
) -> None:
    before = of(names)
    after = Division(
        {unit: of(other).grid_of[unit] if unit in touched else grid
         for unit, grid in before.grid_of.items()}
    )  # fmt: skip
    kin = [kin_of(nine, side) for side in (before, after)]
    codes = [grid_codes(nine, side) for side in (before, after)]
    for grid, units in before.units_of.items():
        if after.units_of.get(grid) == units and kin[0][grid] == kin[1][grid]:
            assert codes[0][grid] == codes[1][grid]


def kin_of(area: Prepared, made: Division) -> pd.Series:
    return lineage(area.units.frame, pd.Series(dict(made.grid_of)), area.present_grid)["present"]


def lattice(units: int) -> Any:
    """One community of many units on a line from west to east, without present grids."""
    ids = tuple(f"u{number:05d}" for number in range(units))
    xy_m = np.column_stack([np.arange(units) * 10.0, np.zeros(units)])
    none = np.zeros((0, 2), dtype=np.int64)
    graph = UnitGraph(ids, np.ones(units, dtype=np.int64), xy_m, none, np.zeros(0))
    frame = pd.DataFrame({"unit_id": ids, "households": 1})
    return SimpleNamespace(
        units=SimpleNamespace(frame=frame),
        fabric=SimpleNamespace(graphs={WEST: graph}),
        present={},
        present_grid=pd.Series(dtype=object),
    )


def test_more_units_than_numbers() -> None:
    area = lattice(1998)
    made = Division({f"u{number:05d}": f"g{number // 2:04d}" for number in range(1998)})
    codes = grid_codes(area, made)
    assert list(codes.values()) == [f"{WEST}{number:03d}" for number in range(1, 1000)]
    pairs = Division({f"u{n:05d}": f"g{n}" if n < 4 else "rest" for n in range(1998)})
    assert sorted(grid_codes(area, pairs).values()) == [f"{WEST}{n:03d}" for n in range(1, 6)]
    single = Division({f"u{number:05d}": f"g{number}" for number in range(1998)})
    with pytest.raises(GridplanError, match="999"):
        grid_codes(area, single)
