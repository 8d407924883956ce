"""Reports from the shell."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from docx import Document

from gridplan import cli, pipeline
from gridplan.prepared import Prepared

DEMO = str(Path(__file__).parents[1] / "data" / "demo")


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["gridplan", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_a_template_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    out = tmp_path / "t.docx"
    assert run(monkeypatch, "report-template", "--kind", "monthly", "--out", str(out)) == 0
    assert Document(str(out)).paragraphs[0].text == "{{ 标题 }}"


def test_a_day_of_a_community_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, demo: Prepared
) -> None:
    monkeypatch.setattr(pipeline, "prepare", lambda *_: demo)
    out = tmp_path / "日报.docx"
    words = ("--kind", "daily", "--period", "2026-06-26", "--community", "文昌社区")
    assert run(monkeypatch, "report", DEMO, *words, "--out", str(out)) == 0
    assert Document(str(out)).paragraphs[0].text == "文昌社区每日汇总"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--out", "a.txt"), "a.txt"),
        (("--out", "a.docx", "--period", "2026-13"), "2026-13"),
        (("--out", "a.docx", "--kind", "weekly", "--period", "2026-06"), "2026-06"),
        (("--out", "a.docx", "--community", "1"), "daily"),
    ],
)
def test_what_cannot_be_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    told: str,
) -> None:
    monkeypatch.setattr(pipeline, "prepare", lambda *_: pytest.fail("nothing is read"))
    assert run(monkeypatch, "report", DEMO, *words) == 1
    assert told in capsys.readouterr().err
