"""From labels to a plan: grids named, drawn, measured and judged."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from gridplan.analyse.lineage import lineage
from gridplan.analyse.metrics import breaches, measure_grids
from gridplan.analyse.verdict import prove, scope_breaches, tiling_breaches
from gridplan.boundaries import draft_codes, draw_grids
from gridplan.errors import GridplanError
from gridplan.partition.outcome import Outcome, Stage, Status
from gridplan.plan import BUILDING_COLUMNS, GRID_COLUMNS, UNIT_COLUMNS, Finding, Plan, Provenance
from gridplan.prepared import Prepared


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
    grid_of_unit = _name_grids(prepared, outcomes)
    grids = measured_grids(prepared, grid_of_unit)
    findings = _judge(prepared, grids, grid_of_unit, outcomes)
    base = prepared.present_grid
    return Plan(
        name=prepared.layers.name,
        grids=grids,
        units=_unit_table(prepared, grid_of_unit, base),
        buildings=_building_table(prepared, grid_of_unit),
        status=_weakest(outcomes),
        stages=_sum_stages(outcomes),
        violations=tuple(finding for finding in findings if not finding.proved),
        exceptions=tuple(finding for finding in findings if finding.proved),
        seconds=seconds,
        provenance=provenance,
    )


def measured_grids(prepared: Prepared, grid_of_unit: pd.Series) -> gpd.GeoDataFrame:
    """Draw and measure the grids of a division.

    Parameters
    ----------
    prepared : Prepared
        The area.
    grid_of_unit : Series
        ``grid_id`` by ``unit_id``, every unit with a grid of one community.

    Returns
    -------
    GeoDataFrame
        Columns `gridplan.plan.GRID_COLUMNS`, sorted by code; metric CRS.
    """
    units, communities = prepared.units.frame, prepared.layers.communities
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


def _judge(
    prepared: Prepared,
    grids: gpd.GeoDataFrame,
    grid_of_unit: pd.Series,
    outcomes: Mapping[str, Outcome],
) -> tuple[Finding, ...]:
    units = prepared.units.frame
    broken = [
        *breaches(grids, prepared.rules.measure),
        *scope_breaches(units, grid_of_unit),
        *tiling_breaches(grids, prepared.layers.communities),
    ]
    ids = {code: graph.ids for code, graph in prepared.fabric.graphs.items()}
    reasons = {code: outcome.reasons for code, outcome in outcomes.items()}
    return prove(broken, reasons, ids, grid_of_unit, prepared.rules.measure)


def _unit_table(prepared: Prepared, grid_of_unit: pd.Series, base: pd.Series) -> gpd.GeoDataFrame:
    cells = prepared.fabric.cells
    ground = cells[cells["unit_id"] != ""].dissolve("unit_id").geometry
    units = prepared.units.frame.rename(columns={"community_code": "community"})
    units = units.assign(
        grid_id=units["unit_id"].map(grid_of_unit),
        present=units["unit_id"].map(base).fillna(""),
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
