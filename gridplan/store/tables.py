"""The tables of the store, the same in SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
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
    Column("rules", JSON, nullable=False),
    Column("homes", JSON, nullable=False),
    *_made(),
    UniqueConstraint("area", "name"),
)
"""方案: `base` is the division that its edits start from, `homes` the ground that it divides."""

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

path = Table(
    "path",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("area", String(200), nullable=False, index=True),
    Column("stages", JSON, nullable=False),
    *_made(),
)
"""The way to approval of an area; the last row holds, each submission keeps its own copy."""

submission = Table(
    "submission",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("version.id"), nullable=False, index=True),
    Column("area", String(200), nullable=False, index=True),
    Column("stages", JSON, nullable=False),
    Column("place", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("coded", Boolean, nullable=False),
    Column("sent_back", Boolean, nullable=False),
    Column("reserved", String(200), unique=True),
    Column("effective_on", Date),
    UniqueConstraint("area", "effective_on"),
)
"""A version on its way: `place` among its stages, `reserved` its area from approval to effect."""

passage = Table(
    "passage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission_id", ForeignKey("submission.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("stage", String(100), nullable=False),
    Column("note", Text, nullable=False),
    *_made(),
    UniqueConstraint("submission_id", "revision"),
)
"""Who let a version pass, gave it codes or sent it back, and when."""

code = Table(
    "code",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("area", String(200), nullable=False),
    Column("code", String(64), nullable=False),
    Column("submission_id", ForeignKey("submission.id"), index=True),
    Column("retired_on", Date),
    *_made(),
    UniqueConstraint("area", "code"),
)
"""Every code that was ever used: of a submission, or a legacy one. No row is ever deleted."""

grid = Table(
    "grid",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission_id", ForeignKey("submission.id"), nullable=False),
    Column("grid_id", String(200), nullable=False),
    Column("code_id", ForeignKey("code.id"), nullable=False, index=True),
    Column("community", String(64), nullable=False),
    Column("households", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("wkb", LargeBinary, nullable=False),
    Column("crs", Text, nullable=False),
    UniqueConstraint("submission_id", "grid_id"),
    UniqueConstraint("submission_id", "code_id", name="uq_grid_code_id"),
)
"""The grids of a submission under the codes that they were given."""

descent = Table(
    "descent",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission_id", ForeignKey("submission.id"), nullable=False),
    Column("old_id", ForeignKey("code.id"), nullable=False),
    Column("new_id", ForeignKey("code.id"), nullable=False),
    Column("households", Integer, nullable=False),
    Column("share_of_old", Float, nullable=False),
    Column("share_of_new", Float, nullable=False),
    UniqueConstraint("submission_id", "old_id", "new_id"),
)
"""Households that went from an old code to a new one."""

objection = Table(
    "objection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission_id", ForeignKey("submission.id"), nullable=False, index=True),
    Column("code", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("received_at", DateTime, nullable=False),
    *_made(),
    Column("answer", Text),
    Column("accepted", Boolean),
    Column("answered_by", String(100)),
    Column("answered_at", DateTime),
)
"""公示意见, and what was answered; `code` of the grid, or ""."""
