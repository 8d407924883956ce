"""The curve: from least change to the most compact, each plan better in one and worse in the other."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from gridplan import jobs
from gridplan.edit import Division, Judge, Mark, Trade, apply, curve
from gridplan.edit.curve import _Choice, _hull, _spread
from gridplan.edit.standing import Standing
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from tests.edit.conftest import Area
from tests.edit.two_grids import cheapest_two, cost_of


def drawn(prepared: Prepared, division: Division, **asked: int) -> tuple[Trade, ...]:
    with ThreadPoolExecutor(2) as pool, pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "SHORTEST_S", 0.2)  # so small a community needs no two seconds
        return curve(prepared, division, time_limit_s=2, executor=pool, **asked)


@pytest.fixture(scope="module")
def street(area: Area) -> Prepared:
    """Three communities whose grids could be squares; their households differ."""
    return area(
        {
            "A": [[2, 2, 2, 2], [2, 2, 2, 2]],
            "B": [[1, 2, 2, 3], [1, 2, 2, 2]],
            "C": [[2, 3, 1, 2], [2, 1, 3, 2]],
        }
    )


@pytest.fixture(scope="module")
def rows(street: Prepared) -> Division:
    """Every row of four is a grid: legal, and less compact than squares."""
    grid_of = {
        unit: f"{code}-{1 + place // 4}"
        for code, graph in street.fabric.graphs.items()
        for place, unit in enumerate(graph.ids)
    }
    return Division(grid_of)


@pytest.fixture(scope="module")
def trades(street: Prepared, rows: Division) -> tuple[Trade, ...]:
    return drawn(street, rows)


def test_it_begins_with_what_is_and_ends_compact(
    street: Prepared, rows: Division, trades: tuple[Trade, ...]
) -> None:
    assert Judge(street).judge(rows).findings == ()
    assert len(trades) == 4  # one step in each community
    assert (trades[0].edit, trades[0].moved_households) == (None, 0)
    assert trades[0].stay_price == math.inf
    households = street.units.frame.set_index("unit_id")["households"]
    for trade in trades:
        after = rows if trade.edit is None else apply(rows, trade.edit)
        moved = () if trade.edit is None else trade.edit.moved
        assert trade.moved_households == sum(households[unit] for unit in moved)
        assert trade.compactness == pytest.approx(
            sum(
                cost_of(graph, after.units_of[grid])
                for graph in street.fabric.graphs.values()
                for grid in {after.grid_of[unit] for unit in graph.ids}
            )
        )
        assert trade.breaches == 0
        assert set(after.units_of) == set(rows.units_of)
    last = apply(rows, trades[-1].edit)
    for graph in street.fabric.graphs.values():
        mine = {last.units_of[last.grid_of[unit]] for unit in graph.ids}
        assert sum(cost_of(graph, units) for units in mine) == cheapest_two(graph, graph.ids)


def test_no_plan_is_dominated_and_the_prices_are_slopes(trades: tuple[Trade, ...]) -> None:
    for one, other in pairwise(trades):
        assert one.moved_households < other.moved_households
        assert one.compactness > other.compactness
        assert one.stay_price >= other.stay_price > 0
        saved = one.compactness - other.compactness
        moved = other.moved_households - one.moved_households
        assert other.stay_price == pytest.approx(saved / moved)


def test_what_is_broken_is_mended_first_and_held_grids_stay(
    street: Prepared, rows: Division
) -> None:
    torn = {**rows.grid_of, "A00": "A-2", "B03": ""}
    division = Division(torn, {"C-1": frozenset({Mark.LOCKED})})
    trades = drawn(street, division, points=3)
    assert 1 <= len(trades) <= 3
    for trade in trades:
        assert trade.edit is not None
        after = apply(division, trade.edit)
        assert after.units_of["C-1"] == division.units_of["C-1"]
        assert set(Standing(street).missed(after).values()) == {0.0}


def test_ends_and_locks(street: Prepared, rows: Division) -> None:
    with pytest.raises(ValueError, match="two ends"):
        curve(street, rows, points=1)
    locked = Division(rows.grid_of, dict.fromkeys(rows.units_of, frozenset({Mark.LOCKED})))
    with pytest.raises(GridplanError, match="没有可以调整"):
        curve(street, locked)


def test_of_many_plans_those_apart_are_shown() -> None:
    told = [[0, 9], [1, 8.9], [2, 8.8], [50, 5], [51, 4.9], [100, 0]]
    assert _spread(np.array(told), 3) == [0, 4, 5]
    assert _spread(np.array(told), 9) == [0, 1, 2, 3, 4, 5]
    assert _spread(np.array(told[:1]), 5) == [0]


def test_only_what_is_cheapest_at_some_price_counts() -> None:
    """9 lies above the line from 10 to 4; 4.5 and 3.5 are dominated by what moves fewer."""
    told = [(2.0, 4.0), (0.0, 10.0), (1.0, 9.0), (3.0, 4.5), (2.0, 4.2), (5.0, 3.0), (6.0, 3.5)]
    hull = _hull([_Choice({}, moved, cost) for moved, cost in told])
    assert [(choice.moved, choice.cost) for choice in hull] == [(0, 10), (2, 4), (5, 3)]
