"""Reading and writing rows: what several parts of the store do alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, RowMapping, Table, insert, select

from gridplan.errors import GridplanError
from gridplan.load.personal import blotted
from gridplan.store.records import Version
from gridplan.store.tables import branch, plan, version


def added(link: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """The id of a new row."""
    return int(link.execute(insert(table).values(values).returning(table.c.id)).scalar_one())


def now() -> datetime:
    """UTC, as it is kept."""
    return datetime.now(UTC).replace(tzinfo=None)


def blot(text: str) -> str:
    """Free text without numbers that belong to a person."""
    return str(blotted(pd.Series([text]))[0].iloc[0])


def branch_row(link: Connection, branch_id: int) -> RowMapping:
    """A branch.

    Raises
    ------
    GridplanError
        Where there is no such branch.
    """
    row = link.execute(select(branch).where(branch.c.id == branch_id)).mappings().first()
    if row is None:
        raise GridplanError("store.no_branch")
    return row


def lock_plan(link: Connection, plan_id: int) -> None:
    """Keep other writers of a plan waiting until the transaction ends."""
    link.execute(select(plan.c.id).where(plan.c.id == plan_id).with_for_update())


def version_row(link: Connection, plan_id: int, number: int) -> RowMapping:
    """A version with the name of its plan, and the area.

    Raises
    ------
    GridplanError
        Where the plan has no such version.
    """
    query = (
        select(version, plan.c.area, plan.c.name.label("plan"))
        .join(plan, plan.c.id == version.c.plan_id)
        .where(version.c.plan_id == plan_id, version.c.number == number)
    )
    found = link.execute(query).mappings().first()
    if found is None:
        raise GridplanError("store.no_version", number=number)
    return found


def as_version(row: RowMapping) -> Version:
    """A version's row as a value."""
    return Version(row["number"], row["name"], row["note"], row["made_by"], row["made_at"])
