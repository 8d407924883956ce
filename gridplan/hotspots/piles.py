"""Points with more cases than their residents explain, set aside before anything is mapped.

A geocoder that knows no better puts cases at one default point, and one address may call again
and again. Either would pass for a hotspot; both are listed and told apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import chisquare, poisson

from gridplan.hotspots.cells import Cells, Homes
from gridplan.hotspots.scan import Cluster
from gridplan.hotspots.zones import FLOAT, INT

ONE_POINT_M = 1.0
"""Coordinates that round to the same metre are one point."""


class PileKind(StrEnum):
    """What a pile of cases at one point is."""

    DEFAULT = "default"
    """疑似默认定位点: many unrelated callers at a default point, an institution, a road."""
    REPEAT = "repeat"
    """高频诉求地址: one address that calls again."""


@dataclass(frozen=True)
class PileSpec:
    """When cases at one point are a pile.

    Parameters
    ----------
    at_least : int
        Cases at the point.
    times : float
        The point has significantly more than this many times its expectation.
    level : float
        Poisson probability of as many cases at `times` its expectation.
    reach_m : float
        Homes farther from the point than this are not its own.
    mixed_level : float
        Chi-squared probability above which a pile's categories are as mixed as everybody's.
    """

    at_least: int = 10
    times: float = 3.0
    level: float = 1e-4
    reach_m: float = 150.0
    mixed_level: float = 0.01


@dataclass(frozen=True, eq=False)
class Points:
    """The different places at which cases were put.

    Parameters
    ----------
    of_case : int array, shape (cases,)
        The point of each case.
    where_m : float array, shape (p, 2)
        Metric CRS.
    count : int array, shape (p,)
        Cases at each.
    """

    of_case: INT
    where_m: FLOAT
    count: INT


def points_of(xy_m: FLOAT) -> Points:
    """Gather cases whose coordinates round to the same metre.

    Parameters
    ----------
    xy_m : float array, shape (cases, 2)
        Metric CRS, no NaN.
    """
    point, keys = pd.factorize(metre_of(xy_m))
    first = np.zeros(len(keys), dtype=np.int64)
    first[point[::-1]] = np.arange(len(point))[::-1]
    return Points(point.astype(np.int64), xy_m[first], np.bincount(point, minlength=len(keys)))


def metre_of(xy_m: FLOAT) -> INT:
    """One number for the square metre round each place, shape (k,)."""
    metre = np.round(xy_m / ONE_POINT_M).astype(np.int64).reshape(-1, 2)
    key: INT = metre[:, 0] * (1 << 31) + metre[:, 1]
    return key


def heavy_points(points: Points, homes: Homes, spec: PileSpec) -> INT:
    """Points with significantly more cases than several times their expectation.

    Parameters
    ----------
    points : Points
        Of all located cases.
    homes : Homes
        Same CRS.
    spec : PileSpec
        Thresholds.

    Returns
    -------
    int array
        Numbers of points.
    """
    chance = _chance(points, _expected(points, homes, spec), spec)
    return np.flatnonzero((points.count >= spec.at_least) & (chance < spec.level))


def lone_points(
    clusters: Iterable[Cluster], cells: Cells, home: INT, points: Points, spec: PileSpec
) -> INT:
    """Points that alone make up the whole excess of a cluster: an address, not an area.

    Parameters
    ----------
    clusters : iterable of Cluster
        Significant ones.
    cells : Cells
        That they are made of.
    home : int array, shape (cases,)
        Home of each case; -1 where it has none or is set aside already.
    points : Points
        Of the same cases.
    spec : PileSpec
        `at_least` cases make a point a pile.

    Returns
    -------
    int array
        Numbers of points.
    """
    counted = np.flatnonzero(home >= 0)
    cell = cells.of_home[home[counted]]
    lone = []
    for cluster in clusters:
        inside = points.of_case[counted[np.isin(cell, cluster.cells)]]
        point, cases = np.unique(inside, return_counts=True)
        most = int(cases.max())
        if most >= max(spec.at_least, cluster.observed - cluster.expected):
            lone.append(int(point[cases.argmax()]))
    return np.array(lone, dtype=np.int64)


def describe_piles(
    cases: gpd.GeoDataFrame, points: Points, chosen: INT, homes: Homes, spec: PileSpec
) -> gpd.GeoDataFrame:
    """Piles with the evidence on what each is.

    A point answers for the households to which no other point with cases is nearer, so that a
    compound whose cases all lie at its gate is no pile. It is expected to have their share of all
    cases, or what a point has on average where that is more.

    Parameters
    ----------
    cases : GeoDataFrame
        Points, none missing, metric CRS; ``category`` and, where known, ``address``, ``repeat``.
    points : Points
        Of these cases.
    chosen : int array
        Points that are piles.
    homes : Homes
        Same CRS.
    spec : PileSpec
        Thresholds.

    Returns
    -------
    GeoDataFrame
        Most cases first: ``kind`` (a :class:`PileKind`), ``cases``, ``expected``, ``p_value``,
        ``addresses`` (different ones), ``address`` (the commonest), ``address_share``,
        ``category`` (the commonest), ``category_share``, ``mixed_p``, ``repeat_share``,
        ``to_home_m`` (metres to the nearest home), ``geometry``.
    """
    chosen = chosen[np.argsort(-points.count[chosen], kind="stable")]
    mix = cases["category"].astype(str).value_counts(normalize=True)
    rows = [_described(cases[points.of_case == point], mix) for point in chosen]
    frame = pd.DataFrame(rows, columns=list(_EVIDENCE))
    expected = _expected(points, homes, spec)
    frame.insert(0, "cases", points.count[chosen])
    frame.insert(1, "expected", expected[chosen])
    frame.insert(2, "p_value", _chance(points, expected, spec)[chosen])
    frame["to_home_m"] = _to_home_m(points.where_m[chosen], homes)
    frame.insert(0, "kind", _kinds(frame, spec))
    return gpd.GeoDataFrame(frame, geometry=shapely.points(points.where_m[chosen]), crs=cases.crs)


_EVIDENCE = (
    "addresses", "address", "address_share", "category", "category_share", "mixed_p",
    "repeat_share",
)  # fmt: skip


def _expected(points: Points, homes: Homes, spec: PileSpec) -> FLOAT:
    total, many = int(points.count.sum()), len(points.count)
    if not many:
        return np.empty(0)
    if not len(homes.xy_m):
        return np.full(many, total / many)
    away_m, nearest = cKDTree(points.where_m).query(homes.xy_m)
    own = away_m <= spec.reach_m
    held = np.bincount(nearest[own], homes.households[own], minlength=many)
    expected: FLOAT = np.maximum(total * held / homes.households.sum(), total / many)
    return expected


def _chance(points: Points, expected: FLOAT, spec: PileSpec) -> FLOAT:
    chance: FLOAT = poisson.sf(points.count - 1, spec.times * expected)
    return chance


def _described(pile: pd.DataFrame, mix: pd.Series) -> tuple[object, ...]:
    """The evidence on one pile, in the order of `_EVIDENCE`."""
    address = _text(pile, "address")
    named = address[address != ""].value_counts()
    category = pile["category"].astype(str).value_counts()
    seen = category.reindex(mix.index, fill_value=0)
    mixed_p = float(chisquare(seen, mix * len(pile)).pvalue) if len(mix) > 1 else 1.0
    repeat = (
        pile["repeat"].fillna(False).astype(bool) if "repeat" in pile else pd.Series(dtype=bool)
    )
    return (
        len(named),
        named.index[0] if len(named) else "",
        float(named.iloc[0] / len(pile)) if len(named) else np.nan,
        str(category.index[0]),
        float(category.iloc[0] / len(pile)),
        mixed_p,
        float(repeat.mean()) if len(repeat) else np.nan,
    )


def _text(frame: pd.DataFrame, name: str) -> pd.Series:
    return frame[name].fillna("").astype(str) if name in frame else pd.Series("", frame.index)


def _kinds(frame: pd.DataFrame, spec: PileSpec) -> NDArray[np.object_]:
    """A real address says which house it is, nearly always the same; its complaints are alike.

    Without addresses the mixture of categories has to decide alone.
    """
    told = frame["address"] != ""
    precise = frame["address"].str.contains(r"\d") & (frame["address_share"] >= 0.5)
    alike = frame["mixed_p"] <= spec.mixed_level
    repeat = alike & (precise | ~told)
    return np.where(repeat, PileKind.REPEAT.value, PileKind.DEFAULT.value)


def _to_home_m(where_m: FLOAT, homes: Homes) -> FLOAT:
    if not len(homes.xy_m) or not len(where_m):
        return np.full(len(where_m), np.nan)
    away_m: FLOAT = cKDTree(homes.xy_m).query(where_m)[0]
    return away_m
