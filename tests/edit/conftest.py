"""The demo street under edit, and small areas drawn by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from gridplan.edit import Division, layer_start
from gridplan.prepared import Prepared
from gridplan.rules import Limit, Limits, RuleSet
from tests.street_blocks import block_edges, block_street

OURS = "rules.source.edited"
Area = Callable[[Mapping[str, list[list[int]]]], Prepared]


@pytest.fixture(scope="session")
def start(demo: Prepared) -> Division:
    """The present grids as a division; a unit that lies in none has none."""
    return layer_start(demo, next(iter(demo.present)))


@pytest.fixture(scope="session")
def area() -> Area:
    """Communities of blocks 100 m apart, given as rows of households, without present grids.

    A grid has 6 to 10 households within 300 m. Blocks are named by community and number, row by
    row: ``A00``, ``A01`` and so on. What no machine asks for is left out.
    """

    def build(rows: Mapping[str, list[list[int]]]) -> Prepared:
        graphs = {}
        for code, blocks in rows.items():
            graph = block_street(blocks, block_edges(len(blocks), len(blocks[0])))
            ids = tuple(f"{code}{number:02}" for number in range(len(graph)))
            graphs[code] = replace(graph, ids=ids)
        households = np.concatenate([graph.weight for graph in graphs.values()])
        frame = pd.DataFrame(
            {
                "unit_id": [unit for graph in graphs.values() for unit in graph.ids],
                "community_code": [code for code, graph in graphs.items() for _ in graph.ids],
                "households": households,
                "people": households * 3,
                "scope": "",
            }
        )
        places = {"community_code": list(rows), "residence_class": "urban", "difficulty": 1.0}
        roster = pd.DataFrame({"community_code": [], "posts": []})
        limits = Limits(Limit(6, OURS), Limit(10, OURS), Limit(300, OURS))
        return Prepared(
            layers=SimpleNamespace(communities=pd.DataFrame(places), roster=roster, grids={}),
            units=SimpleNamespace(frame=frame),
            fabric=SimpleNamespace(graphs=graphs),
            present={},
            rules=RuleSet(urban=limits),
            seconds=0.0,
        )

    return build
