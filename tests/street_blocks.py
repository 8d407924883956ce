"""Streets of square blocks, 100 m apart.

0 — 1 — 2
|   |   |
3 — 4 — 5
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridplan.graph import UnitGraph


def block_edges(height: int, width: int) -> NDArray[np.int64]:
    """Pairs of neighbours, those in a row first."""
    place = np.arange(height * width).reshape(height, width)
    beside = np.column_stack([place[:, :-1].ravel(), place[:, 1:].ravel()])
    below = np.column_stack([place[:-1].ravel(), place[1:].ravel()])
    return np.vstack([beside, below])


def block_street(rows: ArrayLike, edges: NDArray[np.int64] | None = None) -> UnitGraph:
    """Blocks with the households of each row; all neighbours touch, or those given."""
    households = np.array(rows, dtype=np.int64)
    height, width = households.shape
    if edges is None:
        edges = block_edges(height, width)
    y, x = np.divmod(np.arange(height * width), width)
    return UnitGraph(
        tuple(f"u{k}" for k in range(height * width)),
        households.ravel(),
        np.column_stack([100.0 * x, -100.0 * y]),
        edges.reshape(-1, 2),
        np.full(len(edges), 100.0),
    )
