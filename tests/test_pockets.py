"""Empty ground between cut compounds, drawn as a row.

A — A — shop — B — house(5 households)
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from gridplan.graph import UnitGraph
from gridplan.pockets import absorb_pockets
from gridplan.units import Units


def row(weights: list[int], scopes: list[str], borders: list[float]) -> list[str]:
    ids = tuple(f"u{i}" for i in range(len(weights)))
    frame = gpd.GeoDataFrame({"unit_id": ids, "scope": scopes})
    edges = np.array([[i, i + 1] for i in range(len(weights) - 1)])
    xy_m = np.array([[10.0 * i, 0.0] for i in range(len(weights))])
    graph = UnitGraph(ids, np.array(weights), xy_m, edges, np.array(borders))
    units = absorb_pockets(Units(frame, frame, ()), {"T": graph})
    assert bool(units.notes) == (list(units.frame["scope"]) != scopes)
    return list(units.frame["scope"])


def test_an_empty_pocket_takes_the_compound_with_the_longer_border() -> None:
    assert row([9, 9, 0, 9, 5], ["A", "A", "", "B", ""], [1, 30, 20, 5])[2] == "A"
    assert row([9, 9, 0, 9, 5], ["A", "A", "", "B", ""], [1, 20, 30, 5])[2] == "B"


def test_a_pocket_with_residents_stays_as_it_is() -> None:
    assert row([9, 0, 1, 9], ["A", "", "", "B"], [3, 3, 3]) == ["A", "", "", "B"]
    assert row([9, 9, 0, 9, 5], ["A", "A", "", "B", ""], [1, 30, 20, 5])[4] == ""


def test_nothing_to_do_changes_nothing() -> None:
    assert row([9, 0], ["", ""], [3]) == ["", ""]
