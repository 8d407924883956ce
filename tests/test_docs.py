"""What the documents show runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_partitioners_example_runs(monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    (block,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "partition.md").read_text("utf-8"), re.DOTALL
    )
    told: dict[str, object] = {}
    exec(block.replace("time_limit_s=30", "time_limit_s=8"), told)  # noqa: S102  # our own page
    plan, code, task = told["plan"], told["code"], told["tasks"][told["code"]]
    held = set(plan.units.set_index("unit_id").loc[list(task.graph.ids[:3]), "grid_id"])
    assert len(held) == 1
    centre = task.graph.ids[5]
    assert f"{code}-{centre}" in set(plan.grids["grid_id"])


def test_the_stores_example_runs(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "store.md").read_text("utf-8"), re.DOTALL
    )
    told: dict[str, object] = {}
    exec(block, told)  # noqa: S102  # our own page
    told["store"].close()
    assert [grid.code for grid in told["today"].grids] == ["320508001001002", "G-17"]
