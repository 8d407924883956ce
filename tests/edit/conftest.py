"""The demo street under edit."""

from __future__ import annotations

import pytest

from gridplan.edit import Division
from gridplan.prepared import Prepared


@pytest.fixture(scope="session")
def start(demo: Prepared) -> Division:
    """The present grids as a division; a unit that lies in none has none."""
    present = next(iter(demo.present.values())).unit_grid
    communities = demo.units.frame.set_index("unit_id")["community_code"]
    grids = {unit: f"{communities[unit]}-{grid}" for unit, grid in present.items() if grid}
    return Division({unit: grids.get(unit, "") for unit in communities.index})
