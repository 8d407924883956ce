"""A division becomes a plan that says what is proved of it, and of a person's work that nothing is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from docx import Document

from gridplan.assemble import assemble, plan_of
from gridplan.certificate import certificate
from gridplan.errors import GridplanError
from gridplan.export.ledger import LEDGER
from gridplan.export.plan_folder import read_plan, write_plan
from gridplan.export.summary import PLAN_JSON
from gridplan.partition.outcome import Outcome, Reason, Stage, Status
from gridplan.plan import Plan, Provenance
from gridplan.prepared import Prepared
from gridplan.report import REPORT
from gridplan.rules import Rule


@pytest.fixture(scope="module")
def by_hand(demo: Prepared) -> pd.Series:
    """The present grids, named as no redraw names them; who is in none goes to the first."""
    units = demo.units.frame.set_index("unit_id")
    grid = demo.present_grid.reindex(units.index)
    first = grid.groupby(units["community_code"]).transform("max")
    return "hand-" + units["community_code"] + "-" + grid.where(grid != "", first)


@pytest.fixture(scope="module")
def adjusted(demo: Prepared, by_hand: pd.Series) -> Plan:
    return plan_of(demo, by_hand)


def test_grids_keep_the_ids_they_have(adjusted: Plan, by_hand: pd.Series) -> None:
    assert set(adjusted.grids["grid_id"]) == set(by_hand)
    assert adjusted.units.set_index("unit_id")["grid_id"].to_dict() == by_hand.to_dict()
    homes = adjusted.buildings["unit_id"].map(by_hand)
    assert (homes == adjusted.buildings["grid_id"]).all()


def test_nothing_is_claimed(adjusted: Plan) -> None:
    assert adjusted.adjusted
    assert (adjusted.status, adjusted.stages, adjusted.exceptions) == (Status.FEASIBLE, (), ())
    assert {Rule.UPPER, Rule.LOWER} <= {finding.rule for finding in adjusted.violations}
    first, *rest = certificate(adjusted)
    assert "人工调整" in first
    assert "未作证明" in first
    assert "已证明" not in "".join(rest)
    assert "adjusted by hand" in certificate(adjusted, "en")[0]


def test_its_folder_says_so_and_comes_back(demo: Prepared, adjusted: Plan, tmp_path: Path) -> None:
    write_plan(adjusted, tmp_path / "plan", layers=demo.layers)
    back = read_plan(tmp_path / "plan")
    assert (back.status, back.stages, back.adjusted) == (Status.FEASIBLE, (), True)
    assert back.violations == adjusted.violations
    assert back.provenance == adjusted.provenance
    assert back.units["grid_id"].tolist() == adjusted.units["grid_id"].tolist()
    told = json.loads((tmp_path / "plan" / PLAN_JSON).read_text("utf-8"))
    assert [told[key] for key in ("objective", "bound", "gap", "stages")] == [None, None, None, []]
    note = "".join(each.text for each in Document(str(tmp_path / "plan" / REPORT)).paragraphs)
    assert "人工调整" in note
    assert "整数规划" not in note
    assert "求解" not in note
    book = openpyxl.load_workbook(tmp_path / "plan" / LEDGER)
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("人工调整" in cell for cell in cells)
    assert not any("求解" in cell for cell in cells)


def test_every_unit_needs_a_grid(demo: Prepared, by_hand: pd.Series) -> None:
    lost = by_hand.copy()
    heaviest = demo.units.frame.nlargest(2, "households")
    lost[heaviest["unit_id"].iloc[0]] = ""
    lost = lost.drop(heaviest["unit_id"].iloc[1])
    with pytest.raises(GridplanError) as told:
        plan_of(demo, lost)
    assert told.value.values == {"units": 2, "households": heaviest["households"].sum()}
    assert "没有分入网格" in str(told.value)


def test_no_grid_lies_in_two_communities(demo: Prepared, by_hand: pd.Series) -> None:
    both = by_hand.replace(sorted(set(by_hand)), "one")
    with pytest.raises(GridplanError, match="跨两个社区"):
        plan_of(demo, both)


def test_a_proof_handed_in_makes_an_exception(demo: Prepared, by_hand: pd.Series) -> None:
    wrong = next(f for f in plan_of(demo, by_hand).violations if f.rule is Rule.UPPER)
    code = wrong.grid.split("-")[1]
    ids = demo.fabric.graphs[code].ids
    unit = next(place for place, each in enumerate(ids) if by_hand[each] == wrong.grid)
    proofs = {code: [Reason("reason.exclusive", (unit,), {})]}
    plan = plan_of(demo, by_hand, proofs=proofs)
    excused = {(f.rule, f.grid) for f in plan.exceptions}
    assert (Rule.UPPER, wrong.grid) in excused
    assert {f.grid for f in plan.exceptions} == {wrong.grid}
    assert len(plan.exceptions) + len(plan.violations) == len(plan_of(demo, by_hand).violations)


def solved(demo: Prepared, reasons: dict[str, tuple[Reason, ...]]) -> Plan:
    """Each community one grid, with proofs as a solver would hand them in."""
    stages = (Stage("relaxation", 1.0, 1.0), Stage("groups", 1.0, 1.0))
    outcomes = {
        code: Outcome(
            Status.OPTIMAL, np.zeros(len(graph), np.int64), stages, 1.0, 1, reasons.get(code, ())
        )
        for code, graph in demo.fabric.graphs.items()
    }
    made = Provenance(demo.rules, 1, "HiGHS", demo.layers.fingerprint, "0", 1.0)
    return assemble(demo, outcomes, made, 2.0)


def test_a_solved_plan_says_what_was_proved(demo: Prepared) -> None:
    plan = solved(demo, {})
    assert not plan.adjusted
    assert plan.status is Status.OPTIMAL
    assert [stage.objective for stage in plan.stages] == [len(demo.fabric.graphs)] * 2
    assert plan.seconds == 2.0
    graphs = demo.fabric.graphs.items()
    assert set(plan.grids["grid_id"]) == {f"{code}-{graph.ids[0]}" for code, graph in graphs}


def test_grids_that_are_left_alone_keep_their_proofs(demo: Prepared) -> None:
    one, other, *_ = demo.fabric.graphs
    reason = Reason("reason.relaxation_bound", (0,), {"bound": 1.0, "relaxation": 1.0})
    base = solved(demo, {one: (reason,), other: (reason,)})
    grids = base.units.set_index("unit_id")["grid_id"].copy()
    moved = demo.fabric.graphs[one].ids[-1]
    grids[moved] = f"{one}-new"
    plan = plan_of(demo, grids, base=base)
    assert plan.exceptions
    assert {finding.grid[:12] for finding in plan.exceptions} == {other}
    foreign = replace(base, provenance=replace(base.provenance, fingerprint="other data"))
    assert plan_of(demo, grids, base=foreign).exceptions == ()
