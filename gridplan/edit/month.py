"""月度更新: a month's data against the plan in force, and which grids left their limits since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from gridplan.analyse.metrics import is_near_limit
from gridplan.analyse.present import grid_of_building, majority
from gridplan.edit.approved import Approved, GridInForce
from gridplan.edit.division import Division
from gridplan.edit.month_buildings import BuildingChange, changed_buildings
from gridplan.edit.verdict import GridState, Judge, Verdict, broken_rules
from gridplan.plan import Finding
from gridplan.prepared import Prepared
from gridplan.schema import (
    BUILDING_ID,
    COMMUNITY_CODE,
    ESTIMATED,
    GRID_ID,
    HOUSEHOLDS,
    NAME,
    UNIT_ID,
)


class GridStanding(StrEnum):
    """How a grid in force stands on a month's data, the most pressing first."""

    LEFT = "left"
    """It breaks a rule that it kept when it was approved."""
    EMPTY = "empty"
    """No unit lies in it any more."""
    NEAR = "near"
    """It keeps every rule, and its load is within 5 % of a limit."""
    KNOWN = "known"
    """It breaks only what it broke when it was approved, and none of that is worse."""
    INSIDE = "inside"
    """It keeps every rule."""
    EXCLUSIVE = "exclusive"
    """No limit applies."""


@dataclass(frozen=True, eq=False)
class MonthReview:
    """What a month's data say of the plan in force.

    Parameters
    ----------
    division : Division
        The grids in force on this month's units, by :func:`carried`.
    verdict : Verdict
        On it.
    left, known : tuple of Finding
        Rules broken now: those kept at approval or broken less then, and those broken then no
        less than now. ``grid`` is the code in force, "" for units outside all grids, who count to the first.
    grids : GeoDataFrame
        One row a grid in force, by code, with its approved ground: ``code, community,
        community_name, households_then`` (at approval), ``households`` (now), ``share`` (of
        change; NaN where there was none), ``load, lower, upper`` (now, in the measure of the
        rules), ``standing`` (a :class:`GridStanding`), ``new_buildings, gone_buildings,
        estimated, geometry``; metric CRS of the area.
    buildings : GeoDataFrame
        From :func:`gridplan.edit.month_buildings.changed_buildings`.
    households_then, households : int
        Of all buildings, at approval and now.
    same_buildings : float
        Share of the buildings at approval that are there still, by their ids: little of them where
        the data carry no lasting ids.
    """

    division: Division
    verdict: Verdict
    left: tuple[Finding, ...]
    known: tuple[Finding, ...]
    grids: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    households_then: int
    households: int
    same_buildings: float

    def count(self, change: BuildingChange) -> int:
        """Buildings with one kind of change."""
        return int((self.buildings["change"] == change).sum())

    @property
    def more_households(self) -> int:
        """Households now, less those at approval."""
        return self.households - self.households_then


def carried(prepared: Prepared, approved: Approved) -> Division:
    """The plan in force on a month's units.

    A building lies in the grid that holds its representative point, where grids of two
    communities do in that of its own; a unit goes with the grid of most of its households.

    Parameters
    ----------
    prepared : Prepared
        This month's data.
    approved : Approved
        The plan in force.

    Returns
    -------
    Division
        ``grid_id`` is the code in force, "" outside all grids; with the marks that the grids had.
    """
    ground = _ground(prepared, approved.grids)
    polygons = ground.rename(columns={"code": GRID_ID, "community": COMMUNITY_CODE})
    buildings = prepared.units.buildings
    homes = buildings.assign(grid_id=grid_of_building(polygons, buildings))
    units = prepared.units.frame[UNIT_ID]
    grid_of = dict(zip(units, units.map(majority(homes)).fillna(""), strict=True))
    held = set(grid_of.values())
    code = approved.code_of
    marks = {code[grid]: said for grid, said in approved.division.marks.items() if grid in code}
    return Division(grid_of, {grid: said for grid, said in marks.items() if grid in held})


