"""The present state: what each grid of a legacy layer holds, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.analyse.faults import (
    Located,
    crossed_borders,
    cut_compounds,
    gaps,
    overlaps,
    short_staff,
    torn_grids,
)
from gridplan.analyse.lineage import Change
from gridplan.analyse.metrics import breaches, measure_grids
from gridplan.fabric import Fabric
from gridplan.load.layers import Layers
from gridplan.plan import GRID_COLUMNS, Finding
from gridplan.rules import Rule, RuleSet
from gridplan.schema import (
    BUILDING_ID,
    COMMUNITY_CODE,
    ESTIMATED,
    GEOMETRY,
    GRID_CODE,
    GRID_ID,
    HOUSEHOLDS,
    NAME,
    PEOPLE,
    UNIT_ID,
    WORKER,
)
from gridplan.units import Units


@dataclass(frozen=True, eq=False)
class Present:
    """A legacy layer, measured like a plan.

    Parameters
    ----------
    layer : str
        Its name.
    grids : GeoDataFrame
        One row a grid, sorted by id; columns `plan.GRID_COLUMNS`, so that before and after
        stand side by side, ``name``, ``grid_code`` (as the layer has it, "" for none) and
        ``worker``. Households, people and buildings are those of the buildings inside;
        ``grid_id``, ``code`` and ``present`` are the layer's own code, where there is none the
        name or a number; with the community before it where two grids would have the same.
    findings : tuple of Finding
        What is wrong. ``grid`` is "" where it is no one grid's fault.
    places : GeoSeries
        The ground that each finding speaks of, in their order.
    unit_grid : Series
        Present ``grid_id`` by ``unit_id``, "" where there is none. A unit that is cut goes with
        the grid that holds most of its households.
    building_grid : Series
        The same by ``building_id``.
    """

    layer: str
    grids: gpd.GeoDataFrame
    findings: tuple[Finding, ...]
    places: gpd.GeoSeries
    unit_grid: pd.Series
    building_grid: pd.Series


def present_state(
    layers: Layers, units: Units, fabric: Fabric, rules: RuleSet, layer: str
) -> Present:
    """Measure a legacy layer and hold it against the rules.

    A building lies in the grid that holds its representative point; where grids overlap, in one
    of its own community, then in the first by code.

    Parameters
    ----------
    layers : Layers
        The area; metric CRS.
    units : Units
        From it.
    fabric : Fabric
        From both.
    rules : RuleSet
        Limits in force.
    layer : str
        Which of ``layers.grids``; staff is checked for the first of them only.
    """
    polygons = _polygons(layers.grids[layer], layers.communities)
    buildings = units.buildings.assign(grid_id=grid_of_building(polygons, units.buildings))
    unit_grid = majority(buildings)
    grids = _measured(polygons, buildings, unit_grid, units, fabric, rules, layers)
    torn = torn_grids(polygons, buildings, fabric.graphs, layers.barriers)
    grids["pieces"] = torn["pieces"].to_numpy()
    divided = set(polygons.loc[torn["divided"], GRID_ID])
    ground = grids.set_index(GRID_ID).geometry
    located = [
        Located(_barrier(finding) if finding.grid in divided else finding, ground[finding.grid])
        for finding in breaches(grids, rules.measure)
    ]
    located += cut_compounds(units.frame, buildings, unit_grid)
    located += crossed_borders(polygons, buildings, layers.communities)
    located += overlaps(polygons, buildings)
    located += gaps(polygons, buildings, layers.communities)
    if layer == next(iter(layers.grids)):
        located += short_staff(polygons, layers.roster, layers.communities)
    return Present(
        layer=layer,
        grids=grids,
        findings=tuple(item.finding for item in located),
        places=gpd.GeoSeries([item.place for item in located], crs=layers.crs),
        unit_grid=unit_grid,
        building_grid=buildings.set_index(BUILDING_ID)[GRID_ID],
    )


def _polygons(legacy: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One row a grid with a `grid_id` of its own and its community, sorted by id."""
    columns = [GRID_CODE, NAME, COMMUNITY_CODE, WORKER, GEOMETRY]
    frame = legacy[columns].reset_index(drop=True)
    bare = frame[GRID_CODE] == ""
    told = frame[GRID_CODE].where(~bare, frame[NAME])
    number = pd.Series([f"#{row + 1}" for row in range(len(frame))])
    unclear = bare & (told.duplicated(keep=False) | (told == ""))  # one name may be of two grids
    frame[GRID_ID] = told.where(~unclear, number)
    known = frame[COMMUNITY_CODE].isin(communities[COMMUNITY_CODE])
    frame[COMMUNITY_CODE] = frame[COMMUNITY_CODE].where(known, "")
    frame = frame.dissolve([COMMUNITY_CODE, GRID_ID], aggfunc="first", as_index=False)
    lost = frame[COMMUNITY_CODE] == ""
    frame.loc[lost, COMMUNITY_CODE] = _community_of(frame.geometry[lost], communities)
    twice = frame[GRID_ID].duplicated(keep=False)
    frame[GRID_ID] = frame[GRID_ID].where(~twice, frame[COMMUNITY_CODE] + "-" + frame[GRID_ID])
    return frame.sort_values(GRID_ID, ignore_index=True)


