"""Next stations for the town of :mod:`tests.river_town`."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import Point

from gridplan.coverage import (
    Coverage,
    Service,
    ServiceSet,
    Walk,
    find_coverage,
    propose_sites,
    site_candidates,
)
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from tests.drawn import DRAWN_CRS
from tests.river_town import CLINIC, facilities, town

HEALTH = ServiceSet((Service("health", Walk(300.0), ("医疗",)),))


@pytest.fixture(scope="module")
def found() -> Coverage:
    services = (Service("health", Walk(300.0), ("医疗",)), Service("elderly", Walk(300.0)))
    care = facilities((100, -10, CLINIC), (900, -10, {"name": "照料中心", "kind": "养老"}))
    return find_coverage(town(facilities=care), ServiceSet(services))


def test_one_candidate_in_each_square_and_only_on_streets(found: Coverage) -> None:
    assert site_candidates(found.walked, 50.0)["building_id"].tolist() == [
        "n1", "n2", "s1", "s2", "s3",
    ]  # fmt: skip
    assert len(site_candidates(found.walked, 10_000.0)) <= 4


def test_the_next_station_goes_where_it_serves_most(found: Coverage) -> None:
    """For health n1 and n2 need one on their bank; s3 comes second, i is out of reach."""
    told = propose_sites(found, ["health"], 2)
    assert told.demand == 40
    assert told.curve["households"].tolist() == [20, 30]
    assert told.curve["gain"].tolist() == [20, 10]
    assert told.sites["households"].tolist() == [20, 10]
    assert told.sites["building_id"].tolist()[1] == "s3"
    assert told.unreached["building_id"].tolist() == ["i"]
    assert told.siting.proved
    first = told.sites["candidate_id"].iloc[0]
    assert (first in set(told.swaps["site"])) == (len(told.swaps) > 0)
    assert set(told.swaps["households"]) == {30}  # the other house of the bank does as well


def test_several_services_in_one_station(found: Coverage) -> None:
    """Health and care together: the north bank lacks both, s1 and s2 lack care alone."""
    told = propose_sites(found, ["health", "elderly"], 1)
    assert told.demand == 40 + 50
    assert told.sites["households"].tolist() == [40]
    assert told.sites["building_id"].iloc[0] in {"n1", "n2"}


def test_greedy_is_no_better(found: Coverage) -> None:
    exact = propose_sites(found, ["health", "elderly"], 3)
    quick = propose_sites(found, ["health", "elderly"], 3, exact=False)
    assert (quick.curve["households"] <= exact.curve["households"] + 1e-9).all()


def test_given_candidates_and_a_capacity(found: Coverage) -> None:
    here = gpd.GeoDataFrame({"candidate_id": ["X"]}, geometry=[Point(200, 110)], crs=DRAWN_CRS)
    told = propose_sites(found, ["health"], 5, candidates=here, capacity=15.0)
    assert told.curve["households"].tolist() == [15]
    assert told.sites["candidate_id"].tolist() == ["X"]
    assert told.swaps.empty
    assert set(told.unreached["building_id"]) == {"s3", "i"}


def test_a_service_that_is_not_judged_is_refused(found: Coverage) -> None:
    with pytest.raises(GridplanError) as told:
        propose_sites(found, ["school"])
    assert told.value.key == "coverage.error.not_judged"


def test_the_demo_gains_less_with_each_station(demo: Prepared) -> None:
    told = propose_sites(find_coverage(demo, HEALTH), ["health"], 4)
    assert told.siting.proved
    assert (told.curve["gain"] > 0).all()
    assert told.sites["households"].is_monotonic_decreasing
    assert told.sites["households"].sum() == told.curve["households"].iloc[-1]
