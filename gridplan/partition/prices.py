"""A field with its arcs, pairs and limits priced for the search."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.anneal import Pairs
from gridplan.partition.construct import tree_split
from gridplan.partition.field import Field
from gridplan.partition.score import ASTRAY_M, weigh

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]

_FORBIDDEN = 1000.0
"""Price of what is forbidden, in units of a unit's usual cost."""


@dataclass(frozen=True, eq=False)
class Priced:
    """A field and its prices.

    Parameters
    ----------
    field : Field
    price : float array, shape (n, n)
        Of each arc; one that is too far carries a high price.
    pairs : Pairs
    tie : float
        Price of a pair against the terms.
    scale : float
        A unit's usual cost.
    rate : float
        Price of a household outside the limits.
    leave : float
        Price of a household that leaves its present grid.
    """

    field: Field
    price: FLOAT
    pairs: Pairs
    tie: float
    scale: float
    rate: float
    leave: float

    def region(self, units: INT) -> Priced:
        """The same of some units alone."""
        price = np.ascontiguousarray(self.price[np.ix_(units, units)])
        part = self.field.region(units)
        return replace(self, field=part, price=price, pairs=_pairs(part, self.tie))


def priced(field: Field, groups: int, seed: int) -> Priced:
    """Price forbidden arcs and households outside the limits by the cost of a random plan."""
    label = tree_split(
        field.weight, field.indptr, field.indices, field.length, groups,
        field.lower, field.upper, 1, seed,
    )  # fmt: skip
    cost = float(weigh(field, label, groups).cost.sum())
    scale = max(cost / len(field), float(np.abs(field.cost).mean()) * 1e-3, 1e-9)
    # a household outside counts by what a move shifts, or by half the band where that is narrower
    band = max(1.0, (field.upper - field.lower) / 2)
    rate = 3.0 * scale / max(min(float(field.weight.mean()), band), 1e-9)
    stay = field.wished.stay
    if stay == 0 and not field.wished.change_first:
        # leaving decides only between plans that cost the same
        stay = 1e-6 * rate
    elif stay == 0 and (field.present >= 0).any():
        # households that leave weigh more than any gain in compactness, limits still more
        rate *= 10.0
        stay = 0.3 * rate
    rate = max(rate, 3.0 * stay)
    price = field.cost + scale * _far(field.excess)
    # no radius and no number of households outside the limits is worth a pair against the terms
    tie = float(_far(np.array(ASTRAY_M))) * scale + 100.0 * rate * float(field.weight.sum())
    return Priced(field, price, _pairs(field, tie), tie, scale, rate, stay)


def _far(excess: FLOAT) -> FLOAT:
    """Price of what is too far by some excess, in units of a unit's usual cost."""
    return _FORBIDDEN * ((excess > 0) + 0.1 * excess)


def _pairs(field: Field, tie: float) -> Pairs:
    """What pairs of units cost in different grids: at cut borders, and where a rule ties them."""
    near = np.column_stack([field.rows, field.indices])
    pairs = np.concatenate([field.apart, field.together])
    dear = np.repeat([-1.0, 1.0], [len(field.apart), len(field.together)]) * tie
    both = np.concatenate([near, pairs, pairs[:, ::-1]])
    price = np.concatenate([field.wished.cut, dear, dear])
    both, price = both[price != 0], price[price != 0]
    order = np.argsort(both[:, 0], kind="stable")
    start = np.zeros(len(field) + 1, dtype=np.int64)
    np.cumsum(np.bincount(both[:, 0], minlength=len(field)), out=start[1:])
    return Pairs(start, both[order, 1].astype(np.int64), price[order])
