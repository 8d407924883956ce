"""Seeds: the points that stand for buildings when the ground of a block is shared out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridplan.blocks import LAND, Blocks
from gridplan.footprints import Footprints
from gridplan.tiling import Indices, mean_width_m, points_along

SPACING_M = 1.0
"""Distance of the points that stand for a footprint's outline."""
SHRINK_M = 0.5
"""Footprints are drawn in by this, so that a party wall becomes a border."""
BANK_SPACING_M = (1.0, 5.0)
"""Least and greatest distance of the points that stand for the bank of ground shared out."""


@dataclass(frozen=True, eq=False)
class Seeds:
    """Points that the ground of some blocks is shared out among.

    Parameters
    ----------
    xy : float array, shape (n, 2)
    building, block : int array, shape (n,)
    """

    xy: NDArray[np.float64]
    building: Indices
    block: Indices

    def plus(self, other: Seeds) -> Seeds:
        """Both."""
        return Seeds(
            np.concatenate([self.xy, other.xy]),
            np.concatenate([self.building, other.building]),
            np.concatenate([self.block, other.block]),
        )

    def by_block(self) -> dict[int, Indices]:
        """Positions of the seeds of each block."""
        order = np.argsort(self.block, kind="stable")
        numbers, starts = np.unique(self.block[order], return_index=True)
        return dict(zip(numbers.tolist(), np.split(order, starts[1:]), strict=True))


def building_seeds(blocks: Blocks, footprints: Footprints) -> Seeds:
    """Anchors first, then points along the outlines of footprints, in each block they stand in.

    Parameters
    ----------
    blocks : Blocks
        With every building seated.
    footprints : Footprints
        Of the same buildings, in the same metric CRS.
    """
    drawn = shapely.buffer(footprints.shapes, -SHRINK_M, join_style="mitre")
    outline = shapely.boundary(shapely.intersection(
        drawn[blocks.seat_building], blocks.shapes[blocks.seat_block]
    ))  # fmt: skip
    xy, seat = shapely.get_coordinates(shapely.segmentize(outline, SPACING_M), return_index=True)
    home = shapely.covers(
        blocks.shapes[blocks.seat_block], footprints.anchors[blocks.seat_building]
    )
    only = np.bincount(blocks.seat_building)[blocks.seat_building] == 1
    first = np.flatnonzero(home | only)
    seat = np.concatenate([first, seat])
    xy = np.concatenate(
        [shapely.get_coordinates(footprints.anchors)[blocks.seat_building[first]], xy]
    )
    return Seeds(xy, blocks.seat_building[seat], blocks.seat_block[seat])


def bank_seeds(blocks: Blocks, which: NDArray[np.bool_], seeds: Seeds) -> Seeds:
    """Seeds along the border of some blocks: the nearest building in the block beyond it.

    Parameters
    ----------
    blocks : Blocks
        Metric CRS.
    which : bool array, shape (n,)
        The blocks to be shared out.
    seeds : Seeds
        Of the blocks that are shared out already.
    """
    left, right = blocks.borders.left, blocks.borders.right
    sides = [(left, right), (right, left)]
    found = [Seeds(np.empty((0, 2)), *np.empty((2, 0), dtype=np.int64))]
    step = np.clip(mean_width_m(blocks.shapes) / 2, *BANK_SPACING_M)
    rows = seeds.by_block()
    for inside, beyond in sides:
        held = np.isin(beyond, list(rows)) & which[inside] & ~which[beyond]
        passable = blocks.open_border | (blocks.kind[inside] != LAND)
        closed = ~np.isin(inside, inside[held & passable])
        at = np.flatnonzero(held & (passable | closed))
        xy, segment = points_along(
            blocks.borders.start[at], blocks.borders.end[at], step[inside[at]]
        )
        for block in np.unique(beyond[at]):
            mine = beyond[at][segment] == block
            tree = cKDTree(seeds.xy[rows[int(block)]])
            owner = seeds.building[rows[int(block)]][tree.query(xy[mine])[1]]
            found.append(Seeds(xy[mine], owner, inside[at][segment][mine]))
    total = found[0]
    for part in found[1:]:
        total = total.plus(part)
    return total
