"""From being put forward to being in force, step by step, and what may not be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from gridplan.edit import Division, Edit, EditKind
from gridplan.errors import GridplanError
from gridplan.store import Path, Stage, StageKind, StaleVersionError, Store, default_path, tables
from tests.store.begun import (
    AREA,
    HOME,
    TWO,
    advance,
    approve,
    begin,
    grid,
    issue,
    take_effect,
    version,
)

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
BOTH = [grid("west", 0), grid("east", 100)]


def test_a_version_goes_all_the_way(store: Store) -> None:
    which = version(store)
    assert store.approvals.standing(*which) is None
    first = store.approvals.submit(*which, author="王", note="与居委会商量后")
    assert (first.stage.name, first.under_way) == ("社区提报", True)
    assert store.approvals.under_way(AREA) == [first]
    advance(store, which)
    assert advance(store, which).stage.kind is StageKind.APPROVAL
    issue(store, which, BOTH)
    assert advance(store, which).stage.name == "公示"
    last = advance(store, which, JULY)
    assert (last.stage.name, last.effective_on, last.under_way) == ("生效", JULY, False)
    assert store.approvals.under_way(AREA) == []
    passages = store.approvals.passages(*which)
    assert [one.stage for one in passages] == [
        "社区提报",
        "街道审核",
        "区级批准",
        "区级批准",
        "公示",
        "生效",
    ]
    assert [one.kind for one in passages] == [
        "submit",
        "advance",
        "advance",
        "issue",
        "advance",
        "advance",
    ]
    assert [one.revision for one in passages] == list(range(1, 7))
    assert (passages[0].made_by, passages[0].note) == ("王", "与居委会商量后")
    now = datetime.now(UTC).replace(tzinfo=None)
    assert all(now - timedelta(minutes=1) < one.made_at <= now for one in passages)
    with pytest.raises(GridplanError, match="不在报批流程"):
        store.approvals.advance(*which, last.revision, author="李")


def test_what_was_put_forward_does_not_change(store: Store) -> None:
    """Nothing that the store offers moves the version or what it points to, whatever is done."""

    def kept() -> list[tuple[object, ...]]:
        with store._database.read() as link:
            return [tuple(row) for row in link.execute(select(tables.version))]

    line = begin(store, TWO)
    which = (
        line.plan_id,
        store.keep_version(line.branch_id, line.revision, "初稿", author="王").number,
    )
    assert store.describe_version(*which, "定稿", "电话 13812345678").note == "电话 ***"
    store.approvals.submit(*which, author="王")
    before = kept()
    with pytest.raises(GridplanError, match="不能再改"):
        store.describe_version(*which, "别的名称", "")
    moved = store.commit(
        line.branch_id, 0, Edit(EditKind.MOVE, {"a": ("west", "east")}), author="王"
    )
    store.undo(line.branch_id, moved.revision, author="王")
    store.redo(line.branch_id, moved.revision + 1, author="王")
    store.fork(line.branch_id, "方案二")
    store.approvals.send_back(*which, 1, author="李", note="边界不清")
    with pytest.raises(GridplanError, match="不能再改"):
        store.describe_version(*which, "别的名称", "")
    take_effect(store, which, BOTH, JULY)
    assert kept() == before
    assert store.division_of(*which) == TWO
    assert [one.name for one in store.versions(which[0])] == ["定稿"]


def test_what_is_sent_back_may_come_again(store: Store) -> None:
    which = version(store)
    store.approvals.submit(*which, author="王")
    with pytest.raises(GridplanError, match="已在报批流程"):
        store.approvals.submit(*which, author="王")
    with pytest.raises(GridplanError, match="说明原因"):
        store.approvals.send_back(*which, 1, author="李", note=" ")
    back = store.approvals.send_back(*which, 1, author="李", note="边界不清")
    assert (back.sent_back, back.under_way) == (True, False)
    with pytest.raises(GridplanError, match="不在报批流程"):
        store.approvals.advance(*which, back.revision, author="李")
    again = store.approvals.submit(*which, author="王")
    assert (again.place, again.sent_back, again.revision) == (0, False, 3)
    with pytest.raises(StaleVersionError):  # made from what the first attempt was
        store.approvals.advance(*which, 1, author="李")
    assert [one.note for one in store.approvals.passages(*which)] == ["", "边界不清", ""]


def test_a_stale_step_is_refused_with_how_it_stands(store: Store) -> None:
    which = version(store)
    store.approvals.submit(*which, author="王")
    now = advance(store, which)
    for call in (
        lambda: store.approvals.advance(*which, 1, author="李"),
        lambda: store.approvals.send_back(*which, 1, author="李", note="边界不清"),
        lambda: store.codes.issue(*which, 1, BOTH, {}, crs="EPSG:4549", author="李"),
    ):
        with pytest.raises(StaleVersionError, match="街道审核") as refused:
            call()
        assert refused.value.standing == now
    assert store.approvals.standing(*which) == now


def test_no_stage_is_passed_without_what_it_is_for(store: Store) -> None:
    which = version(store)
    now = approve(store, which)
    with pytest.raises(GridplanError, match="尚未发放"):
        store.approvals.advance(*which, now.revision, author="李")
    issue(store, which, BOTH)
    with pytest.raises(GridplanError, match="只有进入生效"):
        advance(store, which, JULY)
    advance(store, which)
    with pytest.raises(GridplanError, match="请填写生效日期"):
        advance(store, which)
    assert advance(store, which, JULY).effective_on == JULY


def test_one_version_of_an_area_is_approved_at_a_time(store: Store) -> None:
    one, other = version(store, name="方案一"), version(store, name="方案二")
    approve(store, one)
    store.approvals.submit(*other, author="王")
    advance(store, other)
    with pytest.raises(GridplanError, match="“方案一”第 1 号"):
        advance(store, other)
    issue(store, one, BOTH)
    advance(store, one)
    with pytest.raises(GridplanError, match="“方案一”第 1 号"):
        advance(store, other)
    advance(store, one, JULY)
    assert advance(store, other).stage.kind is StageKind.APPROVAL
    third = version(store, name="方案三")
    store.approvals.submit(*third, author="王")
    advance(store, third)
    now = store.approvals.standing(*other)
    assert now is not None
    store.approvals.send_back(*other, now.revision, author="李", note="重画")
    assert advance(store, third).stage.kind is StageKind.APPROVAL


def test_another_area_goes_its_own_way(store: Store) -> None:
    approve(store, version(store))
    line = begin(store, TWO, area="柳湾街道")
    store.keep_version(line.branch_id, line.revision, "定稿", author="王")
    assert approve(store, (line.plan_id, 1)).stage.kind is StageKind.APPROVAL


def test_taking_effect_ends_the_one_before(store: Store) -> None:
    one, other = version(store, name="方案一"), version(store, name="方案二")
    codes = take_effect(store, one, BOTH, JULY)
    before = {codes["west"]: 400, codes["east"]: 400}
    approve(store, other)
    issue(store, other, BOTH, before)
    advance(store, other)
    for day in (JULY, date(2026, 6, 1)):
        with pytest.raises(GridplanError, match="须晚于"):
            advance(store, other, day)
    advance(store, other, AUGUST)
    terms = store.codes.history(AREA)
    assert [(term.plan_id, term.effective_on, term.ended_on) for term in terms] == [
        (one[0], JULY, AUGUST), (other[0], AUGUST, None),
    ]  # fmt: skip


def test_an_area_may_have_its_own_path(url: str, store: Store) -> None:
    """Notice comes before approval here, and nobody reviews; the one under way keeps its path."""
    old = version(store, name="方案一")
    store.approvals.submit(*old, author="王")
    way = Path((
        Stage("挂网公示", StageKind.NOTICE), Stage("区政府批复", StageKind.APPROVAL),
        Stage("平台入库"), Stage("启用", StageKind.EFFECT),
    ))  # fmt: skip
    store.approvals.set_path(AREA, way, author="张")
    other = Store(url)
    assert other.approvals.path(AREA) == way
    other.close()
    assert store.approvals.path("柳湾街道") == default_path()
    which = version(store, name="方案二")
    assert store.approvals.submit(*which, author="王").stage.name == "挂网公示"
    advance(store, which)
    assert issue(store, which, BOTH)["west"] == f"{HOME}001"
    assert advance(store, which).stage.name == "平台入库"
    assert advance(store, which, JULY).stage.name == "启用"
    assert advance(store, old).stage.name == "街道审核"
    short = Path((Stage("批准", StageKind.APPROVAL), *default_path().stages[3:]))
    store.approvals.set_path(AREA, short, author="张")
    third = version(store, name="方案三")
    assert store.approvals.submit(*third, author="王").stage.kind is StageKind.APPROVAL
    fourth = version(store, name="方案四")
    with pytest.raises(GridplanError, match="“方案三”"):
        store.approvals.submit(*fourth, author="王")
    assert store.approvals.standing(*fourth) is None


def test_what_is_not_there_is_told(store: Store) -> None:
    plan_id, number = version(store)
    for call in (store.approvals.standing, store.approvals.passages, store.codes.of_version):
        with pytest.raises(GridplanError, match="没有第 9 号版本"):
            call(plan_id, 9)
    with pytest.raises(GridplanError, match="请先提报"):
        store.approvals.advance(plan_id, number, 1, author="李")
    with pytest.raises(GridplanError, match="方案不存在"):
        store.plan(99)
    assert store.division_of(plan_id, number) == Division(dict(TWO.grid_of))
