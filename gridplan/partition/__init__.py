"""Integer programming over units: construct, improve, bound, solve, check."""

from gridplan.partition.check import Breach, check_labels
from gridplan.partition.community import redraw_community
from gridplan.partition.outcome import Outcome, Progress, Reason, Stage, Status
from gridplan.partition.problem import Problem, read_instance
from gridplan.partition.solve import solve

__all__ = [
    "Breach",
    "Outcome",
    "Problem",
    "Progress",
    "Reason",
    "Stage",
    "Status",
    "check_labels",
    "read_instance",
    "redraw_community",
    "solve",
]
