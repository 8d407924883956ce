"""The results as a page: a summary, what each method can express, a plot and a table a family."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from benchmarks.large import Row
from benchmarks.race import NAMES, Run
from benchmarks.results import Result, middle
from gridplan import __version__

_OURS = ("highspy", "numba", "numpy", "scipy")
"""Packages behind gridplan's own time."""

EXPRESSES = {
    "gridplan": ("all of it", "–"),
    "redraw": (
        "what a planner's redraw runs on an area: a plan in any event, broken rules where it must,"
        " and the number of grids as nearly as the limits allow",
        "–",
    ),
    "assignment": (
        "limits, number of grids, radius, cost, all exactly; its bound holds for everyone",
        "one piece",
    ),
    "flows": ("all of it, one piece by flows towards each centre", "–"),
    "metis": (
        "contiguous option, and recursive cuts in turn; weights within the nearer limit of the mean;"
        " edges that weigh near units together; as many tries as the time allows, the best kept",
        "lower limit, radius, centres, cost; its weights are a wish",
    ),
    "gerrychain": (
        "recursive-tree start; household limits as hard constraints; short bursts on the exact"
        " cost, a unit out of reach dearer than any plan; new starts until the time is over",
        "radius (a cost only), bound",
    ),
    "maxp": (
        "coordinates; lower limit as threshold, and thresholds up to 1.3 times it; as many tries"
        " as the time allows, the best kept",
        "number of grids, upper limit, radius, centres",
    ),
    "azp": (
        "number of grids; the exact cost with limits and radius as its objective function; as"
        " many tries as the time allows, the best kept",
        "limits and radius (a cost only), bound",
    ),
}
"""What each method is given, and what its interface has no word for."""


def page(results: list[Result], command: str, picture: str | None, large: list[Row]) -> str:
    """Write the page.

    Parameters
    ----------
    results : list of Result
        In the order of the rows.
    command : str
        That made them.
    picture : str or None
        Address of the plot, from the page.
    large : list of Row
        What stands beside the races: whole streets, many cases, long ways.

    Returns
    -------
    str
        Markdown.
    """
    keys = [key for key in NAMES if any(key in result.peers for result in results)]
    families = list(dict.fromkeys(result.family for result in results))
    parts = [
        _head(results, command),
        _summary(results, keys),
        _wrong(results),
        _large(large),
        f"![Gap against seconds]({picture})\n" if picture else "",
        _means(keys),
        *(_family(name, [r for r in results if r.family == name], keys) for name in families),
    ]
    return "\n".join(part for part in parts if part)


def _head(results: list[Result], command: str) -> str:
    limit_s = max(result.limit_s for result in results)
    return f"""# Benchmarks

Written by `{command}` on {machine()}.
{_versions(results)}.

Everyone has the same units and the same time: {limit_s:g} s, or, where gridplan had its proof sooner,
what gridplan took, but at least 4 s for a peer. One core for a case, one seed. Every plan, ours and theirs, is scored
by the same code: the product's checker, and the cost of each grid at its best centre. A plan is legal
where all rules hold: household limits, radius, one piece, number of grids. × is a peer's cost over gridplan's,
counted only where both plans are legal: above 1, gridplan's is the better one; in brackets, when that plan was
found. Where there is – in place of ×, the words say what is wrong with the method's best plan.
"""


