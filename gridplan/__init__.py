"""gridplan redraws a street's service grids (网格), with a certificate of how good the plan is.

What the package offers to Python, in the order in which it is used::

    import gridplan

    prepared = gridplan.prepare("data/demo")
    plan = gridplan.redraw(prepared, time_limit_s=30)
    gridplan.draw_map(prepared, plan)          # shown inline in Jupyter, without a network
    gridplan.write_plan(plan, "out")

Each name is loaded on first use, so that a small task does not wait for the large libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridplan.analyse.compare import compare
    from gridplan.analyse.workload import (
        WorkloadWeights,
        balanced_measure,
        grid_workload,
        present_workload,
        unit_workload,
    )
    from gridplan.cases import (
        DeadlineRules,
        LedgerRules,
        Period,
        PeriodKind,
        colours,
        community_of_cases,
        count_by,
        deadlines,
        follow_ups_due,
        grid_of_cases,
        last_whole,
        over_time,
        quality_of,
        rates,
        standing,
    )
    from gridplan.coverage import (
        Coverage,
        OpenRule,
        Service,
        ServiceSet,
        Walk,
        find_coverage,
        propose_sites,
        read_services,
    )
    from gridplan.demo import make_demo
    from gridplan.errors import GridplanError, InputError
    from gridplan.export.coverage import write_coverage
    from gridplan.export.hotspots import write_hotspots
    from gridplan.export.plan_folder import read_plan, write_plan
    from gridplan.hotspots import Hotspots, HotspotSpec, find_hotspots
    from gridplan.load import read_area
    from gridplan.maps.draw import draw_coverage, draw_hotspots
    from gridplan.maps.grids import draw_map
    from gridplan.partition import (
        Count,
        Measure,
        Outcome,
        Problem,
        Task,
        Terms,
        Wishes,
        read_instance,
        repair,
        solve,
    )
    from gridplan.pipeline import prepare, redraw
    from gridplan.plan import Finding, Plan
    from gridplan.prepared import Prepared
    from gridplan.reports import ReportContext, ReportKind, ReportSpec, write_report
    from gridplan.rules import GridCount, Limit, Limits, RuleSet
    from gridplan.tasks import tasks_of
    from gridplan.worktime import WorkTime, due_times

__version__ = "0.1.0"

_HOME = {
    "make_demo": "gridplan.demo",
    "read_area": "gridplan.load",
    "prepare": "gridplan.pipeline",
    "Prepared": "gridplan.prepared",
    "tasks_of": "gridplan.tasks",
    "redraw": "gridplan.pipeline",
    "RuleSet": "gridplan.rules",
    "Limits": "gridplan.rules",
    "Limit": "gridplan.rules",
    "GridCount": "gridplan.rules",
    "compare": "gridplan.analyse.compare",
    "draw_coverage": "gridplan.maps.draw",
    "draw_hotspots": "gridplan.maps.draw",
    "draw_map": "gridplan.maps.grids",
    "Plan": "gridplan.plan",
    "Finding": "gridplan.plan",
    "write_plan": "gridplan.export.plan_folder",
    "read_plan": "gridplan.export.plan_folder",
    "read_instance": "gridplan.partition",
    "Problem": "gridplan.partition",
    "Task": "gridplan.partition",
    "Count": "gridplan.partition",
    "Terms": "gridplan.partition",
    "Measure": "gridplan.partition",
    "Wishes": "gridplan.partition",
    "repair": "gridplan.partition",
    "solve": "gridplan.partition",
    "Outcome": "gridplan.partition",
    "WorkTime": "gridplan.worktime",
    "due_times": "gridplan.worktime",
    "DeadlineRules": "gridplan.cases",
    "LedgerRules": "gridplan.cases",
    "Period": "gridplan.cases",
    "PeriodKind": "gridplan.cases",
    "colours": "gridplan.cases",
    "community_of_cases": "gridplan.cases",
    "count_by": "gridplan.cases",
    "deadlines": "gridplan.cases",
    "follow_ups_due": "gridplan.cases",
    "grid_of_cases": "gridplan.cases",
    "last_whole": "gridplan.cases",
    "over_time": "gridplan.cases",
    "standing": "gridplan.cases",
    "quality_of": "gridplan.cases",
    "rates": "gridplan.cases",
    "WorkloadWeights": "gridplan.analyse.workload",
    "balanced_measure": "gridplan.analyse.workload",
    "grid_workload": "gridplan.analyse.workload",
    "present_workload": "gridplan.analyse.workload",
    "unit_workload": "gridplan.analyse.workload",
    "HotspotSpec": "gridplan.hotspots",
    "Hotspots": "gridplan.hotspots",
    "find_hotspots": "gridplan.hotspots",
    "write_hotspots": "gridplan.export.hotspots",
    "ServiceSet": "gridplan.coverage",
    "OpenRule": "gridplan.coverage",
    "Service": "gridplan.coverage",
    "Walk": "gridplan.coverage",
    "read_services": "gridplan.coverage",
    "find_coverage": "gridplan.coverage",
    "Coverage": "gridplan.coverage",
    "propose_sites": "gridplan.coverage",
    "write_coverage": "gridplan.export.coverage",
    "ReportContext": "gridplan.reports",
    "ReportKind": "gridplan.reports",
    "ReportSpec": "gridplan.reports",
    "write_report": "gridplan.reports",
    "GridplanError": "gridplan.errors",
    "InputError": "gridplan.errors",
}

__all__ = [
    "Count",
    "Coverage",
    "DeadlineRules",
    "Finding",
    "GridCount",
    "GridplanError",
    "HotspotSpec",
    "Hotspots",
    "InputError",
    "LedgerRules",
    "Limit",
    "Limits",
    "Measure",
    "OpenRule",
    "Outcome",
    "Period",
    "PeriodKind",
    "Plan",
    "Prepared",
    "Problem",
    "ReportContext",
    "ReportKind",
    "ReportSpec",
    "RuleSet",
    "Service",
    "ServiceSet",
    "Task",
    "Terms",
    "Walk",
    "Wishes",
    "WorkTime",
    "WorkloadWeights",
    "__version__",
    "balanced_measure",
    "colours",
    "community_of_cases",
    "compare",
    "count_by",
    "deadlines",
    "draw_coverage",
    "draw_hotspots",
    "draw_map",
    "due_times",
    "find_coverage",
    "find_hotspots",
    "follow_ups_due",
    "grid_of_cases",
    "grid_workload",
    "last_whole",
    "make_demo",
    "over_time",
    "prepare",
    "present_workload",
    "propose_sites",
    "quality_of",
    "rates",
    "read_area",
    "read_instance",
    "read_plan",
    "read_services",
    "redraw",
    "repair",
    "solve",
    "standing",
    "tasks_of",
    "unit_workload",
    "write_coverage",
    "write_hotspots",
    "write_plan",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Load what the table of contents names."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(_HOME[name]), name)
