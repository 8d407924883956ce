"""The whole order on one page: an area's folder becomes a plan."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from gridplan import __version__
from gridplan.analyse.present import present_state
from gridplan.assemble import assemble
from gridplan.fabric import Fabric, build_fabric
from gridplan.jobs import Job, Report, Stop, run_jobs
from gridplan.load import read_area
from gridplan.load.layers import Layers
from gridplan.partition.task import Task
from gridplan.plan import Plan, Provenance
from gridplan.pockets import absorb_pockets
from gridplan.prepared import Prepared
from gridplan.rules import RadiusAlong, RuleSet
from gridplan.streets import walking_metres
from gridplan.tasks import tasks_of
from gridplan.units import build_units


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


def redraw(
    prepared: Prepared,
    *,
    tasks: Mapping[str, Task] | None = None,
    time_limit_s: float = 60.0,
    seed: int = 1,
    workers: int | None = None,
    executor: Executor | None = None,
    report: Report | None = None,
    stop: Stop | None = None,
) -> Plan:
    """Redraw every community's grids.

    Parameters
    ----------
    prepared : Prepared
        From :func:`prepare`.
    tasks : mapping of str to Task, optional
        What is asked for some communities, where it is more than the rules say; from
        :func:`gridplan.tasks.tasks_of`, by code.
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


def _silent(step: str, share: float) -> None:
    """Tell nobody."""
