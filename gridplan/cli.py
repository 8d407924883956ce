"""What the package offers to the shell."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from gridplan.cli_reports import report, report_template
from gridplan.errors import GridplanError
from gridplan.plan import Finding, Plan
from gridplan.rules import GridCount, RadiusAlong, RuleSet
from gridplan.terminal import progress as _progress
from gridplan.terminal import screen as _screen
from gridplan.terminal import speech as _speech
from gridplan.terminal import tell as _say

CLEAN, FAILED, EXCEPTIONS = 0, 1, 3
"""Exit statuses; a violation without proof counts as an error."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

Area = Annotated[Path, typer.Argument(help="区域文件夹（含 area.toml）· an area folder")]
Seed = Annotated[int, typer.Option(help="随机种子 · seed of every random choice")]
Limit = Annotated[float, typer.Option(min=1, help="求解时限（秒）· solver's time in seconds")]
Workers = Annotated[int | None, typer.Option(min=1, help="进程数 · worker processes")]
Out = Annotated[Path, typer.Option(help="输出文件夹 · folder to write")]


def main() -> None:
    """Run the command line; every foreseen error ends in one message and status 1."""
    if os.environ.get("GRIDPLAN_LANG") == "en":
        _speech["language"] = "en"
    try:
        status = app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except GridplanError as error:
        _fail(error.text(_speech["language"]))
    except typer.TyperException as error:
        _fail(_say("cli.usage", told=error.format_message()))
    except (typer.Abort, KeyboardInterrupt):
        _fail(_say("error.cancelled"))
    except Exception:  # a mistake of ours: the user gets one line, the developer the rest
        log = Path(tempfile.mkdtemp(prefix="gridplan-")) / "error.log"
        log.write_text(traceback.format_exc(), "utf-8")
        _fail(_say("error.unforeseen", log=log))
    sys.exit(status if isinstance(status, int) else CLEAN)


@app.callback()
def _options(
    lang: Annotated[str, typer.Option(help="zh | en")] = "",
) -> None:
    """网格优化调整 · Redraw a street's service grids, with a certificate of how good the plan is."""
    if lang not in ("", "zh", "en"):
        raise typer.BadParameter(f"--lang zh | en, not {lang}")
    if lang:
        _speech["language"] = "en" if lang == "en" else "zh"


@app.command()
def redraw(
    area: Area,
    out: Out,
    time_limit: Limit = 60.0,
    seed: Seed = 1,
    workers: Workers = None,
    count: Annotated[GridCount, typer.Option(help="网格数来源 · where their number comes from")] = (
        GridCount.PRESENT
    ),
    reserve: Annotated[float, typer.Option(min=0, max=0.9, help="增长余量 · growth reserve")] = 0.0,
    radius_along: Annotated[
        RadiusAlong, typer.Option(help="半径量法：直线或沿街 · crow's metres or along streets")
    ] = RadiusAlong.AIR,
) -> int:
    """重划网格并写出方案文件夹 · Redraw an area's grids and write the plan folder."""
    from gridplan.export.plan_folder import write_plan
    from gridplan.pipeline import prepare
    from gridplan.pipeline import redraw as solve_area

    rules = RuleSet(grid_count=count, growth_reserve=reserve, radius_along=radius_along)
    with _progress() as report, _stop_on_interrupt() as stop:
        prepared = prepare(area, rules, report)
        plan = solve_area(
            prepared, time_limit_s=time_limit, seed=seed, workers=workers, report=report, stop=stop
        )
        report("step.write", 0.0)
        write_plan(
            plan,
            out,
            layers=prepared.layers,
            present=next(iter(prepared.present.values()), None),
            prepared_s=prepared.seconds,
        )
    _tell_notes(prepared.layers.notes + prepared.units.notes + prepared.fabric.notes)
    _tell_plan(plan, prepared.seconds, out)
    if plan.violations:
        return FAILED
    return EXCEPTIONS if plan.exceptions else CLEAN


@app.command()
def check(area: Area) -> int:
    """检查数据与现有网格 · Report what is wrong with the data and the present grids."""
    from gridplan.pipeline import prepare

    with _progress() as report:
        prepared = prepare(area, None, report)
    _tell_notes(prepared.layers.notes + prepared.units.notes + prepared.fabric.notes)
    for name, present in prepared.present.items():
        _screen.print(f"\n[bold]{name}[/bold]  {_say('cli.grids', count=len(present.grids))}")
        _tell_findings(present.findings)
    return EXCEPTIONS if any(state.findings for state in prepared.present.values()) else CLEAN


@app.command()
def hotspots(
    area: Area,
    out: Out,
    plan: Annotated[
        Path | None, typer.Option(help="对照的方案文件夹 · a plan folder beside")
    ] = None,
    category: Annotated[str | None, typer.Option(help="只看一个类别 · one category only")] = None,
    weeks: Annotated[int, typer.Option(min=4, help="统计最近多少周 · weeks counted")] = 52,
    until: Annotated[
        datetime | None,
        typer.Option(help="统计截止（不含该日）· end of the weeks", formats=["%Y-%m-%d"]),
    ] = None,
    seed: Seed = 1,
) -> int:
    """查找诉求热点 · Look for hotspots of cases, tested, with piles at one address set aside."""
    from gridplan.cases import quality_of
    from gridplan.export.hotspots import write_hotspots
    from gridplan.export.plan_folder import read_plan
    from gridplan.hotspots import HotspotSpec, find_hotspots
    from gridplan.pipeline import prepare

    spec = HotspotSpec(weeks=weeks, category=category, seed=seed)
    with _progress() as report:
        prepared = prepare(area, None, report)
        layers = prepared.layers
        beside = read_plan(plan) if plan is not None else None
        found = find_hotspots(prepared, spec, plan=beside, until=until, report=report)
        report("step.write", 0.0)
        write_hotspots(found, layers, out)
    _screen.print(
        _say(
            "cli.hotspots",
            name=layers.name,
            cases=len(found.cases),
            located=quality_of(layers.cases, layers.communities).share("located"),
            clusters=len(found.clusters),
            piles=len(found.piles),
        ),
        markup=False,
    )
    _screen.print(_say("cli.written", folder=out), markup=False)
    return CLEAN


