"""The parts of the leaders' overview as HTML: the same on a screen, on a wall and on paper."""

from __future__ import annotations

from datetime import date
from html import escape

import numpy as np
import pandas as pd

from gridplan.cases.board import Figure
from gridplan.cases.disclosure import Telling
from gridplan.cases.periods import Period, PeriodKind
from gridplan.cases.told import COLOURS, HELD, STEADY, TOTAL, Told, conclusion, ledger_counts
from gridplan.maps_cases import shade
from gridplan.schema import NAME
from gridplan.words import Language, say

FOUR = ("cases", "resolved_share", "on_time_share", "satisfied_share")
MORE_IS_BAD = frozenset(("cases",))
SHARES = ("resolved_share", "on_time_share", "satisfied_share")


def _say(key: str, language: Language, **values: object) -> str:
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
    words = _say(
        "source", language, period=board.period.title(language), moment=board.moment,
        name=name, made=made,
    )  # fmt: skip
    held = f"{_say('held', language)}<br>" if told.holds_back else ""
    return f'<p class="gp-foot">{held}{words}</p>'


def four(told: Told, language: Language) -> str:
    """The four numbers, each with unit, 环比 and 同比."""
    return f'<div class="gp-figures">{"".join(_box(told, name, language) for name in FOUR)}</div>'


def _box(told: Told, name: str, language: Language) -> str:
    figure = told.board.figures[name]
    overdue = told.board.figures["overdue"].value
    count = told.text(overdue if name == "on_time_share" else figure.of)
    remark = _say(f"remark.{name}", language, count=count)
    if figure.is_share and np.isnan(figure.value):
        value = f"<em>{_say('no_data', language)}</em>"
    elif figure.is_share:
        value = f"{figure.value:.1%}" if told.enough(figure.of) else HELD
    else:
        unit = _say("unit", language)
        value = f"{escape(told.text(figure.value, told.total))} <u>{unit}</u>"
    changes = "".join(_change(told, name, figure, year, language) for year in (False, True))
    return (
        f"<div><small>{_say(f'figure.{name}', language)}</small><strong>{value}</strong>"
        f"<small>{remark}</small><p>{changes}</p></div>"
    )


def _change(told: Told, name: str, figure: Figure, year: bool, language: Language) -> str:
    """An arrow with the size of the change; red is worse, green is better."""
    label = _say("year" if year else "previous", language)
    change = told.change(figure, year)
    if np.isnan(change):
        other = figure.year_before if year else figure.previous
        few = not np.isnan(other) and not np.isnan(figure.value)
        return f"<span>{label} {_say('few' if few else 'unknown', language)}</span>"
    if abs(change) < STEADY / 10 if figure.is_share else abs(change) < STEADY:
        return f"<span>{label} {_say('same', language)}</span>"
    better = (change > 0) != (name in MORE_IS_BAD)
    size = (
        _say("points", language, change=abs(change) * 100)
        if figure.is_share
        else f"{abs(change):.0%}"
    )
    arrow = "▲" if change > 0 else "▼"
    return f'<span class="{"good" if better else "bad"}">{label} {arrow} {size}</span>'


def ledger(told: Told, language: Language, most: int | None = None) -> str:
    """Red, yellow and green by community, with bars, and the rule below."""
    counts = ledger_counts(told.board)
    widest = max(int(counts.drop(TOTAL).sum(axis=1).max()), 1)
    head = "".join(f"<th>{_say(f'column.{colour}', language)}</th>" for colour in COLOURS)
    rows = []
    for code in [*_places(told, most), *(["", TOTAL] if counts.loc[""].any() else [TOTAL])]:
        row, states = counts.loc[code], told.ledger.loc[code]
        full = max(int(row.sum()), 1) if code == TOTAL else widest
        segments = "".join(_segment(row[c], states[c], c, full, told) for c in COLOURS)
        cells = "".join(
            f'<td class="{colour}">{escape(told.text(row[colour], states[colour]))}</td>'
            for colour in COLOURS
        )
        rows.append(
            f"<tr{_kind(code)}><th>{_name(told, code, language)}</th>"
            f'<td class="bar"><div>{segments}</div></td>{cells}</tr>'
        )
    return (
        f'<h4>{_say("ledger", language)}</h4><div class="gp-scroll"><table class="gp-table">'
        f'<thead><tr><th>{_say("column.place", language)}</th><th></th>{head}</tr></thead>'
        f'<tbody>{"".join(rows)}</tbody></table></div><p class="gp-note">{_say("rule", language)}'
        f"{_rest(told, most, language)}</p>"
    )  # fmt: skip


def _segment(count: float, telling: int, colour: str, full: int, told: Told) -> str:
    """Of a bar; what is not told has one width, whatever it is."""
    if not count:
        return ""
    small = telling != Telling.WHOLE
    width = "1.1em" if small else f"{100 * count / full:.1f}%"
    words = escape(told.text(count, telling))
    return (
        f'<i class="{colour}{" few" if small else ""}" style="width:{width}" title="{words}"></i>'
    )


