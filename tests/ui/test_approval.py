"""方案审批 without a browser: where a version stands, what may be done, what is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from gridplan.assemble import plan_of
from gridplan.edit import Division, layer_start, merged_start
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.store import Homes, Line, Standing, Store, default_path
from gridplan.store.issue import issue_codes
from gridplan.ui.approval_steps import BACK, COMING, DONE, NOW, place_now, steps_html, steps_of
from gridplan.ui.area import Area
from gridplan.ui.desk import Desk
from gridplan.ui.draft import Draft
from gridplan.ui.work import Work
from gridplan.words import Language
from tests.board import board
from tests.store.begun import advance, approve, grid, issue, take_effect, version

ON = date(2026, 9, 1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'plans.db'}")


def row(store: Store, which: tuple[int, int], language: Language = "zh") -> list[tuple[str, str]]:
    """State and last line of each step."""
    standing = store.approvals.standing(*which)
    passages = store.approvals.passages(*which)
    objections = store.objections.of_version(*which)
    steps = steps_of(default_path(), standing, passages, objections, language)
    return [(step.state, step.lines[-1] if step.lines else "") for step in steps]


def states(store: Store, which: tuple[int, int]) -> str:
    """The row in letters."""
    letters = {DONE: "d", NOW: "n", BACK: "b", COMING: "c"}
    return "".join(letters[state] for state, _ in row(store, which))


def test_the_row_of_steps_from_being_kept_to_being_in_force(store: Store) -> None:
    which = version(store)
    assert (states(store, which), row(store, which)[0][1]) == ("ncccc", "待提报")
    store.approvals.submit(*which, author="王", note="<b>请审</b>")
    assert (states(store, which), row(store, which)[1][1]) == ("dnccc", "待办理")
    advance(store, which)
    assert states(store, which) == "ddncc"
    advance(store, which)
    assert (states(store, which), row(store, which)[2][1]) == ("ddncc", "已批准，待发放编码")
    issue(store, which, [grid("west", 0), grid("east", 100)])
    assert (states(store, which), row(store, which)[3][1]) == ("dddnc", "待办理")
    assert row(store, which)[2][1].startswith("发放编码：李 · ")
    advance(store, which)
    said = store.objections.log(*which, "太远", author="李")
    assert (states(store, which), row(store, which)[3][1]) == (
        "dddnc",
        "公示中：意见 1 条，未答复 1 条",
    )
    store.objections.answer(said.objection_id, "不远", accepted=False, author="张")
    after = advance(store, which, ON)
    assert place_now(after) == 5
    assert (states(store, which), row(store, which)[3][1]) == ("ddddd", "意见 1 条，未答复 0 条")
    steps = steps_of(default_path(), after, store.approvals.passages(*which), (), "zh")
    assert steps[-1].lines[0] == "自 2026-09-01 起生效"
    assert "&lt;b&gt;请审" in steps_html(steps)
    assert "<b>请审" not in steps_html(steps)


def test_sent_back_stands_where_it_was_refused_and_begins_anew(store: Store) -> None:
    which = version(store)
    approve(store, which)
    now = store.approvals.standing(*which)
    assert now is not None
    store.approvals.send_back(*which, now.revision, author="张", note="再核户数")
    assert (states(store, which), row(store, which)[2]) == ("ddbcc", (BACK, "再核户数"))
    store.approvals.submit(*which, author="王")
    assert states(store, which) == "dnccc"
    assert not any("再核户数" in last for _, last in row(store, which))


def test_an_objection_of_a_former_notice_is_not_counted(store: Store) -> None:
    which = version(store)
    approve(store, which)
    issue(store, which, [grid("west", 0), grid("east", 100)])
    notice = advance(store, which)
    store.objections.log(*which, "太远", author="李")
    store.approvals.send_back(*which, notice.revision, author="张", note="改")
    approve(store, which)
    issue(store, which, [grid("west", 0), grid("east", 100)])
    advance(store, which)
    assert row(store, which)[3][1] == "公示中：意见 0 条，未答复 0 条"


def script() -> None:
    import streamlit as st  # noqa: PLC0415  (this function is a script of its own)

    from gridplan.ui.approval import approval  # noqa: PLC0415

    def show() -> None:
        approval(st.session_state["desk"])

    st.session_state["pages"] = {
        "approval": st.Page(show, title="方案审批", url_path="approval", default=True),
        "workbench": st.Page(str, title="方案编辑", url_path="workbench"),
    }
    st.navigation(list(st.session_state["pages"].values())).run()


Open = Callable[..., AppTest]
ROWS = Division({f"h{row}{column}": "ns"[row] for row in range(2) for column in range(4)})
"""Two grids of the town, each with half of both present ones."""


@pytest.fixture(scope="module")
def town() -> Prepared:
    """Two present grids of 320 households beside each other, which keep every rule."""
    return board([[80] * 4] * 2, 一=["AABB"] * 2)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Store) -> Open:
    """The page in a session of its own."""

    def open_(prepared: Prepared, plan: Plan | None = None, **state: Any) -> AppTest:
        monkeypatch.setattr("gridplan.ui.area.prepare", lambda *_, **__: prepared)
        monkeypatch.setattr("gridplan.ui.approval.the_store", lambda: store)
        area = Area(tmp_path)
        area.reading.wait(5)
        app = AppTest.from_function(script, default_timeout=60)
        app.session_state["desk"] = desk = Desk(area)
        if plan is not None:
            desk.redrawing = Work(lambda *_: Draft(prepared, plan, 1))
            desk.redrawing.wait(5)
        for key, value in state.items():
            app.session_state[key.replace("_", "-")] = value
        return run(app)

    return open_


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, name: str) -> AppTest:
    next(button for button in app.button if button.label == name).click()
    return run(app)


def fill(app: AppTest, label: str, text: str) -> None:
    fields = [*app.text_input, *app.text_area]
    next(field for field in fields if field.label == label).set_value(text)


def begun(
    store: Store, prepared: Prepared, division: Division, name: str = "秋季优化"
) -> tuple[Line, tuple[int, int]]:
    line = store.begin(
        prepared.layers.name, name, division, fingerprint=prepared.layers.fingerprint,
        rules=prepared.rules, homes=Homes.of_frame(prepared.units.buildings), author="王",
    )  # fmt: skip
    return line, (
        line.plan_id,
        store.keep_version(line.branch_id, line.revision, "定稿", author="王").number,
    )


def standing_of(store: Store, which: tuple[int, int]) -> Standing:
    found = store.approvals.standing(*which)
    assert found is not None
    return found


def test_without_a_version_it_says_where_to_keep_one(opened: Open, town: Prepared) -> None:
    app = opened(town)
    assert "版本与历史" in app.info[0].value


def test_units_in_no_grid_are_refused(opened: Open, demo: Prepared, store: Store) -> None:
    begun(store, demo, layer_start(demo, next(iter(demo.present))))
    app = opened(demo, author="王")
    assert "2 个单元（0 户）没有分入网格" in app.error[0].value
    assert "提报" not in [button.label for button in app.button]


def test_nothing_in_any_grid_is_refused_too(opened: Open, town: Prepared, store: Store) -> None:
    begun(store, town, Division(dict.fromkeys(town.units.frame["unit_id"], "")))
    app = opened(town, author="王")
    assert "没有分入网格" in app.error[0].value


def test_broken_rules_are_listed_and_need_a_name_and_a_yes(
    opened: Open, demo: Prepared, store: Store
) -> None:
    _, which = begun(store, demo, merged_start(demo))
    app = opened(demo)
    assert "4 处不符合规则" in app.warning[0].value
    assert len(app.dataframe[0].value) == 4
    fill(app, "提报说明", "请街道审核")
    press(app, "提报")
    assert "经办人" in app.error[0].value
    fill(app, "经办人", "王科长")
    press(app, "提报")
    assert "仍按此提报" in app.error[0].value
    assert store.approvals.standing(*which) is None
    app.checkbox[0].check()
    press(app, "提报")
    (passage,) = store.approvals.passages(*which)
    assert (passage.made_by, passage.note) == ("王科长", "请街道审核")
    press(app, "“街道审核”通过")
    assert standing_of(store, which).place == 1


def test_what_a_redraw_has_proved_needs_no_yes(opened: Open, store: Store) -> None:
    """A grid that is as it was there keeps its proof; the other one's fault is told as before."""
    town = board([[30] * 4] * 2, 一=["AABB"] * 2)
    _, which = begun(store, town, ROWS)
    plan = plan_of(town, pd.Series(dict(ROWS.grid_of)))
    one, other = plan.violations
    proved = replace(one, proved=True)
    for exceptions, count in (((proved,), 1), ((proved, replace(other, proved=True)), 0)):
        app = opened(town, replace(plan, violations=(), exceptions=exceptions), author="王")
        assert [box.label[:4] for box in app.checkbox] == [f"以上 {count}"] * bool(count)
        assert not app.error
    press(app, "提报")
    assert standing_of(store, which).place == 0


