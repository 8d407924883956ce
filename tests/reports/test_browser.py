"""PDF by the machine's own browser."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest

from gridplan.errors import GridplanError
from gridplan.reports import ReportContext, as_bytes, write_context
from gridplan.reports.browser import VARIABLE, find_browser, print_pdf


def has_browser() -> bool:
    try:
        find_browser()
    except GridplanError:
        return False
    return True


real = pytest.mark.skipif(not has_browser(), reason="no browser on this machine")


def streams(pdf: bytes) -> list[bytes]:
    found = []
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return found


def pages(pdf: bytes) -> int:
    whole = pdf + b"\n".join(streams(pdf))
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", whole))


def letters(pdf: bytes) -> set[str]:
    """Letters that the text layer maps to, by its ToUnicode tables."""
    told = set()
    for stream in streams(pdf):
        if b"beginbfchar" in stream or b"beginbfrange" in stream:
            told |= {
                bytes.fromhex(code.decode()).decode("utf-16-be", "ignore")
                for code in re.findall(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]{4})>", stream)
            }
            for low, high, to in re.findall(
                rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4})>", stream
            ):
                told |= {chr(int(to, 16) + k) for k in range(int(high, 16) - int(low, 16) + 1)}
    return told


@real
@pytest.mark.browser
def test_the_weekly_pdf_has_three_pages_of_embedded_chinese(weekly: ReportContext) -> None:
    pdf = as_bytes(weekly, ".pdf")
    assert pdf.startswith(b"%PDF")
    assert pages(pdf) == 3
    assert set("治理动态周报台账服务盲区") <= letters(pdf)
    whole = pdf + b"\n".join(streams(pdf))
    embedded = len(re.findall(rb"/FontFile[23]?\b|/CharProcs\b", whole))  # outlines of either kind
    assert embedded >= len(re.findall(rb"/Type\s*/FontDescriptor\b", whole)) > 0


@real
@pytest.mark.browser
def test_pages_are_counted_right() -> None:
    page = "<p>一</p><p style='break-before: page'>二</p>"
    assert pages(print_pdf(page)) == 2


def test_without_a_browser_the_way_out_is_told(
    weekly: ReportContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none"))
    with pytest.raises(GridplanError, match="GRIDPLAN_BROWSER") as caught:
        write_context(weekly, tmp_path / "a.pdf")
    assert ".html" in caught.value.text()
    assert list(tmp_path.iterdir()) == []


def test_a_machine_without_any_browser_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "")
    for root in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA", "PROGRAMW6432"):
        monkeypatch.delenv(root, raising=False)
    with pytest.raises(GridplanError) as caught:
        find_browser()
    assert caught.value.key == "reports.error.no_browser"


def test_edge_is_found_where_windows_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edge = tmp_path / "Microsoft" / "Edge" / "Application" / "msedge.exe"
    edge.parent.mkdir(parents=True)
    edge.touch()
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    assert find_browser() == edge


def test_a_browser_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken-browser"
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 1\n", "utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(broken))
    with pytest.raises(GridplanError, match="no display") as caught:
        print_pdf("<p>一</p>")
    assert caught.value.key == "reports.error.browser_failed"