def ranking(told: Told, language: Language, most: int | None = None) -> str:
    """Communities by cases for 1,000 households, with rates and the change of rank."""
    places = told.board.places
    names = ("rank", "change", "place", "cases", "per_1k", *SHARES)
    head = "".join(f"<th>{_say(f'column.{name}', language)}</th>" for name in names)
    rows = []
    for code in _places(told, most):
        row, whole = places.loc[code], told.whole(code)
        ranks = told.ranks.loc[code]
        rank = HELD if np.isnan(ranks["rank"]) else f"{ranks['rank']:.0f}"
        each = f"{row['per_1k']:.1f}" if whole and not np.isnan(row["per_1k"]) else HELD
        shares = "".join(f"<td>{_share(told, row, name, whole)}</td>" for name in SHARES)
        rows.append(
            f"<tr><td>{rank}</td><td>{_moved(ranks)}</td>"
            f"<th>{_name(told, code, language)}</th>"
            f"<td>{escape(told.text(row['cases'], told.places[code]))}</td>"
            f"<td>{each}</td>{shares}</tr>"
        )
    return (
        f'<h4>{_say("ranking", language)}</h4><div class="gp-scroll"><table class="gp-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        f'<p class="gp-note">{_say("ranking_note", language)}{_rest(told, most, language)}</p>'
    )


def _share(told: Told, row: pd.Series, name: str, whole: bool) -> str:
    of = {"resolved_share": "cases", "satisfied_share": "rated"}
    count = row[of[name]] if name in of else row["on_time"] + row["missed"]
    known = whole and told.enough(count) and not np.isnan(row[name])
    return f"{row[name]:.0%}" if known else HELD


def _moved(row: pd.Series) -> str:
    steps = row["previous_rank"] - row["rank"]
    if np.isnan(steps):
        return HELD
    return f"↑{steps:.0f}" if steps > 0 else f"↓{-steps:.0f}" if steps < 0 else "＝"


def legend(told: Told, language: Language) -> str:
    """The classes of the map in one line."""
    entries = "".join(
        f'<span><i style="background:{fill}"></i>{escape(words)}</span>'
        for fill, words in shade(told).legend(language)
    )
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
        f"<h4>{_say('trend', language)}<small>{_say('trend_note', language)}</small></h4>"
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


def counted(
    told: Told, code: str | None, by: str, language: Language, codes: dict[str, str]
) -> str:
    """Cases by category or by grid, of one community (None: of all), the most first.

    Parameters
    ----------
    told : Told
        What may be told.
    code : str or None
        Of a community.
    by : {"category", "grid"}
        What is counted.
    language : {"zh", "en"}
        Of the heading.
    codes : dict of str to str
        Code of each grid, as shown, by ``grid_id``.
    """
    board = told.board
    if by == "grid":
        inside = board.by_grid.index.get_level_values("community").isin([code] if code else
                  board.places.index)  # fmt: skip
        counts, states = board.by_grid[inside], told.by_grid[inside]
        names = [codes.get(grid, grid) for grid in counts.index.get_level_values("grid")]
    else:
        table = board.by_category
        counts = table.sum() if code is None else table.reindex([code]).fillna(0).iloc[0]
        states = told.category if code is None else told.by_category.loc[code]
        names = [str(name) for name in counts.index]
    other = _say(f"no_{by}", language)
    rows = [
        (count, name or other, escape(told.text(count, state)), state)
        for count, name, state in zip(counts, names, states, strict=True)
        if count
    ]
    if not rows:
        return f'<p class="gp-note">{_say("none", language)}</p>'
    rows.sort(key=lambda row: (row[3] != Telling.WHOLE, -row[0] if row[3] == 0 else 0, row[1]))
    highest = max(row[0] for row in rows)
    body = "".join(
        f'<tr><th>{escape(name)}</th><td class="bar"><div>{_bar(count, state, highest)}</div></td>'
        f"<td>{words}</td></tr>"
        for count, name, words, state in rows
    )
    return (
        f'<div class="gp-scroll"><table class="gp-table"><thead><tr><th>'
        f'{_say(f"column.{by}", language)}</th><th></th><th>{_say("column.cases", language)}</th>'
        f"</tr></thead><tbody>{body}</tbody></table></div>"
    )  # fmt: skip


def _bar(count: float, state: int, highest: float) -> str:
    if state != Telling.WHOLE:
        return '<i class="plain few" style="width:1.1em"></i>'
    return f'<i class="plain" style="width:{100 * count / highest:.1f}%"></i>'


def _places(told: Told, most: int | None) -> list[str]:
    """Communities in their order; those whose cases are not told come last, by name."""
    places = told.board.places
    open_first = sorted(places.index, key=lambda code: (not told.whole(code), 0))
    held = [code for code in open_first if not told.whole(code)]
    first = [code for code in open_first if told.whole(code)]
    return [*first, *sorted(held, key=lambda code: str(places.loc[code, NAME]))][:most]


def _rest(told: Told, most: int | None, language: Language) -> str:
    left = len(told.board.places) - (most or len(told.board.places))
    return " " + _say("more", language, count=left) if left > 0 else ""


def _name(told: Told, code: str, language: Language) -> str:
    if code == TOTAL:
        return _say("total", language)
    if code == "":
        return _say("elsewhere", language)
    return escape(str(told.board.places.loc[code, NAME]))


def _kind(code: str) -> str:
    return ' class="total"' if code == TOTAL else ""
