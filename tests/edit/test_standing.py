"""No community comes out of the machine's help worse than it went in."""

from __future__ import annotations

import pytest

from gridplan.edit import Division, Edit, EditKind, Mark
from gridplan.edit.standing import Standing
from gridplan.prepared import Prepared
from tests.edit.conftest import Area


@pytest.fixture(scope="module")
def street(area: Area) -> Prepared:
    return area({code: [[2, 2, 2, 2, 2, 2]] for code in "ABC"})


def of(**rows: str) -> dict[str, str]:
    return {
        f"{code}{n:02}": f"{code}-{letter}"
        for code, text in rows.items()
        for n, letter in enumerate(text)
    }


def between(before: dict[str, str], after: dict[str, str]) -> Edit:
    moved = {unit: (was, after[unit]) for unit, was in before.items() if was != after[unit]}
    return Edit(EditKind.REDRAW, moved)


def test_households_count_and_anything_else_counts_more(street: Prepared) -> None:
    standing = Standing(street)
    grid_of = of(A="ppppqq", B="pqpppp", C="pppqqq")
    told = standing.missed(Division(grid_of))
    assert told["A"] == 2  # 4 of 6
    assert told["B"] == 1e6 + 4  # in pieces; 2 of 6
    assert told["C"] == 0
    assert standing.missed(Division({**grid_of, "C00": ""}))["C"] == 1e6 + 2
    locked = Division(grid_of, {"A-q": frozenset({Mark.LOCKED})})
    assert standing.missed(locked)["A"] == 0
    assert standing.breaches(locked) == standing.breaches(Division(grid_of)) == 3


def test_only_what_is_no_worse_is_kept(street: Prepared) -> None:
    """A gets better, B worse, C stays legal; then a shortage wanders to another grid in A."""
    standing = Standing(street)
    before = of(A="ppppqq", B="pppqqq", C="pppqqq")
    after = of(A="pppqqq", B="ppppqq", C="qqqppp")
    edit = between(before, after)
    kept = standing.kept(Division(before), after, edit)
    assert {unit[0] for unit in kept} == {"A", "C"}
    assert all(kept[unit] == after[unit] for unit in kept)
    better = standing.kept(Division(before), after, edit, better=True)
    assert {unit[0] for unit in better} == {"A"}
    wandered = of(A="ppqqqq", B="pppqqq", C="pppqqq")
    edit = between(before, wandered)
    assert {unit[0] for unit in standing.kept(Division(before), wandered, edit)} == set("ABC")
    sound = standing.kept(Division(before), wandered, edit, sound=True)
    assert {unit[0] for unit in sound} == {"B", "C"}
    assert standing.kept(Division(before), after, None) == {}
