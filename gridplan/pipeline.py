"""The whole order on one page: an area's folder becomes a plan."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from gridplan import __version__
from gridplan.analyse.lineage import lineage
from gridplan.analyse.metrics import breaches, measure_grids
from gridplan.analyse.present import present_state
from gridplan.analyse.verdict import prove, scope_breaches, tiling_breaches
from gridplan.boundaries import draft_codes, draw_grids
from gridplan.errors import GridplanError
from gridplan.fabric import Fabric, build_fabric
from gridplan.jobs import Job, run_jobs
from gridplan.load import read_area
from gridplan.load.layers import Layers
from gridplan.partition.outcome import Outcome, Stage, Status
from gridplan.partition.task import Count, Task
from gridplan.plan import GRID_COLUMNS, Finding, Plan, Provenance
from gridplan.pockets import absorb_pockets
from gridplan.prepared import Prepared
from gridplan.rules import GridCount, RadiusAlong, RuleSet
from gridplan.schema import ResidenceClass
from gridplan.streets import walking_metres
from gridplan.units import build_units

Report = Callable[[str, float], None]
"""Told the step in hand (a catalogue entry) and the share done, 0 to 1."""


def prepare(folder: Path, rules: RuleSet | None = None, report: Report | None = None) -> Prepared:
    """Read an area and build all that a redraw needs.

    Parameters
    ----------
    folder : Path
        An area folder, see ``docs/area.md``.
    rules : RuleSet, optional
        The limits in force; the defaults where left out.
    report : callable, optional
        Progress.

    Raises
    ------
    InputError
        With every fault of the data.
    """
    started = time.perf_counter()
    rules = rules or RuleSet()
    tell = report or _silent
    layers = read_area(folder, lambda _, share: tell("step.read", 0.3 * share))
    tell("step.units", 0.3)
    units = build_units(layers, rules)
    tell("step.ground", 0.4)
    fabric = build_fabric(layers, units, rules.measure)
    if rules.radius_along is RadiusAlong.STREETS:
        fabric = _walked(fabric, layers)
    units = absorb_pockets(units, fabric.graphs)
    tell("step.present", 0.9)
    present = {name: present_state(layers, units, fabric, rules, name) for name in layers.grids}
    tell("step.ready", 1.0)
    return Prepared(layers, units, fabric, present, rules, time.perf_counter() - started)


def _walked(fabric: Fabric, layers: Layers) -> Fabric:
    """The fabric with the ways along streets between the units of each community."""
    graphs = {
        code: replace(graph, walk_m=walking_metres(graph.xy_m, layers.streets))
        for code, graph in fabric.graphs.items()
    }
    return replace(fabric, graphs=graphs)


def tasks_of(prepared: Prepared) -> dict[str, Task]:
    """What is asked for each community, by its code.

    A task is a value: with ``dataclasses.replace`` grids are locked, units held together or apart,
    wishes priced, before :func:`redraw` is handed the tasks.

    Parameters
    ----------
    prepared : Prepared
        From :func:`prepare`.
    """
    return {str(code): _task(prepared, str(code)) for code in prepared.fabric.graphs}


def redraw(
    prepared: Prepared,
    *,
    tasks: Mapping[str, Task] | None = None,
    time_limit_s: float = 60.0,
    seed: int = 1,
    workers: int | None = None,
    executor: Executor | None = None,
    report: Report | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """Redraw every community's grids.

    Parameters
    ----------
    prepared : Prepared
        From :func:`prepare`.
    tasks : mapping of str to Task, optional
        What is asked for some communities, where it is more than the rules say; from
        :func:`tasks_of`, by code.
    time_limit_s : float
        Wall-clock time for the solver, shared out over the communities.
    seed : int
        Every random choice comes from it.
    workers : int, optional
        Processes; as many as there are processors where left out.
    executor : concurrent.futures.Executor, optional
        That solves the communities in place of processes of this machine.
    report, stop : callable, optional
        Progress, and whether the user wants to stop: then the best plan so far is returned.

    Returns
    -------
    Plan
    """
    started = time.perf_counter()
    asked = {**tasks_of(prepared), **(tasks or {})}
    jobs = [Job(code, task) for code, task in asked.items()]
    outcomes = run_jobs(
        jobs,
        time_limit_s=time_limit_s,
        seed=seed,
        workers=workers,
        executor=executor,
        report=report,
        stop=stop,
    )
    provenance = Provenance(
        prepared.rules,
        seed,
        next(iter(outcomes.values())).solver,
        prepared.layers.fingerprint,
        __version__,
        time_limit_s,
    )
    return assemble(prepared, outcomes, provenance, time.perf_counter() - started)


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
    base = prepared.unit_grid
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
    kin = lineage(units, grid_of_unit, prepared.unit_grid)
    grids = grids.merge(kin, left_on="grid_id", right_index=True)
    return grids.sort_values("code", ignore_index=True)[list(GRID_COLUMNS)]


def _silent(step: str, share: float) -> None:
    """Tell nobody."""


def _task(prepared: Prepared, code: str) -> Task:
    graph = prepared.fabric.graphs[code]
    place = prepared.layers.communities.set_index("community_code").loc[code]
    lower, upper, radius_m = prepared.rules.bounds(
        ResidenceClass(place["residence_class"]), float(place["difficulty"])
    )
    scope = prepared.units.frame.set_index("unit_id")["scope"]
    return Task(
        graph=graph,
        lower=lower,
        upper=upper,
        radius_m=radius_m,
        groups=_grid_count(prepared, code),
        count=Count.FEWEST if prepared.rules.grid_count is GridCount.FEWEST else Count.NEAR,
        present=_present_labels(prepared, graph.ids) if prepared.rules.keep_present else None,
        scopes=np.array([scope[unit] for unit in graph.ids]),
    )


def _grid_count(prepared: Prepared, code: str) -> int | None:
    """Number of grids from where the rules say; None where that source knows none."""
    rules, layers = prepared.rules, prepared.layers
    if rules.grid_count is GridCount.GIVEN:
        return rules.given_count.get(code)
    if rules.grid_count is GridCount.ROSTER:
        posts = layers.roster.loc[layers.roster["community_code"] == code, "posts"]
        return int(posts.sum()) or None
    if rules.grid_count is GridCount.PRESENT and prepared.present:
        grids = next(iter(prepared.present.values())).grids
        return int((grids["community"] == code).sum()) or None
    return None


def _present_labels(prepared: Prepared, ids: tuple[str, ...]) -> np.ndarray | None:
    codes = prepared.unit_grid
    if codes.empty:
        return None
    mine = codes.reindex(list(ids)).fillna("").to_numpy()
    known = sorted(set(mine) - {""})
    number = {code: position for position, code in enumerate(known)}
    return np.array([number.get(code, -1) for code in mine], dtype=np.int64)


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
    columns = [
        "unit_id", "grid_id", "kind", "name", "community", "compound_id", "scope", "households",
        "people", "estimated", "buildings", "present", "geometry",
    ]  # fmt: skip
    return gpd.GeoDataFrame(units[columns], crs=prepared.layers.crs)


def _building_table(prepared: Prepared, grid_of_unit: pd.Series) -> gpd.GeoDataFrame:
    buildings = prepared.units.buildings
    columns = [
        "building_id", "unit_id", "grid_id", "name", "address", "households", "people",
        "estimated", "geometry",
    ]  # fmt: skip
    return buildings.assign(grid_id=buildings["unit_id"].map(grid_of_unit))[columns]


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
