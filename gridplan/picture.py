"""Grids as a printable picture: what is in order is calm, what breaks a rule stands out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib import font_manager, patheffects
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from gridplan.load.layers import Layers
from gridplan.plan import Finding
from gridplan.rules import Rule
from gridplan.words import Language, say

DPI = 200
CM_PER_INCH = 2.54


@dataclass(frozen=True)
class Tint:
    """Fill and hatching of a state of a grid; the hatching tells them apart in grey print."""

    fill: str
    hatch: str = ""


TINTS: Mapping[str, Tint] = {
    "sound": Tint("#cfe3dc"),
    "upper": Tint("#d9534a", "////"),
    "lower": Tint("#f2c14e", "...."),
    "other": Tint("#b79ac8", "xxxx"),
    "exception": Tint("#f6e3b4", "\\\\\\\\"),
}
"""By state, in the order of the legend: in order, too large, too small, another rule, excused."""

INK, _STREET, _WATER = "#22303c", "#ffffff", "#a9cbe2"
_NAME, _NAME_PT = "#0b3d91", 6.5
_PLACES = 24  # tried along each side of a community for its name
_CJK_FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "Microsoft YaHei", "SimHei",
    "PingFang SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimSun", "Noto Sans CJK JP",
)  # fmt: skip
_CJK_FILE = re.compile(r"(?i)cjk|sourcehan|notosanssc|msyh|simhei|pingfang|wqy|simsun")


def state_of_grid(findings: Iterable[Finding]) -> dict[str, str]:
    """The state (a key of `TINTS`) of each grid that breaks a rule, by ``grid_id``.

    A grid that breaks several is shown by the first of: too large, too small, another rule; and
    as an exception only where each of its findings is proved.
    """
    told: dict[str, list[Finding]] = {}
    for finding in findings:
        told.setdefault(finding.grid, []).append(finding)
    return {grid: _state(found) for grid, found in told.items()}


def draw_grids(
    grids: gpd.GeoDataFrame,
    state: Mapping[str, str],
    *,
    extent_m: tuple[float, float, float, float],
    size_cm: tuple[float, float],
    layers: Layers | None = None,
) -> bytes:
    """Draw grids with number, scale bar and north arrow.

    Parameters
    ----------
    grids : GeoDataFrame
        ``grid_id, code, community, geometry``; metric CRS.
    state : mapping of str to str
        From :func:`state_of_grid`; a grid left out is in order.
    extent_m : tuple of float
        ``minx, miny, maxx, maxy`` to be shown, so that two pictures can be compared.
    size_cm : tuple of float
        Width and height of the picture.
    layers : Layers, optional
        Streets, waters, railways and community names behind and above.

    Returns
    -------
    bytes
        PNG of 200 dots an inch.
    """
    figure = Figure(figsize=(size_cm[0] / CM_PER_INCH, size_cm[1] / CM_PER_INCH), dpi=DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    set_extent(axes, extent_m, size_cm)
    if layers is not None:
        draw_ground(axes, layers)
    _draw_fills(axes, grids, state)
    if layers is not None:
        draw_lines(axes, layers)
    grids.boundary.plot(ax=axes, color=INK, linewidth=0.6, zorder=5)
    grids.dissolve("community").boundary.plot(ax=axes, color=INK, linewidth=1.6, zorder=6)
    taken = _draw_numbers(axes, grids)
    if layers is not None:
        draw_names(axes, layers.communities, taken)
    draw_scale(axes)
    draw_north(axes)
    return to_png(figure)


def draw_swatch(state: str) -> bytes:
    """A small field with the fill and hatching of a state, for a legend: PNG, 2 : 1."""
    figure = Figure(figsize=(0.4, 0.2), dpi=DPI)
    tint = TINTS[state]
    field = Rectangle(
        (0.02, 0.04), 0.96, 0.92, facecolor=tint.fill, edgecolor=INK, linewidth=0.8,
        hatch=tint.hatch or None, transform=figure.transFigure,
    )  # fmt: skip
    figure.add_artist(field)
    return to_png(figure)


@cache
def cjk_font() -> str | None:
    """Name of a font that has Chinese letters, registered with matplotlib; None where none is.

    matplotlib remembers the fonts of its first run, so the system's are looked through again
    where it knows none.
    """
    if not _known_fonts():
        for path in font_manager.findSystemFonts():
            if _CJK_FILE.search(Path(path).name):
                font_manager.fontManager.addfont(path)
    known = _known_fonts()
    return known[0] if known else None


def _known_fonts() -> list[str]:
    names = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in _CJK_FONTS if name in names]


def _state(found: list[Finding]) -> str:
    if all(finding.proved for finding in found):
        return "exception"
    rules = {finding.rule for finding in found if not finding.proved}
    if Rule.UPPER in rules:
        return "upper"
    return "lower" if Rule.LOWER in rules else "other"


def to_png(figure: Figure) -> bytes:
    """Without the name of the library's version, so that the same plan gives the same file."""
    out = io.BytesIO()
    FigureCanvasAgg(figure).print_png(out, metadata={"Software": None})
    return out.getvalue()


