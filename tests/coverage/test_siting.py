"""Siting models against published figures, and against every choice of small cases."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridplan.coverage.siting import (
    best_sites,
    fewest_sites,
    greedy_sites,
    median_sites,
    near_ties,
)
from gridplan.errors import GridplanError


@pytest.fixture(scope="module")
def francisco(shared: Path) -> tuple[np.ndarray, np.ndarray]:
    """People of 205 tracts and metres to 16 candidate stores."""
    name = "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    table = pd.read_csv(shared / "oracles" / "siting_sf" / name)
    metres = table.pivot_table(index="DestinationName", columns="name", values="distance")
    people = table.groupby("DestinationName")["demand"].first()
    return people.to_numpy(float), metres.to_numpy(float)


def test_fewest_as_published(francisco: tuple[np.ndarray, np.ndarray]) -> None:
    _, metres = francisco
    found = fewest_sites(metres <= 5000)
    assert (len(found.sites), found.bound, found.proved) == (8, 8.0, True)


def test_most_covered_as_published(francisco: tuple[np.ndarray, np.ndarray]) -> None:
    people, metres = francisco
    found = best_sites(people, metres <= 5000, 4)
    assert (found.covered, found.total) == (875_247, 955_113)
    assert found.proved
    assert found.bound == pytest.approx(875_247)


def test_median_as_published(francisco: tuple[np.ndarray, np.ndarray]) -> None:
    people, metres = francisco
    found = median_sites(people, metres, 4)
    assert found.objective == pytest.approx(2848268129.7145104, rel=1e-12)
    assert found.proved


def small(seed: int, rows: int = 14, columns: int = 7) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    weight = rng.integers(0, 30, rows).astype(float)
    return weight, rng.random((rows, columns)) < 0.3


def reached(weight: np.ndarray, covers: np.ndarray, sites: object) -> float:
    return float(weight[covers[:, list(sites)].any(axis=1)].sum())


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 4), existing=st.booleans())
def test_every_choice_is_no_better(seed: int, count: int, existing: bool) -> None:
    weight, covers = small(seed)
    there = (0,) if existing else ()
    rest = [j for j in range(covers.shape[1]) if j not in there]
    best = max(reached(weight, covers, (*there, *c)) for c in combinations(rest, count))
    found = best_sites(weight, covers, count, existing=there)
    assert found.proved
    assert found.covered == pytest.approx(best)
    assert reached(weight, covers, (*there, *found.sites)) == pytest.approx(best)
    quick = greedy_sites(weight, covers, count, existing=there)
    assert best >= quick.covered - 1e-9
    assert quick.covered == pytest.approx(reached(weight, covers, (*there, *quick.sites)))
    held = reached(weight, covers, there)
    assert quick.covered - held >= (1 - 1 / np.e) * (best - held) - 1e-9


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_no_fewer_sites_reach_all(seed: int) -> None:
    _, covers = small(seed)
    found = fewest_sites(covers)
    can = covers.any(axis=1)
    assert covers[can][:, found.sites].any(axis=1).all()
    assert np.array_equal(found.unreached, np.flatnonzero(~can))
    for c in combinations(range(covers.shape[1]), len(found.sites) - 1):
        assert not covers[can][:, list(c)].any(axis=1).all()


def most_served(weight: np.ndarray, covers: np.ndarray, room: dict[int, float]) -> float:
    """Whatever the sites, a flow is cut at its narrowest: over all sets of stations (Gale)."""
    sites = list(room)
    best = np.inf
    for size in range(len(sites) + 1):
        for full in combinations(sites, size):
            open_ = [j for j in sites if j not in full]
            through = weight[covers[:, open_].any(axis=1)].sum() if open_ else 0.0
            best = min(best, sum(room[j] for j in full) + through)
    return float(best)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 3))
def test_with_capacities_no_choice_serves_more(seed: int, count: int) -> None:
    weight, covers = small(seed, columns=5)
    capacity = np.random.default_rng(seed).integers(10, 60, 5).astype(float)
    capacity[4] = np.inf
    every = [
        most_served(weight, covers, {j: float(capacity[j]) for j in (0, *c)})
        for c in combinations(range(1, 5), count)
    ]
    found = best_sites(weight, covers, count, existing=(0,), capacity=capacity)
    assert found.covered == pytest.approx(max(every))
    assert 0 not in found.sites


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 3))
def test_no_choice_has_a_shorter_way(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    weight, metres = rng.integers(1, 9, 8).astype(float), rng.uniform(1, 99, (8, 5))
    best = min(weight @ metres[:, list(c)].min(axis=1) for c in combinations(range(5), count))
    assert median_sites(weight, metres, count).objective == pytest.approx(best)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_near_ties_are_all_single_exchanges_within_the_share(seed: int) -> None:
    weight, covers = small(seed)
    best = best_sites(weight, covers, 2, existing=(0,))
    told = {(swap.site, swap.instead): swap.covered for swap in
            near_ties(weight, covers, best, existing=(0,), share=0.1)}  # fmt: skip
    for site in best.sites.tolist():
        for other in set(range(7)) - {0, *best.sites.tolist()}:
            kept = {0, *best.sites.tolist(), other} - {site}
            worth = reached(weight, covers, kept)
            assert ((site, other) in told) == (worth >= 0.9 * best.covered - 1e-9)
            assert told.get((site, other), worth) == pytest.approx(worth)


def test_nobody_to_reach() -> None:
    nobody = np.zeros((3, 2), dtype=bool)
    found = best_sites(np.ones(3), nobody, 1)
    assert (found.covered, found.unreached.tolist()) == (0.0, [0, 1, 2])
    assert greedy_sites(np.ones(3), nobody, 1).covered == 0.0
    assert len(fewest_sites(nobody).sites) == 0


def test_too_few_sites_to_reach_all_places() -> None:
    """Two islands and one site: no median exists."""
    metres = np.array([[1.0, np.inf], [np.inf, 1.0]])
    with pytest.raises(GridplanError) as told:
        median_sites(np.ones(2), metres, 1)
    assert told.value.key == "coverage.error.no_sites"


def test_more_sites_than_candidates() -> None:
    weight, covers = small(1)
    assert len(best_sites(weight, covers, 99).sites) == 7
