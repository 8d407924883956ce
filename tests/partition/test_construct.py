"""First plans are connected, cover every unit and have as many parts as asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridplan.partition.carry import from_present
from gridplan.partition.construct import from_centres, tree_split
from gridplan.partition.field import lay_out
from gridplan.partition.problem import Problem
from tests.all_partitions import in_one_piece


def drawn(seed, count):
    """A random connected field, its units on a plane."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 10, (count, 2))
    square = ((xy[:, None] - xy[None]) ** 2).sum(axis=2)
    cost = np.where(square > 30, np.inf, square)
    edges = np.array([(k, int(rng.integers(k))) for k in range(1, count)], dtype=np.int64)
    return Problem(rng.integers(0, 10, count), cost, edges, 6.0, 9.0)


def assert_parts(label, groups, problem):
    assert sorted(set(label.tolist())) == list(range(groups))
    for part in range(groups):
        assert in_one_piece(np.flatnonzero(label == part).tolist(), problem.edges)


@given(seed=st.integers(0, 2**31 - 1), count=st.integers(2, 12), share=st.floats(0, 1))
def test_every_start_has_as_many_connected_parts_as_asked(seed, count, share):
    problem = drawn(seed, count)
    field = lay_out(problem)
    groups = 1 + int(share * (count - 1))
    graph = (field.indptr, field.indices)
    trees = tree_split(field.weight, *graph, field.length, groups, 6.0, 9.0, 3, seed)
    assert_parts(trees, groups, problem)
    grown = from_centres(field.cost, field.excess, *graph, groups, seed)
    assert_parts(grown, groups, problem)
    present = np.random.default_rng(seed).integers(-1, 3, count)
    assert_parts(from_present(present, groups, *graph, field.weight, seed), groups, problem)


@pytest.mark.parametrize("groups", [2, 3, 4, 5])
def test_a_star_is_cut_into_any_number_of_parts(groups):
    """No subtree of a star has two units: the halves cannot be even."""
    edges = np.array([(0, leaf) for leaf in range(1, 5)], dtype=np.int64)
    problem = Problem(np.ones(5, dtype=np.int64), np.ones((5, 5)), edges, 1.0, 5.0)
    field = lay_out(problem)
    label = tree_split(
        field.weight, field.indptr, field.indices, field.length, groups, 1.0, 5.0, 3, 0
    )
    assert_parts(label, groups, problem)


def test_centres_that_reach_all_are_found_where_only_those_do():
    """On a row of nine, three centres reach all only where each reaches three of them."""
    far = np.abs(np.arange(9)[:, None] - np.arange(9)[None, :]).astype(float)
    edges = np.array([(k, k + 1) for k in range(8)], dtype=np.int64)
    cost = np.where(far > 1, np.inf, far)
    field = lay_out(Problem(np.ones(9, dtype=np.int64), cost, edges, 3.0, 3.0))
    found = [
        from_centres(
            field.cost + 100 * field.excess, field.excess, field.indptr, field.indices, 3, s
        )
        for s in range(20)
    ]
    assert any(
        label.tolist() == [label[0]] * 3 + [label[3]] * 3 + [label[6]] * 3 for label in found
    )
