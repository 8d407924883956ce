"""A board as people outside the office may read it, and its one line of conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from gridplan.cases.board import Board, Figure
from gridplan.cases.counts import LEAST_SHOWN, shown
from gridplan.cases.disclosure import INT, Sum, Telling, protect
from gridplan.schema import NAME
from gridplan.words import Language, say

COLOURS = ("red", "yellow", "green")
HELD = "—"
TOTAL = "total"
ELSEWHERE = ""
"""In place of a community's code: cases that lie in none."""
GATHERED = 0.4
"""Share of the overdue cases from which one community is named for them."""
STEADY = 0.005
"""A change of less than half a per cent is none."""


@dataclass(frozen=True, eq=False)
class Told:
    """What of a board is told; every value is a :class:`gridplan.cases.disclosure.Telling`.

    Parameters
    ----------
    board : Board
        The counts themselves.
    least : int
        The smallest count that is told; 0: all are.
    total : int
        Of the cases of the period.
    places : Series
        By ``community_code``, and "" for no community.
    category : Series
        By category.
    by_category : DataFrame
        As `board.by_category`.
    by_grid : Series
        As `board.by_grid`.
    ledger : DataFrame
        By ``community_code``, "" and ``total``: ``red, yellow, green``.
    """

    board: Board
    least: int
    total: int
    places: pd.Series
    category: pd.Series
    by_category: pd.DataFrame
    by_grid: pd.Series
    ledger: pd.DataFrame

    def text(self, count: float, telling: int = Telling.WHOLE) -> str:
        """A count with separators, ``<5``, ``—`` where it is held back, "" where not known."""
        return HELD if telling == Telling.HELD else shown(count, self.least)

    def whole(self, code: str) -> bool:
        """Whether a community's cases are told as a number: then its rates are told too."""
        return bool(self.places[code] == Telling.WHOLE and self.enough(self._cases(code)))

    def enough(self, count: float) -> bool:
        """Whether a rate of so many is told."""
        return count >= max(self.least, 1)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """``rank`` and ``previous_rank`` by ``community_code``, NaN where not told.

        Only those told as a number take part: a gap in the ranks would tell of the others.
        """
        places = self.board.places
        mine = places[[self.whole(code) for code in places.index]]
        ranks = {
            name: mine[column].rank(ascending=False, method="min")
            for name, column in (("rank", "per_1k"), ("previous_rank", "previous_per_1k"))
        }
        return pd.DataFrame(ranks).reindex(places.index)

    def change(self, figure: Figure, year: bool = False) -> float:
        """A figure's change, NaN too where it would give a small count away."""
        other = figure.year_before if year else figure.previous
        if not figure.is_share and (0 < other < self.least or 0 < figure.value < self.least):
            return np.nan
        of = min(figure.of, figure.year_of if year else figure.before_of)
        if figure.is_share and not self.enough(of):
            return np.nan
        return figure.year_change if year else figure.change

    @property
    def holds_back(self) -> bool:
        """Whether any count is not told."""
        parts = (self.places, self.category, self.by_grid, self.ledger, self.by_category)
        return bool(self.total) or any(bool((part.to_numpy() > 0).any()) for part in parts)

    def _cases(self, code: str) -> int:
        board = self.board
        return int(board.elsewhere["cases"] if code == "" else board.places.loc[code, "cases"])


def tell_board(board: Board, least: int = LEAST_SHOWN) -> Told:
    """Hold back what is small, and what would give it away.

    The cases of the street, of its communities and of the categories come first; then, without
    holding back more of these, grids and the categories of each community, which a reader can add
    up to them. The three colours are protected by themselves. Cases that lie in no community are
    about no place: they hide others, and nothing is held back for their sake.

    Parameters
    ----------
    board : Board
        The counts.
    least : int
        The smallest count that is told; 0 tells all.
    """
    counts = pd.concat([board.places["cases"], pd.Series({ELSEWHERE: board.elsewhere["cases"]})])
    table = board.by_category.reindex(counts.index).fillna(0).astype("int64")
    cells = _Cells()
    total = cells.add([int(counts.sum())])[0]
    place = dict(zip(counts.index, cells.add(counts), strict=True))
    category = cells.add(table.sum())
    cells.sums += [(total, list(place.values()))]
    if len(category):
        cells.sums += [(total, category)]
    nowhere = [place[ELSEWHERE]]
    above = protect(cells.values, cells.sums, least, harmless=nowhere)
    crossed = [cells.add(table.loc[code]) for code in counts.index]
    if len(category):
        cells.sums += list(zip(place.values(), crossed, strict=True))
        cells.sums += [(each, [row[j] for row in crossed]) for j, each in enumerate(category)]
        nowhere += crossed[-1]
    grids = []
    for code, part in board.by_grid.groupby(level="community", sort=False):
        own = cells.add(part)
        cells.sums += [(place[str(code)], own)]
        grids.append(pd.Series(own, part.index))
        nowhere += own if code == ELSEWHERE else []
    told = protect(cells.values, cells.sums, least, above=above, harmless=nowhere)
    grid = pd.concat(grids) if grids else board.by_grid
    return Told(
        board=board,
        least=least,
        total=int(told[total]),
        places=pd.Series(told[list(place.values())], counts.index),
        category=pd.Series(told[category], table.columns),
        by_category=pd.DataFrame(
            told[np.array(crossed, dtype=np.int64).reshape(table.shape)], table.index, table.columns
        ),
        by_grid=pd.Series(told[grid.to_numpy(dtype=np.int64)], grid.index),
        ledger=_ledger(board, least),
    )


