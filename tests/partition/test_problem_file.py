"""Instance files: good ones are read, bad ones name every key at fault."""

from __future__ import annotations

import json

import numpy as np
import pytest

from gridplan.errors import InputError
from gridplan.partition import Problem, read_instance

GOOD = {
    "name": "two", "n": 2, "groups": 1, "lower": 1, "upper": 9, "weight": [1, 2],
    "cost": [[0, None], [3, 0]], "edges": [[0, 1]],
}  # fmt: skip


def write(folder, data):
    path = folder / "case.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return path


def test_reads_null_as_forbidden(tmp_path):
    name, problem = read_instance(write(tmp_path, GOOD))
    assert name == "two"
    assert problem.cost.tolist() == [[0.0, np.inf], [3.0, 0.0]]
    assert problem.edges.tolist() == [[0, 1]]
    assert problem.total == 3


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"n": 0}, "n"),
        ({"groups": 3}, "groups"),
        ({"lower": 10}, "lower"),
        ({"upper": "many"}, "upper"),
        ({"weight": [1, -2]}, "weight"),
        ({"weight": [1]}, "weight"),
        ({"cost": [[0, 1]]}, "cost"),
        ({"cost": [[0, "x"], [1, 0]]}, "cost"),
        ({"cost": [[None, 1], [1, None]]}, "cost"),
        ({"edges": [[0, 2]]}, "edges"),
        ({"edges": [[1, 1]]}, "edges"),
    ],
)
def test_names_the_key_at_fault(tmp_path, change, key):
    with pytest.raises(InputError) as told:
        read_instance(write(tmp_path, GOOD | change))
    assert [fault.column for fault in told.value.faults] == [key]


def test_names_all_missing_keys(tmp_path):
    with pytest.raises(InputError) as told:
        read_instance(write(tmp_path, {"n": 2, "lower": 0, "upper": 1}))
    assert {f.column for f in told.value.faults} == {"groups", "weight", "cost", "edges"}


@pytest.mark.parametrize("text", ["", "[1]", "{"])
def test_no_json_object(tmp_path, text):
    with pytest.raises(InputError, match="JSON"):
        read_instance(write(tmp_path, text))


def test_absent_file(tmp_path):
    with pytest.raises(InputError):
        read_instance(tmp_path / "nowhere.json")


def test_the_constructor_refuses_nonsense():
    with pytest.raises(ValueError, match="edges"):
        Problem(np.array([1, 1]), np.zeros((2, 2)), np.array([[0, 5]]), 0, 2)
