"""The path to approval of an area: its stages as a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gridplan.errors import GridplanError
from gridplan.words import say


class StageKind(StrEnum):
    """What happens at a stage."""

    STEP = "step"
    """Somebody lets the version pass."""
    APPROVAL = "approval"
    """批准: codes are issued."""
    NOTICE = "notice"
    """公示: objections are taken."""
    EFFECT = "effect"
    """生效, from a date."""


@dataclass(frozen=True)
class Stage:
    """One stage of a path.

    Parameters
    ----------
    name : str
        As the office calls it.
    kind : StageKind
        What happens there.
    """

    name: str
    kind: StageKind = StageKind.STEP


@dataclass(frozen=True)
class Path:
    """The stages that a version passes, from being put forward to being in force.

    Parameters
    ----------
    stages : tuple of Stage
        In their order; a version that stands at a stage has reached it.

    Raises
    ------
    GridplanError
        Where a name is empty or comes twice, there is not one stage of approval and one of public
        notice, or taking effect is not the last stage and no other.
    """

    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "stages", tuple(self.stages))
        names = Counter(stage.name.strip() for stage in self.stages)
        if "" in names:
            raise GridplanError("store.path.no_name")
        if twice := [name for name, count in names.items() if count > 1]:
            raise GridplanError("store.path.same_name", name=twice[0])
        kinds = [stage.kind for stage in self.stages]
        for kind in (StageKind.APPROVAL, StageKind.NOTICE):
            if kinds.count(kind) != 1:
                raise GridplanError(f"store.path.one.{kind.value}", count=kinds.count(kind))
        if kinds[-1] is not StageKind.EFFECT or kinds.count(StageKind.EFFECT) > 1:
            raise GridplanError("store.path.last")

    def place_of(self, kind: StageKind) -> int:
        """Where, from 0, the stage of approval, of public notice or of taking effect stands."""
        return [stage.kind for stage in self.stages].index(kind)

    def reserves(self, place: int) -> bool:
        """Whether a version that stands there keeps all others of its area from being approved."""
        return self.place_of(StageKind.APPROVAL) <= place < len(self.stages) - 1

    def record(self) -> list[list[str]]:
        """As plain values, for JSON."""
        return [[stage.name, stage.kind.value] for stage in self.stages]

    @classmethod
    def of_record(cls, record: Iterable[Iterable[str]]) -> Path:
        """The path that :meth:`record` told."""
        return cls(tuple(Stage(name, StageKind(kind)) for name, kind in record))


def default_path() -> Path:
    """社区提报 → 街道审核 → 区级批准 → 公示 → 生效."""
    return Path((
        Stage(say("store.stage.proposal")),
        Stage(say("store.stage.review")),
        Stage(say("store.stage.approval"), StageKind.APPROVAL),
        Stage(say("store.stage.notice"), StageKind.NOTICE),
        Stage(say("store.stage.effect"), StageKind.EFFECT),
    ))  # fmt: skip
