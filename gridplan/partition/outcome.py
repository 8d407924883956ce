"""What a solve ends in: typed data, never attributes that appear later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridplan.schema import HOUSEHOLDS, PEOPLE
from gridplan.words import Language, say

VERSION = version("gridplan")

COUNTED = (HOUSEHOLDS, PEOPLE)
"""Measures with a word of their own."""


@dataclass(frozen=True)
class Progress:
    """How far a solve has come.

    Parameters
    ----------
    share : float
        Of the time, 0 to 1; never falls.
    stage : str
        Catalogue entry of what is being done.
    objective, bound : float or None
        Compactness of the best plan so far and its lower bound; None where there is none yet.
    """

    share: float
    stage: str
    objective: float | None = None
    bound: float | None = None


class Status(StrEnum):
    """How much is proved."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True)
class Stage:
    """One objective of a lexicographic order.

    Parameters
    ----------
    name : str
        ``relaxation``, ``groups``, ``change`` or ``compactness``.
    objective, bound : float
        Of the plan, and proved: no plan that keeps the stages before has less than `bound`.
        In units of the stage: households of relaxation, grids,
        households that leave, household·m² (of the instance file: its own cost).
    """

    name: str
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the objective that is not proved, 0 to 1."""
        if self.objective <= self.bound or self.objective == 0:
            return 0.0
        return (self.objective - self.bound) / abs(self.objective)


@dataclass(frozen=True)
class Reason:
    """Why a rule cannot be met somewhere, proved.

    Parameters
    ----------
    key : str
        Entry of the catalogue: ``reason.unit_too_heavy``, ``reason.component``,
        ``reason.sparse_place``, ``reason.relaxation_bound``, ``reason.locked`` or another.
    units : tuple of int
        Positions of the units that it speaks of.
    values : dict
        What the braces of the entry are filled with.
    """

    key: str
    units: tuple[int, ...]
    values: dict[str, Any]

    def words(self, language: Language = "zh") -> str:
        """The reason in words."""
        return in_words(self.key, self.values, language)


def in_words(key: str, values: Mapping[str, Any], language: Language) -> str:
    """A reason in words.

    Parameters
    ----------
    key : str
        Catalogue entry, or the table that holds its wordings: where a number is none at all,
        plainer words say so.
    values : mapping
        What its braces are filled with; ``measure`` says what is counted.
    language : {"zh", "en"}
    """
    wordings = {"reason.component": ("between", "below"), "reason.sparse_place": ("some", "none")}
    if key in wordings:
        key = f"{key}.{wordings[key][0 if values['most'] else 1]}"
    measure = values.get("measure", HOUSEHOLDS)
    name = f"counted.{measure}" if measure in COUNTED else "counted.other"
    return say(key, language, **{**values, "counted": say(name, language)})


@dataclass(frozen=True, eq=False)
class Outcome:
    """The answer to one partition problem.

    Parameters
    ----------
    status : Status
        Optimal only where every stage's bound equals its objective and every hard rule holds, but
        for what is proved to be impossible.
    labels : int array, shape (n,), or None
        Position of the unit at the centre of each unit's grid; None where infeasible.
    stages : tuple of Stage
        In the order in which they were minimised.
    seconds : float
        Wall-clock time.
    seed : int
        Every random choice came from it.
    reasons : tuple of Reason
        What cannot be met, and the proof.
    solver : str
        Name and version of the solver behind the bound.
    version : str
        Of gridplan.
    """

    status: Status
    labels: NDArray[np.int64] | None
    stages: tuple[Stage, ...]
    seconds: float
    seed: int
    reasons: tuple[Reason, ...] = ()
    solver: str = ""
    version: str = VERSION

    def __post_init__(self) -> None:
        if (self.labels is None) != (self.status is Status.INFEASIBLE):
            raise ValueError(f"labels do not go with status {self.status}")
        if self.labels is not None and (self.labels[self.labels] != self.labels).any():
            raise ValueError("a centre lies outside its own grid")

    @property
    def objective(self) -> float | None:
        """Of the last stage; None where infeasible."""
        return self.stages[-1].objective if self.labels is not None else None

    @property
    def bound(self) -> float | None:
        """Of the last stage; None where nothing was bounded."""
        return self.stages[-1].bound if self.stages else None

    @property
    def gap(self) -> float | None:
        """Of the last stage."""
        return self.stages[-1].gap if self.labels is not None else None
