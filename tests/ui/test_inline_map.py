"""A notebook's map, as it stands in the notebook's output, in a browser without a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page

from tests.executed import NOTEBOOKS, executed, shown

if TYPE_CHECKING:
    from tests.ui.conftest import Witness

pytestmark = pytest.mark.browser

COUNT_GRIDS = """() => {
  const map = window[Object.keys(window).find(name => name.startsWith('map_'))];
  let grids = 0;
  map.eachLayer(layer => {
    if (layer.feature && layer.feature.properties.radius) {
      if (map.getBounds().intersects(layer.getBounds())) grids += 1;
    }
  });
  return grids;
}"""
"""Number of grids that lie in sight."""

INKED = """() => {
  const canvas = document.querySelector('.leaflet-overlay-pane canvas');
  const dots = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const colours = new Set();
  for (let i = 0; i < dots.length; i += 4) {
    if (dots[i + 3]) colours.add((dots[i] << 16) + (dots[i + 1] << 8) + dots[i + 2]);
  }
  return colours.size;
}"""
"""Number of colours that the map's canvas has been painted with."""


@pytest.fixture
def offline_page(browser: Browser, witness: Witness) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 700}, offline=True)
    opened = context.new_page()
    witness.watch(opened, "about:")
    yield opened
    context.close()
    assert witness.errors == []


def test_draws_with_the_network_off(offline_page: Page) -> None:
    """The last map of the first notebook is that of the present grids."""
    *_, output = (page for page in shown(executed(NOTEBOOKS[0]), "text/html") if "srcdoc" in page)
    offline_page.set_content(f"<!doctype html><body>{output}</body>")
    frame = offline_page.locator("iframe").element_handle().content_frame()
    assert frame is not None
    frame.wait_for_function("() => document.querySelector('.leaflet-overlay-pane canvas')")
    assert frame.evaluate(COUNT_GRIDS) == 24
    assert frame.evaluate(INKED) >= 10
    assert frame.locator(".gp-legend summary").inner_text() == "城管网格"
    assert frame.locator(".gp-label .wrong").count() >= 10
