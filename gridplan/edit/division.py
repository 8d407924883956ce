"""How a planner has shared out an area's units among grids: the value that every edit changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.schema import GRID_ID, UNIT_ID


class Mark(StrEnum):
    """What a planner may say of a grid."""

    LOCKED = "locked"
    """No edit and no machine changes what it holds."""
    EXCLUSIVE = "exclusive"
    """专属网格 of an institution: no limit applies."""


@dataclass(frozen=True)
class Division:
    """Every unit of an area with its grid.

    Parameters
    ----------
    grid_of : mapping of str to str
        ``grid_id`` by ``unit_id``; "" for a unit that no grid has.
    marks : mapping of str to frozenset of Mark
        By ``grid_id``; grids without a mark are left out.

    Raises
    ------
    ValueError
        Where a grid is marked that has no unit.
    """

    grid_of: Mapping[str, str]
    marks: Mapping[str, frozenset[Mark]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "grid_of", MappingProxyType(dict(self.grid_of)))
        marks = {grid: frozenset(said) for grid, said in self.marks.items() if said}
        object.__setattr__(self, "marks", MappingProxyType(marks))
        if unknown := marks.keys() - self.units_of.keys():
            raise ValueError(f"marks of grids without units: {sorted(unknown)[:5]}")

    @cached_property
    def units_of(self) -> Mapping[str, frozenset[str]]:
        """The units of each grid, by ``grid_id`` in order; those of no grid are left out."""
        held: defaultdict[str, set[str]] = defaultdict(set)
        for unit, grid in self.grid_of.items():
            held[grid].add(unit)
        held.pop("", None)
        return MappingProxyType({grid: frozenset(held[grid]) for grid in sorted(held)})

    def has(self, grid: str, mark: Mark) -> bool:
        """Whether a grid has a mark."""
        return mark in self.marks.get(grid, ())


def division_of(plan: Plan) -> Division:
    """The division that a plan is.

    Parameters
    ----------
    plan : Plan
        Drawn or read.
    """
    return Division(dict(zip(plan.units[UNIT_ID], plan.units[GRID_ID], strict=True)))


def present_division(prepared: Prepared) -> Division:
    """The division that the present grids are.

    Parameters
    ----------
    prepared : Prepared
        Its first legacy layer counts; a unit that lies in none of its grids has "", one that is
        cut goes with the grid that holds most of it, and a present grid without a unit is left
        out.
    """
    units = prepared.units.frame[UNIT_ID]
    return Division(
        dict(zip(units, units.map(prepared.present_grid).astype(object).fillna(""), strict=True))
    )
