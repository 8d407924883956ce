"""Opening hours as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridplan.coverage.hours import read_hours, read_moment


def week(text: str) -> list[list[str]]:
    hours = read_hours(text)
    assert hours is not None, text
    return [[f"{a // 60}:{a % 60:02}-{b // 60}:{b % 60:02}" for a, b in d] for d in hours.days]


@pytest.mark.parametrize(
    ("text", "monday", "saturday", "days"),
    [
        ("周一至周五 07:30-17:00", ["7:30-17:00"], [], 5),
        ("周一至周日 08:00-17:30", ["8:00-17:30"], ["8:00-17:30"], 7),
        ("全天", ["0:00-24:00"], ["0:00-24:00"], 7),
        ("24/7", ["0:00-24:00"], ["0:00-24:00"], 7),
        ("周二、周四、周六 09:00-16:30", [], ["9:00-16:30"], 3),
        ("周一三五 9:00—11:00", ["9:00-11:00"], [], 3),
        ("星期一到星期六 8：00～12：00，14：00～17：30", ["8:00-12:00", "14:00-17:30"],
         ["8:00-12:00", "14:00-17:30"], 6),
        ("每天 上午8点-下午5点30分", ["8:00-17:30"], ["8:00-17:30"], 7),
        ("08:00-18:00", ["8:00-18:00"], ["8:00-18:00"], 7),
        ("工作日 9:00-17:00；周末 10:00-16:00", ["9:00-17:00"], ["10:00-16:00"], 7),
        ("09:00-17:00（周一至周五）", ["9:00-17:00"], [], 5),
        ("Mo-Fr 08:00-17:00; Sa 09:00-12:00", ["8:00-17:00"], ["9:00-12:00"], 6),
        ("Mo-Su 08:00-20:00; Sa off; PH off", ["8:00-20:00"], [], 6),
        ("Mo-Fr 08:00-12:00, Mo-Fr 13:00-17:00", ["8:00-12:00", "13:00-17:00"], [], 5),
        ("周六至周一", ["0:00-24:00"], ["0:00-24:00"], 3),
        ("周五、周六 20:00-02:00", [], ["0:00-2:00", "20:00-24:00"], 3),
        ("周二至周日 09:00-20:00，周一闭馆", [], ["9:00-20:00"], 6),
    ],
)  # fmt: skip
def test_as_written(text: str, monday: list[str], saturday: list[str], days: int) -> None:
    told = week(text)
    assert (told[0], told[5]) == (monday, saturday)
    assert sum(map(bool, told)) == days


@pytest.mark.parametrize(
    "text",
    ["", "电话预约", "夏季 8:00-18:00", "周一至周五 8:00-25:00", "周八 8:00-9:00", "8:70-9:00",
     "08:00-17:00 周一至周五，09:00-12:00 周六", "8-17"],
)  # fmt: skip
def test_what_is_not_understood_is_not_guessed(text: str) -> None:
    assert read_hours(text) is None


def test_open_at() -> None:
    hours = read_hours("周二、周四、周六 09:00-16:30")
    assert hours is not None
    assert hours.open_at(1, 9 * 60)
    assert not hours.open_at(1, 16 * 60 + 30)
    assert not hours.open_at(0, 10 * 60)


@pytest.mark.parametrize(
    ("text", "moment"),
    [("周三 19:00", (2, 1140)), ("星期日 8：05", (6, 485)), ("周三", None), ("周三 24:30", None)],
)
def test_a_moment(text: str, moment: tuple[int, int] | None) -> None:
    assert read_moment(text) == moment


@given(st.sets(st.integers(0, 6), min_size=1), st.integers(0, 1438), st.integers(1, 1440))
def test_what_is_written_is_read(days: set[int], start: int, length: int) -> None:
    end = min(start + length, 1440)
    names = "、".join(f"周{'一二三四五六日'[day]}" for day in sorted(days))
    clock = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    hours = read_hours(f"{names} {clock}")
    assert hours is not None
    assert [bool(spans) for spans in hours.days] == [day in days for day in range(7)]
    assert all(spans in ((), ((start, end),)) for spans in hours.days)


@given(st.text(max_size=30))
def test_any_text_is_read_or_not(text: str) -> None:
    hours = read_hours(text)
    assert hours is None or len(hours.days) == 7
