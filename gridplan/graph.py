"""Units that must each go whole to one grid, and which of them are neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from gridplan.tiling import piece_of

NO_WAY_M = 1e7
"""Metres that stand for a way that does not exist."""


@dataclass(frozen=True, eq=False)
class UnitGraph:
    """Units that must each go whole to one grid, and which of them touch.

    Parameters
    ----------
    ids : tuple of str
        Unit ids, all different; n of them.
    weight : int array, shape (n,)
        Households (or people) of each unit, zero or more.
    xy_m : float array, shape (n, 2)
        A point inside each unit, in metres of the area's CRS.
    edges : int array, shape (m, 2)
        Pairs ``u < v`` of neighbours, each once, with no barrier between them.
    border_m : float array, shape (m,)
        Length of the shared border of each pair in metres; 0 for a crossing.
    walk_m : float array, shape (n, n), optional
        Metres along the walking network between units, ``inf`` where there is no way.

    Raises
    ------
    ValueError
        Where a shape, an index or a weight is impossible.
    """

    ids: tuple[str, ...]
    weight: NDArray[np.int64]
    xy_m: NDArray[np.float64]
    edges: NDArray[np.int64]
    border_m: NDArray[np.float64]
    walk_m: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        count = len(self.ids)
        if len(set(self.ids)) != count:
            raise ValueError("unit ids repeat")
        if self.weight.shape != (count,) or self.xy_m.shape != (count, 2):
            raise ValueError(f"weight {self.weight.shape} and xy_m {self.xy_m.shape} for {count}")
        if self.edges.shape != (len(self.border_m), 2):
            raise ValueError(f"edges {self.edges.shape} for {len(self.border_m)} borders")
        if count and (self.weight.min() < 0 or not np.isfinite(self.xy_m).all()):
            raise ValueError("a weight below zero or a coordinate that is no number")
        if len(self.edges) and not (
            (self.edges[:, 0] < self.edges[:, 1]).all()
            and self.edges.min() >= 0
            and self.edges.max() < count
            and len(np.unique(self.edges, axis=0)) == len(self.edges)
        ):
            raise ValueError("edges are pairs u < v of unit positions, each once")
        if self.walk_m is not None and self.walk_m.shape != (count, count):
            raise ValueError(f"walk_m {self.walk_m.shape} for {count} units")
        for array in (self.weight, self.xy_m, self.edges, self.border_m):
            array.setflags(write=False)

    @property
    def metres(self) -> NDArray[np.float64]:
        """Metres for the radius, shape (n, n): as walked, `NO_WAY_M` for no way, or crow's."""
        if self.walk_m is None:
            crow: NDArray[np.float64] = cdist(self.xy_m, self.xy_m)
            return crow
        walked: NDArray[np.float64] = np.minimum(self.walk_m, NO_WAY_M)
        return walked

    def __len__(self) -> int:
        return len(self.ids)

    def components(self) -> NDArray[np.int64]:
        """Number of the connected piece that each unit lies in, shape (n,)."""
        return piece_of(len(self), self.edges[:, 0], self.edges[:, 1])

    def centre(self, radius_m: float) -> tuple[int, float]:
        """The unit that serves all of them best, and how far its farthest households are.

        It minimises Σ h d² as the crow flies among the units within `radius_m` of all households;
        where there is none, the farthest households are as near as can be. A unit without
        households counts as one in the sum, so that it stays near too.

        Parameters
        ----------
        radius_m : float
            The limit.

        Returns
        -------
        centre : int
            Position of the unit.
        farthest_m : float
            Metres to the farthest unit with households; to the farthest unit, where none has any.
        """
        served = self.weight > 0 if (self.weight > 0).any() else np.ones(len(self), dtype=bool)
        farthest_m = self.metres[served].max(axis=0)
        squared = cdist(self.xy_m, self.xy_m, "sqeuclidean")
        cost = (np.maximum(self.weight, 1)[:, None] * squared).sum(axis=0)
        best = int(np.lexsort((cost, np.maximum(0.0, farthest_m - radius_m)))[0])
        return best, float(farthest_m[best])

    def subgraph(self, positions: NDArray[np.int64]) -> UnitGraph:
        """The graph of some units alone, in the order given."""
        place = np.full(len(self), -1, dtype=np.int64)
        place[positions] = np.arange(len(positions))
        inside = (place[self.edges] >= 0).all(axis=1) if len(self.edges) else np.zeros(0, bool)
        edges = np.sort(place[self.edges[inside]], axis=1).reshape(-1, 2)
        return UnitGraph(
            tuple(self.ids[i] for i in positions),
            self.weight[positions],
            self.xy_m[positions],
            edges,
            self.border_m[inside],
            None if self.walk_m is None else self.walk_m[np.ix_(positions, positions)],
        )
