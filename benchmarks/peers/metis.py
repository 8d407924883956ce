"""METIS: k-way partition with the contiguous option, the best of many seeds.

Knows weights and a share by which a part may exceed the mean; no lower limit, no radius, no centre.
Edges weigh more between near units, so that the cut it minimises speaks of compactness.
"""

from __future__ import annotations

from itertools import count

import numpy as np
import pymetis

from benchmarks.peers.common import INT, Job, Judge, play


def search(job: Job, judge: Judge) -> None:
    """Try seeds, each with edges alike and with edges that weigh near units together."""
    links = job.neighbours()
    graph = pymetis.CSRAdjacency(links.indptr.tolist(), links.indices.tolist())
    ends = np.repeat(np.arange(len(job)), np.diff(links.indptr))
    weights = [None, _nearness(job, ends, links.indices)]
    mean = job.weight.sum() / job.groups
    slack = min(job.upper / mean - 1, 1 - job.lower / mean)
    for number in count():
        if judge.left_s <= 0:
            return
        options = pymetis.Options(
            seed=job.seed + number, contig=1, ncuts=4, ufactor=max(1, int(1000 * slack))
        )
        nearness = weights[number % 2]
        _, parts = pymetis.part_graph(
            job.groups, graph, vweights=job.weight.tolist(), options=options, recursive=False,
            eweights=None if nearness is None else nearness.tolist(),
        )  # fmt: skip
        judge.offer(np.array(parts))


def _nearness(job: Job, left: INT, right: INT) -> INT:
    """Whole numbers, greater for nearer ends."""
    apart = np.hypot(*(job.xy[left] - job.xy[right]).T)
    return (
        np.maximum(1, 100 * np.median(apart) / np.maximum(apart, 1e-9))
        .clip(1, 10_000)
        .astype(np.int64)
    )


if __name__ == "__main__":
    play(("pymetis",), search)
