"""Periods: texts, neighbours, and the last one that has wholly passed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridplan.cases import Period, PeriodKind, last_whole
from gridplan.errors import GridplanError

DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))
KINDS = st.sampled_from(list(PeriodKind))


def at(*texts: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts), format="ISO8601"))


@pytest.mark.parametrize(
    ("text", "first", "last", "previous", "year_before"),
    [
        ("2025-10-03", "2025-10-03", "2025-10-03", "2025-10-02", "2024-10-03"),
        ("2024-02-29", "2024-02-29", "2024-02-29", "2024-02-28", "2023-02-28"),
        ("2025-W40", "2025-09-29", "2025-10-05", "2025-W39", "2024-W40"),
        ("2025-W01", "2024-12-30", "2025-01-05", "2024-W52", "2024-W01"),
        ("2020-W53", "2020-12-28", "2021-01-03", "2020-W52", "2019-W52"),
        ("2025-10", "2025-10-01", "2025-10-31", "2025-09", "2024-10"),
        ("2025-01", "2025-01-01", "2025-01-31", "2024-12", "2024-01"),
        ("2025-Q4", "2025-10-01", "2025-12-31", "2025-Q3", "2024-Q4"),
        ("2025-Q1", "2025-01-01", "2025-03-31", "2024-Q4", "2024-Q1"),
        ("2025-H2", "2025-07-01", "2025-12-31", "2025-H1", "2024-H2"),
        ("2025", "2025-01-01", "2025-12-31", "2024", "2024"),
    ],
)
def test_a_period_knows_its_days_and_neighbours(
    text: str, first: str, last: str, previous: str, year_before: str
) -> None:
    period = Period.parse(text)
    assert (str(period.first), str(period.last)) == (first, last)
    assert (str(period.previous()), str(period.year_before())) == (previous, year_before)
    assert period.previous().next() == period


@given(day=DAYS, kind=KINDS)
def test_periods_of_a_kind_tile_the_days(day: date, kind: PeriodKind) -> None:
    period = Period.of(day, kind)
    assert period.first <= day <= period.last
    assert Period.parse(str(period)) == period
    assert Period.of(period.last + timedelta(days=1), kind) == period.next()
    assert period.previous().end == period.first
    assert period.days == len(pd.date_range(period.first, period.last))
    assert period.back(3) == (period.previous().previous(), period.previous(), period)


@pytest.mark.parametrize(
    "text", ["", "2025-13", "2025-W54", "2025-W00", "2025-Q5", "2025-02-30", "25-10", "本周"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(GridplanError, match="2025-W40"):
        Period.parse(text)


def test_a_period_begins_on_its_first_day() -> None:
    with pytest.raises(ValueError, match="no week begins"):
        Period(date(2025, 10, 1), PeriodKind.WEEK)


def test_titles() -> None:
    assert Period.parse("2025-W40").title() == "2025年第40周（9月29日至10月5日）"
    assert Period.parse("2025-W01").title("en") == "week 1 of 2025 (12-30 to 01-05)"
    assert Period.parse("2025-H1").title() == "2025年上半年"
    assert Period.parse("2025-Q2").title() == "2025年第2季度"


def test_times_on_the_edges() -> None:
    times = at("2025-09-28 23:59:59", "2025-09-29", "2025-10-05 23:59:59", "2025-10-06", None)
    held = Period.parse("2025-W40").holds(times)
    assert held.tolist() == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("latest", "kind", "whole"),
    [
        ("2025-10-05 17:00", "week", "2025-W40"),  # a Sunday
        ("2025-10-04 17:00", "week", "2025-W39"),
        ("2025-09-30 08:00", "quarter", "2025-Q3"),
        ("2025-09-29 23:00", "quarter", "2025-Q2"),
        ("2025-09-29 23:00", "day", "2025-09-29"),
        ("2025-09-29 23:00", "year", "2024"),
    ],
)
def test_the_last_whole_period(latest: str, kind: str, whole: str) -> None:
    times = at("2025-01-01", latest, None)
    assert str(last_whole(times, PeriodKind(kind))) == whole


def test_times_in_the_future_can_be_left_out() -> None:
    times = at("2025-10-05", "2052-10-05")
    assert str(last_whole(times, PeriodKind.WEEK, datetime(2025, 11, 1))) == "2025-W40"
    assert last_whole(times, PeriodKind.WEEK, datetime(2020, 1, 1)) is None
