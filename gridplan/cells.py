"""Cells: the ground nearest to each building within its block, tiling every community."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from gridplan.blocks import LAND, STRIP, Blocks, Site, cut_blocks
from gridplan.fields import fields_to_share
from gridplan.seeds import Seeds, bank_seeds, building_seeds
from gridplan.tiling import (
    Geometries,
    Indices,
    borders_of,
    dissolve,
    faces_of,
    longest_neighbour,
    piece_of,
)

SIMPLIFY_M = 1.0
"""Tolerance of the smoothing that takes the teeth out of borders."""


@dataclass(frozen=True, eq=False)
class Cells:
    """An exact tiling of the communities by what is nearest.

    Parameters
    ----------
    shapes : array of polygon, shape (n,)
        In a metric CRS.
    community : int array, shape (n,)
        Position of the community.
    building : int array, shape (n,)
        The building that the ground belongs to; −1 for parks, water, strips.
    near : int array, shape (n,)
        The building itself or, on ground of none, the one on the nearest bank; −1 where the
        ground is better kept whole.
    strip : int array, shape (n,)
        The crossing's strip, −1 elsewhere.
    """

    shapes: Geometries
    community: Indices
    building: Indices
    near: Indices
    strip: Indices


def tessellate(site: Site) -> Cells:
    """Share out the ground of every block among its buildings.

    A point belongs to the building whose outline or anchor is nearest within the block, so that
    every anchor lies in its own cell. Vacant blocks stay whole, but for those that have to join
    what lies around them (see :func:`gridplan.fields.fields_to_share`).
    """
    anchors = site.footprints.anchors
    blocks = cut_blocks(site)
    level = fields_to_share(blocks)
    seeds = building_seeds(blocks, site.footprints)
    for step in range(1, int(level.max(initial=0)) + 1):
        seeds = seeds.plus(bank_seeds(blocks, level == step, seeds))
    owned = blocks.occupied | (level > 0)
    seeds = seeds.plus(bank_seeds(blocks, _enclosed(blocks, owned), seeds))
    faces, block, near = _faces(blocks, seeds)
    building = np.where(owned[block], near, -1)
    free = blocks.kind[block] == LAND
    building = _without_strays(faces, blocks.community[block], building, anchors, free)
    near = np.where(owned[block], building, near)
    return _gathered(faces, block, building, near, blocks, anchors)


def _enclosed(blocks: Blocks, owned: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Ground without buildings that only barriers surround: rivers, the strip between tracks."""
    passable = blocks.passable()
    open_side = np.zeros(len(blocks.shapes), dtype=bool)
    open_side[passable.left] = open_side[passable.right] = True
    return np.asarray(~owned & (blocks.kind != STRIP) & ~open_side)


def _faces(blocks: Blocks, seeds: Seeds) -> tuple[Geometries, Indices, Indices]:
    """Faces of the ground shared out, with the block and the building of the nearest seed.

    The building is −1 in a block without seeds.
    """
    rows = seeds.by_block()
    cuts = [shapely.boundary(blocks.shapes)]
    for block, mine in rows.items():
        ridges = _ridges(seeds.xy[mine], seeds.building[mine])
        cuts.append(shapely.get_parts(shapely.intersection(ridges, blocks.shapes[block])))
    faces = faces_of(np.concatenate(cuts))
    inner = np.asarray(shapely.point_on_surface(faces), dtype=object)
    face, block = shapely.STRtree(blocks.shapes).query(inner, predicate="within")
    faces, inner = faces[face], shapely.get_coordinates(inner[face])
    near = np.full(len(faces), -1, dtype=np.int64)
    for number in np.intersect1d(block, list(rows)):
        here, mine = block == number, rows[int(number)]
        near[here] = seeds.building[mine][cKDTree(seeds.xy[mine]).query(inner[here])[1]]
    return faces, block, near


