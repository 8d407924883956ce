"""Who reaches what, in the town of :mod:`tests.river_town`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gridplan.coverage import OpenRule, Service, ServiceSet, Walk, find_coverage
from gridplan.coverage.find import Coverage
from gridplan.errors import GridplanError
from tests.river_town import CLINIC, METRES, facilities, town

HEALTH = Service("health", Walk(300.0), ("医疗",))


def judged(*services: Service, rule: OpenRule | None = None, **layers: object) -> Coverage:
    return find_coverage(town(**layers), ServiceSet(services or (HEALTH,), rule or OpenRule()))


def of(coverage: Coverage, column: str, service: str = "health") -> pd.Series:
    rows = coverage.reach[coverage.reach["service"] == service]
    return rows.set_index("building_id")[column]


def test_metres_along_the_streets_and_over_the_bridge() -> None:
    metres = of(judged(), "metres")
    for name, told in METRES.items():
        assert metres[name] == pytest.approx(told, abs=0.2), name


def test_nobody_is_served_across_the_river() -> None:
    found = judged()
    assert of(found, "straight_m")["n1"] == pytest.approx(130)
    assert of(found, "reason").to_dict() == {
        "s1": "", "s2": "", "s3": "distance", "n1": "distance", "n2": "distance", "i": "network",
    }  # fmt: skip
    assert of(found, "over_m")["s3"] == pytest.approx(530, abs=0.2)


def test_shares_leave_out_whom_no_network_joins() -> None:
    row = judged().summary.iloc[0]
    assert (row["households"], row["judged_households"], row["served_households"]) == (60, 50, 20)
    assert row["households_share"] == row["people_share"] == pytest.approx(0.4)
    assert row["straight_share"] == pytest.approx(0.8)  # s1, s2 and, wrongly, n1 and n2
    assert (row["distance"], row["network"], row["capacity"]) == (30, 10, 0)


def test_a_place_at_exactly_the_distance_is_reached() -> None:
    exact = judged(replace(HEALTH, walk=Walk(float(of(judged(), "metres")["s2"]))))
    assert of(exact, "reached")["s2"]


def test_places_are_given_out_nearest_first_and_go_on_to_the_next() -> None:
    """15 places at the clinic: s1 takes 10, s2 the rest; a second at x = 500 helps s2 out."""
    service = Service("health", Walk(300.0), ("医疗",), places_per_household=1.0)
    full = judged(service, facilities=facilities((100, -10, {**CLINIC, "capacity": 15.0})))
    assert of(full, "served_households").loc[["s1", "s2"]].tolist() == [10, 5]
    assert of(full, "reason")["s2"] == "capacity"
    assert full.summary.iloc[0]["capacity"] == 5
    both = facilities(
        (100, -10, {**CLINIC, "capacity": 15.0}), (500, -10, {**CLINIC, "capacity": 3.0})
    )
    shared = judged(service, facilities=both)
    assert of(shared, "served_households")["s2"] == 8
    unlimited = facilities((100, -10, {**CLINIC, "capacity": 15.0}), (500, -10, CLINIC))
    assert of(judged(service, facilities=unlimited), "reason")["s2"] == ""


def test_capacities_are_not_judged_unless_asked() -> None:
    small = facilities((100, -10, {**CLINIC, "capacity": 1.0}))
    assert of(judged(facilities=small), "reason")["s2"] == ""


@pytest.mark.parametrize(
    ("rule", "served"),
    [(OpenRule((0, 9 * 60)), 20), (OpenRule((6, 9 * 60)), 0), (OpenRule(days=5), 20),
     (OpenRule(days=6), 0)],
)  # fmt: skip
def test_only_facilities_open_then_count(rule: OpenRule, served: int) -> None:
    row = judged(rule=rule).summary.iloc[0]
    assert (row["served_households"], row["shut"]) == (served, int(served == 0))
    assert row["judged"]  # a clinic that is shut is no gap in the data


def test_unknown_hours_count_where_they_may() -> None:
    silent = facilities((100, -10, {**CLINIC, "opening_hours": "电话预约"}))
    rule = OpenRule((0, 540))
    assert judged(rule=rule, facilities=silent).summary.iloc[0]["served_households"] == 0
    rule = replace(rule, count_unknown=True)
    assert judged(rule=rule, facilities=silent).summary.iloc[0]["served_households"] == 20


def test_a_larger_facility_is_no_substitute_for_a_nearer_one() -> None:
    preset = {service.key: service for service in ServiceSet().services}
    hospital = facilities(
        (300, -10, {"name": "人民医院", "kind": "医院"}), (100, -10, {**CLINIC, "kind": "clinic"})
    )
    wide = Service("hospital", Walk(1000.0), ("医院",), name="医院")
    found = judged(preset["health"], wide, facilities=hospital)
    assert of(found, "facility")["s2"] == CLINIC["name"]
    assert of(found, "facility", "hospital")["s2"] == "人民医院"
    assert of(found, "reached", "hospital").loc[["s1", "s2", "s3"]].all()


def test_the_kind_decides_and_the_name_where_the_kind_tells_nothing() -> None:
    listed = facilities(
        (300, -10, {"name": "某小学旁便利店", "kind": "便利店"}),
        (100, -10, {"name": "桃源小学", "kind": "单位"}),
        (200, -10, {"name": "Corner", "kind": "Convenience;hardware"}),
        (500, -10, {"name": "桃源中学", "kind": "学校"}),
        (600, -10, {"name": "宠物医院", "kind": ""}),
    )
    found = find_coverage(town(facilities=listed))
    rows = {key: rows.tolist() for key, rows in found.matched.rows.items() if len(rows)}
    assert rows == {"education": [1], "commerce": [0, 2]}
    assert found.matched.unmatched == 1


def test_a_service_without_any_facility_is_not_judged() -> None:
    found = find_coverage(town())
    assert found.summary.set_index("service")["judged"].sum() == 1
    assert set(found.unserved["service"]) == {"health"}
    assert "养老" in found.notes[0].text()


def test_without_streets_there_is_no_answer() -> None:
    with pytest.raises(GridplanError) as told:
        judged(streets=town().layers.streets.iloc[:0])
    assert told.value.key == "coverage.error.no_streets"


def test_expressways_are_not_walked() -> None:
    """Where the bridge is an expressway's, the north bank is cut off."""
    streets = town().layers.streets.copy()
    streets.loc[2, "kind"] = "快速路"
    metres = of(judged(streets=streets), "metres")
    assert np.isinf(metres[["n1", "n2"]]).all()
    assert of(judged(streets=streets), "reason")["n1"] == "network"


def test_a_facility_that_nobody_can_walk_to_is_told() -> None:
    found = judged(facilities=facilities((100, 700, CLINIC), (600, -10, CLINIC)))
    assert "coverage.note.lost" in {note.key for note in found.notes}
    assert of(found, "metres")["s3"] == pytest.approx(330, abs=0.2)


def test_no_facilities_at_all() -> None:
    found = judged(facilities=town().layers.facilities.iloc[:0])
    assert found.reach.empty
    assert found.unserved.empty
    assert found.blindspots.empty
    assert found.judged_share == 0.0
