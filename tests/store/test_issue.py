"""A version's grids as the store is told of them: who comes from where, on boards drawn by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.edit import Division, layer_start, merged_start
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from gridplan.store import CodedGrid, Homes, NewGrid, Standing, Store
from gridplan.store.issue import (
    before_of,
    grids_before,
    issue_codes,
    legacy_before,
    legacy_codes,
    new_grids,
    retired_by,
    term_before,
)
from gridplan.store.numbering import codes_of
from tests.board import board
from tests.nine import division, nine_street
from tests.store.begun import HOME, advance, approve
from tests.written import EAST, WEST

FIFTY = [[50] * 4] * 2
HALVES = ["AABB"] * 2
HOUSES = [f"h{row}{column}" for row in range(2) for column in range(4)]
JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)


@pytest.fixture(scope="module")
def town() -> Prepared:
    """Two halves of 200 households."""
    return board(FIFTY, 一=HALVES)


def drawn(*rows: str) -> Division:
    """Grids as rows of letters, "." for none."""
    return Division(
        {
            f"h{row}{column}": letter.replace(".", "")
            for row, line in enumerate(rows)
            for column, letter in enumerate(line)
        }
    )


def by_name(grids: tuple[NewGrid, ...]) -> dict[str, NewGrid]:
    return {grid.grid_id: grid for grid in grids}


def begun(store: Store, town: Prepared, division: Division, name: str = "秋") -> tuple[int, int]:
    line = store.begin(
        town.layers.name, name, division, fingerprint="", rules=town.rules,
        homes=Homes.of_frame(town.units.buildings), author="王",
    )  # fmt: skip
    return line.plan_id, store.keep_version(
        line.branch_id, line.revision, "定稿", author="王"
    ).number


def issued(
    store: Store, town: Prepared, which: tuple[int, int]
) -> tuple[tuple[CodedGrid, ...], Standing]:
    """Codes of a version that goes to its approval, and where it stands then."""
    codes = issue_codes(store, town, approve(store, which), author="李")
    standing = store.approvals.standing(*which)
    assert standing is not None
    return codes, standing


def test_who_comes_from_where(town: Prepared) -> None:
    before = legacy_before(town)
    grids = by_name(new_grids(town, drawn("wwwe", "wwee"), before))
    assert before.households == {"A": 200, "B": 200}
    assert dict(grids["w"].parents) == {"A": 200, "B": 50}
    assert dict(grids["e"].parents) == {"B": 150}
    assert (grids["w"].households, grids["w"].community) == (250, HOME)
    assert grids["w"].geometry.area == pytest.approx(5 * 100**2)


def test_an_empty_grid_has_the_ground_that_it_shares_more_than_half_of() -> None:
    park = board([[50, 50, 0, 0]] * 2, 一=["AAPP"] * 2)
    before = legacy_before(park)
    assert before.households == {"A": 200, "P": 0}
    whole = by_name(new_grids(park, drawn("aapp", "aapp"), before))
    assert (whole["p"].ground_of, whole["a"].ground_of) == ("P", "")
    halves = by_name(new_grids(park, drawn("aapq", "aapq"), before))
    assert (halves["p"].ground_of, halves["q"].ground_of) == ("", "")
    most = by_name(new_grids(park, drawn("aapp", "aaqp"), before))
    assert (most["p"].ground_of, most["q"].ground_of) == ("P", "")


def test_what_is_in_no_grid_is_refused(town: Prepared) -> None:
    with pytest.raises(GridplanError, match=r"1 个单元（50 户）"):
        new_grids(town, drawn("wwwe", "wwe."), legacy_before(town))


def test_a_legacy_grid_without_a_code_hands_none_on(tmp_path: Path) -> None:
    """Of three grids in the west two have no code; the one in the east has."""
    area = nine_street(tmp_path / "area", {"P1": "A", "P2": "", "P3": "", "Q1": "B"})
    before = legacy_before(area)
    assert before.households == {"A": 30, "B": 90}
    assert legacy_codes(area) == ["A", "B"]
    grids = new_grids(area, division("w1w1e1w2w2e1w3w3e2"), before)
    assert codes_of(grids, before.households, legacy_codes(area)) == {
        "w1": "A", "w2": f"{WEST}002", "w3": f"{WEST}001", "e1": "B",
        "e2": f"{EAST}001",
    }  # fmt: skip


def test_a_code_of_two_communities_is_given_to_nobody_else(tmp_path: Path) -> None:
    twice = f"{WEST}001"
    area = nine_street(tmp_path / "area", {"P1": twice, "P2": "2", "P3": "3", "Q1": twice})
    assert legacy_codes(area) == ["2", "3", f"{WEST}-{twice}", twice, f"{EAST}-{twice}"]
    before = legacy_before(area)
    assert before.households[f"{WEST}-{twice}"] == 30
    grids = new_grids(area, division("w1w2e1w2w1e1w3w3e2"), before)
    given = codes_of(grids, before.households, legacy_codes(area))
    assert given == {
        "w1": "2", "w2": f"{WEST}002", "w3": "3", "e1": f"{EAST}-{twice}", "e2": f"{EAST}001",
    }  # fmt: skip


def test_without_a_legacy_layer_every_code_is_new() -> None:
    bare = board(FIFTY)
    before = legacy_before(bare)
    assert before.households == {}
    grids = new_grids(bare, drawn("wwee", "wwee"), before)
    assert codes_of(grids, {}, []) == {"w": f"{HOME}001", "e": f"{HOME}002"}
    assert legacy_codes(bare) == []


@cache
def uneven() -> Prepared:
    return board([[10, 20, 30, 40], [50, 60, 70, 80]], 一=["AAB.", "ABB."])


@settings(max_examples=20)
@given(st.lists(st.sampled_from("xyz"), min_size=8, max_size=8))
def test_every_household_comes_from_where_its_building_was(letters: list[str]) -> None:
    town = uneven()
    division = Division(dict(zip(HOUSES, letters, strict=True)))
    old = dict(zip(HOUSES, "AAB.ABB.", strict=True))
    homes = dict(zip(HOUSES, [10, 20, 30, 40, 50, 60, 70, 80], strict=True))
    counted: Counter[tuple[str, str]] = Counter()
    for house in HOUSES:
        counted[division.grid_of[house], old[house]] += homes[house]
    grids = new_grids(town, division, legacy_before(town))
    told = {(grid.grid_id, code): n for grid in grids for code, n in grid.parents.items()}
    assert told == {pair: n for pair, n in counted.items() if pair[1] != "."}
    assert sum(grid.households for grid in grids) == sum(homes.values())


def test_buildings_of_now_are_looked_up_on_the_ground_of_then(town: Prepared) -> None:
    """Other ids and other households than those that the codes were issued for."""
    coded = tuple(
        CodedGrid(f"{HOME}{at:03d}", grid.grid_id, HOME, 1, 1, grid.geometry, "EPSG:4549")
        for at, grid in enumerate(new_grids(town, drawn("wwee", "wwee"), legacy_before(town)), 1)
    )
    now = board([[70, 70, 30, 30]] * 2)
    before = before_of(now, coded)
    assert before.households == {f"{HOME}001": 280, f"{HOME}002": 120}
    grids = by_name(new_grids(now, drawn("wwwe", "wwee"), before))
    assert dict(grids["w"].parents) == {f"{HOME}001": 280, f"{HOME}002": 30}
    units = before.code_of_unit(now)
    assert set(units[["h00", "h11"]]) == {f"{HOME}001"}


def test_the_second_version_comes_after_the_first(store: Store, town: Prepared) -> None:
    area = town.layers.name
    first = begun(store, town, drawn("wwee", "wwee"))
    codes, standing = issued(store, town, first)
    assert [grid.code for grid in codes] == ["A", "B"]
    assert retired_by(store, standing) == []
    advance(store, first)
    advance(store, first, JULY)

    second = begun(store, town, drawn("wnwn", "nwnw"), "冬")
    assert grids_before(store, town, *second).households == {"A": 200, "B": 200}
    codes, standing = issued(store, town, second)
    assert [grid.code for grid in codes] == [f"{HOME}001", f"{HOME}002"]
    assert {used.code for used in retired_by(store, standing)} == {"A", "B"}
    assert {used.retired_on for used in retired_by(store, standing)} == {None}
    advance(store, second)
    after = advance(store, second, AUGUST)
    assert {used.retired_on for used in retired_by(store, after)} == {AUGUST}
    term = term_before(store, area, *second)
    assert term is not None
    assert (term.plan_id, term.effective_on) == (first[0], JULY)
    assert term_before(store, area, *first) is None

    third = begun(store, town, drawn("wwee", "wwee"), "春")
    codes, standing = issued(store, town, third)
    assert [grid.code for grid in codes] == [f"{HOME}003", f"{HOME}004"]
    assert {used.code for used in retired_by(store, standing)} == {f"{HOME}001", f"{HOME}002"}


def test_the_demo_goes_the_whole_way(store: Store, demo: Prepared) -> None:
    merged = merged_start(demo)
    which = begun(store, demo, merged)
    codes, standing = issued(store, demo, which)
    assert {grid.grid_id for grid in codes} == merged.units_of.keys()
    legacy = {used.code for used in store.codes.used(demo.layers.name) if used.legacy}
    every = {code for layer in demo.present.values() for code in layer.grids["code"]}
    assert legacy == every
    fresh = {grid.code for grid in codes} - legacy
    assert fresh
    assert all(code.isdigit() and len(code) == 15 for code in fresh)
    buildings = demo.units.buildings
    old = buildings["building_id"].map(next(iter(demo.present.values())).building_grid)
    new = buildings["unit_id"].map(dict(merged.grid_of))
    shared = buildings["households"].groupby([new, old]).sum()
    of_grid = {grid.code: grid.grid_id for grid in codes}
    lineage = store.codes.lineage(*which)
    told = {(of_grid[one.new], one.old): one.households for one in lineage}
    assert told == {pair: n for pair, n in shared.items() if n and pair[1]}
    kept = {grid.code for grid in codes} & legacy
    assert {used.code for used in retired_by(store, standing)} == every - kept


def test_a_refused_division_leaves_the_store_as_it_was(store: Store, demo: Prepared) -> None:
    """The present grids of the demo leave two units out."""
    which = begun(store, demo, layer_start(demo, next(iter(demo.present))))
    standing = approve(store, which)
    with pytest.raises(GridplanError, match="没有分入网格"):
        issue_codes(store, demo, standing, author="李")
    assert store.codes.used(demo.layers.name) == []
    assert store.approvals.standing(*which) == standing


def test_the_ground_in_force_is_found_again_whole(store: Store, demo: Prepared) -> None:
    merged = merged_start(demo)
    which = begun(store, demo, merged)
    codes, _ = issued(store, demo, which)
    before = before_of(demo, codes)
    code = {grid.grid_id: grid.code for grid in codes}
    units = pd.Series(dict(merged.grid_of)).map(code)
    found = before.code_of_unit(demo)
    assert (found == units.reindex(found.index)).all()
    assert before.households == {grid.code: grid.households for grid in codes}
