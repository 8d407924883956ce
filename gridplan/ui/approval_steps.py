"""Where a version stands on its path to being in force, as a row of steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from gridplan.store import Objection, Passage, PassageKind, Path, StageKind, Standing
from gridplan.ui.versions import local
from gridplan.words import Language, say

NOW, DONE, BACK, COMING = "now", "done", "back", "coming"


@dataclass(frozen=True)
class Step:
    """One stage as the row shows it.

    Parameters
    ----------
    name : str
        Of the stage.
    state : str
        `DONE`, `NOW`, `BACK` (sent back there) or `COMING`.
    lines : tuple of str
        Who, when and what was said; or what is waited for.
    """

    name: str
    state: str
    lines: tuple[str, ...]


def place_now(standing: Standing | None) -> int:
    """The stage where somebody has something to do, from 0; behind the last where nobody has.

    A version stands at the stage that it has reached. Reaching most stages is all there is to do
    there; an approval waits for its codes, and public notice takes its time.

    Parameters
    ----------
    standing : Standing or None
        None where the version was never put forward.
    """
    if standing is None:
        return 0
    if standing.effective_on is not None:
        return len(standing.path.stages)
    kind = standing.stage.kind
    waits = kind is StageKind.NOTICE or (kind is StageKind.APPROVAL and not standing.coded)
    return standing.place + (0 if waits else 1)


def steps_of(
    path: Path,
    standing: Standing | None,
    passages: Sequence[Passage],
    objections: Sequence[Objection],
    language: Language,
) -> tuple[Step, ...]:
    """The stages of a version with who did what there in its last attempt.

    Parameters
    ----------
    path : Path
        Of the area, for a version that was never put forward.
    standing : Standing or None
        Of its last attempt.
    passages : sequence of Passage
        All of the version, in order.
    objections : sequence of Objection
        To it.
    language : {"zh", "en"}
        Of the words.
    """
    stages = path.stages if standing is None else standing.path.stages
    lines: list[list[str]] = [[] for _ in stages]
    now, place = place_now(standing), 0
    mine = [
        each for each in objections if standing and each.submission_id == standing.submission_id
    ]
    for passage in _last_attempt(passages):
        if passage.kind is PassageKind.ADVANCE:
            place += 1
        at = now if passage.kind is PassageKind.BACK else place
        lines[at] += _told(passage, language)
    if now < len(stages) and not (standing and standing.sent_back):
        lines[now].append(_awaited(stages[now].kind, standing, mine, language))
    if standing is not None and mine and standing.place > standing.path.place_of(StageKind.NOTICE):
        at = standing.path.place_of(StageKind.NOTICE)
        lines[at].append(_counted("noticed", mine, language))
    if standing is not None and standing.effective_on is not None:
        day = standing.effective_on.isoformat()
        lines[-1].insert(0, say("page.approval.from_day", language, day=day))
    return tuple(
        Step(stage.name, _state(at, now, standing), tuple(lines[at]))
        for at, stage in enumerate(stages)
    )


def steps_html(steps: Sequence[Step]) -> str:
    """The row; `gridplan.ui.style.STEPS` makes it one."""
    return f'<ol class="gp-steps">{"".join(_item(step) for step in steps)}</ol>'


def _item(step: Step) -> str:
    whole = escape("\n".join(step.lines), quote=True)
    told = "".join(f"<small>{escape(line)}</small>" for line in step.lines)
    return f'<li class="{step.state}" title="{whole}"><b>{escape(step.name)}</b>{told}</li>'


def _state(at: int, now: int, standing: Standing | None) -> str:
    if at == now:
        return BACK if standing is not None and standing.sent_back else NOW
    return DONE if at < now else COMING


def _last_attempt(passages: Sequence[Passage]) -> Sequence[Passage]:
    begins = [at for at, each in enumerate(passages) if each.kind is PassageKind.SUBMIT]
    return passages[begins[-1] :] if begins else ()


def _told(passage: Passage, language: Language) -> list[str]:
    """Who and when, then what was said."""
    key = {PassageKind.BACK: "back_by", PassageKind.ISSUE: "issued_by"}.get(passage.kind, "by")
    who = say(f"page.approval.{key}", language, who=passage.made_by, when=local(passage.made_at))
    return [who, passage.note] if passage.note else [who]


def _awaited(
    kind: StageKind,
    standing: Standing | None,
    objections: Sequence[Objection],
    language: Language,
) -> str:
    if standing is None:
        return say("page.approval.wait.submit", language)
    if kind is StageKind.NOTICE and standing.stage.kind is StageKind.NOTICE:
        return _counted("wait.notice", objections, language)
    if kind is StageKind.APPROVAL and standing.stage.kind is StageKind.APPROVAL:
        return say("page.approval.wait.codes", language)
    return say("page.approval.wait.step", language)


def _counted(key: str, objections: Sequence[Objection], language: Language) -> str:
    waiting = sum(each.answer is None for each in objections)
    return say(f"page.approval.{key}", language, count=len(objections), open=waiting)
