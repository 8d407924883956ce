"""The cases that hotspots are looked for among, each with its home, cell, point and grids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridplan.cases.deadlines import is_overdue
from gridplan.cases.place import Spots
from gridplan.errors import GridplanError
from gridplan.hotspots.cells import Cells, Homes, homes_of, lay_cells
from gridplan.hotspots.clusters import whole_streets
from gridplan.hotspots.names import PlaceNames
from gridplan.hotspots.piles import Points, points_of
from gridplan.hotspots.spec import HotspotSpec
from gridplan.hotspots.zones import FLOAT, INT
from gridplan.prepared import Prepared
from gridplan.schema import (
    ADDRESS,
    CATEGORY,
    COMMUNITY_CODE,
    GRID_ID,
    OPENED,
    REPEAT,
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
    names : PlaceNames
        Of the area's places.
    since, until : Timestamp
        The window.
    """

    cases: gpd.GeoDataFrame
    xy_m: FLOAT
    home: INT
    homes: Homes
    cells: Cells
    streets: NDArray[np.object_]
    names: PlaceNames
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
    xy_m = np.column_stack([spots.x_m, spots.y_m])[rows]
    home = homes.nearest(xy_m)
    cells = lay_cells(homes, spec.cell_m)
    told = pd.DataFrame(layers.cases[[CATEGORY, OPENED, ADDRESS, REPEAT]]).iloc[rows]
    table = told.assign(
        cell=np.where(home >= 0, cells.of_home[home], -1),
        overdue=is_overdue(layers.cases, end)[rows],
        **{name: spots.names(layer, GRID_ID).to_numpy()[rows] for name, layer in grids.items()},
    )
    cases = gpd.GeoDataFrame(table, geometry=spots.places.iloc[rows], crs=layers.crs)
    streets = whole_streets(layers.streets)
    since = end - spec.weeks * WEEK
    names = PlaceNames.of(prepared)
    return Gathered(cases, xy_m, home, homes, cells, streets, names, since, end)


_DAY = pd.Timedelta(days=1)
