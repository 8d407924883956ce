"""Layers far from the buildings, lone buildings far from all, points moved by a web map."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import Point

from gridplan.crs import Datum, from_wgs84
from gridplan.load.files import Raw
from gridplan.load.gate import Gate
from gridplan.load.plausible import check_place, check_strays, doubt_datum, middle_of
from gridplan.load.spec import LayerSpec

CRS = "EPSG:4549"
EAST, NORTH = 520_000.0, 3_460_000.0


def houses(*away_m: float) -> gpd.GeoDataFrame:
    """Points on a line from west to east, so many metres from the first."""
    points = [Point(EAST + x, NORTH) for x in away_m]
    rows = range(2, 2 + len(points))
    return gpd.GeoDataFrame({"_file": "b.csv", "_row": rows}, geometry=points, crs=CRS)


TOWN = houses(*(40 * n for n in range(50)))


def faults(gate: Gate) -> list[tuple[str, int | None]]:
    return [] if gate.is_open else [(fault.key, fault.row) for fault in gate.error().faults]


@pytest.mark.parametrize(("away_m", "wrong"), [(1_000, False), (4_900, False), (5_100, True)])
def test_a_layer_of_which_all_is_3_km_off_is_a_fault(away_m: float, wrong: bool) -> None:
    """The buildings end at 1,960 m."""
    gate = Gate()
    check_place("facilities", houses(away_m, away_m + 500), TOWN, gate)
    assert faults(gate) == ([("load.elsewhere", None)] if wrong else [])


def test_one_part_near_is_enough() -> None:
    gate = Gate()
    check_place("facilities", houses(100, 90_000), TOWN, gate)
    assert gate.is_open


def test_a_stray_building_is_named_by_its_row() -> None:
    gate = Gate()
    check_strays(houses(0, 40, 80, 250_000), gate)
    assert faults(gate) == [("load.stray", 5)]


def test_the_middle_is_not_moved_by_a_stray_nor_by_what_has_no_place() -> None:
    shapes = [
        Point(0, 0),
        Point(10, 20),
        Point(20, 40),
        Point(1e6, 1e6),
        Point(),
        None,
        Point(5, 5),
    ]
    assert middle_of(shapes) == (10, 20)
    assert np.isnan(middle_of([])).all()


def noted(stored: Datum, count: int = 50) -> list[str]:
    """The better datum of points that stand at the buildings and are said to be plain."""
    degrees = TOWN.geometry.iloc[:count].to_crs("EPSG:4326")
    lon, lat = from_wgs84(stored, degrees.x.to_numpy(), degrees.y.to_numpy())
    spec = LayerSpec("cases", ("c.csv",))
    shapes = np.asarray(shapely.points(lon, lat), dtype=object)
    raw = Raw("c.csv", pd.DataFrame(index=range(count)), np.arange(count), shapes)
    gate = Gate()
    doubt_datum([(spec, raw)], TOWN, gate)
    return [str(note.values["better"]) for note in gate.notes]


def test_points_of_a_web_map_that_are_said_to_be_plain_are_doubted() -> None:
    assert noted(Datum.GCJ02) == [Datum.GCJ02.value]
    assert noted(Datum.BD09) == [Datum.BD09.value]


def test_points_that_fit_and_points_too_few_to_tell_are_not() -> None:
    assert noted(Datum.WGS84) == []
    assert noted(Datum.GCJ02, count=19) == []
