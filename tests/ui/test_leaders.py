"""The leaders' pages without a browser: who sees what, which period, what is told."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from gridplan.cases import Period, PeriodKind
from gridplan.cases.board import make_board
from gridplan.cases.told import GATHERED, tell_board
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from gridplan.rules import RuleSet
from gridplan.ui import block_tables, blocks
from gridplan.ui.area import Area
from gridplan.ui.desk import Desk
from gridplan.ui.leaders import WALL_ROWS
from gridplan.ui.session import refreshed
from gridplan.ui.start import DEMO, Start, read_start
from tests.case_tables import some_cases
from tests.cases.test_board import book_of
from tests.cases.test_told import march
from tests.plans import ORIGIN_M, TOWN, VILLAGE, small_layers

ROOT = Path(__file__).parents[2]
EDITS = ("download_button", "file_uploader", "data_editor", "text_input", "text_area", "form")


def small(*rows: dict[str, Any]) -> Prepared:
    """The drawn street with cases; half a minute of its own, so that no test meets another's."""
    layers = replace(small_layers(), cases=some_cases(*rows), fingerprint=str(time.monotonic_ns()))
    units = SimpleNamespace(
        frame=pd.DataFrame({"community_code": [TOWN, VILLAGE], "households": [1442, 260]})
    )
    return Prepared(layers, units, None, {}, RuleSet(), 0.0)


