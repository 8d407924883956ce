"""The planted trial at a reduced size: 60 runs of each setting where ``make trials`` has 500.

Bounds are those of the full trial, widened by what chance does to 60 runs (1 in 1,000).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from scipy.stats import binom

from benchmarks import planted
from benchmarks.planted import Score, Street, demo_street, trial

RUNS = 60
AT_MOST = binom.isf(0.001, RUNS, 0.06) / RUNS
AT_LEAST = binom.ppf(0.001, RUNS, 0.85) / RUNS


@pytest.fixture(scope="module")
def street() -> Street:
    return demo_street()


@pytest.fixture(autouse=True)
def ours_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peers are left to the full trial."""
    every = planted.methods

    def first(*given: Any) -> Iterator[Any]:
        yield next(iter(every(*given)))

    monkeypatch.setattr(planted, "methods", first)


def scored(street: Street, setting: str) -> Score:
    every = planted.settings_of(street)
    return trial(street, RUNS, *every[setting], seed=list(every).index(setting))[planted.OURS]


def test_chance_alone_is_seldom_a_hotspot(street: Street) -> None:
    assert scored(street, "nothing").alarm <= AT_MOST


def test_a_pile_is_listed_and_is_no_hotspot(street: Street) -> None:
    score = scored(street, "nothing but a pile")
    assert score.alarm <= AT_MOST
    assert score.listed >= binom.ppf(0.001, RUNS, 0.95) / RUNS


@pytest.mark.parametrize("setting", ["compact, risk 3", "street-shaped, risk 3"])
def test_a_threefold_risk_is_found_and_little_else(street: Street, setting: str) -> None:
    score = scored(street, setting)
    assert score.detect >= AT_LEAST
    assert score.precision >= 0.80


def test_planted_clusters_are_what_the_trial_says(street: Street) -> None:
    rng = planted.np.random.default_rng(0)
    for plant in (planted.compact, planted.along_street):
        for _ in range(20):
            cells = plant(street, rng)
            share = street.cells.households[cells].sum() / street.cells.households.sum()
            assert 6 <= 1000 * share <= 25
            assert len(set(cells.tolist())) == len(cells)
