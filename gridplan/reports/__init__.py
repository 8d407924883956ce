"""Reports of an area: weekly, daily, monthly, quarterly; Word, HTML and PDF from one context."""

from gridplan.reports.context import ReportContext, report_context
from gridplan.reports.kinds import ReportKind, ReportSpec
from gridplan.reports.template import write_template
from gridplan.reports.write import as_bytes, write_context, write_report

__all__ = [
    "ReportContext",
    "ReportKind",
    "ReportSpec",
    "as_bytes",
    "report_context",
    "write_context",
    "write_report",
    "write_template",
]
