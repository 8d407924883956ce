"""A new store in each kind of database: a file, and a server that is started for the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from gridplan.store import Store
from gridplan.store.tables import metadata


def programs() -> Path:
    """Where PostgreSQL's own programs lie."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    every = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not every:
        pytest.fail("PostgreSQL is not installed: make test installs it")
    return every[-1].parent


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of a PostgreSQL server of our own, without the name of a database."""
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="gridplan-pg-"))
    if user is not None:
        shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]

    def run(name: str, *words: str) -> None:
        command = [str(programs() / name), *words]
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "gridplan", "--auth=trust", "--encoding=UTF8", "--locale=C")
    options = f"-p {port} -k {folder} -c listen_addresses=localhost -c fsync=off"
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://gridplan@localhost:{port}"
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


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
