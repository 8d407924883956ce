"""The editing map in a browser: from the click on a building to its colour and to the verdict.

``python -m benchmarks.editing``: streets of 1,500 and 5,000 buildings, each its own unit, are
written as files, served, and edited with the mouse, thirty clicks each; beside it the same street
on a folium map in Streamlit, which is drawn anew after every click.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from playwright.sync_api import Page, sync_playwright

from tests.ui.conftest import BROWSER, OPTIONS, served

PATIENCE_MS = 300_000
CLICKS, FOLIUM_CLICKS = 30, 5
STEP_M = 24.0
"""From one building to the next."""
PER_GRID, PER_COMMUNITY = 60, 480
AREA = """version = 1
name = "编辑试验街道"
[buildings]
file = "street.gpkg"
layer = "buildings"
id = "building_id"
households = "households"
community = "community_code"
[communities]
file = "street.gpkg"
layer = "communities"
code = "community_code"
name = "name"
class = "residence_class"
[grids."现有网格"]
file = "street.gpkg"
layer = "grids"
code = "grid_code"
"""


def write_street(folder: Path, buildings: int) -> None:
    """A street of rows of buildings with six corners, in blocks of one grid each."""
    rng = np.random.default_rng(7)
    wide = int(np.ceil(np.sqrt(PER_GRID)))
    blocks = int(np.ceil(buildings / PER_GRID))
    across = int(np.ceil(np.sqrt(blocks)))
    place = np.arange(buildings)
    block, inside = place // PER_GRID, place % PER_GRID
    side_m = wide * STEP_M
    x = (block % across) * side_m + (inside % wide) * STEP_M
    y = (block // across) * side_m + (inside // wide) * STEP_M
    hexagon = np.array([(3, 6), (9, 3), (19, 4), (21, 16), (12, 20), (4, 17)], dtype=float)
    shapes = [
        shapely.Polygon(hexagon + np.array([east, north])) for east, north in zip(x, y, strict=True)
    ]
    squares = [
        shapely.box(c * side_m, r * side_m, (c + 1) * side_m, (r + 1) * side_m)
        for r, c in (divmod(number, across) for number in range(blocks))
    ]
    rows = (np.arange(blocks) // across) // max(1, PER_COMMUNITY // PER_GRID // 4)
    columns = (np.arange(blocks) % across) // 4
    home = rows * 100 + columns
    codes = {key: f"330199001{number + 1:03d}" for number, key in enumerate(sorted(set(home)))}
    code = np.array([codes[key] for key in home])
    crs = "EPSG:4549"

    def save(name: str, columns: dict[str, Any], geometry: Any) -> None:
        frame = gpd.GeoDataFrame(columns, geometry=geometry, crs=crs)
        frame = (
            frame.translate(500_000, 3_300_000)
            .to_frame("geometry")
            .join(frame.drop(columns="geometry"))
        )
        frame.to_file(folder / "street.gpkg", layer=name)

    save("buildings", {"building_id": [f"B{n:05d}" for n in place],
                       "households": rng.integers(4, 10, buildings),
                       "community_code": code[block]}, shapes)  # fmt: skip
    save("grids", {"grid_code": [f"G{n:03d}" for n in range(blocks)]}, squares)
    grounds = {key: shapely.union_all([squares[n] for n in np.flatnonzero(code == key)])
               for key in sorted(set(code))}  # fmt: skip
    save("communities", {"community_code": list(grounds), "name": [f"第{n + 1}社区" for n in
         range(len(grounds))], "residence_class": "urban"}, list(grounds.values()))  # fmt: skip
    (folder / "area.toml").write_text(AREA, "utf-8")


WATCH = """() => {
  const bench = gridplanBench, receive = bench.receive, times = (window.gpTimes = []);
  let now = null;
  window.addEventListener("mousedown", event => { now = { from: event.timeStamp }; }, true);
  window.addEventListener("mousedown", () => requestAnimationFrame(() =>
    setTimeout(() => { if (now) now.colour = performance.now() - now.from; })));
  bench.receive = (state, set) => {
    const asked = bench.pending[0]?.id;
    receive(state, set);
    if (!now || state.id !== asked) return;
    const mine = now;
    now = null;
    requestAnimationFrame(() => setTimeout(() => {
      mine.verdict = performance.now() - mine.from;
      times.push(mine);
    }));
  };
}"""
"""Times from the press of the mouse to the frame that shows the colour, and the verdict."""
PLACE = """unit => {
  const bench = gridplanBench, units = bench.canvas.units;
  const at = bench.map.latLngToContainerPoint([units.y[unit] / bench.unit, units.x[unit] / bench.unit]);
  const box = bench.box.querySelector(".gpw-map").getBoundingClientRect();
  return [box.left + at.x, box.top + at.y];
}"""


def measure(page: Page, address: str) -> dict[str, float]:
    """Seconds to open; milliseconds to colour and verdict, bytes out and in, medians of clicks."""
    page.set_default_timeout(PATIENCE_MS)
    bytes_: list[tuple[str, int]] = []
    page.on("websocket", lambda link: (
        link.on("framereceived", lambda frame: bytes_.append(("in", len(frame)))),
        link.on("framesent", lambda frame: bytes_.append(("out", len(frame)))),
    ))  # fmt: skip
    page.goto(address)
    page.get_by_text("现有网格").first.wait_for()
    begun = monotonic()
    page.get_by_role("link", name="方案编辑").click()
    page.get_by_role("button", name="从现有网格开始").click()
    page.locator(".gpw-grids .row").first.wait_for()
    opened = monotonic() - begun
    page.wait_for_timeout(3000)
    page.evaluate(WATCH)
    grid = page.evaluate("[...gridplanBench.rows.keys()][0]")
    page.evaluate("grid => { gridplanBench.pick(grid); gridplanBench.choose?.('paint'); }", grid)
    page.keyboard.press("b")
    units = page.evaluate(
        """grid => { const { canvas, now, rows } = gridplanBench; const home = rows.get(grid)[12];
        return now.map((g, k) => [g, k]).filter(([g, k]) => g !== grid && canvas.units.community[k]
        === home).map(([, k]) => k); }""",
        grid,
    )
    sizes = {"in": [], "out": []}
    for done, unit in enumerate(units[:: max(1, len(units) // CLICKS)][:CLICKS]):
        bytes_.clear()
        page.mouse.click(*page.evaluate(PLACE, unit))
        page.wait_for_function("count => gpTimes.length > count", arg=done)
        for way, found in sizes.items():
            found.append(sum(size for said, size in bytes_ if said == way))
        page.wait_for_timeout(250)
    times = page.evaluate("gpTimes")
    return {
        "open_s": opened,
        "colour_ms": median(time["colour"] for time in times),
        "verdict_ms": median(time["verdict"] for time in times),
        "worst_ms": max(time["verdict"] for time in times),
        "out_bytes": median(sizes["out"]),
        "in_bytes": median(sizes["in"]),
    }


def of_street(buildings: int) -> dict[str, float]:
    """The editing map on a street of so many buildings."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "street").mkdir()
        write_street(folder / "street", buildings)
        browser = playwright.chromium.launch(executable_path=BROWSER, args=OPTIONS)
        with served(folder, str(folder / "street")) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            return measure(page, address)


if __name__ == "__main__":
    for count in [int(word) for word in sys.argv[1:]] or [1500, 5000]:
        print(count, {key: round(value, 1) for key, value in of_street(count).items()}, flush=True)
