"""What a planner placed is tied to the heart of its grid, not to a neighbour that may leave too."""

from __future__ import annotations

import numpy as np
import pytest

from gridplan.edit import Division
from gridplan.edit.asked import tasks_for
from gridplan.edit.mending import to_hearts
from gridplan.partition import Task
from tests.edit.conftest import Area


def row(area: Area, households: list[int]) -> Task:
    street = area({"A": [households]})
    return tasks_for(street, Division(dict.fromkeys(street.fabric.graphs["A"].ids, "p")))["A"]


def tied(task: Task, grids: list[int], keep: list[int]) -> list[set[int]]:
    """What hangs together."""
    groups: dict[int, set[int]] = {}
    for unit, heart in to_hearts(task, np.array(grids), keep):
        groups.setdefault(heart, {heart}).add(unit)
    return [groups[heart] for heart in sorted(groups)]


@pytest.mark.parametrize(
    ("households", "keep", "hearts"),
    [
        ([2, 2, 2, 2, 2, 2], [5], [{1, 2, 3, 5}]),  # 6 of the other 10 round the middle
        ([2, 2, 2, 2, 9, 2], [5], [{2, 3, 4, 5}]),  # block 3 is the middle of 17
        ([2, 2, 2, 2, 2, 2], [0, 5], [{0, 1, 2, 5}]),
        ([0, 0, 0], [2], [{0, 2}]),
    ],
)
def test_half_of_the_households_round_the_middle_hold_what_is_kept(
    area: Area, households: list[int], keep: list[int], hearts: list[set[int]]
) -> None:
    task = row(area, households)
    assert tied(task, [0] * len(households), keep) == hearts


def test_each_grid_holds_its_own_and_a_new_one_itself(area: Area) -> None:
    """Grids 0 0 0 1 1; the last two blocks were made a grid by hand."""
    assert tied(row(area, [2, 2, 2, 2, 2]), [0, 0, 0, 1, 1], [0, 3, 4]) == [{0, 1}, {3, 4}]


def test_of_a_torn_grid_the_heavier_piece_counts(area: Area) -> None:
    """Grid 0 lies left and right of grid 1; what was put to its left end stays with the right."""
    assert tied(row(area, [2, 1, 5, 5, 3, 3]), [0, 0, 1, 1, 0, 0], [0]) == [{0, 4}]