def year_of_cases() -> list[dict[str, Any]]:
    """Two a day from 2024-02-26 to 2025-04-02, all in the town but one in ten."""
    town = (ORIGIN_M[0] + 50, ORIGIN_M[1] + 250)
    village = (ORIGIN_M[0] + 50, ORIGIN_M[1] + 50)
    days = pd.date_range("2024-02-26", "2025-04-02")
    return [
        {"opened": f"{day:%Y-%m-%d} {hour}:00", "at": town if (day.day + hour) % 10 else village,
         "closed": f"{day + pd.Timedelta(days=1):%Y-%m-%d} 08:00", "satisfaction": "满意"}
        for day in days for hour in (10, 11)
    ]  # fmt: skip


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The application in a session of its own; its area costs nothing to read."""

    def open_(prepared: Prepared, leaders_only: bool = False, **link: str) -> AppTest:
        monkeypatch.setattr("gridplan.ui.area.prepare", lambda *_, **__: prepared)
        area = Area(tmp_path)
        area.reading.wait(5)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.session_state["started"] = Start(tmp_path, leaders_only)
        app.session_state["desk"] = Desk(area)
        for name, value in link.items():
            app.query_params[name] = value
        return app.run()

    return open_


def page(app: AppTest) -> str:
    """Everything that was written as HTML, as words."""
    assert not app.exception
    told = " ".join(str(element.proto.body) for element in app.get("html"))
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", told, flags=re.DOTALL))


def test_leader_by_link_reads_and_changes_nothing(opened: Any) -> None:
    app = opened(small(*year_of_cases()), view="leader")
    assert app.session_state["view"] == "leader"
    assert app.query_params["view"] == "leader"
    assert "data" not in app.session_state["pages"]
    words = page(app)
    for text in (
        "诉求总量",
        "办结率",
        "按期办结率",
        "满意率",
        "红黄绿台账",
        "领导视图",
        "内部使用",
    ):
        assert text in words
    assert "2025年第13周（3月24日至3月30日）受理诉求 14 件，环比持平" in words
    assert [kind for kind in EDITS if app.get(kind)] == []


def test_planner_by_default_and_again_when_the_link_says_so(opened: Any) -> None:
    app = opened(small(*year_of_cases()))
    assert app.session_state["view"] == "planner"
    assert "view" not in app.query_params
    app.query_params["view"] = "leader"
    assert app.run().session_state["view"] == "leader"
    app.query_params["view"] = "planner"
    assert app.run().session_state["view"] == "planner"
    assert "data" in app.session_state["pages"]


def test_server_for_leaders_has_no_way_out(opened: Any, tmp_path: Path) -> None:
    app = opened(small(*year_of_cases()), leaders_only=True, view="planner", area="/")
    assert app.session_state["view"] == "leader"
    assert "view" not in app.query_params
    assert app.session_state["desk"].area.folder == tmp_path
    assert next(iter(app.session_state["pages"])) == "overview"
    assert not {"data", "redraw", "export"} & set(app.session_state["pages"])


def test_period_by_kind_button_and_list(opened: Any) -> None:
    app = opened(small(*year_of_cases()), view="leader")
    assert app.query_params["period"] == "2025-W13"
    app.button(key="period-earlier").click().run()
    assert app.query_params["period"] == "2025-W12"
    app.button(key="period-later").click().run()
    assert app.query_params["period"] == "2025-W13"
    app.segmented_control(key="period-kind").set_value(PeriodKind.MONTH).run()
    assert app.query_params["period"] == "2025-03"  # that of the week's last day
    assert "2025年3月受理诉求 62 件" in page(app)
    app.segmented_control(key="period-kind").set_value(PeriodKind.YEAR).run()
    assert app.query_params["period"] == "2024"  # 2025 is not over
    app.segmented_control(key="period-kind").set_value(PeriodKind.DAY).run()
    assert app.query_params["period"] == "2024-12-31"
    listed = app.selectbox(key="period-list")
    listed.set_value(0).run()
    assert app.query_params["period"] == "2024-02-26"
    assert app.button(key="period-earlier").disabled
    assert "环比 暂无" in page(app)


@pytest.mark.parametrize(
    ("text", "shown", "told"),
    [
        ("2024-Q3", "2024-Q3", ""),
        ("nonsense", "2025-W13", "无法识别时段"),
        ("2031-05", "2025-03", "不在数据范围内（2024-02-01 至 2025-04-02）"),
    ],
)
def test_period_of_the_link(opened: Any, text: str, shown: str, told: str) -> None:
    app = opened(small(*year_of_cases()), view="leader", period=text)
    assert app.query_params["period"] == shown
    said = [each.value for each in (*app.error, *app.warning)]
    assert len(said) == (1 if told else 0)
    assert all(told in each for each in said)


def test_lists_go_to_grids_and_categories_and_no_further(opened: Any) -> None:
    app = opened(small(*year_of_cases()), view="leader")
    assert "物业服务 14" in page(app)
    assert [box.key for box in app.selectbox if box.key] == ["period-list"]


def test_without_cases_it_says_what_to_do(opened: Any) -> None:
    app = opened(replace(small({}), layers=small_layers()), view="leader")
    assert "暂无统计" in app.info[0].value
    app = opened(small({"opened": None}), view="leader")
    assert "受理时间" in app.info[0].value


def test_wall_has_no_buttons(opened: Any) -> None:
    app = opened(small(*year_of_cases()), wall="1")
    assert app.session_state["view"] == "leader"
    assert "诉求办理总览" in page(app)
    assert not app.button
    assert "period" not in app.query_params  # it goes on with the data


def test_english(opened: Any) -> None:
    words = page(opened(small(*year_of_cases()), view="leader", lang="en"))
    assert "Ledger in three colours" in words
    for name in ("桃源社区", "柳湾村", "桃源街道", "物业服务"):
        words = words.replace(name, "")
    assert not re.findall("[\u4e00-\u9fff]+", words)


@pytest.mark.parametrize(
    ("arguments", "area", "leaders_only"),
    [
        ([], DEMO, False),
        (["/data/x"], Path("/data/x"), False),
        (["/data/x", "--view", "leader"], Path("/data/x"), True),
        (["--view", "leader", "/data/x"], Path("/data/x"), True),
        (["--view=planner"], DEMO, False),
    ],
)
def test_start(arguments: list[str], area: Path, leaders_only: bool) -> None:
    assert read_start(arguments) == Start(area.resolve(), leaders_only)


def test_start_with_a_slip_of_the_pen_opens_nothing() -> None:
    with pytest.raises(GridplanError, match="leder"):
        read_start(["--view", "leder"])


def test_change_has_arrow_size_and_tone() -> None:
    """14 in week 13 of 2025, 20 in the week before, 7 a year before; all resolved but three now."""
    rows = [{"opened": f"2024-03-{day} 09:00", "status": "已办结"} for day in [*range(20, 32)]]
    rows += [{"opened": "2025-03-17 09:00", "status": "已办结"}] * 20
    rows += [{"opened": "2025-03-30 09:00", "status": "已办结"}] * 11
    rows += [{"opened": "2025-03-30 09:00", "status": "办理中"}] * 3
    told = tell_board(make_board(book_of(*rows), Period.parse("2025-W13")))
    cases, resolved, on_time, satisfied = blocks.four(told, "zh").split("</div><div>")
    assert "14 <u>件</u>" in cases
    assert '<span class="good">环比 ▼ 30%</span><span class="bad">同比 ▲ 100%</span>' in cases
    assert "78.6%" in resolved
    assert '<span class="bad">环比 ▼ 21.4 个百分点</span>' in resolved
    assert "暂无数据" in on_time
    assert "没有评价数据" in satisfied


def test_tables_tell_no_hidden_count() -> None:
    told = tell_board(march(a=30, b=3, c=9))
    for html in (block_tables.ledger(told, "zh"), block_tables.ranking(told, "zh")):
        cells = re.findall(r"<td[^>]*>([^<]*)</td>", html.replace("&lt;", "‹"))
        assert not set(cells) & {"3", "9"}
        assert "‹5" in cells
        assert "—" in cells


def test_widths_of_hidden_parts_do_not_tell_them() -> None:
    def widths(**counts: int) -> list[str]:
        html = block_tables.ledger(tell_board(march(**counts)), "zh")
        return re.findall(r'few" style="width:([^"]*)"', html)

    assert set(widths(a=30, b=1, c=9)) == set(widths(a=30, b=4, c=9)) == {"1.1em"}


def test_ranks_leave_no_gap_where_a_community_is_hidden() -> None:
    """B has 8 for 500 households and leads; it is held back to hide c."""
    told = tell_board(march(a=30, b=8, c=2))
    assert told.ranks["rank"].dropna().tolist() == [1]


def test_the_example_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "leaders.md").read_text(encoding="utf-8")
    june = [{"opened": "2026-06-03 09:00", "status": "已办结"}] * 7
    told: dict[str, object] = {"prepared": small(*june)}
    exec(re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0], told)  # noqa: S102  # our own page
    assert capsys.readouterr().out.startswith("2026年6月受理诉求 7 件")
    assert f"one community has {GATHERED:.0%} of them" in " ".join(text.split()).replace(" %", "%")
    assert f"Up to {WALL_ROWS} communities" in text


def test_wall_follows_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is written again: the old area is shown until the new one is read."""
    first, second = small({}), small({})
    answers = [first, second]
    monkeypatch.setattr("gridplan.ui.area.prepare", lambda *_, **__: answers.pop(0))
    (tmp_path / "area.toml").write_text("version = 1")
    area = Area(tmp_path)
    area.reading.wait(5)
    monkeypatch.setattr("gridplan.ui.session._areas", lambda: areas)
    areas = {tmp_path: area}
    desk = Desk(area)
    assert refreshed(desk) is first
    assert not area.changed
    os.utime(tmp_path / "area.toml", (2e9, 2e9))
    refreshed(desk)
    areas[tmp_path].reading.wait(5)
    assert refreshed(desk) is second
    assert refreshed(desk) is second  # and not read a third time
