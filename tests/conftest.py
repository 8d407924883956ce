"""What every test can ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from gridplan.pipeline import prepare
from gridplan.prepared import Prepared
from tests.areas import SHARED
from tests.nine import nine_street

settings.register_profile("house", deadline=None, derandomize=True)  # timed tests fail by chance
settings.load_profile("house")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the real data, which stands beside the project and is no part of it."""
    if not SHARED.is_dir():
        pytest.skip(f"real data not found at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def demo() -> Prepared:
    """The demo street, prepared once; nobody changes it."""
    return prepare(Path(__file__).parents[1] / "data" / "demo")


@pytest.fixture(scope="session")
def nine(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Nine buildings with present grids, see `tests.nine`; nobody changes it."""
    return nine_street(tmp_path_factory.mktemp("nine") / "area")
