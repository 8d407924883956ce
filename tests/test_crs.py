"""Offset coordinates against published points, and the choice of metric systems."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridplan.crs import (
    Datum,
    bd09_to_wgs84,
    from_wgs84,
    gcj02_to_wgs84,
    metric_crs,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

# Published with the implementations in wide use (coordtransform, eviltransform).
GCJ02 = [
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
BD09 = [((116.404, 39.915), (116.41662724378733, 39.922699552216216))]
MICROMETRE_DEG = 1e-11

inside = st.tuples(st.floats(75, 134), st.floats(5, 54))
outside = st.tuples(st.floats(-180, 71), st.floats(-89, 89))


@pytest.mark.parametrize(("wgs84", "gcj02"), GCJ02)
def test_gcj02_meets_published_points(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    assert np.ravel(wgs84_to_gcj02(*wgs84)) == pytest.approx(gcj02, abs=1e-12)
    assert np.ravel(gcj02_to_wgs84(*gcj02)) == pytest.approx(wgs84, abs=MICROMETRE_DEG)


@pytest.mark.parametrize(("wgs84", "bd09"), BD09)
def test_bd09_meets_published_points(wgs84: tuple[float, float], bd09: tuple[float, float]) -> None:
    assert np.ravel(wgs84_to_bd09(*wgs84)) == pytest.approx(bd09, abs=1e-12)
    assert np.ravel(bd09_to_wgs84(*bd09)) == pytest.approx(wgs84, abs=MICROMETRE_DEG)


@given(st.lists(inside, min_size=1, max_size=20), st.sampled_from(Datum))
def test_there_and_back(places: list[tuple[float, float]], datum: Datum) -> None:
    lon, lat = np.array(places).T
    back = to_wgs84(datum, *from_wgs84(datum, lon, lat))
    assert np.allclose(back, (lon, lat), rtol=0, atol=MICROMETRE_DEG)


@given(inside, st.sampled_from((Datum.GCJ02, Datum.BD09)))
def test_offset_is_between_ten_metres_and_two_kilometres(
    place: tuple[float, float], datum: Datum
) -> None:
    lon, lat = from_wgs84(datum, *place)
    moved_m = np.hypot((lon - place[0]) * np.cos(np.radians(lat)), lat - place[1]) * 111_320
    assert 10 < moved_m < 2_000


@given(outside, st.sampled_from(Datum))
def test_nothing_moves_outside_china(place: tuple[float, float], datum: Datum) -> None:
    assert np.array_equal(np.ravel(from_wgs84(datum, *place)), place)
    assert np.array_equal(np.ravel(to_wgs84(datum, *place)), place)


def test_a_long_array_keeps_its_order() -> None:
    lon, lat = np.linspace(100, 120, 1_000), np.linspace(25, 40, 1_000)
    whole = wgs84_to_bd09(lon, lat)
    assert whole[0][500] == wgs84_to_bd09(lon[500], lat[500])[0]
    assert wgs84_to_bd09([], [])[0].shape == (0,)


@pytest.mark.parametrize(
    ("west", "south", "code", "meridian"),
    [
        (120.6, 31.3, 4549, 120),  # Suzhou, zone 40
        (121.6, 31.2, 4550, 123),  # Shanghai east of 121.5°
        (87.6, 43.8, 4538, 87),  # Urumqi, zone 29
        (73.9, 39.4, 4534, 75),  # the western end, zone 25
        (134.5, 48.3, 4554, 135),  # the eastern end, zone 45
    ],
)
def test_china_works_in_three_degree_zones_without_prefix(
    west: float, south: float, code: int, meridian: int
) -> None:
    crs = metric_crs((west, south, west + 0.02, south + 0.02))
    assert crs.to_epsg() == code
    told = {parameter.name: parameter.value for parameter in crs.coordinate_operation.params}
    assert told["Longitude of natural origin"] == meridian
    assert told["False easting"] == 500_000


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        ((7.40, 43.72, 7.45, 43.76), 32632),
        ((24.93, 60.16, 24.96, 60.18), 32635),
        ((-71.08, 42.36, -71.05, 42.39), 32619),
        ((151.1, -33.9, 151.3, -33.8), 32756),
    ],
)
def test_utm_elsewhere(bounds: tuple[float, float, float, float], code: int) -> None:
    assert metric_crs(bounds).to_epsg() == code


def test_metres_are_no_degrees() -> None:
    with pytest.raises(ValueError, match="no degrees"):
        metric_crs((500_000, 3_465_000, 500_100, 3_465_100))
