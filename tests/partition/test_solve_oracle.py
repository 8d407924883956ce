"""Solving small problems, with all partitions tried as the oracle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridplan.errors import GridplanError
from gridplan.partition import Measure, Problem, Status, Terms, Wishes, check_labels, solve
from gridplan.partition.bound import lagrange
from gridplan.partition.columns import close_by_columns
from gridplan.partition.contiguity import legal_arcs
from gridplan.partition.field import lay_out
from gridplan.partition.model import close
from gridplan.partition.statement import Spec

COMMON = {
    "deadline": None, "max_examples": 20, "derandomize": True,
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}  # fmt: skip


@st.composite
def problems(draw):
    """Up to 8 units anywhere on a plane, a tree of neighbours and some more, any limits."""
    count = draw(st.integers(2, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    weight = rng.integers(0, 10, count)
    xy = rng.uniform(0, 10, (count, 2))
    square = ((xy[:, None] - xy[None]) ** 2).sum(axis=2)
    cost = np.round(np.maximum(weight, 1)[:, None] * square, 3)
    if draw(st.booleans()):
        cost[square > 40] = np.inf
    edges = None
    if draw(st.booleans()):
        tree = [(k, int(rng.integers(k))) for k in range(1, count)]
        more = [tuple(rng.choice(count, 2, replace=False).tolist()) for _ in range(3)]
        edges = np.array(tree + more, dtype=np.int64)
    groups = draw(st.integers(1, count))
    mean = weight.sum() / groups
    slack = draw(st.sampled_from([0.3, 0.6, 1.0]))
    return Problem(weight, cost, edges, float(int(mean * (1 - slack))), mean * (1 + slack), groups)


@st.composite
def asking(draw, wishes=True):
    """The same with further measures, units kept apart, fixed centres and priced wishes."""
    plain = draw(problems())
    count = len(plain)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    amounts = [rng.integers(0, 10, count) for _ in range(draw(st.integers(0, 2)))]
    slack = draw(st.sampled_from([0.5, 1.0]))
    measures = tuple(
        Measure(f"m{k}", amount, int(mean * (1 - slack)), float(mean * (1 + slack)))
        for k, amount in enumerate(amounts)
        for mean in [amount.sum() / plain.groups]
    )
    pairs = [rng.choice(count, (1, 2), replace=False) for _ in range(2)]
    apart, together = (pair if draw(st.booleans()) else None for pair in pairs)
    centres = (int(rng.integers(count)),) if draw(st.booleans()) else ()
    terms = Terms(measures, draw(st.booleans()), apart, together, centres)
    if not wishes:
        return replace(plain, terms=terms)
    edges = plain.edges
    cut = rng.uniform(0, 30, len(edges)) if edges is not None and draw(st.booleans()) else None
    balance = draw(st.sampled_from([0.0, 1.0, 20.0]))
    return replace(plain, terms=terms, wishes=Wishes(0.0, balance, cut))


def legal(problem, labels):
    reach = np.where(np.isfinite(problem.cost), 0.0, np.inf)
    return len(np.unique(labels)) == problem.groups and not check_labels(
        labels, weight=problem.weight, edges=problem.edges, lower=problem.lower,
        upper=problem.upper, distance=reach, terms=problem.terms,
    )  # fmt: skip


@given(problem=problems())
@settings(**COMMON)
def test_small_problems_are_solved_to_the_truth(problem, try_all):
    truth = try_all(problem)
    outcome = solve(problem, time_limit_s=20, seed=1)
    if np.isinf(truth):
        assert outcome.status is Status.INFEASIBLE
        assert outcome.reasons
        return
    assert outcome.status is Status.OPTIMAL
    assert outcome.objective == pytest.approx(truth)
    assert outcome.bound <= truth * (1 + 1e-9) + 1e-9
    assert legal(problem, outcome.labels)


@given(problem=asking())
@settings(**COMMON | {"max_examples": 60})
def test_what_else_is_asked_for_is_kept_and_bounded(problem, try_all):
    truth = try_all(problem)
    outcome = solve(problem, time_limit_s=5, seed=1)
    if np.isinf(truth):
        assert outcome.status is Status.INFEASIBLE
        return
    assert legal(problem, outcome.labels)
    assert outcome.bound <= truth * (1 + 1e-9) + 1e-9
    assert outcome.objective == pytest.approx(truth)


@given(problem=asking())
@settings(**COMMON | {"max_examples": 60})
def test_programme_and_columns_agree_with_the_truth(problem, try_all):
    problem = replace(problem, wishes=replace(problem.wishes, cut=None))
    truth = try_all(problem)
    field = lay_out(problem)
    arcs = legal_arcs(field, hard=True)
    spec = Spec(
        field.cost, arcs, field.indptr, field.indices, field.contiguous, field.measures,
        problem.groups, problem.groups, field.apart, field.together, field.wished.balance, field.wished.mean,
    )  # fmt: skip
    answers = [close(spec, seconds=20)]
    if problem.edges is not None and not field.measures.either:
        answers.append(close_by_columns(spec, seconds=20))
    for closed in answers:
        assert closed.proved
        assert closed.objective == pytest.approx(truth)
        assert closed.bound == pytest.approx(truth)


@given(problem=asking(), guess=st.floats(0.5, 3.0))
@settings(**COMMON | {"max_examples": 60})
def test_the_lagrangian_bound_is_below_every_plan(problem, guess, try_all):
    truth = try_all(problem)
    field = lay_out(problem)
    arcs = legal_arcs(field, hard=True)
    aim = guess * (truth if np.isfinite(truth) else 100.0)
    bound = lagrange(
        arcs, field.cost, field.measures, groups=problem.groups, aim=aim, seconds=2,
        balance=field.wished.balance, mean=field.wished.mean,
    )  # fmt: skip
    assert bound.value <= truth + 1e-9


@given(problem=problems(), seed=st.integers(0, 1000))
@settings(**COMMON | {"max_examples": 8})
def test_the_order_of_units_does_not_matter(problem, seed):
    order = np.random.default_rng(seed).permutation(len(problem))
    place = np.argsort(order)
    edges = None if problem.edges is None else place[problem.edges]
    turned = Problem(
        problem.weight[order], problem.cost[np.ix_(order, order)], edges,
        problem.lower, problem.upper, problem.groups,
    )  # fmt: skip
    one, other = (solve(p, time_limit_s=20, seed=0) for p in (problem, turned))
    assert one.status == other.status
    if one.labels is not None:
        assert one.objective == pytest.approx(other.objective)


def line(weights, lower, upper, groups=None, present=None):
    count = len(weights)
    places = np.arange(count, dtype=float)
    cost = np.maximum(weights, 1)[:, None] * (places[:, None] - places[None]) ** 2
    edges = np.column_stack([np.arange(count - 1), np.arange(1, count)])
    return Problem(np.array(weights), cost, edges, lower, upper, groups, present)


def test_fewest_groups_are_found_and_bounded():
    outcome = solve(line([3, 3, 3, 3, 3, 3], 0, 9), time_limit_s=5, seed=0)
    assert outcome.stages[0].objective == outcome.stages[0].bound == 2
    assert outcome.status is Status.OPTIMAL


def test_change_comes_before_compactness():
    """3 3 | 3 3 3 | 3: the last grid is too light, so one household group has to move."""
    present = np.array([0, 0, 1, 1, 1, 2])
    problem = line([3, 3, 3, 3, 3, 3], 6, 9, 3, present)
    outcome = solve(problem, time_limit_s=3, seed=0)
    change = outcome.stages[1]
    assert (change.name, change.objective, change.bound) == ("change", 3.0, 3.0)
    assert outcome.labels[0] == outcome.labels[1] != outcome.labels[2] == outcome.labels[3]


def test_infeasible_by_arithmetic_names_the_reason():
    assert solve(line([9, 1], 0, 8, 2), time_limit_s=1, seed=0).reasons[0].key == (
        "reason.unit_too_heavy"
    )
    assert solve(line([5, 5], 6, 8, 1), time_limit_s=1, seed=0).reasons[0].key == (
        "reason.component"
    )
    assert solve(line([5, 5], 1, 20, 2), time_limit_s=1, seed=0).status is Status.OPTIMAL
    assert solve(line([1, 1, 1, 1], 2, 4, 3), time_limit_s=1, seed=0).reasons[0].key == (
        "reason.total"
    )


def test_stop_ends_at_once_with_a_legal_plan():
    problem = line([3] * 30, 6, 30, 5)
    outcome = solve(problem, time_limit_s=60, seed=0, stop=lambda: True)
    assert outcome.labels is not None
    assert outcome.seconds < 5


def test_nothing_found_and_nothing_proved_is_said():
    """No time at all: a plan exists and is not found, and that is no proof that there is none."""
    rng = np.random.default_rng(5)
    weight = rng.integers(1000, 9999, 60)
    problem = line(weight.tolist(), weight.sum() / 12 - 2, weight.sum() / 12 + 2, 12)
    with pytest.raises(GridplanError) as told:
        solve(problem, time_limit_s=0.1, seed=0)
    assert told.value.key == "error.no_plan_found"
