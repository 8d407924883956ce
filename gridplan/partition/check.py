"""The checker: every breach of a plan, found anew from the data by means of its own.

It takes nothing from the modules that make plans, and none of their compiled code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

_SLACK = 1e-6
"""Metres or households that rounding may cost."""


@dataclass(frozen=True)
class Breach:
    """One rule that one grid breaks.

    Parameters
    ----------
    rule : str
        ``upper``, ``lower``, ``radius``, ``contiguity`` or ``centre``.
    centre : int
        Position of the grid's centre: its label.
    value, limit : float
        What the grid has and what the rule allows: households, metres, pieces.
    units : tuple of int
        Those beyond the radius; else all of the grid.
    """

    rule: str
    centre: int
    value: float
    limit: float
    units: tuple[int, ...]


def check_labels(
    labels: NDArray[np.int64],
    *,
    weight: NDArray[np.int64],
    edges: NDArray[np.int64] | None,
    lower: float,
    upper: float,
    distance: NDArray[np.float64] | None = None,
    radius_m: float | NDArray[np.float64] = np.inf,
) -> tuple[Breach, ...]:
    """Find every breach of a plan.

    Parameters
    ----------
    labels : int array, shape (n,)
        Position of the unit at the centre of each unit's grid.
    weight : int array, shape (n,)
        Households.
    edges : int array, shape (m, 2), or None
        Pairs of neighbours; None where grids need not be in one piece.
    lower, upper : float
        Limits of a grid's households.
    distance : float array, shape (n, n), optional
        Metres from unit i to unit j, ``inf`` where unit i may not go to centre j.
    radius_m : float or array of shape (n,)
        Greatest distance of a unit to its centre.

    Returns
    -------
    tuple of Breach
        By centre, then rule; empty for a legal plan.

    Raises
    ------
    ValueError
        Where a label is no unit.
    """
    count = len(weight)
    if labels.shape != (count,) or (count and (labels.min() < 0 or labels.max() >= count)):
        raise ValueError("labels are one unit position for each unit")
    reach = np.broadcast_to(np.asarray(radius_m, dtype=float), (count,))
    breaches: list[Breach] = []
    for centre in np.unique(labels).tolist():
        units = np.flatnonzero(labels == centre)
        whole = tuple(units.tolist())
        if labels[centre] != centre:
            breaches.append(Breach("centre", centre, float(labels[centre]), centre, whole))
        load = float(weight[units].sum())
        if load > upper + _SLACK:
            breaches.append(Breach("upper", centre, load, upper, whole))
        if load < lower - _SLACK:
            breaches.append(Breach("lower", centre, load, lower, whole))
        if distance is not None:
            away = distance[units, centre]
            far = np.flatnonzero((away > reach[units] + _SLACK) | np.isinf(away))
            if len(far):
                worst = far[np.argmax(away[far])]
                beyond = tuple(units[far].tolist())
                limit = float(reach[units[worst]])
                breaches.append(Breach("radius", centre, float(away[worst]), limit, beyond))
        if edges is not None:
            pieces = _pieces(units, edges, count)
            if pieces > 1:
                breaches.append(Breach("contiguity", centre, pieces, 1, whole))
    return tuple(breaches)


def _pieces(units: NDArray[np.int64], edges: NDArray[np.int64], count: int) -> int:
    inside = np.zeros(count, dtype=bool)
    inside[units] = True
    kept = edges[inside[edges].all(axis=1)] if len(edges) else edges.reshape(0, 2)
    matrix = _neighbours(kept, count)[units][:, units]
    return int(connected_components(matrix, directed=False)[0])


def _neighbours(edges: NDArray[np.int64], count: int) -> csr_array:
    ones = np.ones(len(edges))
    return coo_array((ones, (edges[:, 0], edges[:, 1])), shape=(count, count)).tocsr()


def objective(labels: NDArray[np.int64], cost: NDArray[np.float64]) -> float:
    """Sum of the cost of every unit in its grid."""
    return float(cost[np.arange(len(labels)), labels].sum())


def verify_unit_too_heavy(unit: int, weight: NDArray[np.int64], upper: float) -> bool:
    """Whether a unit is above the upper limit by itself."""
    return bool(weight[unit] > upper)


def verify_component(
    units: Sequence[int],
    *,
    weight: NDArray[np.int64],
    edges: NDArray[np.int64],
    lower: float,
    upper: float,
    scope: NDArray[np.str_] | None = None,
) -> bool:
    """Whether units that only units above the limit join to the rest make no whole number of grids.

    Parameters
    ----------
    units : sequence of int
        The piece.
    weight, edges, lower, upper
        See :func:`check_labels`.
    scope : str array, shape (n,), optional
        Units of different scopes are no neighbours.

    Returns
    -------
    bool
        True where no neighbour of the piece could share a legal grid with it, and no whole number
        K has K·lower ≤ households ≤ K·upper.
    """
    inside = np.zeros(len(weight), dtype=bool)
    inside[list(units)] = True
    crossing = edges[inside[edges].sum(axis=1) == 1]
    if scope is not None:
        crossing = crossing[scope[crossing[:, 0]] == scope[crossing[:, 1]]]
    outer = np.where(inside[crossing[:, 0]], crossing[:, 1], crossing[:, 0])
    inner = np.where(inside[crossing[:, 0]], crossing[:, 0], crossing[:, 1])
    if not ((weight[outer] > upper) | (weight[inner] > upper)).all():
        return False
    held = float(weight[inside].sum())
    fewest = 1 if np.isinf(upper) else max(1, int(np.ceil(held / upper)))
    return fewest * lower > held


def verify_sparse_place(
    unit: int,
    *,
    weight: NDArray[np.int64],
    edges: NDArray[np.int64],
    distance: NDArray[np.float64],
    lower: float,
    upper: float,
    radius_m: float,
    scope: NDArray[np.str_] | None = None,
) -> bool:
    """Whether no centre within the radius of a unit gathers the lower limit together with it.

    Walks from each centre over units that are within its radius or have no households, not above
    the upper limit and of the same scope; the unit's grid could hold no others.
    """
    count = len(weight)
    light = (weight <= upper) if scope is None else (weight <= upper) & (scope == scope[unit])
    if not light[unit]:
        return True
    matrix = _neighbours(edges, count)
    matrix = matrix + matrix.T
    served = weight > 0
    for centre in np.flatnonzero(((distance[unit] <= radius_m) | ~served[unit]) & light):
        near = np.flatnonzero(((distance[:, centre] <= radius_m) | ~served) & light)
        local = matrix[near][:, near]
        start = int(np.flatnonzero(near == centre)[0])
        reached = near[breadth_first_order(local, start, directed=False)[0]]
        if unit in reached and weight[reached].sum() >= lower:
            return False
    return True
