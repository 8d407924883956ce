"""A period as leaders read it, against counting case by case."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.cases import Period, PeriodKind
from gridplan.cases.board import COUNTS, TREND_PERIODS, make_board, snapshot
from gridplan.cases.book import CaseBook
from gridplan.cases.deadlines import CLOSED_WORDS, deadlines
from gridplan.cases.ledger import ANSWER_WORDS
from tests.case_tables import some_cases

MARCH = Period.parse("2025-03")
COMMUNITIES = pd.DataFrame(
    {"name": ["甲社区", "乙社区", "丙社区"], "households": [1000.0, 500.0, 0.0]}, ["a", "b", "c"]
)


def book_of(*rows: dict[str, Any], grids: bool = True) -> CaseBook:
    """Each row names its community (``in``) and grid (``grid``) besides."""
    cases = some_cases(*rows)
    return CaseBook(
        cases=pd.DataFrame(cases),
        due=deadlines(cases).due,
        community=pd.Series([row.get("in", "") for row in rows], cases.index, dtype=object),
        grid=pd.Series([row.get("grid", "") for row in rows], cases.index, dtype=object),
        communities=COMMUNITIES,
        grids=pd.DataFrame({"code": ["G1", "G2"]}, ["G1", "G2"]).iloc[: 2 * grids],
    )


MONTHS = st.datetimes(datetime(2024, 1, 20), datetime(2025, 4, 20))
LATER = st.none() | st.integers(-2, 40)
CASE = st.fixed_dictionaries(
    {
        "opened": MONTHS,
        "took": LATER,
        "limit": LATER,
        "in": st.sampled_from(["a", "b", "c", ""]),
        "grid": st.sampled_from(["G1", "G2", ""]),
        "category": st.sampled_from(["物业服务", "噪声扰民", ""]),
        "status": st.sampled_from(["", "已办结", "办理中"]),
        "satisfaction": st.sampled_from(["", "满意", "不满意", "未评价"]),
        "grade": st.sampled_from(["", "major"]),
        "repeat": st.booleans(),
    }
)


def with_times(case: dict[str, Any]) -> dict[str, Any]:
    """Days after coming in as times; a limit of none leaves the default."""
    opened = case["opened"].replace(microsecond=0)
    moved = {
        name: None if case[key] is None else opened + timedelta(days=case[key])
        for name, key in (("closed", "took"), ("deadline", "limit"))
    }
    return {**{k: v for k, v in case.items() if k not in ("took", "limit")}, "opened": opened,
            **moved}  # fmt: skip


def by_hand(book: CaseBook, period: Period, community: str) -> dict[str, int]:
    """Every count of one community, case by case."""
    last_day = max(book.cases["opened"]).date()
    end = min(period.end, last_day + timedelta(days=1))
    now = datetime.combine(end, datetime.min.time()) - timedelta(microseconds=1)
    found = dict.fromkeys(COUNTS, 0)
    for row, due, place in zip(
        book.cases.to_dict("records"), book.due, book.community, strict=True
    ):
        opened, closed = row["opened"], row["closed"]
        if place != community or opened > now:
            continue
        real = pd.notna(closed) and closed >= opened
        odd = pd.notna(closed) and closed < opened
        named = pd.isna(closed) and row["status"] in CLOSED_WORDS
        done = (real and closed <= now) or odd or named
        came = period.first <= opened.date() <= period.last
        found["cases"] += came
        found["resolved"] += came and done
        if came and row["satisfaction"] in ANSWER_WORDS:
            found["rated"] += 1
            found["satisfied"] += row["satisfaction"] == "满意"
        timed = real and closed <= now
        if pd.notna(due) and period.first <= due.date() <= period.last:
            found["on_time"] += timed and closed <= due
            found["missed"] += (timed and closed > due) or (not done and due < now)
        if done:
            found["green"] += (
                period.first <= closed.date() <= period.last if timed else came and (odd or named)
            )
            continue
        overdue = pd.notna(due) and due < now
        red = row["grade"] == "major" or (overdue and row["repeat"])
        found["overdue"] += overdue
        found["red"] += red
        found["yellow"] += not red
    return found


@settings(max_examples=40)
@given(
    st.lists(CASE, min_size=1, max_size=25),
    st.sampled_from(["2025-03", "2025-W10", "2025", "2024-H2", "2025-03-05"]),
)
def test_counts_are_those_of_counting(cases: list[dict[str, Any]], text: str) -> None:
    book = book_of(*map(with_times, cases))
    period = Period.parse(text)
    table = snapshot(book, period)
    assert list(table.index) == ["a", "b", "c", ""]
    for community in table.index:
        assert table.loc[community].to_dict() == by_hand(book, period, community)


@settings(max_examples=10)
@given(st.lists(CASE, min_size=1, max_size=25))
def test_parts_add_up_to_the_total(cases: list[dict[str, Any]]) -> None:
    book = book_of(*map(with_times, cases))
    board = make_board(book, MARCH)
    total = board.figures["cases"].value
    assert board.places["cases"].sum() + board.elsewhere["cases"] == total
    assert board.by_category.to_numpy().sum() == total
    assert board.by_grid.sum() == total
    last = board.trend["cases"].iloc[-1]
    assert np.isnan(last) or last == total


def thirteen_months(**last: Any) -> list[dict[str, Any]]:
    """Two cases a month in ``a`` from March 2024 on, four in the last month, one in ``b``."""
    rows = [
        {"opened": f"{year}-{month:02d}-{day:02d} 09:00", "in": "a"}
        for year, month in [(2024, m) for m in range(3, 13)] + [(2025, 1), (2025, 2)]
        for day in (1, 9)
    ]
    rows += [{"opened": f"2025-03-{day:02d} 09:00", "in": "a", **last} for day in (3, 4, 5, 31)]
    return [*rows, {"opened": "2025-03-07 09:00", "in": "b"}]


def test_changes_are_relative_for_counts_and_differences_for_shares() -> None:
    board = make_board(book_of(*thirteen_months(status="已办结")), MARCH)
    cases, resolved = board.figures["cases"], board.figures["resolved_share"]
    assert (cases.value, cases.previous, cases.year_before) == (5, 2, 2)
    assert (cases.change, cases.year_change) == (1.5, 1.5)
    assert resolved.value == resolved.change == pytest.approx(0.8)
    assert resolved.of == 5


def test_what_the_data_does_not_reach_is_not_known() -> None:
    figures = make_board(book_of(*thirteen_months()), Period.parse("2024-12")).figures
    assert figures["cases"].previous == 2
    assert np.isnan(figures["cases"].year_before)
    assert np.isnan(figures["cases"].year_change)


def test_no_rating_and_no_deadline_is_no_zero() -> None:
    figures = make_board(book_of(*thirteen_months()), MARCH).figures
    assert np.isnan(figures["satisfied_share"].value)
    assert figures["satisfied_share"].of == 0


def test_hardly_any_rating_is_no_share() -> None:
    few = make_board(book_of(*thirteen_months(satisfaction="满意")), MARCH)  # four ratings
    assert np.isnan(few.figures["satisfied_share"].value)
    assert few.figures["satisfied_share"].of == 4


def test_ranking_by_households_and_its_change() -> None:
    """March: a 6 of 1,000 households, b 5 of 500, c 9 of none; February: a 8, b 3.

    b leads in March (10 against 6 for 1,000); in February b had too few for a rank.
    """
    rows = [{"opened": "2025-01-01 08:00"}]
    for month, counts in ((2, {"a": 8, "b": 3}), (3, {"a": 6, "b": 5, "c": 9})):
        for place, count in counts.items():
            rows += [{"opened": f"2025-{month:02d}-10 08:00", "in": place}] * count
    places = make_board(book_of(*rows), MARCH).places
    assert places.index.tolist() == ["b", "a", "c"]
    assert places["per_1k"].tolist()[:2] == [10, 6]
    assert places["rank"].fillna(0).tolist() == [1, 2, 0]
    assert places["previous_per_1k"].fillna(0).tolist() == [0, 8, 0]


def test_trend_of_the_last_twelve() -> None:
    trend = make_board(book_of(*thirteen_months()), MARCH).trend
    assert len(trend) == TREND_PERIODS
    assert trend.index[-1] == "2025-03"
    assert trend["cases"].tolist() == [2] * 11 + [5]
    assert trend["year_before"].isna().sum() == 11
    assert trend["year_before"].iloc[-1] == 2


def test_a_slip_of_the_pen_in_a_date_moves_nothing() -> None:
    rows = [*thirteen_months(), {"opened": "2205-03-07 09:00"}, {"opened": "1925-03-07 09:00"}]
    book = book_of(*rows)
    assert book.last_whole(PeriodKind.MONTH) == MARCH
    assert make_board(book, MARCH).figures["cases"].year_before == 2
    assert np.isnan(make_board(book, Period.parse("2024-12")).figures["cases"].year_before)
    assert len(book.periods(PeriodKind.MONTH)) == 13


def test_the_period_under_way_is_judged_today() -> None:
    """What falls due after the last day of the data is not overdue, though the year goes on."""
    book = book_of(
        {"opened": "2025-03-03 09:00", "deadline": "2025-03-04 09:00", "in": "a"},
        {"opened": "2025-03-05 09:00", "deadline": "2025-06-01 09:00", "in": "a"},
    )
    board = make_board(book, Period.parse("2025"))
    assert board.moment.date() == date(2025, 3, 5)
    assert board.figures["overdue"].value == 1


def test_no_case_at_all() -> None:
    book = book_of({"opened": None})
    board = make_board(book, MARCH)
    assert board.figures["cases"].value == 0
    assert np.isnan(board.figures["cases"].previous)
    assert book.periods(PeriodKind.WEEK) == []
    assert book.last_whole(PeriodKind.WEEK) is None


def test_without_grids_nothing_is_told_of_them() -> None:
    assert make_board(book_of(*thirteen_months(), grids=False), MARCH).by_grid.empty
