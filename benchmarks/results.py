"""Results of one case, kept as lines of JSON so that the page can be written anew without a run."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.cases import Case
from benchmarks.race import Run
from benchmarks.score import Score

_SAME = 1e-6
"""Share of the objective within which plans and bounds count as equal."""


@dataclass(frozen=True)
class Result:
    """All runs on one case.

    Parameters
    ----------
    name, family : str
        Of the case.
    units : int
    grids : int
        That everyone was asked for; 0 where nobody knows how many.
    published : float or None
        Optimum that others proved, to `digits` decimals.
    digits : int
    impossible : bool
        Whether others proved that no plan exists.
    limit_s, peer_s : float
        Time for gridplan and for each peer.
    ours : Run
    peers : dict of str to Run
        By key; without those that make no sense on the case.
    """

    name: str
    family: str
    units: int
    grids: int
    published: float | None
    digits: int
    impossible: bool
    limit_s: float
    peer_s: float
    ours: Run
    peers: dict[str, Run]

    @property
    def best_bound(self) -> float:
        """Greatest bound that anyone proved, with the published optimum; ``-inf`` for none."""
        known = -math.inf
        if self.published is not None:
            known = self.published - 0.5 * 10.0**-self.digits
        return max(known, self.ours.bound, *(run.bound for run in self.peers.values()), -math.inf)

    def gap(self, run: Run) -> float | None:
        """Share of a legal plan's objective above the best bound; None without either."""
        if run.score is None or not run.score.legal or math.isinf(self.best_bound):
            return None
        least = (run.score.objective - self.best_bound) / max(abs(run.score.objective), 1e-12)
        rounded = 0.5 * 10.0**-self.digits / max(abs(run.score.objective), 1e-12)
        return 0.0 if least <= max(_SAME, 1.01 * rounded * (self.published is not None)) else least

    def ratio(self, run: Run) -> float | None:
        """Objective over gridplan's, where both plans are legal."""
        ours = self.ours.score
        if ours is None or run.score is None or not (ours.legal and run.score.legal):
            return None
        if ours.objective == 0:
            return None
        return run.score.objective / ours.objective

    def proved(self, run: Run) -> bool:
        """Whether a method proved its own answer: an optimum, or that there is no plan."""
        if run.status == "infeasible":
            return True
        if run.score is None or not run.score.legal:
            return False
        return run.bound >= run.score.objective - _SAME * abs(run.score.objective)

    def contradictions(self) -> list[str]:
        """Legal plans cheaper than a bound, or where someone proved that there is none."""
        runs = {"gridplan": self.ours, **self.peers}
        legal = {k: r.score for k, r in runs.items() if r.score is not None and r.score.legal}
        none = [k for k, r in runs.items() if r.status == "infeasible"]
        none += ["the publication"] if self.impossible else []
        found = [
            f"{self.name}: {k} has a plan, {other} proves none" for k in legal for other in none
        ]
        low = self.best_bound
        return found + [
            f"{self.name}: {k} has {s.objective:.6g}, a bound says {low:.6g}"
            for k, s in legal.items()
            if s.objective < low - _SAME * abs(low)
        ]


def describe(case: Case, limit_s: float, peer_s: float, ours: Run, peers: dict[str, Run]) -> Result:
    """Put the runs on a case together."""
    asked = case.problem.groups or (ours.score.grids if ours.score else 0)
    return Result(
        case.name, case.family, len(case.problem), asked, case.published, case.digits,
        case.impossible, limit_s, peer_s, ours, peers,
    )  # fmt: skip


def middle(values: list[float]) -> float | None:
    """Median; None of nothing."""
    return median(values) if values else None


def write(command: str, results: list[Result], path: Path) -> None:
    """Write a run's command and its results so far."""
    path.parent.mkdir(exist_ok=True)
    lines = [command, *(asdict(result) for result in results)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def read(path: Path) -> tuple[str, list[Result]]:
    """Read what :func:`write` wrote."""
    command, *results = map(json.loads, path.read_text("utf-8").splitlines())
    return command, [_result(result) for result in results]


def _result(data: dict[str, Any]) -> Result:
    peers = {key: _run(run) for key, run in data.pop("peers").items()}
    return Result(ours=_run(data.pop("ours")), peers=peers, **data)


def _run(data: dict[str, Any]) -> Run:
    scored = data.pop("score")
    curve = [(seconds, value, bound) for seconds, value, bound in data.pop("curve")]
    return Run(score=Score(**scored) if scored else None, curve=curve, **data)
