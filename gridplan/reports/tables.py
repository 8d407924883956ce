"""The rows of a report's tables, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gridplan.cases import Colour
from gridplan.reports.layout import Block
from gridplan.reports.satisfaction import Judged, Rating
from gridplan.reports.speak import Speaker

Row = dict[str, str]

MOST_DISPUTES = 8
MOST_PARTS = 12


def figure_rows(speaker: Speaker) -> list[Row]:
    """The numbers at the top."""
    return [
        {
            "figure": speaker.say(f"figure.{one.key}"),
            "now": speaker.figure_now(one, one.value),
            "before": speaker.figure_now(one, one.previous),
            "change": speaker.figure_change(one, one.previous),
            "year_before": speaker.figure_now(one, one.year_before),
            "year_change": speaker.figure_change(one, one.year_before),
        }
        for one in speaker.context.figures
    ]


def hotspot_rows(speaker: Speaker) -> list[Row]:
    """The first hotspots of the period with who answers for them."""
    context = speaker.context
    return [
        {
            "number": str(one.number),
            "where": speaker.place(one),
            "problem": speaker.category(one.category),
            "now": speaker.count(one.now),
            "before": speaker.count(one.before),
            "year": speaker.count(one.year),
            "ratio": speaker.say("word.times", times=one.year / one.expected)
            if one.expected > 0
            else speaker.dash,
            "trend": speaker.trend(one),
            "owner": speaker.owner(one.community, one.grid, one.worker),
        }
        for one in context.places[: context.spec.listed]
    ]


def ledger_rows(speaker: Speaker) -> list[Row]:
    """Red, yellow, green; red and yellow are the parts of what is open, which is told elsewhere."""
    rows = speaker.context.ledger
    under_way = [one for one in rows if one.colour is not Colour.GREEN]
    told = {"overdue": speaker.counts([one.overdue for one in under_way])}
    if speaker.context.parts:
        told["count"] = speaker.counts([one.count for one in under_way])
        if not any(np.isnan(one.before) for one in under_way):
            told["before"] = speaker.counts([int(one.before) for one in under_way])
    return [
        {
            "colour": speaker.say(f"colour.{one.colour.value}"),
            "means": speaker.say(f"colour.{one.colour.value}_means", this=speaker.this)
            if one.colour == "green"
            else speaker.say(f"colour.{one.colour.value}_means"),
            "count": speaker.count(one.count),
            "fresh": speaker.count(one.fresh),
            "overdue": speaker.dash,
            "before": speaker.count(one.before),
            **{name: column[place] for name, column in told.items() if place < len(under_way)},
        }
        for place, one in enumerate(rows)
    ]


def frequent_rows(speaker: Speaker) -> list[Row]:
    """The most frequent categories that may be told."""
    context = speaker.context
    told = [one for one in context.frequent if not speaker.hidden(one.count)]
    names = context.ground.communities
    return [
        {
            "number": str(number),
            "category": speaker.category(one.category),
            "now": speaker.count(one.count),
            "share": speaker.share(one.share, one.count),
            "change": speaker.change(one.change, one.count, one.previous),
            "year_change": speaker.change(one.year_change, one.count, one.year_before),
            "verdict": speaker.say(f"verdict.{one.verdict}") if one.verdict else speaker.dash,
            "matter": one.matter or speaker.dash,
            "most": (
                context.ground.grid_name(one.where)
                if context.ground.community
                else str(names.get(one.where, ""))
            )
            or speaker.dash,
        }
        for number, one in enumerate(told[: context.spec.listed], 1)
    ]


def dispute_rows(speaker: Speaker) -> list[Row]:
    """Prominent disputes, each with the rule that put it there."""
    days = speaker.context.spec.repeat_days
    return [
        {
            "number": str(number),
            "category": speaker.category(one.category),
            "where": one.place or one.community or speaker.dash,
            "count": speaker.count(one.count),
            "basis": speaker.say(f"rule.{one.rule}", **({"days": days} if one.rule == "repeat"
                                                        else {})),
            "owner": speaker.owner(one.community, one.grid),
        }
        for number, one in enumerate(speaker.context.disputes[:MOST_DISPUTES], 1)
    ]  # fmt: skip


def blind_rows(speaker: Speaker) -> list[Row]:
    """The least covered services."""
    return [
        {
            "service": one.name(speaker.language),
            "limit": speaker.say("word.metres", metres=one.limit_m),
            "covered": speaker.share(one.share),
            "left": speaker.count(one.households),
            "left_people": speaker.count(one.people),
            "worst": _worst(speaker, one.grid, one.grid_households),
        }
        for one in speaker.context.blind[: speaker.context.spec.listed]
    ]


def part_rows(speaker: Speaker) -> list[Row]:
    """Communities or grids."""
    parts = speaker.context.parts
    names = ("count", "closed", "open", "overdue", "red", "soon")
    told = {name: speaker.counts([getattr(one, name) for one in parts]) for name in names}
    return [
        {
            "part": f"{one.name}（{one.worker}）" if one.worker and speaker.language == "zh"
            else f"{one.name} {one.worker}".strip(),
            "now": told["count"][place],
            "share": speaker.share(one.share, one.count),
            "change": speaker.change(one.change, one.count, one.previous),
            "closed": told["closed"][place],
            "open": told["open"][place],
            "overdue": told["overdue"][place],
            "red": told["red"][place],
            "soon": told["soon"][place],
            "on_time": speaker.share(one.on_time),
        }
        for place, one in enumerate(parts[:MOST_PARTS])
    ]  # fmt: skip


def matter_rows(speaker: Speaker) -> list[Row]:
    """Subcategories of the month's category."""
    topic = speaker.context.topic
    matters = topic.matters if topic is not None else ()
    return [
        {
            "item": one.name or speaker.say("word.no_matter"),
            "now": speaker.count(one.count),
            "share": speaker.share(one.share, one.count),
            "change": speaker.change(one.change, one.count, one.previous),
            "on_time": speaker.share(one.on_time, one.count),
            "days": speaker.dash
            if np.isnan(one.days) or speaker.hidden(one.count)
            else speaker.say("word.days", days=one.days),
        }
        for one in matters
        if not speaker.hidden(one.count)
    ][:MOST_PARTS]


