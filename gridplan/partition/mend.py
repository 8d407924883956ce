"""Where a plan misses the limits: a better plan, or the proof that there is none nearby."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.carry import from_present
from gridplan.partition.contiguity import legal_arcs
from gridplan.partition.field import Field
from gridplan.partition.improve import Found, Span, found_of, search
from gridplan.partition.proof import around, fit_place, in_whole
from gridplan.partition.score import weigh

INT = NDArray[np.int64]
BOOL = NDArray[np.bool_]

_WIDEST = 150
"""Units up to which a place is widened."""

_POCKET = 30
"""Units up to which a piece cut off by a place counts as part of it."""

_STEP = 1e-5
"""Households by which a place is asked to miss less, where they do not come whole."""

_TRIES, _SECONDS = 600, 4.0
"""Vain tries, and time, for the ground around what fits a place."""


@dataclass(frozen=True, eq=False)
class Proof:
    """Households that some grids miss together, and that no plan avoids there.

    Parameters
    ----------
    units : int array
        Of all grids that miss the limits and meet the place looked at.
    centres : int array
        Where a grid that meets the place can have its centre.
    missed : float
        Households.
    """

    units: INT
    centres: INT
    missed: float


@dataclass(frozen=True, eq=False)
class Mended:
    """A plan, and what is proved of what it misses.

    Parameters
    ----------
    found : Found
    proofs : tuple of Proof
    """

    found: Found
    proofs: tuple[Proof, ...] = ()

    @property
    def total(self) -> float:
        """Households that no plan avoids in sum: of places that no grid meets two of."""
        total, counted = 0.0, np.zeros(0, dtype=np.int64)
        for proof in sorted(self.proofs, key=lambda proof: -proof.missed):
            if not np.isin(proof.centres, counted).any():
                total += proof.missed
                counted = np.concatenate([counted, proof.centres])
        return total

    @property
    def proved(self) -> INT:
        """Units of the grids that are proved to miss the limits."""
        return np.concatenate([[], *(proof.units for proof in self.proofs)]).astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Means:
    """What is looked at, and the means for it."""

    field: Field
    arcs: BOOL
    span: Span
    rng: np.random.Generator
    stop: Callable[[], bool] | None


def mend(
    ground: Field,
    mended: Mended,
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
    ground : Field
        In one piece.
    mended : Mended
        A plan that no longer gets better by search alone, and what is proved of it already.
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
    arcs = legal_arcs(ground, hard=False)
    means = _Means(ground, arcs, span, rng, stop)
    tried: set[int] = set()
    while monotonic() < end and not (stop is not None and stop()):
        label = mended.found.label
        tried.update(label[mended.proved].tolist())
        open_ = [g for g in _missing(ground, mended.found).tolist() if g not in tried]
        if not open_:
            break
        tried.add(open_[0])
        limit = monotonic() + (end - monotonic()) / len(open_)
        better, place = _widen(means, mended.found, np.flatnonzero(label == open_[0]), limit)
        if better is not None:
            # other grids may have changed: what was proved of them is asked again
            mended, tried = Mended(better), set()
        elif place is not None:
            mended = _proved(means, mended, place)
    return mended


def _missing(ground: Field, found: Found) -> INT:
    """Grids that miss the limits of households."""
    return np.flatnonzero(weigh(ground, found.label, found.groups).outside > 0)


def _proved(means: _Means, mended: Mended, place: INT) -> Mended:
    """Add the proof that no grids at a place miss the limits by less."""
    found = mended.found
    meet = np.unique(found.label[place])
    outside = weigh(means.field, found.label, found.groups).outside[meet]
    units = np.flatnonzero(np.isin(found.label, meet[outside > 0]))
    centres = np.flatnonzero(means.arcs[place].any(axis=0) & means.arcs.diagonal())
    proof = Proof(units, centres, float(outside.sum()))
    return Mended(found, (*mended.proofs, proof))


def _widen(
    means: _Means, found: Found, units: INT, limit: float
) -> tuple[Found | None, INT | None]:
    """A better plan, or the place around some units where nothing better fits; or neither."""
    ground = means.field
    outside = weigh(ground, found.label, found.groups).outside
    place = _with_pockets(ground, units)
    while limit - monotonic() > 0.1 and len(place) <= _WIDEST:
        missed = float(outside[np.unique(found.label[place])].sum())
        most = max(0.0, missed - (1.0 if in_whole(ground) else _STEP))
        fit = fit_place(ground, means.arcs, place, most, limit - monotonic(), means.stop)
        if fit.none:
            return None, place
        if fit.label is not None:
            seconds = min(_SECONDS, limit - monotonic())
            other = _graft(means, found, place, fit.label, seconds)
            counts = range(means.span.least, means.span.most + 1)
            if (
                other is not None
                and other.groups in counts
                and means.span.rank(other) < means.span.rank(found)
            ):
                return other, None
        wider = _with_pockets(ground, around(ground, place))
        if len(wider) == len(place):
            break
        place = wider
    return None, None


def _with_pockets(ground: Field, place: INT) -> INT:
    """A place and the small pieces that it cuts off from the rest."""
    beyond = np.setdiff1d(np.arange(len(ground)), place)
    if len(beyond) == 0:
        return place
    pieces = sorted(ground.region(beyond).pieces(), key=len)
    pockets = [beyond[piece] for piece in pieces[:-1] if len(piece) <= _POCKET]
    return np.unique(np.concatenate([place, *pockets]))


def _graft(means: _Means, found: Found, place: INT, label: INT, seconds: float) -> Found | None:
    """Set the grids within the limits that fit a place, and search the rest again."""
    ground = means.field
    whole = np.full(len(ground), -1, dtype=np.int64)
    for name in np.unique(label[label >= 0]):
        units = place[label == name]
        if _is_legal(ground, units):
            whole[units] = name
    rest = np.flatnonzero(whole < 0)
    if len(rest) in (0, len(ground)) or not _gathers(ground.region(rest)):
        return None
    parts = [rest[piece] for piece in ground.region(rest).pieces()]
    spans = [span for units in parts if (span := _span(ground, found, units)) is not None]
    if len(spans) < len(parts):
        return None
    for units, span in zip(parts, spans, strict=True):
        share = seconds * len(units) / len(rest)
        redone = _redo(means, units, found.label[units], span, share)
        whole[units] = whole.max() + 1 + redone.label
    names, final = np.unique(whole, return_inverse=True)
    return found_of(ground, final.astype(np.int64), len(names))


def _gathers(left: Field) -> bool:
    """Whether each unit with households has a centre that gathers the lower limit with it."""
    if left.measures.either:
        return True
    arcs = legal_arcs(left, hard=False)
    most = np.where(arcs, (left.weight @ arcs)[None, :], 0.0).max(axis=1)
    return bool((most[left.weight > 0] >= left.lower).all())


def _is_legal(ground: Field, units: INT) -> bool:
    part = ground.region(units)
    return found_of(part, np.zeros(len(part), dtype=np.int64), 1).score.legal and (
        len(part.pieces()) == 1
    )


def _span(ground: Field, found: Found, units: INT) -> Span | None:
    """Numbers of grids that the limits allow a piece; None where they allow none."""
    if ground.measures.either:
        return Span(1, len(np.unique(found.label[units])), len(units))
    held = float(ground.weight[units].sum())
    least = max(1, int(np.ceil(held / ground.upper)))
    most = len(units) if ground.lower <= 0 else min(len(units), int(held // ground.lower))
    if least > most:
        return None
    loads = np.bincount(found.label[units], weights=ground.weight[units])
    return Span(least, int(np.clip((loads * 2 >= ground.lower).sum(), least, most)), most)


def _redo(means: _Means, units: INT, label: INT, span: Span, seconds: float) -> Found:
    """Search a piece, from what is left of its grids."""
    part = means.field.region(units)
    _, old = np.unique(label, return_inverse=True)
    started = from_present(
        old.astype(np.int64), span.target, part.indptr, part.indices, part.weight,
        int(means.rng.integers(2**31)),
    )  # fmt: skip
    known = found_of(part, started, span.target)
    done = known.score.legal

    def heard(better: Found) -> None:
        nonlocal done
        done = better.score.legal

    return search(
        part, span, seconds=seconds, rng=means.rng, known=known, tell=heard, patience=_TRIES,
        stop=lambda: done or (means.stop is not None and means.stop()),
    )  # fmt: skip
