"""The printable picture: which state a grid is shown in, and what the drawing must keep."""

from __future__ import annotations

import io

import pytest
from matplotlib.image import imread

from gridplan.picture import DPI, TINTS, draw_swatch, state_of_grid
from gridplan.plan import Finding
from gridplan.rules import Rule


def found(rule: Rule, *, proved: bool = False, grid: str = "g") -> Finding:
    return Finding(rule, grid, 1.0, 0.0, "breach.upper.households", proved=proved)


@pytest.mark.parametrize(
    ("findings", "state"),
    [
        ((found(Rule.LOWER), found(Rule.UPPER)), "upper"),
        ((found(Rule.RADIUS), found(Rule.LOWER)), "lower"),
        ((found(Rule.RADIUS), found(Rule.CONTIGUITY)), "other"),
        ((found(Rule.UPPER, proved=True), found(Rule.RADIUS, proved=True)), "exception"),
        ((found(Rule.UPPER, proved=True), found(Rule.RADIUS)), "other"),
    ],
)
def test_a_grid_is_shown_by_the_worst_that_is_not_excused(
    findings: tuple[Finding, ...], state: str
) -> None:
    assert state_of_grid(findings) == {"g": state}


def test_each_grid_has_its_own_state_and_one_in_order_has_none() -> None:
    told = state_of_grid([found(Rule.UPPER, grid="a"), found(Rule.LOWER, grid="b")])
    assert told == {"a": "upper", "b": "lower"}
    assert state_of_grid([]) == {}


def test_swatches_are_twice_as_wide_as_high_and_each_is_another_even_in_grey() -> None:
    swatches = {state: imread(io.BytesIO(draw_swatch(state))) for state in TINTS}
    greys = {swatch[..., :3].mean(axis=2).tobytes() for swatch in swatches.values()}
    assert len(greys) == len(TINTS)
    for swatch in swatches.values():
        assert swatch.shape[:2] == (0.2 * DPI, 0.4 * DPI)
