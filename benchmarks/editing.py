"""The editing map in a browser: from the click on a building to its colour and to the verdict.

``python -m benchmarks.editing``: streets of 1,500 and 5,000 buildings, each its own unit, are
written as files, served, and edited with the mouse, thirty clicks each; beside it the same street
on a folium map in Streamlit, which is drawn anew after every click.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Frame, Page, sync_playwright

from benchmarks.large import Row
from tests.ui.conftest import BROWSER, OPTIONS, ROOT, free_port, served, wait_for

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
    page.evaluate("grid => { gridplanBench.pick(grid); }", grid)
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
    with _street(buildings) as (folder, page), served(folder, str(folder / "street")) as address:
        return measure(page, address)


def folium_way(buildings: int) -> dict[str, float]:
    """The same street on a folium map: seconds to open, milliseconds from a click to its colour."""
    with _street(buildings) as (folder, page):
        shutil.copy(ROOT / "benchmarks" / "folium_app.py", folder)
        shutil.copytree(ROOT / "static" / "vendor", folder / "static" / "vendor")
        port = free_port()
        command = [
            sys.executable, "-m", "streamlit", "run", str(folder / "folium_app.py"),
            "--server.port", str(port), "--server.enableStaticServing", "true",
            "--server.headless", "true", "--", str(folder / "street"),
        ]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with (folder / "folium.log").open("w") as log:
            server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_for(f"http://localhost:{port}/_stcore/health")
            return _folium_times(page, f"http://localhost:{port}")
        finally:
            server.terminate()
            server.wait(20)


def _folium_times(page: Page, address: str) -> dict[str, float]:
    page.set_default_timeout(PATIENCE_MS)
    begun = monotonic()
    page.goto(address)
    frame = _coloured(page, 0)
    opened, times = monotonic() - begun, []
    for done in range(FOLIUM_CLICKS):
        page.wait_for_timeout(3000)
        frame = _coloured(page, done)
        x, y = frame.evaluate(FOLIUM_PLACE, done)
        box = page.locator("iframe").first.bounding_box()
        begun = monotonic()
        page.mouse.click(box["x"] + x, box["y"] + y)
        _coloured(page, done + 1)
        times.append(1000 * (monotonic() - begun))
    return {"open_s": opened, "changed_ms": median(times), "worst_ms": max(times)}


def _coloured(page: Page, count: int) -> Frame:
    """The map's frame, once it shows so many buildings in the colour of the grid."""
    deadline = monotonic() + PATIENCE_MS / 1000
    while monotonic() < deadline:
        try:
            frame = page.locator("iframe").first.element_handle().content_frame()
            if frame is not None and frame.evaluate(FOLIUM_COLOURED, count):
                return frame
        except BrowserError:  # the frame is thrown away and made anew at every turn
            continue
        page.wait_for_timeout(20)
    raise TimeoutError(f"{count} buildings never changed their colour")


FOLIUM_COLOURED = """count => {
  const map = Object.values(window).find(each => each && each._layers && each.getZoom);
  let mine = 0, all = 0;
  map?.eachLayer(layer => { if (layer.feature) { all += 1; mine += layer.options.fillColor === "#c2185b"; } });
  return all > 0 && mine >= count;
}"""
FOLIUM_PLACE = """number => {
  const map = Object.values(window).find(each => each && each._layers && each.getZoom);
  const size = map.getSize(), spots = [];
  map.eachLayer(layer => {
    if (!layer.feature || layer.options.fillColor === "#c2185b") return;
    const at = map.latLngToContainerPoint(layer.getBounds().getCenter());
    if (at.x > 80 && at.y > 80 && at.x < size.x - 80 && at.y < size.y - 80) spots.push([at.x, at.y]);
  });
  return spots[Math.floor((spots.length * (number + 1)) / 8)];
}"""


@contextmanager
def _street(buildings: int) -> Iterator[tuple[Path, Page]]:
    """A folder with a street in it, and a page of a browser."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "street").mkdir()
        write_street(folder / "street", buildings)
        browser = playwright.chromium.launch(executable_path=BROWSER, args=OPTIONS)
        yield folder, browser.new_page(viewport={"width": 1440, "height": 900})
        browser.close()


def rows() -> list[Row]:
    """Both ways, for both streets, as rows of a table."""
    told: list[Row] = []
    for buildings in (1500, 5000):
        ours, theirs = of_street(buildings), folium_way(buildings)
        of = f"editing {buildings:,} buildings in a browser"
        told += [
            (f"{of}: click to colour, median of {CLICKS}", f"{ours['colour_ms']:.0f} ms"),
            (f"{of}: click to verdict", f"{ours['verdict_ms']:.0f} ms"),
            (f"{of}: the slowest verdict", f"{ours['worst_ms']:.0f} ms"),
            (f"{of}: an edit sends", f"{ours['out_bytes'] / 1000:.1f} kB"),
            (f"{of}: and is answered with", f"{ours['in_bytes'] / 1000:.1f} kB"),
            (f"{of}: page opened, plan begun", f"{ours['open_s']:.1f} s"),
            (f"{of}: on a folium map, click to changed map", f"{theirs['changed_ms']:,.0f} ms"),
            (f"{of}: on a folium map, opened", f"{theirs['open_s']:.1f} s"),
        ]
    return told


if __name__ == "__main__":
    for what, figure in rows():
        print(f"{what}: {figure}", flush=True)
