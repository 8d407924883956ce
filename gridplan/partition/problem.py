"""The partition problem as a value, and the file it can be read from."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridplan.errors import Fault, InputError

_NEEDED = ("n", "groups", "lower", "upper", "weight", "cost", "edges")


@dataclass(frozen=True, eq=False)
class Problem:
    """Units to be assigned to grids centred at units.

    Parameters
    ----------
    weight : int array, shape (n,)
        Households of each unit, zero or more.
    cost : float array, shape (n, n)
        Cost of unit i in the grid centred at unit j; ``inf`` where that is not allowed.
    edges : int array, shape (m, 2), or None
        Pairs of neighbours; None where grids need not be in one piece.
    lower, upper : float
        Limits of a grid's weight, both hard; `upper` may be ``inf``.
    groups : int or None
        Number of grids; None: as few as possible, before anything else.
    present : int array, shape (n,), or None
        Present grid of each unit, -1 for none; None: change does not matter.

    Raises
    ------
    ValueError
        Where a shape, an index or a number is impossible.
    """

    weight: NDArray[np.int64]
    cost: NDArray[np.float64]
    edges: NDArray[np.int64] | None
    lower: float
    upper: float
    groups: int | None = None
    present: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        count = len(self.weight)
        if count == 0 or self.weight.min() < 0:
            raise ValueError("no units, or a weight below zero")
        _check_cost(self.cost, count)
        if not 0 <= self.lower <= self.upper or math.isinf(self.lower):
            raise ValueError(f"limits {self.lower} to {self.upper}")
        if self.groups is not None and not 1 <= self.groups <= count:
            raise ValueError(f"{self.groups} grids of {count} units")
        if self.present is not None and self.present.shape != (count,):
            raise ValueError(f"present has shape {self.present.shape} for {count} units")
        _check_edges(self.edges, count)
        for array in (self.weight, self.cost, self.edges, self.present):
            if array is not None:
                array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def total(self) -> int:
        """Households of all units."""
        return int(self.weight.sum())


def _check_cost(cost: NDArray[np.float64], count: int) -> None:
    if cost.shape != (count, count):
        raise ValueError(f"cost has shape {cost.shape} for {count} units")
    if np.isnan(cost).any() or (cost == -math.inf).any():
        raise ValueError("a cost is no number")
    if not np.isfinite(np.diag(cost)).any():
        raise ValueError("no unit may be a centre")


def _check_edges(edges: NDArray[np.int64] | None, count: int) -> None:
    if edges is None or edges.size == 0:
        return
    if edges.ndim != 2 or edges.shape[1] != 2 or edges.min() < 0 or edges.max() >= count:
        raise ValueError("edges are pairs of unit positions")
    if (edges[:, 0] == edges[:, 1]).any():
        raise ValueError("a unit is no neighbour of itself")


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
