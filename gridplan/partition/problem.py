"""The partition problem as a value."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.limits import NO_TERMS, NO_WISHES, Measure, Terms, Wishes, check_pairs

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]


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
    terms : Terms
        What else a plan has to keep.
    wishes : Wishes
        Soft wishes and their prices.

    Raises
    ------
    ValueError
        Where a shape, an index or a number is impossible.
    """

    weight: INT
    cost: FLOAT
    edges: INT | None
    lower: float
    upper: float
    groups: int | None = None
    present: INT | None = None
    terms: Terms = NO_TERMS
    wishes: Wishes = NO_WISHES

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
        check_pairs(self.edges, count, "edges")
        self.terms.check(count)
        cut = self.wishes.cut
        if cut is not None and (self.edges is None or len(cut) != len(self.edges)):
            raise ValueError("one price to cut each edge")
        for array in (self.weight, self.cost, self.edges, self.present):
            if array is not None:
                array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def total(self) -> int:
        """Households of all units."""
        return int(self.weight.sum())

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Households and every other measure, each with its limits."""
        return (Measure("households", self.weight, self.lower, self.upper), *self.terms.measures)

    @property
    def mean(self) -> float:
        """Households of a balanced grid: of as many grids as asked for, else as few as may be."""
        return self.total / (self.groups or max(1, math.ceil(self.total / max(1e-9, self.upper))))

    @property
    def changes(self) -> bool:
        """Whether units have present grids that they may leave."""
        return self.present is not None and bool((self.present >= 0).any())

    @property
    def legal(self) -> NDArray[np.bool_]:
        """Where unit i may go to centre j, shape (n, n)."""
        legal = np.isfinite(self.cost)
        fixed = list(self.terms.centres)
        legal[fixed] &= np.eye(len(self), dtype=bool)[fixed]
        return legal


def _check_cost(cost: FLOAT, count: int) -> None:
    if cost.shape != (count, count):
        raise ValueError(f"cost has shape {cost.shape} for {count} units")
    if np.isnan(cost).any() or (cost == -math.inf).any():
        raise ValueError("a cost is no number")
    if not np.isfinite(np.diag(cost)).any():
        raise ValueError("no unit may be a centre")
