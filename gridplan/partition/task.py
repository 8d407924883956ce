"""What is asked for one community, as a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gridplan.graph import UnitGraph
from gridplan.partition.limits import NO_TERMS, NO_WISHES, Measure, Terms, Wishes
from gridplan.partition.solvers import HIGHS

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]


class Count(StrEnum):
    """How the number of grids is meant."""

    NEAR = "near"
    """As asked for where the limits allow it, else as near as they do."""
    EXACT = "exact"
    """As asked for, even where limits have to give."""
    FEWEST = "fewest"
    """As few as the search finds, before anything else."""


@dataclass(frozen=True, eq=False)
class Task:
    """One community to be redrawn, with every rule, lock and wish.

    Parameters
    ----------
    graph : UnitGraph
        All units of the community, in metres.
    lower, upper : float
        Limits of a grid's households (or people); `upper` may be ``inf``.
    radius_m : float
        Greatest distance of a unit with households to its grid's centre, ``inf`` for none; along
        the walking network where the graph has one, else as the crow flies.
    groups : int, optional
        Number of grids, locked and exclusive ones among them; without it, grids are filled to
        about 80 % of the upper limit.
    count : Count
        How `groups` is meant.
    present : int array, shape (n,), optional
        Present grid of each unit, -1 for none: then households that leave their present grid are
        minimised before compactness, or as `wishes` say.
    scopes : str array, shape (n,), optional
        Compound inside which a unit has to be grouped, "" for none.
    terms : Terms
        Further measures, units kept together or apart, fixed centres.
    locked, exclusive : tuple of tuples of int
        Units of each grid that stays as it is, whatever it holds; and of each grid of an
        institution (专属网格), to which no limit applies.
    wishes : Wishes
        Soft wishes and their prices; `cut` has a price for each edge of the graph.
    near : float array, shape (n,), optional
        Price of each unit as a centre, for each household of its grid: by its distance from where
        the grid worker is based, say.
    solver : str
        That closes the programme: ``highs``, or ``cbc``, ``scip``, ``gurobi`` where installed.

    Raises
    ------
    ValueError
        Where the community has no units, or a shape or a position is impossible.
    """

    graph: UnitGraph
    lower: float
    upper: float
    radius_m: float
    groups: int | None = None
    count: Count = Count.NEAR
    present: INT | None = None
    scopes: NDArray[np.str_] | None = None
    terms: Terms = NO_TERMS
    locked: tuple[tuple[int, ...], ...] = ()
    exclusive: tuple[tuple[int, ...], ...] = ()
    wishes: Wishes = NO_WISHES
    near: FLOAT | None = None
    solver: str = HIGHS

    def __post_init__(self) -> None:
        count = len(self.graph)
        if count == 0:
            raise ValueError("a community without units")
        if not 0 <= self.lower <= self.upper:
            raise ValueError(f"limits {self.lower} to {self.upper}")
        self.terms.check(count)
        if self.near is not None and (self.near < 0).any():
            raise ValueError("a price of a centre below zero")
        shapes = {"present": self.present, "scopes": self.scopes, "near": self.near}
        for name, array in shapes.items():
            if array is not None and len(array) != count:
                raise ValueError(f"{name} has {len(array)} of {count} units")
        cut = self.wishes.cut
        if cut is not None and len(cut) != len(self.graph.edges):
            raise ValueError(f"{len(cut)} prices to cut {len(self.graph.edges)} edges")
        held = [unit for grid in (*self.locked, *self.exclusive) for unit in grid]
        if len(set(held)) < len(held) or any(not 0 <= unit < count for unit in held):
            raise ValueError("a locked or exclusive unit is in two grids, or is none of the units")
        if any(len(grid) == 0 for grid in (*self.locked, *self.exclusive)):
            raise ValueError("a locked or exclusive grid without units")

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Households and every other measure, each with its limits."""
        return (
            Measure("households", self.graph.weight, self.lower, self.upper),
            *self.terms.measures,
        )

    @property
    def scope(self) -> NDArray[np.str_]:
        """Compound inside which each unit has to be grouped, "" for none, shape (n,)."""
        none = np.full(len(self.graph), "")
        return none if self.scopes is None else np.asarray(self.scopes, dtype=str)

    @property
    def has_present(self) -> bool:
        """Whether any unit has a present grid."""
        return self.present is not None and bool((self.present >= 0).any())

    @property
    def change_leads(self) -> bool:
        """Whether fewest households leave before anything is saved."""
        return self.has_present and self.wishes.change_first and self.wishes.stay == 0

    def named(self, units: Iterable[int]) -> str:
        """Some units by their names, for a message."""
        return ", ".join(self.graph.ids[unit] for unit in units)

    def in_whole_households(self) -> Task:
        """The same with limits in whole households, where any whole number lies between them."""
        least, most = float(np.ceil(self.lower)), float(np.floor(self.upper))
        return replace(self, lower=least, upper=most) if least <= most else self

    def of(self, units: INT) -> Task:
        """The same for some units alone, in the order given, with as many grids as it takes.

        Locked and exclusive grids of which some unit is missing are left out.
        """
        count = len(self.graph)
        place = np.full(count, -1, dtype=np.int64)
        place[units] = np.arange(len(units))
        cut = self.wishes.cut
        if cut is not None:
            cut = cut[(place[self.graph.edges] >= 0).all(axis=1)]
        return replace(
            self,
            graph=self.graph.subgraph(units),
            groups=None,
            present=None if self.present is None else self.present[units],
            scopes=None if self.scopes is None else self.scopes[units],
            terms=self.terms.of(units, count),
            locked=_inside(self.locked, place),
            exclusive=_inside(self.exclusive, place),
            wishes=replace(self.wishes, cut=cut),
            near=None if self.near is None else self.near[units],
        )


def _inside(grids: tuple[tuple[int, ...], ...], place: INT) -> tuple[tuple[int, ...], ...]:
    moved = [tuple(int(place[unit]) for unit in grid) for grid in grids]
    return tuple(grid for grid in moved if min(grid) >= 0)