def month_review(prepared: Prepared, approved: Approved) -> MonthReview:
    """Hold a month's data against the plan in force.

    Parameters
    ----------
    prepared : Prepared
        This month's data under the rules of the plan; its buildings have the ids that they had.
    approved : Approved
        The plan in force.
    """
    division = carried(prepared, approved)
    verdict = Judge(prepared).judge(division)
    measure = prepared.rules.measure
    before = {
        (finding.rule, finding.grid): finding
        for finding in broken_rules(_then(prepared, approved, division, verdict), measure)
    }
    known = tuple(
        found
        for found in verdict.findings
        if (then := before.get((found.rule, found.grid))) and not _is_worse(found, then)
    )
    left = tuple(found for found in verdict.findings if found not in known)
    buildings = changed_buildings(prepared, approved, division)
    ids = set(prepared.units.buildings[BUILDING_ID])
    there = sum(building in ids for building in approved.homes)
    return MonthReview(
        division=division,
        verdict=verdict,
        left=left,
        known=known,
        grids=_grids(prepared, approved, verdict, (left, known), buildings),
        buildings=buildings,
        households_then=sum(count for _, count in approved.homes.values()),
        households=int(prepared.units.buildings[HOUSEHOLDS].sum()),
        same_buildings=there / len(approved.homes) if approved.homes else 0.0,
    )


def _is_worse(now: Finding, then: Finding) -> bool:
    """Whether a value beyond its limit has gone farther beyond it; what has none has not."""
    if now.value is None or now.limit is None or then.value is None:
        return False
    return now.value > then.value if now.value > now.limit else now.value < then.value


def _ground(prepared: Prepared, grids: Sequence[GridInForce]) -> gpd.GeoDataFrame:
    """``code, community, geometry`` by code, in the CRS of the area."""
    parts = [
        gpd.GeoDataFrame(
            {"code": [grid.code], "community": [grid.community]}, geometry=[grid.geometry],
            crs=CRS(grid.crs),
        ).to_crs(prepared.layers.crs)
        for grid in grids
    ]  # fmt: skip
    return pd.concat(parts).sort_values("code", ignore_index=True)


def _then(
    prepared: Prepared, approved: Approved, division: Division, verdict: Verdict
) -> dict[str, GridState]:
    """The grids at approval: with the counts of then, and without what was built since.

    Where households lay then is not kept; what is there still stands for it, so that radius and
    pieces are those of today without the new units.
    """
    buildings = prepared.units.buildings
    old = buildings[BUILDING_ID].isin(approved.homes.keys()).groupby(buildings[UNIT_ID]).any()
    new_units = set(old.index[~old])
    grid_of = {u: "" if u in new_units else grid for u, grid in division.grid_of.items()}
    held = set(grid_of.values())
    marks = {grid: said for grid, said in division.marks.items() if grid in held}
    states = {**verdict.grids, **Judge(prepared).judge(Division(grid_of, marks)).grids}
    return {
        grid.code: replace(states[grid.code], households=grid.households, people=grid.people)
        for grid in approved.grids
        if grid.code in states
    }


def _grids(
    prepared: Prepared,
    approved: Approved,
    verdict: Verdict,
    broken: tuple[tuple[Finding, ...], tuple[Finding, ...]],
    buildings: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    table = _ground(prepared, approved.grids)
    states = [verdict.grids.get(code) for code in table["code"]]
    then = {grid.code: grid.households for grid in approved.grids}
    names = prepared.layers.communities.set_index(COMMUNITY_CODE)[NAME]
    table["community_name"] = table["community"].map(names).fillna("")
    table["households_then"] = table["code"].map(then)
    table[HOUSEHOLDS] = [state.households if state else 0 for state in states]
    was = table["households_then"]
    table["share"] = (table[HOUSEHOLDS] - was) / was.where(was > 0)
    measure = prepared.rules.measure
    table["load"] = [getattr(state, measure) if state else 0 for state in states]
    table["lower"] = [state.lower if state else 0.0 for state in states]
    table["upper"] = [state.upper if state else float("inf") for state in states]
    left, known = ({finding.grid for finding in found} for found in broken)
    table["standing"] = [
        _standing(code, state, measure, left, known)
        for code, state in zip(table["code"], states, strict=True)
    ]
    for change, side in ((BuildingChange.NEW, "code"), (BuildingChange.GONE, "code_then")):
        counts = buildings.loc[buildings["change"] == change, side].value_counts()
        table[f"{change}_buildings"] = table["code"].map(counts).fillna(0).astype(int)
    units = prepared.units.frame
    guessed = set(units.loc[units[ESTIMATED].astype(bool), UNIT_ID])
    table[ESTIMATED] = [bool(state and state.units & guessed) for state in states]
    return table


def _standing(
    code: str, state: GridState | None, measure: str, left: set[str], known: set[str]
) -> GridStanding:
    if state is None:
        return GridStanding.EMPTY
    if state.exclusive and code not in left | known:
        return GridStanding.EXCLUSIVE
    if code in left:
        return GridStanding.LEFT
    if code in known:
        return GridStanding.KNOWN
    near = is_near_limit(getattr(state, measure), state.lower, state.upper)
    return GridStanding.NEAR if near else GridStanding.INSIDE
