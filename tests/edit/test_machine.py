"""The machine's help: what is held stays, what is broken gets better, nothing else moves."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridplan import jobs
from gridplan.edit import (
    Division,
    Edit,
    EditKind,
    Judge,
    Mark,
    apply,
    curve,
    even_out,
    machine,
    mark,
    move,
    redraw_grids,
    redraw_rest,
    repair,
    split_by_machine,
)
from gridplan.edit.even import off_mean
from gridplan.edit.standing import Standing
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from gridplan.units import Units
from tests.edit.conftest import Area
from tests.edit.two_grids import cheapest_two, cost_of


@pytest.fixture(scope="module")
def threads() -> Iterator[ThreadPoolExecutor]:
    """Workers that need no start of a process."""
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def here(threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some grids are redrawn in this process too; so small an area needs no two seconds."""
    monkeypatch.setattr(machine, "run_jobs", partial(jobs.run_jobs, executor=threads))
    monkeypatch.setattr(jobs, "SHORTEST_S", 0.2)


def in_order(prepared: Prepared, *sizes: int, code: str = "A") -> Division:
    """The blocks of a community in their order, so many to each of the grids 1, 2, 3."""
    units = prepared.fabric.graphs[code].ids
    names = np.repeat([f"{code}-{n + 1}" for n in range(len(sizes))], sizes).tolist()
    return Division(dict(zip(units, names, strict=True)))


def broken(prepared: Prepared, division: Division) -> list[tuple[str, str]]:
    return [(f.rule.value, f.grid) for f in Judge(prepared).judge(division).findings]


def test_a_grid_too_large_gives_and_what_was_placed_stays(area: Area) -> None:
    """Block 4 was put to the first grid, 12 households: it stays, and one at the far end goes."""
    street = area({"A": [[2, 2, 2, 2, 2, 2, 2, 2], [0, 0, 0, 0, 0, 0, 0, 0]]})
    grids = dict.fromkeys(street.fabric.graphs["A"].ids, "A-1")
    grids |= dict.fromkeys([f"A{n:02}" for n in (4, 5, 6, 7, 12, 13, 14, 15)], "A-2")
    legal = Division(grids)
    assert broken(street, legal) == []
    edited = apply(legal, move(street, legal, ["A04", "A05"], "A-1"))
    assert {rule for rule, _ in broken(street, edited)} == {"upper", "lower"}
    edit = repair(street, edited, keep=["A04"])
    after = apply(edited, edit)
    assert edit.kind is EditKind.REPAIR
    assert broken(street, after) == []
    assert after.grid_of["A04"] == "A-1"
    assert set(after.units_of) == {"A-1", "A-2"}


def test_units_put_to_two_grids_stay_in_two(area: Area) -> None:
    street = area({"A": [[2, 2, 2, 2, 2]]})
    edited = in_order(street, 3, 2)
    assert len(apply(edited, repair(street, edited)).units_of) == 1
    with pytest.raises(GridplanError, match="没有找到更好"):
        repair(street, edited, keep=["A02", "A03"])


@pytest.mark.parametrize("lost", [["A04"], ["A04", "A05", "A06", "A07"], "all"])
def test_units_of_no_grid_are_placed(area: Area, lost: list[str] | str) -> None:
    street = area({"A": [[2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]]})
    start = in_order(street, 4, 4, 4)
    units = street.fabric.graphs["A"].ids if lost == "all" else lost
    edited = apply(start, move(street, start, units, ""))
    after = apply(edited, repair(street, edited))
    assert broken(street, after) == []
    assert "" not in after.grid_of.values()
    assert len(after.units_of) in (3, 4)


def test_a_unit_shut_in_by_a_lock_becomes_a_grid(area: Area) -> None:
    street = area({"A": [[2, 2, 2, 2, 2]]})
    start = in_order(street, 4, 1)
    locked = apply(start, mark(start, "A-1", Mark.LOCKED))
    edited = apply(locked, move(street, locked, ["A04"], ""))
    after = apply(edited, repair(street, edited))
    assert after.units_of["A-1"] == start.units_of["A-1"]
    assert after.grid_of["A04"]


