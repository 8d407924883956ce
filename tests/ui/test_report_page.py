"""治理动态周报: chosen, read on the page, and taken away as Word and PDF."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

WAIT_MS = 120_000


def test_a_report_is_read_and_taken_away(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(address)
    page.get_by_role("link", name="治理动态周报").click(timeout=WAIT_MS)
    sheet = page.frame_locator("iframe[srcdoc]")
    expect(sheet.get_by_role("heading", name="桃溪街道治理动态周报")).to_be_visible(timeout=WAIT_MS)
    expect(sheet.get_by_text("红黄绿台账")).to_have_count(1)
    with page.expect_download() as got:
        page.get_by_role("button", name=re.compile(r"Word$")).click()
    assert got.value.suggested_filename == "桃溪街道治理动态周报 2026-W26.docx"
    got.value.save_as(tmp_path / "a.docx")
    assert Document(str(tmp_path / "a.docx")).paragraphs[0].text == "桃溪街道治理动态周报"
    with page.expect_download() as got:
        page.get_by_role("button", name=re.compile("PDF")).click()
    assert Path(got.value.path()).read_bytes().startswith(b"%PDF")

    page.get_by_text("社区每日汇总").first.click()
    expect(sheet.get_by_role("heading", name="桃溪街道每日汇总")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("combobox", name="社区").click()
    page.get_by_role("option", name="文昌社区").click()
    expect(sheet.get_by_role("heading", name="文昌社区每日汇总")).to_be_visible(timeout=WAIT_MS)