def set_extent(
    axes: Axes, extent_m: tuple[float, float, float, float], size_cm: tuple[float, float]
) -> None:
    """Show the extent with a strip below it for the scale, at one scale both ways."""
    minx, miny, maxx, maxy = extent_m
    margin = 0.02 * max(maxx - minx, maxy - miny)
    miny -= 0.09 * (maxy - miny)
    width, height = maxx - minx + 2 * margin, maxy - miny + 2 * margin
    scale = max(width / size_cm[0], height / size_cm[1])
    middle = (minx + maxx) / 2, (miny + maxy) / 2
    axes.set_xlim(middle[0] - scale * size_cm[0] / 2, middle[0] + scale * size_cm[0] / 2)
    axes.set_ylim(middle[1] - scale * size_cm[1] / 2, middle[1] + scale * size_cm[1] / 2)
    axes.set_aspect("equal", adjustable="box")
    axes.set_autoscale_on(False)


def draw_ground(axes: Axes, layers: Layers) -> None:
    """Waters, under all else."""
    barriers = layers.barriers
    if barriers.empty:
        return
    water = barriers[barriers["kind"] == "water"]
    areas = shapely.get_dimensions(water.geometry.to_numpy()) == 2
    plot_on(axes, water[areas], color=_WATER, zorder=1)
    plot_on(axes, water[~areas], color=_WATER, linewidth=2, zorder=1)


def _draw_fills(axes: Axes, grids: gpd.GeoDataFrame, state: Mapping[str, str]) -> None:
    states = grids["grid_id"].map(lambda grid: state.get(grid, "sound"))
    for name, tint in TINTS.items():
        plot_on(
            axes,
            grids[states == name],
            facecolor=tint.fill,
            edgecolor="#00000055" if tint.hatch else "none",
            hatch=tint.hatch or None,
            linewidth=0,
            alpha=None if tint.hatch else 0.85,
            zorder=2,
        )


def draw_lines(axes: Axes, layers: Layers) -> None:
    """Streets and railways."""
    plot_on(axes, layers.streets, color=_STREET, linewidth=0.7, zorder=3)
    if not layers.barriers.empty:
        railway = layers.barriers[layers.barriers["kind"] == "railway"]
        plot_on(axes, railway, color=INK, linewidth=0.9, linestyle=(0, (4, 2)), zorder=4)


def _draw_numbers(axes: Axes, grids: gpd.GeoDataFrame) -> list[shapely.Geometry]:
    """The number at the end of each code, where there is room for it; where they stand."""
    size_pt = 7.0 if len(grids) <= 30 else 5.0
    one_m = size_pt * _metres_per_point(axes)
    circles = shapely.maximum_inscribed_circle(grids.geometry.to_numpy())
    taken = []
    for code, circle in zip(grids["code"], circles, strict=True):
        found = re.search(r"\d{1,3}$", str(code))
        if found is None or circle.is_empty:
            continue
        middle, rim = shapely.get_coordinates(circle)
        if np.hypot(*(rim - middle)) < 0.7 * one_m:
            continue
        write_on(axes, middle, str(int(found.group())), size_pt, INK)
        taken.append(shapely.Point(middle).buffer(0.7 * one_m))
    return taken


