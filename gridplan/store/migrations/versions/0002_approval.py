"""What a plan divides and by which rules; the path to approval, codes, objections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_RULES = """{"urban": {"lower": {"value": 300, "source": "rules.source.urban_lower"},
"upper": {"value": 500, "source": "rules.source.urban_upper"},
"radius_m": {"value": 300, "source": "rules.source.radius"}},
"rural": {"lower": {"value": null, "source": "rules.source.rural_lower"},
"upper": {"value": 300, "source": "rules.source.rural_upper"},
"radius_m": {"value": 1000, "source": "rules.source.radius"}},
"measure": "households", "growth_reserve": 0.0, "grid_count": "present", "given_count": {},
"keep_present": true, "radius_along": "air"}"""
"""Plans of before did not keep theirs: they get the standard rules, and no homes."""


def upgrade() -> None:
    """Make the tables newer."""
    for name, value in (("rules", _RULES), ("homes", "{}")):
        op.add_column("plan", sa.Column(name, sa.JSON, nullable=False, server_default=value))
    _the_way()
    _codes()
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("submission_id", sa.Integer, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
        *_made(),
        sa.Column("answer", sa.Text),
        sa.Column("accepted", sa.Boolean),
        sa.Column("answered_by", sa.String(100)),
        sa.Column("answered_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_objection"),
        _refers("objection", "submission_id", "submission"),
    )
    op.create_index("ix_objection_submission_id", "objection", ["submission_id"])


def _the_way() -> None:
    op.create_table(
        "path",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("area", sa.String(200), nullable=False),
        sa.Column("stages", sa.JSON, nullable=False),
        *_made(),
        sa.PrimaryKeyConstraint("id", name="pk_path"),
    )
    op.create_index("ix_path_area", "path", ["area"])
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("version_id", sa.Integer, nullable=False),
        sa.Column("area", sa.String(200), nullable=False),
        sa.Column("stages", sa.JSON, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("coded", sa.Boolean, nullable=False),
        sa.Column("sent_back", sa.Boolean, nullable=False),
        sa.Column("reserved", sa.String(200)),
        sa.Column("effective_on", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_submission"),
        _refers("submission", "version_id", "version"),
        sa.UniqueConstraint("reserved", name="uq_submission_reserved"),
        sa.UniqueConstraint("area", "effective_on", name="uq_submission_area"),
    )
    op.create_index("ix_submission_version_id", "submission", ["version_id"])
    op.create_index("ix_submission_area", "submission", ["area"])
    op.create_table(
        "passage",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("submission_id", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("stage", sa.String(100), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        *_made(),
        sa.PrimaryKeyConstraint("id", name="pk_passage"),
        _refers("passage", "submission_id", "submission"),
        sa.UniqueConstraint("submission_id", "revision", name="uq_passage_submission_id"),
    )


def _codes() -> None:
    op.create_table(
        "code",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("area", sa.String(200), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("submission_id", sa.Integer),
        sa.Column("retired_on", sa.Date),
        *_made(),
        sa.PrimaryKeyConstraint("id", name="pk_code"),
        _refers("code", "submission_id", "submission"),
        sa.UniqueConstraint("area", "code", name="uq_code_area"),
    )
    op.create_index("ix_code_submission_id", "code", ["submission_id"])
    op.create_table(
        "grid",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("submission_id", sa.Integer, nullable=False),
        sa.Column("grid_id", sa.String(200), nullable=False),
        sa.Column("code_id", sa.Integer, nullable=False),
        sa.Column("community", sa.String(64), nullable=False),
        sa.Column("households", sa.Integer, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("wkb", sa.LargeBinary, nullable=False),
        sa.Column("crs", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grid"),
        _refers("grid", "submission_id", "submission"),
        _refers("grid", "code_id", "code"),
        sa.UniqueConstraint("submission_id", "grid_id", name="uq_grid_submission_id"),
        sa.UniqueConstraint("submission_id", "code_id", name="uq_grid_code_id"),
    )
    op.create_index("ix_grid_code_id", "grid", ["code_id"])
    op.create_table(
        "descent",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("submission_id", sa.Integer, nullable=False),
        sa.Column("old_id", sa.Integer, nullable=False),
        sa.Column("new_id", sa.Integer, nullable=False),
        sa.Column("households", sa.Integer, nullable=False),
        sa.Column("share_of_old", sa.Float, nullable=False),
        sa.Column("share_of_new", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_descent"),
        _refers("descent", "submission_id", "submission"),
        _refers("descent", "old_id", "code"),
        _refers("descent", "new_id", "code"),
        sa.UniqueConstraint("submission_id", "old_id", "new_id", name="uq_descent_submission_id"),
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _made() -> list[sa.Column[object]]:
    return [
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    ]
