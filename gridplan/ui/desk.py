"""The desk of one session: the area it looks at, its draft of a plan, the redraw under way."""

from __future__ import annotations

import secrets
from typing import Any

from gridplan.analyse.present import Present
from gridplan.pipeline import redraw
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.rules import RuleSet
from gridplan.ui.area import Area, prepared_for
from gridplan.ui.draft import Draft, present_of
from gridplan.ui.work import Report, Stop, Work


class Desk:
    """What one planner has made of an area.

    Parameters
    ----------
    area : Area
        Shared with all who look at it.
    """

    def __init__(self, area: Area) -> None:
        self.area = area
        self.token = secrets.token_urlsafe(6)
        self.redrawing: Work[Draft] | None = None
        self.looking: Work[Any] | None = None  # what the page in view waits for
        self._before: Draft | None = None

    @property
    def draft(self) -> Draft | None:
        """The newest draft; the one before stays until the new one is whole."""
        done = self.redrawing.result if self.redrawing is not None else None
        return self._before if done is None else done

    @property
    def plan(self) -> Plan | None:
        """The newest draft's plan."""
        return None if self.draft is None else self.draft.plan

    @property
    def prepared(self) -> Prepared | None:
        """The area under the rules of the newest draft."""
        return self.area.prepared if self.draft is None else self.draft.prepared

    @property
    def present(self) -> Present | None:
        """The legacy layer that a redraw starts from."""
        return None if self.prepared is None else present_of(self.prepared)

    @property
    def rules(self) -> RuleSet:
        """The rules of the newest draft."""
        return RuleSet() if self.draft is None else self.draft.prepared.rules

    @property
    def work(self) -> Work[Any] | None:
        """What is under way, the shortest first."""
        writing = None if self.draft is None else self.draft.writing
        works = (writing, self.looking, self.redrawing, self.area.reading)
        return next((work for work in works if work is not None and work.running), None)

    @property
    def drawing(self) -> bool:
        """Whether a redraw is under way."""
        return self.redrawing is not None and self.redrawing.running

    def redraw(self, rules: RuleSet, time_limit_s: float, seed: int) -> None:
        """Redraw the grids, where that is not under way."""
        if self.drawing:
            return
        area, before, done = self.area, self.draft, self.prepared

        def task(report: Report, stop: Stop) -> Draft:
            prepared = prepared_for(area, done, rules, report)
            plan = redraw(prepared, time_limit_s=time_limit_s, seed=seed, report=report, stop=stop)
            return Draft(prepared, plan, 1 if before is None else before.number + 1)

        self._before, self.redrawing = before, Work(task, can_stop=True, allowed_s=time_limit_s)

    def adopt(self, prepared: Prepared, plan: Plan) -> None:
        """Take a plan that was made elsewhere as the newest draft; a redraw under way is stopped."""
        if self.redrawing is not None:
            self.redrawing.stop()
        number = 1 if self.draft is None else self.draft.number + 1
        draft = Draft(prepared, plan, number)
        self.redrawing = Work(lambda _, __: draft)
        self.redrawing.wait()

    def copy(self) -> Desk:
        """A desk that shows the same and goes its own way from here."""
        twin = Desk(self.area)
        twin._before, twin.redrawing = self._before, self.redrawing
        return twin
