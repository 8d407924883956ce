"""方案说明.docx: the plan on one A4 page, for those who decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd

from gridplan.analyse.compare import Comparison, State
from gridplan.analyse.present import Present
from gridplan.certificate import (
    certificate,
    count_households,
    estimate_note,
    grid_name,
    rule_sentences,
)
from gridplan.load.layers import Layers
from gridplan.paper import CELL_MARGINS_CM, Paper
from gridplan.picture import TINTS, draw_grids, draw_swatch, state_of_grid
from gridplan.plan import Finding, Plan
from gridplan.rules import Rule
from gridplan.words import say

REPORT = "方案说明.docx"

MOST_FINDINGS = 5
"""More would not leave room for the rest of the page; the ledger has them all."""

MAP_CM = 8.6
"""Greatest height of the maps."""


def write_report(
    plan: Plan,
    comparison: Comparison,
    path: Path,
    *,
    today: date,
    layers: Layers | None = None,
    present: Present | None = None,
) -> None:
    """Write the one-page note of a plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    comparison : Comparison
        Of the plan with the present grids.
    path : Path
        The file.
    today : date
        Stands under the title.
    layers : Layers, optional
        Streets and waters of the map, and where households come from.
    present : Present, optional
        The present grids, for the map on the left.
    """
    page = Paper(
        say("report.title", name=plan.name),
        left=say("export.internal"),
        right=say("export.draft_codes"),
        today=today,
    )
    page.subtitle(say("report.date", date=today))
    page.lead(headline(plan, comparison))
    page.heading(say("report.section.table"))
    head = [say(f"report.{key}") for key in ("measure", "before", "after")]
    page.table(head, comparison_rows(comparison, plan.estimated), shares=(0.45, 0.22, 0.33))
    page.heading(say("report.section.map"))
    _add_map(page, plan, present, layers)
    page.heading(say("report.section.findings"))
    for line in finding_lines(plan):
        page.text(line)
    page.heading(say(f"report.section.{'adjusted' if plan.adjusted else 'certificate'}"))
    page.text(certificate_note(plan))
    page.heading(say("report.section.data"))
    page.text(data_note(plan, layers))
    page.save(path)


def headline(plan: Plan, comparison: Comparison) -> str:
    """What the plan comes to, in a few sentences."""
    before, after = comparison.before, comparison.after
    told = [
        say("report.head.from_nothing", after=after.grids)
        if before is None
        else say(
            "report.head.from_present",
            before=before.grids,
            after=after.grids,
            wrong=before.grids - before.sound,
        )
    ]
    if plan.violations:
        told.append(say("report.head.wrong", violations=len(plan.violations)))
    elif plan.exceptions:
        told.append(say("report.head.excused", sound=after.sound, exceptions=len(plan.exceptions)))
    else:
        told.append(say("report.head.clean"))
    told.append(_staff(comparison))
    if before is not None:
        count = count_households(comparison.moved_households, plan.estimated)
        told.append(say("report.head.moved", count=count, share=comparison.moved_share))
    return "".join(told)


def comparison_rows(comparison: Comparison, estimated: bool) -> list[tuple[str, str, str]]:
    """Name, present and planned value of each measure, in words."""
    before, after = comparison.before, comparison.after
    about, dash = ("≈" if estimated else ""), say("report.unknown")

    def row(name: str, attribute: str, mark: str = "") -> tuple[str, str, str]:
        old = f"{mark}{getattr(before, attribute):,.0f}" if before else dash
        return name, old, f"{mark}{getattr(after, attribute):,.0f}"

    def broken(key: str, *rules: Rule) -> tuple[str, str, str]:
        old = f"{_count(before, rules):,}" if before else dash
        return say(f"report.row.{key}"), old, _after(comparison, rules)

    moved = (
        f"{about}{comparison.moved_households:,}（{comparison.moved_share:.1%}）"
        if before
        else dash
    )
    uncovered = row(say("report.row.uncovered"), "uncovered_households")
    return [
        row(say("report.row.grids"), "grids"),
        row(say("report.row.sound"), "sound"),
        broken("upper", Rule.UPPER),
        broken("lower", Rule.LOWER),
        broken("radius", Rule.RADIUS),
        broken("pieces", Rule.CONTIGUITY, Rule.BARRIER),
        broken("community", Rule.COMMUNITY),
        uncovered if uncovered[1] in (dash, "0") else (uncovered[0], about + uncovered[1], "0"),
        row(say("report.row.largest"), "largest", about),
        row(say("report.row.mean"), "mean", about),
        row(_workers(comparison.posts), "grids"),
        (say("report.row.moved"), dash, moved),
    ]


def finding_lines(plan: Plan) -> list[str]:
    """The gravest findings in words, violations first, and how many more there are."""
    found = (*plan.violations, *plan.exceptions)
    if not found:
        return [say("report.no_findings")]
    places = plan.grids.set_index("grid_id")[["code", "community_name"]]
    measure = plan.provenance.rules.measure
    lines = [_finding(finding, places, measure) for finding in found[:MOST_FINDINGS]]
    left = len(found) - MOST_FINDINGS
    return [*lines, say("report.more", count=left)] if left > 0 else lines


def certificate_note(plan: Plan) -> str:
    """What is proved of the plan, and whether a solver or a person made it."""
    key = "report.certificate.adjusted" if plan.adjusted else "report.certificate.sentence"
    return say(key, proved="；".join(certificate(plan)))


def data_note(plan: Plan, layers: Layers | None) -> str:
    """Where households come from, how many are estimated, and the digest of the data."""
    told = []
    if layers is not None:
        made = layers.households
        source, kind = (f"report.source.{made.source}", f"report.kind.{made.kind.value}")
        told.append(say("report.data.source", kind=say(kind), source=say(source)))
    told.append(f"{estimate_note(plan)}。")
    rules = "；".join(f"{name} {value}" for name, value, _ in rule_sentences(plan.provenance.rules))
    told.append(say("report.data.rules", rules=rules))
    told.append(say("report.data.print", fingerprint=plan.provenance.fingerprint[:12]))
    return "".join(told)


def _finding(finding: Finding, places: pd.DataFrame, measure: str) -> str:
    grid = finding.grid
    if grid in places.index:
        place = places.loc[grid]
        grid = grid_name(str(place["code"]), str(place["community_name"]))
    judgement = say(f"report.judgement.{'exception' if finding.proved else 'violation'}")
    head = f"{judgement} · {grid}"
    # a bare breach says its rule and its numbers itself
    if not finding.key.startswith("breach."):
        head += say(f"export.rule.{finding.rule.value}") + _amount(finding, measure)
    return f"{head}：{finding.reason()}。"


def _amount(finding: Finding, measure: str) -> str:
    """What the grid has and what the rule allows, where the rule limits a number."""
    units = {Rule.UPPER: measure, Rule.LOWER: measure, Rule.RADIUS: "metres"}
    if finding.rule not in units or finding.value is None or finding.limit is None:
        return ""
    unit = f"certificate.{units[finding.rule]}"
    value, limit = say(unit, count=finding.value), say(unit, count=finding.limit)
    return say("report.amount", value=value, limit=limit)


def _staff(comparison: Comparison) -> str:
    needed, posts = comparison.after.grids, comparison.posts
    if posts is None:
        return say("report.head.needed", needed=needed)
    serving = posts - (comparison.vacancies or 0)
    missing = max(needed - serving, 0)
    key = "report.head.short" if missing else "report.head.enough"
    return say(key, needed=needed, serving=serving, missing=missing)


def _workers(posts: int | None) -> str:
    if posts is None:
        return say("report.row.workers")
    return say("report.roster.workers", posts=posts)


def _count(state: State, rules: Iterable[Rule]) -> int:
    return sum(state.broken.get(rule, 0) for rule in rules)


def _after(comparison: Comparison, rules: tuple[Rule, ...]) -> str:
    """The number of grids that break a rule, said to be excused where all of them are."""
    count, excused = (
        _count(comparison.after, rules),
        sum(comparison.after.excused.get(rule, 0) for rule in rules),
    )
    return say("report.cell.excused", count=count) if count and count == excused else f"{count:,}"


def _add_map(page: Paper, plan: Plan, present: Present | None, layers: Layers | None) -> None:
    """The present grids and the plan at one scale, or the plan alone."""
    states = {"after": state_of_grid((*plan.violations, *plan.exceptions))}
    frames = {"after": plan.grids}
    if present is not None:
        frames = {"before": present.grids, **frames}
        states["before"] = state_of_grid(present.findings)
    left, bottom, right, top = plan.grids.total_bounds
    width_cm = page.width_cm / len(frames) - CELL_MARGINS_CM
    # a little more, for the scale below
    height_cm = min(1.15 * width_cm * (top - bottom) / (right - left), MAP_CM)
    extent_m, size_cm = (left, bottom, right, top), (width_cm, height_cm)
    pictures = [
        (say(f"report.{key}"),
         draw_grids(frame, states[key], extent_m=extent_m, size_cm=size_cm, layers=layers))
        for key, frame in frames.items()
    ]  # fmt: skip
    page.pictures(pictures, size_cm)
    shown = {state for found in states.values() for state in found.values()} | {"sound"}
    legend = [(say(f"report.legend.{state}"), draw_swatch(state))
              for state in TINTS if state in shown]  # fmt: skip
    page.legend(legend, say("report.legend.lines"))
