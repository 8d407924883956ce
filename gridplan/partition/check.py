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

from gridplan.partition.limits import NO_TERMS, NO_WISHES, Terms, Wishes, pairs_of

_SLACK = 1e-6
"""Metres or households that rounding may cost."""


@dataclass(frozen=True)
class Breach:
    """One rule that one grid breaks.

    Parameters
    ----------
    rule : str
        ``upper`` or ``lower`` of households, ``upper.NAME`` or ``lower.NAME`` of a measure,
        ``radius``, ``contiguity``, ``centre``, ``apart``, ``together`` or
        ``fixed_centre``.
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
    terms: Terms = NO_TERMS,
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
    terms : Terms
        What else has to be kept.

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
    more = [(f".{each.name}", each.amount, each.lower, each.upper) for each in terms.measures]
    limits = [("", weight, lower, upper), *more]
    breaches: list[Breach] = []
    for centre in np.unique(labels).tolist():
        units = np.flatnonzero(labels == centre)
        whole = tuple(units.tolist())
        if labels[centre] != centre:
            breaches.append(Breach("centre", centre, float(labels[centre]), centre, whole))
        told = [_beyond_limits(centre, units, *limit) for limit in limits]
        if not (terms.either and [] in told):
            breaches += [breach for each in told for breach in each]
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
    return (*breaches, *_held_fixed(labels, terms))


def _beyond_limits(
    centre: int, units: NDArray[np.int64], name: str, amount: NDArray[np.int64],
    lower: float, upper: float,
) -> list[Breach]:  # fmt: skip
    load, whole = float(amount[units].sum()), tuple(units.tolist())
    if load > upper + _SLACK:
        return [Breach(f"upper{name}", centre, load, upper, whole)]
    if load < lower - _SLACK:
        return [Breach(f"lower{name}", centre, load, lower, whole)]
    return []


def _held_fixed(labels: NDArray[np.int64], terms: Terms) -> list[Breach]:
    """Units together or apart that must not be, and units that are no centre but must be."""
    met = [
        Breach("apart", int(labels[a]), 2, 1, (a, b))
        for a, b in pairs_of(terms.apart).tolist()
        if labels[a] == labels[b]
    ]
    parted = [
        Breach("together", int(labels[a]), 1, 2, (a, b))
        for a, b in pairs_of(terms.together).tolist()
        if labels[a] != labels[b]
    ]
    moved = [
        Breach("fixed_centre", int(labels[c]), float(labels[c]), c, (c,))
        for c in terms.centres
        if labels[c] != c
    ]
    return [*met, *parted, *moved]


def _pieces(units: NDArray[np.int64], edges: NDArray[np.int64], count: int) -> int:
    inside = np.zeros(count, dtype=bool)
    inside[units] = True
    kept = edges[inside[edges].all(axis=1)] if len(edges) else edges.reshape(0, 2)
    matrix = _neighbours(kept, count)[units][:, units]
    return int(connected_components(matrix, directed=False)[0])


def _neighbours(edges: NDArray[np.int64], count: int) -> csr_array:
    ones = np.ones(len(edges))
    return coo_array((ones, (edges[:, 0], edges[:, 1])), shape=(count, count)).tocsr()


def objective(
    labels: NDArray[np.int64],
    cost: NDArray[np.float64],
    *,
    weight: NDArray[np.int64] | None = None,
    edges: NDArray[np.int64] | None = None,
    wishes: Wishes = NO_WISHES,
    mean: float = 0.0,
    moved: float = 0.0,
) -> float:
    """Sum of the cost of every unit in its grid, and of the prices of wishes not met.

    Parameters
    ----------
    labels : int array, shape (n,)
        Centre of each unit.
    cost : float array, shape (n, n)
    weight, edges
        See :func:`check_labels`; needed where balance or cut edges have a price.
    wishes : Wishes
    mean : float
        Households of a balanced grid.
    moved : float
        Households that leave their present grid.
    """
    told = float(cost[np.arange(len(labels)), labels].sum()) + wishes.stay * moved
    if wishes.cut is not None and edges is not None:
        told += float(wishes.cut[labels[edges[:, 0]] != labels[edges[:, 1]]].sum())
    if weight is not None and wishes.balance > 0:
        held = [float(weight[labels == centre].sum()) for centre in np.unique(labels)]
        told += wishes.balance * sum(abs(each - mean) for each in held)
    return told


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
