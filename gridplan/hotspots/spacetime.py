"""What is unusual now: the space-time permutation scan, which needs no households.

M. Kulldorff, R. Heffernan, J. Hartman, R. Assunção, F. Mostashari, "A space-time permutation scan
statistic for disease outbreak detection", PLoS Medicine 2 (2005), e59.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from gridplan.hotspots.scan import (
    BATCH,
    Cluster,
    ScanSpec,
    chances_of,
    likely_of,
    maxima,
    ratios_of,
    with_p_value,
)
from gridplan.hotspots.zones import FLOAT, INT, Zones


@dataclass(frozen=True)
class RecentSpec:
    """What counts as recent, and against how long a past it is held.

    Parameters
    ----------
    longest_weeks : int
        A recent cluster began at most so many weeks ago.
    history_weeks : int
        Weeks looked at in all, the recent ones among them.
    scan : ScanSpec
        The test.
    """

    longest_weeks: int = 4
    history_weeks: int = 26
    scan: ScanSpec = field(default_factory=ScanSpec)

    def __post_init__(self) -> None:
        if not 1 <= self.longest_weeks < self.history_weeks:
            raise ValueError(f"{self.longest_weeks} recent of {self.history_weeks} weeks")


@dataclass(frozen=True, eq=False)
class RecentCluster:
    """A zone with more cases in the last weeks than its past and everybody's present explain.

    Parameters
    ----------
    weeks : int
        How long it has lasted.
    cluster : Cluster
        Its cells and numbers; ``relative_risk`` is observed over expected there.
    """

    weeks: int
    cluster: Cluster


def scan_recent(
    cell: INT, week: INT, zones: Zones, spec: RecentSpec, rng: np.random.Generator
) -> tuple[RecentCluster, ...]:
    """Significant recent clusters that do not overlap, the most likely first.

    Of C cases, C(z) lie in a zone and C(w) in the last w weeks; where place and time have nothing
    to do with each other, C(z)·C(w)/C are expected in both. Random maps keep both margins.

    Parameters
    ----------
    cell : int array, shape (cases,)
        Where each case lies, 0 to n−1.
    week : int array, shape (cases,)
        How many whole weeks ago it came, 0 for the last seven days; those of
        `spec.history_weeks` and more are left out.
    zones : Zones
        Over the n cells.
    spec : RecentSpec
        How long.
    rng : Generator
        Draws the random maps.

    Returns
    -------
    tuple of RecentCluster
    """
    known = (week >= 0) & (week < spec.history_weeks)
    cell, week = cell[known], week[known]
    many = int(zones.member.max()) + 1 if len(zones.member) else 0
    held = np.bincount(cell, minlength=many)
    recent = [np.bincount(cell[week < weeks], minlength=many) for weeks in _windows(spec)]
    if not recent[-1].any() or (week < spec.longest_weeks).all():
        return ()
    found = _likely(held, recent, zones, spec.scan.most)
    if not found:
        return ()
    best = _null(held, recent, zones, spec.scan.replications, rng)
    tested = [RecentCluster(one.weeks, with_p_value(one.cluster, best)) for one in found]
    return tuple(one for one in tested if one.cluster.p_value <= spec.scan.level)


def _windows(spec: RecentSpec) -> range:
    return range(1, spec.longest_weeks + 1)


def _likely(held: INT, recent: list[INT], zones: Zones, most: int) -> list[RecentCluster]:
    """The best cylinders whose cells do not overlap, of all lengths."""
    total, weight = int(held.sum()), held.astype(np.float64)
    every = []
    for weeks, count in enumerate(recent, 1):
        chances = chances_of(total, int(count.sum()), weight, zones)
        ratio = ratios_of(count, total, chances, zones)
        expected = weight * count.sum() / total
        every += [
            RecentCluster(weeks, one) for one in likely_of(count, expected, ratio, zones, most)
        ]
    taken = np.zeros(len(held), dtype=bool)
    found: list[RecentCluster] = []
    for one in sorted(every, key=lambda one: (-one.cluster.llr, one.weeks)):
        if len(found) < most and not taken[one.cluster.cells].any():
            taken[one.cluster.cells] = True
            found.append(one)
    return found


def _null(
    held: INT, recent: list[INT], zones: Zones, replications: int, rng: np.random.Generator
) -> FLOAT:
    """The best ratio of each of many maps on which place and time are strangers."""
    total, weight = int(held.sum()), held.astype(np.float64)
    size = [int(count.sum()) for count in recent]
    chances = [chances_of(total, window, weight, zones) for window in size]
    best = []
    for first in range(0, replications, BATCH):
        top = np.zeros(min(BATCH, replications - first))
        for chance, maps in zip(chances, _shuffled(held, size, len(top), rng), strict=True):
            top = np.maximum(top, maxima(maps, total, chance, zones))
        best.append(top)
    return np.concatenate(best)


def _shuffled(held: INT, size: list[int], maps: int, rng: np.random.Generator) -> Iterator[INT]:
    """Cases of each cell in the last 1, 2, … weeks, were the weeks dealt out anew.

    Dealing weeks to cases is drawing, without putting back, as many cases as a week has.
    """
    dealt = np.zeros((maps, len(held)), dtype=np.int64)
    before = 0
    for window in size:
        for row in range(maps):
            rest = held - dealt[row]
            dealt[row] += rng.multivariate_hypergeometric(rest, window - before, method="marginals")
        before = window
        yield dealt
