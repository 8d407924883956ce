"""A map at the sizes of a phone, a laptop's panel and a wall: nothing hides what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page

from gridplan.hotspots import find_hotspots
from gridplan.maps.grids import standalone
from gridplan.maps.hotspots import hotspot_map
from gridplan.maps.view import bounds_of
from gridplan.offline import point_folium_here
from gridplan.prepared import Prepared

if TYPE_CHECKING:
    from tests.ui.conftest import Witness

pytestmark = pytest.mark.browser

MEASURE = """bounds => {
  const map = window[Object.keys(window).find(name => name.startsWith('map_'))];
  const box = map.getContainer().getBoundingClientRect();
  const west = map.latLngToContainerPoint(bounds[0]), east = map.latLngToContainerPoint(bounds[1]);
  const all = selector => [...document.querySelectorAll(selector)]
    .filter(each => each.style.visibility !== 'hidden')
    .map(each => each.getBoundingClientRect())
    .map(each => [each.left, each.top, each.right, each.bottom]);
  return {screen: [0, 0, box.width, box.height], area: [west.x, east.y, east.x, west.y],
          legend: all('.gp-legend')[0], labels: all('.gp-label > div')};
}"""
"""Boxes in pixels: left, top, right, bottom."""


@pytest.fixture(scope="module")
def drawn(demo: Prepared) -> str:
    point_folium_here()
    return standalone(hotspot_map(demo.layers, find_hotspots(demo)), "热点")


@pytest.fixture(params=[(358, 590), (860, 590), (1105, 590), (1900, 1000)], ids=str)
def sheet(
    request: pytest.FixtureRequest, browser: Browser, witness: Witness, drawn: str
) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    opened = context.new_page()
    witness.watch(opened, "about:")
    opened.set_content(drawn)
    opened.wait_for_function("() => document.querySelector('.gp-label > div')?.style.visibility")
    yield opened
    context.close()
    assert witness.errors == []


def test_the_whole_area_is_in_sight_beside_the_legend(sheet: Page, demo: Prepared) -> None:
    boxes = sheet.evaluate(MEASURE, bounds_of(demo.layers.communities))
    left, top, right, bottom = boxes["area"]
    assert left >= 0
    assert top >= 0
    assert right <= boxes["screen"][2]
    assert bottom <= boxes["screen"][3]
    assert not overlap(boxes["area"], boxes["legend"])
    filled = max((right - left) / boxes["screen"][2], (bottom - top) / boxes["screen"][3])
    assert filled >= 0.6


def test_no_label_lies_over_another(sheet: Page, demo: Prepared) -> None:
    labels = sheet.evaluate(MEASURE, bounds_of(demo.layers.communities))["labels"]
    assert len(labels) >= 4
    pairs = [(one, other) for k, one in enumerate(labels) for other in labels[:k]]
    assert not any(overlap(one, other) for one, other in pairs)


def overlap(one: list[float], other: list[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
