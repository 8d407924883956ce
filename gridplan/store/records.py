"""What the store tells of plans: what they divide, their branches, steps and named versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pandas as pd

from gridplan.edit.division import Division
from gridplan.edit.edits import Edit, EditKind
from gridplan.errors import GridplanError
from gridplan.rules import RuleSet
from gridplan.schema import BUILDING_ID, HOUSEHOLDS, UNIT_ID


@dataclass(frozen=True)
class Homes:
    """The ground that a plan divides, so that another month's data can be told from it.

    Parameters
    ----------
    of_building : mapping of str to (str, int)
        By ``building_id``: its ``unit_id``, and its households.
    """

    of_building: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "of_building", MappingProxyType(dict(self.of_building)))

    @classmethod
    def of_frame(cls, buildings: pd.DataFrame) -> Homes:
        """Those of ``building_id, unit_id, households``."""
        columns = (buildings[name] for name in (BUILDING_ID, UNIT_ID, HOUSEHOLDS))
        rows = zip(*columns, strict=True)
        return cls({str(building): (str(unit), int(count)) for building, unit, count in rows})

    def record(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {building: list(home) for building, home in self.of_building.items()}

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Homes:
        """The homes that :meth:`record` told."""
        return cls({building: (unit, count) for building, (unit, count) in record.items()})


@dataclass(frozen=True)
class PlanRecord:
    """A plan as it was begun.

    Parameters
    ----------
    plan_id : int
        Which.
    area, name : str
        Of the street, and of the plan.
    fingerprint : str
        Digest of the data that it divides.
    rules : RuleSet
        That it has to keep.
    homes : Homes
        The ground that it divides.
    made_by : str
        Who.
    made_at : datetime
        When, UTC.
    """

    plan_id: int
    area: str
    name: str
    fingerprint: str
    rules: RuleSet
    homes: Homes
    made_by: str
    made_at: datetime


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
    edit : Edit or None
        That was made; None where one was taken back or brought again.
    """

    revision: int
    kind: EditKind
    made_by: str
    made_at: datetime
    edit: Edit | None = None


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
