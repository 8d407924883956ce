"""What fits a place is never less than what some plan has there, by trying all plans."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.partition.contiguity import legal_arcs
from gridplan.partition.field import lay_out
from gridplan.partition.problem import Problem
from gridplan.partition.proof import fit_place
from tests.all_partitions import in_one_piece, partitions


def missed(problem, place):
    """Least households by which grids that meet the place miss the limits."""
    best = math.inf
    for label in partitions(len(problem)):
        total = 0.0
        for grid in range(max(label) + 1):
            units = [i for i, g in enumerate(label) if g == grid]
            centred = np.isfinite(problem.cost[np.ix_(units, units)]).all(axis=0).any()
            if not in_one_piece(units, problem.edges) or not centred:
                total = math.inf
                break
            held = float(problem.weight[units].sum())
            if set(units) & set(place):
                total += max(0.0, problem.lower - held) + max(0.0, held - problem.upper)
        best = min(best, total)
    return best


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(2, 7), size=st.integers(1, 7))
@settings(deadline=None, max_examples=150, derandomize=True)
def test_a_place_allows_what_a_plan_has_and_the_whole_no_more(seed, count, size):
    rng = np.random.default_rng(seed)
    weight = rng.integers(0, 10, count)
    xy = rng.uniform(0, 10, (count, 2))
    square = ((xy[:, None] - xy[None]) ** 2).sum(axis=2)
    cost = np.where(square > 49, np.inf, square)
    edges = np.array([(k, int(rng.integers(k))) for k in range(1, count)], dtype=np.int64)
    problem = Problem(weight, cost, edges, 6.0, 9.0)
    field = lay_out(problem)
    arcs = legal_arcs(field, hard=False)
    place = np.sort(rng.choice(count, min(size, count), replace=False))
    truth = missed(problem, place.tolist())
    if math.isfinite(truth):
        assert not fit_place(field, arcs, place, truth, 10.0, None).none
    if len(place) == count and truth >= 1:
        assert fit_place(field, arcs, place, truth - 1, 10.0, None).none
