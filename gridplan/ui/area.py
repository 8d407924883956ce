"""An area as it was read: costly to prepare, the same for all who look at it."""

from __future__ import annotations

from pathlib import Path

from gridplan.pipeline import prepare
from gridplan.prepared import Prepared
from gridplan.ui.folder import OwnFolder
from gridplan.ui.work import Work


class Area:
    """One area folder, prepared under the default rules; reading begins at once.

    Parameters
    ----------
    folder : Path
        The area folder.
    uploaded : OwnFolder, optional
        What holds `folder`, where it was unpacked from an upload: it is kept as long as the area.
    """

    def __init__(self, folder: Path, uploaded: OwnFolder | None = None) -> None:
        self.folder = folder
        self.uploaded = uploaded
        self.reading: Work[Prepared] = Work(lambda report, _: prepare(folder, report=report))

    @property
    def prepared(self) -> Prepared | None:
        """What was read, None before it is ready or where it cannot be read."""
        return self.reading.result
