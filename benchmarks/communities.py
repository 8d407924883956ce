"""Made-up communities for measurements: buildings on a river with two bridges.

1.5 × 1.1 km, a building at random points at least a little apart, a cell of the ground around
each; a river from west to east divides the cells of its banks but for two bridges. Grids hold
300 to 500 households within 300 m of their centre.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from gridplan.partition.problem import Problem

WIDTH_M, HEIGHT_M = 1500.0, 1100.0
LOWER, UPPER, RADIUS_M = 300, 500, 300.0
FULL = 392
"""Mean households of a grid."""

FLOAT = NDArray[np.float64]
INT = NDArray[np.int64]


def community(
    seed: int, count: int = 100, groups: int = 10, size_m: tuple[float, float] = (WIDTH_M, HEIGHT_M)
) -> tuple[Problem, FLOAT]:
    """Make up a community.

    Parameters
    ----------
    seed : int
    count : int
        Buildings.
    groups : int
        Grids; the households of the buildings follow from it.
    size_m : (float, float)
        Width and height of the ground.

    Returns
    -------
    problem : Problem
        Cost in household·m², ``inf`` beyond 300 m.
    xy_m : float array, shape (count, 2)
    """
    rng = np.random.default_rng(seed)
    xy_m = _scattered(rng, count, size_m)
    weight = np.clip(rng.lognormal(0.0, 0.65, count), 0.4, 4.5)
    weight = np.maximum(1, np.round(weight * FULL * groups / weight.sum())).astype(np.int64)
    squared = ((xy_m[:, None, :] - xy_m[None, :, :]) ** 2).sum(axis=2)
    cost = np.where(squared <= RADIUS_M**2, weight[:, None] * squared, math.inf)
    edges = _bridged(rng, xy_m, _neighbours(xy_m, size_m), size_m)
    return Problem(weight, cost, edges, LOWER, UPPER, groups), xy_m


def _scattered(rng: np.random.Generator, count: int, size_m: tuple[float, float]) -> FLOAT:
    """Random points, each the farthest of a few draws from those before it."""
    points = rng.uniform((0, 0), size_m, (1, 2))
    while len(points) < count:
        drawn = rng.uniform((0, 0), size_m, (4, 2))
        far = cKDTree(points).query(drawn)[0]
        points = np.vstack([points, drawn[far.argmax()]])
    return points


def _neighbours(xy_m: FLOAT, size_m: tuple[float, float]) -> INT:
    """Pairs of cells that share a border inside the ground."""
    mirrored = [xy_m]
    for axis, length in enumerate(size_m):
        for wall in (0.0, length):
            image = xy_m.copy()
            image[:, axis] = 2 * wall - image[:, axis]
            mirrored.append(image)
    ridges = Voronoi(np.vstack(mirrored)).ridge_points
    inside = ridges[(ridges < len(xy_m)).all(axis=1)]
    return np.unique(np.sort(inside, axis=1), axis=0).astype(np.int64)


def _bridged(rng: np.random.Generator, xy_m: FLOAT, edges: INT, size_m: tuple[float, float]) -> INT:
    """Neighbours but for those that a river divides, away from its two bridges."""
    width, height = size_m
    phase, middle = rng.uniform(0, 2 * math.pi), rng.uniform(0.4, 0.6) * height
    course = middle + 0.12 * height * np.sin(2 * math.pi * xy_m[:, 0] / width + phase)
    north = xy_m[:, 1] > course
    across = north[edges[:, 0]] != north[edges[:, 1]]
    at_m = xy_m[edges].mean(axis=1)[:, 0]
    bridges = [float(rng.uniform(0.15, 0.4)) * width, float(rng.uniform(0.6, 0.85)) * width]
    wet = np.flatnonzero(across)
    kept = [int(wet[np.abs(at_m[wet] - bridge).argmin()]) for bridge in bridges] if len(wet) else []
    dry = ~across
    dry[kept] = True
    return edges[dry]
