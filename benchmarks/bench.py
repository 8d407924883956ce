"""Measure gridplan beside its peers and write ``docs/benchmarks.md``.

Run as ``make bench``. With ``--only`` or ``--peers`` the page goes to ``out/`` alone, so that the one
in ``docs`` is always of a whole run.
"""

from __future__ import annotations

import argparse
import shlex
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks import coverage, editing, large, million, million_page
from benchmarks.cases import ROOT, Case, all_cases
from benchmarks.ours import run_gridplan, run_redraw
from benchmarks.page import page
from benchmarks.plot import draw
from benchmarks.race import PEER_PYTHON, PEERS, Run, peer_seconds, run_peer
from benchmarks.results import Result, describe, read, write
from gridplan.partition import Problem, solve

OUT = ROOT / "out"
LAST, LARGE = OUT / "benchmarks.jsonl", OUT / "benchmarks-large.json"


def main(arguments: list[str] | None = None) -> None:
    """Run what the command line asks for and write the page."""
    asked = _parser().parse_args(arguments)
    if not asked.again:
        _run_all(asked)
    command, results = read(LAST)
    whole = "--only" not in command and "--peers" not in command
    if whole and not asked.again:
        _run_large()
    folder = ROOT / "docs" if whole else OUT
    picture = folder / "images" / "benchmarks-anytime.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    drawn = draw(results, picture)
    address = f"images/{picture.name}" if drawn else None
    target = folder / "benchmarks.md"
    target.write_text(page(results, command, address, large.read(LARGE) if whole else []), "utf-8")
    print(f"written: {target.relative_to(ROOT)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--instances", type=Path, help="folder of instance files")
    parser.add_argument("--seconds", type=float, default=20.0, help="time limit for each run")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="names or patterns")
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), help="these alone; none: ours")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="cases at a time, one core each")
    parser.add_argument("--again", action="store_true", help="write the last run's page anew")
    return parser


def _command(asked: argparse.Namespace) -> str:
    options = f"--seconds {asked.seconds:g} --seed {asked.seed} --jobs {asked.jobs}"
    if asked.only:
        options += f" --only {shlex.join(asked.only)}"
    if asked.peers is not None:
        options += f" --peers {' '.join(asked.peers)}".rstrip()
    folder = f" INSTANCES={shlex.quote(str(asked.instances))}" if asked.instances else ""
    return f'make bench{folder} OPTIONS="{options}"'


def _run_all(asked: argparse.Namespace) -> None:
    keys = list(PEERS) if asked.peers is None else asked.peers
    if keys and not PEER_PYTHON.exists():
        raise SystemExit("the peers are not installed: run `make bench`, or give --peers alone")
    results: list[Result] = []
    # processes of their own, started anew: what one case leaves behind is no other's gain or loss
    fresh = get_context("spawn")
    with ProcessPoolExecutor(asked.jobs, mp_context=fresh, initializer=_warm) as pool:
        runs = [
            pool.submit(_run_case, case, asked.seconds, asked.seed, keys)
            for case in all_cases(asked.only, asked.instances)
        ]
        for run in runs:
            results.append(run.result())
            write(_command(asked), results, LAST)
    if not results:
        raise SystemExit("no case has such a name")


def _run_large() -> None:
    """Measure what stands beside the races, each in a process whose memory is its own alone."""
    rows: list[large.Row] = []
    for measure in (large.measure, million.rows, million_page.rows, coverage.rows, editing.rows):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_warm) as pool:
            rows += pool.submit(measure).result()
    large.write(rows, LARGE)


def _warm() -> None:
    """Have the loops compiled before anything is timed."""
    places = np.arange(12.0)
    cost = (places[:, None] - places[None, :]) ** 2
    edges = np.column_stack([np.arange(11), np.arange(1, 12)])
    solve(Problem(np.ones(12, dtype=np.int64), cost, edges, 2, 6, 4), time_limit_s=5, seed=0)


def _run_case(case: Case, seconds: float, seed: int, keys: list[str]) -> Result:
    ours = run_gridplan(case, seconds, seed)
    peer_s = peer_seconds(seconds, ours)
    peers: dict[str, Run] = {}
    _tell(case.name, "gridplan", ours)
    if case.graph is not None:
        peers["redraw"] = run_redraw(case, seconds, seed)
        _tell(case.name, "redraw", peers["redraw"])
    groups = case.problem.groups or (ours.score.grids if ours.score else 0)
    for key in keys if groups else ():
        if case.problem.edges is not None or not PEERS[key].needs_edges:
            peers[key] = run_peer(PEERS[key], case, groups, peer_s, seed)
            _tell(case.name, key, peers[key])
    return describe(case, seconds, peer_s, ours, peers)


def _tell(name: str, method: str, run: Run) -> None:
    said = "no plan" if run.score is None else run.score.told() or f"{run.score.objective:.6g}"
    print(
        f"{name:24} {method:11} {run.status:10} {run.seconds:6.1f} s  {said}  {run.note}",
        flush=True,
    )


if __name__ == "__main__":
    main()