def machine() -> str:
    """Processor, cores and memory of this machine."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text("utf-8").splitlines() if "model name" in line]
        model = names[0].split(":", 1)[1].strip() if names else model
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        held = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        memory = f", {held:.0f} GiB of memory"
    return f"{model}, {os.cpu_count()} cores{memory}, {platform.system()}"


def _versions(results: list[Result]) -> str:
    ours = ", ".join(f"{name} {version(name)}" for name in _OURS)
    theirs: dict[str, str] = {}
    for result in results:
        for run in _all(result):
            theirs |= run.versions
    peers = ", ".join(f"{name} {number}" for name, number in sorted(theirs.items()))
    text = f"gridplan {__version__} with {ours}, Python {platform.python_version()}"
    return f"{text}. Peers: {peers}" if peers else text


def _summary(results: list[Result], keys: list[str]) -> str:
    lines = [
        "| method | cases | legal plans | proved | median gap | median × | least × | cheaper than gridplan |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for key in ["gridplan", *keys]:
        own = [(r, r.ours if key == "gridplan" else r.peers.get(key)) for r in results]
        pairs = [(result, run) for result, run in own if run is not None]
        ratios = [x for result, run in pairs if (x := result.ratio(run)) is not None]
        gaps = [x for result, run in pairs if (x := result.gap(run)) is not None]
        ours = key == "gridplan"
        cells = [
            NAMES[key],
            str(len(pairs)),
            str(sum(run.score is not None and run.score.legal for _, run in pairs)),
            str(sum(result.proved(run) for result, run in pairs)),
            _percent(middle(gaps)),
            "–" if ours else _times(middle(ratios)),
            "–" if ours else _times(min(ratios, default=None)),
            "–" if ours else str(sum(ratio < 1 - 1e-6 for ratio in ratios)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    impossible = sum(any(run.status == "infeasible" for run in _all(r)) for r in results)
    note = "A gap is to the best bound that anyone proved; medians are over legal plans alone, so of fewer and easier cases the fewer a method solved."
    if impossible:
        note += f" For {impossible} of the cases it is proved that no legal plan exists."
    return "\n".join([*lines, "", note, ""])


def _all(result: Result) -> list[Run]:
    return [result.ours, *result.peers.values()]


def _wrong(results: list[Result]) -> str:
    told = [line for result in results for line in result.contradictions()]
    if not told:
        return "No plan contradicts a bound or a proof.\n"
    return "\n".join(["**Contradictions:**", "", *(f"- {line}" for line in told), ""])


def _large(rows: list[Row]) -> str:
    if not rows:
        return ""
    lines = ["## Beside the races", "", "| measured on all cores | |", "|---|--:|"]
    return "\n".join([*lines, *(f"| {what} | {figure} |" for what, figure in rows), ""])


def _means(keys: list[str]) -> str:
    lines = ["## What each is given", "", "| method | given | cannot express |", "|---|---|---|"]
    lines += [f"| {NAMES[key]} | {' | '.join(EXPRESSES[key])} |" for key in ["gridplan", *keys]]
    return "\n".join([*lines, ""])


def _family(name: str, results: list[Result], keys: list[str]) -> str:
    used = [key for key in keys if any(key in result.peers for result in results)]
    heads = ["instance", "units", "grids", "gridplan", "gap", "s", *(NAMES[key] for key in used)]
    lines = [
        f"## {name}", "", f"| {' | '.join(heads)} |", f"|---|{'--:|' * (len(heads) - 1)}",
    ]  # fmt: skip
    for result in results:
        cells = [
            result.name, str(result.units), str(result.grids), _value(result.ours),
            _state(result), f"{result.ours.seconds:.1f}",
            *(_peer(result, result.peers.get(key)) for key in used),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _value(run: Run) -> str:
    if run.score is None:
        return "none exists" if run.status == "infeasible" else "–, no plan"
    return f"{run.score.objective:,.7g}" if run.score.legal else f"–, {run.score.told()}"


def _state(result: Result) -> str:
    run = result.ours
    if run.status in ("optimal", "infeasible"):
        return "0, proved" if run.status == "optimal" else "proved"
    return _percent(result.gap(run))


def _peer(result: Result, run: Run | None) -> str:
    if run is None:
        return ""
    if run.score is None:
        said = {"infeasible": "proved none", "failed": f"failed: {run.note}"}
        return said.get(run.status, "–, no plan")
    if not run.score.legal:
        return f"–, {run.score.told()}"
    ratio = result.ratio(run)
    return f"{'legal' if ratio is None else _times(ratio)} ({run.found_s:.1f} s)"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.2%}"


def _times(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.4f}"
