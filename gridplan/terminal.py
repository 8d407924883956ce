"""What every command needs of the terminal: its language, its screen, a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gridplan.words import Language, say

speech: dict[str, Language] = {"language": "zh"}
"""The language of this call of the command line."""

screen = Console(stderr=True, highlight=False)
"""Standard error: standard output belongs to results."""


def tell(key: str, **values: Any) -> str:
    """One entry of the catalogue in the language of this call."""
    return say(key, speech["language"], **values)


@contextmanager
def progress() -> Iterator[Callable[[str, float], None]]:
    """A progress bar on a terminal; nothing where the output is a file."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def report(step: str, share: float) -> None:
            bar.update(task, description=tell(step), completed=share)

        yield report