def test_nothing_to_do_and_nothing_to_be_done_are_told_apart(area: Area, here: None) -> None:
    street = area({"A": [[2, 2, 2, 2, 2, 2, 2, 2]]})
    legal = in_order(street, 4, 4)
    with pytest.raises(GridplanError, match="没有需要修复"):
        repair(street, legal)
    with pytest.raises(GridplanError, match="无需重划"):
        redraw_rest(street, legal)
    for grids, told in ((["?"], "没有网格"), ([], "没有改变"), (["A-1"], "没有找到")):
        with pytest.raises(GridplanError, match=told):
            redraw_grids(street, legal, grids, time_limit_s=1)
    for said in Mark:
        marked = apply(legal, mark(legal, "A-1", said))
        with pytest.raises(GridplanError, match="取消标记"):
            redraw_grids(street, marked, ["A-1"])
        both = apply(marked, mark(marked, "A-2", said))
        with pytest.raises(GridplanError, match="没有可以调整"):
            redraw_rest(street, both)
    lone = area({"A": [[4]]})
    with pytest.raises(GridplanError, match="无法避免"):
        repair(lone, in_order(lone, 1))
    wrong = apply(legal, move(street, legal, ["A04", "A05"], "A-1"))
    with pytest.raises(GridplanError, match="没有找到更好"):
        repair(street, wrong, stop=lambda: True)


def test_grids_drawn_anew_keep_their_names_and_leave_the_others(area: Area, here: None) -> None:
    """Two rows of six: the first two of three grids lie lengthwise, for no reason."""
    street = area({"A": [[2, 2, 2, 2, 2, 2], [2, 2, 2, 2, 2, 2]]})
    units = street.fabric.graphs["A"].ids
    long = ["A-1"] * 4 + ["A-3"] * 2 + ["A-2"] * 4 + ["A-3"] * 2
    division = Division(dict(zip(units, long, strict=True)))
    after = apply(division, redraw_grids(street, division, ["A-1", "A-2"], time_limit_s=2))
    graph, both = street.fabric.graphs["A"], division.units_of["A-1"] | division.units_of["A-2"]
    told = sum(cost_of(graph, after.units_of[grid]) for grid in ("A-1", "A-2"))
    assert told == cheapest_two(graph, both)
    before = [division.units_of[grid] & after.units_of[grid] for grid in ("A-1", "A-2")]
    swapped = [division.units_of["A-1"] & after.units_of["A-2"],
               division.units_of["A-2"] & after.units_of["A-1"]]  # fmt: skip
    assert sum(map(len, before)) >= sum(map(len, swapped))
    assert after.units_of["A-3"] == division.units_of["A-3"]


def test_a_new_grid_takes_no_name_that_is_taken(area: Area) -> None:
    """All 16 households in a grid that bears the very name a new one would get."""
    street = area({"A": [[2, 2, 2, 2, 2, 2, 2, 2]]})
    units = street.fabric.graphs["A"].ids
    for name in ("A-A00", "A-A04", "A-A04-2"):
        one = Division(dict.fromkeys(units, name))
        after = apply(one, repair(street, one))
        assert broken(street, after) == []
        (new,) = after.units_of.keys() - {name}
        assert new.startswith("A-A0")


@pytest.mark.parametrize("measured", [False, True])
def test_what_is_uneven_is_evened_out(
    area: Area, threads: ThreadPoolExecutor, here: None, measured: bool
) -> None:
    """Households 10 and 6 become 8 and 8; or work 14 and 8 becomes 12 and 10."""
    street = area({"A": [[2, 2, 2, 2, 2, 2, 2, 2], [0] * 8]})
    units = street.fabric.graphs["A"].ids
    west = 4 if measured else 5
    side = ["A-1"] * west + ["A-2"] * (8 - west)
    division = Division(dict(zip(units, side * 2, strict=True)))
    assert broken(street, division) == []
    loads = {unit: 2.0 if unit < "A08" else 0.0 for unit in units}
    if measured:
        loads |= {"A00": 4.0, "A01": 4.0, "A02": 4.0}
    even = partial(even_out, street, time_limit_s=0.5, executor=threads)
    work = pd.Series(loads) if measured else None
    edit = even(division, workload=work)
    after = apply(division, edit)
    assert edit.kind is EditKind.BALANCE
    assert broken(street, after) == []
    assert (off_mean(division.grid_of, loads), off_mean(after.grid_of, loads)) == (
        (6, 2) if measured else (4, 0)
    )
    assert sum(loads[unit] for unit in edit.moved) == 2
    with pytest.raises(GridplanError, match="更均衡"):
        even(after, workload=work)


@pytest.mark.parametrize("measured", [False, True])
def test_the_number_of_grids_stays_when_they_are_evened_out(
    area: Area, threads: ThreadPoolExecutor, measured: bool
) -> None:
    """12 households in three grids, where two of 6 would keep the limits of 6 to 10."""
    street = area({"A": [[1] * 12]})
    work = pd.Series(dict.fromkeys(street.fabric.graphs["A"].ids, 1.0)) if measured else None
    uneven = in_order(street, 2, 5, 5)
    edit = even_out(street, uneven, workload=work, time_limit_s=0.5, executor=threads)
    sizes = [len(units) for units in apply(uneven, edit).units_of.values()]
    assert len(sizes) == 3
    assert max(sizes) - min(sizes) < 3


