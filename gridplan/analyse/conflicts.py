"""Where legacy layers contradict each other, and what not all of them cover, as places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.analyse.lineage import lineage
from gridplan.analyse.present import Present
from gridplan.fabric import Fabric
from gridplan.schema import COMMUNITY_CODE, ESTIMATED, GEOMETRY, HOUSEHOLDS, KIND, NAME, UNIT_ID
from gridplan.tiling import piece_of
from gridplan.units import Units

PLACE_COLUMNS = (
    COMMUNITY_CODE, NAME, HOUSEHOLDS, "buildings", ESTIMATED, "codes", "units", KIND, GEOMETRY,
)  # fmt: skip
"""Columns of :func:`overlay_places`."""


class Conflict(StrEnum):
    """How layers stand to each other at a place."""

    AGREE = "agree"
    """Every grid there is the match of the main layer's grid."""
    MERGE = "merge"
    """The main layer's grid lies whole in another layer's, which goes with another grid."""
    SPLIT = "split"
    """Another layer's grid lies whole in the main layer's, of which it is the smaller part."""
    CROSS = "cross"
    """Grids cross: each has ground that the other has not."""


def overlay_places(
    units: Units, fabric: Fabric, present: Mapping[str, Present], names: Sequence[str]
) -> gpd.GeoDataFrame:
    """Lay layers over one another: neighbours with the same grid in each are one place.

    Each grid of another layer is matched to at most one grid of the main layer, so that the most
    households agree; where a place lies in another grid than the match, the layers conflict. What
    a layer does not cover is no conflict with it.

    Parameters
    ----------
    units : Units
        From the area.
    fabric : Fabric
        From the same.
    present : mapping of str to Present
        The layers by name.
    names : sequence of str
        Those laid over one another, at least one; the first is the main layer.

    Returns
    -------
    GeoDataFrame
        One row a place, most households first: ``community_code``; ``name`` of the unit with the
        most households; ``households, buildings``; ``estimated``, whether any of them is; ``codes``
        (tuple of ``grid_id`` in the order of `names`, "" outside a layer); ``units`` (tuple of
        ``unit_id``); ``kind`` (a :class:`Conflict`); the ground of its units, in metres.
    """
    codes = _codes(units, present, names)
    main = codes[:, 0]
    differs = np.zeros(codes.shape, dtype=bool)
    for column in range(1, len(names)):
        match = _match(units, codes[:, column], main)
        differs[:, column] = (codes[:, column] != "") & (main != "") & (match != main)
    places = _places(units, fabric, codes)
    row = pd.Series(range(len(codes)), index=units.frame[UNIT_ID])
    firsts = [row[place[0]] for place in places["units"]]
    places[KIND] = [_kind(codes, codes[first], differs[first]) for first in firsts]
    return places[list(PLACE_COLUMNS)]


def conflicts(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Those places where layers contradict the main one, most households first."""
    return places[places[KIND] != Conflict.AGREE].reset_index(drop=True)


def uncovered(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Those places that not every layer covers; what none covers comes first."""
    missing = places[[not all(codes) for codes in places["codes"]]]
    order = np.argsort([any(codes) for codes in missing["codes"]], kind="stable")
    return missing.iloc[order].reset_index(drop=True)


def _codes(
    units: Units, present: Mapping[str, Present], names: Sequence[str]
) -> NDArray[np.object_]:
    """Grid of each unit in each layer, shape (units, layers)."""
    ids = units.frame[UNIT_ID]
    columns = [np.asarray(ids.map(present[name].unit_grid).fillna(""), object) for name in names]
    return np.column_stack(columns) if columns else np.empty((len(ids), 0), dtype=object)


def _match(
    units: Units, grid: NDArray[np.object_], main: NDArray[np.object_]
) -> NDArray[np.object_]:
    """The main layer's grid that each unit's grid is matched to, "" for none."""
    both = (grid != "") & (main != "")
    ids = units.frame[UNIT_ID].to_numpy()[both]
    kin = lineage(units.frame[both], pd.Series(grid[both], ids), pd.Series(main[both], ids))
    match = kin["present"].to_dict()
    return np.array([match.get(one, "") for one in grid], dtype=object)


def _places(units: Units, fabric: Fabric, codes: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """Neighbouring units with the same codes together."""
    frame = pd.DataFrame(units.frame.drop(columns=GEOMETRY)).reset_index(drop=True)
    frame["codes"] = list(map(tuple, codes))
    frame["place"] = _joined(frame[UNIT_ID], fabric, codes)
    frame = frame.sort_values([HOUSEHOLDS, UNIT_ID], ascending=[False, True])
    places = frame.groupby("place").agg(
        community_code=(COMMUNITY_CODE, "first"),
        name=(NAME, "first"),
        first=(UNIT_ID, "first"),
        households=(HOUSEHOLDS, "sum"),
        buildings=("buildings", "sum"),
        estimated=(ESTIMATED, "any"),
        codes=("codes", "first"),
        units=(UNIT_ID, lambda ids: tuple(sorted(ids))),
    )
    places[NAME] = places[NAME].where(places[NAME] != "", places["first"])
    held = fabric.cells[fabric.cells[UNIT_ID] != ""]
    place = held[UNIT_ID].map(frame.set_index(UNIT_ID)["place"])
    ground = held.geometry.groupby(place).agg(shapely.union_all)
    places = gpd.GeoDataFrame(
        places, geometry=ground.reindex(places.index).to_numpy(), crs=fabric.cells.crs
    )
    return places.sort_values([HOUSEHOLDS, "first"], ascending=[False, True], ignore_index=True)


def _joined(ids: pd.Series, fabric: Fabric, codes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Number of the place of each unit: neighbours that lie together in every layer."""
    row = pd.Series(range(len(ids)), index=ids)
    ends = [np.empty((0, 2), dtype=np.int64)]
    ends += [row[list(graph.ids)].to_numpy()[graph.edges] for graph in fabric.graphs.values()]
    left, right = np.concatenate(ends).T
    same = (codes[left] == codes[right]).all(axis=1)
    return piece_of(len(ids), left[same], right[same])


def _kind(
    codes: NDArray[np.object_], mine: NDArray[np.object_], differs: NDArray[np.bool_]
) -> Conflict:
    """By whether one of the grids lies whole in the other, as far as both layers reach."""
    if not differs.any():
        return Conflict.AGREE
    others = np.flatnonzero(differs)
    if all(_inside(codes[:, 0], mine[0], codes[:, at], mine[at]) for at in others):
        return Conflict.MERGE
    if all(_inside(codes[:, at], mine[at], codes[:, 0], mine[0]) for at in others):
        return Conflict.SPLIT
    return Conflict.CROSS


def _inside(grids: NDArray[np.object_], grid: str, others: NDArray[np.object_], other: str) -> bool:
    """Whether what one layer's grid holds is all in the other's, but for what is in none."""
    held = others[grids == grid]
    return bool(np.isin(held, ("", other)).all())
