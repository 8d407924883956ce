"""The spatial scan statistic: which zones have more cases than their households explain.

M. Kulldorff, "A spatial scan statistic", Communications in Statistics 26 (1997), 1481–1496.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gridplan.hotspots.zones import FLOAT, INT, Zones
from gridplan.partition.compiled import compiled

BATCH = 250
"""Replicates drawn at a time, so that they need not all be held in memory."""
ABREAST = 64
"""Maps looked at side by side: the processor counts several at a time."""


@dataclass(frozen=True)
class ScanSpec:
    """How clusters are tested.

    Parameters
    ----------
    replications : int
        Random maps that the found one is held against; the smallest p-value is one part in
        these plus one.
    level : float
        Clusters with a greater p-value are not reported.
    most : int
        Clusters reported at most.
    """

    replications: int = 999
    level: float = 0.05
    most: int = 10

    def __post_init__(self) -> None:
        if self.replications < 1 or not 0 < self.level <= 1:
            raise ValueError(f"{self.replications} replications at level {self.level}")

    def shared_out(self, tests: int) -> ScanSpec:
        """The level divided by the number of tests, so that all together keep it (Bonferroni)."""
        return replace(self, level=self.level / tests)


@dataclass(frozen=True, eq=False)
class Cluster:
    """A zone with more cases than expected.

    Parameters
    ----------
    cells : int array
        Its cells, in the order of their chain.
    observed : int
        Cases inside.
    expected : float
        Cases that its share of the weight would have.
    relative_risk : float
        Rate inside over rate outside.
    llr : float
        Log likelihood ratio.
    p_value : float
        Share of random maps, this one among them, whose best zone is as good.
    """

    cells: INT
    observed: int
    expected: float
    relative_risk: float
    llr: float
    p_value: float


def scan(
    cases: INT, weight: FLOAT, zones: Zones, spec: ScanSpec, rng: np.random.Generator
) -> tuple[Cluster, ...]:
    """Significant clusters that do not overlap, the most likely first.

    Under the null hypothesis each case falls into a cell with a chance in proportion to its
    weight. The log likelihood ratio of a zone with c of C cases where e are expected is
    c·ln(c/e) + (C−c)·ln((C−c)/(C−e)) where c > e, else 0.

    Parameters
    ----------
    cases : int array, shape (n,)
        In each cell.
    weight : float array, shape (n,)
        Households of each cell; a cell without any may hold no case.
    zones : Zones
        What is tried.
    spec : ScanSpec
        Replications and level.
    rng : Generator
        Draws the random maps.

    Returns
    -------
    tuple of Cluster

    Raises
    ------
    ValueError
        Where a case lies in a cell without weight.
    """
    if (cases[weight <= 0] > 0).any():
        raise ValueError("a case lies where nothing is expected")
    found = likely(cases, weight, zones, spec.most)
    if not found or found[0].llr <= 0:
        return ()
    best = null_maxima(int(cases.sum()), weight, zones, spec.replications, rng)
    tested = [with_p_value(cluster, best) for cluster in found]
    return tuple(cluster for cluster in tested if cluster.p_value <= spec.level)


def likely(cases: INT, weight: FLOAT, zones: Zones, most: int) -> list[Cluster]:
    """The best zones that do not overlap, untested, the best first."""
    total = int(cases.sum())
    ratio = ratios_of(cases, total, chances_of(total, total, weight, zones), zones)
    expected = total * weight / weight.sum()
    return [
        replace(one, relative_risk=_relative_risk(one.observed, one.expected, total))
        for one in likely_of(cases, expected, ratio, zones, most)
    ]


def likely_of(cases: INT, expected: FLOAT, ratio: FLOAT, zones: Zones, most: int) -> list[Cluster]:
    """The best zones that do not overlap, by ratios that are known; risk is observed/expected."""
    chain_of = np.repeat(np.arange(len(zones.start) - 1), np.diff(zones.start))
    taken = np.zeros(len(cases), dtype=bool)
    found: list[Cluster] = []
    for place in np.argsort(-ratio, kind="stable"):
        if ratio[place] <= 0 or len(found) == most:
            break
        cells = zones.cells(int(chain_of[place]), int(place))
        if not taken[cells].any():
            taken[cells] = True
            observed, due = int(cases[cells].sum()), float(expected[cells].sum())
            found.append(Cluster(cells, observed, due, observed / due, float(ratio[place]), np.nan))
    return found


def ratios_of(cases: INT, total: int, chances: tuple[FLOAT, FLOAT], zones: Zones) -> FLOAT:
    """Log likelihood ratio at each place of ``zones.member``; 0 where no zone may end."""
    ratio = np.zeros(len(zones.member))
    _ratios(cases, entropy_of(total), *chances, zones.start, zones.member, ratio)
    return ratio


def null_maxima(
    total: int, weight: FLOAT, zones: Zones, replications: int, rng: np.random.Generator
) -> FLOAT:
    """The best ratio of each of many maps on which nothing but chance puts the cases.

    Parameters
    ----------
    total : int
        Cases on a map.
    weight : float array, shape (n,)
        In proportion to which they fall.
    zones : Zones
        What is tried.
    replications : int
        Maps.
    rng : Generator
        Draws them.

    Returns
    -------
    float array, shape (replications,)
    """
    chances = chances_of(total, total, weight, zones)
    share = weight / weight.sum()
    best: list[FLOAT] = []
    for first in range(0, replications, BATCH):
        maps = rng.multinomial(total, share, size=min(BATCH, replications - first))
        best.append(maxima(maps, total, chances, zones))
    return np.concatenate(best)


def maxima(maps: INT, total: int, chances: tuple[FLOAT, FLOAT], zones: Zones) -> FLOAT:
    """The best ratio of each map, shape (maps,); `maps` has a row of counts for each."""
    return _maxima(maps, entropy_of(total), *chances, zones.start, zones.member)


def with_p_value(cluster: Cluster, best: FLOAT) -> Cluster:
    """The cluster with its p-value among the maxima of random maps."""
    return replace(cluster, p_value=float((1 + np.sum(best >= cluster.llr)) / (1 + len(best))))


def _relative_risk(observed: int, expected: float, total: int) -> float:
    if observed == total:
        return float("inf")
    return observed / expected / ((total - observed) / (total - expected))


def entropy_of(total: int) -> FLOAT:
    """x·ln x for 0 to `total`."""
    whole = np.arange(total + 1, dtype=np.float64)
    return whole * np.log(np.maximum(whole, 1.0))


def chances_of(total: int, shared: int, weight: FLOAT, zones: Zones) -> tuple[FLOAT, FLOAT]:
    """Logarithms of e and C−e at each place of ``zones.member``; +inf where no zone may end.

    Parameters
    ----------
    total : int
        C, all cases.
    shared : int
        Cases that the zones share by their weight: all, or those of a stretch of time.
    weight : float array, shape (n,)
        Of each cell.
    zones : Zones
        What is tried.
    """
    held = np.concatenate([[0.0], np.cumsum(weight[zones.member])])
    begin = np.repeat(held[zones.start[:-1]], np.diff(zones.start))
    expected = shared * (held[1:] - begin) / weight.sum()
    usable = zones.stop & (expected > 0) & (expected < total)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(usable, np.log(expected), np.inf)
        outside = np.where(usable, np.log(total - expected), np.inf)
    return inside, outside


@compiled
def _ratios(
    cases: INT,
    entropy: FLOAT,
    inside: FLOAT,
    outside: FLOAT,
    start: INT,
    member: INT,
    ratio: FLOAT,
) -> None:
    total = len(entropy) - 1
    expected = np.exp(inside)
    for chain in range(len(start) - 1):
        count = 0
        for place in range(start[chain], start[chain + 1]):
            count += cases[member[place]]
            if count > expected[place]:
                rest = total - count
                value = entropy[count] - count * inside[place]
                ratio[place] = value + entropy[rest] - rest * outside[place]


@compiled
def _step(count: FLOAT, more: FLOAT, due: float, slope: float, top: FLOAT) -> int:
    """Add a cell's cases to the count of each map; how many maps may beat their best."""
    better = 0
    for one in range(len(count)):
        count[one] += more[one]
        over = count[one] - due
        better += 1 if over * abs(over) * slope > top[one] else 0
    return better


