"""Where the next stations do most: covering and median models, exact and greedy."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pulp
from numpy.typing import NDArray

from gridplan.coverage.programme import by_any, choices, chosen, merge, run, served

FLOAT = NDArray[np.float64]
INT = NDArray[np.int64]
BOOL = NDArray[np.bool_]

NEAR_TIE = 0.02
"""Sites whose result is this near to the best are told beside it: the choice is then local."""


@dataclass(frozen=True, eq=False)
class Siting:
    """Stations chosen among candidates.

    Parameters
    ----------
    sites : int array, shape (p,)
        Columns of the chosen candidates, ascending; of existing stations none.
    covered : float
        Weight of the demand that the sites and the existing stations reach together.
    total : float
        Weight of all demand.
    objective : float
        Sites needed, weight covered, or weight × metres, as the model asks.
    bound : float
        No choice is better than this.
    proved : bool
        Whether the solver proved the choice best; False of a greedy one.
    unreached : int array
        Rows of the demand that neither a candidate nor an existing station reaches.
    seconds : float
        Wall-clock time.
    """

    sites: INT
    covered: float
    total: float
    objective: float
    bound: float
    proved: bool
    unreached: INT
    seconds: float


class Swap(NamedTuple):
    """Another choice nearly as good: one chosen site in exchange for another candidate."""

    site: int
    instead: int
    covered: float


def fewest_sites(covers: BOOL, *, time_limit_s: float = 60.0) -> Siting:
    """The fewest sites that reach everyone whom any candidate reaches (LSCP).

    Toregas, Swain, ReVelle and Bergman 1971: min Σ x_j with Σ_{j reaches i} x_j ≥ 1 for each i.

    Parameters
    ----------
    covers : bool array, shape (n, m)
        Whether candidate j reaches demand i.
    time_limit_s : float
        For the solver.
    """
    started = time.perf_counter()
    covers = np.asarray(covers, dtype=bool)
    unreached = np.flatnonzero(~covers.any(axis=1))
    weight = np.ones(len(covers))
    merged = merge(weight, covers)
    lp = pulp.LpProblem("fewest_sites", pulp.LpMinimize)
    x = choices(lp, covers.shape[1])
    lp += pulp.lpSum(x)
    for number, row in enumerate(merged.covers):
        lp += pulp.lpSum(x[j] for j in np.flatnonzero(row)) >= 1, f"reached_{number}"
    bound, proved = run(lp, time_limit_s)
    sites = chosen(x)
    return Siting(
        sites,
        float(weight[covers[:, sites].any(axis=1)].sum()),
        float(weight.sum()),
        float(len(sites)),
        float(np.ceil(bound - 1e-6)),
        proved,
        unreached,
        time.perf_counter() - started,
    )


def best_sites(
    weight: FLOAT,
    covers: BOOL,
    count: int,
    *,
    existing: Iterable[int] = (),
    capacity: FLOAT | None = None,
    time_limit_s: float = 60.0,
) -> Siting:
    """The sites that reach the most demand (MCLP).

    Church and ReVelle 1974: max Σ w_i y_i with y_i ≤ Σ_{j reaches i} x_j and Σ x_j = p. Rows with
    the same pattern of candidates are added up first, and without capacities what existing
    stations reach drops out: neither changes the answer. With capacities demand is shared out:
    max Σ z_ij with Σ_j z_ij ≤ w_i, Σ_i z_ij ≤ c_j x_j and z_ij ≤ w_i x_j.

    Parameters
    ----------
    weight : float array, shape (n,)
        Households, say; not negative.
    covers : bool array, shape (n, m)
        Whether candidate j reaches demand i. Several kinds of service in one station: a row for
        each household and kind, under the kind's own walking distance.
    count : int
        New sites.
    existing : iterable of int
        Columns of stations that stand already; they are kept, and not counted.
    capacity : float array, shape (m,), optional
        Demand that each station can serve; ``inf`` for no limit.
    time_limit_s : float
        For the solver.
    """
    started = time.perf_counter()
    weight, covers = np.asarray(weight, dtype=float), np.asarray(covers, dtype=bool)
    locked = np.zeros(covers.shape[1], dtype=bool)
    locked[list(existing)] = True
    limited = capacity is not None and bool(np.isfinite(capacity).any())
    held = 0.0
    rest = covers
    if not limited:
        there = by_any(covers, locked)
        held, rest = float(weight[there].sum()), covers & ~there[:, None]
    count = min(count, int((~locked).sum()))
    merged = merge(weight, rest)
    lp = pulp.LpProblem("best_sites", pulp.LpMaximize)
    x = choices(lp, covers.shape[1])
    for j in np.flatnonzero(locked):
        x[j].lowBound = 1
    lp += served(lp, merged, x, capacity if limited else None)
    lp += pulp.lpSum(x) == count + int(locked.sum()), "count"
    bound, proved = run(lp, time_limit_s)
    reached = held + float(pulp.value(lp.objective) or 0.0)
    return Siting(
        np.setdiff1d(chosen(x), np.flatnonzero(locked)),
        reached,
        float(weight.sum()),
        reached,
        held + bound,
        proved,
        np.flatnonzero(~covers.any(axis=1)),
        time.perf_counter() - started,
    )


def median_sites(weight: FLOAT, metres: FLOAT, count: int, *, time_limit_s: float = 60.0) -> Siting:
    """The sites with the least way in all (p-median), for comparison.

    Hakimi 1964: min Σ w_i d_ij z_ij with Σ_j z_ij = 1, z_ij ≤ x_j and Σ x_j = p.

    Parameters
    ----------
    weight : float array, shape (n,)
    metres : float array, shape (n, m)
        ``inf`` where there is no way.
    count : int
        Sites.
    time_limit_s : float
        For the solver.

    Raises
    ------
    GridplanError
        Where so few sites leave someone without any way.
    """
    started = time.perf_counter()
    weight, metres = np.asarray(weight, dtype=float), np.asarray(metres, dtype=float)
    ways = np.isfinite(metres)
    unreached = np.flatnonzero(~ways.any(axis=1))
    lp = pulp.LpProblem("median_sites", pulp.LpMinimize)
    x = choices(lp, metres.shape[1])
    cost = []
    for i in np.flatnonzero(ways.any(axis=1)):
        z = {j: lp.add_variable(f"z_{i}_{j}", 0, 1) for j in np.flatnonzero(ways[i])}
        lp += pulp.lpSum(z.values()) == 1, f"served_{i}"
        for j, share in z.items():
            lp += share <= x[j], f"open_{i}_{j}"
            cost.append((share, float(weight[i] * metres[i, j])))
    lp += pulp.LpAffineExpression(cost)
    lp += pulp.lpSum(x) == min(count, metres.shape[1]), "count"
    bound, proved = run(lp, time_limit_s)
    sites = chosen(x)
    reached = np.isfinite(metres[:, sites]).any(axis=1)
    least = weight[reached] @ metres[np.ix_(reached, sites)].min(axis=1)
    return Siting(
        sites,
        float(weight[reached].sum()),
        float(weight.sum()),
        float(least),
        bound,
        proved,
        unreached,
        time.perf_counter() - started,
    )


def greedy_sites(
    weight: FLOAT, covers: BOOL, count: int, *, existing: Iterable[int] = ()
) -> Siting:
    """Sites one after another, each where it adds most: at least 63 % of the best, at once.

    The share 1 − 1/e is of Nemhauser, Wolsey and Fisher 1978.

    Parameters
    ----------
    weight, covers, count, existing
        As of :func:`best_sites`, without capacities.
    """
    started = time.perf_counter()
    weight, covers = np.asarray(weight, dtype=float), np.asarray(covers, dtype=bool)
    columns = np.asarray([*existing], dtype=np.int64)
    there = by_any(covers, columns)
    held = float(weight[there].sum())
    merged = merge(weight, covers & ~there[:, None])
    left = merged.weight.copy()
    sites: list[int] = []
    for _ in range(count):
        gain = left @ merged.covers
        gain[[*sites, *columns]] = -1.0
        if not len(gain) or gain.max() < 0:
            break
        sites.append(int(gain.argmax()))
        left[merged.covers[:, sites[-1]]] = 0.0
    reached = held + float(merged.weight.sum() - left.sum())
    return Siting(
        np.sort(np.asarray(sites, dtype=np.int64)),
        reached,
        float(weight.sum()),
        reached,
        held + float(merged.weight.sum()),
        False,
        np.flatnonzero(~covers.any(axis=1)),
        time.perf_counter() - started,
    )


def near_ties(
    weight: FLOAT,
    covers: BOOL,
    siting: Siting,
    *,
    existing: Iterable[int] = (),
    share: float = NEAR_TIE,
) -> tuple[Swap, ...]:
    """Exchanges of one site that reach within `share` of as much, the best first.

    Parameters
    ----------
    weight, covers, existing
        As handed to :func:`best_sites`, without capacities.
    siting : Siting
        Its answer.
    share : float
        Of the weight covered.
    """
    weight, covers = np.asarray(weight, dtype=float), np.asarray(covers, dtype=bool)
    held = np.asarray([*siting.sites, *existing], dtype=np.int64)
    stations = covers[:, held].sum(axis=1)
    others = np.setdiff1d(np.arange(covers.shape[1]), held)
    swaps = []
    for site in siting.sites.tolist():
        bare = stations - covers[:, site] == 0
        without = weight[~bare].sum()
        reached = without + weight[bare] @ covers[np.ix_(bare, others)]
        close = np.flatnonzero(reached >= (1 - share) * siting.covered - 1e-9)
        swaps += [Swap(site, int(others[k]), float(reached[k])) for k in close]
    return tuple(sorted(swaps, key=lambda swap: (-swap.covered, swap.site, swap.instead)))
