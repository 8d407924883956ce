"""Edits as values: what changed from what to what, so that each can be undone, kept and compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from gridplan.edit.division import Division, Mark
from gridplan.errors import GridplanError


class EditKind(StrEnum):
    """What was done."""

    MOVE = "move"
    NEW = "new"
    MERGE = "merge"
    SPLIT = "split"
    MARK = "mark"
    REPAIR = "repair"
    REDRAW = "redraw"
    BALANCE = "balance"
    UNDO = "undo"
    REDO = "redo"


BY_CHOICE = frozenset((EditKind.MOVE, EditKind.NEW))
BY_MACHINE = frozenset((EditKind.REPAIR, EditKind.REDRAW, EditKind.BALANCE))


@dataclass(frozen=True)
class Edit:
    """One change of a division.

    Parameters
    ----------
    kind : EditKind
        What was done.
    moved : mapping of str to (str, str)
        By ``unit_id``: the grid before and after, which differ; "" for none.
    marked : mapping of str to (tuple of Mark, tuple of Mark)
        By ``grid_id``: its marks before and after, sorted, which differ.

    Raises
    ------
    ValueError
        Where nothing changes.
    """

    kind: EditKind
    moved: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    marked: Mapping[str, tuple[tuple[Mark, ...], tuple[Mark, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pairs = (*self.moved.values(), *self.marked.values())
        if not pairs or any(before == after for before, after in pairs):
            raise ValueError("an edit that changes nothing")
        object.__setattr__(self, "moved", MappingProxyType(dict(self.moved)))
        object.__setattr__(self, "marked", MappingProxyType(dict(self.marked)))

    @property
    def inverse(self) -> Edit:
        """What takes it back."""
        return Edit(
            EditKind.UNDO,
            {unit: (after, before) for unit, (before, after) in self.moved.items()},
            {grid: (after, before) for grid, (before, after) in self.marked.items()},
        )

    @property
    def grids(self) -> frozenset[str]:
        """The grids that it touches."""
        return frozenset(
            {grid for pair in self.moved.values() for grid in pair if grid} | set(self.marked)
        )

    def record(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {
            "kind": self.kind.value,
            "moved": {unit: list(pair) for unit, pair in self.moved.items()},
            "marked": {
                grid: [[mark.value for mark in side] for side in pair]
                for grid, pair in self.marked.items()
            },
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Edit:
        """The edit that :meth:`record` told."""
        marked = {
            grid: (tuple(map(Mark, before)), tuple(map(Mark, after)))
            for grid, (before, after) in record["marked"].items()
        }
        moved = {unit: (before, after) for unit, (before, after) in record["moved"].items()}
        return cls(EditKind(record["kind"]), moved, marked)


class StaleEditError(GridplanError):
    """The division is no longer what an edit was made from."""


def apply(division: Division, edit: Edit) -> Division:
    """The division after an edit.

    Parameters
    ----------
    division : Division
        What the edit was made from, or one that is the same where the edit touches it.
    edit : Edit
        A grid that it leaves without units ceases to be; its marks are to be taken off with it.

    Raises
    ------
    StaleEditError
        Where a unit or a grid is no longer as the edit found it.
    """
    strange = [unit for unit, (before, _) in edit.moved.items()
               if division.grid_of.get(unit) != before]  # fmt: skip
    strange += [grid for grid, (before, _) in edit.marked.items()
                if sorted(division.marks.get(grid, ())) != sorted(before)]  # fmt: skip
    if strange:
        raise StaleEditError(
            "edits.stale", names="、".join(sorted(strange)[:5]), count=len(strange)
        )
    grid_of = {**division.grid_of, **{unit: after for unit, (_, after) in edit.moved.items()}}
    _takes_marks_along(division, edit, grid_of)
    marks = {**division.marks, **{grid: frozenset(said) for grid, (_, said) in edit.marked.items()}}
    return Division(grid_of, marks)


def _takes_marks_along(division: Division, edit: Edit, grid_of: Mapping[str, str]) -> None:
    """Refuse an edit that empties a grid which was marked after it was made.

    Raises
    ------
    StaleEditError
        With the grids.
    """
    emptied = {before for before, _ in edit.moved.values()} - set(grid_of.values())
    if strange := sorted(emptied & (set(division.marks) - edit.marked.keys())):
        raise StaleEditError("edits.stale", names="、".join(strange[:5]), count=len(strange))


def just_placed(edits: Iterable[Edit], division: Division) -> frozenset[str]:
    """Units that a planner has put by hand where they are, since the machine was last asked.

    Parameters
    ----------
    edits : iterable of Edit
        What led to the division, the first first.
    division : Division
        As it is.

    Returns
    -------
    frozenset of str
        ``unit_id``: what a repair has to leave there.
    """
    placed: dict[str, str] = {}
    for edit in edits:
        if edit.kind in BY_MACHINE:
            placed.clear()
        elif edit.kind in BY_CHOICE:
            placed |= {unit: after for unit, (_, after) in edit.moved.items()}
    return frozenset(
        unit for unit, grid in placed.items() if grid and division.grid_of[unit] == grid
    )
