"""Whether a count differs from the periods before."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridplan.reports.figures import Figure, verdict


@pytest.mark.parametrize(
    ("count", "before", "expected"),
    [
        (10, [10, 10, 10], "level"),
        (30, [10, 10, 10], "up"),
        (1, [10, 10, 10], "down"),
        (13, [10, 10, 10], "level"),
        (5, [], ""),
        (0, [0, 0], ""),
    ],
)
def test_verdicts(count: int, before: list[int], expected: str) -> None:
    assert verdict(count, before, 0.05) == expected


@given(st.integers(0, 25), st.lists(st.integers(0, 12), min_size=1, max_size=4))
def test_a_rise_is_what_chance_hardly_brings(count: int, before: list[int]) -> None:
    """Against the binomial distribution written out: two-sided by likelihood."""
    total, share = count + sum(before), 1 / (len(before) + 1)
    chances = [comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(total + 1)]
    p_value = sum(chance for chance in chances if chance <= chances[count] * (1 + 1e-7))
    clear = verdict(count, before, 0.05) in ("up", "down")
    if abs(p_value - 0.05) > 1e-9:
        assert clear == (p_value < 0.05)


def test_changes_of_counts_are_relative_and_of_shares_differences() -> None:
    count = Figure("count", 30, 20, 0, 30)
    assert count.change(count.previous) == pytest.approx(0.5)
    assert count.change(count.year_before) != count.change(count.year_before)  # from zero: NaN
    share = Figure("satisfied", 0.9, 0.8, 0.95, 30)
    assert share.change(share.previous) == pytest.approx(0.1)
