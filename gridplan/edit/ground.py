"""The ground of a division's grids, whole or not."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from gridplan.boundaries import draw_grids
from gridplan.edit.division import Division
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
