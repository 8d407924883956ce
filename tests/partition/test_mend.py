"""Plans that miss the limits: mended, or proved to be as good as any.

Rows of buildings 1 m apart, each grid 6 to 10 households unless said otherwise.
"""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.partition.field import lay_out
from gridplan.partition.improve import Span, found_of
from gridplan.partition.mend import Mended, mend
from gridplan.partition.problem import Problem
from tests.all_partitions import in_one_piece, partitions


def row(weight, lower=6.0, upper=10.0, reach=np.inf):
    place = np.arange(len(weight), dtype=float)
    edges = np.array([(k, k + 1) for k in range(len(weight) - 1)], dtype=np.int64)
    apart = np.abs(place[:, None] - place[None, :])
    cost = np.where(apart <= reach, apart**2, np.inf)
    return Problem(np.array(weight, dtype=np.int64), cost, edges, lower, upper)


def mended(problem, label, seconds=20.0):
    field, label = lay_out(problem), np.array(label, dtype=np.int64)
    span = Span(1, int(label.max()) + 1, len(field))
    start = Mended(found_of(field, label, span.target))
    rng = np.random.default_rng(0)
    return mend(field, start, span, seconds=seconds, rng=rng, stop=None)


def least(problem):
    """Fewest households outside the limits, by trying all plans."""
    sums = []
    for label in partitions(len(problem)):
        grids = [[i for i, g in enumerate(label) if g == k] for k in range(max(label) + 1)]
        if all(in_one_piece(units, problem.edges) for units in grids):
            held = [float(problem.weight[units].sum()) for units in grids]
            sums.append(sum(max(0, problem.lower - h, h - problem.upper) for h in held))
    return min(sums)


def test_a_legal_plan_nearby_is_found():
    told = mended(row([4, 4, 4, 4, 4, 4]), [0, 1, 1, 2, 2, 2])
    assert told.found.score.legal
    assert told.proofs == ()


def test_a_pocket_is_proved_where_it_lies():
    """5 beside 7 on either side: 12 is too much, 5 too little by 1, wherever the rest goes."""
    told = mended(row([8, 8, 7, 5, 7, 8, 8]), [0, 1, 2, 3, 4, 5, 6])
    assert [proof.units.tolist() for proof in told.proofs] == [[3]]
    assert told.total == told.found.score.outside == 1


def test_what_two_grids_miss_together_is_proved_of_both():
    """4, 4, 4 within 6 to 7: 8 and 4 miss 1 and 2, and either could miss less for the other."""
    told = mended(row([4, 4, 4], upper=7.0), [0, 0, 1])
    assert set(told.proved.tolist()) == {0, 1, 2}
    assert told.total == told.found.score.outside == 3


def test_places_far_apart_add_up():
    told = mended(row([7, 5, 7, 8, 8, 8, 8, 7, 5, 7], reach=2), list(range(10)))
    assert sorted(proof.units.tolist() for proof in told.proofs) == [[1], [8]]
    assert told.total == told.found.score.outside == 2


@given(st.lists(st.integers(1, 9), min_size=2, max_size=7), st.integers(0, 3))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_nothing_is_proved_that_some_plan_avoids(weight, band):
    problem = row(weight, 6.0, 6.0 + band)
    told = mended(problem, list(range(len(weight))), seconds=5.0)
    truth = least(problem)
    assert told.total <= truth <= told.found.score.outside
    if told.found.score.legal:
        assert truth == 0