def test_who_is_slower_is_told_how_it_stands(opened: Open, town: Prepared, store: Store) -> None:
    _, which = begun(store, town, ROWS)
    store.approvals.submit(*which, author="王")
    app = opened(town, author="李")
    advance(store, which)
    press(app, "“街道审核”通过")
    assert "已被他人先行办理" in app.error[0].value
    assert standing_of(store, which).place == 1
    assert "登记批复：区级批准" in [button.label for button in app.button]


def test_codes_objections_and_effect(opened: Open, town: Prepared, store: Store) -> None:
    _, which = begun(store, town, ROWS)
    approve(store, which)
    app = opened(town, author="李")
    press(app, "发放网格编码")
    assert app.session_state["approval-view"] == "codes"
    table = app.dataframe[0].value
    assert list(table["新编码"]) == [grid.code for grid in store.codes.of_version(*which)]
    assert list(table["编码来源"]) == ["新编"] * 2
    assert list(table["原网格编码（户数占比）"]) == ["A（50.0%）、B（50.0%）"] * 2
    code = str(table["新编码"].iloc[0])
    app.session_state["approval-codes-table"] = "retired"
    retired = run(app).dataframe[0].value
    assert list(zip(retired["原编码"], retired["停用日期"], strict=True)) == [
        ("A", "生效后停用"), ("B", "生效后停用"),
    ]  # fmt: skip

    app.session_state["approval-view"] = "act"
    press(run(app), "开始公示")
    app.session_state["approval-view"] = "notice"
    run(app)
    fill(app, "登记公示意见", "离驻点太远")
    next(box for box in app.selectbox if box.label == "涉及网格").set_value(code)
    app.date_input[0].set_value(date(2026, 6, 20))
    press(app, "登记")
    (said,) = store.objections.of_version(*which)
    assert (said.text, said.code, said.made_by) == ("离驻点太远", code, "李")

    app.session_state["approval-view"] = "act"
    run(app)
    assert "1 条公示意见未答复" in app.warning[0].value
    assert next(button for button in app.button if button.label == "确定生效日期").disabled

    app.session_state["approval-view"] = "notice"
    run(app)
    fill(app, "答复", "步行五分钟可到")
    press(app, "答复")
    assert "采纳还是不采纳" in app.error[0].value
    app.radio[0].set_value(False)
    press(app, "答复")
    (said,) = store.objections.of_version(*which)
    assert (said.answer, said.accepted, said.answered_by) == ("步行五分钟可到", False, "李")

    app.session_state["approval-view"] = "act"
    press(run(app), "确定生效日期")
    tomorrow = date.today() + timedelta(days=1)
    assert standing_of(store, which).effective_on == tomorrow
    assert f"已定于 {tomorrow} 生效" in app.success[0].value


