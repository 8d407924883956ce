"""The page 热点 without a browser: the list, two clicks to what is overdue, leaders, empty states."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from gridplan.prepared import Prepared
from gridplan.ui.area import Area
from gridplan.ui.desk import Desk

PERSONAL = ("姓名", "电话", "地址")


def script() -> None:
    import streamlit as st  # noqa: PLC0415  (this function is a script of its own)

    from gridplan.ui.hotspots import hotspots  # noqa: PLC0415

    def show() -> None:
        hotspots(st.session_state["desk"])

    st.session_state["pages"] = {
        "hotspots": st.Page(show, title="热点", url_path="hotspots", default=True),
        "data": st.Page(str, title="数据", url_path="data"),
        "redraw": st.Page(str, title="网格优化调整", url_path="redraw"),
    }
    st.navigation(list(st.session_state["pages"].values())).run()


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The page in a session of its own, its search done."""

    def open_(prepared: Prepared, **state: Any) -> AppTest:
        monkeypatch.setattr("gridplan.ui.area.prepare", lambda *_, **__: prepared)
        area = Area(tmp_path)
        area.reading.wait(5)
        app = AppTest.from_function(script, default_timeout=60)
        app.session_state["desk"] = Desk(area)
        for key, value in state.items():
            app.session_state[key.replace("_", "-")] = value
        return settled(app.run())

    return open_


def settled(app: AppTest) -> AppTest:
    """After the search that the last run began."""
    looking = app.session_state["desk"].looking
    if looking is not None:
        looking.wait(60)
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "success", "error")
    words = [str(one.value) for kind in kinds for one in getattr(app, kind)]
    words += [str(one.proto.body) for one in app.get("html")]
    return "\n".join(words)


def test_from_a_hotspot_to_its_grid_and_overdue_cases_in_two_clicks(
    opened: Any, demo: Prepared
) -> None:
    app = opened(demo)
    listed = app.radio(key="hotspot-pick")
    places = [option.strip("*").split(" · ")[0] for option in listed.options]
    assert places == ["阳光新城", "北巷里", "翡翠城", "文昌农贸市场"]
    assert "有 4 处诉求聚集" in said(app)
    assert "疑似默认定位点" in said(app)

    listed.set_value(2).run()
    (owners,) = [one for one in app.radio if one.key.startswith("hotspot-grid")]
    assert owners.options == ["TX03 · 桃溪社区 · 桃溪3号岗"]
    owners.set_value(0).run()
    table = next(one.value for one in app.dataframe if "工单编号" in one.value)
    assert list(table) == ["工单编号", "类别", "受理", "应办结", "超期（天）"]
    assert not set(table) & set(PERSONAL)
    assert len(table) == 3
    assert (table["超期（天）"] >= 1).all()
    assert set(table["工单编号"]) <= set(demo.layers.cases["case_id"])

    app.button(key="hot-back").click().run()
    assert app.radio(key="hotspot-pick").value is None


def test_leaders_see_counts_and_no_single_case(opened: Any, demo: Prepared) -> None:
    app = opened(demo, view="leader")
    assert "建设路302号" not in said(app)
    app.radio(key="hotspot-pick").set_value(2).run()
    told = said(app)
    assert "TX03 · 桃溪社区 · 桃溪3号岗" in told
    assert "超期 <5 件" in told
    assert "TX005024" not in told
    assert not [one for one in app.radio if one.key.startswith("hotspot-grid")]
    assert not [one for one in app.dataframe if "工单编号" in one.value]


def test_the_choice_of_map_outlives_a_new_search(opened: Any, demo: Prepared) -> None:
    app = opened(demo)
    app.session_state["hotspot-view"] = "time"
    app.session_state["hotspot-period"] = "quarter"
    app = settled(app.run())
    assert app.session_state["hotspot-view"] == "time"
    spec = app.session_state["desk"].looking.result.spec
    assert (spec.weeks, spec.category, spec.at) == (13, None, "event")


def test_without_a_plan_the_page_says_where_one_is_made(opened: Any, demo: Prepared) -> None:
    assert "请先生成方案" in said(opened(demo, hotspot_view="borders"))


def test_four_weeks_have_no_time_axis(opened: Any, demo: Prepared) -> None:
    app = opened(demo, hotspot_view="time", hotspot_period="month")
    assert "请选择一季度以上的时段" in said(app)


@pytest.mark.parametrize("kept", ["nothing", "no times"])
def test_without_cases_the_page_says_what_to_do(opened: Any, demo: Prepared, kept: str) -> None:
    cases = demo.layers.cases
    cases = cases.iloc[:0] if kept == "nothing" else cases.assign(opened=pd.NaT)
    prepared = replace(demo, layers=replace(demo.layers, cases=cases, fingerprint=kept))
    assert "[cases]" in said(opened(prepared))


def test_a_category_that_another_area_had_is_forgotten(opened: Any, demo: Prepared) -> None:
    app = opened(demo, hotspot_category="别处的类别")
    assert app.session_state["desk"].looking.result.spec.category is None
