"""What a planner does by hand, each as an :class:`Edit`; the checks are the same for every caller."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

import numpy as np
import shapely

from gridplan.edit.division import Division, Mark
from gridplan.edit.edits import Edit, EditKind
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from gridplan.schema import COMMUNITY_CODE, UNIT_ID


def move(prepared: Prepared, division: Division, units: Iterable[str], grid: str) -> Edit:
    """Give units to a grid; "" takes them out of any.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        As it is.
    units : iterable of str
        ``unit_id``; those that lie in the grid already stay.
    grid : str
        ``grid_id`` of a grid with units, or "".

    Raises
    ------
    GridplanError
        Where a unit or the grid is unknown or locked, they lie in different communities, or
        nothing would change.
    """
    if grid:
        _known_grid(division, grid)
    return assign(prepared, division, dict.fromkeys(units, grid), EditKind.MOVE)


def new_grid(prepared: Prepared, division: Division, units: Iterable[str]) -> Edit:
    """Make a grid of some units of one community.

    Raises
    ------
    GridplanError
        As for :func:`move`.
    """
    chosen = sorted(set(units))
    return assign(
        prepared, division, dict.fromkeys(chosen, _new_id(prepared, division, chosen)), EditKind.NEW
    )


def merge(prepared: Prepared, division: Division, grids: Iterable[str], into: str) -> Edit:
    """Put grids together under the name of one of them.

    Raises
    ------
    GridplanError
        As for :func:`move`.
    """
    chosen = {*grids, into}
    for grid in sorted(chosen):
        _known_grid(division, grid)
    units = [unit for grid in sorted(chosen - {into}) for unit in division.units_of[grid]]
    return assign(prepared, division, dict.fromkeys(units, into), EditKind.MERGE)


def split_by_line(
    prepared: Prepared, division: Division, grid: str, line: shapely.LineString
) -> Edit:
    """Cut a grid in two along a line, which is prolonged at both ends.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        As it is.
    grid : str
        ``grid_id``.
    line : LineString
        In the metric CRS of the area; units whose points lie to the right of it, as it was
        drawn, become a new grid.

    Raises
    ------
    GridplanError
        Where all units lie on one side; otherwise as for :func:`move`.
    """
    _known_grid(division, grid)
    units = sorted(division.units_of[grid])
    graph = prepared.fabric.graphs[_communities(prepared, units).pop()]
    place = {unit: position for position, unit in enumerate(graph.ids)}
    right = _right_of(line, graph.xy_m[[place[unit] for unit in units]])
    gone = [unit for unit, is_right in zip(units, right, strict=True) if is_right]
    if not 0 < len(gone) < len(units):
        raise GridplanError("edits.line_misses")
    name = _new_id(prepared, division, gone)
    return assign(prepared, division, dict.fromkeys(gone, name), EditKind.SPLIT)


def mark(division: Division, grid: str, said: Mark, on: bool = True) -> Edit:
    """Put a mark on a grid, or take it off.

    Raises
    ------
    GridplanError
        Where the grid is unknown or already as asked.
    """
    _known_grid(division, grid)
    before = division.marks.get(grid, frozenset())
    after = before | {said} if on else before - {said}
    if before == after:
        raise GridplanError("edits.nothing")
    return Edit(EditKind.MARK, marked={grid: (tuple(sorted(before)), tuple(sorted(after)))})


def assign(
    prepared: Prepared, division: Division, wanted: Mapping[str, str], kind: EditKind
) -> Edit:
    """The edit that gives units to grids, known or new, whoever asks for it.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        As it is.
    wanted : mapping of str to str
        ``grid_id`` by ``unit_id``; "" for none.
    kind : EditKind
        What the edit is called.

    Raises
    ------
    GridplanError
        As for :func:`move`.
    """
    if unknown := sorted(wanted.keys() - division.grid_of.keys()):
        raise GridplanError("edits.unknown_unit", unit=unknown[0])
    moved = {
        unit: (division.grid_of[unit], grid)
        for unit, grid in wanted.items()
        if division.grid_of[unit] != grid
    }
    if not moved:
        raise GridplanError("edits.nothing")
    for grid in sorted({grid for pair in moved.values() for grid in pair}):
        if division.has(grid, Mark.LOCKED):
            raise GridplanError("edits.locked", grid=grid)
    for grid in sorted({after for _, after in moved.values() if after}):
        mine = {unit for unit, (_, after) in moved.items() if after == grid}
        stay = division.units_of.get(grid, frozenset()) - moved.keys()
        if len(_communities(prepared, mine | stay)) > 1:
            raise GridplanError("edits.two_communities", grid=grid)
    return Edit(kind, moved, _marks_lost(division, moved))


def _marks_lost(
    division: Division, moved: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[tuple[Mark, ...], tuple[Mark, ...]]]:
    """Of the grids that cease to be."""
    filled = {after for _, after in moved.values()}
    return {
        grid: (tuple(sorted(said)), ())
        for grid, said in division.marks.items()
        if grid not in filled and division.units_of[grid] <= moved.keys()
    }


def _known_grid(division: Division, grid: str) -> None:
    if grid not in division.units_of:
        raise GridplanError("edits.unknown_grid", grid=grid)


def _communities(prepared: Prepared, units: Iterable[str]) -> set[str]:
    frame = prepared.units.frame
    mine = frame[UNIT_ID].isin(set(units))
    return set(frame.loc[mine, COMMUNITY_CODE])


def _new_id(prepared: Prepared, division: Division, units: list[str]) -> str:
    communities = sorted(_communities(prepared, units))
    if not communities:
        raise GridplanError("edits.nothing")
    return new_id(communities[0], units, division.units_of)


def new_id(community: str, units: Sequence[str], taken: Container[str]) -> str:
    """A ``grid_id`` that is not taken: the community's code and the first of the units.

    Parameters
    ----------
    community : str
        Its code.
    units : sequence of str
        Of the grid, at least one.
    taken : container of str
        Every ``grid_id`` that is, or was before the same edit.
    """
    stem = f"{community}-{units[0]}"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name


def _right_of(line: shapely.LineString, xy_m: np.ndarray) -> np.ndarray:
    """Which points lie to the right of the nearest stretch of a line, its ends prolonged."""
    ends = shapely.get_coordinates(line)
    begin, step = ends[:-1], np.diff(ends, axis=0)
    away = xy_m[:, None, :] - begin[None, :, :]
    along = (away * step).sum(axis=2) / (step**2).sum(axis=1)
    low, high = np.zeros(len(step)), np.ones(len(step))
    low[0], high[-1] = -np.inf, np.inf
    nearest = away - np.clip(along, low, high)[:, :, None] * step
    stretch = (nearest**2).sum(axis=2).argmin(axis=1)
    mine, points = step[stretch], away[np.arange(len(xy_m)), stretch]
    right: np.ndarray = mine[:, 0] * points[:, 1] - mine[:, 1] * points[:, 0] < 0
    return right
