"""Smoothed rates: what esda computes as well, and what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from esda.smoothing import Empirical_Bayes
from hypothesis import given
from hypothesis import strategies as st

from gridplan.hotspots.rates import shrunken

PLACES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 500)), min_size=2, max_size=30)


@given(PLACES)
def test_agrees_with_esda(places: list[tuple[int, int]]) -> None:
    cases = np.array([place[0] for place in places])
    households = np.array([float(place[1]) for place in places])
    if not cases.any():
        return
    mine = shrunken(cases, households)
    with np.errstate(all="ignore"):  # esda divides by a variance of zero
        theirs = Empirical_Bayes(cases, households).r.ravel()
    if mine.max() - mine.min() > 1e-12:  # where rates vary no more than chance, all are the mean
        assert mine == pytest.approx(theirs, rel=1e-9)


@given(PLACES)
def test_lies_between_the_raw_rate_and_the_mean(places: list[tuple[int, int]]) -> None:
    cases = np.array([place[0] for place in places])
    households = np.array([float(place[1]) for place in places])
    raw, mean = cases / households, cases.sum() / households.sum()
    mine = shrunken(cases, households)
    assert (mine >= np.minimum(raw, mean) - 1e-12).all()
    assert (mine <= np.maximum(raw, mean) + 1e-12).all()


def test_few_households_are_drawn_to_the_mean_more() -> None:
    cases = np.array([3, 300, 20, 20, 20, 40])
    households = np.array([5.0, 500.0, 400.0, 400.0, 400.0, 400.0])
    mine = shrunken(cases, households)
    assert mine[0] < mine[1]  # the same raw rate of 0.6
    assert len(shrunken(np.empty(0, int), np.empty(0))) == 0
