"""Street blocks: the faces between streets, barriers, compounds and community borders."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gridplan.barriers import Barriers, Strips
from gridplan.footprints import Footprints
from gridplan.tiling import (
    Borders,
    Geometries,
    Indices,
    borders_of,
    dissolve,
    faces_of,
    longest_neighbour,
    mean_width_m,
    piece_of,
)

NARROW_M = 12.0
"""A block without buildings that is narrower than this (a median) joins the block beside it."""
SEAT_SHARE = 0.1
"""A building has a cell in every block that holds this share of its footprint."""
BORDER_M = 1.0
"""Blocks and cells that share less than this only touch at a corner."""

LAND, WET, STRIP = 0, 1, 2
"""Kinds of block: ordinary ground, the area of a barrier, the strip of a crossing."""


@dataclass(frozen=True, eq=False)
class Site:
    """What the ground is cut by, and what stands on it; all in one metric CRS.

    Parameters
    ----------
    communities : array of polygon, shape (k,)
        Where two overlap, the ground belongs to the first.
    lines : array of line
        Streets and outlines of compounds.
    barriers : Barriers
    strips : Strips
    footprints : Footprints
    """

    communities: Geometries
    lines: Geometries
    barriers: Barriers
    strips: Strips
    footprints: Footprints


@dataclass(frozen=True, eq=False)
class Blocks:
    """An exact tiling of the communities.

    Parameters
    ----------
    shapes : array of polygon, shape (n,)
        In a metric CRS.
    community : int array, shape (n,)
        Position of the community of each.
    kind : int array, shape (n,)
        `LAND`, `WET` or `STRIP`.
    strip : int array, shape (n,)
        The strip of a `STRIP`, −1 elsewhere.
    seat_building, seat_block : int array, shape (m,)
        Which buildings stand in which blocks; every building in at least one.
    borders : Borders
        Between blocks of the same community.
    open_border : bool array
        Which of these segments lie on no barrier line.
    """

    shapes: Geometries
    community: Indices
    kind: Indices
    strip: Indices
    seat_building: Indices
    seat_block: Indices
    borders: Borders
    open_border: NDArray[np.bool_]

    @property
    def occupied(self) -> NDArray[np.bool_]:
        """Blocks with a building, shape (n,)."""
        occupied: NDArray[np.bool_] = np.bincount(self.seat_block, minlength=len(self.shapes)) > 0
        return occupied

    @property
    def vacant(self) -> NDArray[np.bool_]:
        """Ordinary ground without a building, shape (n,)."""
        vacant: NDArray[np.bool_] = (self.kind == LAND) & ~self.occupied
        return vacant

    def passable(self) -> Borders:
        """Borders between ordinary blocks that no barrier line lies on."""
        land = self.kind == LAND
        inside = land[self.borders.left] & land[self.borders.right]
        return self.borders.where(inside & self.open_border)

    def merged(self, group: Indices) -> Blocks:
        """Blocks of one number as one block; the first block of each gives its kind."""
        _, first, number = np.unique(group, return_index=True, return_inverse=True)
        seats = np.unique(np.column_stack([self.seat_building, number[self.seat_block]]), axis=0)
        inner = number[self.borders.left] == number[self.borders.right]
        return replace(
            self,
            shapes=dissolve(self.shapes, number, len(first)),
            community=self.community[first],
            kind=self.kind[first],
            strip=self.strip[first],
            seat_building=seats[:, 0],
            seat_block=seats[:, 1],
            borders=self.borders.relabelled(number),
            open_border=self.open_border[~inner],
        )


def cut_blocks(site: Site) -> Blocks:
    """Cut communities along all lines, and seat every building."""
    barriers, strips = site.barriers, site.strips
    edges = [
        shapely.boundary(site.communities),
        site.lines,
        barriers.lines,
        shapely.boundary(barriers.areas),
        shapely.boundary(strips.shapes),
    ]
    shapes, home = _faces_inside(site.communities, np.concatenate(edges))
    inner = np.asarray(shapely.point_on_surface(shapes), dtype=object)
    strip = np.full(len(shapes), -1, dtype=np.int64)
    face, number = shapely.STRtree(strips.shapes).query(inner, predicate="within")
    strip[face] = number
    kind = np.where(barriers.cover(inner), WET, LAND)
    kind[strip >= 0] = STRIP
    building, block = _seats(shapes, home, kind, site)
    borders = borders_of(shapes)
    borders = borders.where(home[borders.left] == home[borders.right])
    free = ~barriers.along(borders.middle)
    return _without_medians(Blocks(shapes, home, kind, strip, building, block, borders, free))


def _faces_inside(communities: Geometries, edges: Geometries) -> tuple[Geometries, Indices]:
    """Faces of the linework inside a community, and the position of the community."""
    near = np.unique(shapely.STRtree(edges).query(communities, predicate="intersects")[1])
    shapes = faces_of(edges[near])
    inner = shapely.point_on_surface(shapes)
    face, community = shapely.STRtree(communities).query(inner, predicate="within")
    home = np.full(len(shapes), len(communities), dtype=np.int64)
    np.minimum.at(home, face, community)
    inside = home < len(communities)
    return shapes[inside], home[inside]


def _seats(shapes: Geometries, home: Indices, kind: Indices, site: Site) -> tuple[Indices, Indices]:
    """Pairs of building and block: where its anchor is, and where enough of its footprint is.

    A footprint that a barrier line runs through stays on the side of its anchor.
    """
    covered, community = site.footprints.shapes, site.footprints.community
    ground = np.flatnonzero(kind == LAND)
    tree = shapely.STRtree(shapes[ground])
    building, block = tree.query(covered, predicate="intersects")
    block = ground[block]
    part = shapely.area(shapely.intersection(covered[building], shapes[block]))
    enough = part > SEAT_SHARE * shapely.area(covered[building])
    enough &= (home[block] == community[building]) & ~site.barriers.along(covered)[building]
    pairs = [np.column_stack([building, block])[enough]]
    for number in np.unique(community):
        mine, here = np.flatnonzero(community == number), ground[home[ground] == number]
        at = shapely.STRtree(shapes[here]).query_nearest(
            site.footprints.anchors[mine], all_matches=False
        )
        pairs.append(np.column_stack([mine[at[0]], here[at[1]]]))
    seats = np.unique(np.concatenate(pairs), axis=0)
    return seats[:, 0], seats[:, 1]


def _without_medians(blocks: Blocks) -> Blocks:
    """Give narrow vacant blocks to the ordinary block they share most with, barriers apart."""
    while True:
        narrow = blocks.vacant & (mean_width_m(blocks.shapes) < NARROW_M)
        goal = longest_neighbour(blocks.passable(), len(blocks.shapes))
        narrow &= goal >= 0
        if not narrow.any():
            return blocks
        blocks = blocks.merged(piece_of(len(blocks.shapes), np.flatnonzero(narrow), goal[narrow]))
