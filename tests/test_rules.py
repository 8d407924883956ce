"""Limits, with where they come from."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridplan.rules import GridCount, Limit, Limits, RuleSet
from gridplan.schema import ResidenceClass


def test_defaults_are_those_of_the_documents() -> None:
    assert RuleSet().bounds(ResidenceClass.URBAN) == (300, 500, 300)
    assert RuleSet().bounds(ResidenceClass.RURAL) == (0, 300, 1000)
    assert RuleSet().grid_count is GridCount.PRESENT


def test_reserve_leaves_room_to_grow() -> None:
    lower, upper, _ = RuleSet(growth_reserve=0.1).bounds(ResidenceClass.URBAN)
    assert (lower, upper) == (300, 450)


def test_difficult_community_gets_smaller_grids() -> None:
    lower, upper, radius_m = RuleSet().bounds(ResidenceClass.URBAN, difficulty=1.25)
    assert (lower, upper, radius_m) == (240, 400, 300)


def test_no_limit_is_infinite() -> None:
    free = Limits(Limit(None, "rules.source.edited"), *[Limit(None, "rules.source.edited")] * 2)
    assert RuleSet(urban=free).bounds(ResidenceClass.URBAN) == (0, math.inf, math.inf)


@given(st.floats(0, 0.99), st.floats(0.1, 10))
def test_limits_never_cross(reserve: float, difficulty: float) -> None:
    rules = RuleSet(growth_reserve=reserve)
    for residence_class in ResidenceClass:
        lower, upper, _ = rules.bounds(residence_class, difficulty)
        assert 0 <= lower <= upper


@pytest.mark.parametrize("value", [-1, math.nan, math.inf])
def test_limit_is_a_plain_number(value: float) -> None:
    with pytest.raises(ValueError, match="zero or more"):
        Limit(value, "rules.source.edited")


def test_every_limit_speaks_for_itself() -> None:
    for limits in (RuleSet().urban, RuleSet().rural):
        for limit in (limits.lower, limits.upper, limits.radius_m):
            assert limit.sentence("zh")
            assert limit.sentence("en")


def test_impossible_rule_sets_are_refused() -> None:
    edited = "rules.source.edited"
    with pytest.raises(ValueError, match="above upper"):
        Limits(Limit(600, edited), Limit(500, edited), Limit(300, edited))
    with pytest.raises(ValueError, match="measure"):
        RuleSet(measure="cars")
    with pytest.raises(ValueError, match="growth_reserve"):
        RuleSet(growth_reserve=1)
