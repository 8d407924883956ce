"""The Word templates: made by code, edited by the office, filled by docxtpl."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from gridplan.errors import GridplanError
from gridplan.paper import NOTE_PT, SMALL_PT, Paper, printable
from gridplan.reports.fields import HEAD, Value
from gridplan.reports.kinds import ReportKind
from gridplan.reports.layout import (
    LAYOUT,
    NUMBERS,
    Block,
    Shape,
    column_name,
    fields_of,
    heading,
    name_of,
)
from gridplan.reports.pictures import Picture
from gridplan.words import Language, say

LONG = frozenset(("ratings",))
"""Tables that may run over a page."""

MANUAL = ("braces", "pairs", "rows", "text", "wrong")
"""Lines of the manual at the end of a template."""

MADE = date(2000, 1, 1)
"""Day written into a template, so that it is the same whenever it is made."""


def write_template(kind: ReportKind, path: Path, language: Language = "zh") -> None:
    """Write the template of a report for the office to edit.

    Parameters
    ----------
    kind : ReportKind
        Which.
    path : Path
        The file, overwritten.
    language : {"zh", "en"}
        Of headings and placeholders.
    """

    def name(key: str) -> str:
        return name_of(key, language)

    page = Paper(
        f"{{{{ {name('title')} }}}}",
        left=f"{{{{ {name('internal')} }}}}",
        right=f"{{{{ {name('sources')} }}}}",
        today=MADE,
    )
    page.subtitle(f"{{{{ {name('dates')} }}}}")
    page.lead(f"{{{{ {name('headline')} }}}}")
    for number, section in enumerate(LAYOUT[kind], 1):
        page.heading(heading(number, section.heading, language))
        for block in section.blocks:
            _add_block(page, block, name(block.field), language)
    _add_manual(page, kind, language)
    page.save(path)


def fill_template(
    template: Path | None, kind: ReportKind, values: Mapping[str, Value], language: Language
) -> bytes:
    """A Word report of a template.

    Parameters
    ----------
    template : Path or None
        The office's own; the default one where None.
    kind : ReportKind
        Which report.
    values : mapping of str to Value
        From :func:`gridplan.reports.fields.fields`.
    language : {"zh", "en"}
        Of the default template; an own one may name placeholders in either.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    GridplanError
        Where the template cannot be opened, or a placeholder in it is unknown or broken.
    """
    if template is None:
        with tempfile.TemporaryDirectory(prefix="gridplan-template-") as folder:
            path = Path(folder) / "template.docx"
            write_template(kind, path, language)
            return fill_template(path, kind, values, language)
    name = template.name
    try:
        document = DocxTemplate(template)
        document.init_docx()
    except (PackageNotFoundError, BadZipFile, OSError, KeyError, ValueError) as error:
        raise GridplanError("reports.error.template_unreadable", file=name) from error
    try:
        document.render(
            _placeholders(document, kind, values),
            SandboxedEnvironment(undefined=StrictUndefined),
            autoescape=True,
        )
    except UndefinedError as error:
        unknown = re.findall(r"'([^']*)'", str(error))[-1:]
        raise GridplanError(
            "reports.error.template_unknown", file=name, name="".join(unknown) or str(error)
        ) from error
    except (TemplateError, SyntaxError, ValueError, TypeError) as error:
        raise GridplanError(
            "reports.error.template_broken", file=name, reason=_plainly(error)
        ) from error
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_block(page: Paper, block: Block, name: str, language: Language) -> None:
    row, item = name_of("row", language), name_of("item", language)
    if block.shape is Shape.LIST:
        page.line(f"{{%p for {item} in {name} %}}")
        page.line(f"{{{{ loop.index }}}}. {{{{ {item} }}}}")
        page.line("{%p endfor %}")
        return
    page.line(f"{{%p if {name} %}}")
    if block.shape is Shape.TABLE:
        columns = block.columns or {}
        head = [say(f"reports.column.{key}", language) for key in columns]
        cells = [f"{{{{ {row}.{column_name(key, language)} }}}}" for key in columns]
        rows = [[f"{{%tr for {row} in {name} %}}"], cells, ["{%tr endfor %}"]]
        numbers = [key in NUMBERS for key in columns]
        together = block.field not in LONG
        page.list_table(head, rows, list(columns.values()), numbers, together=together)
    elif block.shape is Shape.PICTURE:
        page.line(f"{{{{ {name} }}}}", middle=True)
        caption = name_of("caption", language)
        page.line(f"{{{{ {name}{caption} }}}}", SMALL_PT, middle=True)
    else:
        page.line(f"{{{{ {name} }}}}", SMALL_PT)
    page.line("{%p endif %}")


def _add_manual(page: Paper, kind: ReportKind, language: Language) -> None:
    """The manual at the template's end: comments, which do not stand in the report."""
    names = [name_of(key, language) for key in (*HEAD, *fields_of(kind))]
    lines = [
        say("reports.manual.title", language),
        *(say(f"reports.manual.{line}", language) for line in MANUAL),
        say("reports.manual.names", language,
            names=say("reports.word.comma", language).join(names)),
    ]  # fmt: skip
    for words in lines:
        page.line(f"{{#p {words} #}}", NOTE_PT)


def _placeholders(
    document: DocxTemplate, kind: ReportKind, values: Mapping[str, Value]
) -> dict[str, Any]:
    """Each value under its Chinese and its English name, as docxtpl takes it."""
    blocks = fields_of(kind)
    found: dict[str, Any] = {}
    for key, value in values.items():
        for language in ("zh", "en"):
            name = name_of(key, language)
            if isinstance(value, Picture):
                found[name] = InlineImage(document, io.BytesIO(value.png), Cm(value.size_cm[0]))
                found[name + name_of("caption", language)] = printable(value.caption)
            elif key in blocks and blocks[key].shape is Shape.PICTURE:
                found[name] = found[name + name_of("caption", language)] = ""
            elif isinstance(value, list):
                found[name] = [_both_names(one) for one in value]
            else:
                found[name] = printable(str(value or ""))
    return found


def _both_names(one: str | dict[str, str]) -> str | dict[str, str]:
    if isinstance(one, str):
        return printable(one)
    return {
        column_name(key, language): printable(text)
        for key, text in one.items()
        for language in ("zh", "en")
    }


def _plainly(error: Exception) -> str:
    """What the library says, without the markup of Word."""
    return re.sub(r"<[^>]*>", "", str(error)).strip()[:200]
