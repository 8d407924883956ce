"""Buildings that are new, gone or hold other households than when a plan was approved."""

from __future__ import annotations

from enum import StrEnum

import geopandas as gpd
import pandas as pd

from gridplan.edit.approved import Approved
from gridplan.edit.division import Division
from gridplan.prepared import Prepared
from gridplan.schema import (
    ADDRESS,
    BUILDING_ID,
    ESTIMATED,
    GEOMETRY,
    HOUSEHOLDS,
    NAME,
    UNIT_ID,
)


class BuildingChange(StrEnum):
    """What became of a building."""

    NEW = "new"
    GONE = "gone"
    MORE = "more"
    FEWER = "fewer"


def changed_buildings(
    prepared: Prepared, approved: Approved, division: Division
) -> gpd.GeoDataFrame:
    """Every building that is new or gone, or whose households are not what they were.

    Parameters
    ----------
    prepared : Prepared
        The month's data.
    approved : Approved
        The plan in force.
    division : Division
        The same on this month's units, by :func:`gridplan.edit.month.carried`.

    Returns
    -------
    GeoDataFrame
        The largest change of households first: ``building_id, name, address, change`` (a
        :class:`BuildingChange`), ``households_then`` (at approval), ``households`` (now), ``more``
        (their difference), ``code_then, code`` (of the grid in force, then and now; "" for none),
        ``estimated, geometry`` (none of a building that is gone); metric CRS of the area.
    """
    columns = [BUILDING_ID, NAME, ADDRESS, HOUSEHOLDS, ESTIMATED, UNIT_ID, GEOMETRY]
    now = prepared.units.buildings[columns].assign(is_now=True)
    was = pd.DataFrame(
        [(building, unit, count) for building, (unit, count) in approved.homes.items()],
        columns=[BUILDING_ID, "unit_then", "households_then"],
    ).assign(was_then=True)
    both = now.merge(was, on=BUILDING_ID, how="outer")
    is_now, was_then = both.pop("is_now").eq(True), both.pop("was_then").eq(True)
    for column in (HOUSEHOLDS, "households_then"):
        both[column] = both[column].fillna(0).astype("int64")
    both = both.fillna({NAME: "", ADDRESS: ""})
    both[ESTIMATED] = both[ESTIMATED].eq(True)
    both["more"] = both[HOUSEHOLDS] - both["households_then"]
    more = both["more"].gt(0).map({True: BuildingChange.MORE, False: BuildingChange.FEWER})
    both["change"] = (
        more.astype(object).where(was_then, BuildingChange.NEW).where(is_now, BuildingChange.GONE)
    )
    grid_then = both.pop("unit_then").map(dict(approved.division.grid_of))
    both["code_then"] = grid_then.map(approved.code_of).fillna("")
    both["code"] = both.pop(UNIT_ID).map(dict(division.grid_of)).fillna("")
    both = both[(both["more"] != 0) | ~is_now | ~was_then]
    order = both.assign(size=-both["more"].abs()).sort_values(["size", BUILDING_ID]).index
    return gpd.GeoDataFrame(both.loc[order], crs=prepared.layers.crs).reset_index(drop=True)
