"""An edit says what was and what is: it is taken back, kept and refused by that alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridplan.edit import Division, Edit, EditKind, Mark, StaleEditError, apply

UNITS = ("a", "b", "c", "d", "e")
GRIDS = ("", "1", "2", "3")


@st.composite
def division(draw: st.DrawFn) -> Division:
    grid_of = {unit: draw(st.sampled_from(GRIDS)) for unit in UNITS}
    used = sorted(set(grid_of.values()) - {""})
    marks = {grid: frozenset(draw(st.sets(st.sampled_from(list(Mark))))) for grid in used}
    return Division(grid_of, marks)


@st.composite
def change(draw: st.DrawFn) -> tuple[Division, Edit]:
    """Two divisions, and the edit that leads from one to the other."""
    before, after = draw(division()), draw(division())
    moved = {unit: (before.grid_of[unit], after.grid_of[unit]) for unit in UNITS}
    marked = {
        grid: tuple(tuple(sorted(side.marks.get(grid, ()))) for side in (before, after))
        for grid in GRIDS
    }
    moved = {unit: pair for unit, pair in moved.items() if pair[0] != pair[1]}
    marked = {grid: pair for grid, pair in marked.items() if pair[0] != pair[1]}
    if not moved and not marked:
        moved = {"a": (before.grid_of["a"], "9")}
        lost = before.marks.get(before.grid_of["a"], frozenset())
        if lost and before.units_of[before.grid_of["a"]] == {"a"}:
            marked = {before.grid_of["a"]: (tuple(sorted(lost)), ())}
    return before, Edit(EditKind.MOVE, moved, marked)


@given(change())
def test_an_edit_and_its_inverse_leave_nothing(pair: tuple[Division, Edit]) -> None:
    before, edit = pair
    after = apply(before, edit)
    assert after != before
    assert apply(after, edit.inverse) == before
    assert edit.inverse.inverse.moved == edit.moved


@given(change())
def test_an_edit_survives_as_json(pair: tuple[Division, Edit]) -> None:
    before, edit = pair
    known = Edit.of_record(json.loads(json.dumps(edit.record())))
    assert known == edit
    assert apply(before, known) == apply(before, edit)


@given(change())
def test_made_twice_it_is_stale(pair: tuple[Division, Edit]) -> None:
    before, edit = pair
    with pytest.raises(StaleEditError):
        apply(apply(before, edit), edit)


def test_what_was_changed_meanwhile_is_named() -> None:
    before = Division({"a": "1", "b": "1", "c": "2"})
    mine = Edit(EditKind.MOVE, {"a": ("1", "2"), "b": ("1", "2")})
    theirs = Edit(EditKind.MOVE, {"b": ("1", "3")})
    with pytest.raises(StaleEditError, match="b 等 1 项"):
        apply(apply(before, theirs), mine)


def test_edits_elsewhere_do_not_get_in_each_others_way() -> None:
    before = Division({"a": "1", "b": "1", "c": "2"}, {"2": frozenset({Mark.LOCKED})})
    one = Edit(EditKind.MOVE, {"a": ("1", "3")})
    other = Edit(EditKind.MARK, marked={"2": ((Mark.LOCKED,), ())})
    assert apply(apply(before, one), other) == apply(apply(before, other), one)


def test_nothing_is_no_edit() -> None:
    with pytest.raises(ValueError, match="changes nothing"):
        Edit(EditKind.MOVE)
    with pytest.raises(ValueError, match="changes nothing"):
        Edit(EditKind.MOVE, {"a": ("1", "1")})


def test_a_mark_needs_a_grid() -> None:
    with pytest.raises(ValueError, match="marks"):
        Division({"a": "1"}, {"2": frozenset({Mark.LOCKED})})


def test_an_edit_that_empties_a_grid_marked_since_is_stale() -> None:
    """Its mark would be left without a grid: the edit does not know of it."""
    start = Division({"a": "1", "b": "2"})
    gone = Edit(EditKind.MOVE, {"a": ("1", "2")})
    marked = apply(start, Edit(EditKind.MARK, marked={"1": ((), (Mark.LOCKED,))}))
    with pytest.raises(StaleEditError, match="1"):
        apply(marked, gone)
    assert apply(start, gone).units_of.keys() == {"2"}
