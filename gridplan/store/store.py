"""The store: plans and their versions, and what may be done with them."""

from __future__ import annotations

from sqlalchemy import func, insert, select, update

from gridplan.edit.division import Division
from gridplan.errors import GridplanError
from gridplan.rules import RuleSet
from gridplan.store.approvals import Approvals
from gridplan.store.branches import Branches
from gridplan.store.codes import Codes
from gridplan.store.engine import WAIT_S, Database, alone
from gridplan.store.objections import Objections
from gridplan.store.records import Homes, Line, PlanRecord, StaleError, Version
from gridplan.store.replay import record_of
from gridplan.store.rows import added, as_version, blot, branch_row, lock_plan, now, version_row
from gridplan.store.tables import branch, plan, submission, version

MAIN = "main"
"""Name of the branch that each plan begins with."""


class Store(Branches):
    """Plans in a database; every method is one transaction.

    Parameters
    ----------
    url : str
        Of SQLAlchemy: ``sqlite:///file`` or ``postgresql+psycopg://…``. Tables are made, and
        brought up to date, on opening.
    wait_s : float
        How long a writer waits for another one, in seconds.

    Attributes
    ----------
    approvals : Approvals
        The path to approval, and versions on their way.
    codes : Codes
        Codes, and what is in force.
    objections : Objections
        What is objected during public notice.

    Raises
    ------
    GridplanError
        Where the database cannot be opened; from every method, where it is busy for longer than
        the wait, full, read-only, or not there any more.
    """

    def __init__(self, url: str, wait_s: float = WAIT_S) -> None:
        super().__init__(Database(url, wait_s))
        self.approvals = Approvals(self._database)
        self.codes = Codes(self._database, self._divisions)
        self.objections = Objections(self._database)

    def close(self) -> None:
        """Give up all connections."""
        self._database.close()

    def plans(self, area: str) -> list[tuple[int, str]]:
        """Id and name of each plan of an area, the newest first."""
        with self._database.read() as link:
            query = select(plan.c.id, plan.c.name).where(plan.c.area == area)
            return [(row.id, row.name) for row in link.execute(query.order_by(plan.c.id.desc()))]

    def begin(
        self,
        area: str,
        name: str,
        division: Division,
        *,
        fingerprint: str,
        rules: RuleSet,
        homes: Homes,
        author: str,
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
        rules : RuleSet
            That it has to keep.
        homes : Homes
            The ground that it divides.
        author : str
            Who.

        Raises
        ------
        GridplanError
            Where the area has a plan of that name.
        """
        with self._database.write() as link:
            alone(link, area)
            same = select(plan.c.id).where(plan.c.area == area, plan.c.name == name)
            if link.execute(same).first() is not None:
                raise GridplanError("store.plan_exists", name=name)
            row = {"area": area, "name": name, "fingerprint": fingerprint,
                   "base": record_of(division), "rules": rules.record(),
                   "homes": homes.record(), "made_by": author, "made_at": now()}  # fmt: skip
            plan_id = added(link, plan, row)
            made = added(link, branch, {"plan_id": plan_id, "name": MAIN, "revision": 0})
        self._divisions.learn(plan_id, None, division)
        return Line(made, plan_id, MAIN, 0, division, can_undo=False, can_redo=False, last_by="")

    def plan(self, plan_id: int) -> PlanRecord:
        """A plan as it was begun; one from before its rules were kept has the standard ones.

        Raises
        ------
        GridplanError
            Where there is no such plan.
        """
        with self._database.read() as link:
            row = link.execute(select(plan).where(plan.c.id == plan_id)).first()
        if row is None:
            raise GridplanError("store.no_plan")
        rules, homes = RuleSet.of_record(row.rules), Homes.of_record(row.homes)
        return PlanRecord(
            plan_id, row.area, row.name, row.fingerprint, rules, homes, row.made_by, row.made_at
        )

    def keep_version(
        self, branch_id: int, revision: int, name: str, note: str = "", *, author: str
    ) -> Version:
        """Give the state of a branch a name.

        Parameters
        ----------
        branch_id : int
            Which branch.
        revision : int
            That the name is for.
        name, note : str
            Of the version.
        author : str
            Who.

        Raises
        ------
        StaleError
            Where the branch has gone on since; nothing is kept.
        GridplanError
            Where there is no such branch.
        """
        with self._database.write() as link:
            row = branch_row(link, branch_id)
            if row["revision"] != revision:
                raise StaleError(self._line(link, branch_id))
            lock_plan(link, row["plan_id"])
            mine = version.c.plan_id == row["plan_id"]
            last = link.execute(select(func.max(version.c.number)).where(mine)).scalar() or 0
            values = {"plan_id": row["plan_id"], "number": last + 1, "name": name,
                      "note": blot(note), "edit_id": row["head_id"], "made_by": author,
                      "made_at": now()}  # fmt: skip
            link.execute(insert(version).values(values))
            return as_version(version_row(link, row["plan_id"], last + 1))

    def describe_version(self, plan_id: int, number: int, name: str, note: str) -> Version:
        """Change the words about a version that nobody has put forward yet.

        Raises
        ------
        GridplanError
            Where it was put forward, even if it was sent back, or there is no such version.
        """
        with self._database.write() as link:
            row = version_row(link, plan_id, number)
            alone(link, row["area"])
            sent = select(submission.c.id).where(submission.c.version_id == row["id"])
            if link.execute(sent).first() is not None:
                raise GridplanError("store.way.immutable", number=number)
            change = update(version).where(version.c.id == row["id"])
            link.execute(change.values(name=name, note=blot(note)))
            return as_version(version_row(link, plan_id, number))

    def versions(self, plan_id: int) -> list[Version]:
        """The named states of a plan, in their order."""
        with self._database.read() as link:
            query = select(version).where(version.c.plan_id == plan_id).order_by(version.c.number)
            return [as_version(row) for row in link.execute(query).mappings()]

    def division_of(self, plan_id: int, number: int) -> Division:
        """The division of a named state.

        Raises
        ------
        GridplanError
            Where the plan has no such version.
        """
        with self._database.read() as link:
            row = version_row(link, plan_id, number)
            return self._divisions.after(link, plan_id, row["edit_id"])
