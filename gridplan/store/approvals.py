"""The path to approval, and the versions that go along it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select

from gridplan.errors import GridplanError
from gridplan.store.codes import retire
from gridplan.store.engine import Database, alone
from gridplan.store.objections import unanswered
from gridplan.store.path import Path, StageKind, default_path
from gridplan.store.rows import added, now, version_row
from gridplan.store.steps import (
    as_standing,
    go,
    last_standing,
    standing_alone,
    standings,
    write_down,
)
from gridplan.store.tables import passage, path, plan, submission, version
from gridplan.store.way import Passage, PassageKind, Standing


class Approvals:
    """What leads to a version's being in force; every method is one transaction.

    Parameters
    ----------
    database : Database
        Where it is kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def path(self, area: str) -> Path:
        """The path of an area: its own, or the default."""
        with self._database.read() as link:
            return _path(link, area)

    def set_path(self, area: str, way: Path, *, author: str) -> None:
        """Give an area its own path; versions under way keep the one that they began with."""
        values = {"area": area, "stages": way.record(), "made_by": author, "made_at": now()}
        with self._database.write() as link:
            link.execute(insert(path).values(values))

    def submit(self, plan_id: int, number: int, *, author: str, note: str = "") -> Standing:
        """Put a version forward: it reaches the first stage, and nothing changes it any more.

        Parameters
        ----------
        plan_id, number : int
            Which version of which plan.
        author, note : str
            Who, and what there is to say.

        Raises
        ------
        GridplanError
            Where there is no such version, or it is under way or in force; one that was sent back
            may be put forward again.
        """
        with self._database.write() as link:
            row = version_row(link, plan_id, number)
            alone(link, row["area"])
            last = last_standing(link, row["id"])
            if last is not None and not last.sent_back:
                raise GridplanError("store.way.submitted", number=number, stage=last.stage.name)
            way = _path(link, row["area"])
            values = {"version_id": row["id"], "area": row["area"], "stages": way.record(),
                      "place": 0, "revision": 1 if last is None else last.revision + 1,
                      "coded": False, "sent_back": False,
                      "reserved": _reserved(link, row["area"], way, 0)}  # fmt: skip
            made = submission.c.id == added(link, submission, values)
            standing = as_standing(link.execute(standings().where(made)).mappings().one())
            write_down(link, standing, PassageKind.SUBMIT, note, author)
            return standing

    def advance(
        self,
        plan_id: int,
        number: int,
        revision: int,
        *,
        author: str,
        note: str = "",
        effective_on: date | None = None,
    ) -> Standing:
        """Let a version reach the next stage.

        Parameters
        ----------
        plan_id, number : int
            Which version of which plan.
        revision : int
            That the step is made from.
        author, note : str
            Who, and what there is to say.
        effective_on : date, optional
            From when it is in force: with the last stage, and only there.

        Raises
        ------
        StaleVersionError
            Where the version has gone on since; nothing is changed.
        GridplanError
            Where the version is not under way, its codes are still to be issued, another one of
            the area is approved and not in force yet, an objection is unanswered, or the date is
            missing, out of place or not later than that of the version in force.
        """
        with self._database.write() as link:
            standing = standing_alone(link, plan_id, number, revision)
            if standing.stage.kind is StageKind.APPROVAL and not standing.coded:
                raise GridplanError("store.way.no_codes", number=number)
            place = standing.place + 1
            takes_effect = standing.path.stages[place].kind is StageKind.EFFECT
            if takes_effect != (effective_on is not None):
                raise GridplanError("store.way.date_missing" if takes_effect else "store.way.no_date_yet")  # fmt: skip
            if effective_on is not None:
                _take_effect(link, standing, effective_on)
            change = {"place": place, "effective_on": effective_on, "reserved": _reserved(
                link, standing.area, standing.path, place, standing.submission_id)}  # fmt: skip
            return go(link, standing, PassageKind.ADVANCE, note, author, **change)

    def send_back(
        self, plan_id: int, number: int, revision: int, *, author: str, note: str
    ) -> Standing:
        """退回: end this attempt; codes that were issued are never given again.

        Parameters
        ----------
        plan_id, number, revision, author
            As for :meth:`advance`.
        note : str
            Why.

        Raises
        ------
        StaleVersionError
            As for :meth:`advance`.
        GridplanError
            Where the version is not under way, or no reason is given.
        """
        if not note.strip():
            raise GridplanError("store.way.no_reason")
        with self._database.write() as link:
            standing = standing_alone(link, plan_id, number, revision)
            change = {"sent_back": True, "reserved": None}
            return go(link, standing, PassageKind.BACK, note, author, **change)

    def standing(self, plan_id: int, number: int) -> Standing | None:
        """Where a version stands after its last attempt, None where it was never put forward.

        Raises
        ------
        GridplanError
            Where there is no such version.
        """
        with self._database.read() as link:
            return last_standing(link, version_row(link, plan_id, number)["id"])

    def under_way(self, area: str) -> list[Standing]:
        """The versions of an area that have a step to come, in the order of being put forward."""
        open_ones = (submission.c.area == area, submission.c.sent_back.is_(False),
                     submission.c.effective_on.is_(None))  # fmt: skip
        with self._database.read() as link:
            query = standings().where(*open_ones).order_by(submission.c.id)
            return [as_standing(row) for row in link.execute(query).mappings()]

    def passages(self, plan_id: int, number: int) -> list[Passage]:
        """Every step of a version on its way, those of former attempts first."""
        with self._database.read() as link:
            of_version = submission.c.version_id == version_row(link, plan_id, number)["id"]
            both = passage.join(submission, submission.c.id == passage.c.submission_id)
            query = select(passage).select_from(both).where(of_version).order_by(passage.c.revision)
            return [
                Passage(row.revision, PassageKind(row.kind), row.stage, row.note, row.made_by,
                        row.made_at)
                for row in link.execute(query)
            ]  # fmt: skip


def _path(link: Connection, area: str) -> Path:
    query = select(path.c.stages).where(path.c.area == area).order_by(path.c.id.desc()).limit(1)
    stages = link.execute(query).scalar()
    return default_path() if stages is None else Path.of_record(stages)


def _reserved(
    link: Connection, area: str, way: Path, place: int, submission_id: int = 0
) -> str | None:
    """The area, where a version comes to stand between approval and effect; nobody else may."""
    if not way.reserves(place):
        return None
    query = (
        select(version.c.number, plan.c.name)
        .join(plan, plan.c.id == version.c.plan_id)
        .join(submission, submission.c.version_id == version.c.id)
        .where(submission.c.reserved == area, submission.c.id != submission_id)
    )
    other = link.execute(query).first()
    if other is not None:
        raise GridplanError("store.way.other_approved", plan=other.name, number=other.number)
    return area


def _take_effect(link: Connection, standing: Standing, on: date) -> None:
    """End what was in force: nobody is left unanswered, and no day has two versions."""
    if count := unanswered(link, standing.submission_id):
        raise GridplanError("store.way.unanswered", count=count)
    latest = select(func.max(submission.c.effective_on)).where(submission.c.area == standing.area)
    before: Any = link.execute(latest).scalar()
    if before is not None and on <= before:
        raise GridplanError("store.way.too_early", day=on.isoformat(), before=before.isoformat())
    retire(link, standing, on)
