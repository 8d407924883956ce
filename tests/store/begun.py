"""Plans that are begun, and versions that go some way, for the tests of the store."""

from __future__ import annotations

from datetime import date

import shapely

from gridplan.edit import Division
from gridplan.rules import RuleSet
from gridplan.store import Homes, Line, NewGrid, Standing, Store

AREA = "桃源街道"
HOME = "320508001001"
"""Code of the community that the grids lie in."""
CRS = "EPSG:4549"
TWO = Division({"a": "west", "b": "east"})
"""A grid in the west and one in the east."""


def begin(store: Store, division: Division, area: str = AREA, name: str = "秋季调整") -> Line:
    return store.begin(
        area, name, division, fingerprint="f" * 64, rules=RuleSet(), homes=Homes(), author="王"
    )


def version(
    store: Store, division: Division = TWO, name: str = "秋季调整", area: str = AREA
) -> tuple[int, int]:
    """Plan and number of a version that nobody put forward yet."""
    line = begin(store, division, area, name)
    return line.plan_id, store.keep_version(
        line.branch_id, line.revision, "定稿", author="王"
    ).number


def advance(store: Store, which: tuple[int, int], on: date | None = None) -> Standing:
    now = store.approvals.standing(*which)
    assert now is not None
    return store.approvals.advance(*which, now.revision, author="李", effective_on=on)


def approve(store: Store, which: tuple[int, int]) -> Standing:
    """Put a version forward and let it reach its approval."""
    store.approvals.submit(*which, author="王")
    advance(store, which)
    return advance(store, which)


def grid(name: str, x: float, households: int = 400, **more: object) -> NewGrid:
    """A square of 100 m whose west side lies at `x` metres."""
    box = shapely.box(x, 0, x + 100, 100)
    return NewGrid(name, HOME, households, 1000, box, **more)  # type: ignore[arg-type]  # a test names the fields


def issue(
    store: Store, which: tuple[int, int], grids: list[NewGrid], before: dict[str, int] | None = None
) -> dict[str, str]:
    """Code by grid id."""
    now = store.approvals.standing(*which)
    assert now is not None
    given = store.codes.issue(*which, now.revision, grids, before or {}, crs=CRS, author="李")
    return {one.grid_id: one.code for one in given}


def take_effect(
    store: Store,
    which: tuple[int, int],
    grids: list[NewGrid],
    on: date,
    before: dict[str, int] | None = None,
) -> dict[str, str]:
    """All the way, without objections; code by grid id."""
    approve(store, which)
    codes = issue(store, which, grids, before)
    advance(store, which)
    advance(store, which, on)
    return codes
