"""The four numbers at the top of a report, beside the period before and the year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from gridplan.cases import Period, Standing, rates, standing
from gridplan.reports.ground import Ground
from gridplan.schema import OPENED, REPEAT, SATISFACTION

COUNT, ON_TIME, REPEATED, SATISFIED = "count", "on_time", "repeated", "satisfied"
"""诉求总量, 按期办结率, 重复诉求率, 满意率."""


@dataclass(frozen=True)
class Figure:
    """One number and what it was before.

    Parameters
    ----------
    key : str
        Which: `COUNT`, `ON_TIME`, `REPEATED` or `SATISFIED`.
    value, previous, year_before : float
        Of the period, the one before (环比) and the same a year before (同比): a count, or a share
        from 0 to 1; NaN where not known.
    base : int
        What a share is of, in the period.
    """

    key: str
    value: float
    previous: float
    year_before: float
    base: int

    @property
    def is_share(self) -> bool:
        """Whether it is a share and not a count."""
        return self.key != COUNT

    def change(self, before: float) -> float:
        """Relative change of a count, difference of a share; NaN where not known or from zero."""
        if self.is_share:
            return self.value - before
        return (self.value - before) / before if before > 0 else np.nan


def figures(ground: Ground) -> tuple[Figure, ...]:
    """The numbers of a period, each period judged at its own end.

    The rate of closing in time is that of the cases whose deadline fell into the period: those
    that came in during it are mostly not due yet.
    """
    period = ground.period
    now = _shares(ground, period)
    before, year = (
        _shares(ground, other) if ground.reaches(other) else dict.fromkeys(now, (np.nan, 0))
        for other in (period.previous(), period.year_before())
    )
    return tuple(
        Figure(key, value, before[key][0], year[key][0], base) for key, (value, base) in now.items()
    )


def trend(ground: Ground, cases: pd.DataFrame | None = None) -> pd.DataFrame:
    """The last periods with their cases and rates.

    Parameters
    ----------
    ground : Ground
        Cases and period.
    cases : DataFrame, optional
        Some of them; all where left out.

    Returns
    -------
    DataFrame
        One row a period, the oldest first, as far back as the data reaches: ``period``
        (:class:`~gridplan.cases.Period`), ``count``, ``satisfied`` (a share, NaN where hardly
        anybody rated).
    """
    mine = ground.cases if cases is None else cases
    rows = []
    for period in (*ground.earlier(), ground.period):
        inside = mine[period.holds(mine[OPENED])]
        share = _satisfied(ground, inside)[0]
        rows.append({"period": period, "count": len(inside), "satisfied": share})
    return pd.DataFrame(rows)


def verdict(count: int, before: Sequence[int], level: float) -> str:
    """Whether a count is more than chance away from the periods before it.

    Given the sum of all, each case falls into one of n + 1 equal periods: an exact binomial test,
    that of Przyborowski and Wilenski (Biometrika 31, 1940, 313–323) for two Poisson counts.

    Returns
    -------
    str
        ``up``, ``down`` or ``level``; "" where there is nothing to compare with.
    """
    total = count + sum(before)
    if not before or total == 0:
        return ""
    share = 1 / (len(before) + 1)
    if binomtest(count, total, share).pvalue >= level:
        return "level"
    return "up" if count > total * share else "down"


def _shares(ground: Ground, period: Period) -> dict[str, tuple[float, int]]:
    """Each number with what it is of."""
    inside, every = ground.inside(period), ground.cases
    due = ground.due.due.loc[every.index]
    table = rates(inside, due, ground.moment(period), rules=ground.spec.ledger)
    repeated = float(table["repeat_share"].iloc[0]) if len(table) else np.nan
    if not ground.every[REPEAT].any():  # nowhere noted is not the same as none
        repeated = np.nan
    return {
        COUNT: (float(len(inside)), len(inside)),
        ON_TIME: _on_time(ground, due, period),
        REPEATED: (repeated, len(inside)),
        SATISFIED: _satisfied(ground, inside),
    }


def _on_time(ground: Ground, due: pd.Series, period: Period) -> tuple[float, int]:
    cases, fell = ground.cases, period.holds(due)
    stands = standing(cases[fell], due[fell], ground.moment(period))
    good = int((stands == Standing.ON_TIME).sum())
    judged = good + int(stands.isin((Standing.LATE, Standing.OVERDUE)).sum())
    return (good / judged if judged else np.nan), judged


def _satisfied(ground: Ground, cases: pd.DataFrame) -> tuple[float, int]:
    rules = ground.spec.ledger
    if not len(cases) or not (cases[SATISFACTION] != "").any():
        return np.nan, 0
    table = rates(cases, ground.due.due, cases[OPENED].max(), rules=rules)
    rated = int(table["rated"].iloc[0])
    enough = rated >= rules.least_rated
    return (float(table["satisfied_share"].iloc[0]) if enough else np.nan), rated
