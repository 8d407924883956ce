"""The verdict on an edit is that of the plan which the division would be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gridplan.analyse.metrics import breaches
from gridplan.analyse.verdict import scope_breaches
from gridplan.assemble import measured_grids, plan_of
from gridplan.edit import Division, Judge, Mark, apply, mark, move, new_grid, proofs_of
from gridplan.prepared import Prepared
from gridplan.rules import Rule
from tests.nine import division as drawn
from tests.nine import nine_street
from tests.written import EAST, WEST


def whole(demo: Prepared, start: Division) -> Division:
    """Units of no grid go to the first of their community."""
    first = {grid[:12]: grid for grid in reversed(start.units_of)}
    codes = demo.units.frame.set_index("unit_id")["community_code"]
    return Division({u: grid or first[codes[u]] for u, grid in start.grid_of.items()})


def random_walk(demo: Prepared, start: Division, steps: int, seed: int) -> list[Division]:
    rng = np.random.default_rng(seed)
    codes = demo.units.frame.set_index("unit_id")["community_code"]
    units = sorted(start.grid_of)
    walk = [start]
    for _ in range(steps):
        here = walk[-1]
        unit = units[rng.integers(len(units))]
        own = [grid for grid in here.units_of if grid[:12] == codes[unit]]
        own = [grid for grid in own if grid != here.grid_of[unit]]
        grid = own[rng.integers(len(own))] if own and rng.random() < 0.9 else ""
        edit = move(demo, here, [unit], grid) if grid else new_grid(demo, here, [unit])
        walk.append(apply(here, edit))
    return walk


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_as_the_plan(demo: Prepared, start: Division, seed: int) -> None:
    judge = Judge(demo)
    for division in random_walk(demo, whole(demo, start), 12, seed)[::4]:
        verdict = judge.judge(division)
        grid_of = pd.Series(dict(division.grid_of))
        plan = measured_grids(demo, grid_of).set_index("grid_id")
        for grid, state in verdict.grids.items():
            row = plan.loc[grid]
            assert (state.households, state.people) == (row["households"], row["people"])
            assert len(state.units) == row["units"]
            assert state.pieces == row["pieces"]
            assert state.radius_m == pytest.approx(row["radius_m"])
            limits = (state.lower, state.upper, state.radius_limit_m)
            assert limits == (row["lower"], row["upper"], row["radius_limit_m"])
        broken = [*breaches(plan.reset_index(), demo.rules.measure)]
        broken += scope_breaches(demo.units.frame, grid_of)
        assert {(f.rule, f.grid, f.value) for f in verdict.findings} == {
            (f.rule, f.grid, f.value) for f in broken
        }
        assert verdict.moved_households == plan["moved_households"].sum()
        assert verdict.lineage["present"].to_dict() == plan["present"].to_dict()


def test_what_an_edit_leaves_alone_is_judged_as_before(demo: Prepared, start: Division) -> None:
    judge = Judge(demo)
    for division in random_walk(demo, whole(demo, start), 20, 3):
        quick, anew = judge.judge(division), Judge(demo).judge(division)
        assert quick.grids == anew.grids
        assert quick.findings == anew.findings


def test_no_limit_applies_to_an_exclusive_grid(demo: Prepared, start: Division) -> None:
    judge, division = Judge(demo), whole(demo, start)
    limits = (Rule.UPPER, Rule.LOWER, Rule.RADIUS)
    wrong = next(f.grid for f in judge.judge(division).findings if f.rule in limits)
    freed = apply(division, mark(division, wrong, Mark.EXCLUSIVE))
    assert not [f for f in judge.judge(freed).findings if f.grid == wrong and f.rule in limits]
    back = apply(freed, mark(freed, wrong, Mark.EXCLUSIVE, on=False))
    assert [f for f in judge.judge(back).findings if f.grid == wrong and f.rule in limits]


def test_units_of_no_grid_are_told(demo: Prepared, start: Division) -> None:
    division = whole(demo, start)
    unit = max(demo.units.frame.nlargest(1, "households")["unit_id"])
    verdict = Judge(demo).judge(apply(division, move(demo, division, [unit], "")))
    (left,) = [finding for finding in verdict.findings if finding.rule is Rule.GAP]
    households = demo.units.frame["households"].max()
    assert left.values == {"units": 1, "households": households}
    assert f"{households:,} 户" in left.reason("zh")


def test_posts_stand_beside_grids_and_workers_go_with_them(demo: Prepared, start: Division) -> None:
    verdict = Judge(demo).judge(whole(demo, start))
    assert sum(verdict.wanted.values()) == len(verdict.grids)
    assert sum(verdict.posts.values()) == demo.layers.roster["posts"].sum()
    kept = verdict.lineage[verdict.lineage["present"] != ""]
    assert (kept["worker"] != "").all()
    assert kept["worker"].is_unique


def test_a_code_used_in_two_communities_has_two_workers(tmp_path: Path) -> None:
    area = nine_street(tmp_path / "area", {"P1": "01", "P2": "02", "P3": "03", "Q1": "01"})
    kin = Judge(area).judge(drawn("w1w1e1w2w2e1w3w3--")).lineage
    assert kin[["present", "worker"]].to_dict("index") == {
        "e1": {"present": f"{EAST}-01", "worker": "Q1岗"},
        "w1": {"present": f"{WEST}-01", "worker": "P1岗"},
        "w2": {"present": "02", "worker": "P2岗"},
        "w3": {"present": "03", "worker": "P3岗"},
    }


def test_what_no_division_avoids_is_told_with_its_proof(demo: Prepared, start: Division) -> None:
    """The demo has a compound of 540 households, and a piece of 128 behind the railway."""
    division, units = whole(demo, start), demo.units.frame.set_index("unit_id")
    (heavy,) = units.index[units["households"] == 540]
    (lonely,) = units.index[units["households"] == 128]
    division = apply(division, new_grid(demo, division, [lonely]))
    verdict = Judge(demo).judge(division)
    proved = {found.grid: found.rule for found in verdict.findings if found.proved}
    assert proved == {division.grid_of[heavy]: Rule.UPPER, division.grid_of[lonely]: Rule.LOWER}
    assert not verdict.broken & proved.keys()

    own, home = division.grid_of[heavy], units["community_code"]
    other = next(
        unit for unit, grid in division.grid_of.items()
        if grid != own and home[unit] == home[heavy]
    )  # fmt: skip
    more = apply(division, move(demo, division, [other], own))
    assert own in Judge(demo).judge(more).broken, "with one unit more nothing is proved of it"


def test_the_plan_excuses_what_the_verdict_does(demo: Prepared, start: Division) -> None:
    """An exclusive grid, too large or too small, across a compound; and one without a mark."""
    division = whole(demo, start)
    limits = (Rule.UPPER, Rule.LOWER)
    wrong = [f.grid for f in Judge(demo).judge(division).findings if f.rule in limits]
    crossing = [min(division.units_of[grid]) for grid in wrong[:2]]
    frame = demo.units.frame.copy()
    frame.loc[frame["unit_id"].isin(crossing), "scope"] = "K"
    area = replace(demo, units=replace(demo.units, frame=frame))
    marked = apply(division, mark(division, wrong[0], Mark.EXCLUSIVE))
    verdict = Judge(area).judge(marked)
    plan = plan_of(area, pd.Series(dict(marked.grid_of)), proofs=proofs_of(area, marked))
    told = {(f.rule, f.grid) for f in verdict.findings if not f.proved}
    assert told == {(f.rule, f.grid) for f in plan.violations}
    assert {(Rule.COMPOUND, grid) for grid in wrong[:2]} <= told
    assert {f.rule for f in plan.exceptions if f.grid == wrong[0]} & set(limits)
