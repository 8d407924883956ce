"""Coverage laid out for eyes: one row a home, one a cell, one a blind spot, and what is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.cases.counts import LEAST_SHOWN
from gridplan.cases.disclosure import Telling, protect
from gridplan.coverage.find import Coverage
from gridplan.coverage.match import match_facilities
from gridplan.coverage.reach import SERVICE, SLACK_M, Reason
from gridplan.coverage.services import OpenRule, ServiceSet
from gridplan.coverage.sites import Proposal
from gridplan.coverage.sums import ALL
from gridplan.coverage.walk import inner_points
from gridplan.load.layers import Layers
from gridplan.schema import BUILDING_ID, COMPOUND_ID, HOUSEHOLDS, NAME
from gridplan.words import Language, say

CELL_M = 100.0
"""Side of the squares in which homes are gathered for those who shall see no single one."""

LEAST_HOMES = 2
"""A place with fewer buildings is a building."""

QUARTERS = ("reached_visited", "reached_unvisited", "unreached_visited", "unreached_unvisited")
"""Reachable × visited."""

SERVED = "served"
"""A home that reaches the service; others are named by their :class:`Reason`."""

BLIND = (Reason.DISTANCE.value, Reason.CAPACITY.value)
"""Reasons that make a blind spot; without a way on the network nobody knows."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As the catalogue names them, from day 0."""


def homes_by_service(coverage: Coverage, service: str) -> gpd.GeoDataFrame:
    """The homes and how they stand to one service.

    Parameters
    ----------
    coverage : Coverage
    service : str
        Key of one that is judged.

    Returns
    -------
    GeoDataFrame
        ``building_id, name, address, households, people, geometry`` of the homes in their order;
        ``metres, straight_m, over_m, facility, reason`` of their reach; ``left`` households not
        served; ``state`` is `SERVED` or the reason.
    """
    rows = coverage.reach[coverage.reach[SERVICE] == service].set_index(BUILDING_ID)
    homes = coverage.walked.buildings.reset_index(drop=True)
    mine = rows.loc[homes[BUILDING_ID]].reset_index(drop=True)
    told = mine[["metres", "straight_m", "over_m", "facility", "reason"]]
    return homes.assign(
        **{name: told[name] for name in told},
        left=mine[HOUSEHOLDS] - mine["served_households"],
        state=mine["reason"].where(mine["reason"] != "", SERVED),
    )


def homes_by_lack(coverage: Coverage) -> gpd.GeoDataFrame:
    """The homes and how many of the services they lack.

    Returns
    -------
    GeoDataFrame
        The columns of the homes; ``lacking`` services of those judged, ``missing`` their keys,
        ``known`` whether the network joins the home to any facility at all.
    """
    reach = coverage.reach
    blind = reach[reach["reason"].isin(BLIND)]
    homes = coverage.walked.buildings.reset_index(drop=True)
    missing = blind.groupby(BUILDING_ID, sort=False)[SERVICE].agg(tuple)
    known = reach.groupby(BUILDING_ID)["reason"].agg(lambda told: (told != Reason.NETWORK).any())
    names = [missing.get(home, ()) for home in homes[BUILDING_ID]]
    return homes.assign(
        lacking=[len(name) for name in names],
        missing=names,
        known=known.reindex(homes[BUILDING_ID]).fillna(False).to_numpy(dtype=bool),
    )


def homes_by_visit(coverage: Coverage) -> gpd.GeoDataFrame:
    """The homes and their visits.

    Returns
    -------
    GeoDataFrame
        The columns of the homes and of :class:`gridplan.coverage.visits.Visits`; ``state`` is
        ``visited``, ``partly`` or ``unvisited``.
    """
    homes = coverage.walked.buildings.reset_index(drop=True)
    told = coverage.visits.buildings.set_index(BUILDING_ID).loc[homes[BUILDING_ID]]
    homes = homes.assign(**{name: told[name].to_numpy() for name in told})
    late = homes["overdue_households"].to_numpy(dtype=float)
    whole = late >= homes[HOUSEHOLDS].to_numpy(dtype=float)
    state = np.select([late <= 0, whole], ["visited", "unvisited"], "partly")
    return homes.assign(state=state)


