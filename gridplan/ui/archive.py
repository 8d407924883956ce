"""An uploaded archive becomes an area folder."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

from gridplan.errors import GridplanError

MOST_MB = 2000


def unpack(file: IO[bytes], name: str, target: Path) -> Path:
    """Unpack a zip into an empty folder and find the area in it.

    Parameters
    ----------
    file : binary file
        The archive.
    name : str
        As the user named it.
    target : Path
        The empty folder.

    Returns
    -------
    Path
        The folder of the topmost ``area.toml``.

    Raises
    ------
    GridplanError
        Where it is no zip, holds no ``area.toml``, or is larger than `MOST_MB`.
    """
    try:
        with zipfile.ZipFile(file, metadata_encoding=_encoding(file)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_MB * 1_000_000:
                raise GridplanError("page.data.too_large", limit=MOST_MB)
            archive.extractall(target)  # zipfile strips absolute paths and ".."
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise GridplanError("page.data.not_zip", name=name) from error
    found = sorted(target.rglob("area.toml"), key=lambda path: (len(path.parts), str(path)))
    if not found:
        raise GridplanError("page.data.no_area_toml", name=name)
    return found[0].parent


def _encoding(file: IO[bytes]) -> str:
    """Of the names that do not say: Chinese Windows writes GBK, others UTF-8."""
    try:
        with zipfile.ZipFile(file, metadata_encoding="utf-8"):
            return "utf-8"
    except UnicodeDecodeError:
        return "gb18030"
