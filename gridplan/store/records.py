"""What the store tells: how a branch stands, its steps, the named versions of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridplan.edit.division import Division
from gridplan.edit.edits import EditKind
from gridplan.errors import GridplanError


class StaleError(GridplanError):
    """Somebody else went on from where an edit was made.

    Parameters
    ----------
    line : Line
        How the branch stands now: the other side.
    """

    def __init__(self, line: Line) -> None:
        super().__init__("store.stale", author=line.last_by, revision=line.revision)
        self.line = line


@dataclass(frozen=True)
class Line:
    """A branch as it stands.

    Parameters
    ----------
    branch_id, plan_id : int
        Which.
    name : str
        Of the branch.
    revision : int
        Of its last step: an edit names the one that it was made from.
    division : Division
        What all steps come to.
    can_undo, can_redo : bool
        Whether there is a step to take back, or one taken back.
    last_by : str
        Who took the last step, "" for none.
    """

    branch_id: int
    plan_id: int
    name: str
    revision: int
    division: Division
    can_undo: bool
    can_redo: bool
    last_by: str


@dataclass(frozen=True)
class Step:
    """One step of a branch.

    Parameters
    ----------
    revision : int
        Its number, from 1.
    kind : EditKind
        What was done.
    made_by : str
        Who.
    made_at : datetime
        When, UTC.
    """

    revision: int
    kind: EditKind
    made_by: str
    made_at: datetime


@dataclass(frozen=True)
class Version:
    """A named state of a plan.

    Parameters
    ----------
    number : int
        From 1, within its plan.
    name, note : str
        In the planner's words.
    made_by : str
        Who.
    made_at : datetime
        When, UTC.
    """

    number: int
    name: str
    note: str
    made_by: str
    made_at: datetime
