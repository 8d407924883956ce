"""Working days, working hours, and years of which nobody knows the holidays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import chinese_calendar
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.worktime import LONGEST_DAYS, WorkTime, due_times, working_days

LAST_KNOWN = max(chinese_calendar.constants.holidays).year


def due(opened: str, limit: float, unit: str, work: WorkTime | None = None) -> str:
    """The end of one limit, to the minute."""
    found = due_times([np.datetime64(opened)], [limit], [unit], work)
    return str(found.times[0].astype("datetime64[m]")).replace("T", " ")


def is_worked(day: str) -> bool:
    return bool(working_days(date.fromisoformat(day), date.fromisoformat(day))[0])


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        # announcement for 2025: 1–8 October off, 28 September and 11 October (weekend) worked
        ("2025-09-28", True), ("2025-10-11", True), ("2025-10-12", False), ("2025-10-01", False),
        ("2025-10-08", False), ("2025-10-09", True),
        # for 2024: Spring Festival 10–17 February, worked on 4 and 18 February (Sundays)
        ("2024-02-04", True), ("2024-02-18", True), ("2024-02-12", False), ("2024-02-19", True),
        ("2024-09-14", True), ("2024-09-16", False),
    ],
)  # fmt: skip
def test_published_holidays(day: str, worked: bool) -> None:
    assert is_worked(day) is worked


def test_the_year_2024_has_251_working_days() -> None:
    """366 days less the 115 of rest that were published for that year."""
    assert working_days(date(2024, 1, 1), date(2024, 12, 31)).sum() == 251


@pytest.mark.parametrize(
    ("opened", "limit", "unit", "end"),
    [
        ("2025-03-03 10:00", 3, "工作日", "2025-03-06 23:59"),  # Monday → Thursday
        ("2025-03-07 16:00", 3, "工作日", "2025-03-12 23:59"),  # over a weekend
        ("2025-03-08 16:00", 3, "工作日", "2025-03-12 23:59"),  # opened on Saturday
        ("2025-09-26 10:00", 3, "工作日", "2025-09-30 23:59"),  # the worked Sunday counts
        ("2025-09-30 10:00", 3, "工作日", "2025-10-11 23:59"),  # 9, 10 and the Saturday 11
        ("2025-09-30 10:00", 3, "自然日", "2025-10-03 23:59"),
        ("2025-09-30 10:00", 24, "小时", "2025-10-01 10:00"),
        ("2025-09-30 10:00", 24, "紧急工作时", "2025-10-01 10:00"),
        ("2025-03-03 10:00", 0.5, "工作日", "2025-03-04 23:59"),  # a part counts whole
        ("2025-03-03 10:00", 0, "工作日", "2025-03-03 23:59"),
        ("2025-03-03 10:00", 4, "工作时", "2025-03-03 15:00"),  # over lunch
        ("2025-03-03 10:00", 2, "工作时", "2025-03-03 12:00"),  # ends with the window
        ("2025-03-03 10:00", 6.5, "工作时", "2025-03-03 17:30"),  # ends with the day
        ("2025-03-03 10:00", 7, "工作时", "2025-03-04 09:30"),
        ("2025-03-08 10:00", 0, "工作时", "2025-03-08 10:00"),
        ("2025-03-03 07:00", 1, "工作时", "2025-03-03 10:00"),  # before the doors open
        ("2025-03-03 12:30", 1, "工作时", "2025-03-03 14:00"),  # at lunch
        ("2025-03-07 20:00", 1, "工作时", "2025-03-10 10:00"),  # Friday night
        ("2025-09-30 17:00", 1, "工作时", "2025-10-09 09:30"),  # eight days of holiday between
        ("2025-03-03 10:00", 75, "工作时", "2025-03-17 10:00"),  # ten days of 7.5 h
    ],
)  # fmt: skip
def test_limits_end_where_the_calendar_says(opened: str, limit: float, unit: str, end: str) -> None:
    assert due(opened, limit, unit) == end


def test_an_office_may_keep_its_own_hours_and_days() -> None:
    work = WorkTime(
        windows=((time(8, 30), time(11, 30)),),
        urgent_windows=((time(8), time(20)),),
        day_end=time(18),
        free=frozenset({date(2025, 3, 4)}),
        worked=frozenset({date(2025, 3, 8)}),
    )
    assert due("2025-03-03 10:00", 2, "工作时", work) == "2025-03-05 09:00"
    assert due("2025-03-03 10:00", 12, "紧急工作时", work) == "2025-03-05 10:00"
    assert due("2025-03-06 10:00", 2, "工作日", work) == "2025-03-08 18:00"


def test_what_is_not_known_has_no_end() -> None:
    known = np.datetime64("2025-03-03T10:00")
    opened = [np.datetime64("NaT"), known, known, known, known]
    limits = [3, np.nan, -1, 3, LONGEST_DAYS + 1]
    found = due_times(opened, limits, ["工作日", "工作日", "工作日", "周", "工作日"])
    assert np.isnat(found.times).all()
    assert found.too_long == 1
    assert "10 年" in found.notes("zh")[0]


def test_a_year_without_known_holidays_is_told() -> None:
    late = due_times([np.datetime64(f"{LAST_KNOWN}-12-30T10:00")], [5], ["工作日"])
    assert late.assumed_years == (LAST_KNOWN + 1,)
    assert str(LAST_KNOWN + 1) in late.notes("zh")[0]
    assert str(LAST_KNOWN + 1) in late.notes("en")[0]
    assert due("2040-01-02 10:00", 5, "工作日") == "2040-01-09 23:59"  # Monday to Friday
    hours = due_times([np.datetime64("2040-01-02T10:00")], [5], ["小时"])
    assert hours.notes() == ()
    plain = WorkTime(chinese_holidays=False)
    assert due_times([np.datetime64("2040-01-02T10:00")], [5], ["工作日"], plain).notes() == ()
    assert due("2025-09-30 10:00", 3, "工作日", plain) == "2025-10-03 23:59"


@pytest.mark.parametrize(
    "windows", [(), ((time(12), time(9)),), ((time(9), time(12)), (time(11), time(17)))]
)
def test_windows_that_cannot_be_are_refused(windows: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="window"):
        WorkTime(windows=windows)


def minute_by_minute(opened: datetime, minutes: int) -> datetime:
    """The oracle: walk the clock, counting minutes in which the office is open."""
    now, left = opened, minutes
    while left:
        at = now.time()
        inside = time(9) <= at < time(12) or time(13) <= at < time(17, 30)
        if inside and chinese_calendar.is_workday(now.date()):
            left -= 1
        now += timedelta(minutes=1)
    return now


@settings(max_examples=25, deadline=None)
@given(
    opened=st.datetimes(datetime(2024, 1, 1), datetime(2025, 11, 30)).map(
        lambda at: at.replace(second=0, microsecond=0)
    ),
    minutes=st.integers(1, 1500),
)
def test_working_hours_agree_with_a_walk_of_the_clock(opened: datetime, minutes: int) -> None:
    found = due_times([np.datetime64(opened)], [minutes / 60], ["工作时"]).times[0]
    assert pd.Timestamp(found) == minute_by_minute(opened, minutes)


@given(opened=st.datetimes(datetime(2019, 1, 1), datetime(2025, 6, 30)), count=st.integers(1, 60))
def test_working_days_agree_with_a_count_of_days(opened: datetime, count: int) -> None:
    day, left = opened.date(), count
    while left:
        day += timedelta(days=1)
        left -= chinese_calendar.is_workday(day)
    found = due_times([np.datetime64(opened)], [count], ["工作日"]).times[0]
    assert pd.Timestamp(found).date() == day
