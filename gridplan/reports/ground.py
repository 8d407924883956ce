"""The cases of a report with what belongs to each: community, responsible grid, deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import geopandas as gpd
import pandas as pd

from gridplan.cases import (
    Deadlines,
    Period,
    colours,
    deadlines,
    grid_of_cases,
    standing,
)
from gridplan.cases.book import CaseBook, open_book
from gridplan.cases.counts import reaches_back
from gridplan.errors import GridplanError
from gridplan.hotspots.find import PLAN, grid_layers
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.reports.kinds import ReportSpec, period_of
from gridplan.schema import COMMUNITY_CODE, GRID_ID, NAME, OPENED


@dataclass(frozen=True, eq=False)
class Ground:
    """What a report is counted from.

    Parameters
    ----------
    prepared : Prepared
        The area.
    spec : ReportSpec
        What is asked for.
    book : CaseBook
        What the data reach, and as of when a period is judged.
    period : Period
        Which.
    community : str
        Code of the community that the report is about, "" for the whole area.
    layer : str
        Name of the layer of responsible grids: the plan's, else the first present one; "" where
        there is none.
    grids : GeoDataFrame
        ``grid_id, code, community_name, worker, households, geometry`` of that layer.
    every : GeoDataFrame
        All cases of the area, with ``community`` (code) and ``grid_id``, "" where in none.
    cases : GeoDataFrame
        Those of the community alone, or all.
    due : Deadlines
        Of all cases.
    """

    prepared: Prepared
    spec: ReportSpec
    book: CaseBook
    period: Period
    community: str
    layer: str
    grids: gpd.GeoDataFrame
    every: gpd.GeoDataFrame
    cases: gpd.GeoDataFrame
    due: Deadlines

    @property
    def as_of(self) -> datetime:
        """Moment at which cases are judged: the last instant of the period, or of the data."""
        return self.book.moment(self.period)

    @property
    def until(self) -> datetime:
        """The first instant after :attr:`as_of`."""
        return self.as_of + timedelta(microseconds=1)

    def moment(self, period: Period) -> datetime:
        """The same of another period."""
        return self.book.moment(period)

    def reaches(self, period: Period) -> bool:
        """Whether the data reach back to the first day of a period."""
        return reaches_back(self.book.believed.iloc[0], period)

    def earlier(self) -> list[Period]:
        """The periods of the trend before this one, as far as the data reach."""
        back = self.period.back(self.spec.trend_periods)[:-1]
        return [period for period in back if self.reaches(period)]

    @property
    def communities(self) -> pd.Series:
        """Names of the communities by their codes."""
        frame = self.prepared.layers.communities
        return pd.Series(frame[NAME].to_numpy(), index=frame[COMMUNITY_CODE], dtype=object)

    @property
    def place(self) -> str:
        """Name of what the report is about."""
        return self.communities[self.community] if self.community else self.prepared.layers.name

    def inside(self, period: Period) -> gpd.GeoDataFrame:
        """The cases that came in during a period."""
        return self.cases[period.holds(self.cases[OPENED])]

    def standing(self, moment: datetime | None = None) -> pd.Series:
        """How each case stood at a moment, by default at the end of the period."""
        return standing(self.cases, self.due.due.loc[self.cases.index], moment or self.as_of)

    def colours(self, moment: datetime | None = None) -> pd.Series:
        """Colour of each case at a moment, by default at the end of the period."""
        due = self.due.due.loc[self.cases.index]
        return colours(self.cases, due, moment or self.as_of, self.spec.ledger)

    def grid_name(self, grid: str) -> str:
        """Code of a grid as shown, "" where it is none."""
        return self._grid(grid, "code")

    def worker(self, grid: str) -> str:
        """The post that answers for a grid, "" where it is not known."""
        return self._grid(grid, "worker")

    def _grid(self, grid: str, column: str) -> str:
        found = self.grids.loc[self.grids[GRID_ID] == grid, column]
        return str(found.iloc[0]) if len(found) else ""


def lay_ground(prepared: Prepared, spec: ReportSpec, plan: Plan | None = None) -> Ground:
    """Give each case its community, its grid and its deadline.

    Parameters
    ----------
    prepared : Prepared
        An area with cases.
    spec : ReportSpec
        What is asked for.
    plan : Plan, optional
        Its grids answer in place of the present ones.

    Raises
    ------
    GridplanError
        Where there are no cases with a time, the period lies outside of them, or the community
        is not known.
    """
    layers = prepared.layers
    book = open_book(prepared, rules=spec.deadlines)
    period = period_of(spec, book)
    community = _community(prepared, spec.community)
    known = grid_layers(prepared, plan)
    layer = PLAN if plan is not None else next(iter(known), "")
    grids = known[layer] if layer else _no_grids(prepared)
    every = layers.cases.assign(
        community=book.community,
        grid_id=grid_of_cases(layers.cases, grids) if layer else "",
    )
    return Ground(
        prepared=prepared,
        spec=spec,
        book=book,
        period=period,
        community=community,
        layer=layer,
        grids=grids,
        every=every,
        cases=every[every["community"] == community] if community else every,
        due=deadlines(layers.cases, spec.deadlines),
    )


def _community(prepared: Prepared, wanted: str) -> str:
    """Code of a community, told by its code or its name."""
    if not wanted:
        return ""
    frame = prepared.layers.communities
    mine = frame[(frame[COMMUNITY_CODE] == wanted) | (frame[NAME] == wanted)]
    if len(mine) != 1:
        known = "、".join(
            f"{code} {name}" for code, name in zip(frame[COMMUNITY_CODE], frame[NAME], strict=True)
        )
        raise GridplanError("reports.error.no_community", community=wanted, known=known)
    return str(mine[COMMUNITY_CODE].iloc[0])


def _no_grids(prepared: Prepared) -> gpd.GeoDataFrame:
    names = (GRID_ID, "code", "community_name", "worker", "households")
    empty = {name: pd.Series(dtype=object) for name in names}
    return gpd.GeoDataFrame({**empty, "geometry": []}, geometry="geometry", crs=prepared.layers.crs)
