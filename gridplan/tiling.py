"""Exact tilings: polygons that share their vertices, so that nothing gaps or overlaps.

All linework is noded once on a fixed grid and turned into faces; from then on polygons are only
ever merged, and every border is a run of segments that both neighbours have.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

PRECISION_M = 1e-4
"""Grid that linework is noded on: fine enough to keep a community's area to 1e-6 of itself."""

Geometries = NDArray[np.object_]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Borders:
    """The segments that the faces of a tiling share.

    Parameters
    ----------
    left, right : int array, shape (m,)
        Positions of the two faces, ``left < right``.
    start, end : float array, shape (m, 2)
        Ends of each segment, in metres of the tiling's CRS.
    """

    left: Indices
    right: Indices
    start: NDArray[np.float64]
    end: NDArray[np.float64]

    @property
    def length_m(self) -> NDArray[np.float64]:
        """Length of each segment, shape (m,)."""
        return np.asarray(np.hypot(*(self.end - self.start).T), dtype=np.float64)

    @property
    def middle(self) -> Geometries:
        """Midpoint of each segment, shape (m,)."""
        return np.asarray(shapely.points((self.start + self.end) / 2), dtype=object)

    def where(self, keep: NDArray[np.bool_]) -> Borders:
        """Some of the segments."""
        return Borders(self.left[keep], self.right[keep], self.start[keep], self.end[keep])

    def relabelled(self, labels: Indices) -> Borders:
        """Borders between groups of faces; what lies inside one group drops out."""
        left, right = labels[self.left], labels[self.right]
        renamed = Borders(np.minimum(left, right), np.maximum(left, right), self.start, self.end)
        return renamed.where(left != right)

    def lengths(
        self, weight: NDArray[np.float64] | None = None
    ) -> tuple[Indices, Indices, NDArray[np.float64]]:
        """Pairs of faces, each once, with the metres that they share.

        Parameters
        ----------
        weight : float array, shape (m,), optional
            Metres to count for each segment instead of its length.
        """
        pairs, place = np.unique(
            np.column_stack([self.left, self.right]).reshape(-1, 2), axis=0, return_inverse=True
        )
        length_m = self.length_m if weight is None else weight
        metres = np.bincount(place.ravel(), length_m, len(pairs)).astype(np.float64)
        return pairs[:, 0], pairs[:, 1], metres


def faces_of(linework: Geometries) -> Geometries:
    """Faces that the linework encloses, noded on a grid of `PRECISION_M`; dead ends drop out."""
    noded = shapely.union_all(linework, grid_size=PRECISION_M)
    return np.asarray(shapely.get_parts(shapely.polygonize([noded])), dtype=object)


def borders_of(faces: Geometries) -> Borders:
    """Segments that two faces of an exact tiling share.

    Parameters
    ----------
    faces : array of Polygon or MultiPolygon, shape (n,)
        With shared vertices, as from `faces_of`.
    """
    parts, owner = shapely.get_parts(faces, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    first, last = xy[:-1][inside], xy[1:][inside]
    face = owner[part[ring[:-1][inside]]]
    flip = (first[:, 0] > last[:, 0]) | ((first[:, 0] == last[:, 0]) & (first[:, 1] > last[:, 1]))
    start, end = np.where(flip[:, None], last, first), np.where(flip[:, None], first, last)
    order = np.lexsort((face, end[:, 1], end[:, 0], start[:, 1], start[:, 0]))
    start, end, face = start[order], end[order], face[order]
    twin = (start[1:] == start[:-1]).all(axis=1) & (end[1:] == end[:-1]).all(axis=1)
    shared = Borders(face[:-1][twin], face[1:][twin], start[:-1][twin], end[:-1][twin])
    return shared.where(shared.left != shared.right)


def piece_of(count: int, left: Indices, right: Indices) -> Indices:
    """Number of the connected piece of each of `count` things, by what joins them, (count,)."""
    matrix = coo_array((np.ones(len(left)), (left, right)), shape=(count, count))
    return np.asarray(connected_components(matrix, directed=False)[1], dtype=np.int64)


def dissolve(faces: Geometries, labels: Indices, count: int) -> Geometries:
    """The faces of each label as one geometry, shape (count,); empty where there are none."""
    order = np.argsort(labels, kind="stable")
    cuts = np.searchsorted(labels[order], np.arange(count + 1))
    merged = [
        shapely.coverage_union_all(faces[order[a:b]]) if b - a != 1 else faces[order[a]]
        for a, b in pairwise(cuts)
    ]
    return np.asarray(merged, dtype=object)


def mean_width_m(faces: Geometries) -> NDArray[np.float64]:
    """Twice area over perimeter: the width of a long strip, half the side of a square."""
    return np.asarray(2 * shapely.area(faces) / shapely.length(faces), dtype=np.float64)


def longest_neighbour(
    borders: Borders, count: int, weight: NDArray[np.float64] | None = None
) -> Indices:
    """The neighbour with which each face shares the most metres, −1 for none, shape (count,).

    Ties go to the neighbour of the lower number.
    """
    left, right, metres = borders.lengths(weight)
    one, other = np.concatenate([left, right]), np.concatenate([right, left])
    metres = np.concatenate([metres, metres])
    keep = metres > 0
    one, other, metres = one[keep], other[keep], metres[keep]
    order = np.lexsort((-other, metres, one))
    best = np.full(count, -1, dtype=np.int64)
    best[one[order]] = other[order]
    return best


def points_along(
    start: NDArray[np.float64], end: NDArray[np.float64], step_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], Indices]:
    """Points evenly along segments, at most a step apart and none at an end.

    Returns
    -------
    xy : float array, shape (p, 2)
    segment : int array, shape (p,)
        The segment of each point.
    """
    count = np.ceil(np.hypot(*(end - start).T) / step_m).astype(np.int64)
    segment = np.repeat(np.arange(len(start)), count)
    place = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    share = ((place + 0.5) / count[segment])[:, None]
    return start[segment] * (1 - share) + end[segment] * share, segment
