"""Coverage summed up: by service, by grid, and reachable against visited."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gridplan.coverage.match import Matched
from gridplan.coverage.reach import SERVICE, SLACK_M, Reason, listed
from gridplan.coverage.services import ServiceSet
from gridplan.coverage.visits import Visits
from gridplan.schema import BUILDING_ID, GRID_ID, HOUSEHOLDS, PEOPLE

ALL = "all"
"""Reached by every service that is judged."""

_COUNTS = (
    "households", "people", "judged_households", "judged_people", "served_households",
    "served_people",
)  # fmt: skip


def by_service(
    reach: pd.DataFrame, services: ServiceSet, matched: Matched, homes: pd.DataFrame
) -> pd.DataFrame:
    """One row a service, judged or not.

    Parameters
    ----------
    reach : DataFrame
        From :func:`gridplan.coverage.reach.reach_services`.
    services, matched
        As handed to it.
    homes : DataFrame
        ``households, people`` of all homes.

    Returns
    -------
    DataFrame
        ``service, judged, limit_m, facilities, shut, unknown_hours``; ``households, people``;
        ``judged_households, judged_people``: those on a network that leads to a facility;
        ``served_households, served_people``; ``households_share, people_share``: served of
        judged, NaN where nobody is judged; ``straight_share``: households within the distance as
        the crow flies, of the same; ``distance, network, capacity``: households left by reason.
    """
    told = reach.groupby(SERVICE, sort=False)
    rows = []
    for service in services.services:
        key, limit_m = service.key, service.walk.metres
        mine = told.get_group(key) if key in told.groups else reach.iloc[:0]
        row: dict[str, object] = {
            SERVICE: key,
            "judged": listed(matched, service),
            "limit_m": limit_m,
            "facilities": len(matched.rows[key]),
            "shut": matched.shut[key],
            "unknown_hours": matched.unknown_hours[key],
            **_counted(mine).sum().to_dict(),
            **homes[[HOUSEHOLDS, PEOPLE]].astype(float).sum().to_dict(),
        }
        on = mine[mine["reason"] != Reason.NETWORK]
        near = on[HOUSEHOLDS].where(on["straight_m"] <= limit_m + SLACK_M, 0.0).sum()
        row["straight_share"] = near / on[HOUSEHOLDS].sum() if len(on) else np.nan
        left = mine[HOUSEHOLDS] - mine["served_households"]
        for reason in (Reason.DISTANCE, Reason.NETWORK, Reason.CAPACITY):
            row[reason.value] = round(float(left[mine["reason"] == reason].sum()))
        rows.append(row)
    return _with_shares(pd.DataFrame(rows))


def by_grid(reach: pd.DataFrame, grid_of_building: pd.Series) -> pd.DataFrame:
    """One row a grid and service.

    Parameters
    ----------
    reach : DataFrame
        From :func:`gridplan.coverage.reach.reach_services`.
    grid_of_building : Series
        ``grid_id`` by ``building_id``, "" where there is none.

    Returns
    -------
    DataFrame
        ``grid_id, service``, the counts and shares of :func:`by_service`, and ``rank`` among the
        grids by the share of households: 1 is the best, equals share a rank, NaN without one.
    """
    grid = grid_of_building.reindex(reach[BUILDING_ID]).astype(object).fillna("").to_numpy()
    table = _counted(reach).assign(grid_id=grid, service=reach[SERVICE])
    table = table[table[GRID_ID] != ""]
    sums = _with_shares(table.groupby([GRID_ID, SERVICE], sort=True).sum().reset_index())
    sums["rank"] = sums.groupby(SERVICE)["households_share"].rank(method="min", ascending=False)
    return sums


def cross(reach: pd.DataFrame, visits: Visits) -> pd.DataFrame:
    """Reachable × visited in households, one row a service and one for all of them together.

    Returns
    -------
    DataFrame
        ``service`` (`ALL` for all together), ``reached_visited, reached_unvisited,
        unreached_visited, unreached_unvisited``. Buildings that no network joins to a facility
        are left out. Where only some households of a building are served, or unvisited, the two
        are taken as independent within it. Empty where no visit could be judged.
    """
    names = ["reached_visited", "reached_unvisited", "unreached_visited", "unreached_unvisited"]
    if not visits.judged or reach.empty:
        return pd.DataFrame({name: pd.Series(dtype=float) for name in (SERVICE, *names)})
    overdue = visits.buildings.set_index(BUILDING_ID)["overdue_households"]
    rows = reach[(reach["reason"] != Reason.NETWORK) & (reach[HOUSEHOLDS] > 0)]
    least = rows.groupby(BUILDING_ID, sort=False).agg(
        households=(HOUSEHOLDS, "first"), served_households=("served_households", "min"),
        services=(SERVICE, "size"),
    )  # fmt: skip
    least = least[least["services"] == reach[SERVICE].nunique()].reset_index()
    every = pd.concat([rows, least.assign(service=ALL)], ignore_index=True)
    served = every["served_households"]
    unseen = overdue.reindex(every[BUILDING_ID]).to_numpy() / every[HOUSEHOLDS]
    left = every[HOUSEHOLDS] - served
    table = pd.DataFrame(
        dict(
            zip(names, (served * (1 - unseen), served * unseen, left * (1 - unseen), left * unseen),
                strict=True)
        )
    )  # fmt: skip
    return table.groupby(every[SERVICE], sort=False).sum().round().astype("int64").reset_index()


def _counted(reach: pd.DataFrame) -> pd.DataFrame:
    on = reach["reason"] != Reason.NETWORK
    table = {
        HOUSEHOLDS: reach[HOUSEHOLDS],
        PEOPLE: reach[PEOPLE],
        "judged_households": reach[HOUSEHOLDS].where(on, 0.0),
        "judged_people": reach[PEOPLE].where(on, 0.0),
        "served_households": reach["served_households"],
        "served_people": reach["served_people"],
    }
    return pd.DataFrame({name: table[name].astype(float) for name in _COUNTS}, index=reach.index)


def _with_shares(table: pd.DataFrame) -> pd.DataFrame:
    for what in (HOUSEHOLDS, PEOPLE):
        judged = table[f"judged_{what}"]
        counts = [what, f"judged_{what}", f"served_{what}"]
        table[counts] = table[counts].round().astype("int64")
        table[f"{what}_share"] = table[f"served_{what}"] / judged.where(judged > 0)
    return table
