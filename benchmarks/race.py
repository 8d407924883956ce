"""A peer on one case, in a process of its own, for as long as gridplan had."""

from __future__ import annotations

import json
import math
import os
import queue
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from benchmarks.cases import ROOT, Case
from benchmarks.score import Score, score

PEER_PYTHON = ROOT / "benchmarks" / ".venv-peers" / "bin" / "python"

_READY_S = 90.0
"""For a peer's start and imports, which cost it nothing."""

_GRACE_S = 2.0
"""More than its time, as gridplan is allowed; a plan that comes later does not count."""

_LEAST_S = 4.0
"""A peer's time where gridplan had its proof sooner."""


@dataclass(frozen=True)
class Peer:
    """A method of other people.

    Parameters
    ----------
    name : str
        On the page.
    command : tuple of str
        Module under ``benchmarks.peers``, and options.
    needs_edges : bool
        Whether it makes no sense where grids need not be in one piece.
    """

    name: str
    command: tuple[str, ...]
    needs_edges: bool = True


PEERS = {
    "assignment": Peer("HiGHS plain", ("assignment",), needs_edges=False),
    "flows": Peer("HiGHS flows", ("assignment", "--flows")),
    "metis": Peer("METIS", ("metis",)),
    "gerrychain": Peer("GerryChain", ("gerry",)),
    "maxp": Peer("spopt Max-p", ("regions",)),
    "azp": Peer("spopt AZP", ("regions", "--azp")),
}


NAMES = {
    "gridplan": "gridplan",
    "redraw": "gridplan redraw",
    **{key: peer.name for key, peer in PEERS.items()},
}
"""Of all methods, on the page."""


@dataclass
class Run:
    """What one method did on one case.

    Parameters
    ----------
    seconds : float
        All that it took.
    score : Score or None
        Of its last plan; None where it found none.
    found_s : float
        When it found that plan.
    bound : float
        Proved by it, for the case as it understood it; ``-inf`` for none.
    status : str
        ``optimal``, ``feasible``, ``infeasible``, ``none`` or ``failed``.
    curve : list of (float, float, float)
        Seconds, objective of the best plan (``inf`` for none yet) and bound, as they came.
    note : str
        Why it failed.
    versions : dict
        Of its packages.
    """

    seconds: float
    score: Score | None = None
    found_s: float = 0.0
    bound: float = -math.inf
    status: str = "none"
    curve: list[tuple[float, float, float]] = field(default_factory=list)
    note: str = ""
    versions: dict[str, str] = field(default_factory=dict)


def peer_seconds(limit_s: float, ours: Run) -> float:
    """A peer's time: as long as gridplan took, and never less than a few seconds."""
    return min(limit_s, max(_LEAST_S, ours.seconds))


def run_peer(peer: Peer, case: Case, groups: int, seconds: float, seed: int) -> Run:
    """Run a peer in a process of its own and score the best of its plans.

    Parameters
    ----------
    peer : Peer
    case : Case
    groups : int
        Grids that it is asked for.
    seconds : float
        From the moment it is ready; it is ended soon after.
    seed : int

    Returns
    -------
    Run
        With ``failed`` and a note where the peer ended in an error before any plan.
    """
    with tempfile.TemporaryDirectory() as scratch:
        job = _write_job(Path(scratch), case, groups, seconds, seed)
        command = [
            str(PEER_PYTHON),
            "-m",
            f"benchmarks.peers.{peer.command[0]}",
            str(job),
            *peer.command[1:],
        ]
        lines, note = _listen(command, seconds + _GRACE_S, Path(scratch) / "errors")
    return _heard(case, lines, note, seconds)


def _write_job(folder: Path, case: Case, groups: int, seconds: float, seed: int) -> Path:
    problem = case.problem
    np.save(folder / "cost.npy", problem.cost)
    data = {
        "weight": problem.weight.tolist(), "cost_file": str(folder / "cost.npy"),
        "edges": None if problem.edges is None else problem.edges.tolist(),
        "lower": problem.lower, "upper": problem.upper, "groups": groups,
        "xy": case.xy.tolist(), "seconds": seconds, "seed": seed,
    }  # fmt: skip
    path = folder / "job.json"
    path.write_text(json.dumps(data), "utf-8")
    return path


def _listen(command: list[str], seconds: float, errors: Path) -> tuple[list[dict[str, Any]], str]:
    """Lines that a peer wrote until it ended or was ended, and the last line of its errors."""
    alone = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    said: queue.Queue[str | None] = queue.Queue()
    lines: list[dict[str, Any]] = []
    with errors.open("w") as sink, subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=sink, text=True, env=os.environ | alone
    ) as process:  # fmt: skip

        def pump() -> None:
            for line in process.stdout or ():
                said.put(line)
            said.put(None)

        threading.Thread(target=pump, daemon=True).start()
        end = monotonic() + _READY_S
        while True:
            try:
                line = said.get(timeout=max(0.0, end - monotonic()))
            except queue.Empty:
                break
            if line is None:
                break
            if not lines:
                end = monotonic() + seconds
            if line.startswith("{"):  # anything else is a library talking
                lines.append(json.loads(line))
        process.kill()
        status = process.wait()
    last = errors.read_text("utf-8", "replace").strip().splitlines()[-1:]
    return lines, last[0][:120] if status > 0 and last else ""


def _heard(case: Case, lines: list[dict[str, Any]], note: str, seconds: float) -> Run:
    run = Run(seconds, note=note, status="failed" if note else "none")
    for line in lines:
        if "ready" in line:
            run.versions = line["ready"]
        elif line["seconds"] <= seconds + _GRACE_S:
            run.seconds = line["seconds"]
            run.bound = max(run.bound, line.get("bound", -math.inf))
            if line.get("infeasible"):
                run.status = "infeasible"
            if "labels" in line:
                run.score, run.found_s = score(case.problem, np.array(line["labels"])), run.seconds
                run.status = "feasible"
                if run.score.legal:
                    run.curve.append((run.seconds, run.score.objective, run.bound))
    return run
