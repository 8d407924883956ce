"""A new store in each kind of database: a file, and a server that is started for the tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from gridplan.store import Store
from gridplan.store.tables import metadata
from tests.postgres import postgres


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of a PostgreSQL server of our own, without the name of a database."""
    with postgres() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    address = f"{request.getfixturevalue('server')}/postgres"
    with create_engine(address, poolclass=NullPool).begin() as link:
        link.execute(text("DROP SCHEMA public CASCADE"))
        link.execute(text("CREATE SCHEMA public"))
    return address


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables and nothing in them."""
    file = tmp_path_factory.mktemp("made") / "store.db"
    Store(f"sqlite:///{file}").close()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database with the tables and nothing in them: making them takes longer than a test."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("made"), tmp_path / "store.db")
        return f"sqlite:///{tmp_path / 'store.db'}"
    address = f"{request.getfixturevalue('server')}/postgres"
    Store(address).close()
    with create_engine(address, poolclass=NullPool).begin() as link:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        link.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    return address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()
