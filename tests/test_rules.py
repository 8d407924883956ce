"""Limits, with where they come from."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridplan.rules import GridCount, Limit, Limits, RadiusAlong, RuleSet
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


numbers = st.none() | st.integers(0, 10**6) | st.floats(0, 1e6)


@st.composite
def limits(draw: st.DrawFn) -> Limits:
    sources = st.sampled_from(["rules.source.edited", "rules.source.radius"])
    lower, upper, radius_m = draw(numbers), draw(numbers), draw(numbers)
    if upper is not None and (lower or 0) > upper:
        lower, upper = upper, lower
    return Limits(*(Limit(value, draw(sources)) for value in (lower, upper, radius_m)))


@given(
    st.builds(
        RuleSet,
        urban=limits(),
        rural=limits(),
        measure=st.sampled_from(["households", "people"]),
        growth_reserve=st.floats(0, 0.99),
        grid_count=st.sampled_from(GridCount),
        given_count=st.dictionaries(st.text(), st.integers(0, 99), max_size=3),
        keep_present=st.booleans(),
        radius_along=st.sampled_from(RadiusAlong),
    )
)
def test_a_record_in_json_gives_the_same_rule_set(rules: RuleSet) -> None:
    again = RuleSet.of_record(json.loads(json.dumps(rules.record())))
    assert again == rules
    assert type(again.grid_count) is GridCount


def test_what_is_no_record_is_refused() -> None:
    with pytest.raises(LookupError):
        RuleSet.of_record({})
    with pytest.raises(ValueError, match="often"):
        RuleSet.of_record({**RuleSet().record(), "grid_count": "often"})
