"""The checker finds each kind of breach, and verifies each kind of proof."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from gridplan.partition import check, check_labels


def told(graph, labels, **limits):
    rules = {"lower": 0, "upper": 99, "radius_m": np.inf} | limits
    distance = cdist(graph.xy_m, graph.xy_m)
    found = check_labels(
        np.array(labels), weight=graph.weight, edges=graph.edges, distance=distance, **rules
    )
    return [(b.rule, b.centre, b.value, b.limit) for b in found]


def test_each_rule(street):
    graph = street([[1, 2, 3], [4, 5, 6]])
    assert told(graph, [1, 1, 1, 4, 4, 4]) == []
    assert told(graph, [1, 1, 1, 4, 4, 4], upper=14) == [("upper", 4, 15.0, 14)]
    assert told(graph, [1, 1, 1, 4, 4, 4], lower=7) == [("lower", 1, 6.0, 7)]
    assert told(graph, [0, 0, 0, 4, 4, 4], radius_m=150) == [("radius", 0, 200.0, 150.0)]
    assert told(graph, [0, 1, 0, 1, 1, 1]) == [("contiguity", 0, 2, 1)]
    assert told(graph, [1, 4, 1, 4, 4, 4])[0][0] == "centre"
    with pytest.raises(ValueError, match="labels"):
        told(graph, [9, 0, 0, 0, 0, 0])


def test_component_proof(street):
    graph = street([[5, 9, 5]])
    rules = {"weight": graph.weight, "edges": graph.edges, "lower": 4, "upper": 8}
    assert check.verify_unit_too_heavy(1, graph.weight, 8)
    assert not check.verify_component([0], **rules)  # one grid of 5 fits
    assert check.verify_component([0], **rules | {"lower": 6})
    assert not check.verify_component([0], **rules | {"lower": 6, "upper": 14})  # 9 is light now


def test_sparse_proof(street):
    graph = street([[9, 9, 1, 1, 1]])
    rules = {
        "weight": graph.weight, "edges": graph.edges, "lower": 9, "upper": 20,
        "distance": cdist(graph.xy_m, graph.xy_m), "radius_m": 100.0,
    }  # fmt: skip
    proved = [check.verify_sparse_place(unit, **rules) for unit in range(5)]
    assert proved == [False, False, False, False, True]
