"""What a report says, held to counts made here from the table of cases alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from gridplan.cases import DeadlineRules, Period
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from gridplan.reports import ReportContext, ReportKind, ReportSpec, report_context
from gridplan.reports.fields import fields

WEEKS = {  # Monday and the Monday after, by hand from a calendar
    "value": ("2026-06-22", "2026-06-29"),
    "previous": ("2026-06-15", "2026-06-22"),
    "year_before": ("2025-06-23", "2025-06-30"),
}
Changed = Callable[[gpd.GeoDataFrame], Prepared]


def plain_counts(cases: pd.DataFrame, first: str, end: str) -> dict[str, float]:
    """The four numbers of a week by loops over its rows."""
    start, stop = pd.Timestamp(first), pd.Timestamp(end)
    came = [row for row in cases.itertuples() if start <= row.opened < stop]
    due = [row for row in cases.itertuples()
           if start <= row.deadline < stop and row.opened < stop and not row.closed < row.opened]  # fmt: skip
    rated = [row for row in came if row.satisfaction in ("满意", "基本满意", "不满意")]
    return {
        "count": len(came),
        "on_time": sum(row.closed <= row.deadline for row in due) / len(due),
        "repeated": sum(row.repeat for row in came) / len(came),
        "satisfied": sum(row.satisfaction != "不满意" for row in rated) / len(rated),
    }


def test_the_period_is_the_last_whole_week(weekly: ReportContext) -> None:
    assert weekly.period == Period.parse("2026-W26")


@pytest.mark.parametrize("which", WEEKS)
def test_figures_are_those_of_the_table(weekly: ReportContext, demo: Prepared, which: str) -> None:
    expected = plain_counts(demo.layers.cases, *WEEKS[which])
    told = {figure.key: getattr(figure, which) for figure in weekly.figures}
    assert told == pytest.approx(expected)


def test_changes_stand_in_the_table_of_figures(weekly: ReportContext, demo: Prepared) -> None:
    now, before, year = (
        plain_counts(demo.layers.cases, *WEEKS[which])
        for which in ("value", "previous", "year_before")
    )
    rows = fields(weekly)["figures"]
    assert rows[0]["now"] == f"{now['count']}"
    assert rows[0]["change"] == f"{now['count'] / before['count'] - 1:+.1%}"
    assert rows[0]["year_change"] == f"{now['count'] / year['count'] - 1:+.1%}"
    points = 100 * (now["on_time"] - before["on_time"])
    assert rows[2]["change"] == f"{points:+.1f}个百分点"


def test_frequent_categories_are_the_first_five(weekly: ReportContext, demo: Prepared) -> None:
    cases = demo.layers.cases
    inside = cases[(cases["opened"] >= WEEKS["value"][0]) & (cases["opened"] < WEEKS["value"][1])]
    counts = inside["category"].value_counts()
    rows = fields(weekly)["frequent"]
    assert len(rows) == 5
    for row in rows:
        assert int(row["now"]) == counts[row["category"]]
    assert (
        min(int(row["now"]) for row in rows) >= counts.drop([row["category"] for row in rows]).max()
    )


def test_hotspots_name_place_and_grid_and_count_their_cases(
    weekly: ReportContext, demo: Prepared
) -> None:
    """The planted cluster of noise: its cases are counted from the points in its outline."""
    first = weekly.places[0]
    assert (first.place, first.category, first.grid, first.worker) == (
        "翡翠城", "噪声扰民", "TX03", "桃溪3号岗",
    )  # fmt: skip
    cases = demo.layers.cases
    noise = cases[(cases["category"] == "噪声扰民") & cases.within(first.geometry.buffer(150))]
    week = noise[(noise["opened"] >= WEEKS["value"][0]) & (noise["opened"] < WEEKS["value"][1])]
    assert 0.6 * len(week) <= first.now <= len(week)
    assert [one.number for one in weekly.places] == list(range(1, len(weekly.places) + 1))
    assert [one.now for one in weekly.places] == sorted(
        (one.now for one in weekly.places), reverse=True
    )


def test_no_place_is_told_twice(weekly: ReportContext) -> None:
    places = weekly.places
    assert weekly.hotspots is not None
    assert len(weekly.hotspots.clusters) > len(places)
    for one in places:
        for other in places:
            if one is not other:
                shared = one.geometry.intersection(other.geometry).area
                assert shared < 0.5 * min(one.geometry.area, other.geometry.area)


def test_disputes_follow_the_three_rules(weekly: ReportContext, demo: Prepared) -> None:
    cases, end = demo.layers.cases, pd.Timestamp(WEEKS["value"][1])
    is_open = (cases["opened"] < end) & ~(cases["closed"] < end)
    red = is_open & ((cases["grade"] == "major") | (cases["repeat"] & (cases["deadline"] < end)))
    told = [one for one in weekly.disputes if one.rule == "red"]
    assert sum(one.count for one in told) == red.sum()
    repeats = [one for one in weekly.disputes if one.rule == "repeat"]
    assert repeats
    assert all(one.count >= 5 for one in repeats)
    assert all(place.rising for place in weekly.places[:1])
    assert [one.rule for one in weekly.disputes] == sorted(
        (one.rule for one in weekly.disputes), key=["red", "repeat", "rising"].index
    )


def test_ledger_counts_what_is_open_and_what_was_resolved(
    weekly: ReportContext, demo: Prepared
) -> None:
    cases, start, end = demo.layers.cases, *map(pd.Timestamp, WEEKS["value"])
    red, yellow, green = weekly.ledger
    is_open = (cases["opened"] < end) & ~(cases["closed"] < end)
    assert red.count + yellow.count == is_open.sum()
    timed = ~(cases["closed"] < cases["opened"])
    resolved = timed & (cases["closed"] >= start) & (cases["closed"] < end)
    odd = ~timed & (cases["opened"] >= start) & (cases["opened"] < end)
    assert green.count == (resolved | odd).sum()
    assert red.fresh + yellow.fresh == (is_open & (cases["opened"] >= start)).sum()


def test_blind_spots_are_told_least_covered_first(weekly: ReportContext) -> None:
    assert weekly.coverage is not None
    shares = [one.share for one in weekly.blind]
    assert shares == sorted(shares)
    table = weekly.coverage.summary.set_index("service")
    worst = weekly.blind[0]
    key = table.index[table["households_share"].argmin()]
    assert worst.households == table.at[key, "distance"] + table.at[key, "capacity"]


def test_a_month_is_about_its_most_frequent_category(
    monthly: ReportContext, demo: Prepared
) -> None:
    cases = demo.layers.cases
    june = cases[(cases["opened"] >= "2026-06-01") & (cases["opened"] < "2026-07-01")]
    top = june["category"].value_counts()
    assert monthly.topic is not None
    assert monthly.topic.category == top.index[0]
    assert monthly.figure("count").value == top.iloc[0]
    assert monthly.topic.of_all == pytest.approx(top.iloc[0] / len(june))
    assert sum(one.count for one in monthly.topic.matters) == top.iloc[0]
    year = cases[(cases["opened"] >= "2025-07-01") & (cases["category"] == top.index[0])]
    assert monthly.topic.weekdays.tolist() == [
        int((year["opened"].dt.day_of_week == day).sum()) for day in range(7)
    ]
    assert monthly.topic.hours.sum() == len(year)


def test_a_day_of_a_community_is_told_by_its_grids(daily: ReportContext, demo: Prepared) -> None:
    code = demo.layers.communities.set_index("community_code").at["999901001003", "geometry"]
    cases = demo.layers.cases
    day = cases[(cases["opened"] >= "2026-06-30") & (cases["opened"] < "2026-07-01")]
    assert daily.figure("count").value == day.intersects(code).sum()
    assert sum(part.count for part in daily.parts) <= daily.figure("count").value
    assert {part.name for part in daily.parts} == {"TX01", "TX02", "TX03", "TX04"} & {
        part.name for part in daily.parts
    }
    assert fields(daily)["title"] == "桃溪社区每日汇总"


def test_an_empty_period_says_so(with_cases: Changed, demo: Prepared) -> None:
    cases = demo.layers.cases
    quiet = cases["opened"].between("2026-05-05", "2026-05-05 23:59:59")
    area = with_cases(cases[~quiet])
    spec = ReportSpec(ReportKind.DAILY, Period.parse("2026-05-05"))
    told = fields(report_context(area, spec))
    assert told["headline"].startswith("当日没有受理诉求")
    assert told["frequent"] == []
    assert told["frequent_note"] == "本期没有诉求。"
    assert told["figures"][0]["now"] == "0"


def test_few_scattered_cases_make_no_hotspot(with_cases: Changed, demo: Prepared) -> None:
    cases = demo.layers.cases
    some = cases[cases["opened"] >= "2026-01-01"].sample(40, random_state=1)
    some = some.assign(category="噪声扰民").sort_index()
    told = report_context(with_cases(some), ReportSpec(ReportKind.MONTHLY))
    assert told.places == ()
    assert fields(told)["hotspots_note"].startswith("本期没有通过统计检验的热点。")


def test_cases_without_a_place_leave_the_section_with_its_reason(
    with_cases: Changed, demo: Prepared
) -> None:
    cases = demo.layers.cases.copy()
    cases["geometry"] = None
    told = report_context(with_cases(cases), ReportSpec(ReportKind.MONTHLY))
    assert "hotspots" in told.missing
    words = fields(told)
    assert words["map_picture"] is None
    assert words["hotspots_note"].startswith("未能统计")


def test_without_deadlines_nothing_is_overdue(with_cases: Changed, demo: Prepared) -> None:
    cases = demo.layers.cases.assign(
        deadline=pd.Series(pd.NaT, demo.layers.cases.index, dtype="datetime64[us]"),
        time_limit=np.nan, time_limit_unit="", dispatch="",
    )  # fmt: skip
    rules = DeadlineRules(by_dispatch={}, otherwise=None)
    spec = ReportSpec(ReportKind.DAILY, deadlines=rules)
    told = report_context(with_cases(cases), spec)
    assert np.isnan(told.figure("on_time").value)
    assert sum(row.overdue for row in told.ledger) == 0
    assert "没有时限到期" in fields(told)["figures_note"]


def test_data_that_end_within_the_period_are_not_judged_beyond(
    with_cases: Changed, demo: Prepared
) -> None:
    """As of mid-May nothing is overdue that falls due in June."""
    cases = demo.layers.cases
    early = cases[cases["opened"] < "2026-05-15"]
    spec = ReportSpec(ReportKind.QUARTERLY, Period.parse("2026-Q2"))
    told = report_context(with_cases(early), spec)
    assert told.ground.as_of < datetime(2026, 5, 15)
    late = early["deadline"] < pd.Timestamp("2026-05-15")
    still = ~(early["closed"] < pd.Timestamp("2026-05-15"))
    assert sum(row.overdue for row in told.ledger) == (late & still).sum()
    assert "本期尚未结束" in fields(told)["figures_note"]


@pytest.mark.parametrize(
    ("spec", "key"),
    [
        (ReportSpec(period=Period.parse("2027-W01")), "reports.error.outside"),
        (ReportSpec(period=Period.parse("2020-W01")), "reports.error.outside"),
        (ReportSpec(ReportKind.DAILY, community="无此社区"), "reports.error.no_community"),
        (ReportSpec(ReportKind.MONTHLY, category="无此类"), "reports.error.no_category"),
    ],
)
def test_what_is_not_in_the_data_is_refused(demo: Prepared, spec: ReportSpec, key: str) -> None:
    with pytest.raises(GridplanError) as caught:
        report_context(demo, spec)
    assert caught.value.key == key


def test_no_time_at_all_is_refused(with_cases: Changed, demo: Prepared) -> None:
    never = pd.Series(pd.NaT, demo.layers.cases.index, dtype="datetime64[us]")
    with pytest.raises(GridplanError) as caught:
        report_context(with_cases(demo.layers.cases.assign(opened=never)), ReportSpec())
    assert caught.value.key == "reports.error.no_times"
