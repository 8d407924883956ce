"""No small count can be worked out from what is told, held to every table that could be meant."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.cases.disclosure import Sum, Telling, protect

WHOLE, SMALL, HELD = Telling.WHOLE, Telling.SMALL, Telling.HELD


def with_total(parts: list[int]) -> tuple[list[int], list[Sum]]:
    return [*parts, sum(parts)], [(len(parts), range(len(parts)))]


def crossed(table: list[list[int]]) -> tuple[list[int], list[Sum]]:
    """A table with totals of rows, of columns and of all, row by row, the totals last."""
    cells = np.array(table)
    whole = np.vstack([np.column_stack([cells, cells.sum(1)]), [*cells.sum(0), cells.sum()]])
    place = np.arange(whole.size).reshape(whole.shape)
    sums: list[Sum] = [(row[-1], row[:-1].tolist()) for row in place]
    sums += [(column[-1], column[:-1].tolist()) for column in place.T]
    return whole.ravel().tolist(), sums


def possible(counts: list[int], sums: list[Sum], told: np.ndarray, least: int) -> list[set[int]]:
    """Every value that each count can have for one who knows what is told, by trying all."""
    ceiling = 2 * max(*counts, least)
    ranges = [
        [count] if telling == WHOLE else range(1, least) if telling == SMALL else range(ceiling + 1)
        for count, telling in zip(counts, told, strict=True)
    ]
    found: list[set[int]] = [set() for _ in counts]
    totals = {total for total, _ in sums}
    free = [place for place in range(len(counts)) if place not in totals]
    for values in product(*(ranges[place] for place in free)):
        guess = dict(zip(free, values, strict=True))
        for _ in range(2):  # totals of totals follow in the second round
            for total, parts in sums:
                if all(part in guess for part in parts):
                    guess[total] = sum(guess[part] for part in parts)
        fits = all(guess[t] == sum(guess[p] for p in parts) for t, parts in sums)
        if fits and all(guess[place] in ranges[place] for place in totals):
            for place, value in guess.items():
                found[place].add(value)
    return found


def nothing_small_is_open(counts: list[int], sums: list[Sum], least: int = 5) -> None:
    told = protect(counts, sums, least)
    values = possible(counts, sums, told, least)
    for count, telling, could_be in zip(counts, told, values, strict=True):
        assert count in could_be
        if 0 < count < least:
            assert telling != WHOLE
            assert len(could_be) > 1


@settings(max_examples=60)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=3))
def test_list_with_a_total(parts: list[int]) -> None:
    nothing_small_is_open(*with_total(parts))


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), min_size=1, max_size=2)
    | st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=1), min_size=1, max_size=3)
)
def test_table_with_both_totals(table: list[list[int]]) -> None:
    nothing_small_is_open(*crossed(table), least=3)


def test_one_small_count_takes_the_smallest_other_with_it() -> None:
    counts, sums = with_total([2, 30, 9, 0])
    assert protect(counts, sums).tolist() == [SMALL, WHOLE, HELD, WHOLE, WHOLE]


def test_two_small_counts_hide_each_other_unless_the_total_pins_them() -> None:
    assert protect(*with_total([2, 3, 30])).tolist() == [SMALL, SMALL, WHOLE, WHOLE]
    assert protect(*with_total([4, 4, 30])).tolist()[2] == HELD  # 8 of two below 5
    assert protect(*with_total([1, 1, 30])).tolist()[2] == HELD


def test_table_where_every_row_and_column_hides_two_but_one_is_open() -> None:
    """Two squares of small counts joined by one: each line has two unknowns, yet that one is open.

    ::

        2 3 | 0 0
        3 2 | 3 0     the 3 beside the squares is its row's and column's rest
        ----+----
        0 0 | 2 3
        0 0 | 3 2
    """
    table = [[2, 3, 0, 0], [3, 2, 3, 0], [0, 0, 2, 3], [0, 0, 3, 2]]
    counts, sums = crossed(table)
    told = protect(counts, sums)
    assert (told == SMALL).sum() == np.count_nonzero(table)
    assert (told == HELD).any()


def test_what_was_decided_above_stays() -> None:
    """Communities 12 and 9, of 21; in the first 1, 1 and 10, in the second 9."""
    counts = [21, 12, 9, 1, 1, 10, 9]
    sums = [(0, [1, 2]), (1, [3, 4, 5]), (2, [6])]
    told = protect(counts, sums, above=protect(counts[:3], sums[:1]))
    assert told.tolist() == [WHOLE, WHOLE, WHOLE, SMALL, SMALL, HELD, WHOLE]


def test_a_part_does_not_give_its_hidden_total_away() -> None:
    """The second community's 3 is hidden, and with it the first's 7; so are its categories."""
    counts = [10, 7, 3, 7, 3]
    sums = [(0, [1, 2]), (1, [3]), (2, [4])]
    told = protect(counts, sums, above=protect(counts[:3], sums[:1]))
    assert told.tolist() == [WHOLE, HELD, SMALL, HELD, SMALL]


def test_harmless_counts_are_held_first_and_hide_nothing_else() -> None:
    counts, sums = with_total([2, 30, 9, 40])
    assert protect(counts, sums, harmless=[3]).tolist() == [SMALL, WHOLE, WHOLE, HELD, WHOLE]
    counts, sums = with_total([1, 30, 9])
    assert protect(counts, sums, harmless=[0]).tolist() == [SMALL, WHOLE, WHOLE, WHOLE]


def test_planners_see_all() -> None:
    counts, sums = with_total([1, 2, 3])
    assert protect(counts, sums, 0).tolist() == [WHOLE] * 4


def test_wrong_total() -> None:
    with pytest.raises(ValueError, match="not the sum"):
        protect([1, 2, 4], [(2, [0, 1])])
