"""Write a whole folder aside and swap it in, so that nobody ever finds half of one."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from gridplan.errors import GridplanError

_LITTER = (".", "~$", "Thumbs.db", "desktop.ini")


def write_aside(
    folder: Path,
    fill: Callable[[Path], None],
    *,
    ours: Callable[[Path], bool],
    files: Collection[str],
) -> None:
    """Fill a hidden sibling folder and put it in the place of `folder`.

    The folder that stood there is set aside under a hidden name until the new one stands; where
    the process dies in between, :func:`restore` brings it back.

    Parameters
    ----------
    folder : Path
        Where the result shall stand; its parents are made.
    fill : callable
        Writes everything into the folder that it is given.
    ours : callable
        Whether an existing folder is of the kind that may be replaced.
    files : collection of str
        Names that such a folder holds; a file with another name would be lost and is refused.

    Raises
    ------
    GridplanError
        Where something else stands there, or the disk refuses.
    """
    folder = Path(folder).resolve()
    if not folder.name:
        raise GridplanError("export.not_a_plan_folder", folder=folder)
    part = folder.with_name(f".{folder.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        restore(folder)
        _refuse_foreign(folder, ours, files)
        part.mkdir(parents=True)
        fill(part)
        _swap(part, folder)
    except OSError as error:
        raise GridplanError(
            "export.cannot_write", folder=folder, reason=error.strerror or error
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def restore(folder: Path) -> None:
    """Bring back the folder that a dying process had set aside and not yet replaced."""
    before = _set_aside(folder)
    if before.exists() and not folder.exists():
        before.replace(folder)


def _set_aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.before")


def _refuse_foreign(folder: Path, ours: Callable[[Path], bool], files: Collection[str]) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise GridplanError("export.not_a_folder", folder=folder)
    names = [entry.name for entry in folder.iterdir() if not entry.name.startswith(_LITTER)]
    if not names:
        return
    if not ours(folder):
        raise GridplanError("export.not_a_plan_folder", folder=folder)
    # a database's own side files (-wal, -journal) belong to it
    foreign = sorted(name for name in names if not name.startswith(tuple(files)))
    if foreign:
        raise GridplanError("export.other_files", folder=folder, files="、".join(foreign[:5]))


def _swap(part: Path, folder: Path) -> None:
    before = _set_aside(folder)
    if folder.exists():
        shutil.rmtree(before, ignore_errors=True)
        folder.replace(before)
    try:
        part.replace(folder)
    except OSError:
        restore(folder)
        raise
    shutil.rmtree(before, ignore_errors=True)
