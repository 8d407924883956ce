"""Which counts of a table may be told, so that no small one can be worked out from its totals.

A count under 5 is told as ``<5``. Beside a total and the other parts it could be worked out again,
so further counts are held back until every small one has at least two possible values. What can be
worked out is found by linear programming over the counts that are not told, as in the audit of
cell suppression: the equations of these tables are those of a flow in a network, where the
extremes of a linear programme are whole numbers, so that the bounds are exact.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from gridplan.cases.counts import LEAST_SHOWN

_TOGETHER = 6
"""Programmes that move many counts at once, before what is left is tried one by one."""
INT = NDArray[np.int64]
Sum = tuple[int, Sequence[int]]
"""A total and its parts, by their places among the counts."""


class Telling(IntEnum):
    """What is told of a count."""

    WHOLE = 0
    SMALL = 1
    """That it is above zero and below the least that is told."""
    HELD = 2
    """Nothing."""


def protect(
    counts: Sequence[int] | INT,
    sums: Sequence[Sum],
    least: int = LEAST_SHOWN,
    *,
    above: Sequence[int] | INT = (),
    harmless: Collection[int] = (),
) -> INT:
    """What to tell of each count.

    Parameters
    ----------
    counts : sequence of int
        Not below zero; totals among them.
    sums : sequence of (int, sequence of int)
        Every total that a reader knows to be one: its place, and those of its parts.
    least : int
        The smallest count that is told; 0 tells all.
    above : sequence of int
        What is told of the first counts, decided before by themselves: of these nothing more is
        held back, as long as anything else can be.
    harmless : collection of int
        Places of counts that are about nobody in particular: they may follow from others, and are
        the first to be held back.

    Returns
    -------
    int array
        A :class:`Telling` for each count. No count of 1 to `least` − 1 follows from the others,
        the harmless apart.

    Raises
    ------
    ValueError
        Where a total is not the sum of its parts.
    """
    values = np.asarray(counts, dtype=np.int64)
    for total, parts in sums:
        if values[total] != values[list(parts)].sum():
            raise ValueError(f"{values[total]} is not the sum of its parts")
    small = (values > 0) & (values < least)
    told = np.where(small, Telling.SMALL, Telling.WHOLE).astype(np.int64)
    told[: len(above)] = above
    lines = _Lines(values, sums, len(above), harmless)
    asked = np.setdiff1d(np.flatnonzero(small), list(harmless))
    unsure = _worked_out(values, told, sums, least, asked)
    while len(unsure):
        touched: set[int] = set()
        for cell in unsure.tolist():
            beside = lines.beside(cell)
            if not touched & beside:
                held = lines.hold_one_more(told, cell)
                touched |= held
                if not held & beside:  # held far off: who knows whom that hides
                    break
        if not touched:
            raise AssertionError("nothing is left to hold back")  # with all held, two values remain
        unsure = _worked_out(values, told, sums, least, unsure)  # holding more reveals no other
    return told


class _Lines:
    """Totals with their parts, and what to hold back among them."""

    def __init__(
        self, values: INT, sums: Sequence[Sum], decided: int, harmless: Collection[int]
    ) -> None:
        self.values, self.decided, self.harmless = values, decided, frozenset(harmless)
        self.totals = {total for total, _ in sums}
        self.lines = [(total, *parts) for total, parts in sums]
        self.of: dict[int, list[int]] = {}
        for number, line in enumerate(self.lines):
            for cell in line:
                self.of.setdefault(cell, []).append(number)

    def beside(self, cell: int) -> set[int]:
        """All counts that share a sum with one."""
        return {other for number in self.of.get(cell, ()) for other in self.lines[number]}

    def hold_one_more(self, told: INT, cell: int) -> set[int]:
        """Hold back what costs least and hides a cell better; what that was."""
        near = self.beside(cell)
        hidden = set(np.flatnonzero(told).tolist())
        far = {other for line in self.lines if hidden & set(line) for other in line}
        for lowest in (self.decided, 0):
            for among in (near, far):
                found = [
                    place
                    for place in among
                    if place >= lowest and told[place] == Telling.WHOLE and self.values[place] > 0
                ]
                if found:
                    return self._hold(told, {min(found, key=self._cost)})
            for among in (near, far):  # not even "<5" of four ones below a 4, nor the zeros
                for telling in (Telling.SMALL, Telling.WHOLE):
                    rest = {place for place in among if place >= lowest and told[place] == telling}
                    if rest:
                        return self._hold(told, rest)
        return set()

    def _cost(self, place: int) -> tuple[bool, bool, int, int]:
        dear = place not in self.harmless
        return dear, place in self.totals, int(self.values[place]), place

    @staticmethod
    def _hold(told: INT, places: set[int]) -> set[int]:
        told[list(places)] = Telling.HELD
        return places


def _worked_out(values: INT, told: INT, sums: Sequence[Sum], least: int, asked: INT) -> INT:
    """Which of some small counts have one possible value only."""
    hidden = np.flatnonzero(told)
    system, right = _equations(values, told, sums, hidden)
    truth = values[hidden]
    plain = told[hidden] == Telling.SMALL
    ceiling = 2 * max(int(values.max(initial=0)), least)  # what lies above it tells no more
    bounds = np.column_stack([np.where(plain, 1, 0), np.where(plain, least - 1, ceiling)])
    unsure = set(np.flatnonzero(np.isin(hidden, asked)).tolist())

    def look_for_another(goal: NDArray[np.float64]) -> None:
        answer = linprog(goal, A_eq=system, b_eq=right, bounds=bounds, method="highs")
        unsure.difference_update(np.flatnonzero(np.rint(answer.x) != truth).tolist())

    for together in range(_TOGETHER):
        if unsure:
            goal = np.zeros(len(hidden))
            goal[sorted(unsure)] = np.resize([1.0, -1.0][:: 1 - 2 * (together % 2)], len(unsure))
            look_for_another(goal)
    for cell in sorted(unsure):
        for sign in (1.0, -1.0):
            if cell in unsure:
                goal = np.zeros(len(hidden))
                goal[cell] = sign
                look_for_another(goal)
    return hidden[sorted(unsure)]


def _equations(
    values: INT, told: INT, sums: Sequence[Sum], hidden: INT
) -> tuple[csr_array, list[int]]:
    """Every sum over the counts that are not told: parts less total, and what that makes."""
    place = {cell: number for number, cell in enumerate(hidden.tolist())}
    entries, right = [], []
    for number, (total, parts) in enumerate(sums):
        known = 0
        for cell, sign in ((total, -1), *((part, 1) for part in parts)):
            if told[cell]:
                entries.append((sign, number, place[cell]))
            else:
                known += sign * int(values[cell])
        right.append(-known)
    signs, rows, columns = zip(*entries, strict=True) if entries else ((), (), ())
    shape = (len(sums), len(hidden))
    return csr_array((np.array(signs, dtype=float), (rows, columns)), shape=shape), right
