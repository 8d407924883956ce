"""The desk an area lies on: prepared, redrawn and written out, shared by all who look at it."""

from __future__ import annotations

import tempfile
import threading
import zipfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from gridplan.analyse.present import Present
from gridplan.export.plan_folder import write_plan
from gridplan.pipeline import Prepared, prepare, redraw
from gridplan.plan import Plan
from gridplan.rules import RuleSet
from gridplan.ui.work import Report, Stop, Work


class Desk:
    """One area folder with what has been made of it so far.

    Parameters
    ----------
    folder : Path
        The area folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rules = RuleSet()
        self.prepared: Prepared | None = None
        self.plan: Plan | None = None
        self.version = 0
        self.made_at: datetime | None = None
        self.work: Work[Any] | None = None
        self.files: Path | None = None
        self._lock = threading.Lock()

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self.work is not None and self.work.running

    @property
    def present(self) -> Present | None:
        """The legacy layer that a redraw starts from."""
        if self.prepared is None or not self.prepared.present:
            return None
        return next(iter(self.prepared.present.values()))

    def open(self) -> None:
        """Read and prepare the area, where that is not done or under way."""
        self._start(self._prepare, only_if=lambda: self.prepared is None)

    def redraw(self, rules: RuleSet, time_limit_s: float, seed: int) -> None:
        """Redraw the grids; the plan so far stays until the new one is whole."""

        def task(report: Report, stop: Stop) -> None:
            prepared = self._prepared_for(rules, report)
            plan = redraw(prepared, time_limit_s=time_limit_s, seed=seed, report=report, stop=stop)
            self.rules, self.prepared, self.plan, self.files = rules, prepared, plan, None
            self.version, self.made_at = self.version + 1, datetime.now()

        self._start(task, can_stop=True)

    def write(self) -> None:
        """Write the plan's files, where that is not done or under way."""
        self._start(self._write, only_if=lambda: self.files is None and self.plan is not None)

    def file(self, name: str) -> bytes:
        """One of the files written."""
        if self.files is None:
            raise FileNotFoundError(name)
        return (self.files / name).read_bytes()

    def everything(self) -> bytes:
        """All files in one archive."""
        if self.files is None:
            raise FileNotFoundError("zip")
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(self.files.iterdir()):
                archive.write(path, path.name)
        return buffer.getvalue()

    def _start(self, task: Any, can_stop: bool = False, only_if: Any = None) -> None:
        with self._lock:
            failed = self.work is not None and self.work.error is not None
            if self.busy or (only_if is not None and (failed or not only_if())):
                return
            self.work = Work(task, can_stop)

    def _prepare(self, report: Report, _: Stop) -> None:
        self.prepared = prepare(self.folder, self.rules, report)

    def _prepared_for(self, rules: RuleSet, report: Report) -> Prepared:
        """The area under `rules`; limits change the units, all else does not."""
        done = self.prepared
        if done is not None and _limits(done.rules) == _limits(rules):
            return replace(done, rules=rules)
        return prepare(self.folder, rules, report)

    def _write(self, report: Report, _: Stop) -> None:
        report("step.write", 0.5)
        if self.plan is None or self.prepared is None:
            return
        folder = Path(tempfile.mkdtemp(prefix="gridplan-")) / f"plan-{self.version}"
        write_plan(self.plan, folder, layers=self.prepared.layers, present=self.present)
        self.files = folder


def _limits(rules: RuleSet) -> tuple[Any, ...]:
    sides = (rules.urban, rules.rural)
    values = [limit.value for side in sides for limit in (side.lower, side.upper, side.radius_m)]
    return (*values, rules.measure, rules.growth_reserve)
