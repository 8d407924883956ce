"""The one catalogue of what gridplan says, Chinese first and English beside.

Each ``*.toml`` file in this folder holds tables of ``key = { zh = "…", en = "…" }``; the
table's path and the key together make the entry's name, for instance ``fault.row``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["zh", "en"]


def say(key: str, language: Language = "zh", **values: Any) -> str:
    """Word one entry of the catalogue.

    Parameters
    ----------
    key : str
        Dotted name of the entry.
    language : {"zh", "en"}
        Which of the two texts.
    **values
        Fill the braces of the text, with the format specifications of :meth:`str.format`.

    Raises
    ------
    KeyError
        Where the catalogue has no such entry: a mistake of the programmer, not of the user.
    """
    text = catalogue()[key][language]
    return text.format(**values) if values else text


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every entry by its dotted name."""
    entries: dict[str, dict[str, str]] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            entries.update(_flatten(tomllib.loads(file.read_text("utf-8")), ""))
    return entries


def _flatten(table: dict[str, Any], prefix: str) -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = {}
    for key, value in table.items():
        if {"zh", "en"} <= value.keys():
            entries[prefix + key] = {"zh": value["zh"], "en": value["en"]}
        nested = {name: part for name, part in value.items() if isinstance(part, dict)}
        entries.update(_flatten(nested, f"{prefix}{key}."))
    return entries
