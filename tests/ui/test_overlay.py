"""The page 多网合一 without a browser: lists, agreement, the start, the workbook, empty states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from gridplan.analyse.conflicts import conflicts, overlay_places, uncovered
from gridplan.analyse.overlay import agreement, border_agreement, overlay_matrix
from gridplan.edit import Division, layer_start, merged_start
from gridplan.export.overlay import overlay_table, overlay_workbook
from gridplan.prepared import Prepared
from gridplan.ui.area import Area
from gridplan.ui.desk import Desk
from gridplan.ui.overlay_tables import agreement_table, place_rows
from tests.ui.test_hotspots import said

PAIR = ("城管网格", "警务网格")
Opened = Callable[[Prepared], AppTest]


def script() -> None:
    import streamlit as st  # noqa: PLC0415  (this function is a script of its own)

    from gridplan.ui.overlay import overlay  # noqa: PLC0415

    def show() -> None:
        overlay(st.session_state["desk"])

    st.session_state["pages"] = {
        "overlay": st.Page(show, title="多网合一", url_path="overlay", default=True),
        "data": st.Page(str, title="数据", url_path="data"),
    }
    st.navigation(list(st.session_state["pages"].values())).run()


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """The page in a session of its own."""

    def open_(prepared: Prepared) -> AppTest:
        monkeypatch.setattr("gridplan.ui.area.prepare", lambda *_, **__: prepared)
        area = Area(tmp_path)
        area.reading.wait(5)
        app = AppTest.from_function(script, default_timeout=60)
        app.session_state["desk"] = Desk(area)
        app.run()
        assert not app.exception
        return app

    return open_


@pytest.fixture(scope="module")
def places(demo: Prepared):
    return overlay_places(demo.units, demo.fabric, demo.present, PAIR)


def test_it_opens_with_the_first_two_layers_and_their_conflicts(
    opened: Opened, demo: Prepared, places
) -> None:
    app = opened(demo)
    assert (
        app.selectbox(key="overlay-one").value,
        app.selectbox(key="overlay-other").value,
    ) == PAIR
    text = said(app)
    pairs = agreement(demo.units.buildings, demo.present)
    assert f"<strong>{pairs['matched'].iloc[0]:.0%}</strong>" in text
    assert f"<strong>{len(conflicts(places))} 处</strong>" in text
    assert len(app.dataframe[0].value) == len(conflicts(places))
    app.selectbox(key="overlay-one").set_value("警务网格").run()
    assert not app.exception
    assert app.selectbox(key="overlay-other").value != "警务网格"


def test_the_merged_start_is_handed_over(
    opened: Opened, demo: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Division] = []
    monkeypatch.setattr(
        "gridplan.ui.overlay_merge.begin_plan", lambda _, division, __: begun.append(division)
    )
    monkeypatch.setattr("gridplan.ui.overlay_merge.st.switch_page", lambda _: None)
    app = opened(demo)
    app.session_state["pages"] = {"workbench": None}
    app.button_group(key="overlay-panel").set_value("merged").run()
    assert not app.exception
    table = app.dataframe[0].value.set_index("起点")
    assert list(table.index) == [*demo.present, "合并结果"]
    assert table.loc["合并结果", "不符合规则"] < table["不符合规则"].drop("合并结果").min()
    app.button(key="overlay-begin").click().run()
    assert not app.exception
    assert begun == [merged_start(demo)]
    for name in list(demo.present)[1:]:
        app.number_input(key=f"overlay-weight-{name}").set_value(0.0)
    app.run()
    app.button(key="overlay-begin").click().run()
    alone = merged_start(demo, ["城管网格"])
    assert begun[1] == alone != layer_start(demo, "城管网格")
    app.number_input(key="overlay-weight-城管网格").set_value(0.0).run()
    assert "至少保留一个图层" in app.warning[0].value


@pytest.mark.parametrize("count", [0, 1])
def test_with_one_layer_or_none_it_says_how_to_add_another(
    opened: Opened, demo: Prepared, count: int
) -> None:
    few = dict(list(demo.present.items())[:count])
    app = opened(replace(demo, present=few, seconds=demo.seconds + 1 + count))
    assert ("只有一个网格图层（城管网格）" if count else "还没有网格图层") in app.info[0].value
    assert "area.toml" in said(app)
    assert '[grids."警务网格"]' in app.code[0].value


def test_the_list_tells_the_other_layers_grids_too(demo: Prepared, places) -> None:
    table = place_rows(demo, PAIR, conflicts(places), "zh")
    assert list(table)[:5] == ["户数", "地点", "类型", *PAIR]
    row = table[table["地点"] == "沿江里等"].iloc[0]
    assert (row["城管网格"], row["警务网格"], row["党建网格（参考）"]) == (
        "WJ03", "JW00102", "DJ00104",
    )  # fmt: skip
    missing = place_rows(demo, PAIR, uncovered(places), "zh")
    assert missing["城管网格"].tolist() == ["未覆盖"]
    assert missing["类型"].tolist() == ["有图层未覆盖"]


def test_the_agreement_of_all_layers_is_a_table_with_the_pair_in_bold(demo: Prepared) -> None:
    pairs = agreement(demo.units.buildings, demo.present)
    html = agreement_table(pairs, border_agreement(demo.fabric, demo.present), PAIR, "zh")
    assert html.count("<tr>") == 1 + len(demo.present)
    told = f"{pairs['matched'].iloc[0]:.0%} ({pairs['rand'].iloc[0]:.2f})"
    assert html.count(f"<b>{told}</b>") == html.count("<b>") == 2


def test_codes_stay_text_in_the_workbook(demo: Prepared, places) -> None:
    one, other = (demo.present[name] for name in PAIR)
    shared = overlay_matrix(demo.units.buildings, one, other)
    shared["one"] = shared["one"].replace({"WJ01": "320508001001001", "WJ02": "=1+1"})
    book = overlay_workbook(shared, places, PAIR, demo.layers.communities, demo.layers.name)
    sheets = openpyxl.load_workbook(BytesIO(book)).worksheets
    assert [sheet.title for sheet in sheets] == ["叠加明细", "不一致清单", "未全覆盖清单"]
    rows = list(sheets[0].iter_rows(min_row=2))
    assert len(rows) == len(overlay_table(shared, PAIR)) == len(shared)
    assert sum(row[2].value for row in rows) == demo.units.buildings["households"].sum()
    held = {row[0].value: row[0] for row in rows}
    assert held["320508001001001"].number_format == "@"
    assert held["=1+1"].data_type == "s"
    outside = held["未覆盖"].row
    assert sheets[0].cell(outside, 5).value is None  # no share of a grid that is none
    guessed = [row[2] for row in rows if "≈" in row[2].number_format]
    assert len(guessed) == shared["estimated"].sum() > 0
