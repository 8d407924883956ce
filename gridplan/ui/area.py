"""An area as it was read: costly to prepare, the same for all who look at it."""

from __future__ import annotations

import gc
from pathlib import Path

import streamlit as st

from gridplan.cases.quality import Quality, quality_of
from gridplan.pipeline import prepare
from gridplan.prepared import Prepared
from gridplan.ui.folder import OwnFolder
from gridplan.ui.work import Report, Work


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
        self.stamp = newest_s(folder)
        self.reading: Work[Prepared] = Work(lambda report, _: _read(folder, report))

    @property
    def prepared(self) -> Prepared | None:
        """What was read, None before it is ready or where it cannot be read."""
        return self.reading.result

    @property
    def changed(self) -> bool:
        """Whether a file of the folder was written after it was read."""
        return newest_s(self.folder) > self.stamp


def _read(folder: Path, report: Report) -> Prepared:
    """Read an area and take it out of the collector's rounds.

    Streamlit has the collector go through every object after each run of a page: with a million
    cases that is a sixth of a second each time, for objects that live as long as the server. What
    an area before held is given back to the collector first.
    """
    gc.unfreeze()
    try:
        return prepare(folder, report=report)
    finally:
        gc.freeze()


def newest_s(folder: Path) -> float:
    """When the newest file of a folder was written, in seconds; 0 where it has none."""
    times = [0.0]
    for path in folder.rglob("*"):
        try:
            times.append(path.stat().st_mtime)
        except OSError:  # it went away between being listed and being looked at
            continue
    return max(times)


def identity(prepared: Prepared) -> tuple[str, float]:
    """What tells one reading of an area from another, for caches."""
    return prepared.layers.fingerprint, prepared.seconds


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs={Prepared: identity})
def case_quality(prepared: Prepared) -> Quality:
    """What is odd about an area's cases."""
    return quality_of(prepared.layers.cases, prepared.layers.communities)
