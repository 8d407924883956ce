"""Suggested action, each for a reason that stands in the report; and how all of it was counted."""

from __future__ import annotations

import numpy as np

from gridplan.cases import Colour
from gridplan.reports.figures import ON_TIME, SATISFIED
from gridplan.reports.kinds import ReportKind
from gridplan.reports.parts import stated_share
from gridplan.reports.places import HotPlace
from gridplan.reports.satisfaction import Judged
from gridplan.reports.speak import Speaker

MOST = 8
FELL_POINTS = 5.0
"""Percentage points by which closing on time has fallen where action is suggested; ours."""


def actions(speaker: Speaker) -> list[str]:
    """What to do, the most pressing first."""
    told = _pressing(speaker)
    kind = speaker.context.kind
    if kind is ReportKind.WEEKLY:
        told += [*_places(speaker), *_repeats(speaker), *_risen(speaker), *_blind(speaker)]
    elif kind is ReportKind.DAILY:
        soon = sum(part.soon for part in speaker.context.parts)
        if soon:
            told.append(speaker.say("action.soon", count=speaker.cases(soon)))
        told += _risen(speaker)
    elif kind is ReportKind.MONTHLY:
        told += [*_where(speaker), *_places(speaker), *_slow(speaker)]
    else:
        told = _rework(speaker)
    return told[:MOST] or [speaker.say("action.none")]


def method(speaker: Speaker) -> list[str]:
    """Where the numbers come from, with every threshold."""
    context, spec = speaker.context, speaker.context.spec
    quality, rules = context.quality, spec.ledger
    located = speaker.share(context.located)
    moment, length = speaker.day(context.ground.as_of), context.period.kind.value
    told = [
        speaker.say(
            "method.data",
            cases=f"{quality.cases:,}",
            first=speaker.day(quality.first),
            last=speaker.day(quality.last),
            located=located,
        ),
        speaker.say(
            "method.moment",
            moment=moment,
            before=speaker.say(f"before.{length}"),
            year=speaker.say(f"year.{length}"),
        ),
    ]
    stated = stated_share(context.ground)
    if not np.isnan(stated):
        key = "method.deadlines" if stated < 1 else "method.deadlines_stated"
        told.append(speaker.say(key, **({"stated": stated} if stated < 1 else {})))
    told += [f"{note}{speaker.say('word.full_stop')}"
             for note in context.ground.due.notes(speaker.language)]  # fmt: skip
    if context.kind in (ReportKind.WEEKLY, ReportKind.DAILY):
        told.append(speaker.say("method.colours"))
    told.append(
        speaker.say("method.satisfied", least=rules.least_rated, floor=rules.satisfied_floor)
    )
    if context.kind is ReportKind.WEEKLY:
        told.append(speaker.say("method.disputes", days=spec.repeat_days, least=spec.least_repeats))
    if context.kind in (ReportKind.WEEKLY, ReportKind.MONTHLY):
        told.append(speaker.say("method.hotspots"))
    if context.coverage is not None:
        told.append(speaker.say("method.coverage"))
    if context.kind is not ReportKind.QUARTERLY:
        told.append(speaker.say("method.verdict", level=spec.level))
    if speaker.least > 1:
        told.append(speaker.say("method.small", least=speaker.least))
    return told


def _pressing(speaker: Speaker) -> list[str]:
    """Red, overdue, and rates that are too low."""
    context, rules = speaker.context, speaker.context.spec.ledger
    rows = {row.colour: row for row in context.ledger}
    told = []
    if rows[Colour.RED].count and context.kind is not ReportKind.MONTHLY:
        told.append(speaker.say("action.red", count=speaker.cases(rows[Colour.RED].count)))
    overdue = rows[Colour.RED].overdue + rows[Colour.YELLOW].overdue
    if overdue:
        told.append(speaker.say("action.overdue", count=speaker.cases(overdue)))
    due, satisfied = context.figure(ON_TIME), context.figure(SATISFIED)
    fell = 100 * (due.previous - due.value)
    if fell >= FELL_POINTS:
        told.append(speaker.say("action.on_time", value=due.value, points=fell))
    if satisfied.value < rules.satisfied_floor:
        told.append(
            speaker.say("action.satisfaction", value=satisfied.value, floor=rules.satisfied_floor)
        )
    return told


