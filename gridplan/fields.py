"""Fields: vacant blocks that join the groups of buildings around them."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

from gridplan.blocks import BORDER_M, STRIP, Blocks
from gridplan.tiling import Geometries, Indices, piece_of


def fields_to_share(blocks: Blocks) -> Indices:
    """Vacant blocks that have to be shared out among the buildings around them.

    They are the vacant blocks that touch two groups of buildings which no barrier divides, and
    where groups, or the landing of a crossing, have more than one vacant block between them, the
    fewest in a row that join them. All others stay whole.

    Returns
    -------
    int array, shape (n,)
        0 for blocks not to be shared, else how many steps from an occupied block it is: the
        order in which the ground has to be shared.
    """
    left, right, metres = blocks.passable().lengths()
    touch = metres >= BORDER_M
    left, right = left[touch], right[touch]
    occupied, vacant = blocks.occupied, blocks.vacant
    shared = vacant & (_reached(occupied, left, right) > 1)
    terminal = occupied | shared | (vacant & _landings(blocks))
    shared = (shared | _rows_between(terminal, left, right, blocks.shapes)) & ~occupied
    inside = (shared | occupied)[left] & (shared | occupied)[right]
    steps, _, _ = _nearest(occupied, left[inside], right[inside], np.ones(int(inside.sum())))
    return np.where(shared & np.isfinite(steps), steps, 0).astype(np.int64)


def _landings(blocks: Blocks) -> NDArray[np.bool_]:
    """Blocks that the strip of a crossing touches."""
    strip = blocks.kind == STRIP
    left, right, metres = blocks.borders.lengths()
    beside = np.zeros(len(strip), dtype=bool)
    for one, other in ((left, right), (right, left)):
        beside[one[strip[other] & (metres >= BORDER_M)]] = True
    return np.asarray(beside & ~strip)


def _reached(held: NDArray[np.bool_], left: Indices, right: Indices) -> Indices:
    """How many connected groups of held blocks each block touches, shape (n,)."""
    both = held[left] & held[right]
    group = piece_of(len(held), left[both], right[both])
    one, other = np.concatenate([left, right]), np.concatenate([right, left])
    pairs = np.column_stack([one, group[other]])[held[other]]
    return np.bincount(np.unique(pairs, axis=0)[:, 0], minlength=len(held))


def _rows_between(
    terminal: NDArray[np.bool_], left: Indices, right: Indices, shapes: Geometries
) -> NDArray[np.bool_]:
    """Blocks on the shortest rows that join all groups of terminals that can be joined.

    The rows are those of a least spanning tree over the places where the ground nearest to one
    group, in metres from block to block, meets the ground nearest to another.
    """
    inner = shapely.point_on_surface(shapes)
    metres = shapely.distance(inner[left], inner[right])
    away, before, source = _nearest(terminal, left, right, metres)
    both = terminal[left] & terminal[right]
    group = piece_of(len(terminal), left[both], right[both])
    meet = np.isfinite(away[left]) & np.isfinite(away[right])
    left, right, metres = left[meet], right[meet], metres[meet]
    ends = np.sort(np.column_stack([group[source[left]], group[source[right]]]), axis=1)
    length = away[left] + metres + away[right]
    order = np.lexsort((right, left, length))
    order = order[ends[order, 0] != ends[order, 1]]
    pairs, first = np.unique(ends[order], axis=0, return_index=True)
    best = order[first]
    matrix = coo_array((length[best], (pairs[:, 0], pairs[:, 1])), shape=(len(terminal),) * 2)
    kept = minimum_spanning_tree(matrix.tocsr()).tocoo()
    at = dict(zip(map(tuple, pairs.tolist()), best.tolist(), strict=True))
    chosen = terminal.copy()
    for pair in zip(kept.row.tolist(), kept.col.tolist(), strict=True):
        for block in (left[at[pair]], right[at[pair]]):
            while not chosen[block]:
                chosen[block] = True
                block = before[block]  # noqa: PLW2901  # the row is walked back to its group
    return chosen


def _nearest(
    start: NDArray[np.bool_], left: Indices, right: Indices, length: NDArray[np.float64]
) -> tuple[NDArray[np.float64], Indices, Indices]:
    """Way from the nearest starting block, the block before, and that starting block."""
    matrix = coo_array((length, (left, right)), shape=(len(start),) * 2)
    away, before, source = dijkstra(
        matrix.tocsr(),
        directed=False,
        indices=np.flatnonzero(start),
        min_only=True,
        return_predecessors=True,
    )
    return away, before.astype(np.int64), source.astype(np.int64)
