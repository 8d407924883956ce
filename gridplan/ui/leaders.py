"""总览 for leaders: the period in four numbers, where it comes from and who has to act."""

from __future__ import annotations

from gridplan.ui.desk import Desk
from gridplan.ui.frame import ready, top, word


def leaders(desk: Desk | None) -> None:
    """The page."""
    top(desk, word("name.leaders"))
    if not ready(desk) or desk is None or desk.prepared is None:
        return
