"""What the documents show runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

from tests.board import board

ROOT = Path(__file__).parents[1]


def examples_of(page: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text("utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def example_of(page: str) -> str:
    (block,) = examples_of(page)
    return block


def test_the_table_of_starts_is_what_the_example_finds(monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    told: dict[str, object] = {}
    exec(example_of("layers.md").replace('weights={"城管网格": 2.0}', ""), told)  # noqa: S102  # our own page
    rows = re.findall(
        r"^\| (\w+)[^|]* \| \d+ \| (\d+) \|", (ROOT / "docs" / "layers.md").read_text("utf-8"), re.M
    )
    assert {name: int(count) for name, count in rows} == told["faults"]


def test_the_partitioners_example_runs(monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("gridplan.jobs.SHORTEST_S", 0.2)  # no plan here has to be a good one
    blocks = examples_of("partition.md")
    told: dict[str, object] = {}
    for block in blocks:  # each goes on from the one before
        exec(block.replace("time_limit_s=30", "time_limit_s=3"), told)  # noqa: S102  # our own page
    plan, code, task = told["plan"], told["code"], told["tasks"][told["code"]]
    held = set(plan.units.set_index("unit_id").loc[list(task.graph.ids[:3]), "grid_id"])
    assert len(held) == 1
    centre = task.graph.ids[5]
    assert f"{code}-{centre}" in set(plan.grids["grid_id"])
    assert told["adjusted_plan"].adjusted
    assert told["adjusted"].units_of[told["first"]] == told["division"].units_of[told["first"]]


def test_the_stores_examples_run(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    begin, month = examples_of("store.md")
    told: dict[str, object] = {}
    exec(begin, told)  # noqa: S102  # our own page
    assert [grid.code for grid in told["today"].grids] == ["320508001001002", "G-17"]
    told["prepared"] = board([[420, 580]])
    exec(month.split("if review.left")[0], told)  # noqa: S102  # no proposal splits a house
    told["store"].close()
    assert list(told["review"].grids["standing"]) == ["left", "inside"]


def test_the_workbenchs_example_runs(monkeypatch, tmp_path) -> None:
    """From the folder of the project, but with its database elsewhere."""
    monkeypatch.chdir(ROOT)
    told: dict[str, object] = {}
    block = example_of("workbench.md").replace(
        "sqlite:///plans.db", f"sqlite:///{tmp_path / 'plans.db'}"
    )
    exec(block, told)  # noqa: S102  # our own page
    assert told["line"].division == told["store"].division_of(told["line"].plan_id, told["number"])
    assert told["line"].division.grid_of[told["first"]] == "WC01"
    held = told["line"].division.units_of["WC04"]
    assert held == told["start"].units_of["WC04"]
    assert len(told["verdict"].findings) < len(
        told["Judge"](told["area"]).judge(told["start"]).findings
    )
    told["store"].close()
