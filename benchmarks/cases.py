"""Problems that everyone is measured on: instance files, made-up communities, real areas."""

from __future__ import annotations

import json
import math
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.communities import community
from gridplan.graph import UnitGraph
from gridplan.partition import Problem, read_instance
from gridplan.pipeline import prepare
from gridplan.prepared import Prepared
from gridplan.rules import RuleSet
from gridplan.schema import ResidenceClass
from gridplan.tiling import piece_of
from tests import areas

ROOT = Path(__file__).parents[1]
COMMUNITIES = 10

_FILL = 0.8
"""Share of the upper limit that the grids of an area are planned for."""

_LARGEST = 3
"""Pieces of a real community that are measured; the demo street's are measured all."""


@dataclass(frozen=True, eq=False)
class Case:
    """One problem.

    Parameters
    ----------
    name, family : str
        The family is a table of the page.
    problem : Problem
        Costs are ``inf`` where a unit is out of reach.
    xy : float array, shape (n, 2)
        Places of the units: metres where they are known, else drawn from the costs.
    published : float or None
        Optimum that others proved.
    digits : int
        Decimals of `published`.
    impossible : bool
        Whether others proved that no plan exists.
    graph : UnitGraph or None
        Of an area, with `radius_m`: what a planner's redraw is handed.
    radius_m : float
        Greatest distance of a unit to its grid's centre.
    """

    name: str
    family: str
    problem: Problem
    xy: NDArray[np.float64]
    published: float | None = None
    digits: int = 0
    impossible: bool = False
    graph: UnitGraph | None = None
    radius_m: float = math.inf


def all_cases(wanted: list[str], instances: Path | None) -> Iterator[Case]:
    """Every case that is asked for.

    Parameters
    ----------
    wanted : list of str
        Names or patterns (``community_*``); empty for all of them.
    instances : Path or None
        Folder of instance files; None for the one beside the project, where there is one.

    Yields
    ------
    Case
        Instance files by name, then communities, the demo street and real areas.
    """
    folder = instances or areas.SHARED / "instances"
    if not folder.is_dir():
        print(f"no instance files at {folder}")
    for path in sorted(folder.glob("*.json")):
        if _asked(path.stem, wanted):
            yield from_file(path)
    for seed in range(COMMUNITIES):
        if _asked(f"community_{seed}", wanted):
            problem, xy_m = community(seed)
            yield Case(f"community_{seed}", "community", problem, xy_m)
    yield from _area_cases(wanted)


def _asked(name: str, wanted: list[str]) -> bool:
    return not wanted or any(fnmatch(name, pattern) for pattern in wanted)


def from_file(path: Path) -> Case:
    """Read an instance file.

    Parameters
    ----------
    path : Path
        See :func:`gridplan.partition.read_instance`; ``published`` and ``xy_m`` are read too.

    Raises
    ------
    InputError
        Where the file cannot be used.
    """
    _, problem = read_instance(path)
    data = json.loads(path.read_text("utf-8"))
    published = data.get("published") or {}
    xy = np.array(data["xy_m"], float) if data.get("xy_m") else places(problem)
    kind = re.split(r"[_\d]", path.stem)[0]
    return Case(
        path.stem, kind if problem.edges is not None else f"{kind}, pieces allowed", problem, xy,
        published=published.get("objective") if published.get("status") == "optimal" else None,
        digits=published.get("digits", 0), impossible=published.get("status") == "infeasible",
    )  # fmt: skip


def places(problem: Problem) -> NDArray[np.float64]:
    """Places on a plane whose squared distances are nearest to cost by weight.

    Classical scaling, for methods that ask for coordinates; where a cost is not allowed, the
    dearest of the unit stands for it.

    Returns
    -------
    float array, shape (n, 2)
    """
    cost = np.where(np.isfinite(problem.cost), problem.cost, np.nan)
    cost = np.where(np.isnan(cost), np.nanmax(cost, axis=1, initial=0.0)[:, None], cost)
    squared = cost / np.maximum(problem.weight, 1)[:, None]
    squared = (squared + squared.T) / 2
    centred = squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    plane = np.zeros((len(problem), 2))
    axes = min(2, len(problem))
    plane[:, :axes] = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1][:, :axes]
    return plane


def _area_cases(wanted: list[str]) -> Iterator[Case]:
    names = ["demo", *(areas.REAL if areas.SHARED.is_dir() else ())]
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            if wanted and not any(fnmatch(name, pattern.split("/")[0]) for pattern in wanted):
                continue
            folder = ROOT / "data" / "demo"
            if name != "demo":
                folder = Path(scratch) / name
                folder.mkdir()
                areas.REAL[name](areas.SHARED, folder)
            prepared = prepare(folder, RuleSet())
            for case in _pieces(name, prepared):
                if _asked(case.name, wanted) or _asked(name, wanted):
                    yield case


def _pieces(area: str, prepared: Prepared) -> Iterator[Case]:
    """Pieces of an area's communities that take two grids or more, the largest first."""
    scope = prepared.units.frame.set_index("unit_id")["scope"]
    places_of = prepared.layers.communities.set_index("community_code")
    for code, graph in prepared.fabric.graphs.items():
        place = places_of.loc[code]
        lower, upper, radius_m = prepared.rules.bounds(
            ResidenceClass(place["residence_class"]), float(place["difficulty"])
        )
        inside = np.array([scope[unit] for unit in graph.ids])
        parts = [
            (part, groups)
            for part in _connected(graph, inside, upper)
            if (groups := _groups(int(graph.weight[part].sum()), lower, upper)) > 1
        ]
        parts.sort(key=lambda found: (-len(found[0]), int(found[0][0])))
        for number, (part, groups) in enumerate(parts if area == "demo" else parts[:_LARGEST]):
            whole = graph.subgraph(part)
            problem = _problem(whole, lower, upper, radius_m, groups)
            name = f"{area}/{str(code)[-4:]}-{number + 1}"
            yield Case(name, "area", problem, whole.xy_m, graph=whole, radius_m=radius_m)


def _connected(graph: UnitGraph, scope: NDArray[np.str_], upper: float) -> list[NDArray[np.int64]]:
    """Units that a grid could hold together: one scope, none above the limit, in one piece."""
    left, right = graph.edges.T
    open_ = (scope[left] == scope[right]) & (graph.weight[graph.edges] <= upper).all(axis=1)
    piece = piece_of(len(graph), left[open_], right[open_])
    light = np.flatnonzero(graph.weight <= upper)
    return [light[piece[light] == number] for number in np.unique(piece[light])]


def _groups(held: int, lower: float, upper: float) -> int:
    """Number of grids at the planned fill; 0 where no whole number fits the limits."""
    fewest = math.ceil(held / upper)
    most = int(held // lower) if lower > 0 else held
    return min(most, max(fewest, round(held / (_FILL * upper)))) if fewest <= most else 0


def _problem(graph: UnitGraph, lower: float, upper: float, radius_m: float, groups: int) -> Problem:
    """Households × squared metres, out of reach beyond the radius.

    A unit without households counts as one, as in a redraw.
    """
    squared = ((graph.xy_m[:, None, :] - graph.xy_m[None, :, :]) ** 2).sum(axis=2)
    cost = np.maximum(graph.weight, 1)[:, None] * squared
    cost[squared > radius_m**2] = math.inf
    return Problem(graph.weight.copy(), cost, graph.edges.copy(), lower, upper, groups)
