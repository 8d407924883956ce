"""Hotspots and coverage as pages that a notebook shows: the right map under the right title."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType

import pytest

from gridplan.coverage import Coverage, find_coverage, propose_sites
from gridplan.errors import GridplanError
from gridplan.hotspots import Hotspots, find_hotspots
from gridplan.maps.draw import Shown, draw_coverage, draw_hotspots
from gridplan.prepared import Prepared


@pytest.fixture(scope="module")
def found(demo: Prepared) -> Hotspots:
    return find_hotspots(demo)


@pytest.fixture(scope="module")
def coverage(demo: Prepared) -> Coverage:
    return find_coverage(demo)


def heads(title: str, html: str) -> bool:
    """Whether the sheet, a text in the page's script, has this heading."""
    return f"summary\\u003e{json.dumps(title)[1:-1]}\\u003c" in html


@pytest.mark.parametrize("shown", Shown)
def test_hotspots_each_way(demo: Prepared, found: Hotspots, shown: Shown) -> None:
    page = draw_hotspots(demo, found, shown, height_px=321)
    name, _, title = page.title.partition(" · ")
    assert name == demo.layers.name
    assert heads(title, page.html)
    assert "height:321px" in page._repr_html_()
    others = {draw_hotspots(demo, found, other).title for other in Shown if other is not shown}
    assert page.title not in others


def test_rates_of_a_layer_name_its_grids(demo: Prepared, found: Hotspots) -> None:
    layer = list(found.grids)[-1]
    page = draw_hotspots(demo, found, layer=layer)
    assert layer in page.title
    for code in found.grids[layer]["code"]:
        assert str(code) in page.html
    assert not any(
        str(code) in draw_hotspots(demo, found).html for code in found.grids[layer]["code"]
    )


def test_a_layer_that_is_not_there_is_told(demo: Prepared, found: Hotspots) -> None:
    with pytest.raises(GridplanError, match="网格图层“plan”，可选：" + "、".join(found.grids)):
        draw_hotspots(demo, found, layer="plan")
    bare = replace(found, grids=MappingProxyType({}))
    with pytest.raises(GridplanError, match="先做方案"):
        draw_hotspots(demo, bare, Shown.BORDERS)
    assert draw_hotspots(demo, bare).html
    with pytest.raises(ValueError, match="nonsense"):
        draw_hotspots(demo, found, "nonsense")


def test_coverage_each_way(demo: Prepared, coverage: Coverage) -> None:
    proposal = propose_sites(coverage, ["health"], 2, exact=False)
    pages = [
        draw_coverage(demo, coverage),
        draw_coverage(demo, coverage, "health"),
        draw_coverage(demo, coverage, "visits"),
        draw_coverage(demo, coverage, visited=True),
        draw_coverage(demo, coverage, "health", visited=True),
        draw_coverage(demo, coverage, proposal=proposal),
    ]
    assert len({page.title for page in pages}) == len(pages)
    for page in pages:
        name, _, title = page.title.partition(" · ")
        assert name == demo.layers.name
        assert heads(title, page.html)
    assert [("医疗" in page.title) for page in pages] == [False, True, False, False, True, True]
    english = draw_coverage(demo, coverage, "health", language="en")
    assert english.title == f"{demo.layers.name} · Health care: blind spots"
    assert heads("Health care: blind spots", english.html)


def test_what_is_not_judged_is_not_drawn(demo: Prepared, coverage: Coverage) -> None:
    with pytest.raises(GridplanError, match="nonsense"):
        draw_coverage(demo, coverage, "nonsense")
    nobody = demo.layers.visits.iloc[:0]
    unseen = find_coverage(replace(demo, layers=replace(demo.layers, visits=nobody)))
    for wanted in ({"service": "visits"}, {"visited": True}):
        with pytest.raises(GridplanError, match="没有走访记录"):
            draw_coverage(demo, unseen, **wanted)
    assert draw_coverage(demo, unseen).html
