"""Small charts of a report: the last periods, the days of the week and the parts of a day."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gridplan.picture import CM_PER_INCH, DPI, INK, to_png
from gridplan.reports.kinds import ReportKind
from gridplan.reports.parts import HOURS
from gridplan.reports.pictures import WIDTH_CM, Picture, fonts
from gridplan.reports.speak import Speaker

BAR, NOW, LOW = "#9db4c0", "#1f4e79", "#b2182b"
"""Earlier periods, this one, and a limit: told apart in grey print."""
HIGH_CM = 4.6


def draw_trend(speaker: Speaker) -> Picture | None:
    """Cases of the last periods; of a quarterly report satisfaction."""
    context = speaker.context
    table = context.trend
    satisfied = context.kind is ReportKind.QUARTERLY
    if len(table) < 2 or (satisfied and table["satisfied"].isna().all()):
        return None
    figure, (axes,) = _sheet(1)
    labels = [_short(speaker, period) for period in table["period"]]
    at = np.arange(len(table))
    if satisfied:
        values = 100 * table["satisfied"].to_numpy()
        axes.plot(at, values, color=NOW, marker="o", linewidth=1.6)
        for x, value in zip(at, values, strict=True):
            if not np.isnan(value):
                axes.text(float(x), value + 1.2, f"{value:.1f}%", size=7, color=INK, ha="center")
        floor = context.spec.ledger.satisfied_floor
        axes.axhline(100 * floor, color=LOW, linewidth=1.0, linestyle=(0, (4, 2)))
        axes.text(len(table) - 0.55, 100 * floor - 1.2, speaker.say("picture.floor", floor=floor),
                  size=7, color=LOW, ha="right", va="top", **fonts())  # fmt: skip
        low = min(np.nanmin(values), 100 * floor) - 6
        axes.set_ylim(low, min(max(np.nanmax(values) + 5, 100 * floor + 5), 104))
    else:
        _bars(axes, speaker, table["count"].to_numpy(), len(table) - 1)
    _label(axes, labels)
    caption = speaker.say("picture.satisfied" if satisfied else "picture.trend", count=len(table))
    return Picture(to_png(figure), (WIDTH_CM, HIGH_CM), caption)


def draw_when(speaker: Speaker) -> Picture | None:
    """Cases by day of the week and, where times are known, by part of the day."""
    topic = speaker.context.topic
    if topic is None or not topic.weekdays.sum():
        return None
    figure, panels = _sheet(2 if topic.timed else 1)
    days = [speaker.say(f"day.d{day}") for day in range(7)]
    days = days if speaker.language == "zh" else [day[:3] for day in days]
    _bars(panels[0], speaker, topic.weekdays, int(topic.weekdays.argmax()))
    _label(panels[0], days)
    titles = [speaker.say("picture.weekdays"), speaker.say("picture.hours")]
    if topic.timed:
        _bars(panels[1], speaker, topic.hours, int(topic.hours.argmax()))
        _label(panels[1], [f"{a}–{b}" for a, b in pairwise(HOURS)])
    for axes, title in zip(panels, titles, strict=False):
        axes.set_title(title, size=8, color=INK, **fonts())
    return Picture(
        to_png(figure),
        (WIDTH_CM, HIGH_CM),
        speaker.say("picture.when", count=len(speaker.context.trend)),
    )


def _sheet(panels: int) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(WIDTH_CM / CM_PER_INCH, HIGH_CM / CM_PER_INCH), dpi=DPI)
    wide = 0.97 / panels
    drawn = []
    for number in range(panels):
        axes = figure.add_axes((0.02 + number * wide, 0.13, wide - 0.03, 0.74))
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(INK)
        axes.set_yticks([])
        drawn.append(axes)
    return figure, drawn


def _bars(axes: Axes, speaker: Speaker, values: np.ndarray, now: int) -> None:
    """Bars with their counts; one that is small shows no height of its own."""
    drawn = [float(speaker.least) if speaker.hidden(value) else float(value) for value in values]
    colors = [NOW if place == now else BAR for place in range(len(values))]
    bars = axes.bar(np.arange(len(values)), drawn, color=colors, width=0.62)
    for bar, value, height in zip(bars, values, drawn, strict=True):
        if speaker.hidden(value):
            bar.set(facecolor="none", edgecolor=BAR, linestyle=(0, (2, 1)), linewidth=0.8)
        axes.text(bar.get_x() + bar.get_width() / 2, height, speaker.count(value), size=7,
                  color=INK, ha="center", va="bottom")  # fmt: skip
    axes.set_ylim(0, 1.12 * max(*drawn, 1.0))


def _label(axes: Axes, labels: list[str]) -> None:
    axes.set_xticks(np.arange(len(labels)), labels, size=7, color=INK, **fonts())
    axes.tick_params(length=0, pad=2)


def _short(speaker: Speaker, period: object) -> str:
    """A period as short as an axis needs: W26, 06-30, 2026-06, 2026-Q2."""
    text = str(period)
    kind = speaker.context.kind
    if kind is ReportKind.WEEKLY:
        week = int(text.split("-W")[1])
        return speaker.say("picture.week", week=week)
    return text[5:] if kind is ReportKind.DAILY else text
