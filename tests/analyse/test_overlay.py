"""Layers over one another on a drawn board: what they share, and how far they agree."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from gridplan.analyse.overlay import agreement, border_agreement, overlay_matrix
from gridplan.prepared import Prepared
from tests.board import board

FIFTY = [[50] * 4] * 4
HALVES, QUARTERS = ["AABB"] * 4, ["aabb", "aabb", "ccdd", "ccdd"]


def labelled(town: Prepared, **layers: list[str]) -> Prepared:
    """The town with other grids of its houses, which are units, by name."""
    ids = town.units.buildings["building_id"]
    first = next(iter(town.present.values()))
    present = {
        name: replace(
            first,
            layer=name,
            unit_grid=pd.Series(grids, ids.to_numpy(), dtype=object),
            building_grid=pd.Series(grids, ids.to_numpy(), dtype=object),
        )
        for name, grids in layers.items()
    }
    return replace(town, present=present)


@cache
def town() -> Prepared:
    return board([[10, 20, 30, 0], [5, 0, 0, 1], [7, 9, 2, 4]], 一=["AABB", "AABB", "CC.."])


grids = st.lists(st.sampled_from(["", "1", "2", "3"]), min_size=12, max_size=12)


@settings(max_examples=40)
@given(one=grids, other=grids)
def test_the_matrix_is_that_of_counting_house_by_house(one: list[str], other: list[str]) -> None:
    houses = town().units.buildings
    present = labelled(town(), 一=one, 二=other).present
    matrix = overlay_matrix(houses, present["一"], present["二"]).set_index(["one", "other"])
    counts = houses["households"].tolist()
    for a in {*one}:
        whole = sum(count for count, mine in zip(counts, one, strict=True) if mine == a)
        for b in {*other}:
            both = [n for n, x, y in zip(counts, one, other, strict=True) if (x, y) == (a, b)]
            assert ((a, b) in matrix.index) == bool(both)
            if both:
                row = matrix.loc[(a, b)]
                assert (row["households"], row["buildings"]) == (sum(both), len(both))
                share = sum(both) / max(whole, 1) if a else np.nan
                assert row["share_of_one"] == pytest.approx(share, nan_ok=True)
    assert matrix["households"].sum() == sum(counts)


@settings(max_examples=40)
@given(one=grids, other=grids, alone=st.booleans())
def test_the_index_is_scikit_learns_over_households(
    one: list[str], other: list[str], alone: bool
) -> None:
    """One household a house, or each house as often as it has households."""
    houses = town().units.buildings
    houses = houses.assign(households=1) if alone else houses
    told = agreement(houses, labelled(town(), 一=one, 二=other).present).iloc[0]
    both = [bool(a and b) for a, b in zip(one, other, strict=True)]
    times = houses["households"].to_numpy() * both
    assert told["households"] == times.sum()
    if not times.sum():
        assert np.isnan(told["rand"])
        assert np.isnan(told["matched"])
        return
    sides = (np.repeat(np.array(side, dtype=object), times) for side in (one, other))
    assert told["rand"] == pytest.approx(adjusted_rand_score(*sides))


def test_every_two_layers_stand_beside_each_other_once() -> None:
    town = board(FIFTY, 一=HALVES, 二=QUARTERS, 三=HALVES)
    pairs = agreement(town.units.buildings, town.present)
    assert list(zip(pairs["one"], pairs["other"], strict=True)) == [
        ("一", "二"), ("一", "三"), ("二", "三"),
    ]  # fmt: skip
    assert pairs["matched"].tolist() == [0.5, 1.0, 0.5]  # a quarter is matched to each half
    assert pairs["rand"].iloc[1] == 1
    assert agreement(town.units.buildings, {"一": town.present["一"]}).empty


def test_borders_that_all_share_and_that_one_alone_has() -> None:
    town = board(FIFTY, 一=HALVES, 二=QUARTERS, 三=["xxxx", "xxxx", "yyyy", "yyyy"])
    two = {name: town.present[name] for name in ("一", "二")}
    table = border_agreement(town.fabric, two).set_index("layer")
    assert table.loc["一"].tolist() == pytest.approx([400, 400, 0], abs=4)
    assert table.loc["二"].tolist() == pytest.approx([800, 400, 400], abs=4)
    table = border_agreement(town.fabric, town.present).set_index("layer")
    assert table["shared_m"].tolist() == [0, 0, 0]
    assert table["alone_m"].tolist() == [0, 0, 0]
