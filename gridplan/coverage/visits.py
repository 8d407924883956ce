"""Who was not visited in the time required: the second axis beside distance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.cases.followups import FollowUpRules, follow_ups_due
from gridplan.load.layers import Layers
from gridplan.schema import (
    BUILDING_ID,
    CASE_ID,
    CATEGORY,
    CLOSED,
    GRADE,
    HOME,
    HOUSEHOLDS,
    KIND,
    SPECIAL_HOUSEHOLDS,
    SUBCATEGORY,
    VISITED,
    Grade,
)

PATROL_WORDS = ("巡查", "巡逻", "巡访", "patrol")
CALL_WORDS = ("走访", "入户", "探访", "上门", "回访", "visit", "call")
"""Words in the kind of a visit; a visit without a kind counts as either."""

_TEXT = (BUILDING_ID, KIND, CASE_ID)

NEAR_M = 30.0
"""A case belongs to the building within this distance of its place."""


class VisitRule(StrEnum):
    """What is required; the names stand in files."""

    PATROL = "patrol"
    SPECIAL = "special"
    ORDINARY = "ordinary"
    MAJOR = "major"


class Unjudged(StrEnum):
    """Why a rule is not judged."""

    OFF = "off"
    NO_VISITS = "no_visits"
    SHORT = "short"
    NO_KIND = "no_kind"
    NO_GRIDS = "no_grids"
    NO_SPECIAL = "no_special"
    NO_GRADES = "no_grades"
    NO_CASE_IDS = "no_case_ids"
    NO_DISPUTES = "no_disputes"


@dataclass(frozen=True)
class VisitRules:
    """In what time visits have to be made; None where nothing is required.

    Parameters
    ----------
    patrol_days : int or None
        Each grid is patrolled within so many days. Policy: once a week.
    patrol_each_building : bool
        Whether every building has to be patrolled in that time and not only its grid. Ours.
    special_months : int or None
        Each household under care is called on within so many calendar months. Policy: monthly.
    ordinary_days : int or None
        A resolved dispute of former grade ordinary is followed up within so many days, again
        and again. Policy: monthly.
    major_days : int or None
        The same of former grade major. Policy: every half month.
    follow_up_days : int
        A dispute resolved longer ago needs no follow-up any more. Ours.
    disputes : tuple of str
        Words in the category or subcategory that make a case a dispute; every graded case is
        one where there are none. Ours.
    """

    patrol_days: int | None = 7
    patrol_each_building: bool = False
    special_months: int | None = 1
    ordinary_days: int | None = 30
    major_days: int | None = 15
    follow_up_days: int = 90
    disputes: tuple[str, ...] = ("纠纷", "矛盾", "争议", "dispute")

    def period(self, rule: VisitRule) -> pd.DateOffset | None:
        """Within what time a rule asks for a visit."""
        if rule is VisitRule.SPECIAL:
            months = self.special_months
            return None if months is None else pd.DateOffset(months=months)
        days = {
            VisitRule.PATROL: self.patrol_days,
            VisitRule.ORDINARY: self.ordinary_days,
            VisitRule.MAJOR: self.major_days,
        }[rule]
        return None if days is None else pd.DateOffset(days=days)


@dataclass(frozen=True, eq=False)
class Visits:
    """Visits held against the rules, on one day.

    Parameters
    ----------
    as_of : date or None
        The day, counted to its end; None where there are no visits.
    buildings : DataFrame
        One row a building of the area, in its order: ``building_id, last_visit, patrol_overdue,
        special_overdue, cases_overdue, overdue_households``: whether its grid (or itself) lacks
        its patrol, households under care and cases that lack their visit, and how many of its
        households that leaves unvisited: all of them without a patrol, else those under care
        and those of the cases, at most all.
    rules : DataFrame
        One row a rule: ``rule, judged, why, required, overdue``; ``why`` is an
        :class:`Unjudged` or "", the counts are of grids (or buildings), households and cases.
    cases : DataFrame
        Follow-ups overdue: ``case_id, grade, closed, last_visit, due, overdue_days,
        building_id``, "" where the case has no place near a building; see
        :func:`gridplan.cases.followups.follow_ups_due`.
    """

    as_of: date | None
    buildings: pd.DataFrame
    rules: pd.DataFrame
    cases: pd.DataFrame

    @property
    def judged(self) -> bool:
        """Whether any rule could be judged."""
        return bool(self.rules["judged"].any())


def judge_visits(
    layers: Layers,
    buildings: gpd.GeoDataFrame,
    grid_of_building: pd.Series,
    rules: VisitRules,
    as_of: date | None = None,
) -> Visits:
    """Hold the visits of an area against the rules.

    Parameters
    ----------
    layers : Layers
        ``visits``, ``cases``.
    buildings : GeoDataFrame
        ``building_id, households, geometry`` and, where known, ``special_households``.
    grid_of_building : Series
        ``grid_id`` by ``building_id``, "" where there is none; empty where no grids are known.
    rules : VisitRules
    as_of : date, optional
        The last day of the visits where left out.
    """
    visits = _visits(layers.visits)
    if as_of is None and len(visits):
        as_of = visits[VISITED].max().date()
    book = _Book(visits, as_of, rules)
    ids = buildings[BUILDING_ID].astype(str).reset_index(drop=True)
    patrol, told = book.patrols(ids, grid_of_building)
    special, also = book.special(ids, buildings)
    cases, rest = book.follow_ups(layers.cases, buildings)
    homes = buildings[HOUSEHOLDS].to_numpy(dtype=float)
    count = ids.map(cases[BUILDING_ID].value_counts()).fillna(0).to_numpy(dtype=np.int64)
    some = np.minimum(homes, special + count)
    frame = pd.DataFrame(
        {
            BUILDING_ID: ids,
            "last_visit": book.last_visit(ids),
            "patrol_overdue": patrol,
            "special_overdue": special,
            "cases_overdue": count,
            "overdue_households": np.where(patrol, homes, some),
        }
    )
    return Visits(as_of, frame, pd.DataFrame([told, also, *rest]), cases)


class _Book:
    """The visits up to the end of a day."""

    def __init__(self, visits: pd.DataFrame, as_of: date | None, rules: VisitRules) -> None:
        self.rules = rules
        self.end = pd.NaT if as_of is None else pd.Timestamp(as_of) + pd.Timedelta(days=1)
        self.visits = visits[visits[VISITED] < self.end]

    def why_not(self, rule: VisitRule) -> Unjudged | None:
        """Why a rule cannot be judged by the visits alone."""
        period = self.rules.period(rule)
        if period is None:
            return Unjudged.OFF
        if self.visits.empty:
            return Unjudged.NO_VISITS
        # records that begin inside the period say nothing of what was done before them
        begin = self.visits[VISITED].min().normalize()
        return Unjudged.SHORT if begin > self.end - period else None

    def within(self, rule: VisitRule, words: tuple[str, ...]) -> pd.DataFrame | None:
        """Visits of some kinds in the period; None where no visit tells such a kind."""
        kind = self.visits[KIND].str.lower()
        fits = kind.str.contains("|".join(words)) | (kind == "")
        if not fits.any():
            return None
        return self.visits[fits & (self.visits[VISITED] >= self.end - self.rules.period(rule))]

    def last_visit(self, ids: pd.Series) -> pd.Series:
        last = self.visits.groupby(BUILDING_ID)[VISITED].max()
        return pd.Series(last.reindex(ids).to_numpy(dtype="datetime64[us]"), ids.index)

    def patrols(
        self, ids: pd.Series, grid_of_building: pd.Series
    ) -> tuple[NDArray[np.bool_], dict[str, object]]:
        rule, none = VisitRule.PATROL, np.zeros(len(ids), dtype=bool)
        whole = ids if self.rules.patrol_each_building else _named(ids, grid_of_building)
        if why := self.why_not(rule):
            return none, _row(rule, why)
        if not (whole != "").any():
            return none, _row(rule, Unjudged.NO_GRIDS)
        done = self.within(rule, PATROL_WORDS)
        if done is None:
            return none, _row(rule, Unjudged.NO_KIND)
        seen = set(whole[ids.isin(done[BUILDING_ID])])
        overdue = ((whole != "") & ~whole.isin(seen)).to_numpy()
        return overdue, _row(rule, None, whole[whole != ""].nunique(), whole[overdue].nunique())

    def special(
        self, ids: pd.Series, buildings: gpd.GeoDataFrame
    ) -> tuple[NDArray[np.float64], dict[str, object]]:
        rule, none = VisitRule.SPECIAL, np.zeros(len(ids))
        if why := self.why_not(rule):
            return none, _row(rule, why)
        if SPECIAL_HOUSEHOLDS not in buildings or buildings[SPECIAL_HOUSEHOLDS].isna().all():
            return none, _row(rule, Unjudged.NO_SPECIAL)
        done = self.within(rule, CALL_WORDS)
        if done is None:
            return none, _row(rule, Unjudged.NO_KIND)
        special = buildings[SPECIAL_HOUSEHOLDS].fillna(0).to_numpy(dtype=float)
        overdue = np.where(ids.isin(done[BUILDING_ID]), 0.0, special)
        return overdue, _row(rule, None, special.sum(), overdue.sum())

    def follow_ups(
        self, cases: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
    ) -> tuple[pd.DataFrame, list[dict[str, object]]]:
        graded = GRADE in cases and (cases[GRADE].fillna("") != "").any()
        cases = cases[_is_dispute(cases, self.rules.disputes)] if graded else cases
        has_ids = (self.visits[CASE_ID] != "").any()
        found, told = [], []
        for rule, grade in ((VisitRule.ORDINARY, Grade.ORDINARY), (VisitRule.MAJOR, Grade.MAJOR)):
            why = self.why_not(rule)
            if why is None and not graded:
                why = Unjudged.NO_GRADES
            if why is None and cases.empty:
                why = Unjudged.NO_DISPUTES
            if why is None and not has_ids:
                why = Unjudged.NO_CASE_IDS
            if why is not None:
                told.append(_row(rule, why))
                continue
            every = {VisitRule.ORDINARY: self.rules.ordinary_days}.get(rule, self.rules.major_days)
            wanted = FollowUpRules({grade.value: float(every or 0)}, self.rules.follow_up_days)
            due = follow_ups_due(cases, self.visits, self.end, wanted)
            late = due[due["overdue_days"] > 0]
            told.append(_row(rule, None, len(due), len(late)))
            where = _building_of(cases.loc[late.index], buildings)
            found.append(late.assign(building_id=where))
        columns = [CASE_ID, GRADE, CLOSED, "last_visit", "due", "overdue_days", BUILDING_ID]
        if not found:
            return pd.DataFrame({name: pd.Series(dtype=object) for name in columns}), told
        return pd.DataFrame(pd.concat(found)[columns]).reset_index(drop=True), told


def _row(
    rule: VisitRule, why: Unjudged | None, required: float = 0, overdue: float = 0
) -> dict[str, object]:
    return {
        "rule": rule.value,
        "judged": why is None,
        "why": "" if why is None else why.value,
        "required": int(required),
        "overdue": int(overdue),
    }


def _named(ids: pd.Series, names: pd.Series) -> pd.Series:
    """The name that belongs to each id, "" where there is none."""
    found = names.reindex(ids).astype(object).fillna("")
    return pd.Series(found.to_numpy(dtype=object), ids.index)


def _visits(table: pd.DataFrame) -> pd.DataFrame:
    """Visits with a day; columns of text that are not there are "" throughout."""
    if VISITED not in table:
        times = {VISITED: pd.Series(dtype="datetime64[us]")}
        return pd.DataFrame({**times, **{name: pd.Series(dtype=object) for name in _TEXT}})
    texts = {name: table[name].fillna("").astype(str) if name in table else "" for name in _TEXT}
    return table.assign(**texts).dropna(subset=[VISITED])


def _is_dispute(cases: gpd.GeoDataFrame, words: tuple[str, ...]) -> NDArray[np.bool_]:
    told = [cases[name].fillna("").astype(str) for name in (CATEGORY, SUBCATEGORY) if name in cases]
    flags = [text.str.contains(word, regex=False, case=False) for text in told for word in words]
    return (
        np.logical_or.reduce([flag.to_numpy(dtype=bool) for flag in flags])
        if flags
        else (np.ones(len(cases), dtype=bool))
    )


def _building_of(cases: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Building at or beside the home of each case, else at the place where it happened."""
    points = np.asarray(cases.geometry.array, dtype=object)
    if HOME in cases:
        homes = np.asarray(cases[HOME].array, dtype=object)
        points = np.where([home is None for home in homes], points, homes)
    tree = shapely.STRtree(np.asarray(buildings.geometry.array, dtype=object))
    found = np.full(len(points), "", dtype=object)
    some = np.flatnonzero(~shapely.is_missing(points))
    case, row = tree.query_nearest(points[some], max_distance=NEAR_M, all_matches=False)
    found[some[case]] = buildings[BUILDING_ID].astype(str).to_numpy()[row]
    return found
