"""What becomes of grids between two divisions of the same units: who goes where, and how each came about.

``present`` is a unit's grid before, ``grid_id`` its grid after, "" where it is in none.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pandas as pd

from gridplan.analyse.lineage import Change


class ChangeKind(StrEnum):
    """新建, 整合, 拆分, 微调, 保留, 撤销: how a grid came about or ended, as the ledger says it."""

    NEW = "new"
    MERGE = "merge"
    SPLIT = "split"
    ADJUST = "adjust"
    KEEP = "keep"
    WITHDRAW = "withdraw"


def crosswalk(units: pd.DataFrame) -> pd.DataFrame:
    """Which households of which grid before go to which grid after.

    Parameters
    ----------
    units : DataFrame
        ``present, grid_id, households``, one row a unit.

    Returns
    -------
    DataFrame
        ``grid_id, present, households, share_of_grid, share_of_present``, sorted by grid: one row
        for each pair that shares a unit, "" for none among them; shares of households, 0 to 1.
    """
    table = units.groupby(["grid_id", "present"], as_index=False)["households"].sum()
    for side, share in (("grid_id", "share_of_grid"), ("present", "share_of_present")):
        whole = table.groupby(side)["households"].transform("sum")
        table[share] = table["households"] / whole.clip(lower=1).astype(float)
    return table


def has_moved(units: pd.DataFrame, continued: Mapping[str, str]) -> pd.Series:
    """Whether each unit's grid is not the one that continues its grid before.

    Parameters
    ----------
    units : DataFrame
        ``present, grid_id``, one row a unit or building.
    continued : mapping of str to str
        By ``grid_id``: the grid before that it continues, "" for none.

    Returns
    -------
    Series of bool
        By the index of `units`.
    """
    before, after = units["present"], units["grid_id"]
    stays = before == after.map(dict(continued) | {"": ""})
    return ~(stays & ((before == "") == (after == "")))


def change_kinds(units: pd.DataFrame, grids: pd.DataFrame) -> pd.Series:
    """How each grid came about.

    In this order: kept as it was; merged, where it takes half or more of two grids before;
    split, where its largest part comes from the same grid before as another's largest part;
    adjusted, where it continues a grid before; else new.

    Parameters
    ----------
    units : DataFrame
        ``present, grid_id, households``, one row a unit.
    grids : DataFrame
        ``grid_id``, and ``present`` and ``change`` as :func:`gridplan.analyse.lineage.lineage`
        tells them.

    Returns
    -------
    Series
        :class:`ChangeKind` by ``grid_id``, in the order of the grids.
    """
    # a unit without households counts as one, so that an empty grid has an origin too
    old = units.assign(weight=units["households"].clip(lower=1))[units["present"] != ""]
    pairs = old.groupby(["grid_id", "present"], as_index=False)["weight"].sum()
    pairs["half"] = pairs["weight"] * 2 >= pairs.groupby("present")["weight"].transform("sum")
    pairs = pairs[pairs["grid_id"] != ""]
    absorbed = pairs[pairs["half"]].groupby("grid_id").size()
    largest = pairs.sort_values(["weight", "present"], ascending=[False, True])
    origin = largest.drop_duplicates("grid_id").set_index("grid_id")["present"]
    split = set(origin.index[origin.duplicated(keep=False)])
    kinds = {
        grid.grid_id: _kind(grid, int(absorbed.get(grid.grid_id, 0)), grid.grid_id in split)
        for grid in grids.itertuples()
    }
    return pd.Series(kinds, dtype=object)


def _kind(grid: object, absorbed: int, split: bool) -> ChangeKind:
    if getattr(grid, "change", "") == Change.KEEP:
        return ChangeKind.KEEP
    if absorbed >= 2:
        return ChangeKind.MERGE
    if split:
        return ChangeKind.SPLIT
    return ChangeKind.ADJUST if getattr(grid, "present", "") else ChangeKind.NEW
