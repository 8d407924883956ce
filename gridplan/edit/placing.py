"""Units that no grid has get one: a neighbour with room, or a grid of their own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridplan.partition import Task
from gridplan.tiling import piece_of

INT = NDArray[np.int64]


def placed(task: Task, grids: INT) -> INT:
    """Give every unit a grid, as a start for a repair.

    One after the other, a unit joins the grid beside it that has room, the lightest first. Where
    none has room, what is left over in one piece and would make a fair part of a grid becomes one;
    less joins the lightest grid beside it all the same; what touches no open grid becomes one too.

    Parameters
    ----------
    task : Task
        With what is held, which takes nothing in.
    grids : int array, shape (n,)
        Grid of each unit by number, -1 for none.

    Returns
    -------
    int array, shape (n,)
        The same without -1.
    """
    grids = grids.copy()
    closed = [unit for grid in (*task.locked, *task.exclusive) for unit in grid]
    edges, scope = task.graph.edges, task.scope
    edges = edges[(scope[edges[:, 0]] == scope[edges[:, 1]]) & ~np.isin(edges, closed).any(axis=1)]
    _fill(task, grids, edges, task.upper)
    _found(task, grids, edges, least=_fair(task))
    _fill(task, grids, edges, np.inf)
    _found(task, grids, edges, least=0.0)
    return grids


def _fair(task: Task) -> float:
    """Households that are worth a grid: half of what lies amid the limits."""
    return (task.lower + task.upper) / 4 if np.isfinite(task.upper) else max(1.0, task.lower)


def _fill(task: Task, grids: INT, edges: INT, most: float) -> None:
    """Let units join grids beside them in place, while none passes `most` households."""
    weight = task.graph.weight
    load = np.bincount(grids[grids >= 0], weights=weight[grids >= 0], minlength=grids.max() + 1)
    arcs = np.concatenate([edges, edges[:, ::-1]])
    while True:
        open_ = arcs[(grids[arcs[:, 0]] < 0) & (grids[arcs[:, 1]] >= 0)]
        joined = load[grids[open_[:, 1]]] + weight[open_[:, 0]]
        open_, joined = open_[joined <= most], joined[joined <= most]
        if len(open_) == 0:
            return
        unit, beside = open_[np.lexsort((open_[:, 0], joined))[0]]
        grids[unit] = grids[beside]
        load[grids[unit]] += weight[unit]


def _found(task: Task, grids: INT, edges: INT, least: float) -> None:
    """Make grids, in place, of the pieces left over that hold at least so many households."""
    left = np.flatnonzero(grids < 0)
    inside = edges[(grids[edges] < 0).all(axis=1)]
    piece = piece_of(len(grids), inside[:, 0], inside[:, 1])
    for number in np.unique(piece[left]):
        units = left[piece[left] == number]
        if task.graph.weight[units].sum() >= least:
            grids[units] = grids.max() + 1
