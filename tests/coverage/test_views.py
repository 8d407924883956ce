"""Coverage laid out for eyes, on the drawn town of :mod:`tests.river_town`."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridplan.coverage import (
    Coverage,
    OpenRule,
    Service,
    ServiceSet,
    Walk,
    find_coverage,
    propose_sites,
)
from gridplan.coverage.sums import ALL
from gridplan.coverage.views import (
    QUARTERS,
    blind_spots_of,
    compounds_in,
    gathered,
    homes_by_lack,
    homes_by_quarter,
    homes_by_service,
    homes_by_visit,
    newly_reached,
    stations,
)
from gridplan.prepared import Prepared
from tests.drawn import DRAWN_CRS
from tests.river_town import CLINIC, facilities, town, visits

HEALTH = Service("health", Walk(300.0), ("医疗",))
CARE = Service("elderly", Walk(300.0), ("养老",))
BOOK = visits(("s1", "2026-01-01", "巡查"), ("s1", "2026-06-30", "巡查"))
SHOPS = facilities((100, -10, CLINIC), (300, 90, {"kind": "养老", "name": "北岸养老服务站"}))
"""The clinic on the south bank, and care for the elderly on the north one, before n2."""


@pytest.fixture(scope="module")
def two() -> Coverage:
    return find_coverage(town(facilities=SHOPS, visits=BOOK), ServiceSet((HEALTH, CARE)))


def by_home(frame: gpd.GeoDataFrame, column: str) -> dict[str, object]:
    return dict(zip(frame["building_id"], frame[column], strict=True))


def test_state_of_each_home(two: Coverage) -> None:
    """s1 and s2 are near the clinic, s3 and the north bank are not, i stands apart."""
    homes = homes_by_service(two, "health")
    assert by_home(homes, "state") == {
        "s1": "served", "s2": "served", "s3": "distance", "n1": "distance", "n2": "distance",
        "i": "network",
    }  # fmt: skip
    assert by_home(homes, "left")["s3"] == 10
    assert by_home(homes, "metres")["n2"] == pytest.approx(1730, abs=1)


def test_what_each_home_lacks(two: Coverage) -> None:
    homes = homes_by_lack(two).set_index("building_id")
    assert homes["missing"].to_dict() == {
        "s1": ("elderly",), "s2": ("elderly",), "s3": ("health", "elderly"), "n1": ("health",),
        "n2": ("health",), "i": (),
    }  # fmt: skip
    assert homes["lacking"].to_dict() == {"s1": 1, "s2": 1, "s3": 2, "n1": 1, "n2": 1, "i": 0}
    assert homes["known"].to_dict() == {name: name != "i" for name in homes.index}


def test_visits_of_each_home(two: Coverage) -> None:
    """The north bank's grid was never patrolled."""
    state = by_home(homes_by_visit(two), "state")
    assert state == {name: "visited" if name[0] == "s" else "unvisited" for name in state}


@pytest.mark.parametrize("service", ["health", "elderly", ALL])
def test_quarters_add_up_to_the_cross(two: Coverage, service: str) -> None:
    homes = homes_by_quarter(two, service)
    told = two.cross.set_index("service").loc[service]
    assert homes[list(QUARTERS)].sum().round().to_dict() == told.to_dict()
    assert by_home(homes, "state")["i"] == ""
    assert by_home(homes, "state")["s3"] == "unreached_visited"


def test_quarters_of_the_demo_add_up_to_its_cross(demo: Prepared) -> None:
    found = find_coverage(demo)
    for service in ("elderly", ALL):
        told = found.cross.set_index("service").loc[service]
        homes = homes_by_quarter(found, service)
        assert homes[list(QUARTERS)].sum().round().to_dict() == told.to_dict()


def square(x: float, y: float) -> shapely.Polygon:
    return shapely.box(x, y, x + 10, y + 10)


def test_squares_show_no_single_home() -> None:
    """Two buildings of 3 are told, one of 50 is not, nor are two of 2; sums go with them."""
    homes = gpd.GeoDataFrame(
        {"households": [3.0, 3.0, 50.0, 2.0, 2.0]},
        geometry=[square(0, 0), square(80, 80), square(110, 0), square(0, 110), square(20, 110)],
        crs=DRAWN_CRS,
    )
    cells = gathered(homes, {"late": np.array([1.0, 2.0, 9.0, 1.0, 1.0])})
    assert cells["households"].tolist() == [6.0]
    assert cells["late"].tolist() == [3.0]
    assert cells.geometry.iloc[0].bounds == (0, 0, 100, 100)


def spots(*rows: tuple[int, int]) -> Coverage:
    """Blind spots of so many households and buildings."""
    frame = gpd.GeoDataFrame(
        {"service": "health", "households": [row[0] for row in rows],
         "buildings": [row[1] for row in rows]},
        geometry=[square(20 * k, 0) for k in range(len(rows))], crs=DRAWN_CRS,
    )  # fmt: skip
    return replace(find_coverage(town(), ServiceSet((HEALTH,))), blindspots=frame)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([(90, 9), (30, 3)], [90, 30]),
        ([(90, 9), (40, 1)], [90]),  # a single building
        ([(90, 9), (30, 3), (4, 4)], [90]),  # 4 would follow from the total and the others
        ([(90, 9), (4, 4), (3, 3)], [90]),  # 4 and 3 hide one another
    ],
)
def test_leaders_see_no_small_blind_spot(rows: list[tuple[int, int]], told: list[int]) -> None:
    found = spots(*rows)
    assert blind_spots_of(found, "health", True)["households"].tolist() == told
    assert len(blind_spots_of(found, "health", False)) == len(rows)


def test_compounds_of_the_planted_corner(demo: Prepared) -> None:
    found = find_coverage(demo)
    mine = blind_spots_of(found, "elderly", False)
    names = compounds_in(found, demo.layers, mine)
    assert len(names) == len(mine)
    for parcel in ("桃溪里", "桃溪花园", "粮食局家属院"):
        assert sum(parcel in name for name in names) == 1
    assert compounds_in(found, demo.layers, mine.iloc[:0]) == []


def test_a_station_that_is_shut_is_shown_and_does_not_count() -> None:
    services = ServiceSet((HEALTH, CARE), OpenRule(at=(5, 600)))  # Saturday, 10:00
    area = town(facilities=SHOPS)
    found = find_coverage(area, services)
    places = stations(found, area.layers, "health")
    assert places["name"].tolist() == ["南岸卫生服务站"]
    assert places["counts"].tolist() == [False]
    assert stations(find_coverage(area, ServiceSet((HEALTH, CARE))), area.layers, "health")[
        "counts"
    ].all()


def test_new_stations_reach_what_they_are_said_to_add(two: Coverage) -> None:
    """Sites of both services: households × services gained are those of the proposal."""
    for keys in (("health",), ("health", "elderly")):
        proposal = propose_sites(two, keys, 2)
        homes = newly_reached(two, proposal)
        assert homes["left"].sum() == proposal.demand
        if len(keys) == 1:
            gained = homes[homes["state"] == "gained"].groupby("site")["left"].sum()
            assert gained.to_dict() == dict(enumerate(proposal.sites["households"], 1))
    assert by_home(homes, "state")["i"] == "left"


def test_homes_keep_their_order(two: Coverage) -> None:
    order = two.walked.buildings["building_id"].tolist()
    frames: list[pd.DataFrame] = [homes_by_lack(two), homes_by_visit(two),
                                  homes_by_quarter(two), homes_by_service(two, "health")]  # fmt: skip
    assert all(frame["building_id"].tolist() == order for frame in frames)
