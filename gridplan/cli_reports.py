"""The commands that write reports and their templates."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gridplan.terminal import progress, screen, speech, tell


class Kind(StrEnum):
    """The kinds of report, named here too so that ``--help`` need not load them."""

    WEEKLY = "weekly"
    DAILY = "daily"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


Wanted = Annotated[
    Kind,
    typer.Option(help="周报、每日汇总、每月一题、季度满意度 · weekly, daily, monthly, quarterly"),
]
Report = Annotated[Path, typer.Option(help="成稿：.docx、.html 或 .pdf · the file to write")]
Template = Annotated[Path, typer.Option(help="Word 模板 · the Word template to write")]


def report(
    area: Annotated[Path, typer.Argument(help="区域文件夹（含 area.toml）· an area folder")],
    out: Report,
    kind: Wanted = Kind.WEEKLY,
    period: Annotated[
        str,
        typer.Option(help="时段，如 2025-W40；默认最近一个完整时段 · the last whole by default"),
    ] = "",
    community: Annotated[
        str, typer.Option(help="社区编码或名称（周报除外）· a community by code or name")
    ] = "",
    category: Annotated[str, typer.Option(help="每月一题的类别 · category of the month")] = "",
    plan: Annotated[
        Path | None, typer.Option(help="按方案网格落实责任 · grids of a plan folder answer")
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="自行修改过的 Word 模板 · the office's own template")
    ] = None,
    least: Annotated[
        int, typer.Option(min=0, help="不足此数不列，0 为全部列出 · smallest count that is told")
    ] = 5,
) -> int:
    """生成治理动态周报等报告 · Write a report as Word, HTML or PDF, by the file's ending."""
    from gridplan.cases import Period
    from gridplan.export.plan_folder import read_plan
    from gridplan.pipeline import prepare
    from gridplan.reports.context import report_context
    from gridplan.reports.kinds import ReportKind, ReportSpec
    from gridplan.reports.write import check_ending, write_context

    check_ending(out, template)
    spec = ReportSpec(
        kind=ReportKind(kind),
        period=Period.parse(period) if period else None,
        community=community,
        category=category,
        least_shown=least,
    )
    with progress() as told:
        prepared = prepare(area, None, told)
        beside = read_plan(plan) if plan is not None else None
        context = report_context(prepared, spec, plan=beside, report=told)
        told("step.write", 0.0)
        write_context(context, out, template=template, language=speech["language"])
    screen.print(tell("cli.written", folder=out), markup=False)
    return 0


def report_template(out: Template, kind: Wanted = Kind.WEEKLY) -> int:
    """写出 Word 模板供修改 · Write a report's Word template for the office to edit."""
    from gridplan.reports.kinds import ReportKind
    from gridplan.reports.write import write_template_file

    write_template_file(ReportKind(kind), out, speech["language"])
    screen.print(tell("cli.written", folder=out), markup=False)
    return 0
