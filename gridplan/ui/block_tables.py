"""The tables of the leaders' overview as HTML: three colours, ranking, lists."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd

from gridplan.cases.disclosure import Telling
from gridplan.cases.told import COLOURS, HELD, TOTAL, Told, ledger_counts
from gridplan.schema import NAME
from gridplan.ui.blocks import spoken
from gridplan.words import Language

SHARES = ("resolved_share", "on_time_share", "satisfied_share")


def ledger(told: Told, language: Language) -> str:
    """Red, yellow and green by community, with bars, and the rule below."""
    head = f"<th>{spoken('column.place', language)}</th>{_colour_heads(language)}"
    rows = [
        f"<tr{_kind(code)}><th>{_name(told, code, language)}</th>{_coloured(told, code)}</tr>"
        for code in [*_places(told), *_below(told)]
    ]
    return _table("ledger", head, rows, spoken("rule", language), language)


def ranking(told: Told, language: Language) -> str:
    """Communities by cases for 1,000 households, with rates and the change of rank."""
    head = _rank_heads(language) + _rate_heads(language)
    rows = [
        f"<tr>{_ranked(told, code, language)}{_rates(told, code)}</tr>" for code in _places(told)
    ]
    return _table("ranking", head, rows, spoken("ranking_note", language), language)


def both(told: Told, language: Language, most: int) -> str:
    """Ranking and ledger as one table, for the wall: so many communities at most."""
    head = _rank_heads(language) + _colour_heads(language) + _rate_heads(language)
    rows = [
        f"<tr>{_ranked(told, code, language)}{_coloured(told, code)}{_rates(told, code)}</tr>"
        for code in _places(told)[:most]
    ]
    rows += [
        f'<tr{_kind(code)}><th colspan="3">{_name(told, code, language)}</th>'
        f'{_coloured(told, code)}<td colspan="{2 + len(SHARES)}"></td></tr>'
        for code in _below(told)
    ]
    left = len(told.board.places) - most
    note = spoken("wall_note", language)
    note += " " + spoken("more", language, count=left) if left > 0 else ""
    return _table("both", head, rows, note, language)


def _table(name: str, head: str, rows: list[str], note: str, language: Language) -> str:
    return (
        f'<h4>{spoken(name, language)}</h4><div class="gp-scroll"><table class="gp-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        f'<p class="gp-note">{note}</p>'
    )


def _colour_heads(language: Language) -> str:
    heads = "".join(f"<th>{spoken(f'column.{colour}', language)}</th>" for colour in COLOURS)
    return f"<th></th>{heads}"


def _rank_heads(language: Language) -> str:
    rank, change, place = (
        spoken(f"column.{name}", language) for name in ("rank", "change", "place")
    )
    return f'<th>{rank}</th><th>{change}</th><th class="left">{place}</th>'


def _rate_heads(language: Language) -> str:
    names = ("cases", "per_1k", *SHARES)
    return "".join(f"<th>{spoken(f'column.{name}', language)}</th>" for name in names)


def _coloured(told: Told, code: str) -> str:
    """A bar and three counts of one row of the ledger."""
    counts = ledger_counts(told.board)
    row, states = counts.loc[code], told.ledger.loc[code]
    full = max(int(counts.drop(TOTAL).sum(axis=1).max() if code != TOTAL else row.sum()), 1)
    segments = "".join(_segment(row[c], states[c], c, full, told) for c in COLOURS)
    cells = "".join(
        f'<td class="{colour}">{escape(told.text(row[colour], states[colour]))}</td>'
        for colour in COLOURS
    )
    return f'<td class="bar"><div>{segments}</div></td>{cells}'


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


def _ranked(told: Told, code: str, language: Language) -> str:
    """Rank, its change and the community."""
    ranks = told.ranks.loc[code]
    rank = HELD if np.isnan(ranks["rank"]) else f"{ranks['rank']:.0f}"
    return f"<td>{rank}</td><td>{_moved(ranks)}</td><th>{_name(told, code, language)}</th>"


def _moved(ranks: pd.Series) -> str:
    steps = ranks["previous_rank"] - ranks["rank"]
    if np.isnan(steps):
        return HELD
    return f"↑{steps:.0f}" if steps > 0 else f"↓{-steps:.0f}" if steps < 0 else "＝"


def _rates(told: Told, code: str) -> str:
    """Cases, cases for 1,000 households, and the shares."""
    row, whole = told.board.places.loc[code], told.whole(code)
    each = f"{row['per_1k']:.1f}" if whole and not np.isnan(row["per_1k"]) else HELD
    shares = "".join(f"<td>{_share(told, row, name, whole)}</td>" for name in SHARES)
    return f"<td>{escape(told.text(row['cases'], told.places[code]))}</td><td>{each}</td>{shares}"


def _share(told: Told, row: pd.Series, name: str, whole: bool) -> str:
    of = {"resolved_share": "cases", "satisfied_share": "rated"}
    count = row[of[name]] if name in of else row["on_time"] + row["missed"]
    known = whole and told.enough(count) and not np.isnan(row[name])
    return f"{row[name]:.0%}" if known else HELD


def counted(
    told: Told,
    code: str | None,
    by: str,
    language: Language,
    codes: Mapping[str, str],
    most: int | None = None,
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
    codes : mapping of str to str
        Code of each grid, as shown, by ``grid_id``.
    most : int, optional
        The first so many alone.
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
    other = spoken(f"no_{by}", language)
    rows = [
        (count, name or other, escape(told.text(count, state)), state)
        for count, name, state in zip(counts, names, states, strict=True)
        if count
    ]
    if not rows:
        return f'<p class="gp-note">{spoken("none", language)}</p>'
    rows.sort(key=lambda row: (row[3] != Telling.WHOLE, -row[0] if row[3] == 0 else 0, row[1]))
    highest = max(row[0] for row in rows)
    body = "".join(
        f'<tr><th>{escape(name)}</th><td class="bar"><div>{_bar(count, state, highest)}</div></td>'
        f"<td>{words}</td></tr>"
        for count, name, words, state in rows[:most]
    )
    return (
        f'<div class="gp-scroll"><table class="gp-table"><thead><tr><th>'
        f'{spoken(f"column.{by}", language)}</th><th></th><th>{spoken("column.cases", language)}</th>'
        f"</tr></thead><tbody>{body}</tbody></table></div>"
    )  # fmt: skip


def _bar(count: float, state: int, highest: float) -> str:
    if state != Telling.WHOLE:
        return '<i class="plain few" style="width:1.1em"></i>'
    return f'<i class="plain" style="width:{100 * count / highest:.1f}%"></i>'


def _places(told: Told) -> list[str]:
    """Communities in their order; those whose cases are not told come last, by name."""
    places = told.board.places
    first = [code for code in places.index if told.whole(code)]
    held = [code for code in places.index if not told.whole(code)]
    return [*first, *sorted(held, key=lambda code: str(places.loc[code, NAME]))]


def _below(told: Told) -> list[str]:
    """What stands below the communities in the ledger."""
    return ["", TOTAL] if ledger_counts(told.board).loc[""].any() else [TOTAL]


def _name(told: Told, code: str, language: Language) -> str:
    if code == TOTAL:
        return spoken("total", language)
    if code == "":
        return spoken("elsewhere", language)
    return escape(str(told.board.places.loc[code, NAME]))


def _kind(code: str) -> str:
    return ' class="total"' if code == TOTAL else ""
