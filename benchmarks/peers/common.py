"""What every peer shares: the job it is handed, the clock, and the judge of its own tries.

Nothing of gridplan is imported here, so that the peers' environment need not have it.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

FLOAT = NDArray[np.float64]
INT = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Job:
    """One instance, as a peer sees it.

    Parameters
    ----------
    weight : int array, shape (n,)
        Households.
    cost : float array, shape (n, n)
        Of unit i in the grid centred at unit j; ``inf`` where that is not allowed.
    edges : int array, shape (m, 2), or None
        Pairs of neighbours; None where grids need not be in one piece.
    lower, upper : float
        Limits of a grid's households.
    groups : int
        Number of grids.
    xy : float array, shape (n, 2)
        Places of the units: metres where the instance knows them, else drawn from its costs.
    seconds : float
        Time for the peer, from the moment that it is ready.
    seed : int
        Source of every random choice.
    """

    weight: INT
    cost: FLOAT
    edges: INT | None
    lower: float
    upper: float
    groups: int
    xy: FLOAT
    seconds: float
    seed: int

    def __len__(self) -> int:
        return len(self.weight)

    def neighbours(self) -> csr_array:
        """Symmetric matrix of ones, shape (n, n)."""
        edges = np.zeros((0, 2), dtype=np.int64) if self.edges is None else self.edges
        ends = np.vstack([edges, edges[:, ::-1]])
        matrix = coo_array((np.ones(len(ends)), ends.T), shape=self.cost.shape).tocsr()
        matrix.data[:] = 1.0
        return matrix


def read_job(path: Path) -> Job:
    """Read a job file: JSON, with the costs in a ``.npy`` file that it names."""
    data = json.loads(path.read_text("utf-8"))
    edges = data["edges"]
    return Job(
        np.array(data["weight"], dtype=np.int64),
        np.load(data["cost_file"]),
        None if edges is None else np.array(edges, dtype=np.int64).reshape(-1, 2),
        data["lower"], data["upper"], data["groups"],
        np.array(data["xy"], dtype=float), data["seconds"], data["seed"],
    )  # fmt: skip


class Judge:
    """Keeps the best of a peer's tries and tells the benchmark of it.

    The fewest broken rules come first, then households outside the limits, then cost: a method
    that cannot express a rule is helped by being tried until chance keeps it.
    """

    def __init__(self, job: Job) -> None:
        self.job, self.begun = job, monotonic()
        self.links = job.neighbours()
        self.best: tuple[float, float, float] = (math.inf, math.inf, math.inf)

    @property
    def left_s(self) -> float:
        """Seconds that the peer still has."""
        return self.begun + self.job.seconds - monotonic()

    def offer(self, labels: NDArray[Any]) -> tuple[float, float, float]:
        """Judge a plan, and tell of it where it is the best so far.

        Parameters
        ----------
        labels : array, shape (n,)
            A name of its grid for each unit, of any kind.

        Returns
        -------
        (float, float, float)
            Rules broken, households outside the limits, cost; least is best.
        """
        grid = np.unique(labels, return_inverse=True)[1]
        rank = self.rank(grid)
        if rank < self.best:
            self.best = rank
            _say(seconds=monotonic() - self.begun, labels=grid.tolist())
        return rank

    def bounded(self, bound: float) -> None:
        """Tell of a bound alone."""
        _say(seconds=monotonic() - self.begun, bound=bound)

    def infeasible(self) -> None:
        """Tell that no plan exists, proved."""
        _say(seconds=monotonic() - self.begun, infeasible=True)

    def rank(self, grid: INT) -> tuple[float, float, float]:
        """Rules broken, households outside the limits, cost of grids numbered from zero."""
        job = self.job
        count = int(grid.max()) + 1
        broken, cost = float(abs(count - job.groups)), 0.0
        held = np.bincount(grid, job.weight, count)
        outside = np.maximum(0, held - job.upper) + np.maximum(0, job.lower - held)
        broken += float((outside > 0).sum())
        for number in range(count):
            units = np.flatnonzero(grid == number)
            far, own = centre_cost(job.cost, units)
            broken, cost = broken + far, cost + own
            if job.edges is not None:
                broken += connected_components(self.links[units][:, units], directed=False)[0] - 1
        return broken, float(outside.sum()), cost


def centre_cost(cost: FLOAT, units: INT) -> tuple[int, float]:
    """Units out of reach, and the cost of the others, at the best centre of a grid."""
    inside = cost[np.ix_(units, units)]
    far = np.isinf(inside).sum(axis=0)
    total = np.where(np.isinf(inside), 0.0, inside).sum(axis=0)
    best = np.lexsort((total, far))[0]
    return int(far[best]), float(total[best])


def play(packages: tuple[str, ...], search: Callable[[Job, Judge], None]) -> None:
    """Run a peer on the job that the command line names.

    Parameters
    ----------
    packages : tuple of str
        Distributions whose versions the benchmark is told.
    search : callable
        Offers plans to the judge until it ends or the time is over.
    """
    job = read_job(Path(sys.argv[1]))
    random.seed(job.seed)
    np.random.seed(job.seed)  # noqa: NPY002  # the libraries draw from it
    _say(ready={name: version(name) for name in packages})
    search(job, Judge(job))


def _say(**line: Any) -> None:
    print(json.dumps(line), flush=True)
