"""How a place's cases develop, in five words: 新增, 持续, 加剧, 缓解, 偶发.

The words follow the manner of emerging-hot-spot analysis: in which steps of the year is a place
hot, and does the number of its cases rise or fall? The latter by H. B. Mann, "Nonparametric tests
against trend", Econometrica 13 (1945), 245–259, with the correction for ties of M. G. Kendall.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, norm, poisson

from gridplan.hotspots.zones import FLOAT, INT


class Trend(StrEnum):
    """The word for a place; NONE where it was never hot."""

    NEW = "new"
    PERSISTENT = "persistent"
    INTENSIFYING = "intensifying"
    DIMINISHING = "diminishing"
    SPORADIC = "sporadic"
    NONE = ""


@dataclass(frozen=True)
class TrendSpec:
    """When a step is hot and a place lastingly so.

    Parameters
    ----------
    step_weeks : int
        Weeks in a step.
    level : float
        Of the false discovery rate of hot steps, and of the test against a trend.
    lasting : float
        A place is lastingly hot where it is so in this share of the steps.
    recent_steps : int
        A place is new where no step before the last so many was hot.
    """

    step_weeks: int = 4
    level: float = 0.05
    lasting: float = 0.6
    recent_steps: int = 2


def trends(
    weekly: INT, total: INT, share: FLOAT, spec: TrendSpec | None = None
) -> NDArray[np.object_]:
    """A word for each place.

    A step is hot where Poisson chance hardly puts as many cases there as the place has, were the
    step's cases shared out by households.

    Parameters
    ----------
    weekly : int array, shape (n, weeks)
        Cases of each place, the oldest week first.
    total : int array, shape (weeks,)
        Cases of the whole area.
    share : float array, shape (n,)
        Share of all households that live there; places may overlap.
    spec : TrendSpec, optional
        Steps and thresholds.

    Returns
    -------
    array of Trend, shape (n,)
    """
    spec = spec or TrendSpec()
    hot = hot_steps(weekly, total, share, spec)
    z = mann_kendall(weekly)
    rising, falling = z > norm.isf(spec.level / 2), z < -norm.isf(spec.level / 2)
    before = hot[:, : -spec.recent_steps].any(axis=1)
    lately = hot[:, -spec.recent_steps :].any(axis=1)
    lasting = hot.mean(axis=1) >= spec.lasting
    gone = before & ~lately & falling
    words = np.empty(len(weekly), dtype=object)
    words[:] = Trend.NONE
    words[hot.any(axis=1)] = Trend.SPORADIC
    words[lasting] = Trend.PERSISTENT
    words[lasting & falling | gone] = Trend.DIMINISHING
    words[before & lately & rising] = Trend.INTENSIFYING
    words[lately & ~before] = Trend.NEW
    return words


def hot_steps(weekly: INT, total: INT, share: FLOAT, spec: TrendSpec) -> NDArray[np.bool_]:
    """Which steps of each place are hot, shape (n, steps); the oldest weeks that fill none go."""
    steps = len(total) // spec.step_weeks
    if not steps or not len(weekly):
        return np.zeros((len(weekly), max(steps, 1)), dtype=bool)
    first = len(total) - steps * spec.step_weeks
    count = weekly[:, first:].reshape(len(weekly), steps, -1).sum(axis=2)
    due = share[:, None] * total[first:].reshape(steps, -1).sum(axis=1)
    chance = poisson.sf(count - 1, due)
    adjusted = false_discovery_control(chance.ravel()).reshape(chance.shape)
    hot: NDArray[np.bool_] = (adjusted < spec.level) & (count > 0)
    return hot


def mann_kendall(series: INT) -> FLOAT:
    """Statistic z of the test against a trend for each row, shape (n,); positive where it rises.

    Parameters
    ----------
    series : array, shape (n, t)
        In the order of time.
    """
    many = series.shape[1]
    score = np.zeros(len(series))
    for later in range(1, many):
        score += np.sign(series[:, later, None] - series[:, :later]).sum(axis=1)
    variance = np.full(len(series), many * (many - 1) * (2 * many + 5) / 18.0)
    for row, values in enumerate(series):
        ties = np.unique(values, return_counts=True)[1]
        variance[row] -= (ties * (ties - 1) * (2 * ties + 5)).sum() / 18.0
    spread = np.sqrt(np.maximum(variance, 0))
    z: FLOAT = np.divide(
        score - np.sign(score), spread, out=np.zeros(len(series)), where=spread > 0
    )
    return z
