"""What the store tells of versions on their way: how they stand, their codes, what is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import shapely

from gridplan.errors import GridplanError
from gridplan.store.numbering import Descent
from gridplan.store.path import Path, Stage
from gridplan.store.records import Version


@dataclass(frozen=True)
class Standing:
    """Where a version stands on its way to being in force.

    Parameters
    ----------
    submission_id : int
        Of this attempt; a version that was sent back may be put forward again.
    plan_id, number : int
        Which version of which plan.
    area : str
        Name of the street.
    path : Path
        As it was when the version was put forward.
    place : int
        Of the stage that it has reached, from 0.
    revision : int
        Of its last step: the next one names it.
    coded : bool
        Whether its grids have their codes.
    sent_back : bool
        Whether the attempt is over (退回).
    effective_on : date or None
        From when it is in force, None as long as nobody said so.
    """

    submission_id: int
    plan_id: int
    number: int
    area: str
    path: Path
    place: int
    revision: int
    coded: bool
    sent_back: bool
    effective_on: date | None

    @property
    def stage(self) -> Stage:
        """The stage that it has reached."""
        return self.path.stages[self.place]

    @property
    def under_way(self) -> bool:
        """Whether there is a step to come."""
        return not self.sent_back and self.effective_on is None


class StaleVersionError(GridplanError):
    """Somebody else was faster with a version on its way.

    Parameters
    ----------
    standing : Standing
        How it stands now.
    """

    def __init__(self, standing: Standing) -> None:
        super().__init__("store.way.stale", number=standing.number, stage=standing.stage.name)
        self.standing = standing


class PassageKind(StrEnum):
    """What was done to a version on its way."""

    SUBMIT = "submit"
    ADVANCE = "advance"
    ISSUE = "issue"
    BACK = "back"


@dataclass(frozen=True)
class Passage:
    """One step of a version on its way.

    Parameters
    ----------
    revision : int
        Its number, from 1; a later attempt counts on.
    kind : PassageKind
        What was done.
    stage : str
        Name of the stage where the version stood after it.
    note : str
        What was said about it.
    made_by : str
        Who.
    made_at : datetime
        When, UTC.
    """

    revision: int
    kind: PassageKind
    stage: str
    note: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True)
class CodedGrid:
    """A grid under its code.

    Parameters
    ----------
    code, grid_id : str
        Of the grid, for everybody and within its version.
    community : str
        Code of its community.
    households, people : int
        Inside, when the code was issued.
    geometry : shapely.Geometry
        Its ground.
    crs : str
        Of the geometry, as EPSG code or WKT.
    """

    code: str
    grid_id: str
    community: str
    households: int
    people: int
    geometry: shapely.Geometry
    crs: str


@dataclass(frozen=True)
class UsedCode:
    """A code of an area, which nobody will be given again.

    Parameters
    ----------
    code : str
        As text.
    legacy : bool
        Whether it is older than the plans in the store.
    retired_on : date or None
        From when no grid has it any more.
    """

    code: str
    legacy: bool
    retired_on: date | None


@dataclass(frozen=True)
class Term:
    """A version and the days on which it is in force.

    Parameters
    ----------
    plan_id : int
        Of which plan.
    version : Version
        Which.
    effective_on : date
        The first day.
    ended_on : date or None
        The first day of the next one, None as long as none is known.
    """

    plan_id: int
    version: Version
    effective_on: date
    ended_on: date | None


@dataclass(frozen=True)
class InForce:
    """What is in force in an area on a day.

    Parameters
    ----------
    term : Term
        The version, and since when.
    grids : tuple of CodedGrid
        By code.
    lineage : tuple of Descent
        From the codes of before to these.
    """

    term: Term
    grids: tuple[CodedGrid, ...]
    lineage: tuple[Descent, ...]


@dataclass(frozen=True)
class Objection:
    """A 公示意见.

    Parameters
    ----------
    objection_id, submission_id : int
        Which, and of which attempt of its version (:class:`Standing`).
    code : str
        Of the grid that it is about, "" for the whole.
    text : str
        What is objected; telephone and identity numbers are blotted out.
    received_at : datetime
        When it came in, UTC.
    made_by : str
        Who wrote it down.
    answer : str or None
        In words; None as long as there is none, like what follows.
    accepted : bool or None
        Whether it was followed.
    answered_by : str or None
        Who.
    answered_at : datetime or None
        When, UTC.
    """

    objection_id: int
    submission_id: int
    code: str
    text: str
    received_at: datetime
    made_by: str
    answer: str | None
    accepted: bool | None
    answered_by: str | None
    answered_at: datetime | None
