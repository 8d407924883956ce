"""Planners at one area: what they share, what is each one's own, and what is left behind."""

from __future__ import annotations

import threading
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from gridplan.prepared import Prepared
from gridplan.rules import GridCount, RuleSet
from gridplan.ui.area import Area
from gridplan.ui.desk import Desk
from gridplan.ui.draft import Draft
from gridplan.ui.folder import OwnFolder
from tests.plans import small_layers, small_plan

FEWEST = RuleSet(grid_count=GridCount.FEWEST)


def prepared() -> Prepared:
    return Prepared(small_layers(), None, None, {}, RuleSet(), 0.0)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders read, by areas whose reading and redrawing cost nothing."""
    folders: list[Path] = []

    def read(folder: Path, *_: object, **__: object) -> Prepared:
        folders.append(folder)
        return prepared()

    monkeypatch.setattr("gridplan.ui.area.prepare", read)
    monkeypatch.setattr("gridplan.ui.desk.redraw", lambda *_, **__: small_plan())
    return folders


def area(folder: Path, uploaded: OwnFolder | None = None) -> Area:
    made = Area(folder, uploaded)
    made.reading.wait(5)
    return made


def redrawn(desk: Desk, rules: RuleSet = FEWEST) -> None:
    desk.redraw(rules, 1, 1)
    assert desk.redrawing is not None
    desk.redrawing.wait(5)
    assert desk.redrawing.error is None


def test_one_planners_redraw_is_not_seen_by_another(tmp_path: Path, reads: list[Path]) -> None:
    shared = area(tmp_path)
    mine, yours = Desk(shared), Desk(shared)
    redrawn(mine)
    assert (mine.draft is not None, yours.draft) == (True, None)
    assert (mine.rules, yours.rules) == (FEWEST, RuleSet())
    assert yours.prepared is shared.prepared
    assert reads == [tmp_path]  # once for both


def test_a_copy_shows_the_same_and_goes_its_own_way(tmp_path: Path, reads: list[Path]) -> None:
    first = Desk(area(tmp_path))
    redrawn(first)
    second = first.copy()
    assert second.draft is first.draft
    redrawn(second)
    assert first.draft is not None
    assert second.draft is not None
    assert (first.draft.number, second.draft.number) == (1, 2)


def test_a_copy_sees_the_end_of_the_redraw_under_way(
    tmp_path: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr("gridplan.ui.desk.redraw", lambda *_, **__: go_on.wait(5) and small_plan())
    first = Desk(area(tmp_path))
    first.redraw(FEWEST, 1, 1)
    second = first.copy()
    assert second.drawing
    assert second.work is first.redrawing
    go_on.set()
    assert second.redrawing is not None
    second.redrawing.wait(5)
    assert second.draft is not None


def test_failed_redraw_leaves_the_draft_before(
    tmp_path: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(area(tmp_path))
    redrawn(desk)
    before = desk.draft
    monkeypatch.setattr("gridplan.ui.desk.redraw", lambda *_, **__: 1 / 0)
    desk.redraw(FEWEST, 1, 1)
    assert desk.redrawing is not None
    desk.redrawing.wait(5)
    assert isinstance(desk.redrawing.error, ZeroDivisionError)
    assert desk.draft is before


def test_other_limits_are_read_anew(tmp_path: Path, reads: list[Path]) -> None:
    desk = Desk(area(tmp_path))
    redrawn(desk, RuleSet(growth_reserve=0.1))
    assert len(reads) == 2
    redrawn(desk, RuleSet())
    assert len(reads) == 2  # as the area was read at first


def test_upload_is_kept_for_its_desk_and_no_longer(reads: list[Path]) -> None:
    held = OwnFolder("test")
    folder = held.path
    desk = Desk(area(folder, held))
    del held
    twin = desk.copy()
    del desk
    assert folder.is_dir()
    del twin
    assert not folder.exists()


def test_files_of_a_draft_are_written_once_and_go_with_it() -> None:
    draft = Draft(prepared(), small_plan(), 1)
    assert draft.files == []
    draft.write()
    work = draft.writing
    draft.write()
    assert work is not None
    assert draft.writing is work
    work.wait(60)
    assert work.error is None
    names = [path.name for path in draft.files]
    assert "地图网页.html" in names
    assert zipfile.ZipFile(BytesIO(draft.everything())).namelist() == names
    folder = draft.files[0].parent
    del draft, work
    assert not folder.exists()