def rating_rows(speaker: Speaker) -> list[Row]:
    """Categories with their subcategories; of the latter only what is judged."""
    shown = [
        one for one in speaker.context.ratings
        if not one.matter or one.judged in (Judged.GOOD, Judged.REWORK)
    ]  # fmt: skip
    if not any(one.rated for one in shown):
        return []
    return [
        {
            "category": "" if one.matter else speaker.category(one.category),
            "item": one.matter,
            **_rating(speaker, one),
        }
        for one in shown
    ]


def community_rating_rows(speaker: Speaker) -> list[Row]:
    """Communities."""
    shown = speaker.context.community_ratings
    if not any(one.rated for one in shown):
        return []
    return [{"part": one.category, **_rating(speaker, one)} for one in shown]


def keeps(rows: Sequence[Row], block: Block) -> list[Row]:
    """The rows with the columns of their table alone."""
    return [{column: row[column] for column in block.columns or {}} for row in rows]


def _rating(speaker: Speaker, one: Rating) -> Row:
    least = speaker.context.spec.ledger.least_rated
    few = {"least": least} if one.judged is Judged.FEW else {}
    return {
        "count": speaker.count(one.cases),
        "rated": speaker.count(one.rated),
        "satisfied": speaker.share(one.share, one.rated),
        "points": speaker.bare_points(one.share - one.previous),
        "judged": speaker.say(f"judged.{one.judged.value}", **few),
    }


def _worst(speaker: Speaker, grid: str, households: int) -> str:
    if not grid:
        return speaker.dash
    told = speaker.say("word.households", count=speaker.count(households))
    return f"{grid}（{told}）" if speaker.language == "zh" else f"{grid} ({told})"
