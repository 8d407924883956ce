"""What stands on each report, in order: Word templates and HTML pages are both made from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gridplan.reports.kinds import ReportKind
from gridplan.words import Language, say


class Shape(StrEnum):
    """How a field is shown."""

    TEXT = "text"
    LIST = "list"
    TABLE = "table"
    PICTURE = "picture"


@dataclass(frozen=True)
class Block:
    """A field on the page.

    Parameters
    ----------
    shape : Shape
        How it is shown.
    field : str
        Which, an entry of ``reports.field``.
    columns : mapping of str to float
        Of a table: entries of ``reports.column`` with their share of the width, 1 in sum.
    """

    shape: Shape
    field: str
    columns: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Section:
    """A heading and what stands below.

    Parameters
    ----------
    heading : str
        Entry of ``reports.heading``.
    blocks : tuple of Block
        In order.
    """

    heading: str
    blocks: tuple[Block, ...]


NUMBERS = frozenset((
    "number", "now", "before", "change", "year_before", "year_change", "year", "ratio", "trend",
    "colour", "count", "fresh", "overdue", "share", "verdict", "limit", "covered", "left",
    "left_people", "points", "judged", "closed", "open", "red", "soon", "on_time", "days", "rated", "satisfied",
))  # fmt: skip
"""Columns that stand in the middle; the others are text."""


def _text(field: str) -> Block:
    return Block(Shape.TEXT, field)


def _picture(field: str) -> Block:
    return Block(Shape.PICTURE, field)


def _table(field: str, **columns: float) -> tuple[Block, Block]:
    """A table and the note below it."""
    return Block(Shape.TABLE, field, columns), _text(f"{field}_note")


_FIGURES = Section(
    "figures",
    _table("figures", figure=0.2, now=0.16, before=0.16, change=0.16, year_before=0.16,
           year_change=0.16),
)  # fmt: skip
_LEDGER = Section(
    "ledger",
    _table("ledger", colour=0.1, means=0.46, count=0.11, fresh=0.13, overdue=0.1, before=0.1),
)
_HOTSPOTS = (
    _picture("map_picture"), _text("map_note"),
    *_table("hotspots", number=0.06, where=0.15, problem=0.13, now=0.07, before=0.07, year=0.09,
            ratio=0.12, trend=0.13, owner=0.18),
)  # fmt: skip
_FREQUENT = _table(
    "frequent", number=0.06, category=0.16, now=0.09, share=0.1, change=0.11, year_change=0.11,
    verdict=0.11, matter=0.13, most=0.13,
)  # fmt: skip
_LAST = (
    Section("actions", (Block(Shape.LIST, "actions"),)),
    Section("method", (Block(Shape.LIST, "method"),)),
)
_PARTS = _table(
    "parts", part=0.2, now=0.1, change=0.12, closed=0.09, open=0.09, overdue=0.09, red=0.09,
    soon=0.11, on_time=0.11,
)  # fmt: skip

LAYOUT: Mapping[ReportKind, tuple[Section, ...]] = {
    ReportKind.WEEKLY: (
        _FIGURES,
        Section("map", _HOTSPOTS),
        _LEDGER,
        Section("frequent", _FREQUENT),
        Section(
            "disputes",
            _table("disputes", number=0.07, category=0.18, where=0.2, count=0.13, basis=0.2,
                   owner=0.22),
        ),
        Section(
            "blind",
            (
                *_table("blind", service=0.17, limit=0.12, covered=0.15, left=0.15,
                        left_people=0.15, worst=0.26),
                _picture("blind_picture"),
            ),
        ),
        *_LAST,
    ),
    ReportKind.DAILY: (
        _FIGURES,
        Section("parts", _PARTS),
        Section("frequent", _FREQUENT),
        _LEDGER,
        *_LAST,
    ),
    ReportKind.MONTHLY: (
        _FIGURES,
        Section("where", (*_HOTSPOTS, *_PARTS)),
        Section("when", (_picture("trend_picture"), _picture("when_picture"), _text("when_note"))),
        Section(
            "matters",
            _table("matters", item=0.3, now=0.12, share=0.13, change=0.14, on_time=0.15,
                   days=0.16),
        ),
        Section("recurrence", (_text("recurrence"),)),
        *_LAST,
    ),
    ReportKind.QUARTERLY: (
        _FIGURES,
        Section(
            "ratings",
            _table("ratings", category=0.2, item=0.2, count=0.1, rated=0.1, satisfied=0.11,
                   points=0.13, judged=0.16),
        ),
        Section(
            "community_ratings",
            _table("community_ratings", part=0.26, count=0.13, rated=0.13, satisfied=0.14,
                   points=0.16, judged=0.18),
        ),
        Section("trend", (_picture("trend_picture"), _text("trend_note"))),
        *_LAST,
    ),
}  # fmt: skip
"""By kind."""


def fields_of(kind: ReportKind) -> dict[str, Block]:
    """Every field of a report that stands on its pages, by its key."""
    return {block.field: block for section in LAYOUT[kind] for block in section.blocks}


def heading(number: int, key: str, language: Language) -> str:
    """A heading with its number, as the office counts."""
    numerals = say("reports.word.numbers", language)
    return say(
        "reports.word.ordinal",
        language,
        number=numerals[number - 1] if numerals else number,
        heading=say(f"reports.heading.{key}", language),
    )


def name_of(key: str, language: Language) -> str:
    """What a field is called in a template."""
    return say(f"reports.field.{key}", language)


def column_name(key: str, language: Language) -> str:
    """What a column is called in a template: its heading without marks, or its key in English."""
    return key if language == "en" else re.sub(r"\W", "", say(f"reports.column.{key}", language))
