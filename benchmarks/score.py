"""One judge for every plan, ours and theirs: the product's checker and the costs, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridplan.partition import Problem, check_labels
from gridplan.partition.check import objective

INT = NDArray[np.int64]


@dataclass(frozen=True)
class Score:
    """What a plan is worth.

    Parameters
    ----------
    grids : int
    asked : int or None
        Number of grids asked for.
    outside : int
        Grids outside the household limits.
    broken : int
        Grids in more than one piece.
    far : int
        Units out of reach of their grid's centre.
    objective : float
        Cost with the best centre of each grid; ``inf`` with units out of reach.
    """

    grids: int
    asked: int | None
    outside: int
    broken: int
    far: int
    objective: float

    @property
    def legal(self) -> bool:
        """Whether the plan keeps every rule."""
        return not (self.outside or self.broken or self.far) and self.asked in (None, self.grids)

    def told(self) -> str:
        """What is wrong, in words; empty for a legal plan."""
        parts = [
            (self.outside, f"{self.outside} outside"),
            (self.broken, f"{self.broken} in pieces"),
            (self.far, f"{self.far} far"),
            (self.asked not in (None, self.grids), f"{self.grids} for {self.asked} grids"),
        ]
        return ", ".join(words for wrong, words in parts if wrong)


def score(problem: Problem, grid: INT) -> Score:
    """Score a plan.

    Parameters
    ----------
    problem : Problem
    grid : int array, shape (n,)
        Any number for each grid; centres are chosen here.

    Returns
    -------
    Score

    Raises
    ------
    ValueError
        Where `grid` has not one number for each unit.
    """
    if np.shape(grid) != (len(problem),):
        raise ValueError(f"{np.shape(grid)} numbers for {len(problem)} units")
    labels = best_centres(problem, np.asarray(grid))
    reach = np.where(np.isfinite(problem.cost), 0.0, np.inf)
    breaches = check_labels(
        labels, weight=problem.weight, edges=problem.edges, lower=problem.lower,
        upper=problem.upper, distance=reach,
    )  # fmt: skip
    outside = {breach.centre for breach in breaches if breach.rule in ("lower", "upper")}
    return Score(
        grids=len(np.unique(labels)),
        asked=problem.groups,
        outside=len(outside),
        broken=sum(breach.rule == "contiguity" for breach in breaches),
        far=sum(len(breach.units) for breach in breaches if breach.rule == "radius"),
        objective=objective(labels, problem.cost),
    )


def best_centres(problem: Problem, grid: INT) -> INT:
    """Labels of a plan: of each grid the unit with the fewest out of reach, then least cost.

    Returns
    -------
    int array, shape (n,)
        Position of the unit at the centre of each unit's grid.
    """
    labels = np.empty(len(problem), dtype=np.int64)
    for number in np.unique(grid):
        units = np.flatnonzero(grid == number)
        cost = problem.cost[np.ix_(units, units)]
        beyond = np.isinf(cost)
        total = np.where(beyond, 0.0, cost).sum(axis=0)
        labels[units] = units[np.lexsort((total, beyond.sum(axis=0)))[0]]
    return labels