class _Cells:
    """Counts in the order in which they were added, and which of them are sums."""

    def __init__(self) -> None:
        self.values: list[int] = []
        self.sums: list[Sum] = []

    def add(self, counts: pd.Series | list[int]) -> list[int]:
        """Add counts; their places."""
        first = len(self.values)
        self.values += [int(count) for count in counts]
        return list(range(first, len(self.values)))


def ledger_counts(board: Board) -> pd.DataFrame:
    """``red, yellow, green`` by community, with a row "" for none and ``total`` below."""
    table = pd.concat([board.places[list(COLOURS)], board.elsewhere[list(COLOURS)].to_frame().T])
    table.index = pd.Index([*board.places.index, ELSEWHERE])
    table.loc[TOTAL] = table.sum()
    return table.astype("int64")


def _ledger(board: Board, least: int) -> pd.DataFrame:
    table = ledger_counts(board)
    rows, columns = table.shape
    sums: list[Sum] = [
        ((rows - 1) * columns + j, [i * columns + j for i in range(rows - 1)])
        for j in range(columns)
    ]
    nowhere = range((rows - 2) * columns, (rows - 1) * columns)
    told: INT = protect(table.to_numpy().ravel(), sums, least, harmless=nowhere)
    return pd.DataFrame(told.reshape(table.shape), table.index, table.columns)


def conclusion(told: Told, language: Language = "zh") -> str:
    """The period in one line, by rule: how many, more or fewer, what leads, what is overdue.

    Parameters
    ----------
    told : Told
        What may be said.
    language : {"zh", "en"}
        Of the line.
    """
    board, figure = told.board, told.board.figures
    cases = figure["cases"]
    if not cases.value:
        return say("board.quiet", language, period=board.period.title(language))
    parts = [
        say(
            "board.cases",
            language,
            period=board.period.title(language),
            count=_spoken(told, cases.value, language),
        )
    ]
    for year, key in ((False, "board.previous"), (True, "board.year")):
        change = told.change(cases, year)
        if not np.isnan(change):
            way = "same" if abs(change) < STEADY else "more" if change > 0 else "fewer"
            parts.append(say(f"{key}.{way}", language, change=abs(change)))
    parts += _leading(told, language)
    share = figure["resolved_share"]
    if told.enough(share.of):
        parts.append(say("board.resolved", language, share=share.value))
    parts.append(_overdue(told, language))
    joined = say("board.comma", language).join(parts)
    return joined + say("board.stop", language)


def _spoken(told: Told, count: float, language: Language) -> str:
    if 0 < count < told.least:
        return say("board.below", language, least=told.least)
    return f"{int(count):,}"


def _leading(told: Told, language: Language) -> list[str]:
    """The most frequent category, where it is told and stands alone at the top."""
    counts = told.board.by_category.sum()
    counts = counts[[name for name in counts.index if name]].sort_values(ascending=False)
    parts = []
    if len(counts) and told.category[counts.index[0]] == Telling.WHOLE:
        alone = len(counts) == 1 or counts.iloc[0] > counts.iloc[1]
        if alone and told.enough(counts.iloc[0]):
            share = counts.iloc[0] / told.board.figures["cases"].value
            parts.append(say("board.category", language, name=counts.index[0], share=share))
    places = told.board.places
    first = places[(told.ranks["rank"] == 1) & (places["rank"] == 1)]
    if len(first) == 1 and len(places) > 1:
        parts.append(say("board.place", language, name=first[NAME].iloc[0]))
    return parts


def _overdue(told: Told, language: Language) -> str:
    overdue = told.board.figures["overdue"].value
    if not overdue:
        return say("board.no_overdue", language)
    count = _spoken(told, overdue, language)
    places = told.board.places
    worst = places["overdue"].sort_values(ascending=False, kind="stable")
    gathered = len(places) > 1 and overdue >= told.least and worst.iloc[0] >= GATHERED * overdue
    if gathered and worst.iloc[0] > worst.iloc[1]:
        name = places.loc[worst.index[0], NAME]
        return say("board.overdue_in", language, count=count, name=name)
    return say("board.overdue", language, count=count)
