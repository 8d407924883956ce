"""Offset coordinates of Chinese web maps, and the metric system that an area is worked in.

GCJ-02 (AMap, Tencent) and BD-09 (Baidu) move every place in China by 100 to 900 m. The formulas
are those that the web maps' own scripts carry; no standard publishes them.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_utm_crs_info

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

WGS84 = CRS.from_epsg(4326)

_AXIS_M = 6378245.0  # Krasovsky 1940
_ECCENTRICITY2 = 0.00669342162296594323
_BAIDU_TURN = np.pi * 3000.0 / 180.0
_CHINA_LON = (72.004, 137.8347)  # outside this rectangle the formula moves nothing
_CHINA_LAT = (0.8293, 55.8271)
_CLOSE_DEG = 1e-12  # 0.1 µm on the ground
_MAX_ROUNDS = 30


class Datum(StrEnum):
    """What longitudes and latitudes refer to."""

    WGS84 = "WGS84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


def to_wgs84(datum: Datum, lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo the offset of a datum.

    Parameters
    ----------
    datum : Datum
        What the coordinates refer to.
    lon, lat : array_like, shape (n,)
        Degrees.

    Returns
    -------
    lon, lat : float array, shape (n,)
        Degrees of WGS84.
    """
    if datum is Datum.GCJ02:
        return gcj02_to_wgs84(lon, lat)
    if datum is Datum.BD09:
        return bd09_to_wgs84(lon, lat)
    return _floats(lon, lat)


def from_wgs84(datum: Datum, lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Apply the offset of a datum; the inverse of `to_wgs84`, same shapes and units."""
    if datum is Datum.GCJ02:
        return wgs84_to_gcj02(lon, lat)
    if datum is Datum.BD09:
        return wgs84_to_bd09(lon, lat)
    return _floats(lon, lat)


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Move WGS84 degrees to GCJ-02; shape (n,) each, unchanged outside China's rectangle."""
    lon, lat = _floats(lon, lat)
    shift_lon, shift_lat = _gcj02_shift(lon, lat)
    inside = _in_rectangle(lon, lat)
    return np.where(inside, lon + shift_lon, lon), np.where(inside, lat + shift_lat, lat)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Move GCJ-02 degrees back to WGS84, to less than a micrometre; shape (n,) each."""
    return _inverse(wgs84_to_gcj02, lon, lat)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Move WGS84 degrees to BD-09; shape (n,) each, unchanged outside China's rectangle."""
    lon, lat = _floats(lon, lat)
    inside = _in_rectangle(lon, lat)
    far_lon, far_lat = _gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))
    return np.where(inside, far_lon, lon), np.where(inside, far_lat, lat)


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Move BD-09 degrees back to WGS84, to less than a micrometre; shape (n,) each."""
    return _inverse(wgs84_to_bd09, lon, lat)


def metric_crs(bounds: tuple[float, float, float, float]) -> CRS:
    """The projected system, in metres, that a place is worked in.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north in degrees of WGS84.

    Returns
    -------
    pyproj.CRS
        Inside the rectangle that EPSG states for CGCS2000: its 3-degree zone n = 25…45 with
        central meridian 3n°, EPSG:4534 + (n − 25), eastings without zone prefix. Elsewhere the
        UTM zone of WGS84 at the middle of the bounds.

    Raises
    ------
    ValueError
        Where the bounds are no degrees.
    """
    west, south, east, north = bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    if not (-180 <= lon <= 180 and -80 <= lat <= 84):
        raise ValueError(f"bounds {bounds} are no degrees that a metric system is known for")
    china = CRS.from_epsg(4490).area_of_use
    if china and china.west <= lon <= china.east and china.south <= lat <= china.north:
        zone = min(max(int(np.floor(lon / 3 + 0.5)), 25), 45)
        return CRS.from_epsg(4534 + zone - 25)
    place = AreaOfInterest(lon, lat, lon, lat)
    zones = query_utm_crs_info(datum_name="WGS 84", area_of_interest=place)
    return CRS.from_epsg(int(zones[0].code))


def _floats(lon: ArrayLike, lat: ArrayLike) -> Pair:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def _in_rectangle(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    east_west = (lon >= _CHINA_LON[0]) & (lon <= _CHINA_LON[1])
    return np.asarray(east_west & (lat >= _CHINA_LAT[0]) & (lat <= _CHINA_LAT[1]))


def _gcj02_shift(lon: Floats, lat: Floats) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave * 2 / 3
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2 / 3
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2 / 3
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave * 2 / 3
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2 / 3
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2 / 3
    radians = np.radians(lat)
    magic = 1 - _ECCENTRICITY2 * np.sin(radians) ** 2
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY2) / magic**1.5
    parallel_m = _AXIS_M / np.sqrt(magic) * np.cos(radians)
    return np.degrees(east / parallel_m), np.degrees(north / meridian_m)


def _gcj02_to_bd09(lon: Floats, lat: Floats) -> Pair:
    reach = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_TURN)
    return reach * np.cos(angle) + 0.0065, reach * np.sin(angle) + 0.006


def _inverse(forward: Callable[[Floats, Floats], Pair], lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Find what `forward` moves to the given place: the shift changes slowly, so repeat it."""
    lon, lat = _floats(lon, lat)
    inside = _in_rectangle(lon, lat)
    guess_lon, guess_lat = lon.copy(), lat.copy()
    for _ in range(_MAX_ROUNDS):
        far_lon, far_lat = forward(guess_lon, guess_lat)
        step_lon = np.where(inside, lon - far_lon, 0.0)
        step_lat = np.where(inside, lat - far_lat, 0.0)
        guess_lon, guess_lat = guess_lon + step_lon, guess_lat + step_lat
        if max(np.max(np.abs(step_lon), initial=0), np.max(np.abs(step_lat), initial=0)) < (
            _CLOSE_DEG
        ):
            break
    return guess_lon, guess_lat