@compiled
def _maxima(
    maps: INT, entropy: FLOAT, inside: FLOAT, outside: FLOAT, start: INT, member: INT
) -> FLOAT:
    """Several maps side by side; the exact ratio only where (c−e)²(1/e + 1/(C−e)) tops the best.

    That is the chi-squared distance, which no log likelihood ratio exceeds.
    """
    total = len(entropy) - 1
    best = np.zeros(len(maps))
    expected = np.exp(inside)
    expected[np.isinf(expected)] = 2.0 * total  # no count comes near it
    steep = 1.0 / expected + 1.0 / np.abs(total - expected)
    for first in range(0, len(maps), ABREAST):
        top = best[first : first + ABREAST]
        count, cases = np.zeros(len(top)), np.empty((maps.shape[1], len(top)))
        cases[:] = maps[first : first + ABREAST].T
        for chain in range(len(start) - 1):
            count[:] = 0.0
            for place in range(start[chain], start[chain + 1]):
                due, slope = expected[place], steep[place]
                if not _step(count, cases[member[place]], due, slope, top):
                    continue
                for one in range(len(top)):
                    over = count[one] - due
                    if over > 0 and over * over * slope > top[one]:
                        held = int(count[one])
                        rest = total - held
                        value = entropy[held] - held * inside[place]
                        value += entropy[rest] - rest * outside[place]
                        top[one] = max(top[one], value)
    return best
