"""spopt: Max-p regions and AZP.

Max-p takes the lower limit as its threshold, and makes as many grids as that allows: it can be
asked neither for a number of grids nor for an upper limit or a radius. AZP takes the number of
grids; limits, radius and cost are handed to it as an objective function of the benchmark's own. A try
that takes half of the time left is given up: Max-p may walk in circles on few large grids.
"""

from __future__ import annotations

import signal
import sys
import warnings
from itertools import count
from typing import Any

import geopandas as gpd
import numpy as np
from libpysal.weights import W
from numpy.typing import NDArray
from spopt.region import AZP, MaxPHeuristic
from spopt.region.objective_function import ObjectiveFunction

from benchmarks.peers.common import FLOAT, Job, Judge, centre_cost, play

_TIGHTER = (1.0, 1.05, 1.1, 1.2, 1.3)
"""Shares of the lower limit tried as threshold: a higher one makes fewer grids."""


def search(job: Job, judge: Judge) -> None:
    """Try seeds with the method that the command line names, until the time is over."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _give_up)
    places = gpd.GeoDataFrame(
        {"x": job.xy[:, 0], "y": job.xy[:, 1], "held": job.weight},
        geometry=gpd.points_from_xy(*job.xy.T),
    )
    links = job.neighbours()
    near = np.split(links.indices, links.indptr[1:-1])
    weights = W({u: ends.tolist() for u, ends in enumerate(near)}, silence_warnings=True)
    make = _azp if "--azp" in sys.argv else _max_p
    for number in count():
        if judge.left_s <= 0:
            return
        model = make(job, places, weights, number)
        signal.setitimer(signal.ITIMER_REAL, max(0.01, judge.left_s / 2))
        try:
            model.solve()
        except TimeoutError:
            continue
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        judge.offer(np.asarray(model.labels_))


def _azp(job: Job, places: gpd.GeoDataFrame, near: W, number: int) -> AZP:
    return AZP(
        places, near, ["x", "y"], job.groups, random_state=job.seed + number,
        objective_func=Cost(job),
    )  # fmt: skip


def _max_p(job: Job, places: gpd.GeoDataFrame, near: W, number: int) -> MaxPHeuristic:
    np.random.seed(job.seed + number)  # noqa: NPY002  # the library draws from it
    threshold = job.lower * _TIGHTER[number % len(_TIGHTER)]
    return MaxPHeuristic(
        places, near, ["x", "y"], "held", threshold, max_iterations_construction=99,
        max_iterations_sa=2,
    )  # fmt: skip


def _give_up(*_: object) -> None:
    raise TimeoutError


class Cost(ObjectiveFunction):  # type: ignore[misc]  # the library is untyped
    """Cost at the best centre, and far more than any cost for what is outside the limits.

    Parameters
    ----------
    job : Job
        With units in the order of the labels that the library passes.
    """

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job
        self.dearest = float(np.where(np.isfinite(job.cost), job.cost, 0.0).max())

    def __call__(self, labels: NDArray[Any], attr: FLOAT) -> float:  # noqa: ARG002
        """Of a whole plan."""
        return sum(self._grid(labels == name) for name in np.unique(labels))

    def update(
        self, moving_area: int, recipient_region: int, labels: NDArray[Any], attr: FLOAT  # noqa: ARG002
    ) -> float:  # fmt: skip
        """What a plan gains in cost by one unit's move."""
        giver, taker = labels == labels[moving_area], labels == recipient_region
        before = self._grid(giver) + self._grid(taker)
        giver[moving_area], taker[moving_area] = False, True
        return self._grid(giver) + self._grid(taker) - before

    def _grid(self, inside: NDArray[np.bool_]) -> float:
        job, units = self.job, np.flatnonzero(inside)
        if len(units) == 0:
            return self.dearest * len(job)
        held = float(job.weight[units].sum())
        outside = max(0.0, held - job.upper, job.lower - held)
        far, own = centre_cost(job.cost, units)
        return own + self.dearest * (far + outside / max(1.0, float(job.weight.mean())))


if __name__ == "__main__":
    play(("spopt",), search)
