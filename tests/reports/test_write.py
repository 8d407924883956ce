"""Files by their endings, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

import gridplan
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from gridplan.reports import ReportContext, write_context
from gridplan.reports.write import write_template_file


def test_a_day_is_written_from_its_text(demo: Prepared, tmp_path: Path) -> None:
    out = tmp_path / "new" / "日.html"
    context = gridplan.write_report(demo, "daily", out, "2026-06-26")
    assert str(context.period) == "2026-06-26"
    assert "2026年6月26日" in out.read_text("utf-8")


@pytest.mark.parametrize("name", ["a.doc", "a.txt", "a"])
def test_other_endings_are_refused_before_work(
    weekly: ReportContext, tmp_path: Path, name: str
) -> None:
    with pytest.raises(GridplanError) as caught:
        write_context(weekly, tmp_path / name)
    assert caught.value.key == "reports.error.unknown_ending"


def test_a_template_is_for_word_alone(weekly: ReportContext, tmp_path: Path) -> None:
    with pytest.raises(GridplanError) as caught:
        write_context(weekly, tmp_path / "a.html", template=tmp_path / "t.docx")
    assert caught.value.key == "reports.error.template_for_word"
    with pytest.raises(GridplanError):
        write_template_file(weekly.kind, tmp_path / "t.html")


def test_a_place_that_cannot_be_written_is_told(daily: ReportContext, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(GridplanError) as caught:
        write_context(daily, tmp_path / "file" / "a.html")
    assert caught.value.key == "reports.error.cannot_write"
