"""A temporary folder that goes with its last user."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path


class OwnFolder:
    """An empty folder, removed when nothing refers to this object, at the latest with the server.

    Parameters
    ----------
    purpose : str
        Part of the folder's name.
    """

    def __init__(self, purpose: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=f"gridplan-{purpose}-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
