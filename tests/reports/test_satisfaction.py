"""Satisfaction by matter: what is done again, and what too few rated."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd

from gridplan.prepared import Prepared
from gridplan.reports import ReportContext, ReportKind, ReportSpec, report_context
from gridplan.reports.fields import fields

Changed = Callable[[gpd.GeoDataFrame], Prepared]


def test_every_rate_is_that_of_the_table(quarterly: ReportContext, demo: Prepared) -> None:
    cases = demo.layers.cases
    spring = cases[(cases["opened"] >= "2026-04-01") & (cases["opened"] < "2026-07-01")]
    for one in quarterly.ratings:
        mine = spring[spring["category"] == one.category]
        mine = mine[mine["subcategory"] == one.matter] if one.matter else mine
        rated = mine[mine["satisfaction"] != ""]
        assert (one.cases, one.rated) == (len(mine), len(rated))
        assert one.share == (rated["satisfaction"] != "不满意").mean()


def test_below_the_floor_is_done_again_and_few_are_said_so(
    with_cases: Changed, demo: Prepared
) -> None:
    """停车管理: 3 of 10 satisfied; 违法建设: three ratings; 邻里纠纷: none."""
    cases = demo.layers.cases.copy()
    spring = cases["opened"] >= "2026-04-01"
    for category, answers in {
        "停车管理": ["满意"] * 3 + ["不满意"] * 7, "违法建设": ["不满意"] * 3, "邻里纠纷": [],
    }.items():  # fmt: skip
        rows = cases.index[spring & (cases["category"] == category)]
        cases.loc[rows, "satisfaction"] = ""
        cases.loc[rows[: len(answers)], "satisfaction"] = answers
    told = fields(report_context(with_cases(cases), ReportSpec(ReportKind.QUARTERLY)))
    rows = {row["category"]: row for row in told["ratings"] if row["category"]}
    assert (rows["停车管理"]["satisfied"], rows["停车管理"]["judged"]) == ("30.0%", "回炉整改")
    assert rows["违法建设"]["judged"] == "评价不足5件，不作评定"
    assert (rows["违法建设"]["rated"], rows["违法建设"]["satisfied"]) == ("<5", "—")
    assert rows["邻里纠纷"]["judged"] == "无评价"
    assert any("停车管理满意率30.0%" in line for line in told["actions"])
    assert "停车管理" in told["headline"]


def test_the_worst_stand_first(quarterly: ReportContext) -> None:
    shares = [one.share for one in quarterly.ratings if not one.matter]
    assert shares == sorted(shares)


def test_data_without_ratings_say_so(with_cases: Changed, demo: Prepared) -> None:
    cases = demo.layers.cases.assign(satisfaction="")
    told = fields(report_context(with_cases(cases), ReportSpec(ReportKind.QUARTERLY)))
    assert told["ratings"] == []
    assert told["ratings_note"] == "数据中没有满意度评价。"
    assert told["trend_picture"] is None
    assert told["actions"] == ["数据中没有满意度评价，请在办结后开展回访评价，并将结果登记入库。"]
