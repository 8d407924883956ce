"""Other solvers through PuLP, and the model as a file."""

from __future__ import annotations

import highspy
import numpy as np
import pulp
import pytest

from gridplan.errors import GridplanError
from gridplan.partition import Problem, Status, solve, write_problem
from gridplan.partition.contiguity import legal_arcs
from gridplan.partition.field import lay_out
from gridplan.partition.finish import spec_of
from gridplan.partition.model import close
from gridplan.partition.solvers import SOLVERS, Ended, installed, open_programme


def ring(count=24, groups=4):
    """Buildings on a ring of 10 m, neighbours side by side, and a few chords across."""
    rng = np.random.default_rng(3)
    angle = 2 * np.pi * np.arange(count) / count
    xy = 10 * np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(0, 2, (count, 2))
    weight = rng.integers(1, 9, count)
    cost = weight[:, None] * ((xy[:, None] - xy[None]) ** 2).sum(axis=2)
    edges = np.array([(k, (k + 1) % count) for k in range(count)] + [(0, 12), (6, 18)])
    mean = weight.sum() / groups
    return Problem(weight, cost, edges, float(int(0.8 * mean)), float(int(1.2 * mean)), groups)


def spec(problem):
    field = lay_out(problem)
    arcs = legal_arcs(field, hard=True)
    return spec_of(field, arcs, problem.groups)


def here():
    for solver in SOLVERS:
        try:
            installed(solver)
        except GridplanError:
            continue
        yield solver


@pytest.mark.filterwarnings("ignore:PULP_CBC_CMD:DeprecationWarning")
@pytest.mark.parametrize("solver", list(here()))
def test_every_installed_solver_proves_the_same(solver):
    reference = close(spec(ring()), seconds=60)
    told = close(spec(ring()), seconds=60, solver=solver)
    assert told.proved
    assert told.objective == pytest.approx(reference.objective)
    assert told.bound == pytest.approx(reference.objective)


def test_a_second_solver_is_installed_here():
    assert len(list(here())) > 1


@pytest.mark.filterwarnings("ignore:PULP_CBC_CMD:DeprecationWarning")
def test_an_answer_at_the_time_limit_is_never_called_optimal():
    """The whole of CBC's second goes by before 120 units are proved."""
    programme = open_programme(spec(ring(150, 12)), "cbc")
    answer = programme.run(0.01, None)
    assert answer.ended is Ended.OPEN
    assert answer.bound == -np.inf


class Silent:
    """A solver that ends at its limit and says nothing of it."""

    def __init__(self, status: int) -> None:
        self.status = status

    def actualSolve(self, lp, **_):  # noqa: N802  # PuLP's name
        """End."""
        lp.assignStatus(self.status)
        return self.status


@pytest.mark.parametrize("status", [pulp.LpStatusNotSolved, pulp.LpStatusUndefined])
def test_no_answer_is_no_proof(monkeypatch, status):
    programme = open_programme(spec(ring()), "cbc")
    monkeypatch.setattr(pulp, "getSolver", lambda *_, **__: Silent(status))
    assert programme.run(5.0, None).ended is Ended.OPEN


@pytest.mark.filterwarnings("ignore:PULP_CBC_CMD:DeprecationWarning")
def test_solve_takes_a_solver_by_name():
    told = solve(ring(), time_limit_s=30, seed=0, solver="cbc")
    assert told.status is Status.OPTIMAL
    assert told.objective == pytest.approx(solve(ring(), time_limit_s=30, seed=0).objective)
    with pytest.raises(GridplanError) as refused:
        solve(ring(), time_limit_s=1, seed=0, solver="abacus")
    assert refused.value.key == "error.solver_missing"


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
def test_the_model_as_a_file_has_the_same_relaxation(tmp_path, suffix):
    """Read back by HiGHS: its optimum without the later cuts is no more than the true one."""
    file = tmp_path / f"ring{suffix}"
    write_problem(ring(), file)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.readModel(str(file))
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    truth = close(spec(ring()), seconds=60).objective
    assert 0.8 * truth < highs.getInfo().objective_function_value <= truth * (1 + 1e-6)
    assert list(tmp_path.iterdir()) == [file]


def test_a_model_file_has_one_of_two_endings(tmp_path):
    with pytest.raises(GridplanError) as refused:
        write_problem(ring(), tmp_path / "ring.txt")
    assert refused.value.key == "error.model_suffix"
    assert not list(tmp_path.iterdir())
