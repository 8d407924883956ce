"""The long trials in full, written to ``docs/results.md``.

Run as ``make trials``: the demo street and every real area redrawn, clusters planted and looked for,
events foretold. Each area is redrawn by the command a planner would type, in a process of
its own; preparing and solving are timed apart.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import foretold, killed, planted, two_planners
from gridplan import __version__
from tests import areas

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "results.md"
TIME_LIMIT_S = 50


@dataclass(frozen=True)
class Trial:
    """One area, redrawn."""

    area: str
    exit_status: int
    prepared_s: float
    summary: dict[str, Any]


def main() -> None:
    """Redraw each area and write the table."""
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        trials = []
        for name, folder in _areas(Path(scratch)):
            if wanted and name not in wanted:
                continue
            trials.append(_redraw(name, folder, Path(scratch) / f"{name}-plan"))
            print(_row(trials[-1]), flush=True)
    if not wanted:
        RESULTS.write_text(_page(trials), "utf-8")


def _areas(scratch: Path) -> Iterator[tuple[str, Path]]:
    yield "demo", ROOT / "data" / "demo"
    if not areas.SHARED.is_dir():
        print(f"real data not found at {areas.SHARED}: only the demo street is measured")
        return
    for name, write in areas.REAL.items():
        folder = scratch / name
        folder.mkdir()
        write(areas.SHARED, folder)
        yield name, folder


def _redraw(name: str, folder: Path, out: Path) -> Trial:
    command = [Path(sys.executable).with_name("gridplan"), "--lang", "en", "redraw", folder]
    options = ["--out", out, "--time-limit", str(TIME_LIMIT_S), "--seed", "1"]
    done = subprocess.run([*command, *options], check=False, capture_output=True, text=True)
    if not (out / "plan.json").exists():
        sys.exit(f"{name}: {done.stderr}")
    summary = json.loads((out / "plan.json").read_text("utf-8"))
    return Trial(name, done.returncode, summary["prepared_seconds"], summary)


def _row(trial: Trial) -> str:
    summary = trial.summary
    stages = {stage["name"]: stage for stage in summary["stages"]}
    exceptions = Counter(finding["rule"] for finding in summary["exceptions"])
    cells = [
        trial.area,
        f"{'≈' if summary['estimated'] else ''}{summary['households']:,}",
        str(summary["groups"]),
        str(len(summary["violations"])),
        ", ".join(f"{count} {rule}" for rule, count in sorted(exceptions.items())) or "0",
        _stage(stages.get("change")),
        _stage(stages.get("compactness")),
        f"{trial.prepared_s:.1f}",
        f"{summary['seconds']:.1f}",
        str(trial.exit_status),
    ]
    return f"| {' | '.join(cells)} |"


def _stage(stage: dict[str, Any] | None) -> str:
    return f"{stage['objective']:,.0f} ({stage['gap']:.1%})" if stage else "–"


def _page(trials: list[Trial]) -> str:
    head = (
        "| area | households | grids | violations | exceptions, each proved | households that move"
        " (gap) | compactness, household·m² (gap) | prepared, s | solved, s | exit |\n"
        "|---|--:|--:|--:|---|--:|--:|--:|--:|--:|"
    )
    rows = "\n".join(_row(trial) for trial in trials)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"""# Results

## Redrawing whole areas

Written by `make trials` on {machine}, gridplan {__version__}; each row is
`gridplan redraw AREA --out DIR --time-limit {TIME_LIMIT_S} --seed 1`. A gap is the share of the objective that the
bound leaves open. An exception counts only with its proof, which stands in `plan.json`.

{head}
{rows}

## Hotspots that are known

{planted.RUNS} runs of each setting on the demo street's own households: {planted.CASES:,} cases fall on
homes by their households; one cluster of 6 to 25 expected cases has a higher rate, compact or along a
street; a pile is {planted.PILE} more cases at one home's exact point. A cluster is found if one report covers at
least half of its cells of {planted.CELL_M:.0f} m; precision is the mean share of reported cells that were planted,
over the runs that report. All methods see the same maps. gridplan is what `gridplan hotspots` does for
lasting clusters: piles aside, then the scan over discs and stretches of street.

{planted.tables(planted.RUNS)}

## Events to come

{foretold.HELD_OUT} held-out fortnights of burglaries in Cincinnati to the end of 2018, squares of {foretold.CELL_M:.0f} m within
{foretold.NEAR_M:.0f} m of any event. The default map of a fortnight is the surface with the best mean PAI at 5 % on
the {foretold.HELD_OUT} fortnights before it; `count_52` is the plain count of 52 weeks. Means over the fortnights.

{foretold.tables() if foretold.EVENTS.is_file() else "The events lie beside the project and were not found."}

## Editing loses nothing

The page is edited in a real browser by random steps and solves while its server is killed (SIGKILL) at random
moments; after each start the page, a fresh reader of the database and the checker have to agree, and every
acknowledged step has to be there. Then two browsers edit one plan at once.

{_lost_nothing()}
"""


def _lost_nothing() -> str:
    rows = [*killed.rows(), *two_planners.rows()]
    return "\n".join(["| | |", "|---|--:|", *(f"| {what} | {told} |" for what, told in rows)])


if __name__ == "__main__":
    main()
