"""METIS: the best of many tries, k-way with the contiguous option and recursive in turn.

Knows weights and a share by which a part may exceed the mean; no lower limit, no radius, no centre.
Edges weigh more between near units, so that the cut it minimises speaks of compactness. Its seed
alone changes little on small graphs, so each try has its own order of units and its own slack.
"""

from __future__ import annotations

from itertools import count

import numpy as np
import pymetis

from benchmarks.peers.common import FLOAT, INT, Job, Judge, play


def search(job: Job, judge: Judge) -> None:
    """Try until the time is over."""
    links = job.neighbours()
    ends = np.repeat(np.arange(len(job)), np.diff(links.indptr))
    near = links.copy()
    near.data = _nearness(job, ends, links.indices)
    mean = job.weight.sum() / job.groups
    slack = min(job.upper / mean - 1, 1 - job.lower / mean)
    rng = np.random.default_rng(job.seed)
    for number in count():
        if judge.left_s <= 0:
            return
        order = rng.permutation(len(job))
        turned = near[order][:, order]
        graph = pymetis.CSRAdjacency(turned.indptr.tolist(), turned.indices.tolist())
        recursive = number % 2 == 1
        options = pymetis.Options(
            seed=job.seed + number, contig=0 if recursive else 1, ncuts=4,
            ufactor=max(1, int(1000 * slack * rng.uniform(0.2, 1.0))),
        )  # fmt: skip
        _, parts = pymetis.part_graph(
            job.groups, graph, vweights=job.weight[order].tolist(), options=options,
            eweights=turned.data.astype(int).tolist() if number % 4 < 3 else None,
            recursive=recursive,
        )  # fmt: skip
        labels = np.empty(len(job), dtype=np.int64)
        labels[order] = parts
        judge.offer(labels)


def _nearness(job: Job, left: INT, right: INT) -> FLOAT:
    """Whole numbers, greater for nearer ends."""
    apart = np.hypot(*(job.xy[left] - job.xy[right]).T)
    return np.round(100 * np.median(apart) / np.maximum(apart, 1e-9)).clip(1, 10_000)


if __name__ == "__main__":
    play(("pymetis",), search)
