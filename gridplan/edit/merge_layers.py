"""多网合一: one division out of several legacy layers, for planners to start from."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridplan.edit.division import Division
from gridplan.graph import UnitGraph
from gridplan.prepared import Prepared
from gridplan.schema import (
    COMMUNITY_CODE,
    DIFFICULTY,
    RESIDENCE_CLASS,
    UNIT_ID,
    ResidenceClass,
)

_MAJORITY = 0.5 + 1e-6  # more than half, whatever the rounding


def layer_start(prepared: Prepared, name: str) -> Division:
    """A legacy layer as it is, to start from.

    Parameters
    ----------
    prepared : Prepared
        The area.
    name : str
        Of the layer.

    Returns
    -------
    Division
        Units outside the layer are in no grid; a grid in two communities becomes two.
    """
    grids = prepared.present[name].unit_grid
    homes = prepared.units.frame.set_index(UNIT_ID)[COMMUNITY_CODE]
    return Division(
        {unit: f"{home}-{grids[unit]}" if grids.get(unit) else "" for unit, home in homes.items()}
    )


def merged_start(
    prepared: Prepared,
    names: Sequence[str] | None = None,
    weights: Mapping[str, float] | None = None,
    together: float = 1.0,
) -> Division:
    """One division out of several layers.

    Neighbours that as many layers as `together` says keep in one grid become cores. Those are
    joined where most layers keep them together, then what is below the lower limit is joined to
    the neighbour that most layers keep it with. The smallest goes first; of two that layers keep
    together alike, the one with the longer border. Nothing is joined across communities, out of
    a compound that is divided inside itself, or above the upper limit, and only neighbours are,
    so that each grid is in one piece.

    Parameters
    ----------
    prepared : Prepared
        The area.
    names : sequence of str, optional
        The layers; all where left out.
    weights : mapping of str to float, optional
        How much each counts, above 0; 1 where left out.
    together : float
        Share of the weight of the layers that cover them, above 0.5 to 1, which keeps two units
        in one core.

    Returns
    -------
    Division
        Every unit has a grid; the same for the same area and layers.

    Raises
    ------
    ValueError
        Where `together` or a weight is out of its range.
    """
    names = list(prepared.present) if names is None else names
    counts = [(weights or {}).get(name, 1.0) for name in names]
    if not _MAJORITY < together <= 1 or min(counts, default=1.0) <= 0:
        raise ValueError(f"together is above 0.5 to 1, weights above 0: {together}, {counts}")
    scope = prepared.units.frame.set_index(UNIT_ID)["scope"]
    places = prepared.layers.communities.set_index(COMMUNITY_CODE)
    grid_of: dict[str, str] = {}
    for code, graph in prepared.fabric.graphs.items():
        ids, place = list(graph.ids), places.loc[code]
        grids = [prepared.present[name].unit_grid.reindex(ids).fillna("") for name in names]
        limits = prepared.rules.bounds(
            ResidenceClass(place[RESIDENCE_CLASS]), float(place[DIFFICULTY])
        )
        groups = _Groups(graph, _Togetherness(graph, grids, counts), list(scope[ids]), limits)
        groups.join(together)
        groups.join(_MAJORITY)
        groups.join(0.0, _floor(limits))
        for positions in groups.members():
            centre = ids[positions[graph.subgraph(positions).centre(limits[2])[0]]]
            grid_of |= {ids[at]: f"{code}-{centre}" for at in positions}
    return Division(grid_of)


def _floor(limits: tuple[float, float, float]) -> float:
    """What a grid should hold: where no lower limit says so, half of the upper one."""
    lower, upper, _ = limits
    return lower or (upper / 2 if math.isfinite(upper) else 1.0)


class _Togetherness:
    """How far layers keep groups of units together; a unit without households counts as one."""

    def __init__(
        self, graph: UnitGraph, grids: Sequence[pd.Series], counts: Sequence[float]
    ) -> None:
        mass = np.maximum(graph.weight, 1).astype(np.float64)
        held, covered, share = [], [], []
        for grid, count in zip(grids, counts, strict=True):
            number, names = pd.factorize(grid.where(grid != ""))
            inside = number[:, None] == np.arange(len(names))
            held.append(inside * mass[:, None])
            covered.append((number >= 0) * mass)
            share += [count] * len(names)
        self._held = np.hstack([np.zeros((len(graph), 0)), *held])
        self._covered = np.array(covered).reshape(len(grids), len(graph)).T.copy()
        self._share, self._counts = np.array(share), np.array(counts)

    def of(self, group: int, others: Sequence[int]) -> NDArray[np.float64]:
        """With each of `others`: share of pairs of households in one grid, over the layers.

        Layers that cover only one of two groups do not count; 0 where none covers both.
        """
        same = self._held[others] @ (self._held[group] * self._share)
        both = self._covered[others] @ (self._covered[group] * self._counts)
        return np.asarray(np.divide(same, both, out=np.zeros_like(both), where=both > 0))

    def join(self, group: int, gone: int) -> None:
        """Put one group into another."""
        self._held[group] += self._held[gone]
        self._covered[group] += self._covered[gone]


class _Groups:
    """Groups of one community's units that grow; each has the number of its first unit."""

    def __init__(
        self,
        graph: UnitGraph,
        togetherness: _Togetherness,
        scopes: Sequence[str],
        limits: tuple[float, float, float],
    ) -> None:
        self._graph, self._together, self._scopes = graph, togetherness, scopes
        _, self._upper, self._radius_m = limits
        self._held = {unit: [unit] for unit in range(len(graph))}
        self._weight = dict(enumerate(graph.weight.tolist()))
        self._beside: dict[int, dict[int, float]] = {unit: {} for unit in self._held}
        for (one, other), metres in zip(graph.edges.tolist(), graph.border_m, strict=True):
            if scopes[one] == scopes[other]:
                self._beside[one][other] = self._beside[other][one] = float(metres)

    def members(self) -> list[NDArray[np.int64]]:
        """Positions of the units of each group, in order."""
        return [np.sort(held) for held in self._held.values()]

    def join(self, least: float, below: float = math.inf) -> None:
        """Join groups that hold less than `below`, the smallest first, as long as any can be.

        Parameters
        ----------
        least : float
            Togetherness that a neighbour needs at least.
        below : float
            In the measure of the limits.
        """
        waiting = [(weight, group) for group, weight in self._weight.items()]
        heapq.heapify(waiting)
        while waiting:
            weight, group = heapq.heappop(waiting)
            if self._weight.get(group) != weight or weight >= below:
                continue  # joined meanwhile, or large enough
            other = self._best(group, least)
            if other is not None:
                kept = self._put_together(group, other)
                heapq.heappush(waiting, (self._weight[kept], kept))

    def _best(self, group: int, least: float) -> int | None:
        """The neighbour to join: within the radius where one is, then by what layers say."""
        room = self._upper - self._weight[group]
        others = sorted(other for other in self._beside[group] if self._weight[other] <= room)
        if not others:
            return None
        said = self._together.of(group, others)
        ranked = sorted(
            (-value, -self._beside[group][other], other)
            for value, other in zip(said.round(9), others, strict=True)
            if value >= least - 1e-9
        )
        near = (other for *_, other in ranked if self._radius(group, other) <= self._radius_m)
        return next(near, ranked[0][-1] if ranked else None)

    def _radius(self, group: int, other: int) -> float:
        positions = np.array(self._held[group] + self._held[other])
        return self._graph.subgraph(positions).centre(self._radius_m)[1]

    def _put_together(self, one: int, other: int) -> int:
        kept, gone = min(one, other), max(one, other)
        self._held[kept] += self._held.pop(gone)
        self._weight[kept] += self._weight.pop(gone)
        self._together.join(kept, gone)
        for beside, metres in self._beside.pop(gone).items():
            del self._beside[beside][gone]
            if beside != kept:
                both = metres + self._beside[kept].get(beside, 0.0)
                self._beside[kept][beside] = self._beside[beside][kept] = both
        return kept
