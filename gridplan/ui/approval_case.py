"""One version with all that is known of it, and what it amounts to on the ground."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridplan.analyse.lineage import lineage
from gridplan.analyse.verdict import inherit
from gridplan.edit import Division, Judge
from gridplan.edit.ground import grids_of
from gridplan.plan import Finding, Plan
from gridplan.prepared import Prepared
from gridplan.schema import COMMUNITY_CODE, ESTIMATED, GRID_ID, HOUSEHOLDS, UNIT_ID
from gridplan.store import (
    CodedGrid,
    Objection,
    Passage,
    Path,
    Standing,
    Store,
    Term,
    Version,
)
from gridplan.store.issue import before_of, term_before

_HELD = "approval-looked"


@dataclass(frozen=True, eq=False)
class Case:
    """A version and its way so far.

    Parameters
    ----------
    store : Store
        Where it is kept.
    area : str
        Name of the street.
    plan_id : int
        Of which plan.
    version : Version
        Which.
    division : Division
        What it divides.
    standing : Standing or None
        Of its last attempt, None where it was never put forward.
    passages : tuple of Passage
        Of all attempts.
    objections : tuple of Objection
        Of all attempts.
    coded : tuple of CodedGrid
        Its grids under their codes, none before approval.
    path : Path
        Of the area.
    """

    store: Store
    area: str
    plan_id: int
    version: Version
    division: Division
    standing: Standing | None
    passages: tuple[Passage, ...]
    objections: tuple[Objection, ...]
    coded: tuple[CodedGrid, ...]
    path: Path

    @property
    def number(self) -> int:
        """Of the version."""
        return self.version.number

    @property
    def which(self) -> tuple[int, int]:
        """Plan and number, as the store asks for them."""
        return self.plan_id, self.number

    @property
    def waiting(self) -> tuple[Objection, ...]:
        """The objections of this attempt that have no answer yet."""
        if self.standing is None:
            return ()
        mine = self.standing.submission_id
        return tuple(
            each for each in self.objections if each.submission_id == mine and each.answer is None
        )

    def key(self, name: str) -> str:
        """Of a field that is empty again after the next step."""
        revision = 0 if self.standing is None else self.standing.revision
        return f"approval-{name}-{self.plan_id}-{self.number}-{revision}"

    def ground_of(self, code: str) -> gpd.GeoSeries | None:
        """The ground of a code, None where the version has no such grid."""
        found = [grid for grid in self.coded if grid.code == code]
        return gpd.GeoSeries([found[0].geometry], crs=found[0].crs) if found else None


def case_of(store: Store, area: str, plan_id: int, number: int) -> Case:
    """Read all of a version.

    Parameters
    ----------
    store : Store
        Where it is kept.
    area : str
        Name of the street.
    plan_id, number : int
        Which version of which plan.
    """
    which = plan_id, number
    return Case(
        store=store,
        area=area,
        plan_id=plan_id,
        version=next(each for each in store.versions(plan_id) if each.number == number),
        division=store.division_of(*which),
        standing=store.approvals.standing(*which),
        passages=tuple(store.approvals.passages(*which)),
        objections=tuple(store.objections.of_version(*which)),
        coded=store.codes.of_version(*which),
        path=store.approvals.path(area),
    )


@dataclass(frozen=True, eq=False)
class Looked:
    """What a version amounts to.

    Parameters
    ----------
    ground : Prepared
        The area under the rules of its plan.
    term : Term or None
        What it comes after.
    grids : GeoDataFrame
        Columns `gridplan.plan.GRID_COLUMNS`, with draft codes until codes are issued.
    violations, exceptions : tuple of Finding
        Broken rules without and with a proof.
    moved : int
        Households whose grid is not the one that continues theirs.
    """

    ground: Prepared
    term: Term | None
    grids: gpd.GeoDataFrame
    violations: tuple[Finding, ...]
    exceptions: tuple[Finding, ...]
    moved: int

    @property
    def households(self) -> int:
        """In all grids."""
        return int(self.grids[HOUSEHOLDS].sum())

    @property
    def estimated(self) -> bool:
        """Whether any of them are an estimate."""
        return bool(self.grids[ESTIMATED].any())

    @property
    def against(self) -> str:
        """What `moved` is counted against: ``in_force``, ``present`` or ``nothing``."""
        if self.term is not None:
            return "in_force"
        return "present" if self.ground.present else "nothing"


def look(case: Case, ground: Prepared, plan: Plan | None) -> Looked:
    """Draw, measure and judge a version; the last one of a session is remembered.

    Parameters
    ----------
    case : Case
        The version.
    ground : Prepared
        The area under the rules of its plan.
    plan : Plan or None
        The redraw that this session made: its proofs hold for grids that are as they were.
    """
    term = term_before(case.store, case.area, *case.which)
    asked = term, case.division, bool(case.coded)
    held: _Held | None = st.session_state.get(_HELD)
    if held is None or not (held.ground is ground and held.plan is plan and held.asked == asked):
        held = _Held(ground, plan, asked, _looked(case, ground, term, plan))
        st.session_state[_HELD] = held
    return held.looked


@dataclass(frozen=True, eq=False)
class _Held:
    """What a session looked at last, and what it was made from."""

    ground: Prepared
    plan: Plan | None
    asked: tuple[Term | None, Division, bool]
    looked: Looked


def _looked(case: Case, ground: Prepared, term: Term | None, plan: Plan | None) -> Looked:
    verdict = Judge(ground).judge(case.division)
    moved = verdict.moved_households
    if term is not None:
        live = case.store.codes.of_version(term.plan_id, term.version.number)
        grid_of = pd.Series(dict(case.division.grid_of), dtype=object)
        old = before_of(ground, live).code_of_unit(ground)
        moved = int(lineage(ground.units.frame, grid_of, old)["moved_households"].sum())
    findings = _with_proofs(verdict.findings, ground, case.division, plan)
    return Looked(
        ground=ground,
        term=term,
        grids=_grids(case, ground),
        violations=tuple(each for each in findings if not each.proved),
        exceptions=tuple(each for each in findings if each.proved),
        moved=moved,
    )


def _grids(case: Case, ground: Prepared) -> gpd.GeoDataFrame:
    grids = grids_of(ground, case.division)
    codes = {grid.grid_id: grid.code for grid in case.coded}
    return grids.assign(code=grids[GRID_ID].map(codes)) if codes else grids


def _with_proofs(
    findings: tuple[Finding, ...], ground: Prepared, division: Division, plan: Plan | None
) -> tuple[Finding, ...]:
    """Proofs of a redraw by the same rules and of the same data, where they still hold."""
    if plan is None:
        return findings
    made = plan.provenance.rules, plan.provenance.fingerprint
    if made != (ground.rules, ground.layers.fingerprint):
        return findings
    frame = ground.units.frame
    units = frame[[UNIT_ID]].assign(
        community=frame[COMMUNITY_CODE], grid_id=frame[UNIT_ID].map(dict(division.grid_of))
    )
    return inherit(findings, plan, units)
