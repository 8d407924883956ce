"""What the page computes, without a browser: bars, tables, search, archive, rules, work."""

from __future__ import annotations

import base64
import io
import threading
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from gridplan.errors import GridplanError
from gridplan.rules import Limit
from gridplan.schema import HOUSEHOLDS, PEOPLE
from gridplan.ui.archive import unpack
from gridplan.ui.rule_form import default_limits, edited
from gridplan.ui.search import find
from gridplan.ui.tables import (
    BAD,
    GOOD,
    NEAR,
    bar,
    finding_table,
    grid_columns,
    grid_table,
    light,
    marked,
)
from gridplan.ui.work import Report, Stop, Work
from tests.plans import small_plan

ROOT = Path(__file__).parents[2]
LABELS = pd.Series(
    ["翡翠城 桃源路8号3幢", "翡翠城 桃源路8号13幢", "阳光新城 学士街2号", "Elm St 5"]
)


@pytest.mark.parametrize(
    ("value", "colour"),
    [(299, BAD), (300, NEAR), (314, NEAR), (315, GOOD), (475, GOOD), (476, NEAR), (500, NEAR),
     (501, BAD)],
)  # fmt: skip
def test_light_at_each_edge(value: float, colour: str) -> None:
    assert light(value, 300, 500) == colour


@given(st.floats(0, 1e6), st.floats(0, 1e5), st.floats(1, 1e6) | st.just(float("inf")))
def test_bar_never_leaves_its_frame(value: float, lower: float, upper: float) -> None:
    svg = base64.b64decode(bar(value, min(lower, upper), upper).split(",")[1]).decode()
    widths = [float(part.split('"')[0]) for part in svg.split('width="')[1:]]
    assert max(widths) <= 150
    assert light(value, min(lower, upper), upper) in svg


def test_grid_table_marks_estimates_and_words_changes() -> None:
    grids = small_plan().grids
    table = grid_table(grids, HOUSEHOLDS, "zh")
    assert len(table) == len(grids)
    for name in ("户数", "人口", "服务半径（米）", "紧凑度", "变动户数", "估算占比"):
        assert pd.api.types.is_numeric_dtype(table[name]), name
    assert set(grid_columns(HOUSEHOLDS, "zh")) < set(table)
    shown = marked(table, "户数", grids["estimated"]).to_html()
    assert shown.count("≈") == grids["estimated"].sum() == 1
    assert set(table["变动"]) <= {"保持", "微调", "新建"}


def test_finding_table_names_the_community_of_a_numbered_grid() -> None:
    plan = small_plan()
    table = finding_table(plan.exceptions, plan.grids, "zh")
    assert table["网格"].iloc[0].startswith("桃源社区 0")
    assert table["问题"].iloc[0] == "超上限"


@pytest.mark.parametrize(
    ("query", "first"),
    [("翡翠城 桃源路8号3幢", 0), ("13幢", 1), ("学士街2号", 2), ("学士街 2", 2), ("elm st", 3)],
)
def test_search_finds_the_building(query: str, first: int) -> None:
    assert find(query, LABELS)[0] == first


@pytest.mark.parametrize("query", ["", "   ", "完全无关的文字"])
def test_search_says_nothing_where_nothing_is_alike(query: str) -> None:
    assert find(query, LABELS) == []


def zipped(names: dict[str, str]) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in names.items():
            archive.writestr(name, text)
    return buffer


def test_archive_of_chinese_windows_keeps_its_names(tmp_path: Path) -> None:
    plain = zipped({"ABCD/area.toml": "version = 1"}).getvalue()
    renamed = io.BytesIO(plain.replace(b"ABCD", "街道".encode("gbk")))
    folder = unpack(renamed, "a.zip", tmp_path)
    assert folder.name == "街道"


def test_archive_with_a_folder_inside(tmp_path: Path) -> None:
    archive = zipped({"我的街道/area.toml": "version = 1", "我的街道/b.csv": "x"})
    folder = unpack(archive, "a.zip", tmp_path)
    assert folder.name == "我的街道"
    assert (folder / "b.csv").read_text() == "x"


def test_archive_that_points_outside_stays_inside(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b"
    target.mkdir(parents=True)
    folder = unpack(zipped({"../../evil.txt": "x", "area.toml": "version = 1"}), "a.zip", target)
    assert (folder / "evil.txt").is_file()
    assert not (tmp_path / "evil.txt").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"<html></html>"])
def test_no_archive(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(GridplanError, match="zip"):
        unpack(io.BytesIO(content), "a.zip", tmp_path)


def test_archive_without_an_area(tmp_path: Path) -> None:
    with pytest.raises(GridplanError, match=r"area\.toml"):
        unpack(zipped({"b.csv": "x"}), "a.zip", tmp_path)


def test_edited_limit_says_so_and_comes_back() -> None:
    limit = default_limits("urban", HOUSEHOLDS).upper
    assert edited(limit, 480).source == "rules.source.edited"
    assert edited(limit, 500) is limit
    assert edited(Limit(None, "rules.source.rural_lower"), None).value is None


def test_limits_in_people_follow_the_census() -> None:
    limits = default_limits("urban", PEOPLE)
    assert (limits.lower.value, limits.upper.value) == (786, 1310)
    assert "2.62" in limits.upper.sentence()
    assert default_limits("rural", PEOPLE).lower.value is None


def test_work_tells_stops_and_keeps_its_result() -> None:
    begun = threading.Event()

    def task(report: Report, stop: Stop) -> str:
        report("step.solve", 0.5)
        begun.set()
        while not stop():
            threading.Event().wait(0.01)
        return "best so far"

    work = Work(task, can_stop=True)
    assert begun.wait(5)
    assert (work.running, work.step, work.share) == (True, "step.solve", 0.5)
    work.stop()
    work.wait(5)
    assert (work.running, work.result, work.error) == (False, "best so far", None)


def test_work_with_a_limit_goes_on_with_the_time() -> None:
    begun = threading.Event()
    work = Work(lambda *_: begun.wait(5), allowed_s=0.1)
    threading.Event().wait(0.2)
    assert work.share == 0.95
    begun.set()


def test_work_keeps_its_error() -> None:
    def task(report: Report, stop: Stop) -> None:
        raise GridplanError("error.cancelled")

    work = Work(task)
    work.wait(5)
    assert isinstance(work.error, GridplanError)


def opened(folder: Path) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["default_area"] = str(folder)
    return app.run()


def test_page_says_where_to_begin_without_an_area(tmp_path: Path) -> None:
    app = opened(tmp_path / "nowhere")
    assert not app.exception
    assert "gridplan demo" in app.info[0].value


def test_area_with_a_fault_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "area.toml").write_text('version = 1\nname = "x"\n[buildngs]\nfile = "a.csv"\n')
    app = opened(tmp_path)
    for _ in range(20):
        if app.error:
            break
        threading.Event().wait(0.3)
        app.run()
    assert not app.exception
    assert "“数据”页" in app.error[0].value
