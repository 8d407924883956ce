"""What stands below each table and picture of a report."""

from __future__ import annotations

import numpy as np

from gridplan.reports.blind import visit_lines
from gridplan.reports.figures import COUNT, ON_TIME, REPEATED, SATISFIED
from gridplan.reports.parts import HOURS
from gridplan.reports.satisfaction import Judged
from gridplan.reports.speak import Speaker
from gridplan.reports.tables import MOST_DISPUTES, MOST_PARTS
from gridplan.schema import GRADE, REPEAT


def figures_note(speaker: Speaker) -> str:
    """What the rates are of, and why one is not told."""
    context, told = speaker.context, []
    due = context.figure(ON_TIME)
    if not due.base:
        told.append(speaker.say("figures_note.no_due"))
    elif speaker.hidden(due.base):
        told.append(speaker.say("figures_note.on_time_few"))
    else:
        told.append(speaker.say("figures_note.on_time", base=f"{due.base:,}"))
    if not context.ground.every[REPEAT].any():
        told.append(speaker.say("figures_note.no_repeat"))
    if np.isnan(context.figure(SATISFIED).value):
        least = context.spec.ledger.least_rated
        told.append(speaker.say("figures_note.no_ratings", least=least))
    opened = context.ground.book.believed
    count, first = context.figure(COUNT), speaker.day(opened.iloc[0])
    if np.isnan(count.previous):
        told.append(speaker.say("figures_note.no_before", first=first))
    elif np.isnan(count.year_before):
        told.append(speaker.say("figures_note.no_year", first=first))
    if opened.iloc[-1].date() < context.period.last:
        told.append(speaker.say("figures_note.unfinished", last=speaker.day(opened.iloc[-1])))
    return _joined(speaker, told)


def map_note(speaker: Speaker) -> str:
    """What the map of hotspots shows."""
    found = speaker.context.hotspots
    if found is None:
        return ""
    key = "note.map" if speaker.context.places else "note.map_empty"
    return speaker.say(key, weeks=found.spec.weeks, least=max(speaker.least, 1))


def hotspots_note(speaker: Speaker) -> str:
    """How hotspots are told, and the piles that are none."""
    context = speaker.context
    if "hotspots" in context.missing:
        return speaker.say("note.absent", reason=context.missing["hotspots"].text(speaker.language))
    told = []
    if context.places:
        told.append(speaker.say("note.hotspots"))
        more = len(context.places) - context.spec.listed
        if more > 0:
            told.append(speaker.say("note.more_hotspots", count=more))
    else:
        clusters = context.hotspots.clusters if context.hotspots is not None else ()
        told.append(speaker.say("note.no_places" if len(clusters) else "note.no_hotspots"))
    if context.piles is not None:
        for kind in () if context.topic is not None else ("default", "repeat"):
            mine = context.piles[context.piles["kind"] == kind]
            if len(mine):
                count = speaker.cases(int(mine["now"].sum()))
                told.append(speaker.say(f"note.pile_{kind}", piles=len(mine), count=count))
        if context.topic is not None and len(context.piles):  # one category does not tell kinds
            count = speaker.cases(int(context.piles["now"].sum()))
            told.append(speaker.say("note.pile_any", piles=len(context.piles), count=count))
    return _joined(speaker, told)


def ledger_note(speaker: Speaker) -> str:
    """As of when, and what the data cannot tell."""
    context, every = speaker.context, speaker.context.ground.every
    told = [speaker.say("note.ledger", moment=speaker.day(context.ground.as_of))]
    if not (every[GRADE] != "").any():
        key = "note.no_grade" if every[REPEAT].any() else "note.no_grade_repeat"
        told.append(speaker.say(key))
    return _joined(speaker, told)


def frequent_note(speaker: Speaker) -> str:
    """How a rise is judged, and what is not listed."""
    context = speaker.context
    if not context.frequent:
        return speaker.say("note.no_frequent")
    told = [one for one in context.frequent if not speaker.hidden(one.count)]
    if not told:
        return speaker.say("note.frequent_few", least=speaker.least)
    before = len(context.trend) - 1
    lines = [
        speaker.say("note.frequent", periods=before, level=context.spec.level)
        if before > 0
        else speaker.say("note.frequent_first")
    ]
    rest = len(context.frequent) - min(len(told), context.spec.listed)
    if rest:
        lines.append(speaker.say("note.frequent_rest", count=rest))
    return _joined(speaker, lines)


def disputes_note(speaker: Speaker) -> str:
    """That there are none, or more."""
    count = len(speaker.context.disputes)
    if not count:
        return speaker.say("note.no_disputes")
    more = count - MOST_DISPUTES
    return speaker.say("note.more_disputes", count=more) if more > 0 else ""


