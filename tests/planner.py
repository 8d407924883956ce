"""A planner's hands on the editing map: what the mouse and the keys do in a real browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

PATIENCE_MS = 60_000
_PLACE = """unit => {
  const bench = gridplanBench, units = bench.canvas.units, k = units.id.indexOf(unit);
  const at = bench.map.latLngToContainerPoint([units.y[k] / bench.unit, units.x[k] / bench.unit]);
  const box = bench.box.querySelector(".gpw-map").getBoundingClientRect();
  return [box.left + at.x, box.top + at.y];
}"""
_STATE = """() => {
  const { state, rows, labels, canvas, pending } = gridplanBench;
  const grids = Object.fromEntries([...rows].map(([grid, row]) => [grid, row]));
  return { ...state, grids, moved: null, pending: pending.length,
    labels: Object.fromEntries(canvas.units.id.map((unit, k) => [unit, labels[k]])) };
}"""
_NEIGHBOURS = """() => {
  const { borders, canvas } = gridplanBench, { id, community } = canvas.units;
  return borders.filter(({ a, b }) => community[a] === community[b]).map(({ a, b }) => [id[a], id[b]]);
}"""


class Planner:
    """Works on the page 方案编辑.

    Parameters
    ----------
    page : Page
        Of a browser.
    """

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str, begin: str = "") -> None:
        """Go to the page; where `begin` names a button, begin a plan by it."""
        self.page.goto(address)
        expect(self.page.get_by_role("link", name="方案编辑")).to_be_visible(timeout=120_000)
        self.page.get_by_role("link", name="方案编辑").click()
        if begin:
            self.begin(begin)
        self.ready()

    def begin(self, button: str) -> None:
        """Begin a plan, by the button on the page or behind 新建方案."""
        first = self.page.get_by_role("button", name=button)
        another = self.page.get_by_role("button", name="新建方案")
        expect(first.or_(another).first).to_be_visible(timeout=PATIENCE_MS)
        if not first.is_visible():
            another.click()
        first.click()

    def ready(self) -> None:
        """Until the map and the verdict are there."""
        expect(self.page.locator(".gpw-saved")).to_contain_text("已保存", timeout=PATIENCE_MS)
        expect(self.page.locator(".gpw-grids .row").first).to_be_attached()

    def state(self) -> dict[str, Any]:
        """What the browser knows: the server's last answer, and the grid of each unit."""
        told: dict[str, Any] = self.page.evaluate(_STATE)
        return told

    def neighbours(self) -> list[tuple[str, str]]:
        """Pairs of units of one community whose ground meets."""
        return [(a, b) for a, b in self.page.evaluate(_NEIGHBOURS)]

    def households(self) -> dict[str, int]:
        """Of each unit."""
        told: dict[str, int] = self.page.evaluate(
            "() => Object.fromEntries(gridplanBench.canvas.units.id.map((unit, k) => "
            "[unit, gridplanBench.canvas.units.households[k]]))"
        )
        return told

    def rows(self, *units: str) -> list[int]:
        """By which the map names units."""
        told: list[int] = self.page.evaluate(
            "units => units.map(unit => gridplanBench.canvas.units.id.indexOf(unit))", list(units)
        )
        return told

    def pick(self, grid: str, more: bool = False) -> None:
        """Choose a grid, as a click in the list does."""
        self.page.evaluate("([grid, more]) => gridplanBench.pick(grid, more)", [grid, more])

    def click(self, unit: str) -> None:
        """Click a unit with the tool in hand, and wait until that is kept."""
        self.page.mouse.click(*self.page.evaluate(_PLACE, unit))
        self.settled()

    def settled(self) -> None:
        """Until everything asked for is answered."""
        self.page.wait_for_function("() => gridplanBench.pending.length === 0")

    def press(self, *keys: str) -> None:
        """Press keys, each after what the one before asked for is answered."""
        for key in keys:
            self.page.keyboard.press(key)
            self.settled()

    def ask(self, **message: Any) -> dict[str, Any]:
        """Send a message as the map does, and wait for its answer."""
        self.page.evaluate("message => void gridplanBench.ask(message)", message)
        self.settled()
        return self.state()

    def offered(self, timeout_s: float = 120) -> dict[str, Any]:
        """Until the machine has done what it was asked for: what it offers."""
        self.page.wait_for_function(
            "() => gridplanBench.state.help && !gridplanBench.state.help.running",
            timeout=1000 * timeout_s,
        )
        told: dict[str, Any] = self.state()["help"]
        return told
