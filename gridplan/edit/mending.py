"""After an edit: the least change nearby that makes the rules hold again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan import partition
from gridplan.edit.asked import drawn_units, edit_of, held, tasks_for
from gridplan.edit.division import Division
from gridplan.edit.edits import Edit, EditKind, apply
from gridplan.edit.placing import placed
from gridplan.edit.standing import Standing
from gridplan.errors import GridplanError
from gridplan.jobs import Job, Stop
from gridplan.partition import Task
from gridplan.prepared import Prepared
from gridplan.schema import HOUSEHOLDS, UNIT_ID

INT = NDArray[np.int64]


def repair(
    prepared: Prepared,
    division: Division,
    *,
    keep: Iterable[str] = (),
    time_limit_s: float = 3.0,
    seed: int = 1,
    stop: Stop | None = None,
) -> Edit:
    """Mend what edits broke with the least change nearby; units of no grid get one.

    Locked and exclusive grids stay as they are, and so does every grid that lies away from what
    is broken.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        As it is.
    keep : iterable of str
        ``unit_id`` of what the planner has just placed: it stays in its grid.
    time_limit_s : float
        Wall-clock time, shared out over the communities where something is broken.
    seed : int
        Of every random choice.
    stop : callable, optional
        When it says True, the best so far is returned.

    Returns
    -------
    Edit
        After which less is broken; not always nothing.

    Raises
    ------
    GridplanError
        Where nothing that can be changed is broken, or nothing better was found.
    """
    begun, standing = monotonic(), Standing(prepared)
    missed = standing.missed(division)
    broken = {code: task for code, task in tasks_for(prepared, division).items() if missed[code]}
    if not broken:
        raise GridplanError("edits.nothing_broken")
    tasks = mendable(broken, missed)
    if not tasks:
        raise GridplanError("edits.unavoidable", count=len(broken))
    kept = {unit for unit in keep if division.grid_of.get(unit, "") not in held(division) | {""}}
    drawn: dict[str, str] = {}
    for left, (code, task) in zip(range(len(tasks), 0, -1), tasks.items(), strict=True):
        seconds = max(0.1, (begun + time_limit_s - monotonic()) / left)
        case = _Case(prepared, division, standing, Job(code, task), kept)
        drawn |= case.drawn(_mended(case, seconds, seed, stop))
    edit = edit_of(prepared, division, drawn, EditKind.REPAIR, kept)
    drawn = standing.kept(division, drawn, edit, better=True)
    edit = edit_of(prepared, division, drawn, EditKind.REPAIR, kept)
    if edit is None:
        raise GridplanError("edits.not_mended", count=len(tasks))
    return edit


def mendable(tasks: Mapping[str, Task], missed: Mapping[str, float]) -> dict[str, Task]:
    """The tasks of communities that miss the rules by more than their buildings make them."""
    return {
        code: task
        for code, task in tasks.items()
        if missed[code] > partition.least_missed(task) + 1e-6
    }


@dataclass(frozen=True, eq=False)
class _Case:
    """One community to be mended, and the units that stay."""

    prepared: Prepared
    division: Division
    standing: Standing
    job: Job
    kept: set[str]

    def drawn(self, labels: INT) -> dict[str, str]:
        """The grid that each open unit was drawn in."""
        return drawn_units(self.division, self.job, labels)

    def rank(self, labels: INT) -> tuple[float, int]:
        """What is missed after a drawing and the households that it moves: least is best."""
        drawn = self.drawn(labels)
        edit = edit_of(self.prepared, self.division, drawn, EditKind.REPAIR, self.kept)
        after = self.division if edit is None else apply(self.division, edit)
        frame = self.prepared.units.frame
        moved = frame[UNIT_ID].isin(() if edit is None else edit.moved.keys())
        missed = self.standing.missed(after)[self.job.code]
        return round(missed, 6), int(frame.loc[moved, HOUSEHOLDS].sum())


def _mended(case: _Case, seconds: float, seed: int, stop: Stop | None) -> INT:
    """Mend with what is kept tied to the heart of its grid; else with its neighbour alone."""
    task, ids = case.job.task, case.job.task.graph.ids
    keep = [place for place, unit in enumerate(ids) if unit in case.kept]
    start = placed(task, np.asarray(task.present))
    # what was put into two grids must not end in one: a grid has one name
    firsts = list({int(start[place]): place for place in keep}.values())
    apart = _pairs([(a, b) for k, a in enumerate(firsts) for b in firsts[k + 1 :]])
    terms = replace(task.terms, apart=apart)
    fast = replace(terms, together=_pairs(to_hearts(task, start, keep)))
    end, least = monotonic() + seconds, partition.least_missed(task)
    tried: list[tuple[tuple[float, int], INT]] = []
    refused: GridplanError | None = None
    for asked, tied in [(fast, []), (terms, keep)] if keep else [(terms, [])]:
        left = max(0.1, (end - monotonic()) / (1 if asked is terms else 2))
        try:
            outcome = partition.repair(
                replace(task, terms=asked),
                start,
                keep=tied,
                time_limit_s=left,
                seed=seed,
                stop=stop,
            )
        except GridplanError as error:
            refused = error
            continue
        labels = np.asarray(outcome.labels)
        tried.append((case.rank(labels), labels))
        if tried[-1][0][0] <= least + 1e-6:
            break
    if refused is not None and not tried:
        raise refused
    return min(tried, key=lambda each: each[0])[1]


def to_hearts(task: Task, grids: INT, keep: list[int]) -> list[tuple[int, int]]:
    """Pairs that tie what is kept to the half of its grid that lies nearest to the centre.

    One neighbour is too little: it could change grid together with what is kept.
    """
    pairs = []
    for grid in np.unique(grids[keep]):
        units = np.flatnonzero(grids == grid)
        rest = units[~np.isin(units, keep)]
        first, *others = _heart(task, rest if len(rest) else units).tolist()
        mine = {unit for unit in keep if grids[unit] == grid} | set(others)
        pairs += [(unit, first) for unit in sorted(mine - {first})]
    return pairs


def _heart(task: Task, units: INT) -> INT:
    """Units amid the heaviest piece of a grid that hold half of its households."""
    part = task.graph.subgraph(units)
    piece = part.components()
    main = np.flatnonzero(piece == np.bincount(piece, weights=part.weight).argmax())
    middle = part.xy_m[main[part.subgraph(main).centre(task.radius_m)[0]]]
    main = main[np.argsort(((part.xy_m[main] - middle) ** 2).sum(axis=1), kind="stable")]
    amount = np.cumsum(part.weight[main])
    return np.asarray(units[main[: int(np.searchsorted(amount, amount[-1] / 2)) + 1]])


def _pairs(pairs: list[tuple[int, int]]) -> INT:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
