"""New grids inherit from present ones so that the fewest households move."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.analyse.lineage import lineage


def told(new: str, old: list[str], households: list[int]) -> pd.DataFrame:
    ids = [f"u{i}" for i in range(len(new))]
    units = gpd.GeoDataFrame({"unit_id": ids, "households": households})
    return lineage(units, pd.Series(list(new), ids), pd.Series(old, ids))


def test_kept_adjusted_and_new() -> None:
    table = told("aabbc", ["P", "P", "Q", "Q", "Q"], [100, 100, 200, 100, 100])
    assert table["change"].to_dict() == {"a": "keep", "b": "adjust", "c": "new"}
    assert table["present"].to_dict() == {"a": "P", "b": "Q", "c": ""}
    assert table["moved_households"].to_dict() == {"a": 0, "b": 0, "c": 100}


def test_units_without_households_decide_where_nothing_else_does() -> None:
    table = told("aab", ["P", "P", "Q"], [0, 0, 0])
    assert table["present"].to_dict() == {"a": "P", "b": "Q"}
    assert set(table["change"]) == {"keep"}
    park = told("aaa", ["P", "Q", "Q"], [1, 0, 0])
    assert park["present"].to_dict() == {"a": "P"}


def test_a_grid_that_gives_away_an_empty_building_is_no_longer_as_it_was() -> None:
    table = told("abb", ["P", "P", "Q"], [50, 0, 50])
    assert table["change"].to_dict() == {"a": "adjust", "b": "adjust"}
    assert table["moved_households"].tolist() == [0, 0]


def test_what_is_in_no_grid_is_missed_by_the_one_it_was_in() -> None:
    units = gpd.GeoDataFrame({"unit_id": ["u", "v"], "households": [5, 5]})
    old = pd.Series(["P", "P"], ["u", "v"])
    for left in (pd.Series(["a", ""], ["u", "v"]), pd.Series(["a"], ["u"])):
        table = lineage(units, left, old)
        assert table.to_dict("index") == {
            "a": {"present": "P", "moved_households": 0, "change": "adjust"}
        }


def test_nothing_to_inherit() -> None:
    table = told("ab", ["", ""], [100, 50])
    assert table["moved_households"].tolist() == [100, 50]
    assert set(table["change"]) == {"new"}


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("PQR"), st.integers(1, 99)),
                min_size=1, max_size=12))  # fmt: skip
def test_no_other_matching_moves_fewer(rows: list[tuple[str, str, int]]) -> None:
    new, old, households = zip(*rows, strict=True)
    table = told("".join(new), list(old), list(households))
    shared = np.zeros((3, 3))
    for n, o, h in rows:
        shared["abc".index(n), "PQR".index(o)] += h
    best = max(
        sum(shared[i, j] for i, j in enumerate(order)) for order in itertools.permutations(range(3))
    )
    assert table["moved_households"].sum() == sum(households) - best
