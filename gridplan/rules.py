"""Rule sets: every limit with the sentence it comes from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from gridplan.schema import HOUSEHOLDS, PEOPLE, ResidenceClass
from gridplan.words import Language, say


class Rule(StrEnum):
    """The rules a grid can break; the names stand in ``plan.json``."""

    UPPER = "upper"
    LOWER = "lower"
    RADIUS = "radius"
    CONTIGUITY = "contiguity"
    COMPOUND = "compound"
    BARRIER = "barrier"
    COMMUNITY = "community"
    COVERAGE = "coverage"
    GAP = "gap"
    OVERLAP = "overlap"
    STAFF = "staff"


class RadiusAlong(StrEnum):
    """How the service radius is measured."""

    AIR = "air"
    STREETS = "streets"


class GridCount(StrEnum):
    """Where the number of grids comes from."""

    PRESENT = "present"
    ROSTER = "roster"
    FEWEST = "fewest"
    GIVEN = "given"


@dataclass(frozen=True)
class Limit:
    """A number with its origin.

    Parameters
    ----------
    value : float or None
        In households, people or metres, as its place in :class:`Limits` says; None is no limit.
    source : str
        Catalogue entry of the sentence it comes from, or of the words that it is ours.
    """

    value: float | None
    source: str

    def __post_init__(self) -> None:
        if self.value is not None and not (math.isfinite(self.value) and self.value >= 0):
            raise ValueError(f"a limit is a number of zero or more, not {self.value}")

    def sentence(self, language: Language = "zh") -> str:
        """The sentence behind the number."""
        return say(self.source, language)


@dataclass(frozen=True)
class Limits:
    """What one class of community asks of a grid.

    Parameters
    ----------
    lower, upper : Limit
        Households (or people, see `RuleSet.measure`) in a grid; both hard.
    radius_m : Limit
        Greatest distance in metres, as the crow flies, from a unit to its grid's centre.
    """

    lower: Limit
    upper: Limit
    radius_m: Limit

    def __post_init__(self) -> None:
        if self.upper.value is not None and (self.lower.value or 0) > self.upper.value:
            raise ValueError(f"lower {self.lower.value} is above upper {self.upper.value}")

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Limits:
        """The limits that :meth:`RuleSet.record` told of one class of community."""
        names = ("lower", "upper", "radius_m")
        return cls(*(Limit(record[name]["value"], record[name]["source"]) for name in names))


def urban() -> Limits:
    """300–500 households, 300 m."""
    return Limits(
        Limit(300, "rules.source.urban_lower"),
        Limit(500, "rules.source.urban_upper"),
        Limit(300, "rules.source.radius"),
    )


def rural() -> Limits:
    """At most 300 households, no lower limit, 1,000 m."""
    return Limits(
        Limit(None, "rules.source.rural_lower"),
        Limit(300, "rules.source.rural_upper"),
        Limit(1000, "rules.source.radius"),
    )


@dataclass(frozen=True)
class RuleSet:
    """All that a redraw has to keep.

    Parameters
    ----------
    urban, rural : Limits
        Chosen by the class of the community.
    measure : {"households", "people"}
        What the limits count.
    growth_reserve : float
        Share of the upper limit left free for growth, 0 to under 1: 0.1 plans for 450 of 500.
    grid_count : GridCount
        Where the number of grids of a community comes from.
    given_count : dict of str to int
        Number of grids by community code, where `grid_count` is ``GIVEN``.
    keep_present : bool
        Whether households that leave their present grid are minimised before compactness.
    radius_along : RadiusAlong
        Whether the radius is measured as the crow flies or along streets.
    """

    urban: Limits = field(default_factory=urban)
    rural: Limits = field(default_factory=rural)
    measure: str = HOUSEHOLDS
    growth_reserve: float = 0.0
    grid_count: GridCount = GridCount.PRESENT
    given_count: dict[str, int] = field(default_factory=dict)
    keep_present: bool = True
    radius_along: RadiusAlong = RadiusAlong.AIR

    def __post_init__(self) -> None:
        if self.measure not in (HOUSEHOLDS, PEOPLE):
            raise ValueError(f"the measure is households or people, not {self.measure}")
        if not 0 <= self.growth_reserve < 1:
            raise ValueError(f"growth_reserve is a share from 0 to under 1: {self.growth_reserve}")

    def bounds(
        self, residence_class: ResidenceClass, difficulty: float = 1.0
    ) -> tuple[float, float, float]:
        """Lower and upper limit in the measure, and radius in metres.

        Parameters
        ----------
        residence_class : ResidenceClass
            Class of the community.
        difficulty : float
            Coefficient of the community: 1.25 divides both limits by 1.25.

        Returns
        -------
        lower, upper, radius_m : float
            ``0`` and ``inf`` where there is no limit. The lower limit never passes the upper one
            after the growth reserve.
        """
        limits = self.urban if residence_class is ResidenceClass.URBAN else self.rural
        upper = math.inf if limits.upper.value is None else limits.upper.value
        upper = upper * (1 - self.growth_reserve) / difficulty
        lower = min((limits.lower.value or 0.0) / difficulty, upper)
        radius_m = math.inf if limits.radius_m.value is None else limits.radius_m.value
        return lower, upper, radius_m

    def record(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        told = asdict(self)
        return {
            **told,
            "grid_count": self.grid_count.value,
            "radius_along": self.radius_along.value,
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> RuleSet:
        """The rule set that :meth:`record` told; keys that it does not know are passed over.

        Raises
        ------
        LookupError, TypeError, ValueError
            Where the record is none of a rule set.
        """
        return cls(
            urban=Limits.of_record(record["urban"]),
            rural=Limits.of_record(record["rural"]),
            measure=record["measure"],
            growth_reserve=record["growth_reserve"],
            grid_count=GridCount(record["grid_count"]),
            given_count=dict(record["given_count"]),
            keep_present=record["keep_present"],
            # records of before streets could be followed lack it
            radius_along=RadiusAlong(record.get("radius_along", RadiusAlong.AIR)),
        )
