"""The parts of the leaders' overview as HTML: the same on a screen, on a wall and on paper."""

from __future__ import annotations

from datetime import date
from html import escape

import numpy as np

from gridplan.cases.board import Figure
from gridplan.cases.periods import Period, PeriodKind
from gridplan.cases.told import HELD, STEADY, Told, conclusion
from gridplan.maps.cases import shade
from gridplan.maps.hotspot_marks import OUTLINE
from gridplan.words import Language, say

FOUR = ("cases", "resolved_share", "on_time_share", "satisfied_share")
MORE_IS_BAD = frozenset(("cases",))


def spoken(key: str, language: Language, **values: object) -> str:
    """An entry of these pages, as it stands in HTML."""
    return escape(say(f"page.leaders.{key}", language, **values))


def safe(text: str) -> str:
    """Words as they stand in HTML."""
    return escape(text)


def line(told: Told, language: Language) -> str:
    """The conclusion."""
    return f'<p class="gp-line">{escape(conclusion(told, language))}</p>'


def source(told: Told, name: str, language: Language, made: date) -> str:
    """Period, date, source and 内部使用, with the rule of what is not told where it is needed."""
    board = told.board
    words = spoken(
        "source", language, period=board.period.title(language), moment=board.moment,
        name=name, made=made,
    )  # fmt: skip
    held = f"{spoken('held', language)}<br>" if told.holds_back else ""
    return f'<p class="gp-foot">{held}{words}</p>'


def four(told: Told, language: Language) -> str:
    """The four numbers, each with unit, 环比 and 同比."""
    return f'<div class="gp-figures">{"".join(_box(told, name, language) for name in FOUR)}</div>'


def _box(told: Told, name: str, language: Language) -> str:
    figure = told.board.figures[name]
    overdue = told.board.figures["overdue"].value
    count = told.text(overdue if name == "on_time_share" else figure.of)
    remark = spoken(f"remark.{name}", language, count=count)
    if name == "satisfied_share" and not figure.of:
        remark = spoken("remark.no_rating", language)
    if figure.is_share and np.isnan(figure.value):
        value = f"<em>{spoken('no_data', language)}</em>"
    elif figure.is_share:
        value = f"{figure.value:.1%}" if told.enough(figure.of) else HELD
    else:
        unit = spoken("unit", language)
        value = f"{escape(told.text(figure.value, told.total))} <u>{unit}</u>"
    changes = "".join(_change(told, name, figure, year, language) for year in (False, True))
    return (
        f"<div><small>{spoken(f'figure.{name}', language)}</small><strong>{value}</strong>"
        f"<small>{remark}</small><p>{changes}</p></div>"
    )


def _change(told: Told, name: str, figure: Figure, year: bool, language: Language) -> str:
    """An arrow with the size of the change; red is worse, green is better."""
    label = spoken("year" if year else "previous", language)
    change = told.change(figure, year)
    if np.isnan(change):
        other = figure.year_before if year else figure.previous
        few = not np.isnan(other) and not np.isnan(figure.value)
        return f"<span>{label} {spoken('few' if few else 'unknown', language)}</span>"
    if abs(change) < STEADY / 10 if figure.is_share else abs(change) < STEADY:
        return f"<span>{label} {spoken('same', language)}</span>"
    better = (change > 0) != (name in MORE_IS_BAD)
    size = (
        spoken("points", language, change=abs(change) * 100)
        if figure.is_share
        else f"{abs(change):.0%}"
    )
    arrow = "▲" if change > 0 else "▼"
    return f'<span class="{"good" if better else "bad"}">{label} {arrow} {size}</span>'


def strip(told: Told, language: Language) -> str:
    """The four numbers in one line, for a page that is about something else."""
    figures = told.board.figures
    parts = [f"<b>{escape(told.board.period.title(language))}</b>"]
    for name in FOUR:
        figure = figures[name]
        known = told.enough(figure.of) and not np.isnan(figure.value)
        value = (
            f"{figure.value:.1%}"
            if figure.is_share
            else escape(told.text(figure.value, told.total))
        )
        change = _change(told, name, figure, False, language) if known else ""
        shown = value if known or not figure.is_share else spoken("no_data", language)
        parts.append(f"<span>{spoken(f'figure.{name}', language)} <b>{shown}</b> {change}</span>")
    return f'<p class="gp-strip">{"".join(parts)}</p>'


def legend(told: Told, language: Language, clusters: bool = False) -> str:
    """The classes of the map in one line, and the outline of clusters where it has any."""
    entries = "".join(
        f'<span><i style="background:{fill}"></i>{escape(words)}</span>'
        for fill, words in shade(told).legend(language)
    )
    if clusters:
        words = escape(say("board.map.clusters", language))
        entries += f'<span><i style="border:2px solid {OUTLINE}"></i>{words}</span>'
    title = escape(say("board.map.title", language))
    return f'<p class="gp-legend-line"><b>{title}</b>{entries}</p>'


def trend(told: Told, language: Language) -> str:
    """Twelve bars with the year before as a stroke."""
    table, period = told.board.trend, told.board.period
    highest = float(np.nanmax([*table.to_numpy().ravel(), 1.0]))
    bars = []
    for text, row in table.iterrows():
        count, before = row["cases"], row["year_before"]
        known = not np.isnan(count)
        words = escape(told.text(count)) if known else HELD
        small = bool(known and 0 < count < told.least)
        height = 0.0 if not known else 100 * (told.least if small else count) / highest
        kinds = " ".join(["now"] * (text == str(period)) + ["few"] * small)
        old = 0 if np.isnan(before) else max(before, told.least if before else 0)
        stroke = f'<s style="bottom:{100 * old / highest:.1f}%"></s>' if old else ""
        bars.append(
            f'<li class="{kinds}"><b>{words}</b><div><i style="height:{height:.1f}%"></i>{stroke}'
            f"</div><small>{escape(short_period(Period.parse(str(text)), language))}</small></li>"
        )
    return (
        f"<h4>{spoken('trend', language)}<small>{spoken('trend_note', language)}</small></h4>"
        f'<ul class="gp-trend">{"".join(bars)}</ul>'
    )


def short_period(period: Period, language: Language) -> str:
    """A period as it stands below a bar."""
    if period.kind is PeriodKind.YEAR:
        return str(period)
    number = str(period).split("-", 1)[1].lstrip("QHW0")
    name = period.kind.value
    if period.kind is PeriodKind.HALF:
        name = "first_half" if number == "1" else "second_half"
    return say(f"board.short.{name}", language, number=number, year=period.first.year % 100)
