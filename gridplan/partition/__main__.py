"""Compile the inner loops now, so that the first redraw does not wait.

Run as ``python -m gridplan.partition``.
"""

from __future__ import annotations

import numpy as np

from gridplan.graph import UnitGraph
from gridplan.partition import Problem, Task, redraw_community, solve


def main() -> None:
    """Solve a street of six blocks in the two ways there are; compiled code is kept on disk.

    0 — 1 — 2
    |   |   |
    3 — 4 — 5
    """
    xy_m = np.array([[100.0 * (k % 3), -100.0 * (k // 3)] for k in range(6)])
    edges = np.array([(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)])
    graph = UnitGraph(tuple("abcdef"), np.full(6, 5), xy_m, edges, np.full(7, 100.0))
    present = np.array([0, 0, 0, 1, 1, 1])
    redraw_community(Task(graph, 6, 10, 150.0, present=present), time_limit_s=120, seed=0)
    away = ((xy_m[:, None, :] - xy_m[None, :, :]) ** 2).sum(axis=2)
    solve(Problem(np.full(6, 3), away, edges, 0.0, 9.0), time_limit_s=120, seed=0)


if __name__ == "__main__":
    main()
