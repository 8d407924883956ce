"""Servers that are killed and planners that work at once: the long trials, in little.

In full they are run by ``python -m benchmarks.killed`` (a thousand edits) and
``python -m benchmarks.two_planners`` (five minutes).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from benchmarks.editing import write_street
from benchmarks.killed import Trial
from benchmarks.two_planners import race
from tests.postgres import postgres
from tests.ui.conftest import served

pytestmark = pytest.mark.browser

BUILDINGS = 120


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An area that is read in a moment: it is read again after each start."""
    folder = tmp_path_factory.mktemp("street")
    write_street(folder, BUILDINGS)
    return folder


@pytest.fixture
def blank(browser: Browser) -> Page:
    """A page that may see its server go."""
    page = browser.new_context(locale="zh-CN").new_page()
    page.set_default_timeout(60_000)
    return page


def test_a_killed_server_has_kept_what_it_acknowledged(
    blank: Page, street: Path, tmp_path: Path
) -> None:
    trial = Trial(blank, street, f"sqlite:///{tmp_path / 'plans.db'}", np.random.default_rng(4))
    tally = trial.run(edits=12, between_kills_s=(0.5, 1.5), kills=1)
    assert tally.kills == 1
    assert tally.acknowledged >= 12


def test_the_same_on_postgresql(blank: Page, street: Path) -> None:
    with postgres() as server:
        trial = Trial(blank, street, f"{server}/postgres", np.random.default_rng(5))
        tally = trial.run(edits=8, between_kills_s=(0.3, 0.8), kills=1)
    assert tally.kills == 1


def test_two_planners_lose_nothing_and_see_the_same(
    browser: Browser, street: Path, tmp_path: Path
) -> None:
    with served(tmp_path, str(street)) as address:
        pages = [browser.new_context(locale="zh-CN").new_page() for _ in range(2)]
        told = race(pages, address, f"sqlite:///{tmp_path / 'plans.db'}", seconds=4)
        for page in pages:
            page.context.close()
    assert min(told.acknowledged) > 0
