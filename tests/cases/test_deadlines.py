"""Where a deadline comes from, and how a case stood at a moment."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from gridplan.cases import DeadlineRules, TimeLimit, deadlines, standing
from gridplan.cases.deadlines import Standing, is_overdue
from gridplan.prepared import Prepared
from gridplan.schema import TimeUnit
from gridplan.words import catalogue
from tests.case_tables import some_cases

MONDAY = "2025-03-03 10:00"


@pytest.mark.parametrize(
    ("row", "due", "source"),
    [
        ({"deadline": "2025-03-09", "time_limit": 1, "time_limit_unit": "小时"},
         "2025-03-09 00:00", "stated"),
        ({"time_limit": 2, "time_limit_unit": "工作日", "dispatch": "应急单"},
         "2025-03-05 23:59", "limit"),
        ({"time_limit": 2, "dispatch": "应急单"}, "2025-03-04 10:00", "dispatch"),
        ({"dispatch": "重点单"}, "2025-03-10 23:59", "dispatch"),
        ({"dispatch": "常规单"}, "2025-03-06 23:59", "dispatch"),
        ({"dispatch": "督办单"}, "2025-03-06 23:59", "default"),
        ({"opened": None}, "NaT", ""),
        ({"opened": None, "deadline": "2025-03-09"}, "2025-03-09 00:00", "stated"),
    ],
)  # fmt: skip
def test_the_nearest_source_counts(row: dict[str, object], due: str, source: str) -> None:
    found = deadlines(some_cases({"opened": MONDAY, **row}))
    assert str(found.due.iloc[0])[:16] == due
    assert found.source.tolist() == [source]


def test_rules_can_be_edited() -> None:
    rules = DeadlineRules(
        by_dispatch={"督办单": TimeLimit(2, TimeUnit.HOUR, "case.source.key")}, otherwise=None
    )
    cases = some_cases({"dispatch": "督办单"}, {"dispatch": "常规单"})
    found = deadlines(cases, rules)
    assert found.source.tolist() == ["dispatch", ""]
    assert str(found.due.iloc[0]) == "2025-03-03 12:00:00"
    assert pd.isna(found.due.iloc[1])


def test_every_default_has_its_sentence() -> None:
    rules = DeadlineRules()
    assert rules.otherwise is not None
    for limit in (*rules.by_dispatch.values(), rules.otherwise):
        assert limit.source in catalogue()
        assert "政策" in limit.sentence("zh")


def test_years_without_holidays_are_told_in_both_languages() -> None:
    found = deadlines(some_cases({"opened": "2041-03-04 10:00"}))
    assert "2041" in found.notes("zh")[0]
    assert "2041" in found.notes("en")[0]
    assert deadlines(some_cases({})).notes() == ()
    stated = some_cases({"opened": "2041-03-04 10:00", "deadline": "2041-03-09"})
    assert deadlines(stated).notes() == ()


@pytest.mark.parametrize(
    ("row", "stands"),
    [
        ({"closed": "2025-03-06 12:00"}, "on_time"),
        ({"closed": "2025-03-06 23:59"}, "on_time"),
        ({"closed": "2025-03-07 00:00"}, "late"),
        ({"closed": "2025-03-20 00:00"}, "overdue"),  # closed only after the moment
        ({"closed": "2025-03-11 18:00"}, "late"),  # at the moment itself
        ({}, "overdue"),
        ({"opened": "2025-03-10 09:00"}, "open"),
        ({"opened": "2025-03-12 09:00"}, ""),
        ({"status": "已办结"}, "closed"),
        ({"status": "Closed "}, "closed"),
        ({"status": "作废"}, "withdrawn"),
        ({"status": "Cancelled", "closed": "2025-03-04"}, "withdrawn"),
        ({"closed": "2025-03-01"}, "closed"),  # before it came in
        ({"opened": None}, "open"),
        ({"opened": None, "closed": "2025-03-05"}, "closed"),
    ],
)
def test_how_a_case_stood_on_eleven_march(row: dict[str, object], stands: str) -> None:
    cases = some_cases({"opened": MONDAY, **row})
    found = standing(cases, deadlines(cases).due, datetime(2025, 3, 11, 18))
    assert found.tolist() == [stands]


def test_a_case_without_deadline_is_never_overdue() -> None:
    cases = some_cases({}, {"closed": "2025-06-01"})
    never = pd.Series(np.datetime64("NaT"), cases.index)
    assert standing(cases, never, datetime(2026, 1, 1)).tolist() == ["open", "closed"]


@pytest.mark.parametrize("moment", ["2024-07-01", "2025-12-31 17:30", "2027-01-01"])
def test_overdue_is_what_stands_so(demo: Prepared, moment: str) -> None:
    cases, as_of = demo.layers.cases, pd.Timestamp(moment)
    stands = standing(cases, deadlines(cases).due, as_of)
    assert is_overdue(cases, as_of).tolist() == (stands == Standing.OVERDUE).tolist()
    if moment > "2025":
        assert (stands == Standing.OVERDUE).any()
