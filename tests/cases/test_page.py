"""What docs/cases.md shows runs, and its figures are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from gridplan.analyse.workload import WorkloadWeights
from gridplan.cases import DeadlineRules, FollowUpRules, LedgerRules
from gridplan.cases.counts import LEAST_SHOWN

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cases.md").read_text(encoding="utf-8")


def test_the_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    told: dict[str, object] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], told)  # noqa: S102  # our own page
    assert f"# {told['week']}\n" in PAGE
    figures, table = told["figures"], told["table"]
    assert isinstance(figures, pd.DataFrame)
    assert isinstance(table, pd.DataFrame)
    assert figures["cases"].sum() == table["count"].sum() > 20
    assert len(figures) > 5


def test_the_limits_are_those_of_the_code() -> None:
    rules = DeadlineRules()
    rows = dict(re.findall(r"^\| (\w+单)[^|]*\| ([^|]+) \|", PAGE, re.MULTILINE))
    assert rows == {
        kind: f"{rule.limit:g} {rule.unit.value}" for kind, rule in rules.by_dispatch.items()
    }
    assert rules.otherwise == rules.by_dispatch["常规单"]


def test_the_thresholds_are_those_of_the_code() -> None:
    ledger, follow, weights = LedgerRules(), FollowUpRules(), WorkloadWeights()
    words = " ".join(PAGE.split())
    assert f"Below {ledger.satisfied_floor:.0%} with".replace("%", " %") in words
    assert f"with {ledger.least_rated} ratings" in words
    assert f"major ones every {follow.every_days['major']:g} days" in words
    assert f"ordinary ones every {follow.every_days['ordinary']:g}" in words
    assert f"for {follow.for_days:g} days after" in words
    assert f"Counts below {LEAST_SHOWN}, but" in words
    assert f"from {weights.easiest:g} to {weights.hardest:g}" in words
    shares = (weights.household, weights.case, weights.special_household, weights.institution)
    assert shares == (1, 0.5, 2, 10)
    assert f"last {weights.weeks} weeks + {weights.special_household:g} ·" in words
