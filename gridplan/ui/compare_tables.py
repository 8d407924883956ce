"""Tables beside the map of a comparison, in words; every row has its place on the ground."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from gridplan.edit.differences import Differences
from gridplan.edit.ground import ground_of
from gridplan.maps.moved import ground_of_units
from gridplan.prepared import Prepared
from gridplan.schema import BUILDING_ID, GRID_ID
from gridplan.ui.tables import placed_code
from gridplan.words import Language, say

TABLES = ("grids", "buildings", "crosswalk", "faults")
_AROUND_M = 6.0
_GRIDS = ("grid", "kind", "households_before", "households_after", "moved_in", "moved_out",
          "worker_before", "worker_after")  # fmt: skip
_BUILDINGS = ("building", "households", "before", "after", "worker_before", "worker_after",
              "building_id")  # fmt: skip
_CROSSWALK = ("before", "after", "households", "share_of_before", "share_of_after")


def rows_of(differences: Differences, table: str) -> pd.DataFrame:
    """The rows that a table shows.

    Parameters
    ----------
    differences : Differences
        What lies between two divisions.
    table : str
        One of `TABLES`.

    Returns
    -------
    DataFrame
        Rows of ``differences`` with ``before`` and ``after`` (``grid_id`` or ""): grids that
        change, buildings that move, pairs of which one side changes, or broken rules.
    """
    if table == "buildings":
        return differences.buildings
    if table == "faults":
        return _faults(differences)
    changed = differences.changed
    if table == "grids":
        return changed.reset_index(drop=True)
    pairs = differences.crosswalk
    touched = pairs["before"].isin(set(changed["before"]) - {""})
    touched |= pairs["after"].isin(set(changed["after"]) - {""}) | ~pairs["stays"]
    return pairs[touched].reset_index(drop=True)


def table_of(differences: Differences, table: str, language: Language) -> pd.DataFrame:
    """One of `TABLES` with words as column names, row for row as :func:`rows_of`; numbers stay numbers."""
    rows = rows_of(differences, table)
    before = rows["before"].map(_names(differences, "before", language))
    after = rows["after"].map(_names(differences, "after", language))
    if table == "grids":
        shown = rows.assign(
            grid=after.where(rows["after"] != "", before),
            kind=[say(f"export.change.{kind}", language) for kind in rows["kind"]],
        )[list(_GRIDS)]
    elif table == "buildings":
        place = (rows["address"] + " " + rows["name"]).str.strip()
        shown = rows.assign(
            building=place.where(place != "", rows["building_id"]), before=before, after=after
        )[list(_BUILDINGS)]
    elif table == "crosswalk":
        shown = rows.assign(before=before, after=after)[list(_CROSSWALK)].round(3)
    else:
        shown = pd.DataFrame(
            {
                "change": [say(f"export.finding_change.{c}", language) for c in rows["change"]],
                "grid": after.where(rows["after"] != "", before),
                "rule": [say(f"page.rule.{rule}", language) for rule in rows["rule"]],
                "explained": [pair.finding.reason(language) for pair in differences.findings],
            }
        )
    return shown.rename(columns=lambda key: say(f"page.compare.column.{key}", language))


def place_of(
    prepared: Prepared, differences: Differences, table: str, row: int
) -> gpd.GeoSeries | None:
    """The ground of a row, None where it has none; metric CRS of the area."""
    rows = rows_of(differences, table)
    if row >= len(rows):
        return None
    chosen = rows.iloc[row]
    if table == "buildings":
        buildings = prepared.units.buildings
        mine = buildings[BUILDING_ID] == chosen["building_id"]
        return gpd.GeoSeries(buildings.geometry[mine].buffer(_AROUND_M))
    if table == "crosswalk":
        one, other = (side.division.grid_of for side in (differences.before, differences.after))
        pair = chosen["before"], chosen["after"]
        return _whole(prepared, [unit for unit in one if (one[unit], other[unit]) == pair])
    return _grid_ground(prepared, differences, chosen["before"], chosen["after"])


def _grid_ground(
    prepared: Prepared, differences: Differences, before: str, after: str
) -> gpd.GeoSeries | None:
    """Of the grid after; of the one before, where it is withdrawn; of units in no grid."""
    if not after and not before:
        grid_of = differences.after.division.grid_of
        return _whole(prepared, [unit for unit, grid in grid_of.items() if not grid])
    side = differences.after if after else differences.before
    ground = ground_of(prepared, side.division)
    return ground.geometry[ground[GRID_ID] == (after or before)]


def _whole(prepared: Prepared, units: list[str]) -> gpd.GeoSeries:
    """The ground of units as one."""
    ground = ground_of_units(prepared, pd.Series(units, dtype=object))
    return gpd.GeoSeries([ground.union_all()], crs=ground.crs)


def _faults(differences: Differences) -> pd.DataFrame:
    rows = [
        {
            "before": pair.before.grid if pair.before else "",
            "after": pair.after.grid if pair.after else "",
            "change": pair.change,
            "rule": pair.finding.rule.value,
        }
        for pair in differences.findings
    ]
    return pd.DataFrame(rows, columns=["before", "after", "change", "rule"], dtype=object)


def _names(differences: Differences, side: str, language: Language) -> Mapping[str, str]:
    """What people call each grid of a side; a number alone would be the same in every community."""
    grids = differences.grids[differences.grids[side] != ""]
    codes = zip(grids[side], grids[f"code_{side}"], grids["community_name"], strict=True)
    named = {grid: placed_code(code, str(community)) for grid, code, community in codes}
    return {**named, "": say("map.none", language)}
