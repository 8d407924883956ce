"""A folder is there whole, or as it was before."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridplan.errors import GridplanError
from gridplan.export.aside import restore, write_aside

NAME = "told.txt"


def write(folder: Path, text: str = "new") -> None:
    write_aside(
        folder,
        lambda part: (part / NAME).write_text(text, "utf-8") and None,
        ours=lambda there: (there / NAME).exists(),
        files=(NAME,),
    )


def held(folder: Path) -> dict[str, str]:
    """Every file beside and in the folder, hidden ones too."""
    files = [path for path in folder.parent.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder.parent)): path.read_text("utf-8") for path in files}


def test_a_new_folder_is_made_with_its_parents_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "plan")
    assert held(tmp_path / "deep" / "plan") == {f"plan/{NAME}": "new"}


def test_an_older_one_is_replaced_whole(tmp_path: Path) -> None:
    write(tmp_path / "plan", "old")
    write(tmp_path / "plan")
    assert held(tmp_path / "plan") == {f"plan/{NAME}": "new"}


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (["mine.txt"], "export.not_a_plan_folder"),
        ([NAME, "mine.txt"], "export.other_files"),
    ],
)
def test_what_is_not_ours_is_refused_and_kept(tmp_path: Path, names: list[str], key: str) -> None:
    folder = tmp_path / "plan"
    folder.mkdir()
    for name in names:
        (folder / name).write_text("kept", "utf-8")
    with pytest.raises(GridplanError) as told:
        write(folder)
    assert told.value.key == key
    assert held(folder) == {f"plan/{name}": "kept" for name in names}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan").write_text("kept", "utf-8")
    with pytest.raises(GridplanError) as told:
        write(tmp_path / "plan")
    assert told.value.key == "export.not_a_folder"


def test_litter_of_the_desktop_does_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "Thumbs.db").write_text("", "utf-8")
    write(tmp_path / "plan")
    assert held(tmp_path / "plan") == {f"plan/{NAME}": "new"}


def test_a_writer_that_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    write(folder, "old")

    def fail(part: Path) -> None:
        (part / NAME).write_text("half", "utf-8")
        raise OSError("the disk is full")

    with pytest.raises(GridplanError, match="the disk is full"):
        write_aside(folder, fail, ours=lambda _: True, files=(NAME,))
    assert held(folder) == {f"plan/{NAME}": "old"}


def test_what_a_dying_process_set_aside_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    write(folder, "old")
    folder.replace(tmp_path / ".plan.before")
    restore(folder)
    assert held(folder) == {f"plan/{NAME}": "old"}