def homes_by_quarter(coverage: Coverage, service: str = ALL) -> gpd.GeoDataFrame:
    """The homes and how many of their households lie in each quarter of reachable × visited.

    Parameters
    ----------
    coverage : Coverage
        Visits are judged.
    service : str
        Key of one that is judged, or `ALL`: reached by every one of them.

    Returns
    -------
    GeoDataFrame
        The columns of the homes; `QUARTERS` in households, as :func:`gridplan.coverage.sums.cross`
        adds them up; ``state`` is the quarter with most, "" where the network leads nowhere.
    """
    reach = coverage.reach
    rows = reach[(reach["reason"] != Reason.NETWORK) & (reach[HOUSEHOLDS] > 0)]
    if service == ALL:
        least = rows.groupby(BUILDING_ID).agg(served=("served_households", "min"),
                                              judged=(SERVICE, "size"))  # fmt: skip
        served = least.loc[least["judged"] == reach[SERVICE].nunique(), "served"]
    else:
        served = rows[rows[SERVICE] == service].set_index(BUILDING_ID)["served_households"]
    homes = homes_by_visit(coverage)
    near = served.reindex(homes[BUILDING_ID]).to_numpy(dtype=float)
    known = ~np.isnan(near)
    total = homes[HOUSEHOLDS].to_numpy(dtype=float)
    unseen = np.divide(homes["overdue_households"], total, out=np.zeros(len(homes)),
                       where=total > 0)  # fmt: skip
    near, far = np.where(known, near, 0.0), np.where(known, total - near, 0.0)
    parts = np.column_stack([near * (1 - unseen), near * unseen, far * (1 - unseen), far * unseen])
    state = np.where(known, np.asarray(QUARTERS, dtype=object)[parts.argmax(axis=1)], "")
    return homes.assign(**dict(zip(QUARTERS, parts.T, strict=True)), state=state)


def gathered(homes: gpd.GeoDataFrame, sums: Mapping[str, NDArray[np.float64]]) -> gpd.GeoDataFrame:
    """Homes gathered in squares of 100 m, without those that would show a single one.

    Parameters
    ----------
    homes : GeoDataFrame
        ``households, geometry``, metric CRS.
    sums : mapping of str to float array
        What is added up, one value a home.

    Returns
    -------
    GeoDataFrame
        ``households``, the sums, and squares. Left out are those with fewer than
        `gridplan.cases.counts.LEAST_SHOWN` households or `LEAST_HOMES` buildings.
    """
    corner = np.floor(inner_points(homes) / CELL_M)
    table = pd.DataFrame({"x": corner[:, 0], "y": corner[:, 1], HOUSEHOLDS: homes[HOUSEHOLDS]})
    cells = table.assign(**sums, homes=1).groupby(["x", "y"], sort=True).sum().reset_index()
    kept = cells[(cells[HOUSEHOLDS] >= LEAST_SHOWN) & (cells["homes"] >= LEAST_HOMES)]
    west, south = kept["x"].to_numpy() * CELL_M, kept["y"].to_numpy() * CELL_M
    squares = shapely.box(west, south, west + CELL_M, south + CELL_M)
    return gpd.GeoDataFrame(kept.drop(columns=["x", "y", "homes"]), geometry=squares, crs=homes.crs)


def blind_spots_of(coverage: Coverage, service: str, leaders: bool) -> gpd.GeoDataFrame:
    """The blind spots of one service, the largest first.

    Parameters
    ----------
    coverage : Coverage
    service : str
    leaders : bool
        Leave out those of a single building and those whose households are not told: the small
        ones, and another where only one would be small.
    """
    spots = coverage.blindspots
    spots = spots[spots[SERVICE] == service].reset_index(drop=True)
    if not leaders or spots.empty:
        return spots
    counts = spots[HOUSEHOLDS].to_numpy(dtype=np.int64)
    told = protect([int(counts.sum()), *counts], [(0, range(1, len(counts) + 1))])[1:]
    return spots[(told == Telling.WHOLE) & (spots["buildings"] >= LEAST_HOMES)].reset_index(
        drop=True
    )


