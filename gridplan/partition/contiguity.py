"""Ways inside a grid: which units a centre can hold, and what lies between them.

All units on the way from a unit to the centre of its grid lie in the grid too, so the lightest way
is no heavier than the upper limit (Validi, Buchanan and Lykhovyd 2022).
"""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.compiled import compiled
from gridplan.partition.field import Field, Measures

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]


@compiled
def walk(start: int, allowed: BOOL, indptr: INT, indices: INT) -> BOOL:
    """Units that a walk over allowed units reaches from `start`, which is allowed itself."""
    seen = np.zeros(len(allowed), dtype=np.bool_)
    queue = np.zeros(len(allowed), dtype=np.int64)
    seen[start] = True
    queue[0] = start
    head, tail = 0, 1
    while head < tail:
        unit = queue[head]
        head += 1
        for a in range(indptr[unit], indptr[unit + 1]):
            other = indices[a]
            if allowed[other] and not seen[other]:
                seen[other] = True
                queue[tail] = other
                tail += 1
    return seen


@compiled
def _lightest(start: int, allowed: BOOL, load: FLOAT, indptr: INT, indices: INT) -> FLOAT:
    """Load of the lightest way over allowed units from `start` to each, both ends counted."""
    told = np.full(len(allowed), np.inf)
    told[start] = load[start]
    queue = [(load[start], start)]
    while len(queue) > 0:
        carried, unit = heappop(queue)
        if carried > told[unit]:
            continue
        for a in range(indptr[unit], indptr[unit + 1]):
            other = indices[a]
            if allowed[other] and carried + load[other] < told[other]:
                told[other] = carried + load[other]
                heappush(queue, (told[other], other))
    return told


@compiled
def _held(start: int, allowed: BOOL, indptr: INT, indices: INT, measures: Measures) -> BOOL:
    """Units that a grid centred at `start` can hold: over a way within every upper limit."""
    seen = walk(start, allowed, indptr, indices)
    if measures.either:
        return seen
    for m in range(len(measures.upper)):
        if (measures.load[m] * seen).sum() > measures.upper[m]:
            seen &= _lightest(start, seen, measures.load[m], indptr, indices) <= measures.upper[m]
    return seen


@compiled
def reachable(arcs: BOOL, indptr: INT, indices: INT, measures: Measures) -> BOOL:
    """Arcs over which a grid can hold the unit: by a way of units that may go there too."""
    kept = np.zeros_like(arcs)
    for j in range(len(arcs)):
        if arcs[j, j]:
            kept[:, j] = _held(j, arcs[:, j].copy(), indptr, indices, measures)
    return kept


def legal_arcs(field: Field, *, hard: bool) -> BOOL:
    """Arcs without excess that some grid in one piece can use.

    Parameters
    ----------
    field : Field
    hard : bool
        Whether no grid may miss the limits of a measure.

    Returns
    -------
    bool array, shape (n, n)
    """
    arcs, measures = field.excess <= 0, field.measures if hard else field.measures.loosened()
    if field.contiguous:
        arcs = reachable(arcs, field.indptr, field.indices, measures)
    if not measures.either:
        # a centre that gathers less than the lower limit has no grid
        arcs &= (measures.load @ arcs >= measures.lower[:, None]).all(axis=0)
    return arcs


@compiled
def gates(arcs: BOOL, indptr: INT, indices: INT, measures: Measures) -> INT:
    """A unit that every way from centre j to unit i has to pass that a grid can hold.

    Parameters
    ----------
    arcs : bool array, shape (n, n)
        Where unit i may go to centre j, as :func:`reachable` leaves them.
    indptr, indices : int arrays
        Neighbours in compressed rows.
    measures : Measures
        Whose upper limits no grid exceeds.

    Returns
    -------
    int array, shape (n, n)
        The one behind which the fewest lie; -1 where there is none but i and j themselves.
    """
    count = len(arcs)
    gate = np.full((count, count), -1, dtype=np.int64)
    for j in range(count):
        if not arcs[j, j]:
            continue
        allowed = arcs[:, j].copy()
        fewest = np.full(count, count + 1, dtype=np.int64)
        for v in range(count):
            if v == j or not allowed[v]:
                continue
            allowed[v] = False
            behind = allowed & ~_held(j, allowed, indptr, indices, measures)
            size = behind.sum()
            for i in range(count):
                if behind[i] and size < fewest[i]:
                    fewest[i] = size
                    gate[i, j] = v
            allowed[v] = True
    return gate


