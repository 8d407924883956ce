"""A million cases in a browser: from an area that was read to the list and the map of hotspots.

``python -m benchmarks.million_page``: the area of :mod:`benchmarks.million` is written as files,
served, and opened in a browser, which asks for the page of hotspots the moment the area is there.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from time import monotonic

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from playwright.sync_api import Page, sync_playwright

from benchmarks.large import Row
from benchmarks.million import million_area
from gridplan.load.layers import Layers
from gridplan.prepared import Prepared
from gridplan.schema import COMMUNITY_CODE, HOME
from tests.ui.conftest import BROWSER, OPTIONS, served

PATIENCE_MS = 600_000
AREA = """version = 1
name = "百万件"
[buildings]
file = "area.gpkg"
layer = "buildings"
id = "building_id"
households = "households"
people = "people"
name = "name"
address = "address"
floors = "floors"
compound = "compound_id"
community = "community_code"
[compounds]
file = "area.gpkg"
layer = "compounds"
id = "compound_id"
name = "name"
[communities]
file = "area.gpkg"
layer = "communities"
code = "community_code"
name = "name"
class = "residence_class"
[barriers]
file = "area.gpkg"
layer = "barriers"
kind = "kind"
name = "name"
[streets]
file = "area.gpkg"
layer = "streets"
name = "name"
kind = "kind"
bridge = "bridge"
[grids."城管网格"]
file = "area.gpkg"
layer = "grids"
code = "grid_code"
name = "name"
[cases]
file = "cases.csv"
crs = "EPSG:{epsg}"
x = "x"
y = "y"
id = "case_id"
category = "category"
opened = "opened"
closed = "closed"
deadline = "deadline"
status = "status"
repeat = "repeat"
satisfaction = "satisfaction"
address = "address"
dispatch = "dispatch"
"""


def write_area(prepared: Prepared, folder: Path) -> None:
    """Write the layers that a page of hotspots needs as an area folder."""
    layers = prepared.layers
    frames = {
        "buildings": prepared.units.buildings,
        "compounds": layers.compounds,
        "communities": layers.communities,
        "barriers": layers.barriers,
        "streets": layers.streets,
        "grids": next(iter(layers.grids.values())),
    }
    for name, frame in frames.items():
        _numbered(frame).to_file(folder / "area.gpkg", layer=name)
    _cases(layers).to_csv(folder / "cases.csv", index=False)
    (folder / "area.toml").write_text(AREA.format(epsg=layers.crs.to_epsg()), "utf-8")


def _numbered(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Community codes of twelve digits again: the copy's number in place of two."""
    plain = frame[[name for name in frame if not str(name).startswith("_")]].copy()
    if COMMUNITY_CODE in plain:
        plain[COMMUNITY_CODE] = [
            re.sub(r"^(\d{4})\d\d(\d{6})-(\d)(\d)$", r"\1\3\4\2", str(code))
            for code in plain[COMMUNITY_CODE]
        ]
    return plain


def _cases(layers: Layers) -> pd.DataFrame:
    table = pd.DataFrame(layers.cases.drop(columns=["geometry", HOME]))
    points = np.asarray(layers.cases.geometry.array)
    table["x"], table["y"] = shapely.get_x(points).round(2), shapely.get_y(points).round(2)
    table["repeat"] = np.where(table["repeat"], "是", "否")
    return table


def measure(page: Page, address: str) -> dict[str, float]:
    """Seconds from the overview to the list and the map of hotspots, and of another period."""
    page.set_default_timeout(PATIENCE_MS)
    begun = monotonic()
    page.goto(address)
    page.get_by_text("现有网格").first.wait_for()
    took = {"area read and shown": monotonic() - begun}
    begun = monotonic()
    page.get_by_role("link", name="热点").first.click()
    told = page.get_by_text("处诉求聚集").first
    told.wait_for()
    took["list of hotspots after that"] = monotonic() - begun
    page.frame_locator("iframe").first.locator(".leaflet-container").wait_for()
    took["map of hotspots after that"] = monotonic() - begun
    begun = monotonic()
    page.get_by_role("radio", name="近半年").click(force=True)
    told.wait_for(state="hidden")
    told.wait_for()
    took["another period"] = monotonic() - begun
    return took


def rows() -> list[Row]:
    """The page of a million cases for the page of benchmarks."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        area = Path(folder) / "area"
        area.mkdir()
        write_area(million_area(), area)
        browser = started.chromium.launch(executable_path=BROWSER, args=OPTIONS)
        with served(Path(folder), str(area)) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            took = measure(page, address)
        browser.close()
    return [
        (f"the same cases as files, in a browser: {what}" if place == 0 else f"… {what}",
         f"{seconds:.1f} s")
        for place, (what, seconds) in enumerate(took.items())
    ]  # fmt: skip


def main() -> None:
    """Measure and print the rows as Markdown."""
    print("\n".join(f"| {what} | {figure} |" for what, figure in rows()))


if __name__ == "__main__":
    main()
