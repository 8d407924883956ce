"""The machine's help with a plan: asked for, under way, offered; never done without a yes."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gridplan.analyse.workload import WorkloadWeights
from gridplan.edit import (
    Division,
    Edit,
    Judge,
    StaleEditError,
    apply,
    curve,
    even_out,
    redraw_grids,
    redraw_rest,
    repair,
    split_by_machine,
)
from gridplan.edit.asked import held
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from gridplan.schema import HOUSEHOLDS, UNIT_ID
from gridplan.ui.work import Report, Stop, Work
from gridplan.ui.workload import work_of_units

SECONDS = {
    "repair": 5.0,
    "grids": 20.0,
    "split": 10.0,
    "rest": 60.0,
    "even": 30.0,
    "work": 30.0,
    "curve": 90.0,
}
"""Time that each kind of help may take."""
SEED = 1


@dataclass(frozen=True, eq=False)
class Option:
    """One thing that the machine offers.

    Parameters
    ----------
    edit : Edit
        What would change.
    households : int
        That would change their grid.
    broken, findings : int
        Grids with faults after it, and the faults, without those that are proved to be unavoidable.
    compactness : float or None
        Of the plan after it, household·m²; None where it was not asked for.
    """

    edit: Edit
    households: int
    broken: int
    findings: int
    compactness: float | None = None


class Help:
    """One request to the machine on one branch: it goes on when the browser is closed.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        That the help starts from.
    kind : str
        Of `SECONDS`.
    grids, keep : iterable of str
        Grids that are to be redrawn; units that the planner has just placed.
    """

    def __init__(
        self,
        prepared: Prepared,
        division: Division,
        kind: str,
        grids: Iterable[str] = (),
        keep: Iterable[str] = (),
    ) -> None:
        self.kind, self.chosen, self.token = kind, 0, secrets.token_hex(4)
        chosen, kept = tuple(grids), tuple(keep)

        def task(report: Report, stop: Stop) -> tuple[Option, ...]:
            found = _found(kind, prepared, division, chosen, kept, report, stop)
            judge = Judge(prepared)
            return tuple(_option(judge, division, *each) for each in found)

        self.work: Work[tuple[Option, ...]] = Work(task, can_stop=True, allowed_s=SECONDS[kind])

    @property
    def options(self) -> tuple[Option, ...]:
        """What is offered, none before the end."""
        return self.work.result or ()

    @property
    def option(self) -> Option | None:
        """The one that is shown."""
        return self.options[self.chosen] if self.options else None

    def fits(self, division: Division) -> bool:
        """Whether what is shown can be laid over a division that has gone on since.

        It cannot where it changes a grid that was locked or made exclusive meanwhile.
        """
        if self.option is None:
            return True
        if self.option.edit.grids & held(division):
            return False
        try:
            apply(division, self.option.edit)
        except StaleEditError:
            return False
        return True


Found = tuple[Edit, float | None]
"""An edit and the compactness of the plan after it, where it is known."""


def _found(
    kind: str,
    prepared: Prepared,
    division: Division,
    grids: tuple[str, ...],
    keep: tuple[str, ...],
    report: Report,
    stop: Stop,
) -> list[Found]:
    """What the machine makes of a request."""
    words: dict[str, Any] = {"time_limit_s": SECONDS[kind], "seed": SEED, "stop": stop}
    if kind == "repair":
        return [(_repaired(prepared, division, keep, words), None)]
    words["report"] = report
    if kind == "curve":
        trades = curve(prepared, division, **words)
        found: list[Found] = [(t.edit, t.compactness) for t in trades if t.edit is not None]
        if not found:
            raise GridplanError("edits.nothing_better")
        return found
    match kind:
        case "split":
            edit = split_by_machine(prepared, division, next(iter(grids), ""), **words)
        case "grids":
            edit = redraw_grids(prepared, division, grids, **words)
        case "rest":
            edit = redraw_rest(prepared, division, **words)
        case "work":
            load = work_of_units(prepared, WorkloadWeights())["workload"]
            edit = even_out(prepared, division, workload=load, **words)
        case _:
            edit = even_out(prepared, division, **words)
    return [(edit, None)]


def _repaired(
    prepared: Prepared, division: Division, keep: tuple[str, ...], words: dict[str, Any]
) -> Edit:
    """With what the planner has just placed left there; where that cannot be, without."""
    try:
        return repair(prepared, division, keep=keep, **words)
    except GridplanError:
        if not keep:
            raise
    return repair(prepared, division, **words)


def _option(judge: Judge, division: Division, edit: Edit, compactness: float | None) -> Option:
    verdict = judge.judge(apply(division, edit))
    units = judge.prepared.units.frame
    moved = units.loc[units[UNIT_ID].isin(edit.moved.keys()), HOUSEHOLDS].sum()
    faults = sum(not finding.proved for finding in verdict.findings)
    return Option(edit, int(moved), len(verdict.broken), faults, compactness)


class Helps:
    """What is asked for on each branch, found again by whoever opens it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_branch: dict[int, Help] = {}

    def of(self, branch_id: int) -> Help | None:
        """What was asked for last on a branch and neither taken nor dropped."""
        with self._lock:
            return self._by_branch.get(branch_id)

    def ask(self, branch_id: int, make: Callable[[], Help]) -> None:
        """Begin, where nothing is under way.

        Raises
        ------
        GridplanError
            Where something is.
        """
        with self._lock:
            known = self._by_branch.get(branch_id)
            if known is not None and known.work.running:
                raise GridplanError("page.workbench.busy")
            self._by_branch[branch_id] = make()

    def drop(self, branch_id: int) -> None:
        """Forget it; what is under way is stopped."""
        with self._lock:
            gone = self._by_branch.pop(branch_id, None)
        if gone is not None:
            gone.work.stop()


@st.cache_resource(show_spinner=False)
def the_helps() -> Helps:
    """Of this server: they outlive the pages that asked."""
    return Helps()