def separators(
    member: BOOL, arcs: BOOL, indptr: INT, indices: INT, measures: Measures
) -> list[tuple[int, int, INT]]:
    """Cuts that a plan in pieces breaks.

    Parameters
    ----------
    member : bool array, shape (n, n)
        Whether unit i lies in the grid centred at unit j.
    arcs : bool array, shape (n, n)
        Where unit i may go to centre j.
    indptr, indices : int arrays
        Neighbours in compressed rows.
    measures : Measures
        Whose upper limits no grid exceeds.

    Returns
    -------
    list of (unit, centre, separator)
        For each unit of a piece without the centre: a minimal set of units, one of which every way
        from the unit to the centre passes that a grid can hold, among those that may go to the
        centre. Empty where every grid is in one piece.
    """
    cuts = []
    for centre in np.flatnonzero(member.any(axis=0)).tolist():
        mine = member[:, centre].copy()
        mine[centre] = True
        lost = mine & ~walk(centre, mine, indptr, indices)
        may = arcs[:, centre]
        while lost.any():
            piece = walk(int(np.flatnonzero(lost)[0]), lost, indptr, indices)
            border = _beside(piece, indptr, indices) & may
            near_centre = walk(centre, may & ~border & ~piece, indptr, indices)
            separator = np.flatnonzero(border & _beside(near_centre, indptr, indices))
            cuts += [
                (unit, centre, _least(unit, centre, separator, may, indptr, indices, measures))
                for unit in np.flatnonzero(piece).tolist()
            ]
            cuts += _for_all_centres(piece, centre, arcs, indptr, indices, measures)
            lost &= ~piece
    return cuts


def _for_all_centres(
    piece: BOOL, centre: int, arcs: BOOL, indptr: INT, indices: INT, measures: Measures
) -> list[tuple[int, int, INT]]:
    """The same for every centre on the far side of what encloses the piece in the whole graph."""
    border = _beside(piece, indptr, indices)
    if border[centre]:
        return []
    far_side = walk(centre, ~border & ~piece, indptr, indices)
    separator = np.flatnonzero(border & _beside(far_side, indptr, indices))
    return [
        (unit, other, _least(unit, other, separator, arcs[:, other], indptr, indices, measures))
        for other in np.flatnonzero(far_side & arcs.diagonal()).tolist()
        for unit in np.flatnonzero(piece & arcs[:, other]).tolist()
        if other != centre
    ]


@compiled
def _least(
    unit: int, centre: int, separator: INT, may: BOOL, indptr: INT, indices: INT,
    measures: Measures,
) -> INT:  # fmt: skip
    """What of a separator is needed to keep ways that a grid can hold from passing."""
    open_ = may.copy()
    open_[separator] = False
    needed = np.ones(len(separator), dtype=np.bool_)
    for k in range(len(separator)):
        open_[separator[k]] = may[separator[k]]
        if _held(centre, open_, indptr, indices, measures)[unit]:
            open_[separator[k]] = False
        else:
            needed[k] = False
    return separator[needed]


def _beside(units: BOOL, indptr: INT, indices: INT) -> BOOL:
    """Neighbours of some units that are not among them."""
    rows = np.repeat(np.arange(len(units)), np.diff(indptr))
    beside = np.zeros(len(units), dtype=bool)
    beside[indices[units[rows]]] = True
    return beside & ~units
