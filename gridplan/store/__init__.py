"""Where plans live: every edit in a database, before anybody sees it."""

from gridplan.store.records import Line, StaleError, Step, Version
from gridplan.store.store import MAIN, Store

__all__ = ["MAIN", "Line", "StaleError", "Step", "Store", "Version"]
