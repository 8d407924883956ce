"""The oracle, and small streets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gridplan.graph import UnitGraph
from gridplan.partition.__main__ import main
from gridplan.partition.problem import Problem
from tests.all_partitions import best_cost
from tests.street_blocks import block_edges, block_street


@pytest.fixture(scope="session")
def try_all() -> Callable[[Problem], float]:
    return best_cost


@pytest.fixture(scope="session")
def street() -> Callable[..., UnitGraph]:
    """Blocks given as rows of households, without the neighbourhoods that are cut."""

    def build(rows: list[list[int]], cut: set[tuple[int, int]] = frozenset()) -> UnitGraph:
        edges = block_edges(len(rows), len(rows[0]))
        kept = [tuple(edge) not in cut for edge in edges.tolist()]
        return block_street(rows, edges[np.array(kept, dtype=bool)])

    return build


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Compile the loops before any test with a time limit: on a new machine that takes a while."""
    main()
