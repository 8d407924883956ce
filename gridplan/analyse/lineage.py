"""Which present grid each new grid continues, and which households change hands."""

from __future__ import annotations

from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment


class Change(StrEnum):
    """What happens to a grid."""

    KEEP = "keep"
    ADJUST = "adjust"
    NEW = "new"


def lineage(units: gpd.GeoDataFrame, grid_of_unit: pd.Series, present: pd.Series) -> pd.DataFrame:
    """Match new grids to present ones so that the fewest households leave their grid.

    Each present grid is continued by at most one new grid; the matching keeps the most households
    (an assignment problem).

    Parameters
    ----------
    units : GeoDataFrame
        ``unit_id, households``.
    grid_of_unit : Series
        New ``grid_id`` by ``unit_id``.
    present : Series
        Present grid code by ``unit_id``; "" or missing where there is none.

    Returns
    -------
    DataFrame
        Indexed by ``grid_id``: ``present`` (code or ""), ``moved_households`` (households that
        come from elsewhere), ``change`` (a :class:`Change`).
    """
    table = pd.DataFrame(
        {
            "grid": units["unit_id"].map(grid_of_unit).to_numpy(),
            "old": units["unit_id"].map(present).fillna("").to_numpy(),
            "households": units["households"].to_numpy(),
        }
    )
    totals = table.groupby("grid")["households"].sum()
    shared = table.pivot_table(
        index="grid", columns="old", values="households", aggfunc="sum", fill_value=0
    ).drop(columns="", errors="ignore")
    kept = pd.Series(0, index=totals.index)
    code = pd.Series("", index=totals.index)
    if shared.shape[1]:
        rows, columns = linear_sum_assignment(shared.to_numpy(), maximize=True)
        for row, column in zip(rows, columns, strict=True):
            if shared.iat[row, column] > 0:
                kept[shared.index[row]] = shared.iat[row, column]
                code[shared.index[row]] = shared.columns[column]
    whole = code.map(shared.sum()).fillna(0)
    same = (code != "") & (kept == totals) & (kept == whole)
    change = np.select([same, code != ""], [Change.KEEP, Change.ADJUST], Change.NEW)
    return pd.DataFrame(
        {"present": code, "moved_households": totals - kept, "change": change.astype(str)}
    )
