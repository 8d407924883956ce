"""The least change that brings grids in force back within their limits, month after month."""

from __future__ import annotations

from dataclasses import dataclass

from gridplan.edit.division import Division, Mark
from gridplan.edit.edits import Edit, apply
from gridplan.edit.mending import repair
from gridplan.edit.month import MonthReview
from gridplan.edit.verdict import Judge, Verdict
from gridplan.jobs import Stop
from gridplan.plan import Finding
from gridplan.prepared import Prepared
from gridplan.schema import HOUSEHOLDS, UNIT_ID


@dataclass(frozen=True, eq=False)
class MonthProposal:
    """What the machine offers for a month.

    Parameters
    ----------
    edit : Edit
        From ``review.division``, of kind ``REPAIR``.
    division : Division
        After it.
    verdict : Verdict
        On that.
    households : int
        That would change their grid.
    remains : tuple of Finding
        What is broken after it that was not at approval.
    """

    edit: Edit
    division: Division
    verdict: Verdict
    households: int
    remains: tuple[Finding, ...]


def month_proposal(
    prepared: Prepared,
    review: MonthReview,
    *,
    time_limit_s: float = 5.0,
    seed: int = 1,
    stop: Stop | None = None,
) -> MonthProposal:
    """Redraw what left its limits, with as few neighbours as it takes.

    Grids whose faults were approved with them stay as they are.

    Parameters
    ----------
    prepared : Prepared
        The month's data.
    review : MonthReview
        Of the same data.
    time_limit_s, seed, stop
        As for :func:`gridplan.edit.mending.repair`.

    Raises
    ------
    GridplanError
        Where nothing that can be changed left its limits, or nothing better was found.
    """
    excused = {found.grid for found in review.known} - {found.grid for found in review.left}
    marks = dict(review.division.marks)
    marks |= {grid: marks.get(grid, frozenset()) | {Mark.LOCKED} for grid in excused}
    held = Division(review.division.grid_of, marks)
    edit = repair(prepared, held, time_limit_s=time_limit_s, seed=seed, stop=stop)
    division = apply(review.division, edit)  # it touches no grid that was held for this alone
    verdict = Judge(prepared).judge(division)
    units = prepared.units.frame
    approved = {(found.rule, found.grid) for found in review.known}
    return MonthProposal(
        edit=edit,
        division=division,
        verdict=verdict,
        households=int(units.loc[units[UNIT_ID].isin(edit.moved.keys()), HOUSEHOLDS].sum()),
        remains=tuple(
            found for found in verdict.findings if (found.rule, found.grid) not in approved
        ),
    )
