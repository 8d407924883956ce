"""Which resolved cases are to be visited again (回访), by the grade that they had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import numpy as np
import pandas as pd

from gridplan.cases.deadlines import Standing, standing
from gridplan.schema import CASE_ID, CLOSED, GRADE, VISITED, Grade


@dataclass(frozen=True)
class FollowUpRules:
    """How often the people of a resolved case are visited.

    Parameters
    ----------
    every_days : mapping of str to float
        Days between visits by former grade: half a month for major cases and a month for
        ordinary ones, in policy. Cases of other grades, or of none, are not followed up.
    for_days : float
        Days after closing at which follow-ups end. Policy says nothing: ours.
    """

    every_days: Mapping[str, float] = field(
        default_factory=lambda: {Grade.MAJOR.value: 15.0, Grade.ORDINARY.value: 30.0}
    )
    for_days: float = 90.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "every_days", MappingProxyType(dict(self.every_days)))
        if min((*self.every_days.values(), self.for_days)) <= 0:
            raise ValueError("days between follow-ups are above zero")


def follow_ups_due(
    cases: pd.DataFrame,
    visits: pd.DataFrame,
    as_of: datetime,
    rules: FollowUpRules | None = None,
) -> pd.DataFrame:
    """The follow-ups that resolved cases ask for, the longest overdue first.

    Parameters
    ----------
    cases : DataFrame
        ``case_id, opened, closed, status, grade``; disputes alone, where only they count.
    visits : DataFrame
        ``visited, case_id``: what has been followed up, by the number of the case.
    as_of : datetime
        Local time; visits after it do not count.
    rules : FollowUpRules, optional
        How often, and for how long.

    Returns
    -------
    DataFrame
        On the index of `cases`, those that are followed up at that moment: ``case_id, grade,
        closed, last_visit`` (NaT for none), ``due`` (from the last visit, or from closing),
        ``overdue_days`` (below zero: still to come).
    """
    rules = rules or FollowUpRules()
    moment = pd.Timestamp(as_of)
    never = pd.Series(np.datetime64("NaT"), cases.index, dtype=cases[CLOSED].dtype)
    stands = standing(cases, never, as_of)
    every = cases[GRADE].map(dict(rules.every_days)).astype(float)
    age = moment - cases[CLOSED]
    mine = (stands == Standing.CLOSED) & every.notna() & (age >= pd.Timedelta(0))
    mine &= age <= pd.Timedelta(days=rules.for_days)
    made = visits[(visits[VISITED] <= moment) & (visits[CASE_ID] != "")]
    last = made.groupby(CASE_ID)[VISITED].max()
    found = cases.loc[mine, [CASE_ID, GRADE, CLOSED]]
    found = pd.DataFrame(found).assign(last_visit=last.reindex(found[CASE_ID]).to_numpy())
    since = found["last_visit"].where(found["last_visit"] > found[CLOSED], found[CLOSED])
    found["due"] = since + pd.to_timedelta(every[mine], unit="D")
    found["overdue_days"] = (moment - found["due"]) / pd.Timedelta(days=1)
    return found.sort_values("overdue_days", ascending=False, kind="stable")
