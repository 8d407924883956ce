"""The planner's edits: pure functions on a division, the same for the page and for a script."""

from gridplan.edit.asked import proofs_of
from gridplan.edit.codes import grid_codes
from gridplan.edit.compare import compare_divisions
from gridplan.edit.curve import Trade, curve
from gridplan.edit.differences import Differences, FindingChange, Side
from gridplan.edit.division import Division, Mark, division_of, present_division
from gridplan.edit.edits import Edit, EditKind, StaleEditError, apply, just_placed
from gridplan.edit.even import even_out
from gridplan.edit.hands import assign, mark, merge, move, new_grid, split_by_line
from gridplan.edit.machine import redraw_grids, redraw_rest, split_by_machine
from gridplan.edit.mending import repair
from gridplan.edit.merge_layers import layer_start, merged_start
from gridplan.edit.verdict import GridState, Judge, Verdict

__all__ = [
    "Differences",
    "Division",
    "Edit",
    "EditKind",
    "FindingChange",
    "GridState",
    "Judge",
    "Mark",
    "Side",
    "StaleEditError",
    "Trade",
    "Verdict",
    "apply",
    "assign",
    "compare_divisions",
    "curve",
    "division_of",
    "even_out",
    "grid_codes",
    "just_placed",
    "layer_start",
    "mark",
    "merge",
    "merged_start",
    "move",
    "new_grid",
    "present_division",
    "proofs_of",
    "redraw_grids",
    "redraw_rest",
    "repair",
    "split_by_line",
    "split_by_machine",
]
