"""What people call the grids of a division: short codes that stay while others are edited."""

from __future__ import annotations

from collections.abc import Container

import numpy as np
import pandas as pd

from gridplan.analyse.lineage import lineage
from gridplan.boundaries import MOST_GRIDS, reading_order
from gridplan.edit.division import Division
from gridplan.errors import GridplanError
from gridplan.graph import UnitGraph
from gridplan.prepared import Prepared
from gridplan.schema import GRID_CODE


def grid_codes(prepared: Prepared, division: Division) -> dict[str, str]:
    """A code for each grid of a division, none twice.

    A grid that continues a present one has that one's code. Any other has a draft: the community's
    code and a number of three digits that no present code has. Every unit of a community holds a
    number, in reading order (从西向东、由北至南), and a grid takes that of its first unit: so the
    drafts run as a map is read, with gaps, and an edit renumbers no grid that it leaves alone,
    unless it changes which grid continues which. Where a community has more units than numbers,
    neighbours share one, and the second of two grids that would take it takes the next.

    Parameters
    ----------
    prepared : Prepared
        The area.
    division : Division
        Of all its units.

    Returns
    -------
    dict of str to str
        By ``grid_id``, in order.

    Raises
    ------
    GridplanError
        Where a community has more grids than numbers.
    """
    grid_of = pd.Series(dict(division.grid_of), dtype=object)
    kin = lineage(prepared.units.frame, grid_of, prepared.present_grid)["present"]
    codes = {grid: code for grid, code in zip(kin.index, kin, strict=True) if code}
    grids = [layer.grids for layer in prepared.present.values()]
    retired = {code for layer in grids for code in (*layer["code"], *layer[GRID_CODE])}
    for community, graph in prepared.fabric.graphs.items():
        if firsts := _firsts(division, graph, codes):
            codes |= _drafts(community, firsts, len(graph), retired)
    return {grid: codes[grid] for grid in division.units_of}


def _firsts(division: Division, graph: UnitGraph, known: Container[str]) -> dict[str, int]:
    """Of each grid without a code, the place of its first unit in the reading order."""
    bands = max(1, round(np.sqrt(np.sqrt(len(graph)))))  # as for √n grids of √n units
    firsts: dict[str, int] = {}
    for rank, position in enumerate(reading_order(graph.xy_m, bands)):
        grid = division.grid_of[graph.ids[position]]
        if grid and grid not in known:
            firsts.setdefault(grid, rank)
    return firsts


def _drafts(
    community: str, firsts: dict[str, int], units: int, retired: Container[str]
) -> dict[str, str]:
    """Number the grids of a community by their first units."""
    every = (f"{community}{number:03d}" for number in range(1, MOST_GRIDS + 1))
    free = [code for code in every if code not in retired]
    if len(firsts) > len(free):
        raise GridplanError("ground.error.too_many_grids", community=community, count=len(firsts))
    codes: dict[str, str] = {}
    taken: set[int] = set()
    for grid, rank in firsts.items():
        slot = rank * len(free) // max(units, len(free))
        while slot in taken:
            slot = (slot + 1) % len(free)
        taken.add(slot)
        codes[grid] = free[slot]
    return codes
