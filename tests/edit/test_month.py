"""A month's data against the plan in force: what is new, what left its limits, the least change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from shapely import box

from gridplan.edit import Division, EditKind, Mark, apply, merged_start
from gridplan.edit.approved import Approved
from gridplan.edit.month import GridStanding, MonthReview, carried, month_review
from gridplan.edit.month_buildings import BuildingChange
from gridplan.edit.month_proposal import month_proposal
from gridplan.errors import GridplanError
from gridplan.pipeline import prepare
from gridplan.prepared import Prepared
from gridplan.rules import Rule
from gridplan.store import CodedGrid, Homes, Store
from tests.board import board
from tests.drawn import DRAWN_CRS, TOWN
from tests.months import GONE, GROWN, MORE, NEW, approved_of, grids_of, put_in_force, second_month

ROWS = [[100] * 4] * 4
"""Of the drawn town: 16 houses of 100 households; grids of four have 400."""
QUARTERS = {"A": "00 01 10 11", "B": "02 03 12 13", "C": "20 21 30 31", "D": "22 23 32 33"}


def divided(parts: Mapping[str, str], marks: Mapping[str, frozenset[Mark]] = {}) -> Division:
    """A division of houses, each by row and column."""
    return Division({f"h{at}": grid for grid, held in parts.items() for at in held.split()}, marks)


def approve(town: Prepared, division: Division, crs: str = DRAWN_CRS) -> Approved:
    """The division in force, each grid under the code ``c-`` and its id."""
    grids = [
        CodedGrid(f"c-{new.grid_id}", new.grid_id, new.community, new.households, new.people,
                  gpd.GeoSeries([new.geometry], crs=DRAWN_CRS).to_crs(crs).iloc[0], crs)
        for new in grids_of(town, division)
    ]  # fmt: skip
    return Approved(grids, Homes.of_frame(town.units.buildings).of_building, division)


def standings(review: MonthReview) -> dict[str, str]:
    return {code[2:]: str(standing) for code, standing in
            zip(review.grids["code"], review.grids["standing"], strict=True)}  # fmt: skip


def grown(**more: int) -> Prepared:
    """The town with households added to some houses."""
    rows = [
        [100 + more.get(f"h{row}{column}", 0) for column in range(4)] for row in range(len(ROWS))
    ]
    return board(rows)


@cache
def uneven() -> Prepared:
    """Three rows of houses of all sizes, one of them empty."""
    return board([[150, 20, 90, 310], [100, 0, 260, 80], [40, 70, 510, 120]])


@settings(max_examples=25)
@given(data=st.data())
def test_unchanged_data_say_that_nothing_has_changed(data: st.DataObject) -> None:
    town = uneven()
    units = sorted(town.units.frame["unit_id"])
    grids = data.draw(st.lists(st.sampled_from(["", "A", "B", "C", "D"]), min_size=len(units),
                               max_size=len(units)))  # fmt: skip
    held = sorted(set(grids) - {""})
    marks = {grid: frozenset(data.draw(st.sets(st.sampled_from(Mark)))) for grid in held}
    division = Division(dict(zip(units, grids, strict=True)), marks)
    if not held:
        return
    review = month_review(town, approve(town, division))
    coded = {unit: f"c-{grid}" if grid else "" for unit, grid in division.grid_of.items()}
    said = {f"c-{grid}": marks for grid, marks in division.marks.items()}
    assert review.division == Division(coded, said)
    assert {found.grid for found in review.left} <= {""}  # what was in no grid is in none still
    assert review.buildings.empty
    assert (review.more_households, review.same_buildings) == (0, 1.0)
    assert (review.grids["households"] == review.grids["households_then"]).all()
    assert GridStanding.LEFT not in set(review.grids["standing"])


def test_who_moved_in_and_which_grid_left_its_limits() -> None:
    approved = approve(board(ROWS), divided(QUARTERS))
    review = month_review(grown(h00=40, h11=70, h22=80, h33=-90), approved)
    assert standings(review) == {"A": "left", "B": "inside", "C": "inside", "D": "inside"}
    (found,) = review.left
    assert (found.rule, found.grid, found.value, found.limit) == (Rule.UPPER, "c-A", 510, 500)
    assert review.known == ()
    grids = review.grids.set_index("code")
    assert list(grids["households_then"]) == [400] * 4
    assert list(grids["households"]) == [510, 400, 400, 390]
    assert list(grids["share"].round(4)) == [0.275, 0.0, 0.0, -0.025]
    told = review.buildings[["building_id", "change", "households_then", "households", "more"]]
    assert told.to_numpy().tolist() == [
        ["h33", "fewer", 100, 10, -90],
        ["h22", "more", 100, 180, 80],
        ["h11", "more", 100, 170, 70],
        ["h00", "more", 100, 140, 40],
    ]
    assert list(review.buildings["code"]) == ["c-D", "c-D", "c-A", "c-A"]
    assert review.more_households == 100


@pytest.mark.parametrize(
    ("households", "standing"),
    [(299, "left"), (300, "near"), (314, "near"), (315, "inside"), (475, "inside"), (476, "near"),
     (500, "near"), (501, "left")],
)  # fmt: skip
def test_near_a_limit(households: int, standing: str) -> None:
    approved = approve(board(ROWS), divided(QUARTERS))
    review = month_review(grown(h00=-50, h01=households - 350), approved)
    assert standings(review)["A"] == standing


def test_what_was_excepted_at_approval_has_not_left() -> None:
    """B was too large before and is so still; C was and is not; A is now."""
    before = grown(h02=150, h20=150)
    approved = approve(before, divided(QUARTERS))
    review = month_review(grown(h00=150, h02=150), approved)
    assert standings(review) == {"A": "left", "B": "known", "C": "inside", "D": "inside"}
    assert [found.grid for found in review.left] == ["c-A"]
    assert [found.grid for found in review.known] == ["c-B"]


@pytest.mark.parametrize(
    ("then", "now", "standing"),
    [(550, 550, "known"), (550, 540, "known"), (550, 590, "left"),
     (250, 250, "known"), (250, 260, "known"), (250, 240, "left")],
)  # fmt: skip
def test_an_exception_holds_as_long_as_it_gets_no_worse(then: int, now: int, standing: str) -> None:
    before, after = (
        board([[50, 50, *ROWS[0][2:]], [100, households - 200, *ROWS[1][2:]], *ROWS[2:]])
        for households in (then, now)
    )
    review = month_review(after, approve(before, divided(QUARTERS)))
    assert standings(review)["A"] == standing


def test_another_rule_than_the_excepted_one_is_left() -> None:
    """Too small at approval, too large now."""
    approved = approve(grown(h00=-90, h01=-90), divided(QUARTERS))
    review = month_review(grown(h00=150), approved)
    assert standings(review)["A"] == "left"
    assert review.known == ()


def test_a_house_too_far_off_breaks_what_was_kept() -> None:
    """A row of five houses is 400 m long; the sixth is one too far for a radius of 300 m."""
    row = [60, 60, 60, 60, 60, 60]
    approved = approve(board([row]), Division({f"h0{n}": "A" for n in range(6)}))
    assert month_review(board([row]), approved).left == ()
    wide = replace(approved, grids=[replace(approved.grids[0], geometry=box(0, 0, 900, 100))])
    review = month_review(board([[*row, 10, 10, 10]]), wide)
    assert [found.rule for found in review.left] == [Rule.RADIUS]
    assert review.count(BuildingChange.NEW) == 3


def test_new_houses_off_every_grid_and_gone_ones() -> None:
    approved = approve(board(ROWS), divided(QUARTERS))
    homes = {**approved.homes, "old": ("h33", 7)}
    wide = board([[*row, 30] for row in ROWS])
    review = month_review(wide, replace(approved, homes=homes))
    assert (review.count(BuildingChange.NEW), review.count(BuildingChange.GONE)) == (4, 1)
    gone = review.buildings.set_index("building_id").loc["old"]
    assert (gone["households_then"], gone["households"], gone["code_then"]) == (7, 0, "c-D")
    assert gone["geometry"] is None
    assert list(review.grids["gone_buildings"]) == [0, 0, 0, 1]
    (found,) = review.left
    assert (found.rule, found.grid, found.value) == (Rule.GAP, "", 120)
    assert review.same_buildings == pytest.approx(16 / 17)


def test_a_grid_that_lost_every_house_is_empty() -> None:
    approved = approve(board(ROWS), divided(QUARTERS))
    beyond = CodedGrid("c-E", "E", TOWN, 320, 900, box(900, 0, 999, 99), DRAWN_CRS)
    review = month_review(board(ROWS), replace(approved, grids=[*approved.grids, beyond]))
    assert standings(review)["E"] == "empty"
    assert review.grids["share"].iloc[-1] == -1.0


def test_no_limit_holds_for_an_exclusive_grid() -> None:
    marks = {"A": frozenset({Mark.EXCLUSIVE}), "B": frozenset({Mark.LOCKED})}
    approved = approve(board(ROWS), divided(QUARTERS, marks))
    review = month_review(grown(h00=400), approved)
    assert standings(review)["A"] == "exclusive"
    assert review.left == ()
    assert review.division.marks == {f"c-{grid}": said for grid, said in marks.items()}


def test_ground_in_degrees_is_the_same_ground() -> None:
    town = board(ROWS)
    division = divided(QUARTERS)
    here, there = (carried(town, approve(town, division, crs)) for crs in (DRAWN_CRS, "EPSG:4490"))
    assert here == there


def test_the_least_change_mends_what_left_and_leaves_exceptions_alone() -> None:
    """A is 10 too many; a house of 100 goes to a neighbour. D is excepted and stays."""
    rows = [[100, 100, 80, 80], [100, 100, 80, 80], [100, 100, 100, 100], [100, 100, 90, 250]]
    approved = approve(board(rows), divided(QUARTERS))
    rows[0] = [210, 100, 80, 80]
    town = board(rows)
    review = month_review(town, approved)
    assert standings(review) == {"A": "left", "B": "inside", "C": "inside", "D": "known"}
    proposal = month_proposal(town, review, time_limit_s=2.0)
    assert proposal.edit.kind is EditKind.REPAIR
    assert proposal.edit.grids in ({"c-A", "c-B"}, {"c-A", "c-C"})
    assert proposal.households == 100
    assert proposal.remains == ()
    assert apply(review.division, proposal.edit) == proposal.division
    assert [found.grid for found in proposal.verdict.findings] == ["c-D"]


def test_nothing_is_proposed_where_nothing_left() -> None:
    town = board(ROWS)
    review = month_review(town, approve(town, divided(QUARTERS)))
    with pytest.raises(GridplanError, match="没有需要修复的问题"):
        month_proposal(town, review)


@pytest.fixture(scope="module")
def months(demo: Prepared, tmp_path_factory: pytest.TempPathFactory) -> tuple[Prepared, Approved]:
    """The demo street a month later, and a plan in force that the store tells of."""
    place = tmp_path_factory.mktemp("months")
    later = prepare(second_month(Path(demo.layers.folder), place / "street"))
    store = Store(f"sqlite:///{place / 'plans.db'}")
    approved = approved_of(store, put_in_force(store, demo, merged_start(demo), date(2026, 9, 1)))
    store.close()
    return later, approved


def test_the_demo_street_a_month_later(demo: Prepared, months: tuple[Prepared, Approved]) -> None:
    later, approved = months
    review = month_review(later, approved)
    buildings = review.buildings.set_index("building_id")
    assert set(buildings.index[buildings["change"] == BuildingChange.NEW]) == set(NEW)
    assert list(buildings.index[buildings["change"] == BuildingChange.GONE]) == [GONE]
    inside = buildings[buildings["change"] == BuildingChange.MORE]
    assert inside["name"].str.startswith(GROWN).all()
    assert inside["more"].sum() == MORE
    lost = approved.homes[GONE][1]
    assert review.more_households == MORE + 24 + 18 - lost
    assert review.grids["households"].sum() == later.units.frame["households"].sum()
    assert review.left
    assert {found.grid for found in review.left} <= set(inside["code"])
    proposal = month_proposal(later, review, time_limit_s=2.0)
    assert len(proposal.remains) < len(review.left)
    excused = {found.grid for found in review.known} - {found.grid for found in review.left}
    assert not proposal.edit.grids & excused
    unchanged = month_review(demo, approved)
    assert unchanged.buildings.empty
    assert unchanged.left == ()


def test_carried_as_by_hand(months: tuple[Prepared, Approved]) -> None:
    """Point by point: the grid of most households of each unit."""
    later, approved = months
    buildings = later.units.buildings
    points = buildings.geometry.representative_point()
    held: dict[str, dict[str, float]] = {}
    for unit, home, point, count in zip(
        buildings["unit_id"], buildings["community_code"], points, buildings["households"],
        strict=True,
    ):  # fmt: skip
        own = [g.code for g in approved.grids if g.community == home and g.geometry.covers(point)]
        votes = held.setdefault(unit, {})
        grid = own[0] if own else ""
        votes[grid] = votes.get(grid, 0.0) + count + 1e-6
    division = carried(later, approved)
    assert all(CRS(grid.crs) == later.layers.crs for grid in approved.grids)
    for unit, votes in held.items():
        best = max(votes.values())
        assert np.isclose(votes[division.grid_of[unit]], best)
