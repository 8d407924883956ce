"""A PostgreSQL server of our own, from the system's programs, for as long as it is needed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path:
    """Where PostgreSQL's own programs lie.

    Raises
    ------
    FileNotFoundError
        Where it is not installed.
    """
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    every = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not every:
        raise FileNotFoundError("PostgreSQL is not installed: make test installs it")
    return every[-1].parent


@contextmanager
def postgres() -> Iterator[str]:
    """Its address without the name of a database; it goes with its data at the end."""
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
