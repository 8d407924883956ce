"""Of two who do the same at the same moment one goes through, and the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest

from gridplan.errors import GridplanError
from gridplan.store import StaleVersionError, Store
from tests.store.begun import AREA, CRS, HOME, TWO, advance, approve, begin, grid, issue, version

BOTH = [grid("west", 0), grid("east", 100)]


def at_once(url: str, *calls: Callable[[Store], object]) -> list[object]:
    """What each call came to, made through a store of its own at the same moment."""
    start = threading.Barrier(len(calls))
    came: list[object] = [None] * len(calls)

    def work(place: int) -> None:
        mine = Store(url)
        start.wait()
        try:
            came[place] = calls[place](mine)
        except GridplanError as error:
            came[place] = error
        mine.close()

    workers = [threading.Thread(target=work, args=(place,)) for place in range(len(calls))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return came


def winner(came: list[object]) -> object:
    """The one that went through; all others have to be told that they were late."""
    late = [one for one in came if isinstance(one, StaleVersionError)]
    (won,) = [one for one in came if not isinstance(one, GridplanError)]
    assert len(late) == len(came) - 1
    return won


@pytest.mark.parametrize("attempt", range(3))
def test_codes_are_issued_once(url: str, store: Store, attempt: int) -> None:
    which = version(store)
    now = approve(store, which)

    def issue_all(mine: Store) -> object:
        return mine.codes.issue(*which, now.revision, BOTH, {}, crs=CRS, author="李")

    assert winner(at_once(url, *[issue_all] * 4)) == store.codes.of_version(*which)
    assert [one.code for one in store.codes.used(AREA)] == [f"{HOME}001", f"{HOME}002"]


def test_a_version_goes_one_step_or_back(url: str, store: Store) -> None:
    which = version(store)
    store.approvals.submit(*which, author="王")
    won = winner(
        at_once(
            url,
            lambda mine: mine.approvals.advance(*which, 1, author="李"),
            lambda mine: mine.approvals.advance(*which, 1, author="张"),
            lambda mine: mine.approvals.send_back(*which, 1, author="赵", note="边界不清"),
        )
    )
    assert store.approvals.standing(*which) == won
    assert len(store.approvals.passages(*which)) == 2


def test_two_versions_do_not_both_reach_approval(url: str, store: Store) -> None:
    ways = [version(store, name=name) for name in ("一", "二", "三")]
    for which in ways:
        store.approvals.submit(*which, author="王")
        advance(store, which)
    came = at_once(
        url,
        *(
            lambda mine, which=which: mine.approvals.advance(*which, 2, author="李")
            for which in ways
        ),
    )
    told = [one.key for one in came if isinstance(one, GridplanError)]
    assert told == ["store.way.other_approved"] * 2


def test_an_objection_is_not_lost_beside_taking_effect(url: str, store: Store) -> None:
    """Either it is taken, and the version waits, or the version is in force and takes none."""
    which = version(store)
    approve(store, which)
    issue(store, which, BOTH)
    now = advance(store, which)
    objected, effect = at_once(
        url,
        lambda mine: mine.objections.log(*which, "太远", author="李"),
        lambda mine: mine.approvals.advance(
            *which, now.revision, author="张", effective_on=date(2026, 7, 1)
        ),
    )
    assert isinstance(objected, GridplanError) != isinstance(effect, GridplanError)
    assert bool(store.objections.of_version(*which)) == isinstance(effect, GridplanError)


def test_plans_versions_and_branches_are_not_mixed_up(url: str, store: Store) -> None:
    line = begin(store, TWO)
    came = at_once(
        url,
        lambda mine: mine.keep_version(line.branch_id, line.revision, "甲", author="王"),
        lambda mine: mine.keep_version(line.branch_id, line.revision, "乙", author="李"),
    )
    assert sorted(one.number for one in came) == [1, 2]
    for call, key in (
        (lambda mine: mine.fork(line.branch_id, "方案二"), "store.branch_exists"),
        (lambda mine: begin(mine, TWO, name="冬季调整"), "store.plan_exists"),
    ):
        told = [one.key for one in at_once(url, call, call) if isinstance(one, GridplanError)]
        assert told == [key]
