"""治理动态周报: choose a report and its period, read it here, take it away."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from gridplan.cases.periods import Period
from gridplan.errors import GridplanError
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.reports import ReportKind, ReportSpec, report_context, write_template
from gridplan.reports.browser import print_pdf
from gridplan.reports.fields import fields
from gridplan.reports.html import html_page
from gridplan.reports.template import fill_template
from gridplan.schema import CATEGORY, COMMUNITY_CODE, NAME
from gridplan.ui.desk import Desk
from gridplan.ui.export import MIME
from gridplan.ui.frame import language, leader, ready, top, word
from gridplan.ui.kept import kept
from gridplan.ui.leaders import book_of
from gridplan.ui.work import Report, Stop, Work
from gridplan.words import Language

PREVIEW_PX = 1000
KEPT = 12
"""Reports kept for all sessions; one is some two megabytes."""


@dataclass(frozen=True)
class Order:
    """What the controls ask for."""

    kind: ReportKind
    period: Period
    community: str
    category: str

    @property
    def spec(self) -> ReportSpec:
        """As the reports take it."""
        return ReportSpec(
            kind=self.kind, period=self.period, community=self.community, category=self.category
        )


@dataclass(frozen=True)
class Files:
    """A report ready to be read and taken away.

    Parameters
    ----------
    title : str
        Of the report, with its period: the files are named by it.
    page : str
        HTML.
    word : bytes
        Word.
    pdf : bytes or None
        None where `problem` says why.
    problem : GridplanError or None
        Why there is no PDF.
    """

    title: str
    page: str
    word: bytes
    pdf: bytes | None
    problem: GridplanError | None


def report(desk: Desk | None) -> None:
    """The page."""
    prepared = None if desk is None else desk.prepared
    order = None if prepared is None else _order(prepared)
    work = None
    if desk is not None and prepared is not None and order is not None:
        work = desk.looking = _made(prepared, desk.plan, order, language())
    top(desk, word("name.report"))
    if not ready(desk) or prepared is None:
        return
    if order is None or work is None:
        st.info(word("report.no_cases"))
        return
    _controls(prepared, order)
    if isinstance(work.error, GridplanError):
        st.info(work.error.text(language()))
        kept("reports", KEPT).forget(work)  # the next look tries again
    elif work.error is not None:
        raise work.error
    elif work.result is None:
        st.html(f'<p class="gp-wait">{word("report.wait")}</p>')
    else:
        _downloads(work.result, order)
        st.iframe(work.result.page, height=PREVIEW_PX, alt=word("report.preview"))


def _made(prepared: Prepared, plan: Plan | None, order: Order, spoken: Language) -> Work[Files]:
    """The report for an order, begun where nobody asked for it before."""
    names = (order.kind.value, str(order.period), order.community, order.category)
    key = (prepared.layers.fingerprint, id(plan), *names, spoken)

    def task(tell: Report, _: Stop) -> Files:
        context = report_context(prepared, order.spec, plan=plan, report=tell)
        tell("step.write", 0.9)
        values = fields(context, spoken)
        page = html_page(context.kind, values, spoken)
        problem, pdf = None, None
        try:
            pdf = print_pdf(page)
        except GridplanError as error:  # told beside the button; the other files are there
            problem = error
        return Files(
            title=f"{values['title']} {order.period}",
            page=page,
            word=fill_template(None, context.kind, values, spoken),
            pdf=pdf,
            problem=problem,
        )

    return kept("reports", KEPT).get(key, plan, task)


def _order(prepared: Prepared) -> Order | None:
    """What the controls say; None where no case has a time."""
    book = book_of(prepared)
    if book.believed.empty:
        return None
    state = st.session_state
    kind = ReportKind(state.get("report-kind") or ReportKind.WEEKLY)
    every = book.periods(kind.period)
    period = state.get(f"report-period-{kind.value}")
    if period not in every:
        period = book.last_whole(kind.period) or every[-1]
    layers = prepared.layers
    community = state.get("report-community") or ""
    if kind is ReportKind.WEEKLY or community not in set(layers.communities[COMMUNITY_CODE]):
        community = ""
    category = state.get("report-category") or ""
    if kind is not ReportKind.MONTHLY or category not in set(layers.cases[CATEGORY]):
        category = ""
    return Order(kind, period, community, category)


def _controls(prepared: Prepared, order: Order) -> None:
    """Kind, period and, where they matter, community and category."""
    columns = st.columns([5, 3, 2, 2], vertical_alignment="bottom")
    columns[0].segmented_control(
        word("report.kind"), list(ReportKind), default=ReportKind.WEEKLY, required=True,
        format_func=lambda kind: kind.title(language()), key="report-kind", width="stretch",
        label_visibility="collapsed",
    )  # fmt: skip
    every = book_of(prepared).periods(order.kind.period)[::-1]
    columns[1].selectbox(
        word("report.period"), every, index=every.index(order.period),
        format_func=lambda period: period.title(language()),
        key=f"report-period-{order.kind.value}", label_visibility="collapsed",
    )  # fmt: skip
    if order.kind is not ReportKind.WEEKLY:
        frame = prepared.layers.communities
        names = dict(zip(frame[COMMUNITY_CODE], frame[NAME], strict=True))
        columns[2].selectbox(
            word("report.community"), ["", *names],
            format_func=lambda code: names.get(code, word("report.whole")),
            key="report-community", label_visibility="collapsed",
        )  # fmt: skip
    if order.kind is ReportKind.MONTHLY:
        counts = prepared.layers.cases[CATEGORY].value_counts()
        columns[3].selectbox(
            word("report.category"), ["", *(name for name in counts.index if name)],
            format_func=lambda name: name or word("report.most"),
            key="report-category", label_visibility="collapsed",
        )  # fmt: skip


def _downloads(files: Files, order: Order) -> None:
    """Word, PDF and HTML, and for planners the template."""
    kinds: dict[str, bytes | None] = {
        "docx": files.word, "pdf": files.pdf, "html": files.page.encode("utf-8"),
    }  # fmt: skip
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for ending, content in kinds.items():
            st.download_button(
                {"docx": "Word", "pdf": "PDF", "html": "HTML"}[ending],
                content or b"",
                f"{files.title}.{ending}",
                {**MIME, "pdf": "application/pdf"}[ending],
                icon=":material/download:",
                type="primary" if ending == "docx" else "secondary",
                disabled=content is None,
                key=f"report-{ending}",
                on_click="ignore",
            )
        if not leader():
            st.download_button(
                word("report.template"),
                _template(order.kind, language()),
                f"{order.kind.title(language())}.docx",
                MIME["docx"],
                icon=":material/edit_document:",
                help=word("report.template_help"),
                key="report-template",
                on_click="ignore",
            )
    if files.problem is not None:
        st.caption(files.problem.text(language()))


@st.cache_data(show_spinner=False)
def _template(kind: ReportKind, spoken: Language) -> bytes:
    with tempfile.TemporaryDirectory(prefix="gridplan-template-") as folder:
        path = Path(folder) / "template.docx"
        write_template(kind, path, spoken)
        return path.read_bytes()
