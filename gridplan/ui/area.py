"""An area as it was read: costly to prepare, the same for all who look at it."""

from __future__ import annotations

import gc
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from gridplan.cases.quality import Quality, quality_of
from gridplan.pipeline import prepare
from gridplan.prepared import Prepared
from gridplan.rules import RuleSet
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
        self._lock = threading.Lock()
        self._under: dict[str, Work[Prepared]] = {}
        self.reading: Work[Prepared] = Work(lambda report, _: _read(folder, report))

    @property
    def prepared(self) -> Prepared | None:
        """What was read, None before it is ready or where it cannot be read."""
        return self.reading.result

    def under(self, rules: RuleSet) -> Work[Prepared]:
        """The area under other rules than the default ones, made once for all who ask."""
        if self.prepared is not None and self.prepared.rules == rules:
            return self.reading
        with self._lock:
            key = repr(rules)
            known = self._under.get(key)
            if known is None or known.error is not None:
                self._under[key] = Work(lambda report, _: prepared_for(self, None, rules, report))
            return self._under[key]

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


def prepared_for(area: Area, done: Prepared | None, rules: RuleSet, report: Report) -> Prepared:
    """The area under `rules`; limits change the units, all else does not.

    Parameters
    ----------
    area : Area
        As read under the default rules.
    done : Prepared or None
        The same under other rules, where that was made.
    rules : RuleSet
        In force.
    report : callable
        Progress.
    """
    for known in (done, area.prepared):
        if known is not None and _limits(known.rules) == _limits(rules):
            return replace(known, rules=rules)
    return prepare(area.folder, rules, report)


def _limits(rules: RuleSet) -> tuple[Any, ...]:
    sides = (rules.urban, rules.rural)
    values = [limit.value for side in sides for limit in (side.lower, side.upper, side.radius_m)]
    return (*values, rules.measure, rules.growth_reserve, rules.radius_along)


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
