"""The benchmark's own parts: its judge, its model, its bookkeeping. No peer is needed, no clock."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import highspy
import numpy as np
import pytest

from benchmarks import large, ours, race
from benchmarks.bench import main
from benchmarks.cases import Case, all_cases, from_file, places
from benchmarks.page import page
from benchmarks.peers.assignment import build
from benchmarks.peers.common import Job, Judge
from benchmarks.results import Result, describe, read, write
from benchmarks.score import best_centres, score
from gridplan.partition import Outcome, Problem, Progress, Stage, Status


def street(groups=2, lower=2.0, upper=4.0, reach=2.0):
    """Six houses in a row, 0-1-2-3-4-5, one household each; a path joins neighbours."""
    at = np.arange(6.0)
    apart = np.abs(at[:, None] - at[None, :])
    cost = np.where(apart <= reach, apart**2, np.inf)
    edges = np.column_stack([np.arange(5), np.arange(1, 6)])
    return Problem(np.ones(6, dtype=np.int64), cost, edges, lower, upper, groups)


def job_of(problem, **changes):
    xy = np.column_stack([np.arange(6.0), np.zeros(6)])
    made = Job(
        problem.weight, problem.cost, problem.edges, problem.lower, problem.upper,
        problem.groups, xy, 5.0, 0,
    )  # fmt: skip
    return replace(made, **changes)


def solved(job, *, flows):
    model = build(job, flows=flows)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(model.lp)
    highs.run()
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return None
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return highs.getInfo().objective_function_value, model.labels(highs.getSolution().col_value)


def test_a_legal_plan_costs_what_is_drawn():
    """0 1 2 | 3 4 5: centres 1 and 4, four neighbours at one metre."""
    told = score(street(), np.array([7, 7, 7, 3, 3, 3]))
    assert (told.grids, told.objective, told.legal, told.told()) == (2, 4.0, True, "")


def test_every_broken_rule_is_counted():
    """0 | 1 … 5 is one below and one above the limits; 0 2 | 1 3 4 5 lies in pieces twice."""
    uneven = score(street(reach=9), np.array([0, 1, 1, 1, 1, 1]))
    assert (uneven.outside, uneven.broken, uneven.far) == (2, 0, 0)
    mixed = score(street(reach=9), np.array([0, 1, 0, 1, 1, 1]))
    assert (mixed.outside, mixed.broken, mixed.far, mixed.legal) == (0, 2, 0, False)
    assert mixed.told() == "2 in pieces"


def test_reach_and_number_of_grids_count():
    """All six in one grid: from 2 or 3 one house is three metres away. 0 1 | 2 3 | 4 5 is one more."""
    told = score(street(), np.zeros(6, dtype=int))
    assert (told.far, told.grids, told.legal) == (1, 1, False)
    assert np.isinf(told.objective)
    assert told.told() == "1 outside, 1 far, 1 for 2 grids"
    more = score(street(), np.array([0, 0, 1, 1, 2, 2]))
    assert (more.legal, more.told()) == (False, "3 for 2 grids")
    assert score(street(groups=None), np.array([0, 0, 1, 1, 2, 2])).legal


def test_the_centre_reaches_most_before_it_costs_least():
    assert best_centres(street(), np.zeros(6, dtype=int)).tolist() == [2] * 6
    with pytest.raises(ValueError, match="for 6 units"):
        score(street(), np.zeros(5, dtype=int))


def test_a_peers_own_judge_agrees_with_the_benchmarks(capsys):
    rng = np.random.default_rng(0)
    judge = Judge(job_of(street()))
    for _ in range(50):
        grid = rng.integers(0, 3, 6)
        told = score(street(), grid)
        broken, _, cost = judge.offer(grid)
        assert (broken == 0) == told.legal
        if told.legal:
            assert cost == told.objective
    assert all("labels" in json.loads(line) for line in capsys.readouterr().out.splitlines())


def test_the_plain_model_knows_all_but_one_piece():
    """Houses 0 and 5 are far dearer elsewhere than together: only flows keep them apart."""
    problem = street(lower=2, upper=4, reach=9)
    cost = problem.cost.copy()
    cost[[0, 5], [5, 0]] = 0.0
    torn = Problem(problem.weight, cost, problem.edges, 2, 4, 2)
    value, labels = solved(job_of(torn), flows=False)
    assert labels[0] == labels[5]
    assert score(torn, labels).told() == "1 in pieces"
    whole, labels = solved(job_of(torn), flows=True)
    assert score(torn, labels).legal
    assert score(torn, labels).objective == pytest.approx(whole) == 4.0
    assert value < whole
    assert solved(job_of(street(lower=4)), flows=False) is None


def test_places_are_drawn_from_costs():
    xy = places(street(reach=9))
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    assert apart[0] == pytest.approx(np.arange(6.0), abs=1e-6)


def test_communities_and_files_are_cases(tmp_path):
    problem = street(reach=9)
    data = {
        "name": "x", "n": 6, "groups": 2, "lower": 2, "upper": 4, "weight": [1] * 6,
        "cost": problem.cost.tolist(), "edges": None,
        "published": {"status": "optimal", "objective": 4, "digits": 0},
    }  # fmt: skip
    (tmp_path / "row_01.json").write_text(json.dumps(data), "utf-8")
    case = from_file(tmp_path / "row_01.json")
    assert (case.name, case.family, case.published) == ("row_01", "row, pieces allowed", 4)
    names = [case.name for case in all_cases(["row_*", "community_3"], tmp_path)]
    assert names == ["row_01", "community_3"]


def lines_of(*plans):
    return [
        {"ready": {"x": "1"}},
        *({"seconds": at, "labels": labels} for at, labels in plans),
    ]


def solve_by_hand(problem, *, time_limit_s, seed, progress):
    """What gridplan would say, without its compiled loops: a poor plan first, then the best."""
    progress(Progress(0.1, "x"))
    progress(Progress(0.5, "x", 7.0, 3.0))
    labels = np.array([1, 1, 1, 4, 4, 4])
    stages = (Stage("groups", 2, 2), Stage("compactness", 4.0, 4.0))
    return Outcome(Status.OPTIMAL, labels, stages, time_limit_s, seed)


def result_of(problem, lines, published=4.0) -> Result:
    case = Case("row", "rows", problem, np.zeros((6, 2)), published)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ours, "solve", solve_by_hand)
        run = ours.run_gridplan(case, 5.0, 0)
    assert [value for _, value, _ in run.curve] == [np.inf, 7.0, 4.0]
    return describe(case, 5.0, 5.0, run, {"metis": race._heard(case, lines, "", 5.0)})


def test_a_plan_that_comes_late_does_not_count():
    result = result_of(street(), lines_of((1, [0, 0, 1, 1, 1, 1]), (9, [0, 0, 0, 1, 1, 1])))
    peer = result.peers["metis"]
    assert (peer.found_s, peer.score.objective) == (1, 7.0)
    assert result.ratio(peer) == 7 / 4
    assert result.gap(result.ours) == 0
    assert result.proved(result.ours)
    assert not result.proved(peer)
    assert result.contradictions() == []


def test_a_plan_below_a_bound_is_a_contradiction():
    result = result_of(street(), lines_of(), published=5.0)
    assert len(result.contradictions()) == 1
    assert "Contradictions" in page([result], "make bench", None, [])


def test_a_page_is_the_same_after_it_was_kept(tmp_path):
    result = result_of(street(), lines_of((1, [0, 0, 1, 1, 1, 1])))
    write("make bench", [result], tmp_path / "kept" / "lines")
    command, kept = read(tmp_path / "kept" / "lines")
    assert page(kept, command, "plot.png", []) == page([result], "make bench", "plot.png", [])
    assert "| row | 6 | 2 | 4 | 0, proved |" in page(kept, command, None, [])
    assert "1.7500 (1.0 s)" in page(kept, command, None, [])


def test_a_peer_is_run_and_heard(monkeypatch):
    """The assignment peer needs nothing but what gridplan has: it runs in our own environment."""
    monkeypatch.setattr(race, "PEER_PYTHON", sys.executable)
    case = Case("row", "rows", street(), np.zeros((6, 2)))
    run = race.run_peer(race.PEERS["flows"], case, 2, 30.0, 0)
    assert run.note == ""
    assert run.score.legal
    assert run.score.objective == run.bound == 4.0
    broken = race.run_peer(race.Peer("none", ("no_such_module",)), case, 2, 5.0, 0)
    assert broken.status == "failed"
    assert "no_such_module" in broken.note


def test_a_name_that_fits_nothing_is_said(tmp_path):
    with pytest.raises(SystemExit, match="no case"):
        main(["--only", "nothing", "--peers", "--instances", str(tmp_path)])


def test_a_small_street_and_its_repairs_are_measured(tmp_path):
    rows = large.measure(communities=2, buildings=30, groups=2, seconds=8.0, edits=2)
    told = dict(rows)
    assert told["street of 60 buildings in 2 communities"].endswith(" s")
    assert told["rules that its plan breaks"] == "0"
    assert int(told["edits that broke a rule, of 4"]) <= 4
    large.write(rows, tmp_path / "large.json")
    assert large.read(tmp_path / "large.json") == rows
    assert large.read(tmp_path / "none.json") == []
