"""Brings the tables up to date on the connection that opens the store."""

from __future__ import annotations

from alembic import context

from gridplan.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
