"""多网合一: how far legacy layers of grids agree, in households shared and in metres of border."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridplan.analyse.lineage import lineage
from gridplan.analyse.present import Present
from gridplan.fabric import Fabric
from gridplan.schema import BUILDING_ID, ESTIMATED, HOUSEHOLDS, UNIT_ID

ONE, OTHER, BUILDINGS = "one", "other", "buildings"


def overlay_matrix(buildings: gpd.GeoDataFrame, one: Present, other: Present) -> pd.DataFrame:
    """Households and buildings that each pair of grids of two layers shares.

    Parameters
    ----------
    buildings : GeoDataFrame
        ``building_id, households, estimated``.
    one, other : Present
        The layers.

    Returns
    -------
    DataFrame
        ``one, other`` (``grid_id``, "" outside the layer); ``households, buildings``;
        ``estimated``, whether any of the households are; ``share_of_one, share_of_other``, of the
        households of each grid, 0 to 1, NaN outside the layer. Pairs without a building are left
        out; sorted by both grids.
    """
    table = pd.DataFrame(
        {
            ONE: _grids(one, buildings),
            OTHER: _grids(other, buildings),
            HOUSEHOLDS: buildings[HOUSEHOLDS].to_numpy(),
            ESTIMATED: buildings[ESTIMATED].to_numpy(),
        }
    )
    shared = table.groupby([ONE, OTHER], as_index=False).agg(
        households=(HOUSEHOLDS, "sum"), buildings=(HOUSEHOLDS, "size"), estimated=(ESTIMATED, "any")
    )
    for side in (ONE, OTHER):
        whole = shared.groupby(side)[HOUSEHOLDS].transform("sum")
        share = shared[HOUSEHOLDS] / whole.clip(lower=1)
        shared[f"share_of_{side}"] = share.where(shared[side] != "")
    return shared


def agreement(buildings: gpd.GeoDataFrame, present: Mapping[str, Present]) -> pd.DataFrame:
    """How far each two layers agree on which households belong together.

    Parameters
    ----------
    buildings : GeoDataFrame
        ``building_id, households, estimated``.
    present : mapping of str to Present
        The layers by name.

    Returns
    -------
    DataFrame
        ``one, other`` (names of layers, each pair once, in their order), ``households`` that lie
        in grids of both, which alone count; ``rand``, the Rand index of Hubert and Arabie (1985)
        over these households, adjusted for chance: 1 where both layers divide alike, 0 where
        they have no more in common than chance would; ``matched``, the share of these households
        in the best matching of grids one to one. Both are NaN where no household lies in both.
    """
    rows = []
    for one, other in combinations(present, 2):
        shared = overlay_matrix(buildings, present[one], present[other])
        both = shared[(shared[ONE] != "") & (shared[OTHER] != "")]
        households = int(both[HOUSEHOLDS].sum())
        rand = matched = float("nan")
        if households:
            rand, matched = _adjusted_rand(both), _matched(both) / households
        rows.append((one, other, households, rand, matched))
    return pd.DataFrame(rows, columns=[ONE, OTHER, HOUSEHOLDS, "rand", "matched"])


def border_agreement(fabric: Fabric, present: Mapping[str, Present]) -> pd.DataFrame:
    """Metres of border that all layers share, and that only one of them has.

    Measured along the ground of neighbouring units, so that two drawings of one street count as
    one border; what runs along a barrier, between communities or through a unit is left out.

    Parameters
    ----------
    fabric : Fabric
        Neighbours and the metres that they share.
    present : mapping of str to Present
        The layers by name.

    Returns
    -------
    DataFrame
        One row a layer, in their order: ``layer, border_m``, of it ``shared_m`` with every other
        layer and ``alone_m`` with none.
    """
    metres = np.concatenate([[], *(graph.border_m for graph in fabric.graphs.values())])
    cut = np.array([_cuts(fabric, layer) for layer in present.values()]).reshape(-1, len(metres))
    times = cut.sum(axis=0)
    rows = [
        (name, *(float(metres[mine].sum()) for mine in (on, on & (times == len(cut)), on & (times == 1))))
        for name, on in zip(present, cut, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["layer", "border_m", "shared_m", "alone_m"])


def _grids(present: Present, buildings: gpd.GeoDataFrame) -> NDArray[np.object_]:
    grids = buildings[BUILDING_ID].map(present.building_grid).fillna("")
    return np.asarray(grids, dtype=object)


def _cuts(fabric: Fabric, layer: Present) -> NDArray[np.bool_]:
    """Which pairs of neighbours a layer keeps apart, community after community."""
    cuts = [np.zeros(0, dtype=bool)]
    for graph in fabric.graphs.values():
        grid = np.asarray(layer.unit_grid.reindex(list(graph.ids)).fillna(""), dtype=object)
        cuts.append(grid[graph.edges[:, 0]] != grid[graph.edges[:, 1]])
    return np.concatenate(cuts)


def _adjusted_rand(shared: pd.DataFrame) -> float:
    """Of households, by pairs of them."""

    def pairs(counts: pd.Series) -> float:
        each = counts.to_numpy(dtype=np.float64)
        return float((each * (each - 1) / 2).sum())

    together = pairs(shared[HOUSEHOLDS])
    one, other = (pairs(shared.groupby(side)[HOUSEHOLDS].sum()) for side in (ONE, OTHER))
    every = pairs(shared[[HOUSEHOLDS]].sum())
    by_chance = one * other / every if every else 0.0
    most = (one + other) / 2
    return 1.0 if most == by_chance else (together - by_chance) / (most - by_chance)


def _matched(shared: pd.DataFrame) -> int:
    """Households in the best matching of grids; each pair of grids goes in as one thing."""
    things = shared.assign(unit_id=range(len(shared))).set_index(UNIT_ID, drop=False)
    kin = lineage(things, things[ONE], things[OTHER])
    return int(shared[HOUSEHOLDS].sum() - kin["moved_households"].sum())