def _community_of(shapes: gpd.GeoSeries, communities: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Code of the community that holds most of each polygon, else of the nearest."""
    rows = np.asarray(shapes.array, dtype=object)[:, None]
    grounds = np.asarray(communities.geometry.array, dtype=object)[None, :]
    area_m2 = shapely.area(shapely.intersection(rows, grounds))
    best = (area_m2 - shapely.distance(rows, grounds)).argmax(axis=1)
    return np.asarray(communities[COMMUNITY_CODE].to_numpy()[best], dtype=object)


def grid_of_building(
    polygons: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> NDArray[np.object_]:
    """The grid that each building lies in.

    Parameters
    ----------
    polygons : GeoDataFrame
        ``grid_id, community_code, geometry``.
    buildings : GeoDataFrame
        ``community_code, geometry``, in the same CRS.

    Returns
    -------
    object array, shape (n,)
        ``grid_id`` of the grid that holds its representative point, "" where none does; of
        several one in its own community, then the first.
    """
    points = buildings.geometry.representative_point().values
    building, grid = shapely.STRtree(polygons.geometry.values).query(points, "intersects")
    home = polygons[COMMUNITY_CODE].to_numpy()[grid]
    strange = home != buildings[COMMUNITY_CODE].to_numpy()[building]
    found = np.full(len(buildings), "", dtype=object)
    last_wins = np.lexsort((-grid, ~strange))
    found[building[last_wins]] = polygons[GRID_ID].to_numpy()[grid[last_wins]]
    return found


def majority(buildings: gpd.GeoDataFrame) -> pd.Series:
    """The grid that holds most households of each unit, among equals most buildings.

    Parameters
    ----------
    buildings : GeoDataFrame
        ``building_id, unit_id, grid_id, households``.

    Returns
    -------
    Series
        ``grid_id`` by ``unit_id``; "" counts as a grid.
    """
    held = buildings.groupby([UNIT_ID, GRID_ID]).agg(
        households=(HOUSEHOLDS, "sum"), buildings=(BUILDING_ID, "size")
    )
    order = held.reset_index().sort_values(
        [UNIT_ID, HOUSEHOLDS, "buildings", GRID_ID], ascending=[True, False, False, True]
    )
    return order.drop_duplicates(UNIT_ID).set_index(UNIT_ID)[GRID_ID]


def _measured(
    polygons: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    unit_grid: pd.Series,
    units: Units,
    fabric: Fabric,
    rules: RuleSet,
    layers: Layers,
) -> gpd.GeoDataFrame:
    """The grids measured as a plan's are, but with the buildings that are really inside."""
    grids = measure_grids(
        units.frame,
        dict(fabric.graphs),
        unit_grid[unit_grid != ""],
        polygons[[GRID_ID, COMMUNITY_CODE, GEOMETRY]],
        rules,
        layers.communities,
    )
    whole = buildings.groupby(UNIT_ID)[GRID_ID].transform("nunique") == 1
    by_unit = buildings[UNIT_ID].map(units.frame.set_index(UNIT_ID)[ESTIMATED])
    guessed = by_unit.where(whole, buildings[ESTIMATED]).astype(bool)
    table = buildings.assign(estimated=guessed, guessed=buildings[HOUSEHOLDS].where(guessed, 0))
    sums = table.groupby(GRID_ID).agg(
        households=(HOUSEHOLDS, "sum"),
        people=(PEOPLE, "sum"),
        estimated=(ESTIMATED, "sum"),
        guessed=("guessed", "sum"),
        buildings=(BUILDING_ID, "size"),
    )
    sums = sums.reindex(grids[GRID_ID], fill_value=0).reset_index(drop=True)
    for column in (HOUSEHOLDS, PEOPLE, "buildings"):
        grids[column] = sums[column].astype("int64")
    grids[ESTIMATED] = sums[ESTIMATED] > 0
    grids["estimated_share"] = sums["guessed"] / sums[HOUSEHOLDS].clip(lower=1)
    grids["code"] = grids["present"] = grids[GRID_ID]
    grids["moved_households"], grids["change"] = 0, Change.KEEP.value
    own = [NAME, GRID_CODE, WORKER]
    grids[own] = polygons[own]
    return grids[[*GRID_COLUMNS[:-1], *own, GEOMETRY]]


def _barrier(finding: Finding) -> Finding:
    """Say that a grid in several pieces is one because of a barrier."""
    if finding.rule is not Rule.CONTIGUITY:
        return finding
    return replace(finding, rule=Rule.BARRIER, key="present.barrier")
