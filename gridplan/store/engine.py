"""Opening a database: SQLite in a file, PostgreSQL by its address, tables brought up to date."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from gridplan.errors import GridplanError

MIGRATIONS = Path(__file__).with_name("migrations")
READS = "gridplan_reads"
"""Execution option of a connection that writes nothing, and so keeps no writer waiting."""
_ONE_AT_A_TIME = 7_473_201
"""Number of the lock under which PostgreSQL's tables are made."""
WAIT_S = 10.0
"""How long a writer waits for another one."""


def open_engine(url: str) -> Engine:
    """Connect, and bring the tables up to date.

    Parameters
    ----------
    url : str
        Of SQLAlchemy.

    Raises
    ------
    GridplanError
        Where the address is none, or the database refuses.
    """
    try:
        is_file = make_url(url).get_backend_name() == "sqlite"
        engine = _sqlite(url) if is_file else create_engine(url, pool_pre_ping=True)
        with engine.begin() as link:
            if not is_file:
                link.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
            settings = Config()
            settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            settings.attributes["connection"] = link
            command.upgrade(settings, "head")
    except (SQLAlchemyError, OSError, ImportError) as error:
        logging.getLogger("gridplan.store").warning("store not opened", exc_info=error)
        raise GridplanError("store.not_opened", detail=type(error).__name__) from error
    return engine


def _sqlite(url: str) -> Engine:
    """A file that many read while one writes, and that a killed process leaves whole.

    The driver's own transactions begin late, at the first write: here they begin at once, so that
    what was read is still so when it is written to.
    """
    engine = create_engine(url, connect_args={"timeout": WAIT_S, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def _prepare(link: Any, _: Any) -> None:
        for line in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            link.execute(f"PRAGMA {line}")

    @event.listens_for(engine, "begin")
    def _begin(link: Any) -> None:
        reads = link.get_execution_options().get(READS)
        link.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine
