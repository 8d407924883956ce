"""The page needs nothing from outside, and says what the context says."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from gridplan.reports import ReportContext, as_bytes


class Seen(HTMLParser):
    """Addresses, pictures and unclosed elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what it names."""
        held = dict(attrs)
        self.addresses += [held[key] or "" for key in ("href", "src", "action") if key in held]
        if tag == "img":
            self.pictures.append(held)
        if tag not in ("meta", "img", "col", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Hold that it was open."""
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(weekly: ReportContext) -> str:
    return as_bytes(weekly, ".html").decode("utf-8")


def test_the_page_names_no_outside_address(page: str) -> None:
    seen = Seen()
    seen.feed(page)
    assert seen.open == []
    assert all(address.startswith("data:image/png;base64,") for address in seen.addresses)
    without_data = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "", page)
    assert not re.search(r"https?:|//\w|@import|url\(|<script", without_data)


def test_pictures_are_told_to_those_who_cannot_see_them(page: str) -> None:
    seen = Seen()
    seen.feed(page)
    assert len(seen.pictures) == 2
    assert all(picture["alt"] for picture in seen.pictures)


def test_the_chinese_page_is_chinese(page: str) -> None:
    body = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    words = {word for word in re.findall(r"[A-Za-z]{3,}", body) if not re.fullmatch("lt|gt", word)}
    assert words == set()


def test_every_row_of_the_context_is_on_the_page(page: str, weekly: ReportContext) -> None:
    for place in weekly.places:
        assert f"<td>{place.place}</td>" in page
    assert "&lt;5" in page
    assert page.count("<section>") == 8
