"""Whatever the database does, the planner gets one sentence and the log no data."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text

from gridplan.edit import Edit, EditKind
from gridplan.errors import GridplanError
from gridplan.rules import RuleSet
from gridplan.store import Homes, Store
from tests.store.begun import TWO, begin

EDIT = Edit(EditKind.MOVE, {"a": ("west", "east")})
QUIET = "秘而不宣"


def told(call: Callable[[], object]) -> str:
    """Key of the error that a call ends in."""
    with pytest.raises(GridplanError) as refused:
        call()
    assert refused.value.__cause__ is None  # its message would quote the data
    assert len(refused.value.text("zh")) > 10
    return refused.value.key


def begin_secretly(store: Store, homes: int = 1) -> object:
    return store.begin(
        QUIET, QUIET, TWO, fingerprint="", rules=RuleSet(), author=QUIET,
        homes=Homes({f"{QUIET}{number}": ("a", 1) for number in range(homes)}),
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def short(file: Path) -> Store:
    """A store in a file that waits for a moment only."""
    opened = Store(f"sqlite:///{file}", wait_s=0.05)
    yield opened
    opened.close()


@pytest.fixture
def postgres(server: str) -> str:
    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as link:
        link.execute(text("DROP DATABASE IF EXISTS broken WITH (FORCE)"))
        link.execute(text("CREATE DATABASE broken"))
    admin.dispose()
    return f"{server}/broken"


def test_a_locked_file_is_told_and_can_still_be_read(file: Path, short: Store) -> None:
    line = begin(short, TWO)
    with short._database.read() as link:
        assert link.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 50  # ms
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert told(lambda: short.commit(line.branch_id, 0, EDIT, author="王")) == "store.busy"
    assert told(lambda: Store(f"sqlite:///{file}", wait_s=0.05)) == "store.busy"
    assert short.line(line.branch_id) == line
    other.execute("ROLLBACK")
    other.close()
    assert short.commit(line.branch_id, 0, EDIT, author="王").revision == 1


def test_a_full_disk_keeps_nothing(short: Store, caplog: pytest.LogCaptureFixture) -> None:
    with short._database.engine.connect() as link:  # the pool hands this connection out again
        pages = link.exec_driver_sql("PRAGMA page_count").scalar_one()
        link.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    assert told(lambda: begin_secretly(short, 5000)) == "store.full"
    assert short.plans(QUIET) == []
    assert "SQLITE_FULL" in caplog.text
    assert QUIET not in caplog.text
    with short._database.engine.connect() as link:
        link.exec_driver_sql("PRAGMA max_page_count = 1000000")
    begin_secretly(short, 5000)
    assert len(short.plans(QUIET)) == 1


def test_a_file_that_may_not_be_written(file: Path, short: Store) -> None:
    line = begin(short, TWO)
    only = Store(f"sqlite:///file:{file}?mode=ro&uri=true")
    assert told(lambda: only.commit(line.branch_id, 0, EDIT, author="王")) == "store.read_only"
    assert only.line(line.branch_id) == line
    only.close()


def test_what_the_database_cannot_take_is_told(
    short: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with short._database.engine.begin() as link:
        link.exec_driver_sql("DROP TABLE branch")
    with caplog.at_level(logging.DEBUG, "gridplan"):
        assert told(lambda: begin_secretly(short)) == "store.failed"
    assert "SQLITE_ERROR" in caplog.text
    assert QUIET not in caplog.text


def test_a_locked_table_of_the_server_is_told(postgres: str) -> None:
    store = Store(postgres, wait_s=0.05)
    line = begin(store, TWO)
    admin = create_engine(postgres)
    with admin.begin() as link:
        link.execute(text("LOCK TABLE edit IN ACCESS EXCLUSIVE MODE"))
        assert told(lambda: store.commit(line.branch_id, 0, EDIT, author="王")) == "store.busy"
    assert store.commit(line.branch_id, 0, EDIT, author="王").revision == 1
    admin.dispose()
    store.close()


def kill(address: str) -> None:
    """End every other connection to a database."""
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'broken' "
    with admin.connect() as link:
        assert link.execute(text(ended + "AND pid <> pg_backend_pid()")).scalars().all()
    admin.dispose()


def test_a_connection_that_was_lost_in_between_is_not_noticed(postgres: str) -> None:
    store = Store(postgres)
    line = begin(store, TWO)
    kill(postgres)
    assert store.commit(line.branch_id, 0, EDIT, author="王").revision == 1
    kill(postgres)
    assert store.revision(line.branch_id) == 1
    store.close()


def test_a_connection_that_is_lost_in_a_step_heals_with_the_next(
    postgres: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(postgres)
    line = begin(store, TWO)

    def cut(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.startswith("INSERT"):
            kill(postgres)

    event.listen(store._database.engine, "before_cursor_execute", cut)
    assert told(lambda: store.commit(line.branch_id, 0, EDIT, author=QUIET)) == "store.lost"
    event.remove(store._database.engine, "before_cursor_execute", cut)
    assert QUIET not in caplog.text
    assert store.line(line.branch_id) == line
    assert store.commit(line.branch_id, 0, EDIT, author="王").revision == 1
    store.close()


def test_a_server_that_lets_nobody_write_or_is_gone(postgres: str, server: str) -> None:
    store = Store(postgres)
    line = begin(store, TWO)
    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as link:
        link.execute(text("ALTER DATABASE broken SET default_transaction_read_only = on"))
    kill(postgres)
    assert told(lambda: store.commit(line.branch_id, 0, EDIT, author="王")) == "store.read_only"
    assert store.line(line.branch_id) == line
    leaders = Store(postgres)  # opening writes nothing where the tables are up to date
    assert leaders.line(line.branch_id) == line
    leaders.close()
    store.close()
    with admin.connect() as link:
        link.execute(text("DROP DATABASE broken WITH (FORCE)"))
    admin.dispose()
    assert told(lambda: store.line(line.branch_id)) == "store.lost"
