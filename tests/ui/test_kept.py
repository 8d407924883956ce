"""Long answers kept for all sessions."""

from __future__ import annotations

from gridplan.ui.kept import Kept


def test_answers_are_kept_and_the_oldest_go() -> None:
    kept, asked = Kept(2), []

    def ask(name: str) -> str:
        work = kept.get(name, None, lambda *_: asked.append(name) or name)
        work.wait(5)
        return str(work.result)

    assert [ask(name) for name in ("a", "b", "a", "c", "a", "b")] == ["a", "b", "a", "c", "a", "b"]
    assert asked == ["a", "b", "c", "b"]  # b was the one longest unused when c came


def test_what_failed_stays_so_until_it_is_forgotten() -> None:
    kept, asked = Kept(2), []

    def fail(*_: object) -> None:
        asked.append("once")
        raise ValueError("no")

    for _ in range(2):
        work = kept.get("a", None, fail)
        work.wait(5)
        assert isinstance(work.error, ValueError)
    assert asked == ["once"]
    kept.forget(work)
    kept.get("a", None, fail).wait(5)
    assert asked == ["once", "once"]
