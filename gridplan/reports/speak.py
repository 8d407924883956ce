"""Numbers and names of a report in words: what is small is not told, what is not known is a dash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from gridplan.cases import shown
from gridplan.cases.disclosure import Telling, protect
from gridplan.reports.context import ReportContext
from gridplan.reports.figures import Figure
from gridplan.reports.places import HotPlace
from gridplan.words import Language, say


class Speaker:
    """Words for one report.

    Parameters
    ----------
    context : ReportContext
        What is worded.
    language : {"zh", "en"}
        In which language.
    """

    def __init__(self, context: ReportContext, language: Language) -> None:
        self.context = context
        self.language = language
        self.least = context.spec.least_shown
        self.this = self.say(f"this.{context.period.kind.value}")
        self.dash = self.say("word.none")

    def say(self, key: str, **values: Any) -> str:
        """One entry of the reports' part of the catalogue."""
        return say(f"reports.{key}", self.language, **values)

    def listed(self, parts: Sequence[str], mark: str = "comma") -> str:
        """Several words as an enumeration."""
        return self.say(f"word.{mark}").join(parts)

    def day(self, day: date) -> str:
        """A date."""
        return self.say("word.date", year=day.year, month=day.month, day=day.day)

    def count(self, count: float) -> str:
        """A count in a table; ``<5`` where it is small."""
        return self.dash if np.isnan(count) else shown(count, self.least)

    def counts(self, counts: Sequence[int]) -> list[str]:
        """The parts of a total that is told: no small one can be worked out from the others."""
        parts = range(1, len(counts) + 1)
        told = protect([sum(counts), *counts], [(0, parts)], self.least, above=[Telling.WHOLE])
        words = {Telling.SMALL: f"<{self.least}", Telling.HELD: self.dash}
        return [
            words.get(Telling(telling), f"{count:,}")
            for count, telling in zip(counts, told[1:], strict=True)
        ]

    def cases(self, count: int) -> str:
        """A count in a sentence."""
        if self.hidden(count):
            return self.say("word.few", least=self.least)
        return self.say("word.cases", count=f"{count:,}")

    def hidden(self, count: float) -> bool:
        """Whether a count is too small to be told."""
        return bool(0 < count < self.least)

    def share(self, share: float, count: float | None = None) -> str:
        """A share, unless it would tell a small count."""
        if np.isnan(share) or (count is not None and self.hidden(count)):
            return self.dash
        return f"{share:.1%}"

    def change(self, change: float, now: float, before: float) -> str:
        """A relative change, unless one of its counts is small."""
        if np.isnan(change) or self.hidden(now) or self.hidden(before):
            return self.dash
        return "0.0%" if abs(change) < 0.0005 else f"{change:+.1%}"

    def figure_now(self, figure: Figure, value: float) -> str:
        """A figure's value."""
        return self.share(value) if figure.is_share else self.count(value)

    def figure_change(self, figure: Figure, before: float) -> str:
        """A figure's change: of a share in percentage points."""
        change = figure.change(before)
        if not figure.is_share:
            return self.change(change, figure.value, before)
        return self.points(change)

    def points(self, change: float) -> str:
        """A difference of two shares."""
        if np.isnan(change):
            return self.dash
        return self.say("word.points", change=self.bare_points(change))

    def bare_points(self, change: float) -> str:
        """The same without its unit, which the heading has."""
        if np.isnan(change):
            return self.dash
        return f"{100 * change:+.1f}" if abs(change) >= 0.0005 else "0.0"

    def moved(self, change: float) -> str:
        """A relative change in a sentence."""
        if abs(change) < 0.0005:
            return self.say("word.same")
        return self.say("word.up_by" if change > 0 else "word.down_by", change=abs(change))

    def category(self, name: str) -> str:
        """A category as shown."""
        return name or self.say("word.no_category")

    def place(self, place: HotPlace) -> str:
        """Where a hotspot lies."""
        return place.place or self.say("word.no_place", number=place.number)

    def trend(self, place: HotPlace) -> str:
        """How a hotspot develops."""
        if place.recent_weeks:
            return self.say("trend.recent", weeks=place.recent_weeks)
        return say(f"hotspot.trend.{place.trend}", self.language) if place.trend else self.dash

    def owner(self, community: str, grid: str, worker: str = "") -> str:
        """Who answers: community, grid and post, as far as they are known."""
        if not grid:
            grid = self.say("word.no_grid") if not self.context.ground.layer else ""
        key = "word.owner_post" if worker and grid else "word.owner"
        return self.say(key, community=community, grid=grid, worker=worker).strip() or self.dash