def _places(speaker: Speaker) -> list[str]:
    """Hotspots that rise, or else the first; and the geocoder's default point."""
    context = speaker.context
    shown = context.places[: context.spec.listed]
    chosen = [one for one in shown if one.rising][:2] or list(shown[:1])
    told = [_place(speaker, one) for one in chosen]
    weekly = context.kind is ReportKind.WEEKLY
    if weekly and context.piles is not None and (context.piles["kind"] == "default").any():
        told.append(speaker.say("action.default_pile"))
    return told


def _place(speaker: Speaker, one: HotPlace) -> str:
    trend = speaker.say("action.hotspot_trend", trend=speaker.trend(one)) if one.trend else ""
    return speaker.say(
        "action.hotspot",
        place=speaker.place(one),
        problem=speaker.category(one.category),
        trend=trend,
        owner=speaker.owner(one.community, one.grid, one.worker)
        if one.grid
        else one.community or speaker.dash,
    )


def _repeats(speaker: Speaker) -> list[str]:
    found = [one for one in speaker.context.disputes if one.rule == "repeat"][:2]
    return [
        speaker.say(
            "action.repeat",
            owner=speaker.owner(one.community, one.grid),
            category=speaker.category(one.category),
            days=speaker.context.spec.repeat_days,
            count=speaker.cases(one.count),
        )
        for one in found
    ]


def _risen(speaker: Speaker) -> list[str]:
    named = {one.category for one in speaker.context.places if one.rising}
    return [
        speaker.say("action.rising", category=speaker.category(one.category))
        for one in speaker.context.frequent
        if one.verdict == "up" and not speaker.hidden(one.count) and one.category not in named
    ][:2]


def _blind(speaker: Speaker) -> list[str]:
    context, told = speaker.context, []
    if context.blind and context.blind[0].households and context.blind[0].share < 1:
        first = context.blind[0]
        key = "action.blind" if first.grid else "action.blind_no_grid"
        grid = {"grid": first.grid} if first.grid else {}
        name = first.name(speaker.language)
        told.append(speaker.say(key, service=name, share=first.share, **grid))
    if context.coverage is not None:
        rules = context.coverage.visits.rules
        if (rules.loc[rules["judged"], "overdue"] > 0).any():
            told.append(speaker.say("action.visits"))
    return told


def _where(speaker: Speaker) -> list[str]:
    first = speaker.context.parts[:1]
    if not first or len(speaker.context.parts) < 2 or speaker.hidden(first[0].count):
        return []
    if not first[0].count:
        return []
    count = speaker.cases(first[0].count)
    return [speaker.say("action.where", place=first[0].name, count=count, share=first[0].share)]


def _slow(speaker: Speaker) -> list[str]:
    """The matter that keeps its deadlines worst, if worse than the whole category."""
    context = speaker.context
    whole = context.figure(ON_TIME).value
    matters = context.topic.matters if context.topic is not None else ()
    slow = [one for one in matters
            if one.on_time < whole and one.name and not speaker.hidden(one.count)]  # fmt: skip
    if not slow:
        return []
    worst = min(slow, key=lambda one: one.on_time)
    return [speaker.say("action.matter", matter=worst.name, value=worst.on_time)]


def _rework(speaker: Speaker) -> list[str]:
    context, rules = speaker.context, speaker.context.spec.ledger
    if not any(one.rated for one in context.ratings):
        return [speaker.say("action.no_ratings")]
    told = [
        speaker.say(
            "action.rework",
            category=one.matter or speaker.category(one.category),
            value=one.share,
            rated=one.rated,
            floor=rules.satisfied_floor,
        )
        for one in context.ratings
        if one.judged is Judged.REWORK
    ]
    few = [one for one in context.ratings if not one.matter and one.judged is Judged.FEW]
    told += [
        speaker.say(
            "action.rated_little",
            category=speaker.category(one.category),
            least=rules.least_rated,
        )
        for one in few[:2]
    ]
    return told