@app.command()
def coverage(
    area: Area,
    out: Out,
    services: Annotated[
        Path | None, typer.Option(help="服务类别与步行距离（services.toml）· kinds and distances")
    ] = None,
    plan: Annotated[
        Path | None, typer.Option(help="按此方案的网格统计 · a plan folder whose grids count")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(help="走访截止日 · day on which visits are judged", formats=["%Y-%m-%d"]),
    ] = None,
) -> int:
    """查找服务盲区 · Look for service blind spots along the walking network."""
    from gridplan.coverage import find_coverage, read_services
    from gridplan.export.coverage import write_coverage
    from gridplan.export.plan_folder import read_plan
    from gridplan.pipeline import prepare

    chosen = read_services(services) if services is not None else None
    beside = read_plan(plan) if plan is not None else None
    with _progress() as report:
        prepared = prepare(area, None, report)
        report("step.coverage", 0.0)
        found = find_coverage(
            prepared, chosen, plan=beside, as_of=as_of.date() if as_of is not None else None
        )
        report("step.write", 0.0)
        write_coverage(found, out, prepared.layers.name)
    _tell_notes(found.notes)
    for service in found.services.services:
        row = found.summary.set_index("service").loc[service.key]
        key = "cli.covered" if row["judged_households"] > 0 else "cli.not_covered"
        told = {"service": service.title(_speech["language"]), **row.to_dict()}
        _screen.print(_say(key, **told), markup=False)
    _screen.print(_say("cli.written", folder=out), markup=False)
    return CLEAN


app.command()(report)
app.command("report-template")(report_template)


@app.command()
def solve(
    file: Annotated[Path, typer.Argument(help="算例文件 · an instance file")],
    time_limit: Limit = 60.0,
    seed: Seed = 1,
    solver: Annotated[
        str, typer.Option(help="求解器：highs、cbc、scip、gurobi · where installed")
    ] = "highs",
    write: Annotated[
        Path | None, typer.Option(help="另存整数规划模型（.lp 或 .mps）· also write the model")
    ] = None,
) -> int:
    """求解单个算例，标准输出为一行 JSON · Solve one instance; one JSON line on standard output."""
    from gridplan.partition import read_instance, write_problem
    from gridplan.partition import solve as solve_problem

    name, problem = read_instance(file)
    if write is not None:
        write_problem(problem, write)
    outcome = solve_problem(problem, time_limit_s=time_limit, seed=seed, solver=solver)
    for reason in outcome.reasons:
        _screen.print(reason.words(_speech["language"]))
    labels = None if outcome.labels is None else [int(label) for label in outcome.labels]
    line = {
        "instance": name,
        "status": outcome.status.value,
        "objective": outcome.objective,
        "bound": outcome.bound,
        "gap": outcome.gap,
        "seconds": round(outcome.seconds, 3),
        "labels": labels,
    }
    sys.stdout.write(json.dumps(line, allow_nan=False) + "\n")
    return CLEAN


@app.command()
def demo(out: Out, seed: Seed = 1) -> int:
    """写出示例街道 · Write the demo street as an area folder."""
    from gridplan.demo import make_demo

    folder = make_demo(out, seed)
    _screen.print(_say("cli.written", folder=folder))
    return CLEAN


@app.command()
def fetch(
    place: Annotated[
        str, typer.Argument(help="地名（需要联网）· a place by name; needs a network")
    ],
    out: Out,
) -> int:
    """从 OpenStreetMap 下载一个地方 · Fetch a place from OpenStreetMap as an area folder."""
    from gridplan.load.osm import fetch_place

    _screen.print(_say("cli.written", folder=fetch_place(place, out)))
    return CLEAN


def _fail(text: str) -> None:
    _screen.print(text, style="red", markup=False)
    sys.exit(FAILED)


@contextmanager
def _stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """The first Ctrl+C asks for the best plan so far; the second ends the program."""
    asked: list[bool] = []

    def note(*_: object) -> None:
        asked.append(True)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


def _tell_notes(notes: tuple[Any, ...]) -> None:
    for note in notes:
        _screen.print(f"· {note.text(_speech['language'])}", style="dim", markup=False)


def _tell_findings(findings: tuple[Finding, ...]) -> None:
    table = Table("rule", "grid", _say("cli.reason"), box=None, header_style="bold")
    for finding in findings:
        table.add_row(finding.rule.value, finding.grid, finding.reason(_speech["language"]))
    _screen.print(table)


def _tell_plan(plan: Plan, prepared_s: float, out: Path) -> None:
    _screen.print(
        _say(
            "cli.plan",
            name=plan.name,
            grids=len(plan.grids),
            households=plan.households,
            approximately="≈" if plan.estimated else "",
            status=plan.status.value,
            prepared_s=prepared_s,
            seconds=plan.seconds,
        ),
        markup=False,
    )
    for stage in plan.stages:
        _screen.print(_say("cli.stage", **dataclasses.asdict(stage), gap=stage.gap), markup=False)
    for key, findings in (("cli.violations", plan.violations), ("cli.exceptions", plan.exceptions)):
        if findings:
            _screen.print(_say(key, count=len(findings)), style="bold", markup=False)
            _tell_findings(findings)
    _screen.print(_say("cli.written", folder=out), markup=False)
