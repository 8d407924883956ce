"""What a division asks of the partitioner, and what the answer means for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridplan.analyse.lineage import lineage
from gridplan.edit.division import Division, Mark
from gridplan.edit.edits import Edit, EditKind
from gridplan.edit.hands import assign, new_id
from gridplan.edit.verdict import ground_reasons
from gridplan.errors import GridplanError
from gridplan.jobs import Job
from gridplan.partition import Count, Reason, Task
from gridplan.prepared import Prepared
from gridplan.schema import COMMUNITY_CODE, HOUSEHOLDS, UNIT_ID
from gridplan.tasks import numbered, tasks_of


def held(division: Division) -> frozenset[str]:
    """The grids that no machine changes: locked and exclusive ones."""
    kept = {Mark.LOCKED, Mark.EXCLUSIVE}
    return frozenset(grid for grid, said in division.marks.items() if said & kept)


def tasks_for(prepared: Prepared, division: Division) -> dict[str, Task]:
    """What is asked of each community in which something is open, by its code.

    What is held stays; the number of grids is that of the division, whose grids are the present
    ones.

    Raises
    ------
    GridplanError
        Where every grid is held.
    """
    asked = {}
    for code, task in tasks_of(prepared).items():
        grids = [division.grid_of[unit] for unit in task.graph.ids]
        mine = set(grids) - {""}
        if not set(grids) <= held(division):
            exclusive = {grid for grid in mine if division.has(grid, Mark.EXCLUSIVE)}
            asked[code] = replace(
                task,
                present=numbered(grids),
                groups=len(mine) or None,
                count=Count.NEAR,
                locked=_places(grids, (mine & held(division)) - exclusive),
                exclusive=_places(grids, exclusive),
            )
    if not asked:
        raise GridplanError("edits.all_held")
    return asked


def proofs_of(prepared: Prepared, division: Division) -> dict[str, tuple[Reason, ...]]:
    """What is proved of the grids of a division, as :func:`gridplan.assemble.plan_of` takes it.

    That no limit applies to exclusive grids; and what no division avoids, of the grids that are
    just that ground.
    """
    exclusive = {grid for grid in division.marks if division.has(grid, Mark.EXCLUSIVE)}
    whole = set(division.units_of.values())
    ground = [item for item in ground_reasons(prepared).items() if item[0] in whole]
    told = {}
    for code, graph in prepared.fabric.graphs.items():
        grids = [division.grid_of[unit] for unit in graph.ids]
        mine = set(graph.ids)
        told[code] = (
            *(Reason("reason.exclusive", places, {}) for places in _places(grids, exclusive)),
            *(reason for units, reason in ground if units <= mine),
        )
    return told


def _places(grids: list[str], chosen: set[str]) -> tuple[tuple[int, ...], ...]:
    """The positions of the units of each chosen grid that has any here."""
    table = {grid: np.flatnonzero(np.array(grids, dtype=object) == grid) for grid in sorted(chosen)}
    return tuple(tuple(places.tolist()) for places in table.values() if len(places))


def drawn_units(division: Division, job: Job, labels: NDArray[np.int64]) -> dict[str, str]:
    """The grid that each unit was drawn in, by a name of this drawing; held ones are left out."""
    fixed = held(division)
    return {
        unit: f"{job.code}/{label}"
        for unit, label in zip(job.task.graph.ids, labels.tolist(), strict=True)
        if division.grid_of[unit] not in fixed
    }


def edit_of(
    prepared: Prepared,
    division: Division,
    drawn: Mapping[str, str],
    kind: EditKind,
    keep: Iterable[str] = (),
) -> Edit | None:
    """The edit that a drawing is: a grid that goes on keeps its id, others get new ones.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        As it is.
    drawn : mapping of str to str
        From :func:`drawn_units`, whole open grids alone.
    kind : EditKind
        What the edit is called.
    keep : iterable of str
        Units whose grids go on where they are; otherwise they go on where most of their
        households are.

    Returns
    -------
    Edit or None
        None where nothing changes.
    """
    units = prepared.units.frame[prepared.units.frame[UNIT_ID].isin(drawn.keys())]
    # most households decide, then most units, so that a grid without households goes on too
    heavy = units[HOUSEHOLDS].astype("int64") * (len(units) + 1) + 1
    heavy = heavy.where(~units[UNIT_ID].isin(set(keep)), int(heavy.sum()) + 1)
    kin = lineage(
        units.assign(**{HOUSEHOLDS: heavy}),
        pd.Series(dict(drawn)),
        pd.Series(dict(division.grid_of)),
    )
    names = dict(kin["present"])
    taken = set(division.units_of)
    for group, members in units.groupby(units[UNIT_ID].map(drawn)):
        if not names[group]:
            code = str(members[COMMUNITY_CODE].iloc[0])
            names[group] = new_id(code, sorted(members[UNIT_ID]), taken)
            taken.add(names[group])
    wanted = {unit: names[group] for unit, group in drawn.items()}
    if all(division.grid_of[unit] == grid for unit, grid in wanted.items()):
        return None
    return assign(prepared, division, wanted, kind)
