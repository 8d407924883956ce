"""From the edits that are kept to what they come to."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from gridplan.edit.division import Division, Mark
from gridplan.edit.edits import Edit, apply
from gridplan.store.tables import edit, plan

KNOWN = 200
"""Divisions kept in memory: one of 5,000 units takes half a megabyte."""


class Divisions:
    """What edits come to; one that is kept never changes, so each is worked out once."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int | None], Division] = OrderedDict()
        self._lock = threading.Lock()

    def after(self, link: Connection, plan_id: int, edit_id: int | None) -> Division:
        """The division after an edit that is kept, None for the plan's base."""
        with self._lock:
            known = self._known.get((plan_id, edit_id))
        if known is None:
            known = self._replayed(link, plan_id, edit_id)
        self.learn(plan_id, edit_id, known)
        return known

    def learn(self, plan_id: int, edit_id: int | None, division: Division) -> None:
        """Remember what an edit came to, once it is kept: the id of a lost one comes again."""
        with self._lock:
            self._known[plan_id, edit_id] = division
            self._known.move_to_end((plan_id, edit_id))
            while len(self._known) > KNOWN:
                self._known.popitem(last=False)

    def _replayed(self, link: Connection, plan_id: int, edit_id: int | None) -> Division:
        if edit_id is not None:
            query = select(edit.c.parent_id, edit.c.record).where(edit.c.id == edit_id)
            last = link.execute(query).one()
            with self._lock:
                before = self._known.get((plan_id, last.parent_id))
            if before is not None:
                return apply(before, Edit.of_record(last.record))
        base = link.execute(select(plan.c.base).where(plan.c.id == plan_id)).scalar_one()
        division = _division_of(base)
        for passed, record in path_to(link, edit_id):
            division = apply(division, Edit.of_record(record))
            self.learn(plan_id, passed, division)  # what is taken back next lies on the way
        return division


def path_to(link: Connection, edit_id: int | None) -> list[tuple[int, Mapping[str, Any]]]:
    """Id and record of every edit from the base to one of them, none for the base."""
    columns = edit.c.id, edit.c.parent_id, edit.c.record
    walk = select(*columns).where(edit.c.id == edit_id).cte("walk", recursive=True)
    older = select(*columns).join(walk, edit.c.id == walk.c.parent_id)
    rows = {row.id: row for row in link.execute(select(walk.union_all(older)))}
    path: list[tuple[int, Mapping[str, Any]]] = []
    while edit_id is not None:
        path.append((edit_id, rows[edit_id].record))
        edit_id = rows[edit_id].parent_id
    return path[::-1]


def record_of(division: Division) -> dict[str, Any]:
    """A division as plain values, for JSON."""
    marks = {grid: sorted(said) for grid, said in division.marks.items()}
    return {"grid_of": dict(division.grid_of), "marks": marks}


def _division_of(record: Mapping[str, Any]) -> Division:
    marks = {grid: frozenset(map(Mark, said)) for grid, said in record["marks"].items()}
    return Division(record["grid_of"], marks)
