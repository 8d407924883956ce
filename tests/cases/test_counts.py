"""Counts beside those of the period before and of the year before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gridplan.cases import Period, count_by, over_time, shown, total_of
from tests.case_tables import some_cases

MARCH = Period.parse("2025-03")


def months(**counts: str) -> pd.DataFrame:
    """A case for each letter, the letter its category: ``m2025_03="aab"``."""
    rows = [
        {"category": letter, "opened": f"{month[1:5]}-{month[6:]}-01 08:00"}
        for month, letters in counts.items()
        for letter in letters
    ]
    return some_cases(*rows)


def test_changes_against_both_periods() -> None:
    cases = months(m2024_03="abb", m2025_02="aaaac", m2025_03="aabbb")
    table = count_by(cases, cases["category"], MARCH)
    assert table.index.tolist() == ["b", "a", "c"]
    assert table["count"].tolist() == [3, 2, 0]
    assert table["share"].tolist() == pytest.approx([0.6, 0.4, 0])
    assert table["previous"].tolist() == [0, 4, 1]
    assert table["change"].fillna(9).tolist() == [9, -0.5, -1]  # nothing grows from zero
    assert table["year_before"].tolist() == [2, 1, 0]
    assert table["year_change"].fillna(9).tolist() == [0.5, 1, 9]


def test_what_the_data_does_not_reach_is_not_zero() -> None:
    cases = months(m2025_02="a", m2025_03="aab")
    table = count_by(cases, cases["category"], MARCH)
    assert table["previous"].tolist() == [1, 0]
    assert table["year_before"].isna().all()
    later = some_cases({"opened": "2025-02-02"}, {"opened": "2025-03-05"})
    assert np.isnan(total_of(later, MARCH)["previous"])


def test_totals() -> None:
    cases = months(m2024_03="abb", m2025_02="aaaac", m2025_03="aabbb")
    total = total_of(cases, MARCH)
    assert total[["count", "previous", "year_before"]].tolist() == [5, 5, 3]
    assert total[["change", "year_change"]].tolist() == pytest.approx([0, 2 / 3])
    silent = total_of(cases, Period.parse("2026-01"))
    assert silent[["count", "previous"]].tolist() == [0, 0]
    assert silent[["change", "year_change"]].isna().all()


def test_a_silent_period_has_no_shares() -> None:
    cases = months(m2025_02="ab", m2025_01="a")
    table = count_by(cases, cases["category"], MARCH)
    assert table["count"].tolist() == [0, 0]
    assert table["share"].isna().all()
    assert table["change"].tolist() == [-1, -1]


def test_months_in_a_row() -> None:
    cases = months(m2025_01="a", m2025_03="aab")
    assert over_time(cases, MARCH.back(3)).to_dict() == {
        "2025-01": 1, "2025-02": 0, "2025-03": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("count", "least", "text"),
    [(0, 5, "0"), (1, 5, "<5"), (4, 5, "<5"), (5, 5, "5"), (1234, 5, "1,234"), (2, 0, "2"),
     (np.nan, 5, "")],
)  # fmt: skip
def test_small_counts_are_not_told(count: float, least: int, text: str) -> None:
    assert shown(count, least) == text
