"""Which present grid each new grid continues, and which households change hands."""

from __future__ import annotations

from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment


class Change(StrEnum):
    """What happens to a grid."""

    KEEP = "keep"
    ADJUST = "adjust"
    NEW = "new"


def lineage(units: gpd.GeoDataFrame, grid_of_unit: pd.Series, present: pd.Series) -> pd.DataFrame:
    """Match new grids to present ones so that the fewest households leave their grid.

    Each present grid is continued by at most one new grid; the matching keeps the most households,
    and among equals the most units (an assignment problem).

    Parameters
    ----------
    units : GeoDataFrame
        ``unit_id, households``.
    grid_of_unit : Series
        New ``grid_id`` by ``unit_id``; "" or missing where there is none.
    present : Series
        Present grid code by ``unit_id``; "" or missing where there is none.

    Returns
    -------
    DataFrame
        Indexed by ``grid_id``: ``present`` (code or ""), ``moved_households`` (households that
        come from elsewhere), ``change`` (a :class:`Change`; a grid is kept where it has all units
        of the present one and no other).
    """
    ids, scale = units["unit_id"], len(units) + 1
    row, grids = pd.factorize(_named(ids, grid_of_unit), sort=True)
    column, codes = pd.factorize(_named(ids, present), sort=True)
    # a unit without households decides too, but all units together less than one household
    weight = units["households"].to_numpy(dtype=np.int64) * scale + 1
    shared = np.zeros((len(grids), len(codes)), dtype=np.int64)
    np.add.at(shared, (row, column), weight)
    whole_grid, whole_code = shared.sum(axis=1), shared.sum(axis=0)
    shared[:, codes == ""] = 0
    kept, code = np.zeros(len(grids), dtype=np.int64), np.full(len(grids), "", dtype=object)
    same = np.zeros(len(grids), dtype=bool)
    real = np.flatnonzero(grids != "")
    for place, to in zip(*linear_sum_assignment(shared[real], maximize=True), strict=True):
        at = real[place]
        if shared[at, to]:
            kept[at], code[at] = shared[at, to], codes[to]
            same[at] = kept[at] == whole_grid[at] == whole_code[to]
    change = np.select([same, code != ""], [Change.KEEP, Change.ADJUST], Change.NEW)
    moved = whole_grid // scale - kept // scale
    table = {"present": code, "moved_households": moved, "change": change.astype(str)}
    return pd.DataFrame(table, index=grids).loc[grids[real]]


def _named(ids: pd.Series, grid_of: pd.Series) -> NDArray[np.object_]:
    """Each unit's grid, "" for none."""
    return np.asarray(ids.map(grid_of).astype(object).fillna("").to_numpy(), dtype=object)