def test_a_grid_in_two_pieces_keeps_no_other_from_being_evened_out(
    area: Area, threads: ThreadPoolExecutor
) -> None:
    """The two towers of one community are one grid, which no grids in one piece make up for."""
    street = area({"A": [[20, 20]], "B": [[2, 2, 2, 2, 2, 2, 2, 2]]})
    division = Division({**in_order(street, 2).grid_of, **in_order(street, 5, 3, code="B").grid_of})
    after = apply(division, even_out(street, division, time_limit_s=0.5, executor=threads))
    assert sorted(map(len, after.units_of.values())) == [2, 4, 4]


def test_work_has_to_be_known_of_every_unit(area: Area) -> None:
    street = area({"A": [[2, 2, 2]]})
    with pytest.raises(GridplanError, match="2 个单元（如 A01）"):
        even_out(street, in_order(street, 3), workload=pd.Series({"A00": 1.0, "A01": -1.0}))


@st.composite
def edited(draw: st.DrawFn) -> tuple[dict[str, list[list[int]]], Division, int]:
    """Two communities of three columns each, cut and marked anyhow; units of no grid too."""
    rows = {
        code: draw(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3),
                            min_size=2, max_size=4))
        for code in ("A", "B")
    }  # fmt: skip
    grid_of = {}
    for code, blocks in rows.items():
        for number in range(3 * len(blocks)):
            grid = draw(st.sampled_from([f"{code}-1", f"{code}-2", f"{code}-3", ""]))
            grid_of[f"{code}{number:02}"] = grid
    used = sorted(set(grid_of.values()) - {""})
    marks = {
        grid: frozenset(draw(st.sets(st.sampled_from(list(Mark)), max_size=2)))
        for grid in draw(st.lists(st.sampled_from(used), max_size=2))
    } if used else {}  # fmt: skip
    return rows, Division(grid_of, marks), draw(st.integers(0, 99))


HELPS = {
    "repair": lambda street, division, seed, _: repair(
        street, division, keep=list(division.grid_of)[:2], time_limit_s=0.4, seed=seed
    ),
    "some": lambda street, division, seed, _: redraw_grids(
        street, division, [grid for grid in division.units_of if grid not in division.marks][:2],
        time_limit_s=0.2, seed=seed,
    ),
    "rest": lambda street, division, seed, threads: redraw_rest(
        street, division, time_limit_s=0.2, seed=seed, executor=threads
    ),
    "anew": lambda street, division, seed, threads: redraw_rest(
        street, division, change_first=False, time_limit_s=0.2, seed=seed, executor=threads
    ),
    "even": lambda street, division, seed, threads: even_out(
        street, division, time_limit_s=0.2, seed=seed, executor=threads
    ),
    "split": lambda street, division, seed, _: split_by_machine(
        street, division, next(grid for grid in [*division.units_of, ""]
                               if grid not in division.marks),
        time_limit_s=0.2, seed=seed,
    ),
    "curve": lambda street, division, seed, threads: curve(
        street, division, points=2, time_limit_s=0.2, seed=seed, executor=threads
    )[-1].edit,
}  # fmt: skip


