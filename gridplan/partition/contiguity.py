"""Separators: what lies between a piece of a grid and its centre."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.compiled import compiled

INT = NDArray[np.int64]
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
def reachable(arcs: BOOL, indptr: INT, indices: INT) -> BOOL:
    """Arcs whose unit the centre reaches over units that may go to it; the others are idle."""
    kept = np.zeros_like(arcs)
    for j in range(len(arcs)):
        if arcs[j, j]:
            kept[:, j] = walk(j, arcs[:, j].copy(), indptr, indices)
    return kept


@compiled
def gates(arcs: BOOL, indptr: INT, indices: INT) -> INT:
    """The last unit that every way from centre j to unit i has to pass.

    Parameters
    ----------
    arcs : bool array, shape (n, n)
        Where unit i may go to centre j, as :func:`reachable` leaves them.
    indptr, indices : int arrays
        Neighbours in compressed rows.

    Returns
    -------
    int array, shape (n, n)
        -1 where there is none but i and j themselves.
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
            seen = walk(j, allowed, indptr, indices)
            behind = allowed & ~seen
            size = behind.sum()
            for i in range(count):
                if behind[i] and size < fewest[i]:
                    fewest[i] = size
                    gate[i, j] = v
            allowed[v] = True
    return gate


def separators(member: BOOL, arcs: BOOL, indptr: INT, indices: INT) -> list[tuple[int, int, INT]]:
    """Cuts that a plan in pieces breaks.

    Parameters
    ----------
    member : bool array, shape (n, n)
        Whether unit i lies in the grid centred at unit j.
    arcs : bool array, shape (n, n)
        Where unit i may go to centre j.
    indptr, indices : int arrays
        Neighbours in compressed rows.

    Returns
    -------
    list of (unit, centre, separator)
        For each unit of a piece without the centre: the minimal set of units that every way from
        the piece to the centre has to pass, among those that may go to the centre. Empty where
        every grid is in one piece.
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
            cuts += [(int(unit), centre, separator) for unit in np.flatnonzero(piece)]
            cuts += _for_all_centres(piece, centre, arcs, indptr, indices)
            lost &= ~piece
    return cuts


def _for_all_centres(
    piece: BOOL, centre: int, arcs: BOOL, indptr: INT, indices: INT
) -> list[tuple[int, int, INT]]:
    """The same for every centre on the far side of what encloses the piece in the whole graph."""
    border = _beside(piece, indptr, indices)
    if border[centre]:
        return []
    far_side = walk(centre, ~border & ~piece, indptr, indices)
    separator = np.flatnonzero(border & _beside(far_side, indptr, indices))
    units = np.flatnonzero(piece)
    return [
        (int(unit), int(other), separator)
        for other in np.flatnonzero(far_side & arcs.diagonal())
        for unit in units
        if arcs[unit, other] and other != centre
    ]


def _beside(units: BOOL, indptr: INT, indices: INT) -> BOOL:
    """Neighbours of some units that are not among them."""
    rows = np.repeat(np.arange(len(units)), np.diff(indptr))
    beside = np.zeros(len(units), dtype=bool)
    beside[indices[units[rows]]] = True
    return beside & ~units
