"""A report as a file: Word, HTML or PDF by its ending."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from gridplan.cases import Period
from gridplan.errors import GridplanError
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.reports.browser import print_pdf
from gridplan.reports.context import ReportContext, report_context
from gridplan.reports.fields import fields
from gridplan.reports.html import html_page
from gridplan.reports.kinds import ReportKind, ReportSpec
from gridplan.reports.template import fill_template, write_template
from gridplan.words import Language

ENDINGS = (".docx", ".html", ".pdf")


def write_report(
    prepared: Prepared,
    kind: ReportKind | str,
    out: Path | str,
    period: Period | str | None = None,
    *,
    plan: Plan | None = None,
    spec: ReportSpec | None = None,
    template: Path | str | None = None,
    language: Language = "zh",
) -> ReportContext:
    """Compute a report and write it.

    Parameters
    ----------
    prepared : Prepared
        An area with cases.
    kind : {"weekly", "daily", "monthly", "quarterly"}
        Which.
    out : Path
        The file; its ending is ``.docx``, ``.html`` or ``.pdf``.
    period : Period or str, optional
        For instance ``2025-W40``; the last whole one in the data where left out.
    plan : Plan, optional
        Its grids answer, in place of the first layer of present grids.
    spec : ReportSpec, optional
        Community, category and thresholds; `kind` and `period` win over its own.
    template : Path, optional
        The office's Word template.
    language : {"zh", "en"}
        Of the report.

    Returns
    -------
    ReportContext
        What the report says.

    Raises
    ------
    GridplanError
        Where the period, community or ending is not known, the template is broken, no browser
        makes the PDF, or the disk refuses. Nothing half-written is left.
    """
    path = Path(out)
    check_ending(path, template)
    chosen = vars(spec) if spec is not None else {}
    when = Period.parse(period) if isinstance(period, str) else period
    given = {"kind": ReportKind(kind), **({} if when is None else {"period": when})}
    context = report_context(prepared, ReportSpec(**{**chosen, **given}), plan=plan)
    write_context(context, path, template=template, language=language)
    return context


def write_context(
    context: ReportContext,
    out: Path | str,
    *,
    template: Path | str | None = None,
    language: Language = "zh",
) -> None:
    """Write a report that was computed before; otherwise as :func:`write_report`."""
    path = Path(out)
    check_ending(path, template)
    _put(path, as_bytes(context, path.suffix.lower(), template=template, language=language))


def as_bytes(
    context: ReportContext,
    ending: str,
    *,
    template: Path | str | None = None,
    language: Language = "zh",
) -> bytes:
    """The file of a report, without writing it.

    Parameters
    ----------
    context : ReportContext
        What it says.
    ending : {".docx", ".html", ".pdf"}
        Which file.
    template, language
        As for :func:`write_report`.
    """
    values = fields(context, language)
    if ending == ".docx":
        own = None if template is None else Path(template)
        return fill_template(own, context.kind, values, language)
    page = html_page(context.kind, values, language)
    return page.encode("utf-8") if ending == ".html" else print_pdf(page)


def write_template_file(kind: ReportKind, out: Path | str, language: Language = "zh") -> None:
    """Write the Word template of a report for the office to edit.

    Raises
    ------
    GridplanError
        Where the name does not end in ``.docx``, or the disk refuses.
    """
    path = Path(out)
    if path.suffix.lower() != ".docx":
        raise GridplanError("reports.error.template_for_word", file=path.name)
    with tempfile.TemporaryDirectory(prefix="gridplan-template-") as folder:
        made = Path(folder) / "template.docx"
        write_template(kind, made, language)
        _put(path, made.read_bytes())


def check_ending(path: Path, template: Path | str | None) -> None:
    """Refuse a file whose ending no report has, before anything is computed.

    Raises
    ------
    GridplanError
        Where it is not of `ENDINGS`, or a template is given for anything but Word.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise GridplanError("reports.error.unknown_ending", file=path.name)
    if template is not None and ending != ".docx":
        raise GridplanError("reports.error.template_for_word", file=path.name)


def _put(path: Path, content: bytes) -> None:
    """Write aside, then swap: nobody ever finds half a report."""
    part = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise GridplanError(
            "reports.error.cannot_write", file=path, reason=error.strerror or error
        ) from error
    finally:
        with contextlib.suppress(OSError):  # nothing was written where the folder is none
            part.unlink(missing_ok=True)
