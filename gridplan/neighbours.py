"""Which units can be served by one person without walking round a barrier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridplan.barriers import LANDING_M, STRIP_HALF_WIDTH_M, Barriers, Strips
from gridplan.blocks import BORDER_M
from gridplan.cells import Cells
from gridplan.footprints import Footprints, ways_to
from gridplan.tiling import Borders, Indices, borders_of, points_along

PROBE_M = 10.0
"""A border is tried at points no farther apart than this."""
CANDIDATES = 8
"""Buildings beyond its edge that each building of an island tries to reach."""
ABROAD_M = 50.0
"""The way from an island may lead this far outside the community."""


@dataclass(frozen=True, eq=False)
class Links:
    """Pairs of neighbours.

    Parameters
    ----------
    one, other : int array, shape (m,)
        Positions of units, ``one < other``, each pair once.
    metres : float array, shape (m,)
        Border that they share.
    """

    one: Indices
    other: Indices
    metres: NDArray[np.float64]


def touching(
    cells: Cells, footprints: Footprints, barriers: Barriers, unit: Indices
) -> tuple[Links, Borders]:
    """Units that meet along a border which no barrier cuts off from either.

    A stretch of border counts where the shortest lines from it to the two buildings cross no
    barrier: so a railway on the border cuts, and so does one that ends inside a block.

    Parameters
    ----------
    cells : Cells
    footprints : Footprints
    barriers : Barriers
    unit : int array, shape (buildings,)
        Position of the unit of each building.

    Returns
    -------
    links : Links
        With the metres of border that count, at least `BORDER_M`.
    borders : Borders
        Of all cells.
    """
    borders = borders_of(cells.shapes)
    one, other = cells.building[borders.left], cells.building[borders.right]
    held = (one >= 0) & (other >= 0)
    held &= cells.community[borders.left] == cells.community[borders.right]
    held &= unit[one] != unit[other]
    shared, one, other = borders.where(held), one[held], other[held]
    xy, segment = points_along(shared.start, shared.end, np.full(len(one), PROBE_M))
    points = np.asarray(shapely.points(xy), dtype=object)
    metres = (shared.length_m / np.bincount(segment, minlength=len(one)))[segment]
    clear = np.ones(len(points), dtype=bool)
    for side in (one, other):
        clear &= ~barriers.stop(ways_to(footprints, side[segment], points))
    ends = np.sort(np.column_stack([unit[one], unit[other]]), axis=1)
    pairs, place = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    total = np.bincount(place.ravel()[segment[clear]], metres[clear], len(pairs)).astype(np.float64)
    enough = total >= BORDER_M
    return Links(pairs[enough, 0], pairs[enough, 1], total[enough]), borders


def over_crossings(
    cells: Cells, borders: Borders, strips: Strips, unit: Indices
) -> NDArray[np.int64]:
    """Units that a crossing joins: on either side the one with most border to its landing.

    Returns
    -------
    int array, shape (m, 4)
        Strip, community, unit at the start of the way and unit at its end, for every crossing
        that has a unit on both sides.
    """
    most: dict[tuple[int, int, int], tuple[float, int]] = {}
    for (strip, community, side, neighbour), metres in _landings(cells, borders, strips, unit):
        if metres > most.get((strip, community, side), (0.0, -1))[0]:
            most[strip, community, side] = (metres, neighbour)
    rows = [
        (strip, community, start, most[strip, community, 1][1])
        for (strip, community, side), (_, start) in sorted(most.items())
        if side == 0 and (strip, community, 1) in most
    ]
    table = np.asarray(rows, dtype=np.int64).reshape(-1, 4)
    return np.asarray(table[table[:, 2] != table[:, 3]])


def _landings(
    cells: Cells, borders: Borders, strips: Strips, unit: Indices
) -> list[tuple[tuple[int, int, int, int], float]]:
    """Metres of border between each end (0, 1) of a strip and each unit there."""
    rows = []
    for inside, beyond in ((borders.left, borders.right), (borders.right, borders.left)):
        met = (cells.strip[inside] >= 0) & (cells.building[beyond] >= 0)
        met &= cells.community[inside] == cells.community[beyond]
        strip, neighbour = cells.strip[inside[met]], unit[cells.building[beyond[met]]]
        part = borders.where(met)
        way = strips.ways[strip]
        place, length = shapely.line_locate_point(way, part.middle), shapely.length(way)
        landing = np.minimum(LANDING_M + STRIP_HALF_WIDTH_M, length / 2)
        side = np.select([place < landing, place > length - landing], [0, 1], -1)
        key = np.column_stack([strip, cells.community[inside[met]], side, neighbour])
        rows.append(np.column_stack([key, part.length_m])[side >= 0])
    table = np.concatenate(rows)
    keys, number = np.unique(table[:, :4].astype(np.int64), axis=0, return_inverse=True)
    metres = np.bincount(number.ravel(), table[:, 4], len(keys))
    return [(tuple(key), length) for key, length in zip(keys.tolist(), metres, strict=True)]


def to_the_mainland(
    piece: Indices, footprints: Footprints, barriers: Barriers, ground: shapely.Geometry
) -> NDArray[np.int64]:
    """Shortest ways by which pieces of one community reach another piece.

    A way counts that crosses no barrier and leads at most `ABROAD_M` outside the community.

    Parameters
    ----------
    piece : int array, shape (buildings,)
        Piece of the graph that each building belongs to, −1 for those of other communities.
    footprints : Footprints
    barriers : Barriers
    ground : polygon
        The community.

    Returns
    -------
    int array, shape (m, 2)
        Building in the piece and building outside it, one pair for each piece that has a way;
        the piece with most buildings is left out.
    """
    xy = shapely.get_coordinates(footprints.anchors)
    here = np.flatnonzero(piece >= 0)
    numbers, size = np.unique(piece[here], return_counts=True)
    pairs = []
    for number in np.delete(numbers, np.argmax(size)):
        mine, others = here[piece[here] == number], here[piece[here] != number]
        count = min(CANDIDATES, len(others))
        near = cKDTree(xy[others]).query(xy[mine], k=count)[1].reshape(-1)
        start, end = np.repeat(mine, count), others[near]
        ways = ways_to(footprints, start, footprints.shapes[end])
        undrawn = shapely.is_missing(ways) | shapely.is_empty(ways)
        ways[undrawn] = ways_to(footprints, start[undrawn], footprints.anchors[end[undrawn]])
        abroad = shapely.length(shapely.difference(ways, ground)) > ABROAD_M
        length = np.where(abroad | barriers.stop(ways), np.inf, shapely.length(ways))
        best = int(np.argmin(length))
        if np.isfinite(length[best]):
            pairs.append((start[best], end[best]))
    return np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
