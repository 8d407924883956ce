"""After an edit every rule holds again, and what lies elsewhere stays.

Streets of blocks 100 m apart; a grid has 6 to 10 households within 250 m.
"""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gridplan.errors import GridplanError
from gridplan.partition import Status, Task, check_labels, redraw_community, repair


def task_of(graph, **asked):
    return Task(graph, **{"lower": 6, "upper": 10, "radius_m": 250.0} | asked)


def legal(task, labels):
    graph = task.graph
    away = np.hypot(*(graph.xy_m[:, None] - graph.xy_m[None]).transpose(2, 0, 1))
    reach = np.where(graph.weight > 0, task.radius_m, np.inf)
    return not check_labels(
        labels, weight=graph.weight, edges=graph.edges, lower=task.lower, upper=task.upper,
        distance=away, radius_m=reach, terms=task.terms,
    )  # fmt: skip


def test_a_plan_that_breaks_nothing_comes_back(street):
    task = task_of(street([[4, 4, 4, 4]]))
    outcome = repair(task, np.array([7, 7, 9, 9]))
    assert outcome.labels.tolist() in ([0, 0, 2, 2], [0, 0, 3, 3], [1, 1, 2, 2], [1, 1, 3, 3])
    assert [stage.objective for stage in outcome.stages] == [0, 2, 0]


def test_a_grid_above_the_limit_gives_what_is_too_much(street):
    """5 blocks of 2 and 3 blocks of 2; block 5 was added to the first grid: 12 and 4."""
    task = task_of(street([[2] * 8]), radius_m=1000.0)
    outcome = repair(task, np.array([0, 0, 0, 0, 0, 0, 6, 6]))
    relaxation, _, change = outcome.stages
    assert (relaxation.objective, change.objective, change.bound) == (0, 2, 2)
    assert len(set(outcome.labels[:5].tolist())) == len(set(outcome.labels[5:].tolist())) == 1


def test_what_is_kept_stays_where_the_edit_put_it(street):
    """Block 4 goes to the second grid and stays: so block 7 has to leave it."""
    task = task_of(street([[3, 3, 3, 3, 3, 2, 2, 2]]), radius_m=1000.0, lower=5)
    edited = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    outcome = repair(task, edited, keep=(3,))
    assert legal(task, outcome.labels)
    assert outcome.labels[3] == outcome.labels[4]


def test_grids_elsewhere_are_not_touched(street):
    task = task_of(street([[2] * 40]))
    plan = np.arange(40) // 4
    edited = plan.copy()
    edited[4:6] = 0
    outcome = repair(task, edited)
    assert legal(task, outcome.labels)
    for grid in range(4, 10):
        assert len(set(outcome.labels[plan == grid].tolist())) == 1


def test_locked_grids_stay_and_what_excludes_itself_is_said(street):
    graph = street([[4, 4, 4, 4]])
    locked = task_of(graph, locked=((0, 1),))
    outcome = repair(locked, np.array([0, 0, 1, 2]))
    assert outcome.labels[0] == outcome.labels[1] != outcome.labels[2] == outcome.labels[3]
    with pytest.raises(GridplanError):
        repair(locked, np.array([0, 0, 0, 1]), keep=(2,))


def test_the_widest_neighbourhood_of_a_piece_is_drawn_with_all_the_time(street, monkeypatch):
    """Two rows that do not touch: the grids of the first pass any radius, whatever is done."""
    asked = []

    def redraw(part, *, time_limit_s, **rest):
        asked.append((len(part.graph), time_limit_s))
        return redraw_community(part, time_limit_s=time_limit_s, **rest)

    monkeypatch.setattr(sys.modules["gridplan.partition.repair"], "redraw_community", redraw)
    graph = street([[4, 4, 4, 4], [8, 8, 8, 8]], {(n, n + 4) for n in range(4)})
    task = task_of(graph, radius_m=50.0)
    repair(task, np.array([0, 0, 2, 2, 4, 5, 6, 7]), time_limit_s=3.0)
    assert [units for units, _ in asked] == [4, 4]
    assert asked[1][1] > asked[0][1]


def test_what_excludes_itself_in_one_piece_of_several_is_said(street):
    graph = street([[4, 4, 4, 4], [8, 8, 8, 8]], {(n, n + 4) for n in range(4)})
    locked = task_of(graph, locked=((0, 1),))
    with pytest.raises(GridplanError):
        repair(locked, np.array([0, 0, 0, 1, 4, 5, 6, 7]), keep=(2,))


def test_what_is_still_broken_is_never_called_optimal(street):
    task = task_of(street([[4] * 4]), radius_m=1000.0)
    torn = repair(task, np.array([0, 1, 1, 0]), stop=lambda: True)
    assert torn.status is Status.FEASIBLE
    near = task_of(street([[4] * 4]), radius_m=50.0)
    assert repair(near, np.array([0, 0, 2, 2])).status is Status.FEASIBLE


def test_a_lock_that_the_edit_broke_is_restored(street):
    task = task_of(street([[2] * 8]), radius_m=1000.0, locked=((0, 1, 2),))
    outcome = repair(task, np.array([0, 0, 0, 0, 4, 4, 4, 4]))
    assert len(set(outcome.labels[:3].tolist())) == 1
    assert outcome.labels[3] != outcome.labels[0]


def test_a_grid_across_a_compound_is_drawn_back(street):
    """Blocks 0 to 3 are a compound; block 4 of outside was put into its second grid."""
    scopes = np.array(["C"] * 4 + [""] * 5)
    task = task_of(street([[4] * 4 + [2, 2, 2, 2, 2]]), radius_m=1000.0, scopes=scopes, lower=2)
    outcome = repair(task, np.array([0, 0, 2, 2, 2, 5, 5, 7, 7]))
    for grid in set(outcome.labels.tolist()):
        assert len(set(scopes[outcome.labels == grid])) == 1
    assert legal(task, outcome.labels)


def test_a_heavy_locked_grid_gives_nothing(street):
    task = task_of(street([[20, 3, 3, 3, 3, 3]]), locked=((0, 1),))
    change = repair(task, np.array([0, 0, 2, 2, 2, 5])).stages[2]
    assert change.bound == 0


@given(seed=st.integers(0, 2**32 - 1))
@settings(
    deadline=None, max_examples=20, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_any_move_of_a_legal_plan_is_mended(street, seed):
    rng = np.random.default_rng(seed)
    task = task_of(street(rng.integers(1, 4, (4, 6)).tolist()))
    plan = redraw_community(task, time_limit_s=1.0, seed=0).labels
    assume(legal(task, plan))
    edited = plan.copy()
    edges = task.graph.edges
    border = edges[plan[edges[:, 0]] != plan[edges[:, 1]]]
    a, b = border[rng.integers(len(border))]
    edited[a] = plan[b]
    outcome = repair(task, edited, time_limit_s=3.0)
    assert legal(task, outcome.labels)
