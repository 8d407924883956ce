"""Search: many short coolings, then parts of the best plan cooled again and again.

Deterministic for a seed up to the clock: the same moves in the same order, but how many of them
fit into the time depends on the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from gridplan.partition.anneal import Prices, anneal
from gridplan.partition.carry import from_present
from gridplan.partition.construct import from_centres, tree_split
from gridplan.partition.field import Field
from gridplan.partition.prices import Priced, priced
from gridplan.partition.score import Score, matching, score, weigh

INT = NDArray[np.int64]
FLOAT = NDArray[np.float64]

_STEPS_A_UNIT = 5000
_TREES = 20
_HOT, _WARM = 3.0, 0.1
"""First temperature, in units of a unit's usual cost, that melts a plan, and that loosens it."""
_WANDER = 0.1
"""Share of the households outside by which a step may be worse while no plan is legal."""
_STRAY, _FEW, _RETURN = 0.01, 10, 0.02
"""Share of the cost by which a legal step may be worse where there are few grids, and how many are
few; how often the search returns to the best."""


@dataclass(frozen=True, eq=False)
class Found:
    """A plan that the search holds.

    Parameters
    ----------
    label : int array, shape (n,)
        Grid of each unit, 0 to groups - 1.
    groups : int
    score : Score
    """

    label: INT
    groups: int
    score: Score


@dataclass(frozen=True)
class Span:
    """How many grids: as near to `target` as the limits allow, from `least` to `most`."""

    least: int
    target: int
    most: int
    change_first: bool = True

    def rank(self, found: Found) -> tuple[float, float, int, float, float]:
        """Order in which plans are preferred, least first."""
        told = found.score
        last = (round(told.change, 6), told.compactness)
        first = (round(told.far, 6), round(told.outside, 6), abs(found.groups - self.target))
        return (*first, *(last if self.change_first else last[::-1]))

    def near(self) -> list[int]:
        """All numbers of grids, the target first, then more grids before fewer."""
        counts = range(self.least, self.most + 1)
        return sorted(counts, key=lambda k: (abs(k - self.target), -k))


def _seed(rng: np.random.Generator) -> int:
    """A seed for a compiled loop, which has a generator of its own."""
    return int(rng.integers(2**31))


def _cool(ground: Priced, label: INT, groups: int, steps: int, heat: float, seed: int) -> None:
    """Cool a plan in place from `heat` times the scale, then let it slide down."""
    field, wished = ground.field, ground.field.wished
    tied = len(field.apart) + len(field.together) > 0
    rounds = 4 if tied or (field.present >= 0).any() else 1
    hot, cold = heat * ground.scale, 0.01 * ground.scale
    ratio = (cold / hot) ** (1.0 / rounds)
    for number in range(rounds + 1):
        match = matching(field, label, groups)
        last = number == rounds
        pairs = ground.pairs
        if tied and not last:
            # pairs harden as the plan cools, from a unit's usual cost on: hard from the start,
            # their units would never move
            most = ground.scale * 4.0**number
            pairs = pairs._replace(price=np.clip(pairs.price, -most, most))
        prices = Prices(
            ground.rate * (100.0 if last else 1.0), field.leave * ground.leave,
            wished.balance, wished.mean, pairs,
        )  # fmt: skip
        anneal(
            ground.price, field.measures, field.indptr, field.indices, field.contiguous, label,
            groups, prices, field.present, match, steps // (8 if last else rounds),
            0.0 if last else hot * ratio**number, 0.0 if last else hot * ratio ** (number + 1),
            0.4, seed + number,
        )  # fmt: skip


def found_of(field: Field, label: INT, groups: int) -> Found:
    """A plan with its score."""
    return Found(label, groups, score(field, label, groups))


def _first(ground: Priced, groups: int, rng: np.random.Generator) -> tuple[INT, float]:
    """Grids to cool, and from what heat: round random centres that reach all, or cut from trees."""
    field, seed = ground.field, _seed(rng)
    if rng.random() < 0.5 and (field.excess > 0).any():
        label = from_centres(
            ground.price, field.excess, field.indptr, field.indices, groups, seed
        )  # fmt: skip
        return label, _WARM
    label = tree_split(
        field.weight, field.indptr, field.indices, field.length, groups,
        field.lower, field.upper, _TREES, seed,
    )  # fmt: skip
    return label, _HOT


def _start(ground: Priced, groups: int, present: bool, rng: np.random.Generator) -> Found:
    """One cooled plan, from nothing or from the present grids."""
    field = ground.field
    if present:
        label = from_present(
            field.present, groups, field.indptr, field.indices, field.weight, _seed(rng)
        )
        heat = 0.03
    else:
        label, heat = _first(ground, groups, rng)
    steps = min(8_000_000, max(100_000, _STEPS_A_UNIT * len(field)))
    _cool(ground, label, groups, steps, heat, _seed(rng))
    return found_of(field, label, groups)


