"""Three colours, satisfaction and rates, counted by hand."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.cases import LedgerRules, answers, colours, deadlines, rates
from tests.case_tables import some_cases

NOW = datetime(2025, 3, 11, 18)


@pytest.mark.parametrize(
    ("row", "colour"),
    [
        ({"grade": "major"}, "red"),
        ({"grade": "major", "closed": "2025-03-05"}, "green"),
        ({"grade": "major", "closed": "2025-03-15"}, "red"),  # not closed yet then
        ({"grade": "ordinary"}, "yellow"),
        ({}, "yellow"),
        ({"repeat": True}, "red"),  # overdue since 6 March
        ({"repeat": True, "opened": "2025-03-11 09:00"}, "yellow"),
        ({"closed": "2025-03-15"}, "yellow"),
        ({"status": "已办结"}, "green"),
        ({"opened": "2025-03-12"}, ""),
        ({"status": "撤单", "grade": "major"}, ""),
    ],
)
def test_the_colour_of_a_case(row: dict[str, object], colour: str) -> None:
    cases = some_cases(row)
    assert colours(cases, deadlines(cases).due, NOW).tolist() == [colour]


def test_thresholds_of_the_colours_can_be_edited() -> None:
    cases = some_cases({"repeat": True}, {"opened": "2025-03-05 10:00"}, {})
    due = deadlines(cases).due
    plain = LedgerRules(red_if_repeat_overdue=False)
    assert colours(cases, due, NOW, plain).tolist() == ["yellow"] * 3
    old = LedgerRules(red_if_repeat_overdue=False, red_overdue_days=4)
    assert colours(cases, due, NOW, old).tolist() == ["red", "yellow", "red"]


def test_answers_in_many_words() -> None:
    said = ["满意", "非常满意", "基本满意", "不满意", "Satisfied", "一般", "未评价", "", " 满意 "]
    cases = some_cases(*({"satisfaction": word} for word in said))
    assert answers(cases).tolist() == [
        "satisfied", "satisfied", "fairly", "not", "satisfied", "", "", "", "satisfied",
    ]  # fmt: skip


def eleven() -> list[dict[str, object]]:
    """Eleven cases of the same moment, due on 6 March.

    Six closed in time (rated 3 × 满意, 1 × 基本满意, 2 × 不满意), one closed late, one closed by
    its status alone, one open that nobody took up, one of tomorrow, one withdrawn.
    """
    said = ["满意"] * 3 + ["基本满意"] + ["不满意"] * 2
    closed = [
        {"closed": "2025-03-05", "status": "已办结", "satisfaction": word, "repeat": word == "满意"}
        for word in said
    ]
    return [
        *closed,
        {"closed": "2025-03-10", "status": "已办结"},
        {"status": "已办结"},
        {"status": "待派单"},
        {"opened": "2025-03-12", "status": "办理中"},
        {"status": "已撤销", "satisfaction": "不满意", "repeat": True},
    ]


def test_rates_of_eleven_cases() -> None:
    cases = some_cases(*eleven())
    row = rates(cases, deadlines(cases).due, NOW, households=1800).iloc[0]
    counts = row[["cases", "open", "overdue", "closed", "on_time", "late", "repeat", "rated"]]
    assert counts.tolist() == [9, 1, 1, 8, 6, 1, 3, 6]
    assert row[["red", "yellow", "green"]].tolist() == [0, 1, 8]
    assert row["satisfied"] == 4
    shares = ["responded_share", "resolved_share", "on_time_share", "repeat_share"]
    assert row[shares].tolist() == pytest.approx([8 / 9, 8 / 9, 6 / 7, 3 / 9])
    assert row["satisfied_share"] == pytest.approx(4 / 6)
    assert row["per_10k_households"] == pytest.approx(50)
    assert row["rework"]


def test_too_few_ratings_send_nobody_to_rework() -> None:
    cases = some_cases(*eleven())
    due = deadlines(cases).due
    assert rates(cases, due, NOW, rules=LedgerRules(least_rated=6))["rework"].iloc[0]
    assert not rates(cases, due, NOW, rules=LedgerRules(least_rated=7))["rework"].iloc[0]
    lower = LedgerRules(satisfied_floor=4 / 6)
    assert not rates(cases, due, NOW, rules=lower)["rework"].iloc[0]


def test_rates_by_group_and_without_anything_to_divide_by() -> None:
    cases = some_cases({}, {"closed": "2025-03-04", "satisfaction": "满意"}, {})
    by = pd.Series(["甲", "乙", "甲"])
    table = rates(cases, deadlines(cases).due, NOW, by=by, households={"甲": 400.0})
    assert table.index.tolist() == ["乙", "甲"]
    assert table["cases"].to_dict() == {"甲": 2, "乙": 1}
    assert table["per_10k_households"].fillna(-1).to_dict() == {"甲": 50.0, "乙": -1.0}
    assert np.isnan(table.loc["甲", "on_time_share"])
    assert np.isnan(table.loc["甲", "satisfied_share"])
    assert np.isnan(table["responded_share"]).all()  # no status tells


def test_a_part_of_the_cases_takes_its_own_deadlines() -> None:
    cases = some_cases({"opened": "2025-02-03", "closed": "2025-02-28"}, {"closed": "2025-03-05"})
    part = rates(cases[1:], deadlines(cases).due, NOW)
    assert part["on_time"].tolist() == [1]


def test_no_cases_have_no_rows() -> None:
    cases = some_cases({})[:0]
    assert rates(cases, deadlines(cases).due, NOW).empty


@settings(max_examples=40)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "opened": st.sampled_from(["2025-03-03", "2025-03-10", "2025-03-12", None]),
                "closed": st.sampled_from(["2025-03-01", "2025-03-05", "2025-03-20", None]),
                "status": st.sampled_from(["", "已办结", "办理中", "作废"]),
                "grade": st.sampled_from(["", "major", "ordinary"]),
                "repeat": st.booleans(),
            }
        ),
        min_size=1,
        max_size=12,
    )
)
def test_colours_and_standings_share_out_the_cases(rows: list[dict[str, object]]) -> None:
    cases = some_cases(*rows)
    due = deadlines(cases).due
    table = rates(cases, due, NOW, by=pd.Series(["甲", "乙"] * 6)[: len(cases)])
    total = table.sum()
    assert total["red"] + total["yellow"] == total["open"]
    assert total["green"] == total["closed"]
    assert (
        total["open"] + total["closed"] == total["cases"] == (colours(cases, due, NOW) != "").sum()
    )
    assert total["overdue"] <= total["open"]
    assert total["on_time"] + total["late"] <= total["closed"]
