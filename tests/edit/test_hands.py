"""What a planner does by hand, on the demo street."""

from __future__ import annotations

import pytest
import shapely

from gridplan.edit import (
    Division,
    Edit,
    EditKind,
    Mark,
    apply,
    mark,
    merge,
    move,
    new_grid,
    split_by_line,
)
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared


def two_of_one_community(division: Division) -> tuple[str, str]:
    one, other, *_ = division.units_of
    assert one[:12] == other[:12]
    return one, other


def test_units_move_and_the_rest_stays(demo: Prepared, start: Division) -> None:
    one, other = two_of_one_community(start)
    gone = sorted(start.units_of[one])[:2]
    edit = move(demo, start, gone, other)
    assert edit.moved == dict.fromkeys(gone, (one, other))
    after = apply(start, edit)
    assert after.units_of[other] == start.units_of[other] | set(gone)
    rest = start.grid_of.keys() - set(gone)
    assert {unit: after.grid_of[unit] for unit in rest} == {u: start.grid_of[u] for u in rest}


def test_a_unit_may_be_in_no_grid_for_a_while(demo: Prepared, start: Division) -> None:
    one, _ = two_of_one_community(start)
    unit = min(start.units_of[one])
    after = apply(start, move(demo, start, [unit], ""))
    assert after.grid_of[unit] == ""
    assert unit not in after.units_of[one]


def test_a_new_grid_has_a_name_of_its_own(demo: Prepared, start: Division) -> None:
    one, _ = two_of_one_community(start)
    chosen = sorted(start.units_of[one])[:3]
    first = new_grid(demo, start, chosen)
    after = apply(start, first)
    (name,) = after.units_of.keys() - start.units_of.keys()
    assert name.startswith(one[:12])
    assert after.units_of[name] == set(chosen)
    back = apply(after, move(demo, after, chosen[1:], one))
    again = apply(back, new_grid(demo, back, chosen[1:]))
    assert len(again.units_of) == len(start.units_of) + 2


def test_merged_grids_are_one_and_lose_their_marks(demo: Prepared, start: Division) -> None:
    one, other = two_of_one_community(start)
    marked = apply(start, mark(start, one, Mark.EXCLUSIVE))
    edit = merge(demo, marked, [one], other)
    after = apply(marked, edit)
    assert one not in after.units_of
    assert after.marks == {}
    assert apply(after, edit.inverse) == marked


def test_a_line_cuts_a_grid_in_two(demo: Prepared, start: Division) -> None:
    one, _ = two_of_one_community(start)
    graph = demo.fabric.graphs[one[:12]]
    place = [graph.ids.index(unit) for unit in sorted(start.units_of[one])]
    x = sorted(graph.xy_m[place, 0])
    middle = (x[0] + x[-1]) / 2
    y = graph.xy_m[place, 1].mean()
    line = shapely.LineString([(middle, y - 1), (middle, y + 1)])  # northwards, far too short
    after = apply(start, split_by_line(demo, start, one, line))
    (name,) = after.units_of.keys() - start.units_of.keys()
    east = {graph.ids[k] for k in place if graph.xy_m[k, 0] > middle}
    assert after.units_of[name] == east
    assert after.units_of[one] == start.units_of[one] - east
    away = shapely.LineString([(x[0] - 900, 0), (x[0] - 900, 1e7)])
    with pytest.raises(GridplanError, match="没有把网格分成两部分"):
        split_by_line(demo, start, one, away)


def test_a_lock_holds(demo: Prepared, start: Division) -> None:
    one, other = two_of_one_community(start)
    locked = apply(start, mark(start, one, Mark.LOCKED))
    unit, guest = min(start.units_of[one]), min(start.units_of[other])
    for units, grid in (([unit], other), ([guest], one), ([unit], "")):
        with pytest.raises(GridplanError, match="已锁定"):
            move(demo, locked, units, grid)
    with pytest.raises(GridplanError, match="已锁定"):
        merge(demo, locked, [other], one)
    free = apply(locked, mark(locked, one, Mark.LOCKED, on=False))
    assert free == start


def test_what_cannot_be_is_refused(demo: Prepared, start: Division) -> None:
    one, other = two_of_one_community(start)
    strange = next(grid for grid in start.units_of if grid[:12] != one[:12])
    unit = min(start.units_of[one])
    for call, told in (
        (lambda: move(demo, start, [unit], strange), "跨两个社区"),
        (lambda: move(demo, start, ["?"], one), "没有编号"),
        (lambda: move(demo, start, [unit], "?"), "没有网格"),
        (lambda: move(demo, start, [unit], one), "没有改变"),
        (lambda: move(demo, start, [], one), "没有改变"),
        (lambda: new_grid(demo, start, []), "没有改变"),
        (lambda: merge(demo, start, [one], "?"), "没有网格"),
        (lambda: mark(start, other, Mark.LOCKED, on=False), "没有改变"),
        (lambda: new_grid(demo, start, [unit, min(start.units_of[strange])]), "跨两个社区"),
    ):
        with pytest.raises(GridplanError, match=told):
            call()


def test_edits_know_what_they_touch(demo: Prepared, start: Division) -> None:
    one, other = two_of_one_community(start)
    edit = move(demo, start, [min(start.units_of[one])], other)
    assert isinstance(edit, Edit)
    assert edit.kind is EditKind.MOVE
    assert edit.grids == {one, other}
