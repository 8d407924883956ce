"""What is asked for each community, as tasks of the partitioner."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.task import Count, Task
from gridplan.prepared import Prepared
from gridplan.rules import GridCount
from gridplan.schema import ResidenceClass


def tasks_of(prepared: Prepared) -> dict[str, Task]:
    """What is asked for each community, by its code.

    A task is a value: with ``dataclasses.replace`` grids are locked, units held together or apart,
    wishes priced, before :func:`gridplan.pipeline.redraw` is handed the tasks.

    Parameters
    ----------
    prepared : Prepared
        The area.
    """
    return {str(code): _task(prepared, str(code)) for code in prepared.fabric.graphs}


def _task(prepared: Prepared, code: str) -> Task:
    graph = prepared.fabric.graphs[code]
    place = prepared.layers.communities.set_index("community_code").loc[code]
    lower, upper, radius_m = prepared.rules.bounds(
        ResidenceClass(place["residence_class"]), float(place["difficulty"])
    )
    scope = prepared.units.frame.set_index("unit_id")["scope"]
    return Task(
        graph=graph,
        lower=lower,
        upper=upper,
        radius_m=radius_m,
        groups=_grid_count(prepared, code),
        count=Count.FEWEST if prepared.rules.grid_count is GridCount.FEWEST else Count.NEAR,
        present=_present_labels(prepared, graph.ids) if prepared.rules.keep_present else None,
        scopes=np.array([scope[unit] for unit in graph.ids]),
    )


def _grid_count(prepared: Prepared, code: str) -> int | None:
    """Number of grids from where the rules say; None where that source knows none."""
    rules, layers = prepared.rules, prepared.layers
    if rules.grid_count is GridCount.GIVEN:
        return rules.given_count.get(code)
    if rules.grid_count is GridCount.ROSTER:
        posts = layers.roster.loc[layers.roster["community_code"] == code, "posts"]
        return int(posts.sum()) or None
    if rules.grid_count is GridCount.PRESENT and prepared.present:
        grids = next(iter(prepared.present.values())).grids
        return int((grids["community"] == code).sum()) or None
    return None


def _present_labels(prepared: Prepared, ids: tuple[str, ...]) -> NDArray[np.int64] | None:
    codes = prepared.present_grid
    return None if codes.empty else numbered(codes.reindex(list(ids)).fillna(""))


def numbered(grids: Iterable[str]) -> NDArray[np.int64]:
    """Grids by number, 0 for the first by name; -1 for "", which is none.

    Parameters
    ----------
    grids : iterable of str
        Of each unit.
    """
    named = list(grids)
    number = {grid: place for place, grid in enumerate(sorted(set(named) - {""}))}
    return np.array([number.get(grid, -1) for grid in named], dtype=np.int64)
