"""Branches of a plan and the edits on them, kept before they are shown."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, and_, insert, select, update

from gridplan.edit.edits import Edit, EditKind, apply
from gridplan.errors import GridplanError
from gridplan.store.engine import Database
from gridplan.store.records import Line, StaleError, Step
from gridplan.store.replay import Divisions, path_to
from gridplan.store.rows import added, blot, branch_row, lock_plan, now, version_row
from gridplan.store.tables import branch, edit, step


class Branches:
    """What is done on the branches of plans; every method is one transaction.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._divisions = Divisions()

    def branches(self, plan_id: int) -> list[tuple[int, str]]:
        """Id and name of each branch of a plan, the oldest first."""
        with self._database.read() as link:
            query = select(branch.c.id, branch.c.name).where(branch.c.plan_id == plan_id)
            return [(row.id, row.name) for row in link.execute(query.order_by(branch.c.id))]

    def line(self, branch_id: int) -> Line:
        """How a branch stands.

        Raises
        ------
        GridplanError
            Where there is no such branch.
        """
        with self._database.read() as link:
            return self._line(link, branch_id)

    def revision(self, branch_id: int) -> int:
        """The number of a branch's last step: cheap to ask for again and again."""
        with self._database.read() as link:
            return int(branch_row(link, branch_id)["revision"])

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
        with self._database.write() as link:
            head = branch_row(link, branch_id)
            line = self._expected(link, branch_id, revision)
            after = apply(line.division, made)  # refuses what does not fit
            values = {"plan_id": head["plan_id"], "parent_id": head["head_id"],
                      "record": made.record(), "note": blot(note), "made_by": author,
                      "made_at": now()}  # fmt: skip
            new = added(link, edit, values)
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
        with self._database.write() as link:
            line = self._expected(link, branch_id, revision)
            row = branch_row(link, branch_id)
            if row["head_id"] is None:
                raise GridplanError("store.no_undo")
            query = select(edit.c.parent_id, edit.c.record).where(edit.c.id == row["head_id"])
            last = link.execute(query).one()
            self._go(
                link, branch_id, revision, (last.parent_id, row["tip_id"]), EditKind.UNDO, author
            )
            before = apply(line.division, Edit.of_record(last.record).inverse)
            self._divisions.learn(line.plan_id, last.parent_id, before)
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
        with self._database.write() as link:
            self._expected(link, branch_id, revision)
            row = branch_row(link, branch_id)
            if row["head_id"] == row["tip_id"]:
                raise GridplanError("store.no_redo")
            path = [None, *(edit_id for edit_id, _ in path_to(link, row["tip_id"]))]
            after = path[path.index(row["head_id"]) + 1]
            self._go(link, branch_id, revision, (after, row["tip_id"]), EditKind.REDO, author)
            return self._line(link, branch_id)

    def edits(self, branch_id: int) -> list[Edit]:
        """What leads from the plan's base to where a branch stands, the first first."""
        with self._database.read() as link:
            row = branch_row(link, branch_id)
            return [Edit.of_record(record) for _, record in path_to(link, row["head_id"])]

    def fork(self, branch_id: int, name: str, *, number: int | None = None) -> Line:
        """A new branch that stands where another one does, or a named version of its plan.

        Parameters
        ----------
        branch_id : int
            The other one.
        name : str
            Of the new one.
        number : int, optional
            Of the version.

        Raises
        ------
        GridplanError
            Where the plan has a branch of that name, or no such version.
        """
        with self._database.write() as link:
            row = branch_row(link, branch_id)
            lock_plan(link, row["plan_id"])
            same = select(branch.c.id).where(
                branch.c.plan_id == row["plan_id"], branch.c.name == name
            )
            if link.execute(same).first() is not None:
                raise GridplanError("store.branch_exists", name=name)
            head = row["head_id"]
            if number is not None:
                head = version_row(link, row["plan_id"], number)["edit_id"]
            values = {"plan_id": row["plan_id"], "name": name, "head_id": head, "tip_id": head,
                      "revision": 0}  # fmt: skip
            return self._line(link, added(link, branch, values))

    def history(self, branch_id: int) -> list[Step]:
        """Every step of a branch, the first first."""
        own = step.c.kind.not_in((EditKind.UNDO.value, EditKind.REDO.value))
        with self._database.read() as link:
            query = (
                select(step, edit.c.record)
                .outerjoin(edit, and_(edit.c.id == step.c.head_id, own))
                .where(step.c.branch_id == branch_id)
                .order_by(step.c.revision)
            )
            return [
                Step(
                    row.revision, EditKind(row.kind), row.made_by, row.made_at,
                    None if row.record is None else Edit.of_record(row.record),
                )
                for row in link.execute(query)
            ]  # fmt: skip

    def _expected(self, link: Connection, branch_id: int, revision: int) -> Line:
        line = self._line(link, branch_id)
        if line.revision != revision:
            raise StaleError(line)
        return line

    def _line(self, link: Connection, branch_id: int) -> Line:
        row = branch_row(link, branch_id)
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
                made_by=author, made_at=now(),
            )
        )  # fmt: skip