def compounds_in(coverage: Coverage, layers: Layers, spots: gpd.GeoDataFrame) -> list[str]:
    """The compounds on each blind spot, those with most households first, "" without a name.

    Parameters
    ----------
    coverage : Coverage
    layers : Layers
        Gives the names.
    spots : GeoDataFrame
        ``service, geometry``, of one service.
    """
    if spots.empty or NAME not in layers.compounds:
        return [""] * len(spots)
    homes = homes_by_service(coverage, str(spots[SERVICE].iloc[0]))
    homes = homes[homes["state"].isin(BLIND)]
    of = layers.buildings.set_index(BUILDING_ID)[COMPOUND_ID].reindex(homes[BUILDING_ID])
    names = of.map(layers.compounds.set_index(COMPOUND_ID)[NAME]).to_numpy()
    tree = shapely.STRtree(np.asarray(spots.geometry.array, dtype=object))
    home, spot = tree.query_nearest(shapely.points(inner_points(homes)), all_matches=False)
    table = pd.DataFrame(
        {"spot": spot, "name": names[home], "left": homes["left"].to_numpy()[home]}
    )
    table = table.dropna().groupby(["spot", "name"])["left"].sum().reset_index()
    table = table.sort_values("left", ascending=False, kind="stable")
    joined = table.groupby("spot")["name"].agg("、".join)
    return [str(joined.get(number, "")) for number in range(len(spots))]


def stations(coverage: Coverage, layers: Layers, service: str) -> gpd.GeoDataFrame:
    """The facilities of one service, those that do not count by their hours among them.

    Returns
    -------
    GeoDataFrame
        The columns of the facilities and ``counts``: whether it is open as asked.
    """
    facilities = layers.facilities.reset_index(drop=True)
    whenever = tuple(replace(one, open=OpenRule()) for one in coverage.services.services)
    found = facilities.iloc[match_facilities(facilities, ServiceSet(whenever)).rows[service]]
    return found.assign(counts=found.index.isin(coverage.matched.rows[service]))


def newly_reached(coverage: Coverage, proposal: Proposal) -> gpd.GeoDataFrame:
    """The homes and what becomes of those that lack the services of new stations.

    Returns
    -------
    GeoDataFrame
        The columns of the homes; ``left`` households × services not served now; ``site`` the
        first new station, counted from 1, within reach of any of them, 0 for none; ``state`` is
        `SERVED`, ``gained`` or ``left``.
    """
    walked, reach = coverage.walked, coverage.reach
    homes = walked.buildings.reset_index(drop=True)
    limits = {one.key: one.walk.metres for one in coverage.services.services}
    origins = walked.network.snap(inner_points(proposal.sites))
    metres = walked.network.metres(origins, walked.homes)
    left, site = np.zeros(len(homes)), np.zeros(len(homes), dtype=np.int64)
    for key in proposal.services:
        rows = reach[reach[SERVICE] == key].set_index(BUILDING_ID).loc[homes[BUILDING_ID]]
        lacks = (rows[HOUSEHOLDS] - rows["served_households"]).to_numpy(dtype=float)
        near = (metres <= limits[key] + SLACK_M) & (lacks > 0)
        first = np.where(near.any(axis=0), near.argmax(axis=0) + 1, 0)
        site = np.where((site == 0) | ((first > 0) & (first < site)), first, site)
        left += lacks
    state = np.select([left <= 0, site > 0], [SERVED, "gained"], "left")
    return homes.assign(left=left, site=site, state=state)


def hours_text(rule: OpenRule, language: Language) -> str:
    """Which stations count by their opening hours, in one line."""
    key = "at" if rule.at is not None else "days"
    day, minute = rule.at or (0, 0)
    text = say(
        f"map.coverage.hours.told.{key}",
        language,
        day=say(f"map.coverage.day.{DAYS[day]}", language),
        time=f"{minute // 60:02d}:{minute % 60:02d}",
        days=rule.days or 0,
    )
    known = "counted" if rule.count_unknown else "left_out"
    return text + say(f"map.coverage.hours.unknown.{known}", language)
