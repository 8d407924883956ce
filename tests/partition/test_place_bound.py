"""The bound of a place is below what any plan misses there, by trying all plans."""

from __future__ import annotations

import math

import numpy as np
from all_partitions import in_one_piece, partitions
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.partition.bound import legal_arcs
from gridplan.partition.field import lay_out
from gridplan.partition.problem import Problem
from gridplan.partition.proof import place_bound


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
@settings(deadline=None, max_examples=25, derandomize=True)
def test_never_above_the_truth_and_exact_for_the_whole(seed, count, size):
    rng = np.random.default_rng(seed)
    weight = rng.integers(0, 10, count)
    xy = rng.uniform(0, 10, (count, 2))
    square = ((xy[:, None] - xy[None]) ** 2).sum(axis=2)
    cost = np.where(square > 49, np.inf, square)
    edges = np.array([(k, int(rng.integers(k))) for k in range(1, count)], dtype=np.int64)
    problem = Problem(weight, cost, edges, 6.0, 9.0)
    field = lay_out(problem)
    arcs = legal_arcs(field.excess, field.indptr, field.indices, True)
    place = np.sort(rng.choice(count, min(size, count), replace=False))
    bound = place_bound(field, arcs, place, 10.0, None)
    assert bound <= missed(problem, place.tolist()) + 1e-6
