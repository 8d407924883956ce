"""What is told of counts: small ones are not, nor what would tell them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gridplan.prepared import Prepared
from gridplan.reports import ReportContext, ReportKind, ReportSpec, report_context
from gridplan.reports.fields import fields
from gridplan.reports.speak import Speaker


@pytest.fixture
def speaker(weekly: ReportContext) -> Speaker:
    return Speaker(weekly, "zh")


@pytest.mark.parametrize(
    ("count", "table", "sentence"),
    [(0, "0", "0件"), (1, "<5", "不足5件"), (4, "<5", "不足5件"), (5, "5", "5件"),
     (1234, "1,234", "1,234件")],
)  # fmt: skip
def test_small_counts_are_not_told(speaker: Speaker, count: int, table: str, sentence: str) -> None:
    assert speaker.count(count) == table
    assert speaker.cases(count) == sentence


def test_a_change_does_not_tell_a_small_count(speaker: Speaker) -> None:
    assert speaker.change(0.5, 6, 4) == "—"
    assert speaker.change(-0.5, 3, 6) == "—"
    assert speaker.change(0.5, 9, 6) == "+50.0%"


def test_a_total_does_not_tell_its_one_small_part(speaker: Speaker) -> None:
    """Of 23 told as a total, 3 would follow from 20: so 20 is held back too."""
    assert speaker.counts([20, 3]) == ["—", "<5"]
    assert speaker.counts([20, 30]) == ["20", "30"]
    assert speaker.counts([]) == []


def test_what_is_open_does_not_tell_a_small_red_ledger(
    weekly: ReportContext, demo: Prepared
) -> None:
    """A daily summary tells what is open by community: red would follow from yellow."""
    daily = report_context(demo, ReportSpec(ReportKind.DAILY))
    red = next(row for row in daily.ledger if row.colour == "red")
    assert 0 < red.count < daily.spec.least_shown
    rows = {row["colour"]: row for row in fields(daily)["ledger"]}
    assert (rows["红色"]["count"], rows["黄色"]["count"]) == ("<5", "—")
    assert fields(weekly)["ledger"][1]["count"] != "—"


def test_no_report_tells_a_count_of_one_to_four(
    weekly: ReportContext, daily: ReportContext, monthly: ReportContext, quarterly: ReportContext
) -> None:
    counts = {"now", "before", "count", "fresh", "overdue", "closed", "open", "red", "soon",
              "rated", "year", "left", "left_people"}  # fmt: skip
    for context in (weekly, daily, monthly, quarterly):
        for value in fields(context).values():
            for row in value if isinstance(value, list) else ():
                if isinstance(row, dict):
                    told = {row[key] for key in counts & row.keys()}
                    assert not told & {"1", "2", "3", "4"}, row
                else:
                    assert not re.search(r"(?<![\d.,])[1-4]件", row), row


def test_an_office_may_tell_all(weekly: ReportContext) -> None:
    open_book = replace(weekly, spec=replace(weekly.spec, least_shown=0))
    red = fields(open_book)["ledger"][0]
    assert red["count"] == str(weekly.ledger[0].count)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_languages_are_whole(weekly: ReportContext, language: str) -> None:
    told = fields(weekly, language)
    assert all(told[key] for key in ("title", "headline", "actions", "method", "figures"))
    if language == "en":
        assert told["headline"].startswith("63 cases came in this week")
