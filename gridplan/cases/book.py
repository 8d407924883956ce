"""Cases with what belongs to each, before any period is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from gridplan.cases.deadlines import DeadlineRules, deadlines
from gridplan.cases.periods import Period, PeriodKind, last_whole
from gridplan.cases.place import community_of_cases, grid_of_cases
from gridplan.prepared import Prepared
from gridplan.schema import COMMUNITY_CODE, GEOMETRY, GRID_ID, HOME, HOUSEHOLDS, NAME, OPENED

SLIP_DAYS = 366
"""A case that came in more than so long before or after all others has a slip of the pen."""
_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)


@dataclass(frozen=True, eq=False)
class CaseBook:
    """Cases with where each belongs and when it is due: the same for every period.

    Parameters
    ----------
    cases : DataFrame
        Columns of :class:`gridplan.load.layers.Layers`; geometry is not needed.
    due : Series of datetime64
        From :func:`gridplan.cases.deadlines.deadlines`.
    community, grid : Series of str
        Of each case; "" where it lies in none. Both on the index of `cases`, as is `due`.
    communities : DataFrame
        ``name, households`` by ``community_code``.
    grids : DataFrame
        ``code`` by ``grid_id``; empty where the area has none.
    """

    cases: pd.DataFrame
    due: pd.Series
    community: pd.Series
    grid: pd.Series
    communities: pd.DataFrame
    grids: pd.DataFrame

    @cached_property
    def believed(self) -> pd.Series:
        """When cases came in, in order, without dates far from all others."""
        times = self.cases[OPENED].dropna().sort_values(ignore_index=True)
        if times.empty:
            return times
        gaps = np.flatnonzero(times.diff() > pd.Timedelta(days=SLIP_DAYS))
        runs = np.split(np.arange(len(times)), gaps)
        return times.iloc[max(runs, key=len)]

    def moment(self, period: Period) -> datetime:
        """The last instant of a period, or of the last day with data where it goes beyond."""
        days = self.believed
        last = period.end if days.empty else min(period.end, days.iloc[-1].date() + _DAY)
        return datetime.combine(last, time()) - _INSTANT

    def periods(self, kind: PeriodKind) -> list[Period]:
        """Every period with a day in the data, the first first."""
        times = self.believed
        if times.empty:
            return []
        found = [Period.of(times.iloc[0].date(), kind)]
        while found[-1].end <= times.iloc[-1].date():
            found.append(found[-1].next())
        return found

    def last_whole(self, kind: PeriodKind) -> Period | None:
        """The last period of which every day has passed; the one under way if there is none."""
        found = last_whole(self.believed, kind)
        every = self.periods(kind)
        return found if found in every or not every else every[0]


def open_book(
    prepared: Prepared, layer: str | None = None, rules: DeadlineRules | None = None
) -> CaseBook:
    """Find community, grid and deadline of each case of an area.

    Parameters
    ----------
    prepared : Prepared
        The area.
    layer : str, optional
        Of present grids; the first where left out.
    rules : DeadlineRules, optional
        For cases that state no deadline.
    """
    layers = prepared.layers
    cases = layers.cases
    present = prepared.present.get(layer or next(iter(prepared.present), ""))
    grid, grids = pd.Series("", cases.index, dtype=object), pd.DataFrame({"code": []}, dtype=object)
    if present is not None:
        grid = grid_of_cases(cases, present.grids)
        grids = pd.DataFrame(present.grids).set_index(GRID_ID)[["code"]]
    units = prepared.units.frame
    communities = pd.DataFrame(layers.communities).set_index(COMMUNITY_CODE)[[NAME]]
    held = units.groupby(COMMUNITY_CODE)[HOUSEHOLDS].sum()
    communities[HOUSEHOLDS] = held.reindex(communities.index).fillna(0)
    return CaseBook(
        cases=pd.DataFrame(cases.drop(columns=[GEOMETRY, HOME])),
        due=deadlines(cases, rules).due,
        community=community_of_cases(cases, layers.communities),
        grid=grid,
        communities=communities,
        grids=grids,
    )
