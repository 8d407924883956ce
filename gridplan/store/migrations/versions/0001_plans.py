"""Plans, edits, branches, their steps, and versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables newer."""
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("area", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("base", sa.JSON, nullable=False),
        *_made(),
        sa.PrimaryKeyConstraint("id", name="pk_plan"),
        sa.UniqueConstraint("area", "name", name="uq_plan_area"),
    )
    op.create_index("ix_plan_area", "plan", ["area"])
    op.create_table(
        "edit",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("plan_id", sa.Integer, nullable=False),
        sa.Column("parent_id", sa.Integer),
        sa.Column("record", sa.JSON, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        *_made(),
        sa.PrimaryKeyConstraint("id", name="pk_edit"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_edit_plan_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["edit.id"], name="fk_edit_parent_id"),
    )
    op.create_index("ix_edit_plan_id", "edit", ["plan_id"])
    op.create_index("ix_edit_parent_id", "edit", ["parent_id"])
    op.create_table(
        "branch",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("plan_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("head_id", sa.Integer),
        sa.Column("tip_id", sa.Integer),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_branch"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_branch_plan_id"),
        sa.ForeignKeyConstraint(["head_id"], ["edit.id"], name="fk_branch_head_id"),
        sa.ForeignKeyConstraint(["tip_id"], ["edit.id"], name="fk_branch_tip_id"),
        sa.UniqueConstraint("plan_id", "name", name="uq_branch_plan_id"),
    )
    op.create_index("ix_branch_plan_id", "branch", ["plan_id"])
    op.create_table(
        "step",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("branch_id", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("head_id", sa.Integer),
        *_made(),
        sa.PrimaryKeyConstraint("id", name="pk_step"),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name="fk_step_branch_id"),
        sa.ForeignKeyConstraint(["head_id"], ["edit.id"], name="fk_step_head_id"),
        sa.UniqueConstraint("branch_id", "revision", name="uq_step_branch_id"),
    )
    op.create_table(
        "version",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("plan_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("edit_id", sa.Integer),
        *_made(),
        sa.PrimaryKeyConstraint("id", name="pk_version"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_version_plan_id"),
        sa.ForeignKeyConstraint(["edit_id"], ["edit.id"], name="fk_version_edit_id"),
        sa.UniqueConstraint("plan_id", "number", name="uq_version_plan_id"),
    )
    op.create_index("ix_version_plan_id", "version", ["plan_id"])


def _made() -> list[sa.Column[object]]:
    return [
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    ]
