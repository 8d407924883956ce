"""Where plans live: every edit in a database, before anybody sees it; approvals and codes."""

from gridplan.store.numbering import Descent, NewGrid
from gridplan.store.path import Path, Stage, StageKind, default_path
from gridplan.store.records import Homes, Line, PlanRecord, StaleError, Step, Version
from gridplan.store.store import MAIN, Store
from gridplan.store.way import (
    CodedGrid,
    InForce,
    Objection,
    Passage,
    PassageKind,
    StaleVersionError,
    Standing,
    Term,
    UsedCode,
)

__all__ = [
    "MAIN",
    "CodedGrid",
    "Descent",
    "Homes",
    "InForce",
    "Line",
    "NewGrid",
    "Objection",
    "Passage",
    "PassageKind",
    "Path",
    "PlanRecord",
    "Stage",
    "StageKind",
    "StaleError",
    "StaleVersionError",
    "Standing",
    "Step",
    "Store",
    "Term",
    "UsedCode",
    "Version",
    "default_path",
]
