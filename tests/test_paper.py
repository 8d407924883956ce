"""The page of the note: whatever it is told, Word can open it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from docx import Document

from gridplan.paper import Paper, printable


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("桃溪\x0b街道\x00", "桃溪街道"),
        ("两\t行\n", "两\t行\n"),
        ("𠮷野家", "𠮷野家"),
        ("half\ud83d", "half"),
        ("\ufffe", ""),
    ],
)
def test_letters_that_no_file_may_hold_are_left_out(text: str, kept: str) -> None:
    assert printable(text) == kept


def paper() -> Paper:
    return Paper("方案\x00" * 200, left="左", right="右", today=date(2026, 7, 1))


def test_rows_fill_the_left_block_and_then_the_right(tmp_path: Path) -> None:
    """Five rows stand three and two; an estimate is in italics."""
    page = paper()
    page.table(("项", "数"), [(f"r{n}", f"≈{n}") for n in range(5)], (0.6, 0.4))
    page.save(tmp_path / "note.docx")
    (table,) = Document(str(tmp_path / "note.docx")).tables
    told = [[cell.text for cell in row.cells] for row in table.rows]
    assert told == [
        ["项", "数", "项", "数"],
        ["r0", "≈0", "r3", "≈3"],
        ["r1", "≈1", "r4", "≈4"],
        ["r2", "≈2", "", ""],
    ]
    assert table.cell(1, 1).paragraphs[0].runs[0].italic
    assert not table.cell(1, 0).paragraphs[0].runs[0].italic
    widths = [column.width.cm for column in table.columns]
    assert sum(widths) == pytest.approx(page.width_cm, abs=0.02)


def test_the_same_page_is_the_same_file_and_its_title_no_longer_than_word_takes(
    tmp_path: Path,
) -> None:
    for name in ("one.docx", "two.docx"):
        paper().save(tmp_path / name)
    one = Document(str(tmp_path / "one.docx"))
    assert len(one.core_properties.title) == 255
    assert one.core_properties.created.date() == date(2026, 7, 1)
    assert one.paragraphs[0].text == "方案" * 200
