"""Five words for how a place develops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, norm

from gridplan.hotspots.trend import Trend, TrendSpec, mann_kendall, trends

WEEKS = np.arange(52)
EVEN = np.full(52, 2)


def word_of(weekly: np.ndarray) -> Trend:
    """The word for a place of a hundredth of the households, beside 40 even ones."""
    rows = np.vstack([weekly, np.tile(EVEN, (40, 1))])
    return trends(rows, np.full(52, 80), np.full(41, 0.025))[0]


@pytest.mark.parametrize(
    ("weekly", "word"),
    [
        (EVEN, Trend.NONE),
        (np.full(52, 8), Trend.PERSISTENT),
        (np.where(WEEKS >= 46, 12, 2), Trend.NEW),
        (6 + WEEKS // 4, Trend.INTENSIFYING),
        (19 - WEEKS // 4, Trend.DIMINISHING),
        (np.where(WEEKS < 24, 14 - WEEKS // 3, 1), Trend.DIMINISHING),
        (np.where((WEEKS // 4) % 5 == 1, 12, 2), Trend.SPORADIC),
    ],
)
def test_words(weekly: np.ndarray, word: Trend) -> None:
    assert word_of(weekly) is word


@given(st.lists(st.integers(0, 5), min_size=4, max_size=30))
def test_mann_kendall_is_kendalls_test_of_time(values: list[int]) -> None:
    if len(set(values)) == 1:
        assert mann_kendall(np.array([values]))[0] == 0
        return
    z = mann_kendall(np.array([values]))[0]
    tau = kendalltau(range(len(values)), values).statistic
    assert np.sign(z) in (0, np.sign(tau))
    # scipy's normal approximation has no correction for continuity: it is never more cautious
    p = kendalltau(range(len(values)), values, method="asymptotic").pvalue
    assert 2 * norm.sf(abs(z)) >= p - 1e-12


def test_published_example() -> None:
    """Hand-computed: 4 values without ties, S = 4, variance 4·3·13/18, z = 3/√8.667."""
    assert mann_kendall(np.array([[1, 3, 2, 4]]))[0] == pytest.approx(3 / np.sqrt(156 / 18))


def test_little_data_speaks_no_word() -> None:
    assert trends(np.zeros((2, 3), int), np.zeros(3, int), np.array([0.5, 0.5])).tolist() == [
        "",
        "",
    ]
    assert len(trends(np.zeros((0, 52), int), np.zeros(52, int), np.empty(0), TrendSpec())) == 0
