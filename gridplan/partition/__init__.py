"""Integer programming over units: construct, improve, bound, solve, check."""

from gridplan.partition.check import Breach, check_labels
from gridplan.partition.community import redraw_community
from gridplan.partition.finish import write_problem
from gridplan.partition.instance import read_instance
from gridplan.partition.limits import Measure, Terms, Wishes
from gridplan.partition.outcome import Outcome, Progress, Reason, Stage, Status
from gridplan.partition.problem import Problem
from gridplan.partition.repair import least_missed, repair
from gridplan.partition.solve import solve
from gridplan.partition.task import Count, Task

__all__ = [
    "Breach",
    "Count",
    "Measure",
    "Outcome",
    "Problem",
    "Progress",
    "Reason",
    "Stage",
    "Status",
    "Task",
    "Terms",
    "Wishes",
    "check_labels",
    "least_missed",
    "read_instance",
    "redraw_community",
    "repair",
    "solve",
    "write_problem",
]