def blind_note(speaker: Speaker) -> str:
    """How blind spots are told, what could not be, and how visits stand."""
    context = speaker.context
    if context.coverage is None:
        error = context.missing.get("coverage")
        return "" if error is None else speaker.say("note.absent",
                                                    reason=error.text(speaker.language))  # fmt: skip
    if not context.blind:
        return speaker.say("note.no_facilities")
    told = [speaker.say("note.blind", spots=len(context.coverage.blindspots))]
    if len(context.blind) > context.spec.listed:
        told.append(
            speaker.say("note.more_services", count=len(context.blind), listed=context.spec.listed)
        )
    unjoined = max(one.unjoined for one in context.blind)
    if unjoined:
        told.append(speaker.say("note.unjoined", count=speaker.count(unjoined)))
    absent = [note for note in context.coverage.notes if note.key == "coverage.note.absent"]
    names = [one.title(speaker.language) for one in context.coverage.services.services
             if one.key in set(_unjudged(speaker))]  # fmt: skip
    if absent and names:
        told.append(speaker.say("note.unlisted", names=speaker.listed(names)))
    lines = visit_lines(context.coverage, speaker.language)
    if lines:
        told.append(speaker.say("blind.visits_all", lines=speaker.listed(lines, "stop")))
    return _joined(speaker, told)


def trend_note(speaker: Speaker) -> str:
    """Why there is no trend."""
    told = speaker.context.trend["satisfied"].notna().any()
    return "" if told else speaker.say("note.no_ratings")


def parts_note(speaker: Speaker) -> str:
    """By what place cases count, and how many have none."""
    context = speaker.context
    if not context.parts:
        return speaker.say("note.no_parts")
    grids = bool(context.ground.community)
    told = [speaker.say("note.parts_grids" if grids else "note.parts_communities"),
            speaker.say("note.parts_closed")]  # fmt: skip
    column = "grid_id" if grids else "community"
    inside = context.ground.inside(context.period)
    unplaced = int((inside[column] == "").sum())
    if unplaced:
        told.append(speaker.say("note.unplaced", count=speaker.cases(unplaced)))
    more = len(context.parts) - MOST_PARTS
    if more > 0:
        told.append(speaker.say("note.more_parts", count=more))
    return _joined(speaker, told)


def when_note(speaker: Speaker) -> str:
    """The busiest day and part of the day."""
    topic = speaker.context.topic
    if topic is None or not topic.weekdays.sum():
        return ""
    day = int(topic.weekdays.argmax())
    told = [
        speaker.say(
            "note.when",
            months=len(speaker.context.trend),
            day=speaker.say(f"day.d{day}"),
            share=topic.weekdays[day] / topic.weekdays.sum(),
        )
    ]
    if topic.timed:
        part = int(topic.hours.argmax())
        share = topic.hours[part] / topic.hours.sum()
        hours = f"{HOURS[part]}–{HOURS[part + 1]}"
        told.append(speaker.say("note.when_hours", hours=hours, share=share))
    else:
        told.append(speaker.say("note.when_dates_only"))
    return _joined(speaker, told)


def recurrence(speaker: Speaker) -> str:
    """How often the same is complained of again."""
    context, topic = speaker.context, speaker.context.topic
    figure = context.figure(REPEATED)
    if np.isnan(figure.value):
        told = [speaker.say("note.repeated_unknown")]
    else:
        change = speaker.figure_change(figure, figure.previous)
        words = "" if change == speaker.dash else speaker.say("note.repeated_change", change=change)
        told = [speaker.say("note.repeated", share=figure.value, change=words)]
    months = len(context.trend)
    if topic is not None and topic.again_places:
        cases = speaker.count(topic.again_cases)
        told.append(
            speaker.say("note.again", months=months, places=topic.again_places, cases=cases)
        )
    else:
        told.append(speaker.say("note.again_none", months=months))
    return _joined(speaker, told)


def matters_note(speaker: Speaker) -> str:
    """What on time and the days are of."""
    return speaker.say("note.matters")


def ratings_note(speaker: Speaker) -> str:
    """What counts as satisfied, and what is not listed."""
    context, rules = speaker.context, speaker.context.spec.ledger
    if not any(one.rated for one in context.ratings):
        return speaker.say("note.no_ratings")
    told = [speaker.say("note.ratings", floor=rules.satisfied_floor, least=rules.least_rated)]
    if any(one.matter and one.judged in (Judged.FEW, Judged.NONE) for one in context.ratings):
        told.append(speaker.say("note.few_matters", least=rules.least_rated))
    return _joined(speaker, told)


def community_ratings_note(speaker: Speaker) -> str:
    """That there are no ratings."""
    told = any(one.rated for one in speaker.context.community_ratings)
    return "" if told else speaker.say("note.no_ratings")


NOTES = {
    note.__name__: note
    for note in (
        figures_note, map_note, hotspots_note, ledger_note, frequent_note, disputes_note,
        blind_note, trend_note, parts_note, when_note, recurrence, matters_note, ratings_note,
        community_ratings_note,
    )
}  # fmt: skip
"""By the name of the field."""


def _unjudged(speaker: Speaker) -> list[str]:
    coverage = speaker.context.coverage
    if coverage is None:
        return []
    return [str(key) for key in coverage.summary.loc[~coverage.summary["judged"], "service"]]


def _joined(speaker: Speaker, told: list[str]) -> str:
    return ("" if speaker.language == "zh" else " ").join(told)
