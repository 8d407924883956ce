"""What a plan has to keep besides households, and what is wished of it at a price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measure:
    """Something besides households that every grid holds within limits.

    Parameters
    ----------
    name : str
        ``people``, ``workload``, ``cases`` or any other.
    amount : int array, shape (n,)
        Of each unit, zero or more.
    lower, upper : float
        Limits of a grid, both hard; `upper` may be ``inf``.

    Raises
    ------
    ValueError
        Where an amount is below zero or the limits exclude each other.
    """

    name: str
    amount: INT
    lower: float
    upper: float

    def __post_init__(self) -> None:
        if len(self.amount) == 0 or self.amount.min() < 0:
            raise ValueError(f"{self.name}: no amounts, or one below zero")
        if not 0 <= self.lower <= self.upper or np.isinf(self.lower):
            raise ValueError(f"{self.name}: limits {self.lower} to {self.upper}")
        self.amount.setflags(write=False)


@dataclass(frozen=True, eq=False)
class Terms:
    """What a plan has to keep besides households, radius and contiguity.

    Parameters
    ----------
    measures : tuple of Measure
        What every grid holds within limits besides households.
    either : bool
        Whether it is enough that a grid is within the limits of households or of one measure.
    apart : int array, shape (k, 2), optional
        Pairs of units that never lie in the same grid.
    centres : tuple of int
        Units that must be the centre of their grid.
    """

    measures: tuple[Measure, ...] = ()
    either: bool = False
    apart: INT | None = None
    centres: tuple[int, ...] = ()

    @property
    def pairs(self) -> INT:
        """The pairs kept apart, shape (k, 2)."""
        none = np.zeros((0, 2), dtype=np.int64)
        return none if self.apart is None else self.apart.reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class Wishes:
    """What is wished of a plan, each wish with its price in units of the cost.

    Parameters
    ----------
    stay : float
        Price of a household that leaves its present grid. 0: change has no price, but is
        minimised before the cost.
    balance : float
        Price of a household by which a grid is above or below the mean.
    cut : float array, shape (m,), optional
        Price of each edge whose ends lie in different grids: low along streets, high inside yards.

    Raises
    ------
    ValueError
        Where a price is below zero.
    """

    stay: float = 0.0
    balance: float = 0.0
    cut: FLOAT | None = None

    def __post_init__(self) -> None:
        if min(self.stay, self.balance) < 0 or (self.cut is not None and (self.cut < 0).any()):
            raise ValueError("a wish has a price below zero")


NO_TERMS, NO_WISHES = Terms(), Wishes()
