"""The oracle, and small streets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from all_partitions import best_cost

from gridplan.graph import UnitGraph
from gridplan.partition.__main__ import main
from gridplan.partition.problem import Problem


@pytest.fixture(scope="session")
def try_all() -> Callable[[Problem], float]:
    return best_cost


@pytest.fixture(scope="session")
def street() -> Callable[..., UnitGraph]:
    """Streets of square blocks, 100 m apart, given as rows of households.

    0 — 1 — 2
    |   |   |
    3 — 4 — 5
    """

    def build(rows: list[list[int]], cut: set[tuple[int, int]] = frozenset()) -> UnitGraph:
        height, width = len(rows), len(rows[0])
        place = np.arange(height * width).reshape(height, width)
        beside = np.column_stack([place[:, :-1].ravel(), place[:, 1:].ravel()])
        below = np.column_stack([place[:-1].ravel(), place[1:].ravel()])
        edges = np.array(
            [e for e in np.vstack([beside, below]).tolist() if tuple(e) not in cut], dtype=np.int64
        ).reshape(-1, 2)
        y, x = np.divmod(np.arange(height * width), width)
        return UnitGraph(
            tuple(f"u{k}" for k in range(height * width)),
            np.array(rows, dtype=np.int64).ravel(),
            np.column_stack([100.0 * x, -100.0 * y]),
            edges,
            np.full(len(edges), 100.0),
        )

    return build


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Compile the loops before any test with a time limit: on a new machine that takes a while."""
    main()
