"""The cases that hotspots are looked for among, each with its home, cell, point and grids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.cases.deadlines import Standing, deadlines, standing
from gridplan.cases.place import Spots
from gridplan.compounds import compound_names
from gridplan.errors import GridplanError
from gridplan.hotspots.cells import FAR_M, Cells, Homes, homes_of, lay_cells
from gridplan.hotspots.clusters import whole_streets
from gridplan.hotspots.piles import Points, points_of
from gridplan.hotspots.spec import HotspotSpec
from gridplan.hotspots.zones import FLOAT, INT
from gridplan.prepared import Prepared
from gridplan.schema import (
    ADDRESS,
    CATEGORY,
    CLOSED,
    COMMUNITY_CODE,
    COMPOUND_ID,
    DEADLINE,
    DISPATCH,
    GRID_ID,
    NAME,
    OPENED,
    REPEAT,
    STATUS,
    TIME_LIMIT,
    TIME_LIMIT_UNIT,
)

WEEK = pd.Timedelta(weeks=1)


@dataclass(frozen=True, eq=False)
class Gathered:
    """What the search works on.

    Parameters
    ----------
    cases : GeoDataFrame
        Located cases of the window and of the history before it, sorted by time; as in
        :attr:`gridplan.hotspots.spec.Hotspots.cases` but for ``pile``.
    xy_m : float array, shape (cases, 2)
        Where they are.
    home : int array, shape (cases,)
        Home that each case stands at, −1 for none.
    homes : Homes
        Of the area.
    cells : Cells
        Laid over the homes.
    streets : array of LineString
        Long ones.
    since, until : Timestamp
        The window.
    """

    cases: gpd.GeoDataFrame
    xy_m: FLOAT
    home: INT
    homes: Homes
    cells: Cells
    streets: NDArray[np.object_]
    since: pd.Timestamp
    until: pd.Timestamp

    @cached_property
    def inside(self) -> NDArray[np.bool_]:
        """Which cases came in the window."""
        return np.asarray(self.cases[OPENED] >= self.since)

    @cached_property
    def weeks_ago(self) -> INT:
        """Whole weeks from each case to the end of the window."""
        ago = (self.until - self.cases[OPENED]) // WEEK
        weeks: INT = ago.to_numpy(np.int64)
        return weeks

    def points(self, chosen: NDArray[np.bool_]) -> Points:
        """The points of some cases."""
        return points_of(self.xy_m[chosen])


def gather(
    prepared: Prepared,
    grids: Mapping[str, gpd.GeoDataFrame],
    spec: HotspotSpec,
    until: datetime | None,
) -> Gathered:
    """Cases with everything that is asked of them later.

    Parameters
    ----------
    prepared : Prepared
        The area.
    grids : mapping of str to GeoDataFrame
        ``grid_id, geometry`` by the name of the layer.
    spec : HotspotSpec
        Window, category, and which place counts.
    until : datetime, optional
        End of the window; the day after the last case where left out.

    Raises
    ------
    GridplanError
        Where there is no case with place and time, or nobody lives in the area.
    """
    layers = prepared.layers
    homes = homes_of(prepared.units.buildings)
    if not len(homes.xy_m):
        raise GridplanError("hotspot.no_homes")
    opened = layers.cases[OPENED]
    kept = opened.notna()
    if spec.category is not None:
        kept &= layers.cases[CATEGORY] == spec.category
    if not kept.any():
        raise GridplanError("hotspot.no_cases")
    end = pd.Timestamp(until) if until is not None else opened[kept].max().normalize() + _DAY
    spots = Spots.of(layers.cases, spec.at)
    kept &= (opened >= end - 2 * spec.weeks * WEEK) & (opened < end)
    kept &= spots.names(layers.communities, COMMUNITY_CODE) != ""
    if not kept.any():
        raise GridplanError("hotspot.no_cases")
    rows = np.flatnonzero(kept)
    rows = rows[np.argsort(opened.to_numpy()[rows], kind="stable")]
    located, places = layers.cases[list(_READ)].iloc[rows], spots.places.iloc[rows]
    xy_m = np.column_stack([spots.x_m, spots.y_m])[rows]
    home = homes.nearest(xy_m)
    cells = lay_cells(homes, spec.cell_m)
    table = located[[CATEGORY, OPENED, ADDRESS, REPEAT]].assign(
        place=_places(prepared, xy_m),
        cell=np.where(home >= 0, cells.of_home[home], -1),
        overdue=standing(located, deadlines(located).due, end) == Standing.OVERDUE,
        **{name: spots.names(layer, GRID_ID).to_numpy()[rows] for name, layer in grids.items()},
    )
    cases = gpd.GeoDataFrame(table, geometry=places, crs=layers.crs)
    streets = whole_streets(layers.streets)
    since = end - spec.weeks * WEEK
    return Gathered(cases, xy_m, home, homes, cells, streets, since, end)


_DAY = pd.Timedelta(days=1)
_READ = (
    CATEGORY, OPENED, ADDRESS, REPEAT, CLOSED, STATUS, DEADLINE, TIME_LIMIT, TIME_LIMIT_UNIT,
    DISPATCH,
)  # fmt: skip
_NUMBER = r"\s*[A-Za-z]?\d+.*$"
"""From a number on; what stands before it is the street of an address, the common name of houses."""


def _places(prepared: Prepared, xy_m: FLOAT) -> NDArray[np.object_]:
    """What people call the place of each case: the compound or house that it stands at, or its street."""
    buildings = prepared.units.buildings
    compound = buildings[COMPOUND_ID].map(compound_names(prepared.layers.compounds))
    house = buildings[NAME].astype(str).str.replace(_NUMBER, "", regex=True)
    street = buildings[ADDRESS].astype(str).str.replace(_NUMBER, "", regex=True)
    called = compound.astype(object).fillna("").where(lambda names: names != "", house)
    called = called.where(called != "", street).to_numpy(dtype=object)
    middles = shapely.get_coordinates(buildings.geometry.representative_point().to_numpy())
    near = Homes(middles, np.ones(len(middles))).nearest(xy_m)
    places = np.append(called, "")[near]
    unknown = places == ""
    places[unknown] = _street_names(prepared, xy_m[unknown])
    return places


def _street_names(prepared: Prepared, xy_m: FLOAT) -> NDArray[np.object_]:
    """The nearest named street within reach of each point, else ""."""
    named = prepared.layers.streets[prepared.layers.streets[NAME] != ""]
    found = np.full(len(xy_m), "", dtype=object)
    if len(named) and len(xy_m):
        tree = shapely.STRtree(np.asarray(named.geometry.array, dtype=object))
        point, street = tree.query_nearest(
            shapely.points(xy_m), max_distance=FAR_M, all_matches=False
        )
        found[point] = named[NAME].to_numpy(dtype=object)[street]
    return found
