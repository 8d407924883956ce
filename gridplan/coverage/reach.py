"""Which households reach which service on foot, and why the others do not."""

from __future__ import annotations

from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridplan.coverage.match import Matched
from gridplan.coverage.services import Service, ServiceSet
from gridplan.coverage.walk import Walked, inner_points
from gridplan.network import Places
from gridplan.schema import BUILDING_ID, CAPACITY, FACILITY_ID, HOUSEHOLDS, NAME, PEOPLE

FLOAT = NDArray[np.float64]
INT = NDArray[np.int64]

SERVICE = "service"

SLACK_M = 1e-6
"""A household exactly at the walking distance reaches it."""


class Reason(StrEnum):
    """Why a household is not served; the names stand in files."""

    DISTANCE = "distance"
    NETWORK = "network"
    CAPACITY = "capacity"
    UNVISITED = "unvisited"


REACH_COLUMNS = (
    "building_id", "service", "metres", "straight_m", "over_m", "facility", "facility_row",
    "households", "people", "served_households", "served_people", "reached", "reason",
)  # fmt: skip
"""Columns of what :func:`reach_services` gives."""


def reach_services(
    walked: Walked, facilities: gpd.GeoDataFrame, services: ServiceSet, matched: Matched
) -> pd.DataFrame:
    """Hold every home against every service that has a facility.

    Parameters
    ----------
    walked : Walked
        Homes on the network.
    facilities : GeoDataFrame
        ``facility_id, name, geometry`` and, where known, ``capacity`` in places.
    services : ServiceSet
        Walking distances.
    matched : Matched
        Which facilities count for which service.

    Returns
    -------
    DataFrame
        Columns `REACH_COLUMNS`, one row a building and service in the order of both.
        ``metres`` to the nearest facility along the network with the steps at both ends, ``inf``
        where no way is known; ``straight_m`` to the nearest as the crow flies; ``over_m`` what
        is beyond the walking distance, else 0; ``facility`` its name or id, "" without a way;
        ``reason`` a :class:`Reason` or "". Services without any facility are left out.
    """
    xy_m = inner_points(facilities)
    places = walked.network.snap(xy_m)
    told = [
        _reach(walked, facilities, service, matched.rows[service.key], (xy_m, places))
        for service in services.services
        if listed(matched, service)
    ]
    if not told:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in REACH_COLUMNS})
    return pd.concat(told, ignore_index=True)


def listed(matched: Matched, service: Service) -> bool:
    """Whether the data know any facility of a service, open as asked or not.

    Where they do not, nobody can tell a gap of service from a gap in the data.
    """
    return len(matched.rows[service.key]) + matched.shut[service.key] > 0


def _reach(
    walked: Walked,
    facilities: gpd.GeoDataFrame,
    service: Service,
    rows: INT,
    where: tuple[FLOAT, Places],
) -> pd.DataFrame:
    xy_m, places = where
    buildings, limit_m = walked.buildings, service.walk.metres
    households = buildings[HOUSEHOLDS].to_numpy(dtype=float)
    people = buildings[PEOPLE].to_numpy(dtype=float)
    targets = places.take(rows)
    metres, which = walked.network.nearest(walked.homes, targets)
    near = metres <= limit_m + SLACK_M
    served = np.where(near, households, 0.0)
    room = _room(service, facilities.iloc[rows])
    if np.isfinite(room).any():
        served = _assigned(walked, targets, room, limit_m)
    reached = near & (served >= households)
    share = np.divide(served, households, out=near.astype(float), where=households > 0)
    row = np.where(which >= 0, rows[which] if len(rows) else -1, -1)
    # where no facility is open as asked, no network is to blame
    cut = np.isinf(metres) & ((len(rows) > 0) | (walked.homes.edge < 0))
    reasons = [cut, ~near, ~reached]
    return pd.DataFrame(
        {
            BUILDING_ID: buildings[BUILDING_ID].to_numpy(),
            SERVICE: service.key,
            "metres": metres,
            "straight_m": _straight(walked.xy_m, xy_m[rows]),
            "over_m": np.clip(np.where(near, 0.0, metres - limit_m), 0.0, None),
            "facility": _called(facilities, row),
            "facility_row": row,
            HOUSEHOLDS: households,
            PEOPLE: people,
            "served_households": served,
            "served_people": np.round(people * share),
            "reached": reached,
            "reason": np.select(
                reasons, [Reason.NETWORK.value, Reason.DISTANCE.value, Reason.CAPACITY.value], ""
            ),
        }
    )


def _straight(homes_m: FLOAT, targets_m: FLOAT) -> FLOAT:
    if not len(targets_m):
        return np.full(len(homes_m), np.inf)
    return np.asarray(cKDTree(targets_m).query(homes_m)[0], dtype=np.float64)


def _called(facilities: gpd.GeoDataFrame, row: INT) -> NDArray[np.object_]:
    """Name of the facility in each row of the layer, its id where it has none; "" for −1."""
    names = facilities[NAME].astype(str)
    names = names.where(names != "", facilities[FACILITY_ID].astype(str)).to_numpy(dtype=object)
    return np.append(names, "")[row]


def _room(service: Service, facilities: gpd.GeoDataFrame) -> FLOAT:
    """Households that each facility has places for; ``inf`` where that is not judged."""
    if service.places_per_household is None:
        return np.full(len(facilities), np.inf)
    unknown = np.full(len(facilities), np.nan)
    places = facilities[CAPACITY].to_numpy(dtype=float) if CAPACITY in facilities else unknown
    instead = np.inf if service.capacity is None else service.capacity
    places = np.where(np.isnan(places), instead, places)
    return np.asarray(np.floor(places / service.places_per_household + 1e-9), dtype=np.float64)


def _assigned(walked: Walked, targets: Places, room: FLOAT, limit_m: float) -> FLOAT:
    """Households served of each building where places are given out nearest first.

    The shortest way of all takes its places first; a building that a full facility turns away
    goes on to the next within the walking distance, and may be shared between several.
    """
    metres = walked.network.metres(targets, walked.homes, limit_m + SLACK_M)
    facility, building = np.nonzero(metres <= limit_m + SLACK_M)
    order = np.lexsort((facility, building, metres[facility, building]))
    left = walked.buildings[HOUSEHOLDS].to_numpy(dtype=float).copy()
    room = room.copy()
    for f, b in zip(facility[order].tolist(), building[order].tolist(), strict=True):
        taken = min(left[b], room[f])
        left[b] -= taken
        room[f] -= taken
    return np.asarray(walked.buildings[HOUSEHOLDS].to_numpy(dtype=float) - left, dtype=np.float64)
