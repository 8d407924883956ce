"""Chains of cells: discs in rings, stretches along streets."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gridplan.hotspots.zones import Zones, chained, circles, joined, stretches


def sets(zones: Zones) -> set[frozenset[int]]:
    """Every zone as the set of its cells."""
    found = set()
    for chain in range(len(zones.start) - 1):
        for place in range(zones.start[chain], zones.start[chain + 1]):
            if zones.stop[place]:
                found.add(frozenset(zones.cells(chain, place).tolist()))
    return found


def test_cells_equally_far_enter_a_disc_together() -> None:
    """A cross of five cells.

      1
    2 0 3
      4
    """
    xy = np.array([[0, 0], [0, 1], [-1, 0], [1, 0], [0, -1]], dtype=float)
    zones = circles(xy, np.ones(5), 1.0)
    mine = {zone for zone in sets(zones) if 0 in zone and len(zone) not in (3, 4)}
    assert frozenset({0}) in mine
    assert frozenset(range(5)) in mine
    chain = zones.cells(0, int(zones.start[1]) - 1)
    assert zones.stop[: len(chain)].tolist() == [True, False, False, False, True]


def test_a_disc_holds_no_more_than_its_share_and_reaches_no_farther() -> None:
    xy = np.array([[k, 0] for k in range(10)], dtype=float)
    weight = np.ones(10)
    assert max(len(zone) for zone in sets(circles(xy, weight, 0.3))) == 3
    near = sets(circles(xy, weight, 1.0, radius=1.5))
    assert max(len(zone) for zone in near) == 3


def test_a_cell_above_the_share_is_tried_alone() -> None:
    zones = circles(np.array([[0.0, 0.0], [5.0, 0.0]]), np.array([90.0, 10.0]), 0.5)
    assert sets(zones) == {frozenset({0}), frozenset({1})}


def test_stretches_follow_the_street_and_end_at_gaps() -> None:
    """Homes of cells 0 to 3 along a street, 4 far away from it, 5 after a gap.

    0 1 2 3 . . . . . . 5
    ———————————————————————
          4 (far below)
    """
    home = np.array(
        [[0, 10], [100, 10], [200, 10], [300, 10], [150, -400], [1000, 10]], dtype=float
    )
    line = np.array([shapely.linestrings([[0, 0], [1100, 0]])], dtype=object)
    zones = stretches(home, np.arange(6), np.ones(6), line, 50, 150, 0.5)
    expected = {(0, 1), (0, 1, 2), (1, 2), (1, 2, 3), (2, 3)}
    assert sets(zones) == {frozenset(zone) for zone in expected}


def test_a_street_that_turns_back_counts_a_cell_once() -> None:
    home = np.array([[0, 10], [100, 10], [0, 20]], dtype=float)
    line = np.array([shapely.linestrings([[0, 0], [120, 0], [120, 30], [0, 30]])], dtype=object)
    zones = stretches(home, np.array([0, 1, 0]), np.ones(2), line, 50, 500, 1.0)
    assert sets(zones) == {frozenset({0, 1})}


def test_no_streets_no_stretches_and_joining_keeps_both() -> None:
    none = stretches(np.zeros((1, 2)), np.zeros(1, int), np.ones(1), np.empty(0, object), 1, 1, 1)
    assert len(none.member) == 0
    some = chained([np.array([2, 0])], [np.array([True, True])])
    both = joined(some, chained([np.array([1])], [np.array([True])]))
    assert sets(both) == {frozenset({2}), frozenset({0, 2}), frozenset({1})}
    assert sets(joined(none, some)) == sets(some)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_every_stretch_is_within_its_share(share: float) -> None:
    rng = np.random.default_rng(0)
    home, cell = rng.uniform(0, 800, (80, 2)), rng.integers(0, 20, 80)
    weight = rng.uniform(1, 9, 20)
    line = np.array([shapely.linestrings([[0, 0], [800, 800]])], dtype=object)
    zones = stretches(home, cell, weight, line, 120, 300, share)
    assert all(sum(weight[list(zone)]) <= share * weight.sum() + 1e-9 for zone in sets(zones))
