"""公示意见: what is objected while a version is on public notice, and what is answered."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Row, func, select, update

from gridplan.errors import GridplanError
from gridplan.store.engine import Database
from gridplan.store.path import StageKind
from gridplan.store.rows import added, blot, now, version_row
from gridplan.store.steps import standing_alone
from gridplan.store.tables import code as code_table
from gridplan.store.tables import grid, objection, submission
from gridplan.store.way import Objection, Standing


class Objections:
    """Objections to versions on public notice; every method is one transaction.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def log(
        self,
        plan_id: int,
        number: int,
        text: str,
        *,
        author: str,
        code: str = "",
        received_at: datetime | None = None,
    ) -> Objection:
        """Write an objection down.

        Parameters
        ----------
        plan_id, number : int
            Which version of which plan.
        text : str
            What is objected; telephone and identity numbers are blotted out. Nobody's name.
        author : str
            Who writes it down.
        code : str
            Of the grid that it is about, "" for the whole.
        received_at : datetime, optional
            When it came in, with its time zone or in UTC; now where left out.

        Raises
        ------
        GridplanError
            Where the version is not on public notice, has no such grid, or nothing is said.
        """
        if not text.strip():
            raise GridplanError("store.objection.empty")
        moment = now() if received_at is None else _in_utc(received_at)
        with self._database.write() as link:
            standing = standing_alone(link, plan_id, number)
            if standing.stage.kind is not StageKind.NOTICE:
                raise GridplanError("store.objection.not_on_notice", stage=standing.stage.name)
            if code and not _has_grid(link, standing, code):
                raise GridplanError("store.objection.no_grid", code=code)
            values = {"submission_id": standing.submission_id, "code": code, "text": blot(text),
                      "received_at": moment, "made_by": author, "made_at": now()}  # fmt: skip
            return _one(link, added(link, objection, values))

    def answer(self, objection_id: int, text: str, *, accepted: bool, author: str) -> Objection:
        """Answer an objection, once.

        Parameters
        ----------
        objection_id : int
            Which.
        text : str
            What is answered; blotted like the objection.
        accepted : bool
            Whether it is followed.
        author : str
            Who.

        Raises
        ------
        GridplanError
            Where there is no such objection, it has its answer, or nothing is said.
        """
        if not text.strip():
            raise GridplanError("store.objection.empty")
        values = {"answer": blot(text), "accepted": accepted, "answered_by": author,
                  "answered_at": now()}  # fmt: skip
        with self._database.write() as link:
            still_open = objection.c.id == objection_id, objection.c.answered_at.is_(None)
            done = link.execute(update(objection).where(*still_open).values(values))
            found = _one(link, objection_id)
            if done.rowcount != 1:
                raise GridplanError("store.objection.answered", author=found.answered_by)
            return found

    def of_version(self, plan_id: int, number: int) -> list[Objection]:
        """Every objection to a version, those of former attempts first."""
        with self._database.read() as link:
            of_version = submission.c.version_id == version_row(link, plan_id, number)["id"]
            both = objection.join(submission, submission.c.id == objection.c.submission_id)
            query = select(objection).select_from(both).where(of_version).order_by(objection.c.id)
            return [_as_objection(row) for row in link.execute(query)]


def unanswered(link: Connection, submission_id: int) -> int:
    """How many objections to a submission wait for their answer."""
    waiting = objection.c.submission_id == submission_id, objection.c.answered_at.is_(None)
    return int(link.execute(select(func.count()).where(*waiting)).scalar_one())


def _has_grid(link: Connection, standing: Standing, code: str) -> bool:
    query = (
        select(grid.c.id)
        .join(code_table, code_table.c.id == grid.c.code_id)
        .where(grid.c.submission_id == standing.submission_id, code_table.c.code == code)
    )
    return link.execute(query).first() is not None


def _one(link: Connection, objection_id: int) -> Objection:
    row = link.execute(select(objection).where(objection.c.id == objection_id)).first()
    if row is None:
        raise GridplanError("store.objection.none")
    return _as_objection(row)


def _as_objection(row: Row[tuple[object, ...]]) -> Objection:
    return Objection(
        row.id, row.submission_id, row.code, row.text, row.received_at, row.made_by, row.answer,
        row.accepted, row.answered_by, row.answered_at,
    )  # fmt: skip


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
