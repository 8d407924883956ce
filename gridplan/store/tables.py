"""The tables of the store, the same in SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _made() -> tuple[Column[Any], Column[Any]]:
    """Who, and when in UTC."""
    return (
        Column("made_by", String(100), nullable=False),
        Column("made_at", DateTime, nullable=False),
    )


plan = Table(
    "plan",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("area", String(200), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("base", JSON, nullable=False),
    *_made(),
    UniqueConstraint("area", "name"),
)
"""方案: `base` is the division that its edits start from."""

edit = Table(
    "edit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan_id", ForeignKey("plan.id"), nullable=False, index=True),
    Column("parent_id", ForeignKey("edit.id"), index=True),
    Column("record", JSON, nullable=False),
    Column("note", Text, nullable=False),
    *_made(),
)
"""Edits as a tree: each stands on the one before it, the first on the plan's base."""

branch = Table(
    "branch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan_id", ForeignKey("plan.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("head_id", ForeignKey("edit.id")),
    Column("tip_id", ForeignKey("edit.id")),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("plan_id", "name"),
)
"""A scenario: where it stands in the tree, and how far redo leads; `revision` counts its steps."""

step = Table(
    "step",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("branch_id", ForeignKey("branch.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("head_id", ForeignKey("edit.id")),
    *_made(),
    UniqueConstraint("branch_id", "revision"),
)
"""Who did what when on a branch; its edits, undos and redos in their order."""

version = Table(
    "version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan_id", ForeignKey("plan.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Column("edit_id", ForeignKey("edit.id")),
    *_made(),
    UniqueConstraint("plan_id", "number"),
)
"""A named place in the tree."""