def _pick(ground: Priced, found: Found, rng: np.random.Generator) -> INT:
    """Some grids side by side, among them one that breaks a limit where there is one."""
    field, groups = ground.field, found.groups
    bad = weigh(field, found.label, groups).broken
    first = int(rng.choice(bad)) if len(bad) and rng.random() < 0.8 else int(rng.integers(groups))
    rows = np.repeat(np.arange(len(field)), np.diff(field.indptr))
    pairs = np.column_stack([found.label[rows], found.label[field.indices]])
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    chosen = [first]
    for _ in range(int(rng.integers(1, 6))):
        near = np.unique(pairs[np.isin(pairs[:, 0], chosen), 1])
        near = near[~np.isin(near, chosen)]
        if len(near) == 0:
            break
        chosen.append(int(rng.choice(near)))
    return np.array(chosen)


def _again(ground: Priced, found: Found, span: Span, rng: np.random.Generator) -> Found:
    """Draw some neighbouring grids anew; the plan that results."""
    chosen = _pick(ground, found, rng)
    units = np.flatnonzero(np.isin(found.label, chosen))
    part = ground.region(units)
    count = len(chosen)
    if rng.random() < 0.3:
        count += 1 if rng.random() < 0.5 else -1
    groups = found.groups + count - len(chosen)
    if not (span.least <= groups <= span.most and 1 <= count <= len(units)):
        count, groups = len(chosen), found.groups
    if count == len(chosen) and rng.random() < 0.5:
        label = np.searchsorted(np.sort(chosen), found.label[units])
        heat = float(rng.choice([0.1, 0.3, 1.0]))
    else:
        label, heat = _first(part, count, rng)
    _cool(part, label, count, min(4_000_000, max(20_000, 1000 * len(units))), heat, _seed(rng))
    whole = np.empty_like(found.label)
    rest = np.setdiff1d(np.arange(found.groups), chosen)
    outside = ~np.isin(found.label, chosen)
    whole[outside] = np.searchsorted(rest, found.label[outside])
    whole[units] = label + len(rest)
    return found_of(ground.field, whole, groups)


def search(
    field: Field,
    span: Span,
    *,
    seconds: float,
    rng: np.random.Generator,
    known: Found | None = None,
    tell: Callable[[Found], None] | None = None,
    stop: Callable[[], bool] | None = None,
    patience: int | None = None,
) -> Found:
    """Look for the best plan.

    Parameters
    ----------
    field : Field
        In one piece, where contiguity is asked.
    span : Span
        How many grids.
    seconds : float
        Wall-clock time; at least one plan is made.
    rng : numpy.random.Generator
    known : Found, optional
        A plan to go on from, in place of new ones.
    tell : callable, optional
        Called with each better plan.
    stop : callable, optional
        Ends the search when it says True.
    patience : int, optional
        Ends the search after so many vain tries on parts of the plan; while a limit is broken, a
        try is vain that does not break it less.

    Returns
    -------
    Found
        Not always legal: its score tells.
    """
    end = monotonic() + seconds
    ground = priced(field, span.target, _seed(rng))
    fresh = monotonic() + 0.2 * seconds
    has_present = bool((field.present >= 0).any())
    counts = span.near()
    best, tries, vain = known, 0, 0

    def over(limit: float) -> bool:
        return monotonic() >= limit or (stop is not None and stop())

    def keep(found: Found) -> None:
        nonlocal best, vain
        vain += 1
        if best is None or span.rank(found) < span.rank(best):
            vain = 0 if best is None or best.score.legal or _less_broken(found, best) else vain
            best = found
            if tell is not None:
                tell(found)

    while known is None and (best is None or (tries < 24 and not over(fresh))):
        legal = best is None or best.score.legal
        groups = counts[0] if legal else counts[(tries // 2) % min(3, len(counts))]
        keep(_start(ground, groups, has_present and tries % 3 == 0, rng))
        tries += 1
    assert best is not None  # noqa: S101  # the loop above runs once at least
    vain = 0
    here = best
    while best.groups > 1 and not over(end) and (patience is None or vain < patience):
        trial = _again(ground, here, span, rng)
        keep(trial)
        here = _step(here, trial, best, rng)
    return best


def _less_broken(found: Found, other: Found) -> bool:
    far, outside = found.score.far - other.score.far, found.score.outside - other.score.outside
    return far < -1e-6 or (far <= 1e-6 and outside < -1e-6)


def _step(here: Found, trial: Found, best: Found, rng: np.random.Generator) -> Found:
    """Where the search goes on: from plans hardly worse than the best, and back to it at times.

    Before a plan is legal, from the trial where it misses the limits by hardly more, so that a
    shortage can wander from grid to grid to where there is a surplus.
    """
    if best.score.legal:
        if not here.score.legal or rng.random() < _RETURN:
            return best
        # a step draws a few grids anew: of many, they hold a small part of the cost
        stray = rng.exponential(_STRAY) * min(1.0, _FEW / best.groups)
        return trial if _is_near(trial, best, stray) else here
    slack = rng.exponential(_WANDER * max(1.0, best.score.outside))
    if trial.score.far > here.score.far + 1e-6:
        return here
    if trial.score.far < here.score.far - 1e-6 or trial.score.outside <= here.score.outside:
        return trial
    return trial if trial.score.outside <= best.score.outside + slack else here


def _is_near(trial: Found, best: Found, slack: float) -> bool:
    """Whether a plan is legal, and dearer than the best by no more than a share of its cost."""
    told = trial.score
    return (
        told.legal
        and trial.groups == best.groups
        and told.change <= best.score.change + 1e-6
        and told.compactness <= best.score.compactness * (1.0 + slack)
    )
