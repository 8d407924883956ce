"""What was kept is there: after undo, after a restart, beside another planner."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event, select, text

from gridplan.edit import Division, Edit, EditKind, Mark, StaleEditError, apply
from gridplan.errors import GridplanError
from gridplan.rules import RuleSet
from gridplan.store import MAIN, Homes, Line, StaleError, Store, branches, replay, tables
from gridplan.store.engine import MIGRATIONS
from tests.store.begun import begin

START = Division({"a": "1", "b": "1", "c": "2", "d": "2"}, {"2": frozenset({Mark.LOCKED})})


def move(unit: str, before: str, after: str) -> Edit:
    return Edit(EditKind.MOVE, {unit: (before, after)})


@pytest.fixture
def line(store: Store) -> Line:
    return begin(store, START)


def test_a_plan_begins_as_it_was_given(store: Store, line: Line) -> None:
    assert line.division == START
    assert (line.name, line.revision, line.can_undo, line.can_redo) == (MAIN, 0, False, False)
    assert store.plans("桃源街道") == [(line.plan_id, "秋季调整")]
    assert store.plans("柳湾街道") == []
    with pytest.raises(GridplanError, match="秋季调整"):
        begin(store, START)


def test_an_edit_is_there_for_everybody(url: str, store: Store, line: Line) -> None:
    after = store.commit(line.branch_id, 0, move("a", "1", "2"), author="王", note="老书记答应过")
    assert after.division == apply(START, move("a", "1", "2"))
    assert (after.revision, after.can_undo, after.last_by) == (1, True, "王")
    other = Store(url)
    assert other.line(line.branch_id) == after
    assert other.revision(line.branch_id) == 1
    other.close()


def test_undo_and_redo_go_all_the_way(url: str, store: Store, line: Line) -> None:
    edits = [move("a", "1", "2"), move("b", "1", "3"), move("a", "2", "3")]
    seen = [line]
    for edit in edits:
        seen.append(store.commit(line.branch_id, seen[-1].revision, edit, author="王"))
    here = seen[-1]
    for known in reversed(seen[:-1]):
        here = store.undo(line.branch_id, here.revision, author="王")
        assert here.division == known.division
        assert here.can_redo
    with pytest.raises(GridplanError, match="没有可撤销"):
        store.undo(line.branch_id, here.revision, author="王")
    store.close()
    again = Store(url)  # a restart forgets nothing
    for known in seen[1:]:
        here = again.redo(line.branch_id, here.revision, author="李")
        assert here.division == known.division
    assert not here.can_redo
    with pytest.raises(GridplanError, match="没有可重做"):
        again.redo(line.branch_id, here.revision, author="王")
    assert [step.edit for step in again.history(line.branch_id)] == [*edits, *[None] * 6]
    kinds = [step.kind for step in again.history(line.branch_id)]
    assert kinds == ["move"] * 3 + ["undo"] * 3 + ["redo"] * 3
    assert [step.revision for step in again.history(line.branch_id)] == list(range(1, 10))
    again.close()


def test_after_a_restart_the_way_is_gone_once(
    url: str, store: Store, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = line
    for before, after in pairwise("12345612"):
        here = store.commit(line.branch_id, here.revision, move("a", before, after), author="王")
    calls = []

    def counted(division: Division, edit: Edit) -> Division:
        calls.append(edit)
        return apply(division, edit)

    monkeypatch.setattr(replay, "apply", counted)
    monkeypatch.setattr(branches, "apply", counted)
    again = Store(url)
    assert again.line(line.branch_id) == here
    assert len(calls) == 7
    for unit_grid in "165":
        here = again.undo(line.branch_id, here.revision, author="王")
        assert here.division.grid_of["a"] == unit_grid
    assert len(calls) == 7 + 3
    assert again.redo(line.branch_id, here.revision, author="王").division.grid_of["a"] == "6"
    assert len(calls) == 7 + 3
    monkeypatch.setattr(replay, "KNOWN", 2)  # as where the way was too long to be remembered
    again.fork(line.branch_id, "另一方案")
    here = again.line(line.branch_id)
    last = len(calls)
    for unit_grid in "54321":
        here = again.undo(line.branch_id, here.revision, author="王")
        assert here.division.grid_of["a"] == unit_grid
    assert len(calls) == last + 5
    again.close()


def test_an_edit_after_an_undo_goes_its_own_way(store: Store, line: Line) -> None:
    store.commit(line.branch_id, 0, move("a", "1", "2"), author="王")
    store.undo(line.branch_id, 1, author="王")
    here = store.commit(line.branch_id, 2, move("b", "1", "3"), author="王")
    assert not here.can_redo
    assert here.division == apply(START, move("b", "1", "3"))
    assert store.undo(line.branch_id, 3, author="王").division == START
    assert store.redo(line.branch_id, 4, author="王").division == here.division


def test_a_stale_edit_is_refused_with_the_other_side(store: Store, line: Line) -> None:
    theirs = store.commit(line.branch_id, 0, move("a", "1", "2"), author="李")
    for call in (
        lambda: store.commit(line.branch_id, 0, move("b", "1", "2"), author="王"),
        lambda: store.undo(line.branch_id, 0, author="王"),
        lambda: store.redo(line.branch_id, 0, author="王"),
        lambda: store.keep_version(line.branch_id, 0, "定稿", author="王"),
    ):
        with pytest.raises(StaleError, match="李") as refused:
            call()
        assert refused.value.line == theirs
    assert store.line(line.branch_id) == theirs
    assert store.versions(line.plan_id) == []


def test_what_does_not_fit_is_not_kept(store: Store, line: Line) -> None:
    with pytest.raises(StaleEditError):
        store.commit(line.branch_id, 0, move("a", "9", "2"), author="王")
    assert store.line(line.branch_id) == line
    assert store.history(line.branch_id) == []


def test_what_was_lost_on_the_way_is_not_remembered(url: str, store: Store, line: Line) -> None:
    """The disk is full at the end of an edit; the next one may be given the same id."""

    def refuse(_: object) -> None:
        raise OSError("no space left")

    event.listen(store._database.engine, "commit", refuse)
    with pytest.raises(OSError, match="no space"):
        store.commit(line.branch_id, 0, move("a", "1", "3"), author="王")
    event.remove(store._database.engine, "commit", refuse)
    assert store.line(line.branch_id) == line
    other = Store(url)
    after = other.commit(line.branch_id, 0, move("b", "1", "2"), author="李")
    assert after.division == apply(START, move("b", "1", "2"))
    assert store.line(line.branch_id) == other.line(line.branch_id) == after
    other.close()


def test_branches_part_and_keep_what_they_share(store: Store, line: Line) -> None:
    store.commit(line.branch_id, 0, move("a", "1", "2"), author="王")
    other = store.fork(line.branch_id, "方案二")
    store.commit(line.branch_id, 1, move("b", "1", "2"), author="王")
    there = store.commit(other.branch_id, 0, move("b", "1", "3"), author="李")
    assert there.division.grid_of["b"] == "3"
    assert store.line(line.branch_id).division.grid_of["b"] == "2"
    assert [name for _, name in store.branches(line.plan_id)] == [MAIN, "方案二"]
    back = store.undo(other.branch_id, 1, author="李")
    assert store.undo(other.branch_id, back.revision, author="李").division == START
    with pytest.raises(GridplanError, match="方案二"):
        store.fork(line.branch_id, "方案二")


def test_a_version_stays_as_it_was(store: Store, line: Line) -> None:
    first = store.keep_version(line.branch_id, 0, "初稿", author="王")
    after = store.commit(line.branch_id, 0, move("a", "1", "2"), author="王")
    second = store.keep_version(line.branch_id, 1, "二稿", "与社区商量后", author="王")
    store.undo(line.branch_id, 1, author="王")
    assert (first.number, second.number) == (1, 2)
    assert store.versions(line.plan_id) == [first, second]
    assert store.division_of(line.plan_id, 1) == START
    assert store.division_of(line.plan_id, 2) == after.division
    with pytest.raises(GridplanError, match="3"):
        store.division_of(line.plan_id, 3)


def test_of_two_at_the_same_moment_one_goes_through(url: str, line: Line) -> None:
    """Each planner tries again on what the other one left, as the page does."""
    ends = {"甲": "a", "乙": "b"}

    def work(author: str) -> None:
        mine = Store(url)
        here = mine.line(line.branch_id)
        done = 0
        while done < 15:
            unit = ends[author]
            now = here.division.grid_of[unit]
            edit = move(unit, now, str(int(now) % 3 + 1))
            try:
                here = mine.commit(line.branch_id, here.revision, edit, author=author)
                done += 1
            except StaleError as refused:
                here = refused.line
        mine.close()

    planners = [threading.Thread(target=work, args=(author,)) for author in ends]
    for planner in planners:
        planner.start()
    for planner in planners:
        planner.join()
    store = Store(url)
    steps = store.history(line.branch_id)
    assert [step.revision for step in steps] == list(range(1, 31))
    assert sorted(step.made_by for step in steps) == ["乙"] * 15 + ["甲"] * 15
    division = store.line(line.branch_id).division
    assert (division.grid_of["a"], division.grid_of["b"]) == ("1", "1")  # fifteen steps of three
    store.close()


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(walk=st.lists(st.sampled_from(["a", "b", "c", "undo", "redo"]), max_size=12))
def test_any_walk_is_what_a_list_would_do(store: Store, walk: list[str]) -> None:
    name = f"{len(store.plans('散步'))}"
    here = begin(store, START, area="散步", name=name)
    done, undone = [START], []
    for action in walk:
        if action == "undo" and len(done) > 1:
            undone.append(done.pop())
            here = store.undo(here.branch_id, here.revision, author="王")
        elif action == "redo" and undone:
            done.append(undone.pop())
            here = store.redo(here.branch_id, here.revision, author="王")
        elif action in "abc":
            now = done[-1].grid_of[action]
            edit = move(action, now, str(int(now) % 4 + 1) if now != "2" else "4")
            done.append(apply(done[-1], edit))
            undone = []
            here = store.commit(here.branch_id, here.revision, edit, author="王")
        assert here.division == done[-1]
        assert (here.can_undo, here.can_redo) == (len(done) > 1, bool(undone))


def test_migrations_make_the_tables_that_the_code_names(empty_url: str) -> None:
    Store(empty_url).close()
    engine = create_engine(empty_url)
    with engine.connect() as link:
        assert compare_metadata(MigrationContext.configure(link), tables.metadata) == []
    engine.dispose()


def test_what_is_no_database_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "store.db").write_bytes(b"no database" * 99)
    for url in (
        f"sqlite:///{tmp_path / 'store.db'}",
        "nonsense",
        "nonsense+driver://localhost/x",
        "postgresql+psycopg://somebody:secret@localhost:1/x",
    ):
        caplog.clear()
        with pytest.raises(GridplanError, match="数据库打不开"):
            Store(url)
        assert caplog.text
    assert "port 1 failed" in caplog.text
    assert "secret" not in caplog.text


def test_a_database_of_a_newer_version_is_told_and_left_alone(url: str, store: Store) -> None:
    version = text("SELECT version_num FROM alembic_version")
    change = text("UPDATE alembic_version SET version_num = :number")
    with store._database.write() as link:
        head = link.execute(version).scalar_one()
        link.execute(change, {"number": "9999"})
    with pytest.raises(GridplanError, match="由更新版本的软件建立") as refused:
        Store(url)
    assert refused.value.key == "store.newer"
    with store._database.write() as link:
        assert link.execute(version).scalar_one() == "9999"
        link.execute(change, {"number": head})


def test_a_plan_keeps_its_rules_and_the_ground_it_divides(url: str, store: Store) -> None:
    rules = RuleSet(growth_reserve=0.1, given_count={"320508001001": 7})
    frame = pd.DataFrame(
        {"building_id": ["b1", "b2"], "unit_id": ["a", "a"], "households": [24, 0]}
    )
    homes = Homes.of_frame(frame)
    assert homes.of_building == {"b1": ("a", 24), "b2": ("a", 0)}
    line = store.begin(
        "柳湾街道", "秋季", START, fingerprint="0" * 64, rules=rules, homes=homes, author="王"
    )
    again = Store(url)
    told = again.plan(line.plan_id)
    assert (told.area, told.name, told.fingerprint) == ("柳湾街道", "秋季", "0" * 64)
    assert (told.rules, told.homes, told.made_by) == (rules, homes, "王")
    with pytest.raises(GridplanError, match="方案不存在"):
        again.plan(line.plan_id + 1)
    again.close()


def test_a_plan_of_before_its_rules_were_kept_has_the_standard_ones(empty_url: str) -> None:
    engine = create_engine(empty_url)
    old = Config()
    old.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as link:
        old.attributes["connection"] = link
        command.upgrade(old, "0001")
        link.execute(text(
            "INSERT INTO plan (area, name, fingerprint, base, made_by, made_at) VALUES ('桃源街道', "
            "'夏季', '', '{\"grid_of\": {\"a\": \"1\"}, \"marks\": {}}', '王', '2026-06-01')"
        ))  # fmt: skip
    engine.dispose()
    store = Store(empty_url)
    ((plan_id, _),) = store.plans("桃源街道")
    told = store.plan(plan_id)
    assert (told.rules, told.homes, told.name) == (RuleSet(), Homes(), "夏季")
    store.close()


def test_free_text_is_kept_without_numbers(store: Store, line: Line) -> None:
    store.commit(line.branch_id, 0, move("a", "1", "2"), author="王", note="问 13812345678")
    with store._database.read() as link:
        assert link.execute(select(tables.edit.c.note)).scalar_one() == "问 ***"
    kept = store.keep_version(line.branch_id, 1, "稿", "问 13812345678", author="王")
    assert kept.note == "问 ***"
