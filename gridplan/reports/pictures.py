"""Maps of a report: hotspots of the period, and where services are out of walking reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from gridplan.picture import (
    CM_PER_INCH,
    DPI,
    INK,
    cjk_font,
    draw_ground,
    draw_lines,
    draw_names,
    draw_north,
    draw_scale,
    plot_on,
    set_extent,
    to_png,
)
from gridplan.reports.places import HotPlace
from gridplan.reports.speak import Speaker

WIDTH_CM = 17.0
"""A little less than there is between the margins of the page."""
MOST_HIGH_CM = 8.4
LEGEND_CM = 1.2
"""Strip below a map for what its colours mean."""

STEPS = (5, 10, 20, 50)
SHADES = ("#e8e3d3", "#c9c3a6", "#8f9a8c", "#4d6573")
"""From light to dark, told apart in grey print and by the colour-blind."""
BLIND = ((1, 3), (4, 6), (7, 9), (10, 99))
BLIND_SHADES = ("#fde5a7", "#f4a84b", "#c7562b", "#6b1f1a")
HOT, PILE, FACILITY, LAND = "#b2182b", "#2166ac", "#1b5e8a", "#f1f1ee"


@dataclass(frozen=True)
class Picture:
    """A picture of a report.

    Parameters
    ----------
    png : bytes
        200 dots an inch.
    size_cm : tuple of float
        Width and height on paper.
    caption : str
        Said below, and to those who cannot see it.
    """

    png: bytes
    size_cm: tuple[float, float]
    caption: str


def draw_hotspots(speaker: Speaker) -> Picture | None:
    """Cases by cell, the numbered hotspots of the period, and points with piles of cases."""
    context = speaker.context
    found = context.hotspots
    if found is None:
        return None
    figure, axes, size_cm = _sheet(speaker)
    ground = shapely.union_all(_communities(speaker).geometry.to_numpy())
    cells = found.cells[found.cells.intersects(ground)]
    cells = cells.set_geometry(cells.intersection(ground))
    steps = [step for step in STEPS if step >= context.spec.least_shown] or list(STEPS)
    handles: list[Patch | Line2D] = []
    for place, low in enumerate(steps):
        high = steps[place + 1] if place + 1 < len(steps) else np.inf
        color = SHADES[place + len(SHADES) - len(steps)]
        plot_on(axes, cells[(cells["cases"] >= low) & (cells["cases"] < high)], facecolor=color,
                edgecolor="none", zorder=2)  # fmt: skip
        key = "picture.class_open" if high == np.inf else "picture.class"
        values = {"low": low} if high == np.inf else {"low": low, "high": int(high) - 1}
        handles.append(Patch(facecolor=color, label=speaker.say(key, **values)))
    _frame(axes, speaker)
    listed = context.places[: context.spec.listed]
    _mark_places(axes, listed, ground)
    handles += _mark_piles(axes, speaker, found.piles)
    if listed:
        label = speaker.say("picture.hotspot")
        handles.append(Patch(facecolor="none", edgecolor=HOT, linewidth=1.6, label=label))
    taken = [one.geometry for one in listed]
    taken += list(found.piles.geometry.buffer(0.02 * np.ptp(axes.get_xlim())))
    draw_names(axes, _communities(speaker), taken)
    _furnish(figure, axes, speaker, handles, "picture.source")
    since, until = speaker.day(found.since), speaker.day(context.ground.as_of)
    return Picture(to_png(figure), size_cm, speaker.say("picture.map", since=since, until=until))


def draw_blind(speaker: Speaker) -> Picture | None:
    """How many services are out of walking reach, where people live."""
    context = speaker.context
    coverage = context.coverage
    if coverage is None or not context.blind or coverage.blindspots.empty:
        return None
    figure, axes, size_cm = _sheet(speaker)
    count, extent = _overlay(axes, coverage.blindspots)
    handles: list[Patch | Line2D] = []
    picture = np.zeros((*count.shape, 4))
    for (low, high), color in zip(BLIND, BLIND_SHADES, strict=True):
        mine = (count >= low) & (count <= high)
        if not mine.any():
            continue
        rgb = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        picture[mine] = (*rgb, 1.0)
        top = min(high, len(context.blind))
        key = "picture.services_one" if low == top else "picture.services"
        values = {"low": low} if low == top else {"low": low, "high": top}
        handles.append(Patch(facecolor=color, label=speaker.say(key, **values)))
    axes.imshow(picture, extent=extent, origin="lower", interpolation="nearest", zorder=2,
                aspect="equal")  # fmt: skip
    _frame(axes, speaker)
    rows = sorted({row for rows in coverage.matched.rows.values() for row in rows})
    facilities = context.ground.prepared.layers.facilities.iloc[rows]
    plot_on(axes, facilities, color=FACILITY, edgecolor="white", linewidth=0.6, markersize=16,
            marker="s", zorder=6)  # fmt: skip
    if len(facilities):
        handles.append(_marker("s", FACILITY, speaker.say("picture.facility")))
    draw_names(axes, _communities(speaker), [])
    _furnish(figure, axes, speaker, handles, "picture.source_blind")
    return Picture(to_png(figure), size_cm, speaker.say("picture.blind"))


def fonts() -> dict[str, Any]:
    """What a text in a picture needs to have Chinese letters."""
    font = cjk_font()
    return {} if font is None else {"fontname": font}


def _sheet(speaker: Speaker) -> tuple[Figure, Axes, tuple[float, float]]:
    """An empty map of the area over the whole width, with a strip for the legend below."""
    left, bottom, right, top = _communities(speaker).total_bounds
    map_cm = min(1.15 * WIDTH_CM * (top - bottom) / max(right - left, 1.0), MOST_HIGH_CM)
    size_cm = (WIDTH_CM, map_cm + LEGEND_CM)
    figure = Figure(figsize=(size_cm[0] / CM_PER_INCH, size_cm[1] / CM_PER_INCH), dpi=DPI)
    strip = LEGEND_CM / size_cm[1]
    axes = figure.add_axes((0, strip, 1, 1 - strip))
    axes.set_axis_off()
    set_extent(axes, (left, bottom, right, top), (WIDTH_CM, map_cm))
    plot_on(axes, _communities(speaker), facecolor=LAND, edgecolor="none", zorder=0.5)
    draw_ground(axes, speaker.context.ground.prepared.layers)
    return figure, axes, size_cm


def _frame(axes: Axes, speaker: Speaker) -> None:
    """Streets, grids and communities over the shading."""
    ground = speaker.context.ground
    draw_lines(axes, ground.prepared.layers)
    if len(ground.grids):
        plot_on(axes, ground.grids.boundary.to_frame("geometry"), color=INK, linewidth=0.35,
                alpha=0.6, zorder=5)  # fmt: skip
    borders = _communities(speaker).boundary.to_frame("geometry")
    plot_on(axes, borders, color=INK, linewidth=1.2, zorder=5.5)


def _mark_places(axes: Axes, places: Sequence[HotPlace], ground: shapely.Geometry) -> None:
    """Outlines, with the number at the upper right corner, where it hides least."""
    for one in places:
        shape = shapely.intersection(one.geometry, ground)
        parts = shapely.get_parts(shape)
        largest = parts[shapely.area(parts).argmax()]
        gpd.GeoSeries([shape]).boundary.plot(
            ax=axes, color=HOT, linewidth=1.6, zorder=6.5, aspect=None
        )
        corners = shapely.get_coordinates(largest)
        at = corners[corners.sum(axis=1).argmax()]
        axes.plot(
            at[0], at[1], marker="o", markersize=11, color=HOT, markeredgecolor="white", zorder=7
        )
        axes.text(at[0], at[1], str(one.number), size=8, color="white", ha="center", va="center",
                  weight="bold", zorder=8)  # fmt: skip


def _mark_piles(axes: Axes, speaker: Speaker, piles: gpd.GeoDataFrame) -> list[Patch | Line2D]:
    handles: list[Patch | Line2D] = []
    kinds = [("default", "picture.pile", "white"), ("repeat", "picture.repeat", PILE)]
    if speaker.context.topic is not None:  # one category alone does not tell the kinds apart
        piles = piles.assign(kind="default")
        kinds = [("default", "picture.pile_any", "white")]
    for kind, key, fill in kinds:
        mine = piles[piles["kind"] == kind]
        plot_on(axes, mine, facecolor=fill, edgecolor=PILE, linewidth=1.4, markersize=34,
                marker="D", zorder=6.8)  # fmt: skip
        if len(mine):
            handles.append(_marker("D", fill, speaker.say(key)))
    return handles


def _marker(shape: str, fill: str, label: str) -> Line2D:
    return Line2D([], [], linestyle="none", marker=shape, markerfacecolor=fill, markersize=5.5,
                  markeredgecolor=PILE if shape == "D" else "white", label=label)  # fmt: skip


def _furnish(
    figure: Figure, axes: Axes, speaker: Speaker, handles: list[Patch | Line2D], source: str
) -> None:
    """Scale, north arrow, legend, date and source."""
    draw_scale(axes, speaker.language)
    draw_north(axes, speaker.language)
    font = cjk_font()
    about = {"size": 7.5} if font is None else {"size": 7.5, "family": font}
    for rows in (1, 2) if handles else ():
        legend = figure.legend(handles=handles, loc="center", bbox_to_anchor=(0.5, 0.085),
                               ncols=-(-len(handles) // rows), frameon=False, prop=about,
                               handlelength=1.4, columnspacing=1.2)  # fmt: skip
        if rows == 2 or legend.get_window_extent().width <= figure.bbox.width:
            break
        legend.remove()
    words = speaker.say(source, date=speaker.day(speaker.context.ground.as_of))
    figure.text(0.995, 0.008, words, size=6.5, color=INK, ha="right", va="bottom", **fonts())


def _overlay(
    axes: Axes, blindspots: gpd.GeoDataFrame
) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """How many services' blind spots lie over each dot of the map."""
    left, bottom, right, top = blindspots.total_bounds
    (x0, x1) = axes.get_xlim()
    step = (x1 - x0) / (WIDTH_CM / CM_PER_INCH * DPI) * 2  # two dots of the picture
    x = np.arange(left + step / 2, right, step)
    y = np.arange(bottom + step / 2, top, step)
    count = np.zeros((len(y), len(x)), dtype=np.int64)
    grid_x, grid_y = np.meshgrid(x, y)
    for _, mine in blindspots.groupby("service", sort=False):
        inside = np.zeros(count.shape, dtype=bool)
        for shape in mine.geometry:
            low_x, low_y, high_x, high_y = shape.bounds
            columns = slice(*np.searchsorted(x, (low_x, high_x)))
            rows = slice(*np.searchsorted(y, (low_y, high_y)))
            shapely.prepare(shape)
            inside[rows, columns] |= shapely.contains_xy(
                shape, grid_x[rows, columns], grid_y[rows, columns]
            )
        count += inside
    extent = (left, left + step * len(x), bottom, bottom + step * len(y))
    return count, extent


def _communities(speaker: Speaker) -> gpd.GeoDataFrame:
    """What the map shows: the whole area, or the one community."""
    ground = speaker.context.ground
    frame = ground.prepared.layers.communities
    return frame[frame["community_code"] == ground.community] if ground.community else frame
