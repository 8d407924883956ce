"""Codes are given once, kept where a grid goes on, and told for any day."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from gridplan.edit import Division
from gridplan.errors import GridplanError
from gridplan.store import Descent, NewGrid, Store, tables
from tests.store.begun import (
    AREA,
    CRS,
    HOME,
    TWO,
    advance,
    approve,
    grid,
    issue,
    take_effect,
    version,
)

JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)
BOTH = [grid("west", 0), grid("east", 100)]


def test_legacy_codes_are_used_before_the_first_issue(store: Store) -> None:
    """G-1 goes on in the west; 001 of the old layer is gone, and nobody gets it again."""
    legacy = ["G-1", f"{HOME}001", ""]
    assert store.codes.register(AREA, legacy, author="王") == [f"{HOME}001", "G-1"]
    assert store.codes.register(AREA, legacy, author="王") == []
    grids = [
        grid("west", 0, parents={"G-1": 300, f"{HOME}001": 100}),
        grid("east", 100, parents={f"{HOME}001": 150}),
    ]
    which = version(store)
    codes = take_effect(store, which, grids, JULY, {"G-1": 310, f"{HOME}001": 300})
    assert codes == {"west": "G-1", "east": f"{HOME}002"}
    used = {one.code: (one.legacy, one.retired_on) for one in store.codes.used(AREA)}
    assert used == {
        "G-1": (True, None), f"{HOME}001": (True, JULY), f"{HOME}002": (False, None),
    }  # fmt: skip
    assert store.codes.lineage(*which) == (
        Descent(f"{HOME}001", f"{HOME}002", 150, 0.5, 150 / 400),
        Descent(f"{HOME}001", "G-1", 100, 100 / 300, 0.25),
        Descent("G-1", "G-1", 300, 300 / 310, 0.75),
    )


def test_the_next_version_goes_on_from_the_one_in_force(store: Store) -> None:
    """East is cut in two halves of which neither is more than half; then all is put together."""
    codes = take_effect(store, version(store, name="一"), BOTH, JULY)
    west, east = codes["west"], codes["east"]
    assert (west, east) == (f"{HOME}001", f"{HOME}002")
    three = Division({"a": "west", "b": "north", "c": "south"})
    grids = [
        grid("west", 0, parents={west: 400}),
        grid("north", 100, 200, parents={east: 200}),
        grid("south", 200, 200, parents={east: 200}),
    ]
    again = take_effect(store, version(store, three, "二"), grids, AUGUST, {west: 400, east: 400})
    assert again == {"west": west, "north": f"{HOME}003", "south": f"{HOME}004"}
    retired = {one.code: one.retired_on for one in store.codes.used(AREA)}
    assert retired == {west: None, east: AUGUST, f"{HOME}003": None, f"{HOME}004": None}
    whole = Division({"a": "whole", "b": "whole", "c": "whole"})
    parents = {west: 400, f"{HOME}003": 200, f"{HOME}004": 200}
    one = [grid("whole", 0, 800, parents=parents)]
    last = version(store, whole, "三")
    assert take_effect(store, last, one, SEPTEMBER, parents) == {"whole": f"{HOME}005"}
    retired = {one.code: one.retired_on for one in store.codes.used(AREA)}
    assert retired[east] == AUGUST  # and not again
    assert [code for code, on in retired.items() if on is None] == [f"{HOME}005"]


def test_what_is_in_force_on_a_day(url: str, store: Store) -> None:
    shape = shapely.Polygon([(0, 0), (100.5, 0), (100.25, 99.125), (0, 100)])
    first = [NewGrid("west", HOME, 310, 820, shape), grid("east", 100)]
    one, other = version(store, name="一"), version(store, name="二")
    codes = take_effect(store, one, first, JULY)
    before = {codes["west"]: 310, codes["east"]: 400}
    second = [grid("west", 0, parents={codes["west"]: 310}), grid("east", 100)]
    take_effect(store, other, second, AUGUST, before)
    store.close()
    again = Store(url)
    assert again.codes.in_force(AREA, date(2026, 6, 30)) is None
    assert again.codes.in_force("柳湾街道", JULY) is None
    told = again.codes.in_force(AREA, date(2026, 7, 31))
    assert told is not None
    assert (told.term.plan_id, told.term.version.name, told.term.ended_on) == (
        one[0],
        "定稿",
        AUGUST,
    )
    west = told.grids[0]
    assert (west.code, west.grid_id, west.community) == (f"{HOME}001", "west", HOME)
    assert (west.households, west.people, west.crs) == (310, 820, CRS)
    assert shapely.equals_exact(west.geometry, shape)
    assert told.lineage == ()
    for day in (AUGUST, date(2030, 1, 1)):
        told = again.codes.in_force(AREA, day)
        assert told is not None
        assert told.term.plan_id == other[0]
        assert [row.old for row in told.lineage] == [f"{HOME}001"]
    again.close()


def test_codes_of_what_is_sent_back_are_never_given_again(store: Store) -> None:
    codes = take_effect(store, version(store, name="一"), BOTH, JULY)
    which = version(store, name="二")
    approve(store, which)
    grids = [grid("west", 0, parents={codes["west"]: 400}), grid("east", 100)]
    before = {codes["west"]: 400, codes["east"]: 400}
    assert issue(store, which, grids, before)["east"] == f"{HOME}003"
    advance(store, which)
    now = store.approvals.standing(*which)
    assert now is not None
    store.approvals.send_back(*which, now.revision, author="李", note="居民反对")
    told = store.codes.in_force(AREA, AUGUST)  # what was in force still is, with its codes
    assert told is not None
    assert [one.code for one in told.grids] == [codes["west"], codes["east"]]
    assert take_effect(store, which, grids, AUGUST, before) == {
        "west": codes["west"], "east": f"{HOME}004",
    }  # fmt: skip
    retired = {one.code: one.retired_on for one in store.codes.used(AREA)}
    assert (retired[codes["east"]], retired[f"{HOME}003"]) == (AUGUST, None)


def test_a_renamed_area_repeats_no_code(store: Store) -> None:
    take_effect(store, version(store), BOTH, JULY)
    again = take_effect(store, version(store, area="桃源街道办事处"), BOTH, AUGUST)
    assert again == {"west": f"{HOME}003", "east": f"{HOME}004"}


def test_a_refused_issue_registers_nothing(store: Store) -> None:
    which = version(store)
    now = approve(store, which)
    asked = {"crs": CRS, "author": "李", "used_before": ["G-1", f"{HOME}001", ""]}
    with pytest.raises(GridplanError, match="编码 G-9 既不"):
        store.codes.issue(*which, now.revision, BOTH, {"G-9": 10}, **asked)
    assert store.codes.used(AREA) == []
    given = store.codes.issue(*which, now.revision, BOTH, {"G-1": 10}, **asked)
    assert [one.code for one in given] == [f"{HOME}002", f"{HOME}003"]
    assert [one.code for one in store.codes.used(AREA) if one.legacy] == [f"{HOME}001", "G-1"]


def test_codes_are_issued_once_at_approval_for_the_grids_of_the_version(store: Store) -> None:
    which = version(store)
    store.approvals.submit(*which, author="王")
    with pytest.raises(GridplanError, match="不在批准环节"):
        issue(store, which, BOTH)
    advance(store, which)
    advance(store, which)
    for wrong in (BOTH[:1], [*BOTH, grid("more", 200)], [*BOTH, BOTH[0]]):
        with pytest.raises(GridplanError, match="不一致"):
            issue(store, which, wrong)
    with pytest.raises(GridplanError, match="编码 G-9 既不"):
        issue(store, which, BOTH, {"G-9": 10})
    assert store.codes.of_version(*which) == ()
    codes = issue(store, which, BOTH)
    assert {one.grid_id: one.code for one in store.codes.of_version(*which)} == codes
    with pytest.raises(GridplanError, match="已发放"):
        issue(store, which, BOTH)
    assert len(store.codes.used(AREA)) == 2


def test_a_code_is_retired_once(store: Store) -> None:
    """G-1 with the first version; G-2, which was found in a drawer later, with the second."""
    store.codes.register(AREA, ["G-1"], author="王")
    codes = take_effect(store, version(store, name="一"), BOTH, JULY, {"G-1": 10})
    store.codes.register(AREA, ["G-2"], author="王")
    before = dict.fromkeys(codes.values(), 400)
    take_effect(store, version(store, name="二"), BOTH, AUGUST, before)
    retired = {one.code: one.retired_on for one in store.codes.used(AREA)}
    assert (retired["G-1"], retired["G-2"], retired[codes["west"]]) == (JULY, AUGUST, AUGUST)


def test_legacy_codes_are_not_gone_on_from_once_a_version_was_in_force(store: Store) -> None:
    store.codes.register(AREA, ["G-1"], author="王")
    take_effect(store, version(store, name="一"), BOTH, JULY)
    which = version(store, TWO, "二")
    approve(store, which)
    with pytest.raises(GridplanError, match="G-1"):
        issue(store, which, BOTH, {"G-1": 10})


def test_the_database_itself_has_every_code_once(store: Store) -> None:
    codes = take_effect(store, version(store), BOTH, JULY)
    with store._database.engine.connect() as link:
        row = {"area": AREA, "code": codes["west"], "made_by": "王", "made_at": JULY}
        with pytest.raises(IntegrityError), link.begin():
            link.execute(insert(tables.code).values(row))
