"""Who keeps a code and who gets a new one: the rule, beside one that looks at every pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridplan.errors import GridplanError
from gridplan.store import Descent, NewGrid
from gridplan.store.numbering import codes_of, continued, descents
from tests.store.begun import HOME, grid

OTHER = "320508001002"


def test_more_than_half_of_both_keeps_the_code() -> None:
    """Of G1's 400 households 201 lie in a, which has 401; of G2's 300 no grid has more than half."""
    grids = [
        grid("a", 0, 401, parents={"G1": 201, "G2": 150}),
        grid("b", 100, 350, parents={"G1": 199, "G2": 150}),
    ]
    assert continued(grids, {"G1": 400, "G2": 300}) == {"a": "G1"}
    assert continued(grids, {"G1": 402, "G2": 300}) == {}  # half is not more than half
    codes = codes_of(grids, {"G1": 400, "G2": 300}, ["G1", "G2"])
    assert codes == {"a": "G1", "b": f"{HOME}001"}
    assert descents(grids, {"G1": 400, "G2": 300}, codes)[0] == Descent(
        "G1", f"{HOME}001", 199, 199 / 400, 199 / 350
    )


def test_a_grid_without_households_keeps_the_code_of_its_ground() -> None:
    park = grid("park", 0, 0, ground_of="P")
    assert continued([park], {"P": 0}) == {"park": "P"}
    assert continued([park], {"P": 5}) == {}  # people live there now: it is another grid
    twice = [park, grid("lake", 100, 0, ground_of="P")]
    assert continued(twice, {"P": 0}) == {"park": "P"}
    assert descents([park], {"P": 0}, {"park": "P"}) == [Descent("P", "P", 0, 0.0, 0.0)]


def test_a_code_of_another_community_is_not_taken_along() -> None:
    """A grid passed to the community beside it; one whose community is no more keeps its code."""
    passed = grid("a", 0, 10, parents={f"{OTHER}004": 10})
    there = NewGrid("b", OTHER, 10, 20, shapely.box(200, 0, 300, 100))
    assert continued([passed, there], {f"{OTHER}004": 10}) == {}
    assert continued([passed], {f"{OTHER}004": 10}) == {"a": f"{OTHER}004"}


def test_new_numbers_run_as_a_map_is_read_after_the_highest() -> None:
    grids = [grid("east", 200), grid("west", 0), grid("middle", 100)]
    used = [f"{HOME}002", f"{HOME}005", f"{OTHER}044", "G9"]
    codes = codes_of(grids, {}, used)
    assert codes == {"west": f"{HOME}006", "middle": f"{HOME}007", "east": f"{HOME}008"}


def test_gaps_serve_when_the_numbers_end_and_then_nothing() -> None:
    used = {f"{HOME}{number:03d}" for number in range(1, 1000)} - {f"{HOME}003", f"{HOME}070"}
    assert codes_of([grid("a", 0)], {}, used) == {"a": f"{HOME}003"}
    with pytest.raises(GridplanError, match="全部用过"):
        codes_of([grid(name, x) for x, name in enumerate("abc")], {}, used)


@pytest.mark.parametrize(
    ("grids", "said"),
    [
        ([grid("a", 0, 10, parents={"Z": 5})], "Z"),
        ([grid("a", 0, 0, ground_of="Z")], "Z"),
        ([grid("a", 0, 10, parents={"G1": 11})], "a"),
        ([grid("a", 0, 10, parents={"G1": -1})], "a"),
        ([grid("a", 0, 30, parents={"G1": 15}), grid("b", 0, 30, parents={"G1": 6})], "G1"),
        ([NewGrid("a", "12", 1, 1, shapely.box(0, 0, 1, 1))], "12"),
    ],
)
def test_counts_that_cannot_be_are_refused(grids: list[NewGrid], said: str) -> None:
    with pytest.raises(GridplanError, match=said):
        codes_of(grids, {"G1": 20}, [])


@st.composite
def redrawn(draw: Callable[[Any], Any]) -> tuple[list[NewGrid], dict[str, int]]:
    """Households by old and new grid; a row or a column may be empty."""
    olds = [f"{HOME}{number:03d}" for number in range(1, draw(st.integers(1, 4)))] + ["X-1"]
    news = draw(st.integers(1, 5))
    table = [draw(st.lists(st.integers(0, 9), min_size=news, max_size=news)) for _ in olds]
    strangers = draw(st.lists(st.integers(0, 9), min_size=news, max_size=news))
    gone = draw(st.lists(st.integers(0, 9), min_size=len(olds), max_size=len(olds)))
    before = {old: sum(row) + lost for old, row, lost in zip(olds, table, gone, strict=True)}
    grids = [
        grid(f"g{at}", 100.0 * at, sum(row[at] for row in table) + strangers[at],
             parents={old: row[at] for old, row in zip(olds, table, strict=True)})
        for at in range(news)
    ]  # fmt: skip
    return grids, before


@given(redrawn(), st.sets(st.integers(1, 30)))
def test_any_redraw(drawn: tuple[list[NewGrid], dict[str, int]], numbers: set[int]) -> None:
    grids, before = drawn
    used = {f"{HOME}{number:03d}" for number in numbers} | before.keys()
    codes = codes_of(grids, before, used)
    assert codes.keys() == {new.grid_id for new in grids}
    assert len(set(codes.values())) == len(codes)
    for new in grids:  # the rule as it is said
        heir_of = [
            old
            for old, total in before.items()
            if new.parents[old] > total / 2 and new.parents[old] > new.households / 2
        ]
        if heir_of:
            assert [codes[new.grid_id]] == heir_of
        else:
            assert codes[new.grid_id] not in used
    fresh = [codes[new.grid_id] for new in grids if codes[new.grid_id] not in used]
    assert fresh == sorted(fresh)  # they lie from west to east
    found = descents(grids, before, codes)
    for new in grids:
        mine = [row for row in found if row.new == codes[new.grid_id]]
        assert sum(row.households for row in mine) == sum(new.parents.values())
        assert sum(row.share_of_new for row in mine) <= 1 + 1e-9
    for old in before:
        assert sum(row.share_of_old for row in found if row.old == old) <= 1 + 1e-9
