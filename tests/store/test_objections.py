"""公示意见 are taken during public notice, and nobody is left unanswered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from gridplan.errors import GridplanError
from gridplan.store import Store
from tests.store.begun import HOME, advance, approve, grid, issue, version

JULY = date(2026, 7, 1)


@pytest.fixture
def which(store: Store) -> tuple[int, int]:
    """A version on public notice."""
    found = version(store)
    approve(store, found)
    issue(store, found, [grid("west", 0), grid("east", 100)])
    advance(store, found)
    return found


def test_an_objection_is_kept_without_numbers(store: Store, which: tuple[int, int]) -> None:
    china = timezone(timedelta(hours=8))
    received = datetime(2026, 6, 20, 9, 30, tzinfo=china)
    made = store.objections.log(
        *which, "3 号楼离东区太远。请回电 13812345678", author="李", code=f"{HOME}001",
        received_at=received,
    )  # fmt: skip
    assert made.text == "3 号楼离东区太远。请回电 ***"
    assert made.received_at == datetime(2026, 6, 20, 1, 30)
    assert (made.code, made.answer, made.accepted) == (f"{HOME}001", None, None)
    general = store.objections.log(*which, "公示期太短", author="李")
    assert abs(general.received_at - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)
    assert store.objections.of_version(*which) == [made, general]


def test_only_a_version_on_notice_takes_objections(store: Store) -> None:
    found = version(store)
    with pytest.raises(GridplanError, match="请先提报"):
        store.objections.log(*found, "太远", author="李")
    approve(store, found)
    with pytest.raises(GridplanError, match="“区级批准”"):
        store.objections.log(*found, "太远", author="李")
    issue(store, found, [grid("west", 0), grid("east", 100)])
    advance(store, found)
    for text, code, said in (("太远", f"{HOME}009", f"{HOME}009"), ("  ", "", "请填写")):
        with pytest.raises(GridplanError, match=said):
            store.objections.log(*found, text, author="李", code=code)
    advance(store, found, JULY)
    with pytest.raises(GridplanError, match="不在报批流程"):
        store.objections.log(*found, "太远", author="李")
    assert store.objections.of_version(*found) == []


def test_nothing_takes_effect_over_an_unanswered_objection(
    store: Store, which: tuple[int, int]
) -> None:
    one = store.objections.log(*which, "太远", author="李")
    other = store.objections.log(*which, "太大", author="李")
    with pytest.raises(GridplanError, match="2 条公示意见未答复"):
        advance(store, which, JULY)
    done = store.objections.answer(
        one.objection_id, "步行 5 分钟可到。经办 13812345678", accepted=False, author="张"
    )
    assert (done.answer, done.accepted, done.answered_by) == (
        "步行 5 分钟可到。经办 ***",
        False,
        "张",
    )
    assert done.answered_at is not None
    with pytest.raises(GridplanError, match="1 条公示意见未答复"):
        advance(store, which, JULY)
    with pytest.raises(GridplanError, match="请填写"):
        store.objections.answer(other.objection_id, "", accepted=True, author="张")
    store.objections.answer(other.objection_id, "下次调整时采纳", accepted=True, author="张")
    with pytest.raises(GridplanError, match="张 答复"):
        store.objections.answer(one.objection_id, "另一种说法", accepted=True, author="赵")
    assert store.objections.of_version(*which)[0] == done
    with pytest.raises(GridplanError, match="没有这条"):
        store.objections.answer(99, "好", accepted=True, author="张")
    assert advance(store, which, JULY).effective_on == JULY


def test_a_second_attempt_starts_without_the_objections_of_the_first(
    store: Store, which: tuple[int, int]
) -> None:
    made = store.objections.log(*which, "太远", author="李")
    now = store.approvals.standing(*which)
    assert now is not None
    store.approvals.send_back(*which, now.revision, author="李", note="先答复居民")
    approve(store, which)
    issue(store, which, [grid("west", 0), grid("east", 100)])
    advance(store, which)
    assert advance(store, which, JULY).effective_on == JULY
    assert store.objections.of_version(*which) == [made]
    assert store.objections.answer(made.objection_id, "已调整", accepted=True, author="张").accepted
