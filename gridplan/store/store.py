"""Plans and every edit made of them, kept before they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Table, func, insert, select, update

from gridplan.edit.division import Division
from gridplan.edit.edits import Edit, EditKind, apply
from gridplan.errors import GridplanError
from gridplan.store.engine import READS, open_engine
from gridplan.store.records import Line, StaleError, Step, Version
from gridplan.store.replay import Divisions, path_to, record_of
from gridplan.store.tables import branch, edit, plan, step, version

MAIN = "main"
"""Name of the branch that each plan begins with."""


class Store:
    """Plans in a database; every method is one transaction.

    Parameters
    ----------
    url : str
        Of SQLAlchemy: ``sqlite:///file`` or ``postgresql+psycopg://…``. Tables are made, and
        brought up to date, on opening.

    Raises
    ------
    GridplanError
        Where the database cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self._engine: Engine = open_engine(url)
        self._reader = self._engine.execution_options(**{READS: True})
        self._divisions = Divisions()

    def close(self) -> None:
        """Give up all connections."""
        self._engine.dispose()

    def plans(self, area: str) -> list[tuple[int, str]]:
        """Id and name of each plan of an area, the newest first."""
        with self._reader.connect() as link:
            query = select(plan.c.id, plan.c.name).where(plan.c.area == area)
            return [(row.id, row.name) for row in link.execute(query.order_by(plan.c.id.desc()))]

    def begin(
        self, area: str, name: str, division: Division, *, fingerprint: str, author: str
    ) -> Line:
        """Begin a plan from a division, on a branch called `MAIN`.

        Parameters
        ----------
        area : str
            Name of the street.
        name : str
            Of the plan.
        division : Division
            That edits start from.
        fingerprint : str
            Digest of the data that it divides.
        author : str
            Who.

        Raises
        ------
        GridplanError
            Where the area has a plan of that name.
        """
        with self._engine.begin() as link:
            same = select(plan.c.id).where(plan.c.area == area, plan.c.name == name)
            if link.execute(same).first() is not None:
                raise GridplanError("store.plan_exists", name=name)
            row = {"area": area, "name": name, "fingerprint": fingerprint,
                   "base": record_of(division), "made_by": author, "made_at": _now()}  # fmt: skip
            plan_id = _added(link, plan, row)
            made = _added(link, branch, {"plan_id": plan_id, "name": MAIN, "revision": 0})
        self._divisions.learn(plan_id, None, division)
        return Line(made, plan_id, MAIN, 0, division, can_undo=False, can_redo=False, last_by="")

    def branches(self, plan_id: int) -> list[tuple[int, str]]:
        """Id and name of each branch of a plan, the oldest first."""
        with self._reader.connect() as link:
            query = select(branch.c.id, branch.c.name).where(branch.c.plan_id == plan_id)
            return [(row.id, row.name) for row in link.execute(query.order_by(branch.c.id))]

    def line(self, branch_id: int) -> Line:
        """How a branch stands.

        Raises
        ------
        GridplanError
            Where there is no such branch.
        """
        with self._reader.connect() as link:
            return self._line(link, branch_id)

    def revision(self, branch_id: int) -> int:
        """The number of a branch's last step: cheap to ask for again and again."""
        with self._reader.connect() as link:
            return int(_branch(link, branch_id)["revision"])

    def commit(
        self, branch_id: int, revision: int, made: Edit, *, author: str, note: str = ""
    ) -> Line:
        """Keep an edit.

        Parameters
        ----------
        branch_id : int
            Which branch.
        revision : int
            That the edit was made from.
        made : Edit
            What changes.
        author, note : str
            Who, and why.

        Raises
        ------
        StaleError
            Where the branch has gone on since; nothing is changed.
        """
        with self._engine.begin() as link:
            head = _branch(link, branch_id)
            line = self._expected(link, branch_id, revision)
            after = apply(line.division, made)  # refuses what does not fit
            values = {"plan_id": head["plan_id"], "parent_id": head["head_id"],
                      "record": made.record(), "note": note, "made_by": author,
                      "made_at": _now()}  # fmt: skip
            new = _added(link, edit, values)
            self._go(link, branch_id, revision, (new, new), made.kind, author)
        self._divisions.learn(line.plan_id, new, after)
        return replace(
            line, revision=revision + 1, division=after, can_undo=True, can_redo=False,
            last_by=author,
        )  # fmt: skip

    def undo(self, branch_id: int, revision: int, *, author: str) -> Line:
        """Take back the last edit; :meth:`redo` brings it again.

        Raises
        ------
        StaleError
            As for :meth:`commit`.
        GridplanError
            Where there is nothing to take back.
        """
        with self._engine.begin() as link:
            self._expected(link, branch_id, revision)
            row = _branch(link, branch_id)
            if row["head_id"] is None:
                raise GridplanError("store.no_undo")
            parent = link.execute(select(edit.c.parent_id).where(edit.c.id == row["head_id"]))
            place = parent.scalar_one(), row["tip_id"]
            self._go(link, branch_id, revision, place, EditKind.UNDO, author)
            return self._line(link, branch_id)

    def redo(self, branch_id: int, revision: int, *, author: str) -> Line:
        """Bring again what was taken back last.

        Raises
        ------
        StaleError
            As for :meth:`commit`.
        GridplanError
            Where nothing was taken back.
        """
        with self._engine.begin() as link:
            self._expected(link, branch_id, revision)
            row = _branch(link, branch_id)
            if row["head_id"] == row["tip_id"]:
                raise GridplanError("store.no_redo")
            path = [None, *(edit_id for edit_id, _ in path_to(link, row["tip_id"]))]
            after = path[path.index(row["head_id"]) + 1]
            self._go(link, branch_id, revision, (after, row["tip_id"]), EditKind.REDO, author)
            return self._line(link, branch_id)

    def fork(self, branch_id: int, name: str) -> Line:
        """A new branch that stands where another one does.

        Raises
        ------
        GridplanError
            Where the plan has a branch of that name.
        """
        with self._engine.begin() as link:
            row = _branch(link, branch_id)
            same = select(branch.c.id).where(
                branch.c.plan_id == row["plan_id"], branch.c.name == name
            )
            if link.execute(same).first() is not None:
                raise GridplanError("store.branch_exists", name=name)
            values = {"plan_id": row["plan_id"], "name": name, "head_id": row["head_id"],
                      "tip_id": row["head_id"], "revision": 0}  # fmt: skip
            return self._line(link, _added(link, branch, values))

    def keep_version(self, branch_id: int, name: str, note: str = "", *, author: str) -> Version:
        """Give the state of a branch a name."""
        with self._engine.begin() as link:
            row = _branch(link, branch_id)
            mine = version.c.plan_id == row["plan_id"]
            last = link.execute(select(func.max(version.c.number)).where(mine)).scalar() or 0
            values = {"plan_id": row["plan_id"], "number": last + 1, "name": name, "note": note,
                      "edit_id": row["head_id"], "made_by": author, "made_at": _now()}  # fmt: skip
            link.execute(insert(version).values(values))
            return Version(last + 1, name, note, author, values["made_at"])

    def versions(self, plan_id: int) -> list[Version]:
        """The named states of a plan, in their order."""
        with self._reader.connect() as link:
            query = select(version).where(version.c.plan_id == plan_id).order_by(version.c.number)
            return [
                Version(row.number, row.name, row.note, row.made_by, row.made_at)
                for row in link.execute(query)
            ]

    def division_of(self, plan_id: int, number: int) -> Division:
        """The division of a named state.

        Raises
        ------
        GridplanError
            Where the plan has no such version.
        """
        with self._reader.connect() as link:
            query = select(version.c.edit_id).where(
                version.c.plan_id == plan_id, version.c.number == number
            )
            found = link.execute(query).first()
            if found is None:
                raise GridplanError("store.no_version", number=number)
            return self._divisions.after(link, plan_id, found.edit_id)

    def history(self, branch_id: int) -> list[Step]:
        """Every step of a branch, the first first."""
        with self._reader.connect() as link:
            query = select(step).where(step.c.branch_id == branch_id).order_by(step.c.revision)
            return [
                Step(row.revision, EditKind(row.kind), row.made_by, row.made_at)
                for row in link.execute(query)
            ]

    def _expected(self, link: Connection, branch_id: int, revision: int) -> Line:
        line = self._line(link, branch_id)
        if line.revision != revision:
            raise StaleError(line)
        return line

    def _line(self, link: Connection, branch_id: int) -> Line:
        row = _branch(link, branch_id)
        query = select(step.c.made_by).where(
            step.c.branch_id == branch_id, step.c.revision == row["revision"]
        )
        return Line(
            branch_id=branch_id,
            plan_id=row["plan_id"],
            name=row["name"],
            revision=row["revision"],
            division=self._divisions.after(link, row["plan_id"], row["head_id"]),
            can_undo=row["head_id"] is not None,
            can_redo=row["head_id"] != row["tip_id"],
            last_by=link.execute(query).scalar() or "",
        )

    def _go(
        self,
        link: Connection,
        branch_id: int,
        revision: int,
        place: tuple[int | None, int | None],
        kind: EditKind,
        author: str,
    ) -> None:
        """Step on, unless somebody was faster between reading and writing."""
        moved = link.execute(
            update(branch)
            .where(branch.c.id == branch_id, branch.c.revision == revision)
            .values(head_id=place[0], tip_id=place[1], revision=revision + 1)
        )
        if moved.rowcount != 1:
            raise StaleError(self._line(link, branch_id))
        link.execute(
            insert(step).values(
                branch_id=branch_id, revision=revision + 1, kind=kind.value, head_id=place[0],
                made_by=author, made_at=_now(),
            )
        )  # fmt: skip


def _added(link: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """The id of a new row."""
    return int(link.execute(insert(table).values(values).returning(table.c.id)).scalar_one())


def _branch(link: Connection, branch_id: int) -> RowMapping:
    row = link.execute(select(branch).where(branch.c.id == branch_id)).mappings().first()
    if row is None:
        raise GridplanError("store.no_branch")
    return row


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
