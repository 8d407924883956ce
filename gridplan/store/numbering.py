"""Which grid keeps which code, and which number the others get: rules without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType

import geopandas as gpd
import shapely

from gridplan.boundaries import CODE_DIGITS, MOST_GRIDS, draft_codes
from gridplan.errors import GridplanError
from gridplan.schema import COMMUNITY_CODE, GEOMETRY, GRID_ID

_DIGITS = CODE_DIGITS + len(str(MOST_GRIDS))


@dataclass(frozen=True)
class NewGrid:
    """A grid that is to get its code.

    Parameters
    ----------
    grid_id : str
        In the division of the version.
    community : str
        Code of its community, 12 digits.
    households, people : int
        Inside.
    geometry : shapely.Geometry
        Its ground, in a metric CRS with north up.
    parents : mapping of str to int
        Of its households, how many lie in each grid of before, by the code of that one.
    ground_of : str
        For a grid without households: the grid of before whose ground it has, or "".
    """

    grid_id: str
    community: str
    households: int
    people: int
    geometry: shapely.Geometry
    parents: Mapping[str, int] = field(default_factory=dict)
    ground_of: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parents", MappingProxyType(dict(self.parents)))


@dataclass(frozen=True)
class Descent:
    """Households that went from a grid of before to a new one.

    Parameters
    ----------
    old, new : str
        Codes; the same where the new grid continues the old one.
    households : int
        That lie in both; 0 where a grid without households continues one.
    share_of_old, share_of_new : float
        Of the households of each, 0 to 1; 0 where it has none.
    """

    old: str
    new: str
    households: int
    share_of_old: float
    share_of_new: float


def continued(grids: Sequence[NewGrid], before: Mapping[str, int]) -> dict[str, str]:
    """Code of before by ``grid_id``, for each grid that keeps one.

    A grid continues an old one where more than half of the households of both lie in the other,
    and so keeps its code; without households it is the ground that decides. A code that names
    another of the communities is not kept.

    Parameters
    ----------
    grids : sequence of NewGrid
        All of an area.
    before : mapping of str to int
        Households of each grid of before, by its code, counted on the same data.

    Raises
    ------
    GridplanError
        Where a grid has households of a grid of before that is not there, or more than it has.
    """
    _refuse_impossible(grids, before)
    communities = {grid.community for grid in grids}
    kept: dict[str, str] = {}
    for grid in grids:
        code = _heir_to(grid, before)
        foreign = len(code) == _DIGITS and code[:CODE_DIGITS] in communities - {grid.community}
        if code and not foreign and code not in kept.values():
            kept[grid.grid_id] = code
    return kept


def codes_of(
    grids: Sequence[NewGrid], before: Mapping[str, int], used: Collection[str]
) -> dict[str, str]:
    """The code of every grid, by ``grid_id``.

    Grids that continue none get the numbers after the highest ever used in their community, in the
    order of :func:`gridplan.boundaries.draft_codes`; after 999, those that were never used.

    Parameters
    ----------
    grids, before
        As for :func:`continued`.
    used : collection of str
        Every code that was ever used in the area.

    Raises
    ------
    GridplanError
        As for :func:`continued`; where a community's code is not 12 digits; where a community has
        no number left.
    """
    codes = continued(grids, before)
    fresh = [grid for grid in grids if grid.grid_id not in codes]
    if not fresh:
        return codes
    columns = {
        GRID_ID: [grid.grid_id for grid in fresh],
        COMMUNITY_CODE: [grid.community for grid in fresh],
        GEOMETRY: [grid.geometry for grid in fresh],
    }
    drafts = draft_codes(gpd.GeoDataFrame(columns))
    taken = {*used, *before}
    free = {community: _never_used(community, taken) for community in set(columns[COMMUNITY_CODE])}
    for place in drafts.sort_values().index:
        grid = fresh[place]
        code = next(free[grid.community], "")
        if not code:
            raise GridplanError("store.codes.no_number", community=grid.community)
        codes[grid.grid_id] = code
    return codes


def descents(
    grids: Sequence[NewGrid], before: Mapping[str, int], codes: Mapping[str, str]
) -> list[Descent]:
    """Where the households of the new grids come from, by old code and then by new one."""
    found = []
    for grid in grids:
        new = codes[grid.grid_id]
        found += [
            Descent(old, new, shared, shared / before[old], shared / grid.households)
            for old, shared in grid.parents.items()
            if shared
        ]
        if not grid.households and new == grid.ground_of:
            found.append(Descent(new, new, 0, 0.0, 0.0))
    return sorted(found, key=attrgetter("old", "new"))


def _heir_to(grid: NewGrid, before: Mapping[str, int]) -> str:
    """The grid of before that one continues, by households alone; "" for none."""
    if not grid.households:
        return grid.ground_of if before.get(grid.ground_of) == 0 else ""
    return next(
        (
            code
            for code, shared in grid.parents.items()
            if 2 * shared > before[code] and 2 * shared > grid.households
        ),
        "",
    )


def _refuse_impossible(grids: Sequence[NewGrid], before: Mapping[str, int]) -> None:
    shared: Counter[str] = Counter()
    for grid in grids:
        shared.update(grid.parents)
        if grid.ground_of:
            shared[grid.ground_of] += 0
        if (
            min(grid.parents.values(), default=0) < 0
            or sum(grid.parents.values()) > grid.households
        ):
            raise GridplanError("store.codes.counts", name=grid.grid_id)
    for code, count in shared.items():
        if code not in before:
            raise GridplanError("store.codes.unknown_old", code=code)
        if count > before[code]:
            raise GridplanError("store.codes.counts", name=code)


def _never_used(community: str, taken: Collection[str]) -> Iterator[str]:
    """Codes of a community that nobody ever had: after the highest first, gaps when these end.

    A gap is rather a number that was given up before anybody kept a list.
    """
    every = [f"{community}{number:03d}" for number in range(1, MOST_GRIDS + 1)]
    last = max((place for place, code in enumerate(every, 1) if code in taken), default=0)
    return (code for code in (*every[last:], *every[:last]) if code not in taken)
