"""A partition problem read from its instance file."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from gridplan.errors import Fault, InputError
from gridplan.partition.problem import Problem

_NEEDED = ("n", "groups", "lower", "upper", "weight", "cost", "edges")


def read_instance(path: Path) -> tuple[str, Problem]:
    """Read one instance file.

    The file is a JSON object ``{name, n, groups, lower, upper, weight[n], cost[n][n] (null: not
    allowed), edges [[u, v], …] or null}``; further keys are left alone.

    Parameters
    ----------
    path : Path

    Returns
    -------
    name : str
        As the file says, else the file's stem.
    problem : Problem

    Raises
    ------
    InputError
        With every key at fault, where the file cannot be read or used.
    """
    data = _load(path)
    file = path.name
    missing = [key for key in _NEEDED if key not in data]
    if missing:
        raise InputError([Fault("instance.missing", file, column=key) for key in missing])
    faults = [
        Fault("instance.value", file, column=key, values={"told": told})
        for key, told in _wrong(data)
    ]
    if faults:
        raise InputError(faults)
    edges = data["edges"]
    cost = np.array([[math.inf if c is None else c for c in row] for row in data["cost"]], float)
    problem = Problem(
        np.array(data["weight"], dtype=np.int64),
        cost.reshape(data["n"], data["n"]),
        None if edges is None else np.array(edges, dtype=np.int64).reshape(-1, 2),
        float(data["lower"]),
        float(data["upper"]),
        data["groups"],
    )
    return str(data.get("name", path.stem)), problem


def _load(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except OSError as error:
        told = {"told": error.strerror or ""}
        raise InputError([Fault("instance.unreadable", str(path), values=told)]) from error
    except ValueError as error:
        raise InputError([Fault("instance.not_json", path.name)]) from error
    if not isinstance(data, dict):
        raise InputError([Fault("instance.not_json", path.name)])
    return data


def _whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _wrong(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Keys at fault, each with the value or place that is wrong."""
    count = data["n"]
    if not _whole(count, 1):
        return [("n", repr(count)[:40])]
    wrong = []
    if data["groups"] is not None and not (_whole(data["groups"], 1) and data["groups"] <= count):
        wrong.append(("groups", repr(data["groups"])[:40]))
    lower, upper = data["lower"], data["upper"]
    wrong += [(k, repr(data[k])[:40]) for k in ("lower", "upper") if not _number(data[k])]
    if _number(lower) and _number(upper) and not 0 <= lower <= upper:
        wrong.append(("lower", f"{lower} … {upper}"))
    wrong += _wrong_weight(data["weight"], count)
    wrong += _wrong_cost(data["cost"], count)
    wrong += _wrong_edges(data["edges"], count)
    return wrong


def _wrong_weight(weight: Any, count: int) -> list[tuple[str, str]]:
    if not isinstance(weight, list) or len(weight) != count:
        return [("weight", f"≠ {count}")]
    bad = [i for i, value in enumerate(weight) if not _whole(value, 0)]
    return [("weight", f"[{bad[0]}] = {weight[bad[0]]!r}")] if bad else []


def _wrong_cost(cost: Any, count: int) -> list[tuple[str, str]]:
    if not isinstance(cost, list) or len(cost) != count:
        return [("cost", f"≠ {count}")]
    for i, row in enumerate(cost):
        if not isinstance(row, list) or len(row) != count:
            return [("cost", f"[{i}] ≠ {count}")]
        for j, value in enumerate(row):
            if value is not None and not _number(value):
                return [("cost", f"[{i}][{j}] = {value!r}")]
    if all(cost[j][j] is None for j in range(count)):
        return [("cost", "[j][j] = null")]
    return []


def _wrong_edges(edges: Any, count: int) -> list[tuple[str, str]]:
    if edges is None:
        return []
    if not isinstance(edges, list):
        return [("edges", repr(edges)[:40])]
    for k, edge in enumerate(edges):
        pair = isinstance(edge, list) and len(edge) == 2 and all(_whole(v, 0) for v in edge)
        if not pair or max(edge) >= count or edge[0] == edge[1]:
            return [("edges", f"[{k}] = {edge!r}")]
    return []
