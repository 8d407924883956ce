"""What a plan has to keep besides households, and what is wished of it at a price."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    apart, together : int array, shape (k, 2), optional
        Pairs of units that never, or always, lie in the same grid.
    centres : tuple of int
        Units that must be the centre of their grid.
    """

    measures: tuple[Measure, ...] = ()
    either: bool = False
    apart: INT | None = None
    together: INT | None = None
    centres: tuple[int, ...] = ()

    def check(self, count: int) -> None:
        """Refuse what does not speak of `count` units.

        Raises
        ------
        ValueError
            Where a pair, a centre or a measure is impossible.
        """
        check_pairs(self.apart, count, "apart")
        check_pairs(self.together, count, "together")
        if any(not 0 <= centre < count for centre in self.centres):
            raise ValueError(f"centres {self.centres} of {count} units")
        for measure in self.measures:
            if measure.amount.shape != (count,):
                raise ValueError(f"{measure.name} has {len(measure.amount)} of {count} units")

    def of(self, units: INT, count: int) -> Terms:
        """The same for some of `count` units alone, in the order given."""
        place = np.full(count, -1, dtype=np.int64)
        place[units] = np.arange(len(units))
        measures = tuple(replace(each, amount=each.amount[units]) for each in self.measures)
        centres = tuple(int(place[c]) for c in self.centres if place[c] >= 0)
        inside = [place[pairs_of(pairs)] for pairs in (self.apart, self.together)]
        apart, together = (pairs[(pairs >= 0).all(axis=1)] for pairs in inside)
        return Terms(measures, self.either, apart, together, centres)


def pairs_of(pairs: INT | None) -> INT:
    """Pairs as an array of shape (k, 2), where there are any."""
    if pairs is None or pairs.size == 0:
        return np.zeros((0, 2), dtype=np.int64)
    return pairs.reshape(-1, 2)


def check_pairs(pairs: INT | None, count: int, name: str) -> None:
    """Refuse what are no pairs of `count` units.

    Raises
    ------
    ValueError
        With the name of the pairs.
    """
    if pairs is None or pairs.size == 0:
        return
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.min() < 0 or pairs.max() >= count:
        raise ValueError(f"{name} are pairs of unit positions")
    if (pairs[:, 0] == pairs[:, 1]).any():
        raise ValueError(f"{name}: a unit makes no pair with itself")


@dataclass(frozen=True, eq=False)
class Wishes:
    """What is wished of a plan, each wish with its price in units of the cost.

    Parameters
    ----------
    stay : float
        Price of a household that leaves its present grid. 0: change is an objective of its own.
    balance : float
        Price of a household by which a grid is above or below the mean.
    cut : float array, shape (m,), optional
        Price of each edge whose ends lie in different grids: low along streets, high inside yards.
    change_first : bool
        Whether change is minimised before the cost, or after it.

    Raises
    ------
    ValueError
        Where a price is below zero.
    """

    stay: float = 0.0
    balance: float = 0.0
    cut: FLOAT | None = None
    change_first: bool = True

    @property
    def change_last(self) -> bool:
        """Whether change decides only between plans that cost the same."""
        return self.stay == 0 and not self.change_first

    def __post_init__(self) -> None:
        if min(self.stay, self.balance) < 0 or (self.cut is not None and (self.cut < 0).any()):
            raise ValueError("a wish has a price below zero")


NO_TERMS, NO_WISHES = Terms(), Wishes()