def draw_names(axes: Axes, communities: gpd.GeoDataFrame, taken: list[shapely.Geometry]) -> None:
    """Community names, where the machine has a font for them."""
    font = cjk_font()
    if font is None:
        return
    height_m = 1.3 * _NAME_PT * _metres_per_point(axes)
    for name, shape in zip(communities["name"], communities.geometry, strict=True):
        # a Latin letter is about half as wide as a Chinese one
        letters = sum(1.0 if ord(letter) > 0x2E7F else 0.55 for letter in name)
        box = _clear_place(shape, (letters * height_m / 1.3, height_m), taken)
        taken.append(box)
        write_on(axes, shapely.get_coordinates(box.centroid)[0], name, _NAME_PT, _NAME, font)


def _clear_place(
    shape: shapely.Geometry, size_m: tuple[float, float], taken: list[shapely.Geometry]
) -> shapely.Geometry:
    """The box of a size inside a polygon that meets the least of its border and of `taken`."""
    minx, miny, maxx, maxy = shape.bounds
    x, y = (part.ravel() for part in np.meshgrid(
        np.linspace(minx, maxx, _PLACES), np.linspace(maxy, miny, _PLACES)))  # fmt: skip
    half_x, half_y = size_m[0] / 2, size_m[1] / 2
    boxes = shapely.box(x - half_x, y - half_y, x + half_x, y + half_y)
    outside = 1 - shapely.area(shapely.intersection(boxes, shape)) / (size_m[0] * size_m[1])
    met = shapely.intersects(boxes[:, None], np.array(taken, dtype=object)[None, :]).sum(axis=1)
    return boxes[(met + outside).argmin()]


def write_on(
    axes: Axes, at: NDArray[np.float64], words: str, size_pt: float, color: str,
    font: str | None = None,
) -> None:  # fmt: skip
    """Words with a white rim, in the middle of a place."""
    halo = [patheffects.withStroke(linewidth=0.22 * size_pt, foreground="white")]
    axes.text(at[0], at[1], words, size=size_pt, color=color, ha="center", va="center",
              zorder=7, fontname=font, clip_on=True, path_effects=halo)  # fmt: skip


def _metres_per_point(axes: Axes) -> float:
    left, right = axes.get_xlim()
    return float((right - left) / (axes.figure.bbox.width / DPI * 72))


def draw_scale(axes: Axes, language: Language = "zh") -> None:
    """A bar of a round length, at the lower left."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    length_m = _round_length((right - left) / 4)
    x, y = left + 0.03 * (right - left), bottom + 0.03 * (top - bottom)
    far = length_m >= 1000
    number = f"{length_m / 1000 if far else length_m:g}"
    words, font = _lettered("map.kilometre" if far else "map.metre", language)
    axes.plot([x, x + length_m], [y, y], color=INK, linewidth=2, solid_capstyle="butt", zorder=9)
    axes.text(x + length_m / 2, y + 0.015 * (top - bottom), f"{number} {words}", size=6,
              color=INK, ha="center", va="bottom", zorder=9, **font)  # fmt: skip


def _round_length(most_m: float) -> float:
    """The greatest of 1, 2, 5 × 10ⁿ that is not above `most_m`."""
    power = 10.0 ** np.floor(np.log10(most_m))
    return float(power * max(step for step in (1, 2, 5) if step * power <= most_m))


def draw_north(axes: Axes, language: Language = "zh") -> None:
    """An arrow that points up, as grid north does in these pictures."""
    axes.annotate("", xy=(0.955, 0.115), xytext=(0.955, 0.03), xycoords="axes fraction",
                  arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2}, zorder=9)  # fmt: skip
    words, font = _lettered("map.north", language)
    axes.text(0.93, 0.06, words, size=6.5, color=INK, ha="right", va="center", zorder=9,
              transform=axes.transAxes, **font)  # fmt: skip


def _lettered(key: str, language: Language) -> tuple[str, dict[str, Any]]:
    """A word and its font; in English where this machine has no Chinese letters."""
    font = cjk_font()
    return (say(key, language), {"family": font}) if font else (say(key, "en"), {})


def plot_on(axes: Axes, frame: gpd.GeoDataFrame, **style: object) -> None:
    """Draw a frame, unless it is empty."""
    if not frame.empty:
        frame.plot(ax=axes, aspect=None, **style)
