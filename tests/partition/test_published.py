"""Published instances at a reduced size; all of them in full by the trial."""

from __future__ import annotations

import json

import pytest

from gridplan.partition import Status, read_instance, solve

QUICK = [
    "lattice_05", "lattice_06", "county_NH_free", "county_ME_contiguous", "county_NM_contiguous",
    "county_ID_contiguous", "county_MS_contiguous", "pmedcap1_01",
]  # fmt: skip


def compare(folder, name, time_limit_s):
    path = folder / "instances" / f"{name}.json"
    published = json.loads(path.read_text("utf-8"))["published"]
    _, problem = read_instance(path)
    outcome = solve(problem, time_limit_s=time_limit_s, seed=0)
    assert outcome.seconds < time_limit_s + 2
    return published, outcome


@pytest.mark.parametrize("name", QUICK)
def test_published_optimum_is_proved(shared, name):
    published, outcome = compare(shared, name, 30)
    assert outcome.status is Status.OPTIMAL
    assert round(outcome.objective, published["digits"]) == published["objective"]
    assert round(outcome.bound, published["digits"]) == published["objective"]


def test_new_hampshire_is_proved_infeasible(shared):
    published, outcome = compare(shared, "county_NH_contiguous", 30)
    assert published["status"] == "infeasible"
    assert outcome.status is Status.INFEASIBLE
    assert outcome.labels is None


def test_made_up_300(shared):
    """The best known plan of other methods has 98.30e6, the best bound of theirs 96.15e6.

    At the size that a busy machine manages; the long trial takes a minute.
    """
    _, outcome = compare(shared, "syn300", 40)
    assert outcome.objective < 99.5e6
    assert 95.5e6 < outcome.bound < outcome.objective


@pytest.mark.trial
def test_all_published(shared):
    for path in sorted((shared / "instances").glob("*.json")):
        published, outcome = compare(shared, path.stem, 60)
        if published["status"] == "optimal":
            assert outcome.bound <= published["objective"] * (1 + 1e-6)
            assert outcome.objective >= published["objective"] * (1 - 1e-6)
