"""What every edit is answered with: each grid against its limits, and which rules are broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridplan.analyse.lineage import lineage
from gridplan.analyse.metrics import breaches
from gridplan.analyse.verdict import EXCUSES, with_proof
from gridplan.edit.division import Division, Mark
from gridplan.partition.jobs import divide
from gridplan.partition.outcome import Reason
from gridplan.plan import Finding
from gridplan.prepared import Prepared
from gridplan.rules import Rule
from gridplan.schema import (
    COMMUNITY_CODE,
    DIFFICULTY,
    GRID_ID,
    HOUSEHOLDS,
    PEOPLE,
    RESIDENCE_CLASS,
    UNIT_ID,
    WORKER,
    ResidenceClass,
)
from gridplan.tasks import tasks_of

_JUDGED = [
    "grid_id", "households", "people", "lower", "upper", "radius_m", "radius_limit_m", "pieces",
]  # fmt: skip
NO_LIMITS = (0.0, np.inf, np.inf)
"""Of an exclusive grid: lower, upper, radius."""


@dataclass(frozen=True)
class GridState:
    """One grid as it stands.

    Parameters
    ----------
    grid_id, community : str
        Its id, and the code of the community that it lies in.
    households, people : int
        Inside.
    units : frozenset of str
        ``unit_id``.
    radius_m : float
        Distance of its farthest households from its centre.
    pieces : int
        Connected ones.
    scopes : int
        Compounds, cut inside themselves, that it lies in; the rest of the ground counts as one.
    lower, upper, radius_limit_m : float
        In force.
    exclusive : bool
        Whether no limit applies.
    """

    grid_id: str
    community: str
    households: int
    people: int
    units: frozenset[str]
    radius_m: float
    pieces: int
    scopes: int
    lower: float
    upper: float
    radius_limit_m: float
    exclusive: bool = False


@dataclass(frozen=True, eq=False)
class Verdict:
    """A division held against the rules.

    Parameters
    ----------
    grids : mapping of str to GridState
        By ``grid_id``, in order.
    findings : tuple of Finding
        Broken rules: those of grids in their order, then units of no grid. Proved where the grid
        is a piece of ground, or one building, that can be no other grid.
    lineage : DataFrame
        By ``grid_id``: ``present`` (the present grid that it continues, or ""), ``worker`` (the
        post of that one, or ""), ``moved_households``, ``change``.
    posts : mapping of str to int
        Grid workers on the roster by community code; none where there is no roster.
    """

    grids: Mapping[str, GridState]
    findings: tuple[Finding, ...]
    lineage: pd.DataFrame
    posts: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def broken(self) -> frozenset[str]:
        """Grids that break a rule without a proof that it cannot be kept there."""
        return frozenset(found.grid for found in self.findings if found.grid and not found.proved)

    @property
    def moved_households(self) -> int:
        """Those whose grid is not the one that continues their present grid."""
        return int(self.lineage["moved_households"].sum())

    @cached_property
    def wanted(self) -> Mapping[str, int]:
        """Grid workers needed by community code: one a grid."""
        codes = [state.community for state in self.grids.values()]
        return MappingProxyType({code: codes.count(code) for code in sorted(set(codes))})


class Judge:
    """Holds divisions of one area against its rules; what an edit leaves alone is not redone.

    Parameters
    ----------
    prepared : Prepared
        The area and its rules.
    """

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        frame = prepared.units.frame
        self._place = {
            unit: (code, position)
            for code, graph in prepared.fabric.graphs.items()
            for position, unit in enumerate(graph.ids)
        }
        ids = frame[UNIT_ID]
        self._households = dict(zip(ids, frame[HOUSEHOLDS], strict=True))
        self._people = dict(zip(ids, frame[PEOPLE], strict=True))
        self._scope = dict(zip(ids, frame["scope"], strict=True))
        self._limits = self._limits_of_communities()
        self._known: Mapping[str, GridState] = {}
        self._posts, self._workers = _staff(prepared)

    @cached_property
    def _reasons(self) -> dict[frozenset[str], Reason]:
        return ground_reasons(self.prepared)

    def judge(self, division: Division) -> Verdict:
        """Every grid, every broken rule, and who stays with whom.

        Parameters
        ----------
        division : Division
            Of all units of the area.
        """
        exclusive = {grid for grid in division.marks if division.has(grid, Mark.EXCLUSIVE)}
        states = {
            grid: self._state(grid, units, grid in exclusive)
            for grid, units in division.units_of.items()
        }
        self._known = states
        return Verdict(
            MappingProxyType(states),
            (
                *self._proved(states, broken_rules(states, self.prepared.rules.measure)),
                *self._left_over(division),
            ),
            self._lineage(division),
            self._posts,
        )

    def _state(self, grid: str, units: frozenset[str], exclusive: bool) -> GridState:
        known = self._known.get(grid)
        if known is not None and (known.units, known.exclusive) == (units, exclusive):
            return known
        places = [self._place[unit] for unit in units]
        code = min(where for where, _ in places)
        positions: NDArray[np.int64] = np.sort([at for where, at in places if where == code])
        part = self.prepared.fabric.graphs[code].subgraph(positions)
        lower, upper, limit_m = NO_LIMITS if exclusive else self._limits[code]
        foreign = len({where for where, _ in places}) - 1
        return GridState(
            grid_id=grid,
            community=code,
            households=int(sum(self._households[unit] for unit in units)),
            people=int(sum(self._people[unit] for unit in units)),
            units=units,
            radius_m=part.centre(self._limits[code][2])[1],
            pieces=int(part.components().max()) + 1 + foreign,
            scopes=len({self._scope[unit] for unit in units}),
            lower=lower,
            upper=upper,
            radius_limit_m=limit_m,
            exclusive=exclusive,
        )

    def _proved(self, states: Mapping[str, GridState], found: list[Finding]) -> list[Finding]:
        """With the reason where a grid is all of the ground that a proof speaks of."""
        measure = self.prepared.rules.measure
        proofs = {grid: self._reasons.get(state.units) for grid, state in states.items()}
        return [
            with_proof(finding, reason, measure)
            if (reason := proofs[finding.grid]) and finding.rule in EXCUSES[reason.key]
            else finding
            for finding in found
        ]

    def _left_over(self, division: Division) -> list[Finding]:
        lost = [unit for unit, grid in division.grid_of.items() if not grid]
        if not lost:
            return []
        households = int(sum(self._households[unit] for unit in lost))
        told = {"units": len(lost), "households": households}
        return [Finding(Rule.GAP, "", float(households), 0.0, "edits.left_over", told)]

    def _lineage(self, division: Division) -> pd.DataFrame:
        """Who keeps whom; the posts of the present grids go with them."""
        grid_of = pd.Series(dict(division.grid_of), dtype=object)
        table = lineage(self.prepared.units.frame, grid_of, self.prepared.present_grid)
        return table.assign(worker=table["present"].map(self._workers).astype(object).fillna(""))

    def _limits_of_communities(self) -> dict[str, tuple[float, float, float]]:
        places = self.prepared.layers.communities
        rows = zip(places[COMMUNITY_CODE], places[RESIDENCE_CLASS], places[DIFFICULTY], strict=True)
        return {
            str(code): self.prepared.rules.bounds(ResidenceClass(kind), float(difficulty))
            for code, kind, difficulty in rows
        }


def broken_rules(states: Mapping[str, GridState], measure: str) -> list[Finding]:
    """What grids break, by the rules of every plan; in the order of the grids.

    Parameters
    ----------
    states : mapping of str to GridState
        By ``grid_id``.
    measure : {"households", "people"}
        What the limits count.
    """
    table = pd.DataFrame.from_records(
        [[getattr(state, name) for name in _JUDGED] for state in states.values()],
        columns=_JUDGED,
    )
    found = list(breaches(table, measure))
    found += [
        Finding(Rule.COMPOUND, grid, float(state.scopes), 1.0, "breach.compound")
        for grid, state in states.items()
        if state.scopes > 1
    ]
    order = {grid: place for place, grid in enumerate(states)}
    return sorted(found, key=lambda finding: order[finding.grid])


def ground_reasons(prepared: Prepared) -> dict[frozenset[str], Reason]:
    """What no division can avoid, by the ``unit_id`` of the units that are a grid by themselves."""
    reasons: dict[frozenset[str], Reason] = {}
    for task in tasks_of(prepared).values():
        for job in divide(task.in_whole_households()):
            if job.reasons and job.span.least == job.span.most == 1:
                units = frozenset(task.graph.ids[place] for place in job.units)
                reasons[units] = job.reasons[0]
    return reasons


def _staff(prepared: Prepared) -> tuple[dict[str, int], dict[str, str]]:
    """Posts by community, and the worker of each present grid."""
    roster = prepared.layers.roster
    posts: dict[str, int] = {}
    if len(roster):
        summed = roster.groupby("community_code")["posts"].sum()
        posts = {str(code): int(count) for code, count in summed.items()}
    if not prepared.present:
        return posts, {}
    present = next(iter(prepared.present.values())).grids
    return posts, dict(zip(present[GRID_ID], present[WORKER], strict=True))