def test_sending_back_needs_a_reason(opened: Open, town: Prepared, store: Store) -> None:
    _, which = begun(store, town, ROWS)
    store.approvals.submit(*which, author="王")
    app = opened(town, author="李")
    press(app, "退回")
    assert "说明原因" in app.error[0].value
    fill(app, "退回原因（必填）", "再核户数")
    press(app, "退回")
    assert standing_of(store, which).sent_back
    assert "提报" in [button.label for button in app.button]


def test_moved_households_are_counted_against_what_is_in_force(
    opened: Open, town: Prepared, store: Store
) -> None:
    """Not against the legacy layer, once a version has taken effect."""
    first = Division({f"h{r}{c}": "we"[c > 2] for r in range(2) for c in range(4)})
    _, which = begun(store, town, first, "春")
    issue_codes(store, town, approve(store, which), author="李")
    advance(store, which)
    advance(store, which, date.today())
    begun(store, town, first, "秋")
    app = opened(town)
    told = "\n".join(str(one.proto.body) for one in app.get("html"))
    assert "较最近生效方案，占 0.0%" in told
    app.session_state["approval-view"] = "area"
    run(app)
    assert "“春”版本 1 定稿" in app.success[0].value
    assert list(app.dataframe[0].value["状态"]) == ["现行"]