@pytest.mark.parametrize("name", HELPS)
def test_locks_hold_and_no_rule_is_missed_by_more(
    area: Area, threads: ThreadPoolExecutor, here: None, name: str
) -> None:
    helped = []

    @given(case=edited())
    @settings(max_examples=6, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    def check(case: tuple[dict[str, list[list[int]]], Division, int]) -> None:
        rows, division, seed = case
        street = area(rows)
        try:
            edit = HELPS[name](street, division, seed, threads)
        except GridplanError:
            return
        if edit is not None:
            helped.append(edit)
            held_and_no_worse(street, division, edit, name)

    check()
    assert helped, "every example was refused"


def held_and_no_worse(street: Prepared, division: Division, edit: Edit, name: str) -> None:
    """What is marked stays as it is, and what the machine leaves is no worse than before."""
    after = apply(division, edit)
    for grid, said in division.marks.items():
        assert after.units_of[grid] == division.units_of[grid]
        assert after.marks[grid] == said
    assert all(unit[0] == grid[0] for unit, grid in after.grid_of.items() if grid)
    open_ = [grid for grid in division.units_of if grid not in division.marks]
    if name == "split":
        assert {was for was, _ in edit.moved.values()} == set(open_[:1])
        assert len(after.units_of) == len(division.units_of) + 1
        return
    before, then = (Standing(street).missed(each) for each in (division, after))
    assert all(then[code] <= before[code] + 1e-6 for code in before)
    if name == "repair":
        assert then != before
        for unit in list(division.grid_of)[:2]:
            assert after.grid_of[unit] == division.grid_of[unit] or not division.grid_of[unit]
    if name == "some":
        assert {was for was, _ in edit.moved.values()} <= set(open_[:2])


def test_the_demo_is_mended_after_a_move(demo: Prepared, start: Division) -> None:
    """The present grids of one community, all others locked."""
    code = next(iter(demo.fabric.graphs))
    kept = {grid: frozenset({Mark.LOCKED}) for grid in start.units_of if grid[:12] != code}
    division = Division(start.grid_of, kept)
    standing = Standing(demo)
    after = apply(division, repair(demo, division))
    assert standing.missed(after)[code] == 0 < standing.missed(division)[code]
    assert all(after.units_of[grid] == division.units_of[grid] for grid in kept)


def test_grids_of_the_demo_are_redrawn_in_worker_processes(demo: Prepared, start: Division) -> None:
    told: list[float] = []
    one, other = list(start.units_of)[:2]
    edit = redraw_grids(
        demo, start, [one, other], time_limit_s=2, report=lambda _, share: told.append(share)
    )
    assert {was for was, _ in edit.moved.values()} <= {one, other}
    assert told == sorted(told)
    assert told[-1] == 1.0
    standing = Standing(demo)
    code = one[:12]
    assert standing.missed(apply(start, edit))[code] < standing.missed(start)[code]


def test_a_grid_is_split_in_two_that_keep_the_limits(area: Area, here: None) -> None:
    """Sixteen households in a row: 8 and 8, in one piece each, and nothing else moves."""
    row = area({"A": [[2, 2, 2, 2, 2, 2, 2, 2, 8]]})
    division = in_order(row, 8, 1)
    edit = split_by_machine(row, division, "A-1", time_limit_s=2)
    after = apply(division, edit)
    assert edit.kind is EditKind.SPLIT
    assert after.units_of["A-2"] == division.units_of["A-2"]
    assert len(after.units_of) == 3
    assert "A-1" in after.units_of, "the larger part keeps the name"
    assert broken(row, after) == []


def test_what_cannot_be_split_is_refused(area: Area, here: None) -> None:
    row = area({"A": [[6, 6, 6]]})
    division = in_order(row, 1, 2)
    with pytest.raises(GridplanError, match="不到 2 个"):
        split_by_machine(row, division, "A-1")
    with pytest.raises(GridplanError, match="没有网格"):
        split_by_machine(row, division, "nowhere")
    locked = apply(division, mark(division, "A-2", Mark.LOCKED))
    with pytest.raises(GridplanError, match="锁定"):
        split_by_machine(row, locked, "A-2")


def scoped(street: Prepared, scopes: str) -> Prepared:
    """The same with the compound of each block, one letter each; a dot for none."""
    names = [letter.strip(".") for letter in scopes]
    frame = street.units.frame.assign(scope=names)
    return replace(street, units=cast("Units", SimpleNamespace(frame=frame)))


@pytest.mark.parametrize(
    ("scopes", "parts", "crossed"),
    [
        ("KK......", 2, False),  # along the compound
        ("KK......", 3, False),
        ("KKKKKKKK", 2, False),  # inside one
        ("KKLLMMNN", 2, True),  # in more compounds than parts: cut all the same
    ],
)
def test_a_compound_is_not_cut_across_where_so_many_parts_do(
    area: Area, here: None, scopes: str, parts: int, crossed: bool
) -> None:
    row = scoped(area({"A": [[2, 2, 2, 2, 2, 2, 2, 2]]}), scopes)
    division = in_order(row, 8)
    after = apply(division, split_by_machine(row, division, "A-1", parts=parts, time_limit_s=1))
    assert len(after.units_of) == parts
    assert ("compound" in {rule for rule, _ in broken(row, after)}) == crossed


def test_a_grid_of_two_communities_is_not_split(area: Area, here: None) -> None:
    both = area({"A": [[4, 4]], "B": [[4, 4]]})
    division = Division(dict.fromkeys(["A00", "A01", "B00", "B01"], "A-1"))
    with pytest.raises(GridplanError, match="跨两个社区"):
        split_by_machine(both, division, "A-1", time_limit_s=1)
