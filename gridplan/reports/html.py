"""The same report as one HTML page that needs nothing from outside: print it, or read it at hand."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from gridplan.reports.fields import Value
from gridplan.reports.kinds import ReportKind
from gridplan.reports.layout import LAYOUT, NUMBERS, heading
from gridplan.reports.pictures import Picture
from gridplan.words import Language, say

PAGE = "page-template.html.jinja"
"""The template, beside this module."""


def html_page(kind: ReportKind, values: Mapping[str, Value], language: Language = "zh") -> str:
    """The page.

    Parameters
    ----------
    kind : ReportKind
        Which report.
    values : mapping of str to Value
        From :func:`gridplan.reports.fields.fields`.
    language : {"zh", "en"}
        Of the headings.
    """
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(files(__package__).joinpath(PAGE).read_text("utf-8"))
    sections = [
        (heading(number, section.heading, language), section.blocks)
        for number, section in enumerate(LAYOUT[kind], 1)
    ]
    return template.render(
        language="zh-CN" if language == "zh" else "en",
        sections=sections,
        values=values,
        numbers=NUMBERS,
        column=lambda key: say(f"reports.column.{key}", language),
        data=_data,
    )


def _data(picture: Picture) -> str:
    """A picture inside of the page."""
    return f"data:image/png;base64,{base64.b64encode(picture.png).decode('ascii')}"
