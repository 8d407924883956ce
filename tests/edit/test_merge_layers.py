"""One start out of several layers: whole, in one piece, within limits, and nearer to the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.edit import Judge, layer_start, merged_start
from gridplan.prepared import Prepared
from gridplan.rules import Limit, Rule, RuleSet
from tests.board import board

FIFTY = [[50] * 4] * 4
HALVES, ROWS = ["AABB"] * 4, ["aaaa", "aaaa", "bbbb", "bbbb"]


@pytest.fixture(scope="module")
def anew(demo: Prepared) -> Callable[[int], Prepared]:
    """Draws layers by seed; hypothesis writes out what it is handed, so not the street itself."""

    def draw(seed: int) -> Prepared:
        return drawn_anew(demo, seed)

    return draw


@pytest.fixture(scope="module")
def judge(demo: Prepared) -> Judge:
    return Judge(demo)


def drawn_anew(demo: Prepared, seed: int) -> Prepared:
    """The demo street under one to four layers: strips, patches round points, mere chance."""
    rng = np.random.default_rng(seed)
    ids = [unit for graph in demo.fabric.graphs.values() for unit in graph.ids]
    xy_m = np.vstack([graph.xy_m for graph in demo.fabric.graphs.values()])
    first, present = next(iter(demo.present.values())), {}
    for number in range(rng.integers(1, 5)):
        count = int(rng.integers(2, 40))
        turn = rng.uniform(0, np.pi)
        along = xy_m @ [np.cos(turn), np.sin(turn)]
        away = np.linalg.norm(xy_m[:, None] - xy_m[rng.choice(len(xy_m), count)], axis=2)
        ways = (pd.qcut(along, count, labels=False), away.argmin(axis=1),
                rng.integers(count, size=len(ids)))  # fmt: skip
        grid = np.array([f"{label}" for label in ways[rng.integers(3)]], dtype=object)
        grid[rng.random(len(ids)) < rng.choice([0, 0.1])] = ""
        present[str(number)] = replace(first, unit_grid=pd.Series(grid, ids))
    return replace(demo, present=present)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), together=st.sampled_from([0.51, 0.75, 1.0]))
def test_every_unit_has_a_grid_in_one_piece_within_community_and_limit(
    anew: Callable[[int], Prepared], judge: Judge, seed: int, together: float
) -> None:
    town = anew(seed)
    division = merged_start(town, together=together)
    home = town.units.frame.set_index("unit_id")["community_code"]
    assert set(division.grid_of) == set(home.index)
    assert all(grid[:12] == home[unit] for unit, grid in division.grid_of.items())
    verdict = judge.judge(division)
    for state in verdict.grids.values():
        assert (state.pieces, state.scopes) == (1, 1)
        assert state.households <= state.upper or len(state.units) == 1
    assert {found.rule for found in verdict.findings} <= {Rule.LOWER, Rule.UPPER, Rule.RADIUS}
    assert merged_start(town, together=together) == division


def parts(town: Prepared, **asked: object) -> set[frozenset[str]]:
    return set(merged_start(town, **asked).units_of.values())


def half(*, columns: str = "0123", rows: str = "0123") -> frozenset[str]:
    return frozenset(f"h{row}{column}" for row in rows for column in columns)


def test_what_most_layers_keep_together_stays_together() -> None:
    """Quarters of 200 households are too small; two of three layers say which to join."""
    town = board(FIFTY, 一=HALVES, 二=HALVES, 三=ROWS)
    assert parts(town) == {half(columns="01"), half(columns="23")}
    assert parts(town, names=["三"]) == {half(rows="01"), half(rows="23")}
    assert parts(town, weights={"三": 3}) == {half(rows="01"), half(rows="23")}


def test_most_layers_join_what_is_large_enough_already() -> None:
    limits = RuleSet().urban
    wide = replace(limits, lower=replace(limits.lower, value=150), upper=Limit(900, ""))
    town = board(FIFTY, 一=HALVES, 二=HALVES, 三=ROWS)
    town = replace(town, rules=replace(town.rules, urban=wide))
    assert parts(town) == {half(columns="01"), half(columns="23")}
    assert len(parts(town, names=["一", "三"])) == 4  # neither has a majority


def test_what_all_keep_together_is_one_core_up_to_the_upper_limit() -> None:
    town = board(FIFTY, 一=["AAAA"] * 4)  # 800 households in one grid
    sizes = sorted(len(units) for units in parts(town))
    assert sum(sizes) == 16
    assert sizes[-1] <= 10


def test_a_house_that_no_layer_covers_goes_to_a_neighbour() -> None:
    town = board(FIFTY, 一=[".ABB", "AABB", "AABB", "AABB"])
    assert parts(town) == {half(columns="01"), half(columns="23")}


def test_where_the_layers_say_nothing_the_limits_alone_do() -> None:
    town = board(FIFTY, 一=["...."] * 3 + ["A..."])
    assert all(6 <= len(units) <= 10 for units in parts(town))


def test_the_merged_start_breaks_fewer_rules_than_any_layer(demo: Prepared, judge: Judge) -> None:
    merged = judge.judge(merged_start(demo)).findings
    alone = [judge.judge(layer_start(demo, name)).findings for name in demo.present]
    assert len(merged) * 2 < min(map(len, alone))
    assert not {found.rule for found in merged} & {Rule.CONTIGUITY, Rule.COMPOUND, Rule.GAP}


def test_a_layer_as_a_start_is_what_it_was(demo: Prepared) -> None:
    for name, present in demo.present.items():
        division = layer_start(demo, name)
        bare = {unit: grid[13:] for unit, grid in division.grid_of.items()}
        assert {u: g for u, g in bare.items() if g} == present.unit_grid[
            present.unit_grid != ""
        ].to_dict()
        assert len(bare) == len(demo.units.frame)


def test_weights_and_shares_out_of_range_are_refused(demo: Prepared) -> None:
    for asked in ({"together": 0.5}, {"together": 1.1}, {"weights": {"城管网格": 0.0}}):
        with pytest.raises(ValueError, match="together is above"):
            merged_start(demo, **asked)
