"""Where no plan exists, what would have to give is named.

Rows of buildings 1 m apart.
"""

from __future__ import annotations

import numpy as np
import pytest

from gridplan.partition import Problem, Status, Terms, solve


def row(weight, lower, upper, groups, reach=np.inf, terms=None):
    place = np.arange(len(weight), dtype=float)
    apart = np.abs(place[:, None] - place[None, :])
    cost = np.where(apart <= reach, apart**2, np.inf)
    edges = np.array([(k, k + 1) for k in range(len(weight) - 1)], dtype=np.int64)
    return Problem(
        np.array(weight, dtype=np.int64), cost, edges, lower, upper, groups, terms=terms or Terms()
    )


def told(problem):
    outcome = solve(problem, time_limit_s=20, seed=0)
    assert outcome.status is Status.INFEASIBLE
    assert outcome.reasons[0].key in ("reason.proved_infeasible", "reason.unserved")
    return {reason.key: reason for reason in outcome.reasons[1:]}


def test_another_number_of_grids_would_do():
    """Lumps of 6: a grid of 7 to 12 has two of them, so there are two grids, not three."""
    reasons = told(row([6, 6, 6, 6], 7, 12, 3))
    assert reasons["reason.relax_count"].values == {"groups": 3, "enough": 2}


def test_in_pieces_or_with_other_limits_it_would_do():
    """4 4 1 1 in grids of 5: 4 and 1 lie apart; 4 and 4 1 1 miss 1 each."""
    reasons = told(row([4, 4, 1, 1], 5, 5, 2))
    assert reasons["reason.relax_contiguity"].values["units"] in (1, 2)
    assert reasons["reason.relax_limits"].values == {"enough": 2, "least": 2}


def test_farther_it_would_do():
    """Two grids of four have one building 2 m from the centre each."""
    reasons = told(row([2, 2, 2, 2, 2, 2, 2, 2], 8, 8, 2, reach=1.0))
    assert reasons["reason.relax_reach"].values["units"] == 2


def test_without_what_is_fixed_it_would_do():
    terms = Terms(together=np.array([[0, 3]]))
    reasons = told(row([2, 2, 2, 2], 4, 4, 2, terms=terms))
    assert reasons["reason.relax_fixed"].units == (0, 3)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_said_in_words(language):
    for reason in solve(row([6, 6, 6, 6], 7, 12, 3), time_limit_s=20, seed=0).reasons:
        assert "{" not in reason.words(language)
