"""Reading where a version stands on its way, and letting it go a step."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, select, update

from gridplan.errors import GridplanError
from gridplan.store.engine import alone
from gridplan.store.path import Path
from gridplan.store.rows import blot, now, version_row
from gridplan.store.tables import passage, submission, version
from gridplan.store.way import PassageKind, StaleVersionError, Standing


def standings() -> Select[Any]:
    """Every submission with plan and number of its version, to be narrowed."""
    both = submission.join(version, version.c.id == submission.c.version_id)
    return select(submission, version.c.plan_id, version.c.number).select_from(both)


def as_standing(row: RowMapping) -> Standing:
    """A row of :func:`standings` as a value."""
    return Standing(
        submission_id=row["id"],
        plan_id=row["plan_id"],
        number=row["number"],
        area=row["area"],
        path=Path.of_record(row["stages"]),
        place=row["place"],
        revision=row["revision"],
        coded=row["coded"],
        sent_back=row["sent_back"],
        effective_on=row["effective_on"],
    )


def last_standing(link: Connection, version_id: int) -> Standing | None:
    """Of the last attempt of a version, None where there was none."""
    query = standings().where(submission.c.version_id == version_id)
    row = link.execute(query.order_by(submission.c.id.desc()).limit(1)).mappings().first()
    return None if row is None else as_standing(row)


def standing_alone(
    link: Connection, plan_id: int, number: int, revision: int | None = None
) -> Standing:
    """Where a version stands, while no other writer of its area does anything.

    Parameters
    ----------
    link : Connection
        Of a transaction that writes.
    plan_id, number : int
        Which version of which plan.
    revision : int, optional
        That the caller's step is made from.

    Raises
    ------
    StaleVersionError
        Where the version has gone on since.
    GridplanError
        Where there is no such version, or it is not under way.
    """
    row = version_row(link, plan_id, number)
    alone(link, row["area"])
    standing = last_standing(link, row["id"])
    if standing is not None and revision is not None and standing.revision != revision:
        raise StaleVersionError(standing)
    if standing is None or not standing.under_way:
        raise GridplanError("store.way.not_under_way", number=number)
    return standing


def go(
    link: Connection, standing: Standing, kind: PassageKind, note: str, author: str, **change: Any
) -> Standing:
    """Take a step, and write down who did."""
    revision = standing.revision + 1
    mine = submission.c.id == standing.submission_id
    link.execute(update(submission).where(mine).values(revision=revision, **change))
    after = as_standing(link.execute(standings().where(mine)).mappings().one())
    write_down(link, after, kind, note, author)
    return after


def write_down(
    link: Connection, standing: Standing, kind: PassageKind, note: str, author: str
) -> None:
    """Who did what to a version, where it stands now."""
    values = {"submission_id": standing.submission_id, "revision": standing.revision,
              "kind": kind.value, "stage": standing.stage.name, "note": blot(note),
              "made_by": author, "made_at": now()}  # fmt: skip
    link.execute(insert(passage).values(values))
