"""From labels to a plan: grids named, drawn, measured and judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from gridplan.analyse.lineage import lineage
from gridplan.analyse.metrics import breaches, measure_grids
from gridplan.analyse.verdict import inherit, prove, scope_breaches, tiling_breaches
from gridplan.boundaries import draft_codes, draw_grids
from gridplan.errors import GridplanError
from gridplan.partition.outcome import VERSION, Outcome, Reason, Stage, Status
from gridplan.plan import BUILDING_COLUMNS, GRID_COLUMNS, UNIT_COLUMNS, Finding, Plan, Provenance
from gridplan.prepared import Prepared
from gridplan.schema import COMMUNITY_CODE, HOUSEHOLDS, UNIT_ID

NO_PROOFS: Mapping[str, Iterable[Reason]] = MappingProxyType({})


def assemble(
    prepared: Prepared, outcomes: Mapping[str, Outcome], provenance: Provenance, seconds: float
) -> Plan:
    """Turn the labels of every community into a plan, measured and judged.

    Parameters
    ----------
    prepared : Prepared
        The area.
    outcomes : mapping of str to Outcome
        By community code; every one with labels.
    provenance : Provenance
        Settings and data behind the plan.
    seconds : float
        Of solving.

    Returns
    -------
    Plan
    """
    proofs = {code: outcome.reasons for code, outcome in outcomes.items()}
    plan = plan_of(prepared, _name_grids(prepared, outcomes), provenance, proofs=proofs)
    return replace(plan, status=_weakest(outcomes), stages=_sum_stages(outcomes), seconds=seconds)


def plan_of(
    prepared: Prepared,
    grid_of_unit: pd.Series,
    provenance: Provenance | None = None,
    *,
    proofs: Mapping[str, Iterable[Reason]] = NO_PROOFS,
    base: Plan | None = None,
) -> Plan:
    """The plan that a division is, of which nothing is proved but what is handed in.

    Parameters
    ----------
    prepared : Prepared
        The area.
    grid_of_unit : Series
        ``grid_id`` by ``unit_id``, for every unit; no grid in two communities.
    provenance : Provenance, optional
        Settings and data behind it; where left out, a division that people made by these rules.
    proofs : mapping of str to iterable of Reason
        By community code, unit positions as in its graph.
    base : Plan, optional
        The plan that it was made from: grids that are as they were there keep their proofs, where
        rules and data are the same.

    Returns
    -------
    Plan
        Feasible, without stages.

    Raises
    ------
    GridplanError
        Where a unit has no grid, or a grid lies in two communities.
    """
    grid_of_unit = whole(prepared, grid_of_unit)
    provenance = provenance or _by_hand(prepared)
    grids = measured_grids(prepared, grid_of_unit)
    units = _unit_table(prepared, grid_of_unit)
    findings = _judge(prepared, grids, grid_of_unit, proofs)
    if base is not None and _same_ground(base.provenance, provenance):
        findings = inherit(findings, base, units)
    return Plan(
        name=prepared.layers.name,
        grids=grids,
        units=units,
        buildings=_building_table(prepared, grid_of_unit),
        status=Status.FEASIBLE,
        stages=(),
        violations=tuple(finding for finding in findings if not finding.proved),
        exceptions=tuple(finding for finding in findings if finding.proved),
        seconds=0.0,
        provenance=provenance,
    )


def measured_grids(
    prepared: Prepared, grid_of_unit: pd.Series, polygons: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """Draw and measure the grids of a division.

    Parameters
    ----------
    prepared : Prepared
        The area.
    grid_of_unit : Series
        ``grid_id`` by ``unit_id``, every unit with a grid of one community.
    polygons : GeoDataFrame, optional
        ``grid_id, community_code, geometry``: the grids where they are drawn already; units may
        be left out then.

    Returns
    -------
    GeoDataFrame
        Columns `gridplan.plan.GRID_COLUMNS`, sorted by code; metric CRS.
    """
    units, communities = prepared.units.frame, prepared.layers.communities
    if polygons is None:
        polygons = draw_grids(prepared.fabric, grid_of_unit)
    grids = measure_grids(
        units, dict(prepared.fabric.graphs), grid_of_unit, polygons, prepared.rules, communities
    )
    grids["code"] = draft_codes(grids.rename(columns={"community": "community_code"}))
    kin = lineage(units, grid_of_unit, prepared.present_grid)
    grids = grids.merge(kin, left_on="grid_id", right_index=True)
    return grids.sort_values("code", ignore_index=True)[list(GRID_COLUMNS)]


def _name_grids(prepared: Prepared, outcomes: Mapping[str, Outcome]) -> pd.Series:
    """``grid_id`` by ``unit_id``: community code and the id of the unit at the centre."""
    named = {}
    for code, outcome in outcomes.items():
        ids = prepared.fabric.graphs[code].ids
        if outcome.labels is None:
            raise GridplanError("error.no_plan", community=code)
        for unit, centre in zip(ids, outcome.labels, strict=True):
            named[unit] = f"{code}-{ids[centre]}"
    return pd.Series(named)


def whole(prepared: Prepared, grid_of_unit: pd.Series) -> pd.Series:
    """The grid of every unit, each grid in one community.

    Parameters
    ----------
    prepared : Prepared
        The area.
    grid_of_unit : Series
        ``grid_id`` by ``unit_id``.

    Returns
    -------
    Series
        The same for the units of the area, in their order.

    Raises
    ------
    GridplanError
        Where a unit has no grid, or a grid lies in two communities.
    """
    units = prepared.units.frame
    grid = units[UNIT_ID].map(grid_of_unit).fillna("")
    if (left := grid == "").any():
        households = int(units.loc[left, HOUSEHOLDS].sum())
        raise GridplanError("edits.not_whole", units=int(left.sum()), households=households)
    homes = units[COMMUNITY_CODE].groupby(grid).nunique()
    if (homes > 1).any():
        raise GridplanError("edits.two_communities", grid=str(homes.index[homes > 1][0]))
    return pd.Series(grid.to_numpy(), index=units[UNIT_ID].to_numpy())


def _by_hand(prepared: Prepared) -> Provenance:
    return Provenance(prepared.rules, 0, "", prepared.layers.fingerprint, VERSION, 0.0)


def _same_ground(one: Provenance, other: Provenance) -> bool:
    return (one.rules, one.fingerprint) == (other.rules, other.fingerprint)


def _judge(
    prepared: Prepared,
    grids: gpd.GeoDataFrame,
    grid_of_unit: pd.Series,
    proofs: Mapping[str, Iterable[Reason]],
) -> tuple[Finding, ...]:
    units = prepared.units.frame
    broken = [
        *breaches(grids, prepared.rules.measure),
        *scope_breaches(units, grid_of_unit),
        *tiling_breaches(grids, prepared.layers.communities),
    ]
    ids = {code: graph.ids for code, graph in prepared.fabric.graphs.items()}
    return prove(broken, proofs, ids, grid_of_unit, prepared.rules.measure)


def _unit_table(prepared: Prepared, grid_of_unit: pd.Series) -> gpd.GeoDataFrame:
    cells = prepared.fabric.cells
    ground = cells[cells["unit_id"] != ""].dissolve("unit_id").geometry
    units = prepared.units.frame.rename(columns={"community_code": "community"})
    units = units.assign(
        grid_id=units["unit_id"].map(grid_of_unit),
        present=units["unit_id"].map(prepared.present_grid).astype(object).fillna(""),
        geometry=units["unit_id"].map(ground),
    )
    return gpd.GeoDataFrame(units[list(UNIT_COLUMNS)], crs=prepared.layers.crs)


def _building_table(prepared: Prepared, grid_of_unit: pd.Series) -> gpd.GeoDataFrame:
    buildings = prepared.units.buildings
    homes = buildings.assign(grid_id=buildings["unit_id"].map(grid_of_unit))
    return homes[list(BUILDING_COLUMNS)]


def _weakest(outcomes: Mapping[str, Outcome]) -> Status:
    every = {outcome.status for outcome in outcomes.values()}
    return Status.OPTIMAL if every == {Status.OPTIMAL} else Status.FEASIBLE


def _sum_stages(outcomes: Mapping[str, Outcome]) -> tuple[Stage, ...]:
    """Add up objectives and bounds, stage by stage: communities are independent."""
    order = ("relaxation", "groups", "change", "compactness")
    sums: dict[str, tuple[float, float]] = {}
    for outcome in outcomes.values():
        for stage in outcome.stages:
            objective, bound = sums.get(stage.name, (0.0, 0.0))
            sums[stage.name] = (objective + stage.objective, bound + stage.bound)
    return tuple(Stage(name, *sums[name]) for name in order if name in sums)
