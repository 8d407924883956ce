"""Surfaces in metres, and how well they foretell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.ndimage import gaussian_filter

from gridplan.hotspots.accuracy import FORTNIGHT, PLAIN, backtest, best_surface
from gridplan.hotspots.density import FINE, REACH, FinePoints, Surface, lay_raster

NOW = np.datetime64("2025-06-30")
LAST = NOW - np.timedelta64(3, "D")


def test_squares_whose_middle_lies_inside() -> None:
    """A triangle over nine squares holds three middles."""
    raster = lay_raster(shapely.Polygon([(0, 0), (210, 0), (0, 210)]), 100)
    # x + y of the four middles below 200: 100, 200, 200 and 300, where the side lies at 210
    assert raster.inside.tolist() == [[True, True, False], [True, False, False], [False] * 3]
    points = np.array([[50.0, 50.0], [20.0, 190.0], [150.0, 150.0], [-9.0, 0.0]])
    assert raster.count(points).tolist() == [1.0, 1.0, 0.0]


def test_a_kernel_is_the_sum_of_its_bells() -> None:
    raster = lay_raster(shapely.box(0, 0, 1000, 1000), 50)
    xy_m = np.array([[333.0, 481.0], [340.0, 500.0], [980.0, 20.0]])
    smooth = Surface(120.0).values(raster, xy_m, np.full(3, LAST), NOW)
    middles = shapely.get_coordinates(shapely.centroid(raster.squares()))
    away = ((middles[:, None, :] - xy_m[None, :, :]) ** 2).sum(axis=2)
    bells = (50**2 / (2 * np.pi * 120**2) * np.exp(-away / (2 * 120**2))).sum(axis=1)
    assert smooth == pytest.approx(bells, abs=0.04 * bells.max())


@pytest.mark.parametrize("bandwidth_m", [40.0, 170.0])
def test_a_kernel_is_a_filter_of_fine_bins(bandwidth_m: float) -> None:
    raster = lay_raster(shapely.box(0, 0, 1500, 900), 100)
    xy_m = np.random.default_rng(2).uniform((-300, -300), (1800, 1200), (60, 2))
    points = FinePoints.of(raster, xy_m, bandwidth_m)
    bins = np.bincount(points.bin[points.bin >= 0], minlength=np.prod(points.shape))
    wide = bandwidth_m * FINE / 100
    bell = gaussian_filter(
        bins.reshape(points.shape).astype(float), wide, mode="constant", truncate=REACH
    )
    rim = points.margin
    squares = bell[rim:-rim, rim:-rim].reshape(15, FINE, 9, FINE).sum(axis=(1, 3))
    smooth = Surface(bandwidth_m).values(raster, xy_m, np.full(60, LAST), NOW)
    assert smooth == pytest.approx(squares.ravel(), abs=1e-12)


def test_mass_is_kept_where_the_ground_is_wide() -> None:
    raster = lay_raster(shapely.box(0, 0, 4000, 4000), 100)
    xy_m = np.random.default_rng(0).uniform(1500, 2500, (200, 2))
    smooth = Surface(150.0).values(raster, xy_m, np.full(200, LAST), NOW)
    assert smooth.sum() == pytest.approx(200, rel=0.01)


def test_what_is_old_counts_less_and_what_is_to_come_not_at_all() -> None:
    raster = lay_raster(shapely.box(0, 0, 100, 100), 100)
    day = np.timedelta64(1, "D")
    opened = np.array([NOW - 14 * day, NOW, NOW - 53 * 7 * day])
    xy_m = np.full((3, 2), 50.0)
    assert Surface(0.0).values(raster, xy_m, opened, NOW).tolist() == [1.0]
    assert Surface(0.0, 104, 2.0).values(raster, xy_m, opened, NOW)[0] == pytest.approx(
        0.5 + 0.5**26.5
    )


def test_backtest_by_hand() -> None:
    """Hundred squares; a hundred past cases in one square, then 3 of 4 new ones come there."""
    raster = lay_raster(shapely.box(0, 0, 1000, 1000), 100)
    past = np.full((100, 2), 50.0)
    new = np.array([[50.0, 50.0]] * 3 + [[850.0, 850.0]])
    opened = np.r_[np.full(100, NOW - 2 * FORTNIGHT), np.full(4, NOW - FORTNIGHT)]
    table = backtest(raster, np.vstack([past, new]), opened, [NOW], {"count": PLAIN})
    one = table[table["share"] == 0.01].iloc[0]
    assert (one["squares"], one["cases"], one["hits"]) == (1, 4, 3)
    assert (one["pai"], one["pei"]) == (75.0, 1.0)
    five = table[table["share"] == 0.05].iloc[0]
    assert five["pai"] == pytest.approx(five["hits"] / 4 / 0.05)
    assert five["pei"] == pytest.approx(five["hits"] / 4)


def test_the_best_surface_is_that_of_the_highest_mean() -> None:
    table = pd.DataFrame(
        {"surface": ["a", "b", "a", "b"], "share": [0.05] * 4, "pai": [3.0, 4.0, 6.0, 4.5]}
    )
    assert best_surface(table) == "a"
    assert best_surface(table.iloc[:0]) == "count_52"