def _ridges(xy: NDArray[np.float64], owner: Indices) -> shapely.Geometry:
    """Lines halfway between points of different owners."""
    _, first = np.unique(np.round(xy, 3), axis=0, return_index=True)
    first.sort()
    origin, spread = xy.mean(axis=0), 10 * (np.ptp(xy, axis=0).max() + 100.0)
    far = spread * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])  # closes every ridge
    diagram = Voronoi(np.vstack([xy[first] - origin, far]))
    owners = np.concatenate([owner[first], [-1] * 4])
    between = owners[diagram.ridge_points]
    ends = np.asarray(diagram.ridge_vertices)
    real = (between[:, 0] != between[:, 1]) & (between >= 0).all(axis=1) & (ends >= 0).all(axis=1)
    segments = shapely.linestrings(diagram.vertices[ends[real]] + origin)
    return shapely.line_merge(shapely.multilinestrings(segments))


def _without_strays(
    faces: Geometries,
    community: Indices,
    building: Indices,
    anchors: Geometries,
    free: NDArray[np.bool_],
) -> Indices:
    """Give pieces of a cell that hang together with it nowhere to the cell beside them.

    A piece that no other cell of the community touches becomes ground of no building (−1).
    """
    borders = borders_of(faces)
    inside = free[borders.left] & free[borders.right]
    borders = borders.where(inside & (community[borders.left] == community[borders.right]))
    home = _home_faces(faces, building, anchors)
    while True:
        same = building[borders.left] == building[borders.right]
        piece = piece_of(len(faces), borders.left[same], borders.right[same])
        stray = (building >= 0) & ~np.isin(piece, piece[home])
        if not stray.any():
            return building
        count = int(piece.max()) + 1
        held = (building >= 0)[borders.left] & (building >= 0)[borders.right]
        goal = longest_neighbour(borders.where(held).relabelled(piece), count)
        settled = np.full(count, -1, dtype=np.int64)
        settled[piece[~stray]] = building[~stray]
        target = goal[piece]
        moved = np.where(target >= 0, settled[target], -1)
        waiting = stray & (target >= 0) & (moved < 0)
        if waiting.sum() == stray.sum():  # strays that only touch each other
            waiting[:] = False
        building = np.where(stray & ~waiting, moved, building)


def _home_faces(faces: Geometries, building: Indices, anchors: Geometries) -> NDArray[np.bool_]:
    """Whether each face holds its building's anchor, or is the largest where none does."""
    home = np.zeros(len(faces), dtype=bool)
    at, face = shapely.STRtree(faces).query(anchors, predicate="intersects")
    home[face[building[face] == at]] = True
    largest = np.full(len(anchors), -1, dtype=np.int64)
    order = np.argsort(shapely.area(faces), kind="stable")
    order = order[building[order] >= 0]
    largest[building[order]] = order
    without = np.setdiff1d(building[order], building[home])
    home[largest[without]] = True
    return home


def _gathered(
    faces: Geometries,
    block: Indices,
    building: Indices,
    near: Indices,
    blocks: Blocks,
    anchors: Geometries,
) -> Cells:
    """One cell a building; ground of none by block and bank; borders smoothed."""
    none = building < 0
    key = np.column_stack([building, np.where(none, block, -1), np.where(none, near, -1)])
    _, first, label = np.unique(key, axis=0, return_index=True, return_inverse=True)
    shapes = dissolve(faces, label.ravel(), len(first))
    community = blocks.community[block[first]]
    shapes = _smoothed(shapes, community, building[first], anchors)
    return Cells(shapes, community, building[first], near[first], blocks.strip[block[first]])


def _smoothed(
    shapes: Geometries, community: Indices, building: Indices, anchors: Geometries
) -> Geometries:
    """Borders without teeth: a coverage simplification that leaves community borders alone.

    The tolerance is halved until every anchor stays in its own cell.
    """
    smooth = shapes.copy()
    for number in np.unique(community):
        mine = np.flatnonzero(community == number)
        held = mine[building[mine] >= 0]
        tolerance = SIMPLIFY_M
        inside = shapely.covers(shapes[held], anchors[building[held]])
        while tolerance > SIMPLIFY_M / 16:
            tried = shapes.copy()
            tried[mine] = shapely.coverage_simplify(
                shapes[mine], tolerance, simplify_boundary=False
            )
            if (shapely.covers(tried[held], anchors[building[held]]) >= inside).all():
                smooth[mine] = tried[mine]
                break
            tolerance /= 2
    return smooth
