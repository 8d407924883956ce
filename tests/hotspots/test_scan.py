"""The scan statistic: published figures, brute force, and what chance does."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from gridplan.hotspots.scan import ScanSpec, likely, null_maxima, scan
from gridplan.hotspots.zones import circles
from tests.areas import SHARED

NEW_YORK = SHARED / "oracles" / "scan_ny_leukaemia"
PUBLISHED = (  # log likelihood ratio, tracts, observed, expected, relative risk
    (14.083511, 28, 100, 58.28, 1.87),
    (9.019716, 8, 38, 17.79, 2.22),
    (6.114140, 33, 64, 40.85, 1.64),
    (4.651839, 4, 25, 12.82, 1.99),
    (3.363518, 4, 12, 5.14, 2.37),
    (3.209485, 3, 11, 4.61, 2.41),
)
FIRST = {
    52, 50, 37, 49, 38, 48, 53, 39, 15, 47, 51, 1, 40, 44, 16, 2, 55, 36, 14, 43, 13, 45, 3, 35, 17,
    11, 12, 46,
}  # fmt: skip
SECOND = {89, 88, 87, 84, 90, 86, 92, 85}


def new_york() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = [np.loadtxt(NEW_YORK / f"satscan_ny_{name}.txt") for name in ("cases", "pop", "coords")]
    cases = np.zeros(len(table[1]), dtype=np.int64)
    cases[table[0][:, 0].astype(int) - 1] = table[0][:, 1]
    return cases, table[1][:, 2], table[2][:, 1:]


@pytest.mark.skipif(not NEW_YORK.is_dir(), reason="the published data lie beside the project")
def test_new_york_leukaemia_as_published() -> None:
    cases, population, xy = new_york()
    assert (len(cases), cases.sum()) == (281, 552)
    found = likely(cases, population, circles(xy, population), 6)
    for cluster, (llr, tracts, observed, expected, risk) in zip(found, PUBLISHED, strict=True):
        assert cluster.llr == pytest.approx(llr, abs=1e-6)
        assert (len(cluster.cells), cluster.observed) == (tracts, observed)
        assert cluster.expected == pytest.approx(expected, abs=0.005)
        assert cluster.relative_risk == pytest.approx(risk, abs=0.005)
    assert {int(cell) + 1 for cell in found[0].cells} == FIRST
    assert {int(cell) + 1 for cell in found[1].cells} == SECOND


@pytest.mark.skipif(not NEW_YORK.is_dir(), reason="the published data lie beside the project")
def test_new_york_leukaemia_is_significant_as_published() -> None:
    cases, population, xy = new_york()
    zones = circles(xy, population)
    found = scan(cases, population, zones, ScanSpec(1999), np.random.default_rng(0))
    # published: p = 0.00015, 0.016 and 0.25, from 99,999 maps
    assert [round(cluster.llr, 3) for cluster in found] == [14.084, 9.020]
    assert found[0].p_value <= 0.002
    assert 0.008 < found[1].p_value < 0.03


def by_hand(cases: list[int], weight: list[float], xy: np.ndarray, share: float) -> float:
    """The best log likelihood ratio over all discs, each found from the definition."""
    total, whole, best = sum(cases), sum(weight), 0.0
    for centre in range(len(xy)):
        away = [math.dist(place, xy[centre]) for place in xy]
        for radius in away:
            inside = [cell for cell in range(len(xy)) if away[cell] <= radius + 1e-6]
            held = sum(weight[cell] for cell in inside)
            if held > share * whole and inside != [centre]:
                continue
            count, expected = sum(cases[cell] for cell in inside), total * held / whole
            if count > expected < total:
                rest, due = total - count, total - expected
                best = max(
                    best,
                    count * math.log(count / expected)
                    + (rest * math.log(rest / due) if rest else 0.0),
                )
    return best


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 9), st.integers(1, 50), st.integers(0, 3), st.integers(0, 3)
        ),
        min_size=2, max_size=9, unique_by=lambda cell: cell[2:],
    ),
    st.sampled_from([0.2, 0.5, 0.9]),
)  # fmt: skip
def test_best_disc_is_the_best_of_all(cells: list[tuple[int, ...]], share: float) -> None:
    cases = np.array([cell[0] for cell in cells])
    weight = np.array([float(cell[1]) for cell in cells])
    xy = np.array([cell[2:] for cell in cells], dtype=float)
    zones = circles(xy, weight, share)
    best = by_hand(cases.tolist(), weight.tolist(), xy, share)
    # a cell alone that outweighs the share is the one zone of its chain
    found = likely(cases, weight, zones, 1)
    assert (found[0].llr if found else 0.0) == pytest.approx(best, abs=1e-9)


def test_clusters_do_not_overlap_and_come_in_order() -> None:
    rng = np.random.default_rng(3)
    xy = rng.uniform(0, 1000, (60, 2))
    weight = rng.uniform(5, 50, 60)
    cases = rng.poisson(weight / 5)
    found = likely(cases, weight, circles(xy, weight), 10)
    cells = np.concatenate([cluster.cells for cluster in found])
    assert len(np.unique(cells)) == len(cells)
    assert all(one.llr >= other.llr for one, other in pairwise(found))


def test_one_cell_map_has_the_distribution_of_its_binomial() -> None:
    """Two cells of one zone each: the maxima follow from the binomial law."""
    zones = circles(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([1.0, 9.0]), 0.5)
    best = null_maxima(20, np.array([1.0, 9.0]), zones, 4000, np.random.default_rng(0))
    # cell 0 alone has LLR > 0 where it holds three cases or more of 20, expected 2; the binomial
    # chance of that is 0.323, and cell 1 is over its share but is tried alone
    more = binom.sf(2, 20, 0.1) + binom.cdf(1, 20, 0.1)
    assert np.mean(best > 0) == pytest.approx(more, abs=0.03)


def test_nothing_is_reported_where_nothing_is_unusual() -> None:
    weight = np.full(25, 10.0)
    xy = np.array([[k % 5, k // 5] for k in range(25)], dtype=float)
    zones = circles(xy, weight)
    assert scan(np.full(25, 4), weight, zones, ScanSpec(), np.random.default_rng(0)) == ()
    assert scan(np.zeros(25, int), weight, zones, ScanSpec(), np.random.default_rng(0)) == ()


def test_same_seed_same_clusters() -> None:
    rng = np.random.default_rng(1)
    weight, xy = np.full(40, 10.0), rng.uniform(0, 500, (40, 2))
    cases = rng.poisson(3, 40)
    cases[:3] += 15
    zones = circles(xy, weight)
    runs = [scan(cases, weight, zones, ScanSpec(), np.random.default_rng(5)) for _ in range(2)]
    assert [one.p_value for one in runs[0]] == [one.p_value for one in runs[1]]
    assert runs[0][0].p_value == 0.001


def test_a_case_where_nothing_is_expected_is_refused() -> None:
    weight = np.array([1.0, 0.0])
    zones = circles(np.array([[0.0, 0.0], [9.0, 0.0]]), weight, 0.5)
    with pytest.raises(ValueError, match="nothing is expected"):
        scan(np.array([1, 1]), weight, zones, ScanSpec(), np.random.default_rng(0))
    with pytest.raises(ValueError, match="replications"):
        ScanSpec(replications=0)
