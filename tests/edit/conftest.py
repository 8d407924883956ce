"""The demo street under edit."""

from __future__ import annotations

import pytest

from gridplan.edit import Division, layer_start
from gridplan.prepared import Prepared


@pytest.fixture(scope="session")
def start(demo: Prepared) -> Division:
    """The present grids as a division; a unit that lies in none has none."""
    return layer_start(demo, next(iter(demo.present)))
