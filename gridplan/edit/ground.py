"""The grids of a division on the ground, whole or not."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from gridplan.assemble import measured_grids
from gridplan.boundaries import draw_grids
from gridplan.edit.codes import grid_codes
from gridplan.edit.division import Division
from gridplan.plan import GRID_COLUMNS
from gridplan.prepared import Prepared
from gridplan.schema import COMMUNITY_CODE, GEOMETRY, GRID_ID, UNIT_ID


def ground_of(prepared: Prepared, division: Division) -> gpd.GeoDataFrame:
    """Draw the grids of a division as :func:`gridplan.boundaries.draw_grids` does.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        Of all its units; what is in no grid stays blank, and a grid in two communities, as a
        present one may be, has a part in each.

    Returns
    -------
    GeoDataFrame
        ``grid_id, geometry``, one row a grid; metric CRS of the area.
    """
    frame = prepared.units.frame
    grid = frame[UNIT_ID].map(dict(division.grid_of))
    parts = pd.DataFrame({COMMUNITY_CODE: frame[COMMUNITY_CODE], GRID_ID: grid})
    number = parts.groupby([COMMUNITY_CODE, GRID_ID]).ngroup()
    drawn = draw_grids(prepared.fabric, number.set_axis(frame[UNIT_ID]))
    name = dict(zip(number, grid, strict=True))
    drawn[GRID_ID] = drawn[GRID_ID].map(name)
    drawn = drawn.loc[drawn[GRID_ID] != "", [GRID_ID, GEOMETRY]]
    if drawn[GRID_ID].duplicated().any():
        return drawn.dissolve(GRID_ID, as_index=False)
    return drawn.sort_values(GRID_ID, ignore_index=True)


def grids_of(prepared: Prepared, division: Division) -> gpd.GeoDataFrame:
    """Draw and measure the grids of a division.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        Of all its units; as for :func:`ground_of`.

    Returns
    -------
    GeoDataFrame
        Columns `gridplan.plan.GRID_COLUMNS` with the codes of :func:`gridplan.edit.grid_codes`,
        sorted by code; metric CRS. A grid in two communities counts as one of the first.
    """
    if not division.units_of:
        nothing: dict[str, list[object]] = {name: [] for name in GRID_COLUMNS}
        return gpd.GeoDataFrame(nothing, geometry=GEOMETRY, crs=prepared.layers.crs)
    frame = prepared.units.frame
    grid = frame[UNIT_ID].map(dict(division.grid_of))
    home = frame[COMMUNITY_CODE].groupby(grid).min()
    ground = ground_of(prepared, division)
    ground[COMMUNITY_CODE] = ground[GRID_ID].map(home)
    held = grid.set_axis(frame[UNIT_ID])
    grids = measured_grids(prepared, held[held != ""], ground)
    grids["code"] = grids[GRID_ID].map(grid_codes(prepared, division))
    return grids.sort_values("code", ignore_index=True)
