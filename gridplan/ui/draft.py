"""One draft of a plan, and the files written of it."""

from __future__ import annotations

import threading
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

from gridplan.analyse.present import Present
from gridplan.export.plan_folder import write_plan
from gridplan.maps.grids import grid_map, standalone
from gridplan.maps.view import View
from gridplan.offline import point_folium_here
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.ui.folder import OwnFolder
from gridplan.ui.work import Report, Stop, Work
from gridplan.words import Language, say

MAP = "地图网页.html"


class Draft:
    """A plan with its number and time; its files are written once, when first asked for.

    Parameters
    ----------
    prepared : Prepared
        What the plan was made from.
    plan : Plan
        The redrawn grids.
    number : int
        1 for the first of a desk.
    """

    def __init__(self, prepared: Prepared, plan: Plan, number: int) -> None:
        self.prepared, self.plan, self.number = prepared, plan, number
        self.made_at = datetime.now()
        self.writing: Work[OwnFolder] | None = None
        self._lock = threading.Lock()

    def write(self) -> None:
        """Begin to write the files, where that is not done or under way."""
        plan, prepared = self.plan, self.prepared

        def task(report: Report, _: Stop) -> OwnFolder:
            report("step.write", 0.5)
            return _written(plan, prepared)

        with self._lock:
            if self.writing is None:
                self.writing = Work(task)

    @property
    def files(self) -> list[Path]:
        """The files written, by name; none before all are."""
        held = self.writing.result if self.writing is not None else None
        return [] if held is None else sorted(held.path.rglob("*.*"), key=lambda path: path.name)

    def everything(self) -> bytes:
        """All files in one archive."""
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in self.files:
                archive.write(path, path.name)
        return buffer.getvalue()


def present_of(prepared: Prepared) -> Present | None:
    """The legacy layer that a redraw starts from."""
    return next(iter(prepared.present.values()), None)


def plan_view(plan: Plan, language: Language) -> View:
    """The redrawn grids as a map shows them."""
    title = say("map.after", language)
    return View(title, plan.grids, plan.violations, plan.exceptions, plan.buildings)


def _written(plan: Plan, prepared: Prepared) -> OwnFolder:
    """The plan folder, and beside it the map, which is no part of that."""
    held = OwnFolder("plan")
    write_plan(plan, held.path / "plan", layers=prepared.layers, present=present_of(prepared))
    point_folium_here()
    drawn = grid_map(prepared.layers, plan_view(plan, "zh"))
    page = standalone(drawn, f"{plan.name} · {say('map.after')}")
    (held.path / MAP).write_text(page, "utf-8")
    return held