def test_other_data_stop_what_needs_the_ground_and_nothing_else(
    opened: Open, town: Prepared, store: Store
) -> None:
    line, which = begun(store, town, Division({"gone": "g"}))
    store.approvals.submit(*which, author="王")
    app = opened(town, author="李")
    assert "另一批数据" in app.warning[0].value
    press(app, "“街道审核”通过")
    press(app, "登记批复：区级批准")
    assert any("数据不在手边" in info.value for info in app.info)
    assert standing_of(store, which).place == 2
    assert line.plan_id == which[0]


def test_the_path_is_edited_while_nothing_is_under_way(
    opened: Open, town: Prepared, store: Store
) -> None:
    _, which = begun(store, town, ROWS)
    area = town.layers.name
    app = opened(town, author="李", approval_view="area")
    names = [field for field in app.text_input if field.label == "环节名称"]
    assert [field.value for field in names] == [stage.name for stage in default_path().stages]
    names[1].set_value("街道联审")
    run(app)
    next(button for button in app.button if button.label == "✕").click()  # the first stage
    run(app)
    press(app, "增加环节")
    names = [field for field in app.text_input if field.label == "环节名称"]
    names[3].set_value("平台入库")
    press(app, "保存流程")
    kept = [stage.name for stage in store.approvals.path(area).stages]
    assert kept == ["街道联审", "区级批准", "公示", "平台入库", "生效"]
    drops = [button for button in app.button if button.label == "✕"]
    drops[1].click()
    run(app)
    press(app, "保存流程")
    assert "批准环节" in app.error[0].value
    assert len(store.approvals.path(area).stages) == 5

    store.approvals.submit(*which, author="王")
    run(app)
    assert "保存流程" not in [button.label for button in app.button]
    assert any("1 个版本在办" in caption.value for caption in app.caption)


def test_history_tells_what_is_over_in_force_and_to_come(
    opened: Open, town: Prepared, store: Store
) -> None:
    today = date.today()
    days = [today - timedelta(days=9), today, today + timedelta(days=9)]
    for name, day in zip(("春", "夏", "秋"), days, strict=True):
        which = version(store, name=name)
        take_effect(store, which, [grid("west", 0), grid("east", 100)], day)
    app = opened(town, approval_view="area")
    table = app.dataframe[0].value
    assert list(zip(table["方案"], table["状态"], strict=True)) == [
        ("秋", "待生效"), ("夏", "现行"), ("春", "已失效"),
    ]  # fmt: skip
