"""The planner's edits: pure functions on a division, the same for the page and for a script."""

from gridplan.edit.division import Division, Mark, division_of
from gridplan.edit.edits import Edit, EditKind, StaleEditError, apply
from gridplan.edit.hands import assign, mark, merge, move, new_grid, split_by_line
from gridplan.edit.verdict import GridState, Judge, Verdict

__all__ = [
    "Division",
    "Edit",
    "EditKind",
    "GridState",
    "Judge",
    "Mark",
    "StaleEditError",
    "Verdict",
    "apply",
    "assign",
    "division_of",
    "mark",
    "merge",
    "move",
    "new_grid",
    "split_by_line",
]
