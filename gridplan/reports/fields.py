"""The fields of a report, ready to be put into a Word template or an HTML page."""

from __future__ import annotations

from collections.abc import Callable

from gridplan.reports import tables
from gridplan.reports.advice import actions, method
from gridplan.reports.charts import draw_trend, draw_when
from gridplan.reports.context import ReportContext
from gridplan.reports.headline import headline
from gridplan.reports.layout import Shape, fields_of
from gridplan.reports.notes import NOTES
from gridplan.reports.pictures import Picture, draw_blind, draw_hotspots
from gridplan.reports.speak import Speaker
from gridplan.reports.tables import Row, keeps
from gridplan.words import Language

Value = str | list[str] | list[Row] | Picture | None

ROWS: dict[str, Callable[[Speaker], list[Row]]] = {
    "figures": tables.figure_rows,
    "hotspots": tables.hotspot_rows,
    "ledger": tables.ledger_rows,
    "frequent": tables.frequent_rows,
    "disputes": tables.dispute_rows,
    "blind": tables.blind_rows,
    "parts": tables.part_rows,
    "matters": tables.matter_rows,
    "ratings": tables.rating_rows,
    "community_ratings": tables.community_rating_rows,
}
PICTURES: dict[str, Callable[[Speaker], Picture | None]] = {
    "map_picture": draw_hotspots,
    "blind_picture": draw_blind,
    "trend_picture": draw_trend,
    "when_picture": draw_when,
}
LISTS: dict[str, Callable[[Speaker], list[str]]] = {"actions": actions, "method": method}

HEAD = ("title", "place", "period", "issued", "dates", "internal", "sources", "headline")
"""Fields of every report."""


def fields(context: ReportContext, language: Language = "zh") -> dict[str, Value]:
    """Every field of a report by its key: text, list of texts, rows of a table, or a picture.

    Parameters
    ----------
    context : ReportContext
        What is worded.
    language : {"zh", "en"}
        In which language.
    """
    speaker = Speaker(context, language)
    values: dict[str, Value] = dict(_head(speaker))
    for key, block in fields_of(context.kind).items():
        if block.shape is Shape.TABLE:
            values[key] = keeps(ROWS[key](speaker), block)
        elif block.shape is Shape.PICTURE:
            values[key] = PICTURES[key](speaker)
        elif block.shape is Shape.LIST:
            values[key] = LISTS[key](speaker)
        else:
            values[key] = NOTES[key](speaker)
    return values


def _head(speaker: Speaker) -> dict[str, str]:
    context = speaker.context
    place = context.ground.place
    category = {} if context.topic is None else {"category": context.topic.category}
    period, issued = context.period.title(speaker.language), speaker.day(context.issued)
    return {
        "title": speaker.say(f"title.{context.kind.value}", place=place, **category),
        "place": place,
        "period": period,
        "issued": issued,
        "dates": speaker.say("word.dates", period=period, issued=issued),
        "internal": speaker.say("word.internal"),
        "sources": speaker.say("word.pages"),
        "headline": headline(speaker),
    }
