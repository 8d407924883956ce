"""What the store is told of a version whose codes are issued: its grids, and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridplan.analyse.present import Present, grid_of_building, majority
from gridplan.assemble import measured_grids, whole
from gridplan.edit.division import Division
from gridplan.prepared import Prepared
from gridplan.schema import (
    BUILDING_ID,
    COMMUNITY_CODE,
    GEOMETRY,
    GRID_CODE,
    GRID_ID,
    HOUSEHOLDS,
    UNIT_ID,
)
from gridplan.store.numbering import NewGrid
from gridplan.store.store import Store
from gridplan.store.way import CodedGrid, Standing, Term, UsedCode


@dataclass(frozen=True, eq=False)
class Before:
    """The grids that a version comes after, counted on the area as it is now.

    Parameters
    ----------
    code_of_building : Series
        Code by ``building_id``, "" where the building was in no grid that has a code.
    ground : GeoSeries
        By code; metric CRS of the area.
    households : mapping of str to int
        By code, every grid with one; 0 where nobody lives.
    """

    code_of_building: pd.Series
    ground: gpd.GeoSeries
    households: dict[str, int]

    def code_of_unit(self, prepared: Prepared) -> pd.Series:
        """Code by ``unit_id``: of the grid that held most of it."""
        buildings = prepared.units.buildings
        code = buildings[BUILDING_ID].map(self.code_of_building)
        return majority(buildings.assign(grid_id=code))


def legacy_before(prepared: Prepared) -> Before:
    """What comes before the first version: the first legacy layer, none where there is no layer.

    A legacy grid that had no code of its own hands none on, whatever it is called.

    Parameters
    ----------
    prepared : Prepared
        The area.
    """
    first = next(iter(prepared.present.values()), None)
    nothing = gpd.GeoDataFrame({GRID_ID: [], GEOMETRY: []}, geometry=GEOMETRY)
    grids = nothing.set_crs(prepared.layers.crs) if first is None else _with_codes(first)
    buildings = prepared.units.buildings[BUILDING_ID]
    code = pd.Series("", buildings) if first is None else first.building_grid
    return _counted(prepared, code.where(code.isin(set(grids[GRID_ID])), ""), grids)


def before_of(prepared: Prepared, grids: Sequence[CodedGrid]) -> Before:
    """What comes before a version where another one has taken effect: its grids.

    The buildings of now are looked up on the ground of then, so that the data may have changed
    since.

    Parameters
    ----------
    prepared : Prepared
        The area.
    grids : sequence of CodedGrid
        At least one, all in one CRS.
    """
    columns = {
        GRID_ID: [grid.code for grid in grids],
        COMMUNITY_CODE: [grid.community for grid in grids],
        GEOMETRY: [grid.geometry for grid in grids],
    }
    ground = gpd.GeoDataFrame(columns, crs=grids[0].crs).to_crs(prepared.layers.crs)
    buildings = prepared.units.buildings
    code = pd.Series(grid_of_building(ground, buildings), buildings[BUILDING_ID])
    return _counted(prepared, code, ground)


def new_grids(prepared: Prepared, division: Division, before: Before) -> tuple[NewGrid, ...]:
    """The grids of a version, as :meth:`gridplan.store.codes.Codes.issue` takes them.

    Parameters
    ----------
    prepared : Prepared
        The area, under the rules of the plan.
    division : Division
        The version.
    before : Before
        What it comes after.

    Returns
    -------
    tuple of NewGrid
        In the order of the draft codes. One without households names the grid of before with
        which it shares more than half of the ground of both.

    Raises
    ------
    GridplanError
        Where a unit has no grid, or a grid lies in two communities.
    """
    grid_of_unit = whole(prepared, pd.Series(dict(division.grid_of), dtype=object))
    buildings = prepared.units.buildings
    pairs = pd.DataFrame(
        {
            GRID_ID: buildings[UNIT_ID].map(grid_of_unit),
            "old": buildings[BUILDING_ID].map(before.code_of_building).fillna(""),
            HOUSEHOLDS: buildings[HOUSEHOLDS],
        }
    )
    shared = pairs[pairs["old"] != ""].groupby([GRID_ID, "old"])[HOUSEHOLDS].sum()
    parents: dict[str, dict[str, int]] = {}
    for (grid, old), households in shared[shared > 0].items():
        parents.setdefault(grid, {})[old] = int(households)
    return tuple(
        NewGrid(
            grid_id=row.grid_id,
            community=row.community,
            households=int(row.households),
            people=int(row.people),
            geometry=row.geometry,
            parents=parents.get(row.grid_id, {}),
            ground_of="" if row.households else _same_ground(row.geometry, before),
        )
        for row in measured_grids(prepared, grid_of_unit).itertuples()
    )


def legacy_codes(prepared: Prepared) -> list[str]:
    """Every code of every legacy layer, sorted: none of them may be given to another grid.

    A code that two communities use is there as it was written too.

    Parameters
    ----------
    prepared : Prepared
        The area.
    """
    grids = [_with_codes(present) for present in prepared.present.values()]
    return sorted({str(code) for layer in grids for code in (*layer[GRID_ID], *layer[GRID_CODE])})


def term_before(store: Store, area: str, plan_id: int, number: int) -> Term | None:
    """What a version comes, or came, after: the last one to take effect; None for the first.

    Parameters
    ----------
    store : Store
        Of the plan.
    area : str
        Name of the street.
    plan_id, number : int
        Which version of which plan.
    """
    last = None
    for term in store.codes.history(area):
        if (term.plan_id, term.version.number) == (plan_id, number):
            break
        last = term
    return last


def grids_before(store: Store, prepared: Prepared, plan_id: int, number: int) -> Before:
    """The grids that a version comes after: those in force last, or else the legacy ones.

    Parameters
    ----------
    store : Store
        Of the plan.
    prepared : Prepared
        The area.
    plan_id, number : int
        Which version of which plan.
    """
    term = term_before(store, prepared.layers.name, plan_id, number)
    if term is None:
        return legacy_before(prepared)
    return before_of(prepared, store.codes.of_version(term.plan_id, term.version.number))


def issue_codes(
    store: Store, prepared: Prepared, standing: Standing, *, author: str
) -> tuple[CodedGrid, ...]:
    """Give the grids of an approved version their codes, and register the legacy codes.

    Parameters
    ----------
    store : Store
        Of the plan.
    prepared : Prepared
        The area, under the rules of the plan.
    standing : Standing
        Of the version, at its approval.
    author : str
        Who.

    Returns
    -------
    tuple of CodedGrid
        By code.

    Raises
    ------
    GridplanError
        As for :func:`new_grids` and :meth:`gridplan.store.codes.Codes.issue`.
    """
    which = standing.plan_id, standing.number
    before = grids_before(store, prepared, *which)
    grids = new_grids(prepared, store.division_of(*which), before)
    crs = prepared.layers.crs.to_string()
    return store.codes.issue(
        *which, standing.revision, grids, before.households, crs=crs, author=author,
        used_before=legacy_codes(prepared),
    )  # fmt: skip


def retired_by(store: Store, standing: Standing) -> list[UsedCode]:
    """The codes that nobody has any more once a version is in force.

    Parameters
    ----------
    store : Store
        Of the plan.
    standing : Standing
        Of the version, with its codes; where it is not in force yet, what is to be expected.
    """
    used = store.codes.used(standing.area)
    if standing.effective_on is not None:
        return [code for code in used if code.retired_on == standing.effective_on]
    kept = {grid.code for grid in store.codes.of_version(standing.plan_id, standing.number)}
    term = term_before(store, standing.area, standing.plan_id, standing.number)
    live = () if term is None else store.codes.of_version(term.plan_id, term.version.number)
    in_use = {grid.code for grid in live}
    return [
        code
        for code in used
        if code.retired_on is None
        and (code.legacy or code.code in in_use)
        and code.code not in kept
    ]


def _with_codes(present: Present) -> gpd.GeoDataFrame:
    """The grids of a legacy layer that have a code of their own."""
    return present.grids[present.grids[GRID_CODE] != ""]


def _counted(prepared: Prepared, code: pd.Series, grids: gpd.GeoDataFrame) -> Before:
    """With the households of each grid, from the code of every building."""
    buildings = prepared.units.buildings
    held = buildings[HOUSEHOLDS].groupby(buildings[BUILDING_ID].map(code)).sum()
    sums = held.reindex(grids[GRID_ID], fill_value=0)
    households = {str(name): int(count) for name, count in sums.items()}
    return Before(code, grids.set_index(GRID_ID).geometry, households)


def _same_ground(ground: shapely.Geometry, before: Before) -> str:
    """The grid of before that an empty one stands on, "" for none."""
    if before.ground.empty:
        return ""
    shared_m2 = before.ground.intersection(ground).area.to_numpy()
    best = int(np.argmax(shared_m2))
    least_m2 = max(before.ground.area.iloc[best], ground.area) / 2
    return str(before.ground.index[best]) if shared_m2[best] > least_m2 else ""
