"""What a division asks, and what a drawing is called: grids that go on keep their id."""

from __future__ import annotations

import numpy as np
import pytest

from gridplan.edit import Division, EditKind, Mark, proofs_of
from gridplan.edit.asked import drawn_units, edit_of, tasks_for
from gridplan.errors import GridplanError
from gridplan.jobs import Job
from gridplan.prepared import Prepared
from tests.edit.conftest import Area


@pytest.fixture(scope="module")
def street(area: Area) -> Prepared:
    return area({"A": [[2, 2, 2, 2, 2, 0, 0, 0]]})


def of(text: str) -> dict[str, str]:
    """Grids of the blocks in their order, one letter each; a dot for none."""
    return {f"A{n:02}": letter.strip(".") for n, letter in enumerate(text)}


def test_what_is_held_is_fixed_and_the_rest_is_present(street: Prepared) -> None:
    marks = {"p": frozenset({Mark.LOCKED}), "q": frozenset(Mark)}
    division = Division(of("ppqrr.ss"), marks)
    task = tasks_for(street, division)["A"]
    assert task.locked == ((0, 1),)
    assert task.exclusive == ((2,),)
    assert np.asarray(task.present).tolist() == [0, 0, 1, 2, 2, -1, 3, 3]
    assert task.groups == 4
    (reason,) = proofs_of(street, division)["A"]
    assert (reason.key, reason.units) == ("reason.exclusive", (2,))
    labels = np.array([0, 0, 2, 3, 3, 3, 3, 3])
    drawn = drawn_units(division, Job("A", task), labels)
    assert set(drawn) == {"A03", "A04", "A05", "A06", "A07"}
    assert len(set(drawn.values())) == 1


def test_where_everything_is_held_nothing_is_asked(street: Prepared) -> None:
    division = Division(of("pppppppp"), {"p": frozenset({Mark.EXCLUSIVE})})
    with pytest.raises(GridplanError, match="没有可以调整"):
        tasks_for(street, division)
    assert tasks_for(street, Division(of("pppp...."), division.marks))["A"].groups == 1


def test_most_households_decide_then_most_units(street: Prepared) -> None:
    """Of p, z has more households though fewer units; s has no households at all."""
    division = Division(of("pppppsss"))
    edit = edit_of(street, division, of("zzzxxxyy"), EditKind.REDRAW)
    assert edit is not None
    assert edit.kind is EditKind.REDRAW
    assert dict(edit.moved) == {
        "A03": ("p", "A-A03"), "A04": ("p", "A-A03"), "A05": ("s", "A-A03"),
    }  # fmt: skip
    assert edit_of(street, division, of("zzzzzyyy"), EditKind.REDRAW) is None


def test_a_unit_that_is_kept_gives_its_grid_the_name(street: Prepared) -> None:
    division = Division(of("pppppsss"))
    edit = edit_of(street, division, of("zzzxxxyy"), EditKind.REPAIR, keep=["A04"])
    assert edit is not None
    assert {unit for unit, (_, after) in edit.moved.items() if after == "p"} == {"A05"}
    assert {"A00", "A01", "A02"} <= edit.moved.keys()


def test_new_ids_are_taken_by_none(street: Prepared) -> None:
    """Two new grids; one would be called like a grid that is not drawn at all."""
    names = of("pppp..ss") | {"A04": "A-A02", "A05": "A-A02"}
    division = Division(names)
    drawn = {"A00": "x", "A01": "x", "A02": "y", "A03": "z"}
    edit = edit_of(street, division, drawn, EditKind.REDRAW)
    assert edit is not None
    assert dict(edit.moved) == {"A02": ("p", "A-A02-2"), "A03": ("p", "A-A03")}
