"""Ways inside a grid, and all the sets that can be one, against every set there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridplan.partition import Problem, Status, solve
from gridplan.partition.contiguity import legal_arcs, separators
from gridplan.partition.field import lay_out
from gridplan.partition.listing import legal_sets
from gridplan.tiling import piece_of
from tests.street_blocks import block_edges, block_street


@st.composite
def problems(draw):
    """A few blocks of any households, some neighbours cut off, some arcs too long."""
    height, width = draw(st.integers(1, 3)), draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    edges = block_edges(height, width)
    edges = edges[rng.random(len(edges)) < draw(st.sampled_from([0.7, 1.0]))]
    graph = block_street(rng.integers(0, 6, (height, width)), edges)
    away = ((graph.xy_m[:, None] - graph.xy_m[None]) ** 2).sum(axis=2)
    cost = np.where(away <= draw(st.sampled_from([150.0, 250.0, 1e9])) ** 2, away, np.inf)
    lower = draw(st.integers(0, 5))
    upper = lower + draw(st.integers(0, 5))
    return Problem(graph.weight.copy(), cost, graph.edges.copy(), lower, upper, 2)


def every_grid(problem):
    """Every connected set within the limits, by trying all."""
    count = len(problem)
    for number in range(1, 2**count):
        inside = np.array([number >> k & 1 for k in range(count)], dtype=bool)
        units = np.flatnonzero(inside)
        place = np.cumsum(inside) - 1
        edges = place[problem.edges[inside[problem.edges].all(axis=1)]].reshape(-1, 2)
        held = problem.weight[units].sum()
        if problem.lower <= held <= problem.upper and piece_of(len(units), *edges.T).max() == 0:
            yield inside


def centres_of(problem, inside):
    units = np.flatnonzero(inside)
    return [j for j in units if np.isfinite(problem.cost[units, j]).all()]


@given(problem=problems())
def test_no_grid_uses_an_arc_that_is_left_out(problem):
    used = np.zeros((len(problem), len(problem)), dtype=bool)
    for inside in every_grid(problem):
        for centre in centres_of(problem, inside):
            used[inside, centre] = True
    arcs = legal_arcs(lay_out(problem), hard=True)
    assert not (used & ~arcs).any()


@given(problem=problems())
def test_every_grid_that_a_plan_can_have_is_listed_once(problem):
    field = lay_out(problem)
    listed = legal_sets(
        field.indptr, field.indices, field.weight, legal_arcs(field, hard=True),
        (problem.lower, problem.upper), (1, len(problem)), walked=10**6, listed=10**4,
    )  # fmt: skip
    found = {tuple(np.flatnonzero(inside).tolist()) for inside in listed}
    assert len(found) == len(listed)
    wanted = {
        tuple(np.flatnonzero(inside).tolist())
        for inside in every_grid(problem)
        if centres_of(problem, inside) and rest_fits(problem, inside)
    }
    assert wanted <= found
    assert found <= {tuple(np.flatnonzero(each).tolist()) for each in every_grid(problem)}


def rest_fits(problem, inside):
    """Whether what is left over falls into pieces that can each be a whole number of grids."""
    rest = np.flatnonzero(~inside)
    place = np.cumsum(~inside) - 1
    edges = place[problem.edges[(~inside)[problem.edges].all(axis=1)]].reshape(-1, 2)
    piece = piece_of(len(rest), *edges.T) if len(rest) else np.zeros(0, dtype=int)
    held = np.bincount(piece, weights=problem.weight[rest])
    return all(
        any(k * problem.lower <= each <= k * problem.upper for k in range(1, size + 1))
        for each, size in zip(held, np.bincount(piece), strict=True)
    )


def test_too_many_sets_are_given_up(street):
    graph = street([[1] * 5] * 5)
    field = lay_out(Problem(graph.weight.copy(), np.ones((25, 25)), graph.edges.copy(), 1, 9, 5))
    asked = (field.indptr, field.indices, field.weight, np.ones((25, 25), bool), (1, 9), (5, 5))
    assert legal_sets(*asked, walked=1000, listed=10**5) is None
    assert legal_sets(*asked, walked=10**6, listed=10) is None


@given(problem=problems(), seed=st.integers(0, 99))
def test_no_grid_breaks_a_separator(problem, seed):
    """Cuts against grids in pieces hold in every grid that there is."""
    field, rng = lay_out(problem), np.random.default_rng(seed)
    arcs = legal_arcs(field, hard=True)
    member = arcs & (rng.random(arcs.shape) < 0.4)
    np.fill_diagonal(member, arcs.diagonal())
    cuts = separators(member, arcs, field.indptr, field.indices, field.measures)
    for inside in every_grid(problem):
        for unit, centre, separator in cuts:
            if inside[unit] and centre in centres_of(problem, inside):
                assert inside[separator].any()


def test_a_way_that_is_too_heavy_proves_that_there_is_no_plan(street):
    """18 households are 3 grids of 6, but 1 + 4 are below the limits, with 7 more above them."""
    graph = street([[1, 4, 7, 6]])
    away = ((graph.xy_m[:, None] - graph.xy_m[None]) ** 2).sum(axis=2)
    outcome = solve(
        Problem(graph.weight.copy(), away, graph.edges.copy(), 6, 7, 3), time_limit_s=5, seed=0
    )
    assert outcome.status is Status.INFEASIBLE
    assert (outcome.reasons[0].key, outcome.reasons[0].units) == ("reason.unserved", (0, 1))
    assert outcome.reasons[-1].key == "reason.relax_limits"
    assert "连成一片" in outcome.reasons[0].words("zh")


@pytest.mark.parametrize("upper", [5, 9])
def test_only_what_a_light_way_joins_is_within_reach(street, upper):
    graph = street([[1, 4, 4]])
    away = ((graph.xy_m[:, None] - graph.xy_m[None]) ** 2).sum(axis=2)
    problem = Problem(graph.weight.copy(), away, graph.edges.copy(), 1, upper, 1)
    assert legal_arcs(lay_out(problem), hard=True)[2, 0] == (upper == 9)
    assert legal_arcs(lay_out(problem), hard=False)[2, 0]
