"""The space-time permutation scan, against its definition and against chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.hotspots.scan import ScanSpec
from gridplan.hotspots.spacetime import RecentSpec, _shuffled, scan_recent
from gridplan.hotspots.zones import circles

LOOSE = RecentSpec(2, 8, ScanSpec(9, 1.0, 1))


def by_hand(cell: np.ndarray, week: np.ndarray, xy: np.ndarray) -> float:
    """The best log likelihood ratio over all discs and lengths, from the definition."""
    total, best = len(cell), 0.0
    for centre in range(len(xy)):
        away = np.hypot(*(xy - xy[centre]).T)
        for radius in away:
            inside = away[cell] <= radius + 1e-6
            for weeks in (1, 2):
                late = week < weeks
                due = inside.sum() * late.sum() / total
                count = int((inside & late).sum())
                if count > due < total:
                    rest = total - count
                    more = rest * math.log(rest / (total - due)) if rest else 0.0
                    best = max(best, count * math.log(count / due) + more)
    return best


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7)), min_size=3, max_size=40))
def test_best_cylinder_is_the_best_of_all(cases: list[tuple[int, int]]) -> None:
    cell, week = np.array(cases).T
    xy = np.array([[0, 0], [1, 0], [3, 0], [0, 2], [5, 5], [6, 5]], dtype=float)
    zones = circles(xy, np.ones(6), 1.0)
    found = scan_recent(cell, week, zones, LOOSE, np.random.default_rng(0))
    if (week < 2).all():
        assert found == ()
    else:
        best = found[0].cluster.llr if found else 0.0
        assert best == pytest.approx(by_hand(cell, week, xy), abs=1e-9)


def test_random_maps_keep_both_margins() -> None:
    held = np.array([5, 0, 3, 12])
    for _ in range(20):
        one, two = (maps.copy() for maps in _shuffled(held, [4, 9], 7, np.random.default_rng(1)))
        assert (one.sum(axis=1) == 4).all()
        assert (two.sum(axis=1) == 9).all()
        assert (one <= two).all()
        assert (two <= held).all()


def test_finds_what_is_new_and_only_that() -> None:
    rng = np.random.default_rng(2)
    xy = np.array([[k % 6, k // 6] for k in range(36)], dtype=float)
    cell = rng.choice(36, 900, p=np.r_[np.full(6, 0.08), np.full(30, 0.52 / 30)])
    week = rng.integers(0, 26, 900)
    zones = circles(xy, np.ones(36), 0.3)
    assert scan_recent(cell, week, zones, RecentSpec(), np.random.default_rng(0)) == ()
    cell, week = np.append(cell, np.full(12, 20)), np.append(week, np.full(12, 0))
    (found,) = scan_recent(cell, week, zones, RecentSpec(), np.random.default_rng(0))
    assert (found.weeks, found.cluster.cells.tolist()) == (1, [20])
    assert found.cluster.p_value <= 0.01


def test_false_alarms_stay_below_their_level() -> None:
    rng = np.random.default_rng(4)
    xy = np.array([[k % 5, k // 5] for k in range(25)], dtype=float)
    zones = circles(xy, np.ones(25), 0.3)
    spec = RecentSpec(scan=ScanSpec(99))
    alarms = sum(
        bool(scan_recent(rng.integers(0, 25, 300), rng.integers(0, 26, 300), zones, spec, rng))
        for _ in range(100)
    )
    assert alarms <= 12


def test_no_past_no_alarm_and_bad_settings() -> None:
    zones = circles(np.array([[0.0, 0.0], [1.0, 0.0]]), np.ones(2), 0.5)
    none = np.empty(0, dtype=np.int64)
    assert scan_recent(none, none, zones, RecentSpec(), np.random.default_rng(0)) == ()
    with pytest.raises(ValueError, match="recent"):
        RecentSpec(4, 4)
