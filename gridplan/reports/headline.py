"""The conclusion of a report in one sentence."""

from __future__ import annotations

import numpy as np

from gridplan.cases import Colour
from gridplan.reports.figures import COUNT, ON_TIME, SATISFIED, verdict
from gridplan.reports.kinds import ReportKind
from gridplan.reports.satisfaction import Judged
from gridplan.reports.speak import Speaker

NAMED = 3
"""Places that the conclusion names."""


def headline(speaker: Speaker) -> str:
    """What the period comes to."""
    kind = speaker.context.kind
    told = {
        ReportKind.WEEKLY: _weekly,
        ReportKind.DAILY: _daily,
        ReportKind.MONTHLY: _monthly,
        ReportKind.QUARTERLY: _quarterly,
    }[kind](speaker)
    return speaker.say("head.sentence", parts=speaker.listed([part for part in told if part],
                                                             "stop"))  # fmt: skip


def _weekly(speaker: Speaker) -> list[str]:
    places = speaker.context.places[:NAMED]
    named = [
        speaker.say("head.place", place=speaker.place(one), problem=speaker.category(one.category))
        for one in places
    ]
    told = [_total(speaker), _rate(speaker, ON_TIME), _rate(speaker, SATISFIED), _red(speaker)]
    if named:
        told.append(speaker.say("head.places", places=speaker.listed(named)))
    blind = speaker.context.blind
    if blind and not np.isnan(blind[0].share):
        service = blind[0].name(speaker.language)
        told.append(speaker.say("head.blind", service=service, share=blind[0].share))
    return told


def _daily(speaker: Speaker) -> list[str]:
    rows = {row.colour: row for row in speaker.context.ledger}
    open_rows = (rows[Colour.RED], rows[Colour.YELLOW])
    told = [
        _total(speaker),
        speaker.say(
            "head.open",
            open=speaker.cases(sum(row.count for row in open_rows)),
            overdue=speaker.cases(sum(row.overdue for row in open_rows)),
        ),
        _red(speaker),
    ]
    first = speaker.context.frequent[:1]
    if first and not speaker.hidden(first[0].count):
        name, count = speaker.category(first[0].category), speaker.cases(first[0].count)
        told.append(speaker.say("head.top", category=name, count=count))
    return told


def _monthly(speaker: Speaker) -> list[str]:
    context = speaker.context
    topic = context.topic
    if topic is None:
        return [_total(speaker)]
    told = [
        speaker.say(
            "head.topic",
            category=topic.category,
            this=speaker.this,
            count=speaker.cases(int(context.figure(COUNT).value)),
            change=_change(speaker),
            share=topic.of_all,
        )
    ]
    first = context.parts[:1]
    if len(context.parts) > 1 and first[0].count and not speaker.hidden(first[0].count):
        told.append(speaker.say("head.where", place=first[0].name, share=first[0].share))
    told += [_rate(speaker, ON_TIME), _rate(speaker, SATISFIED)]
    return told


def _quarterly(speaker: Speaker) -> list[str]:
    context, rules = speaker.context, speaker.context.spec.ledger
    whole = context.figure(SATISFIED)
    told = [_total(speaker)]
    if np.isnan(whole.value):
        return [*told, speaker.say("head.no_ratings", this=speaker.this, least=rules.least_rated)]
    told.append(
        speaker.say("head.satisfied", this=speaker.this, value=whole.value, rated=f"{whole.base:,}")
    )
    worst = [one.category for one in context.ratings
             if one.judged is Judged.REWORK and not one.matter]  # fmt: skip
    if not worst:
        return [*told, speaker.say("head.no_rework", floor=rules.satisfied_floor)]
    names = speaker.listed([speaker.category(name) for name in worst])
    return [
        *told,
        speaker.say("head.rework", count=len(worst), floor=rules.satisfied_floor, names=names),
    ]


def _total(speaker: Speaker) -> str:
    count = int(speaker.context.figure(COUNT).value)
    if not count:
        return speaker.say("head.nothing", this=speaker.this)
    return speaker.say(
        "head.total", this=speaker.this, count=speaker.cases(count), change=_change(speaker)
    )


def _change(speaker: Speaker) -> str:
    """环比 in words, and whether it is more than chance beside the periods before."""
    context = speaker.context
    figure = context.figure(COUNT)
    change = figure.change(figure.previous)
    told = ""
    if not np.isnan(change) and not (
        speaker.hidden(figure.value) or speaker.hidden(figure.previous)
    ):
        told = speaker.say("head.total_change", change=speaker.moved(change))
    before = context.trend["count"].iloc[:-1].tolist() if len(context.trend) else []
    judged = verdict(int(figure.value), before, context.spec.level)
    if told and judged:
        words = speaker.say(f"verdict.{judged}")
        told += speaker.say("head.total_verdict", verdict=words)
    return told


def _rate(speaker: Speaker, key: str) -> str:
    figure = speaker.context.figure(key)
    if np.isnan(figure.value):
        return ""
    return speaker.say("head.rate", name=speaker.say(f"figure.{key}"), value=figure.value)


def _red(speaker: Speaker) -> str:
    red = next(row for row in speaker.context.ledger if row.colour is Colour.RED)
    if not red.count:
        return speaker.say("head.no_red")
    return speaker.say("head.red", count=speaker.cases(red.count))
