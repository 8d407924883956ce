"""东至, 南至, 西至, 北至 of a square of 200 m whose south-west corner is the origin."""

from __future__ import annotations

import geopandas as gpd
from shapely import Geometry, LineString, box

from gridplan.export.borders import REACH_M, SIDES, border_words

SQUARE = box(0, 0, 200, 200)


def words(*lines: tuple[str | None, Geometry]) -> dict[str, str]:
    """What the sides of the square are called."""
    grids = gpd.GeoDataFrame(geometry=[SQUARE], crs="EPSG:4549")
    names, shapes = zip(*lines, strict=True)
    named = gpd.GeoDataFrame({"name": names}, geometry=list(shapes), crs="EPSG:4549")
    return dict(border_words(grids, named).iloc[0])


def upright(x: float, south: float = -50, north: float = 250) -> LineString:
    return LineString([(x, south), (x, north)])


def level(y: float, west: float = -50, east: float = 250) -> LineString:
    return LineString([(west, y), (east, y)])


def test_each_side_takes_the_street_along_it() -> None:
    found = words(
        ("东街", upright(205)), ("南街", level(-5)), ("西街", upright(0)), ("北街", level(200))
    )
    assert found == dict(zip(SIDES, ("东街", "南街", "西街", "北街"), strict=True))


def test_a_river_is_named_by_its_bank_however_wide() -> None:
    assert words(("桃溪", box(-50, -300, 250, -10)))["south"] == "桃溪"


def test_a_street_out_of_reach_names_nothing() -> None:
    assert words(("远街", upright(200 + REACH_M + 1)))["east"] == ""
    assert words(("近街", upright(200 + REACH_M - 1)))["east"] == "近街"


def test_a_street_that_only_meets_the_side_does_not_name_it() -> None:
    assert set(words(("直街", level(100, 200, 400))).values()) == {""}


def test_a_street_along_too_little_of_the_side_does_not_name_it() -> None:
    assert words(("弄", upright(200, 0, 20)))["east"] == ""
    assert words(("街", upright(200, 0, 60)))["east"] == "街"


def test_two_streets_share_a_side_the_longer_first_and_a_third_is_left_out() -> None:
    found = words(
        ("短街", upright(200, 0, 60)),
        ("长街", upright(200, 60, 180)),
        ("弄", upright(200, 180, 200)),
    )
    assert found["east"] == "长街、短街"


def test_lines_without_a_name_say_nothing() -> None:
    assert set(words((None, upright(200)), (" ", level(0))).values()) == {""}
