"""Hotspots in words: one entry a place, its cases, its odds, its owners."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from gridplan.hotspots import Hotspots, find_hotspots
from gridplan.hotspots.told import (
    WHOLE,
    Ownership,
    cases_of,
    conclusion,
    odds,
    owned_whole,
    ownership,
    present_layer,
    spots_of,
    step_rates,
    title_of,
)
from gridplan.prepared import Prepared

CITY, POLICE = "城管网格", "警务网格"


@pytest.fixture(scope="module")
def found(demo: Prepared) -> Hotspots:
    return find_hotspots(demo)


def test_one_entry_a_place_led_by_its_most_likely_cluster(found: Hotspots) -> None:
    spots = spots_of(found)
    assert [spot.place for spot in spots] == ["阳光新城", "北巷里", "翡翠城", "文昌农贸市场"]
    numbers = sorted(number for spot in spots for number in (spot.lead, *spot.others))
    assert numbers == found.clusters["cluster"].tolist()
    llr = found.clusters.set_index("cluster")["llr"]
    for spot in spots:
        assert all(llr[spot.lead] >= llr[other] for other in spot.others)
    assert title_of(found, spots[2].lead) == "翡翠城 · 噪声扰民 · 新增"


def test_places_without_a_name_stay_apart(found: Hotspots) -> None:
    nameless = replace(found, clusters=found.clusters.assign(place=""))
    assert len(spots_of(nameless)) == len(found.clusters)
    assert title_of(nameless, 0).startswith("未命名地点")


def test_the_cases_of_a_cluster_are_those_it_counts(found: Hotspots) -> None:
    for row in found.clusters.itertuples():
        mine = cases_of(found, row.cluster)
        assert (len(mine), int(mine["overdue"].sum())) == (row.cases, row.overdue)
        for layer in found.grids:
            owners = found.owner(row.cluster, layer).set_index("grid_id")
            assert mine[layer].value_counts().to_dict() == owners["cases"].to_dict()


@pytest.mark.parametrize(
    ("p_value", "told"),
    [(0.001, "1/1,000"), (0.0011, "1/500"), (0.024, "1/20"), (0.05, "1/20"), (0.2, "20%")],
)
def test_odds_never_say_less_than_the_p_value(p_value: float, told: str) -> None:
    assert told in odds(p_value)


def test_ownership_before_and_after(found: Hotspots) -> None:
    """The police's grids cut 翡翠城 in two; the city's own do not; the other way round it is mended."""
    noise = next(spot.lead for spot in spots_of(found) if spot.place == "翡翠城")
    assert owned_whole(found, noise, CITY)
    assert not owned_whole(found, noise, POLICE)
    assert found.owner(noise, POLICE)["share"].iloc[0] < WHOLE
    assert ownership(found, noise, CITY, POLICE) is Ownership.CUT
    assert ownership(found, noise, POLICE, CITY) is Ownership.GATHERED
    assert ownership(found, noise, POLICE, POLICE) is Ownership.ACROSS
    assert ownership(found, noise, CITY, CITY) is Ownership.KEPT
    assert present_layer(found) == CITY


def test_cases_in_no_grid_own_nothing(found: Hotspots) -> None:
    nobody = replace(found, owners=found.owners.assign(grid_id=""))
    assert not owned_whole(nobody, 0, CITY)


def test_the_conclusion_says_where_what_is_late_and_what_was_set_aside(found: Hotspots) -> None:
    told = conclusion(found)
    assert "2025-07-02 至 2026-06-30 有 4 处诉求聚集" in told
    assert "翡翠城（噪声扰民，新增）" in told
    assert "超期 3 件，主要在 TX03 网格" in told
    assert "疑似默认定位点 1 处、高频诉求地址 1 处已单列" in told
    assert "超期 <5 件" in conclusion(found, least=5)
    quiet = replace(found, clusters=found.clusters.iloc[:0], piles=found.piles.iloc[:0])
    assert "未发现显著聚集" in conclusion(quiet)
    assert "单列" not in conclusion(quiet)


def test_steps_of_four_weeks_hold_every_case(found: Hotspots) -> None:
    starts, counts = step_rates(found)
    assert counts.shape == (len(found.cells), 13)
    assert counts.sum() == found.cells["cases"].sum()
    assert starts[0] == found.since
    assert starts[-1] == found.until - pd.Timedelta(weeks=4)
    _, odd = step_rates(replace(found, weekly=found.weekly[:, -7:]))
    assert odd[:, 0].tolist() == found.weekly[:, -4:].sum(axis=1).tolist()
