"""Opening a database: SQLite in a file, PostgreSQL by its address, tables brought up to date."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select

from gridplan.errors import GridplanError
from gridplan.store.failures import in_words

MIGRATIONS = Path(__file__).with_name("migrations")
READS = "gridplan_reads"
"""Execution option of a connection that writes nothing, and so keeps no writer waiting."""
WAIT_S = 10.0
"""How long a writer waits for another one."""
_TABLES, _AREAS = 7_473_201, 7_473_202
"""Kinds of lock in PostgreSQL: one for making the tables, one for each area."""


class Database:
    """Connections to one database; its errors come out in words.

    A connection that was lost is replaced when the next transaction begins.

    Parameters
    ----------
    url : str
        Of SQLAlchemy.
    wait_s : float
        How long a writer waits for another one, in seconds.

    Raises
    ------
    GridplanError
        Where the address is none, the database refuses, or a newer gridplan made its tables.
    """

    def __init__(self, url: str, wait_s: float = WAIT_S) -> None:
        with in_words(otherwise="store.not_opened"):
            try:
                is_file = make_url(url).get_backend_name() == "sqlite"
                self.engine = _sqlite(url, wait_s) if is_file else _server(url, wait_s)
                with self.engine.begin() as link:
                    _bring_up_to_date(link)
            except GridplanError:
                self.engine.dispose()
                raise
            except (OSError, ImportError) as error:
                logging.getLogger("gridplan.store").warning("not opened", exc_info=error)
                raise GridplanError("store.not_opened", detail=type(error).__name__) from error
        self._reader = self.engine.execution_options(**{READS: True})

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that keeps nobody waiting."""
        with in_words(), self._reader.connect() as link:
            yield link

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction, kept as a whole at its end, or not at all where an error leaves it."""
        with in_words(), self.engine.begin() as link:
            yield link

    def close(self) -> None:
        """Give up all connections."""
        self.engine.dispose()


def alone(link: Connection, area: str) -> None:
    """Keep other writers of an area waiting until the transaction ends.

    What is read after this stays so until then. SQLite has one writer at a time anyway.
    """
    if link.dialect.name != "sqlite":
        number = zlib.crc32(area.encode()) - 2**31  # in four bytes with a sign
        link.execute(select(func.pg_advisory_xact_lock(_AREAS, number)))


def _bring_up_to_date(link: Connection) -> None:
    if link.dialect.name != "sqlite":
        link.execute(select(func.pg_advisory_xact_lock(_TABLES)))
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = link
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    if not known.issuperset(MigrationContext.configure(link).get_current_heads()):
        raise GridplanError("store.newer")
    command.upgrade(settings, "head")


def _server(url: str, wait_s: float) -> Engine:
    """Connections that are tried before they are used again."""
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _begin(link: Connection) -> None:
        if not link.get_execution_options().get(READS):
            link.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, round(wait_s * 1000))}")

    return engine


def _sqlite(url: str, wait_s: float) -> Engine:
    """A file that many read while one writes, and that a killed process leaves whole.

    The driver's own transactions begin late, at the first write: here they begin at once, so that
    what was read is still so when it is written to.
    """
    settings = {"timeout": wait_s, "isolation_level": None}
    engine = create_engine(url, connect_args=settings, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(link: Any, _: Any) -> None:
        for line in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            link.execute(f"PRAGMA {line}")

    @event.listens_for(engine, "begin")
    def _begin(link: Connection) -> None:
        reads = link.get_execution_options().get(READS)
        link.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine
