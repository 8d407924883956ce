"""GerryChain: a recursive-tree start, then short bursts of ReCom steps towards less cost.

The household limits are hard constraints, contiguity is built in, and the cost to the best centre
is the score, with a unit out of reach dearer than any plan. The radius is no constraint of its
interface: a chain cannot start outside its constraints.
"""

from __future__ import annotations

import warnings
from functools import partial
from itertools import count

import networkx as nx
import numpy as np
from gerrychain import Graph, Partition
from gerrychain.optimization import SingleMetricOptimizer
from gerrychain.partition import recursive_tree_part
from gerrychain.proposals import recom
from gerrychain.proposals.tree_proposals import MetagraphError
from gerrychain.tree import bipartition_tree
from gerrychain.updaters import Tally

from benchmarks.peers.common import Job, Judge, centre_cost, play

_TREES = 100
"""Trees drawn for a step's cut before another pair of grids is tried."""

_PATIENCE = tuple(50 * 2**power for power in range(8))
"""Trees drawn for a cut of the start, in turn: loose limits want few, tight ones many."""

_BURST, _BURSTS = 10, 200
"""Steps in a burst, and bursts before the chain starts anew."""


def search(job: Job, judge: Judge) -> None:
    """Start anew until the time is over."""
    warnings.simplefilter("ignore")
    graph = _graph(job)
    for number in count():
        if judge.left_s <= 0:
            return
        try:
            _chain(job, judge, graph, number)
        except (MetagraphError, RuntimeError, ValueError):
            continue  # no balanced tree was found from there


def _graph(job: Job) -> Graph:
    graph = nx.Graph()
    graph.add_nodes_from((u, {"held": int(job.weight[u])}) for u in range(len(job)))
    graph.add_edges_from(job.edges.tolist() if job.edges is not None else ())
    return Graph.from_networkx(graph)


def _chain(job: Job, judge: Judge, graph: Graph, number: int) -> None:
    """One start, and bursts from there."""
    seed = job.seed + number
    mean = job.weight.sum() / job.groups
    slack = min(job.upper / mean - 1, 1 - job.lower / mean)
    limit = partial(bipartition_tree, max_attempts=_PATIENCE[number % len(_PATIENCE)])
    start = recursive_tree_part(
        graph, range(job.groups), mean, "held", slack, bipartition_tree_fn=limit, rng=seed
    )
    dearest = float(np.where(np.isfinite(job.cost), job.cost, 0.0).max()) * len(job)
    best = _Scores(job, dearest)
    middle = (job.lower + job.upper) / 2
    chain = SingleMetricOptimizer(
        partial(
            recom, pop_col="held", pop_target=middle, epsilon=(job.upper - middle) / middle,
            bipartition_tree_fn=partial(
                bipartition_tree, max_attempts=_TREES, allow_pair_reselection=True
            ),
        ),
        [lambda plan: all(job.lower <= held <= job.upper for held in plan["held"].values())],
        Partition(graph, start, updaters={"held": Tally("held", alias="held"), "score": best}),
        lambda plan: plan["score"], maximize=False, rng=seed,
    )  # fmt: skip
    least = np.inf
    for plan in chain.short_bursts(_BURST, _BURSTS):
        if judge.left_s <= 0:
            return
        if plan["score"] < least:
            least = plan["score"]
            labels = np.zeros(len(job), dtype=np.int64)
            for name, units in plan.parts.items():
                labels[list(units)] = name
            judge.offer(labels)


class _Scores:
    """Cost of a plan at its best centres; grids that a step left alone are not weighed again."""

    def __init__(self, job: Job, dearest: float) -> None:
        self.job, self.dearest = job, dearest
        self.known: dict[frozenset[int], float] = {}

    def __call__(self, plan: Partition) -> float:
        if len(self.known) > 100_000:
            self.known.clear()
        total = 0.0
        for units in plan.parts.values():
            if units not in self.known:
                far, own = centre_cost(self.job.cost, np.array(sorted(units)))
                self.known[units] = far * self.dearest + own
            total += self.known[units]
        return total


if __name__ == "__main__":
    play(("gerrychain",), search)
