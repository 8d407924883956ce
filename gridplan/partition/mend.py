"""Where a plan misses the limits: a better plan, or the proof that there is none nearby."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridplan.partition.bound import legal_arcs
from gridplan.partition.carry import from_present
from gridplan.partition.field import Field, weigh
from gridplan.partition.improve import Found, Span, found_of, search
from gridplan.partition.proof import around, fit_place

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]

_WIDEST = 150
"""Units up to which a place is widened."""

_POCKET = 30
"""Units up to which a piece cut off by a place counts as part of it."""

_TRIES, _SECONDS = 600, 4.0
"""Vain tries, and time, for the ground around what fits a place."""


@dataclass(frozen=True, eq=False)
class Mended:
    """A plan, and what is proved of what it misses.

    Parameters
    ----------
    found : Found
    proofs : list of (units, households)
        Grids of the plan and the households that each misses the limits by, where proved.
    total : float
        Households that no plan avoids in sum: places are added up only where no grid can meet two.
    """

    found: Found
    proofs: list[tuple[INT, int]]
    total: float


def mend(
    field: Field,
    found: Found,
    span: Span,
    *,
    seconds: float,
    rng: np.random.Generator,
    stop: Callable[[], bool] | None,
) -> Mended:
    """Look around each grid that misses the limits, farther and farther out.

    The programme is asked for grids that meet a place and miss the limits by less, with all units
    beyond as one node that gives what is wanted. Where none fit, the miss is proved. Where some
    fit, those within the limits are set and the rest is searched again; if that comes to nothing,
    the place is widened.

    Parameters
    ----------
    field : Field
        In one piece.
    found : Found
        A plan that no longer gets better by search alone.
    span : Span
    seconds : float
        Wall-clock time.
    rng : numpy.random.Generator
    stop : callable, optional

    Returns
    -------
    Mended
    """
    end = monotonic() + seconds
    arcs = legal_arcs(field.excess, field.indptr, field.indices, field.contiguous)
    proofs: list[tuple[INT, int]] = []
    total = 0.0
    counted, settled = np.zeros(len(field), dtype=bool), set[int]()
    while not found.score.legal and monotonic() < end and not (stop is not None and stop()):
        outside = _outside(field, found)
        open_ = [g for g in np.flatnonzero(outside > 1e-6).tolist() if g not in settled]
        if not open_:
            break
        grid = open_[0]
        settled.add(grid)
        limit = monotonic() + (end - monotonic()) / len(open_)
        better, place = _widen(field, arcs, found, grid, span, limit, rng, stop)
        if better is not None:
            # other grids may have changed: what was proved of them is asked again
            found, proofs, total, settled = better, [], 0.0, set()
            counted[:] = False
        elif place is not None:
            proofs.append((np.flatnonzero(found.label == grid), round(float(outside[grid]))))
            shared = arcs[place].any(axis=0) & arcs.diagonal()
            if not (shared & counted).any():
                total += float(outside[np.unique(found.label[place])].sum())
                counted |= shared
    return Mended(found, proofs, total)


def _outside(field: Field, found: Found) -> FLOAT:
    told: FLOAT = weigh(
        found.label, found.groups, field.cost, field.excess, field.weight,
        field.lower, field.upper,
    )[3]  # fmt: skip
    return told


def _widen(
    field: Field, arcs: BOOL, found: Found, grid: int, span: Span, limit: float,
    rng: np.random.Generator, stop: Callable[[], bool] | None,
) -> tuple[Found | None, INT | None]:  # fmt: skip
    """A better plan, or the place around a grid where nothing better fits; or neither."""
    outside = _outside(field, found)
    place = _with_pockets(field, np.flatnonzero(found.label == grid))
    while limit - monotonic() > 0.1 and len(place) <= _WIDEST:
        missed = float(outside[np.unique(found.label[place])].sum())
        fit = fit_place(field, arcs, place, max(0.0, missed - 1.0), limit - monotonic(), stop)
        if fit.none:
            return None, place
        if fit.label is not None:
            seconds = min(_SECONDS, limit - monotonic())
            other = _graft(field, found, place, fit.label, seconds, rng, stop)
            if other is not None and span.rank(other) < span.rank(found):
                return other, None
        wider = _with_pockets(field, around(field, place))
        if len(wider) == len(place):
            break
        place = wider
    return None, None


def _with_pockets(field: Field, place: INT) -> INT:
    """A place and the small pieces that it cuts off from the rest."""
    beyond = np.setdiff1d(np.arange(len(field)), place)
    if len(beyond) == 0:
        return place
    pieces = sorted(pieces_of(field.region(beyond)), key=len)
    pockets = [beyond[piece] for piece in pieces[:-1] if len(piece) <= _POCKET]
    return np.unique(np.concatenate([place, *pockets]))


def _graft(
    field: Field, found: Found, place: INT, label: INT, seconds: float,
    rng: np.random.Generator, stop: Callable[[], bool] | None,
) -> Found | None:  # fmt: skip
    """Set the grids within the limits that fit a place, and search the rest again."""
    whole = np.full(len(field), -1, dtype=np.int64)
    for name in np.unique(label[label >= 0]):
        units = place[label == name]
        if _is_legal(field, units):
            whole[units] = name
    if (whole < 0).all() or (whole >= 0).all():
        return None
    _, joined = np.unique(whole, return_inverse=True)
    joined = joined.astype(np.int64)
    rest = np.flatnonzero(whole < 0)
    left = field.region(rest)
    if not _gathers(left):
        return None
    pieces = pieces_of(left)
    numbers = int(joined.max()) + 1
    spans = [_span(field, found, rest[units]) for units in pieces]
    if any(span is None for span in spans):
        return None
    for units, span in zip(pieces, spans, strict=True):
        part = field.region(rest[units])
        assert span is not None  # noqa: S101  # looked at above
        redone = _redo(part, found.label[rest[units]], span, seconds / len(pieces), rng, stop)
        joined[rest[units]] = numbers + redone.label
        numbers += redone.groups
    _, final = np.unique(joined, return_inverse=True)
    return found_of(field, final.astype(np.int64), int(final.max()) + 1)


def _gathers(left: Field) -> bool:
    """Whether each unit with households has a centre that gathers the lower limit with it."""
    arcs = legal_arcs(left.excess, left.indptr, left.indices, left.contiguous)
    most = np.where(arcs, (left.weight @ arcs)[None, :], 0.0).max(axis=1)
    return bool((most[left.weight > 0] >= left.lower).all())


def _is_legal(field: Field, units: INT) -> bool:
    part = field.region(units)
    held = float(part.weight.sum())
    in_reach = bool((part.excess <= 0).all(axis=0).any())
    return field.lower <= held <= field.upper and in_reach and len(pieces_of(part)) == 1


def pieces_of(part: Field) -> list[INT]:
    """Units of each connected piece."""
    rows = np.repeat(np.arange(len(part)), np.diff(part.indptr))
    ones = np.ones(len(rows))
    matrix = coo_array((ones, (rows, part.indices)), shape=(len(part), len(part)))
    piece = connected_components(matrix, directed=False)[1]
    return [np.flatnonzero(piece == number) for number in range(piece.max() + 1)]


def _span(field: Field, found: Found, units: INT) -> Span | None:
    """Numbers of grids that the limits allow a piece; None where they allow none."""
    held = float(field.weight[units].sum())
    least = max(1, int(np.ceil(held / field.upper)))
    most = len(units) if field.lower <= 0 else min(len(units), int(held // field.lower))
    if least > most:
        return None
    loads = np.bincount(found.label[units], weights=field.weight[units])
    return Span(least, int(np.clip((loads * 2 >= field.lower).sum(), least, most)), most)


def _redo(
    part: Field, label: INT, span: Span, seconds: float, rng: np.random.Generator,
    stop: Callable[[], bool] | None,
) -> Found:  # fmt: skip
    """Search a piece, from what is left of its grids."""
    _, old = np.unique(label, return_inverse=True)
    started = from_present(
        old.astype(np.int64), span.target, part.indptr, part.indices, part.weight
    )
    known = found_of(part, started, span.target)
    done = known.score.legal

    def heard(better: Found) -> None:
        nonlocal done
        done = better.score.legal

    return search(
        part, span, seconds=seconds, rng=rng, known=known, tell=heard, patience=_TRIES,
        stop=lambda: done or (stop is not None and stop()),
    )  # fmt: skip
