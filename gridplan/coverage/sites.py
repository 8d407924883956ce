"""Where the next stations of an area would do most: candidates, choice, gains, near-ties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridplan.coverage.find import Coverage
from gridplan.coverage.reach import SERVICE, SLACK_M
from gridplan.coverage.siting import Siting, best_sites, greedy_sites, near_ties
from gridplan.coverage.walk import Walked, inner_points
from gridplan.errors import GridplanError
from gridplan.schema import ADDRESS, BUILDING_ID, GEOMETRY, HOUSEHOLDS, NAME, PEOPLE

FLOAT = NDArray[np.float64]
BOOL = NDArray[np.bool_]

SPACING_M = 150.0
"""One candidate in each square of this side; our default."""

_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class Proposal:
    """New stations for what is not served, each offering all the services asked for.

    Parameters
    ----------
    services : tuple of str
        Keys of the services.
    candidates : GeoDataFrame
        Places looked at: ``candidate_id, building_id, name, address, geometry``.
    sites : GeoDataFrame
        Those chosen, the one that adds most first: the columns of the candidates, ``households``
        and ``people`` within reach that each adds after those before it (a household counts
        once for each service; capacities may serve fewer).
    curve : DataFrame
        ``count, households, gain``: served anew by the best 1, 2, … sites, and what each adds.
    swaps : DataFrame
        ``site, instead, households``: exchanges within 2 % of as much; empty with capacities.
    unreached : DataFrame
        ``building_id, address, service, households``: not served, and no candidate reaches them.
    demand : float
        Households × services not served before.
    siting : Siting
        The solver's answer and its proof.
    """

    services: tuple[str, ...]
    candidates: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    curve: pd.DataFrame
    swaps: pd.DataFrame
    unreached: pd.DataFrame
    demand: float
    siting: Siting


def site_candidates(walked: Walked, spacing_m: float = SPACING_M) -> gpd.GeoDataFrame:
    """In each square of a mesh the building with the most households that stands on a street.

    Parameters
    ----------
    walked : Walked
        Homes on the network.
    spacing_m : float
        Side of the squares.

    Returns
    -------
    GeoDataFrame
        ``candidate_id, building_id, name, address, geometry`` (points), metric CRS.
    """
    table = walked.buildings[[BUILDING_ID, NAME, ADDRESS, HOUSEHOLDS]].assign(
        column=np.floor(walked.xy_m[:, 0] / spacing_m), row=np.floor(walked.xy_m[:, 1] / spacing_m)
    )
    points = gpd.points_from_xy(*walked.xy_m.T, crs=walked.buildings.crs)
    frame = gpd.GeoDataFrame(table, geometry=points)[walked.homes.edge >= 0]
    frame = frame.sort_values([HOUSEHOLDS, BUILDING_ID], ascending=[False, True])
    frame = frame.drop_duplicates(["column", "row"]).sort_values(BUILDING_ID, ignore_index=True)
    frame.insert(0, "candidate_id", [f"HX{number:04d}" for number in range(1, len(frame) + 1)])
    return frame[["candidate_id", BUILDING_ID, NAME, ADDRESS, GEOMETRY]]


def propose_sites(
    coverage: Coverage,
    services: Sequence[str],
    count: int = 1,
    *,
    candidates: gpd.GeoDataFrame | None = None,
    capacity: float | None = None,
    exact: bool = True,
    time_limit_s: float = 30.0,
) -> Proposal:
    """Choose new stations for the households that some services do not serve.

    Existing stations stay: what they serve is no demand any more.

    Parameters
    ----------
    coverage : Coverage
        From :func:`gridplan.coverage.find.find_coverage`.
    services : sequence of str
        Keys; each household counts once for each service that it lacks, within its own walking
        distance of the station.
    count : int
        New stations.
    candidates : GeoDataFrame, optional
        ``candidate_id, geometry`` in the metric CRS; :func:`site_candidates` where left out.
    capacity : float, optional
        Households × services that one station can serve.
    exact : bool
        By the integer programme; else one after another, at once, for a live page.
    time_limit_s : float
        For each programme.

    Raises
    ------
    GridplanError
        Where a service is not known or not judged.
    """
    judged = set(coverage.summary.loc[coverage.summary["judged"], SERVICE])
    for key in services:
        if key not in judged:
            known = "、".join(sorted(judged))
            raise GridplanError("coverage.error.not_judged", service=key, known=known)
    walked = coverage.walked
    if candidates is None:
        candidates = site_candidates(walked)
    demand = _demand(coverage, services)
    covers = _covers(coverage, candidates, demand)
    weight = demand[HOUSEHOLDS].to_numpy(dtype=float)
    room = None if capacity is None else np.full(len(candidates), float(capacity))
    counts = range(1, min(count, len(candidates)) + 1)
    if exact or room is not None:
        answers = [
            best_sites(weight, covers, number, capacity=room, time_limit_s=time_limit_s)
            for number in counts
        ]
    else:
        answers = [greedy_sites(weight, covers, number) for number in counts]
    if not answers:
        raise GridplanError("coverage.error.no_sites")
    siting = answers[-1]
    swaps = () if room is not None else near_ties(weight, covers, siting)
    ids = candidates["candidate_id"].to_numpy()
    reached = pd.Series([answer.covered for answer in answers])
    gone = demand.iloc[siting.unreached]
    return Proposal(
        tuple(services),
        candidates,
        _chosen(candidates, covers, demand, siting),
        pd.DataFrame(
            {
                "count": range(1, len(answers) + 1),
                HOUSEHOLDS: reached,
                "gain": reached.diff().fillna(reached),
            }
        ),
        pd.DataFrame(
            [(ids[swap.site], ids[swap.instead], swap.covered) for swap in swaps],
            columns=["site", "instead", HOUSEHOLDS],
        ),
        gone[[BUILDING_ID, ADDRESS, SERVICE, HOUSEHOLDS]].reset_index(drop=True),
        float(weight.sum()),
        siting,
    )


def _demand(coverage: Coverage, services: Sequence[str]) -> pd.DataFrame:
    """Households and people left by each building and service, with the building's row."""
    rows = coverage.reach[coverage.reach[SERVICE].isin(services)]
    homes = coverage.walked.buildings
    place = pd.Series(np.arange(len(homes)), index=homes[BUILDING_ID])
    at = place.reindex(rows[BUILDING_ID]).to_numpy()
    table = pd.DataFrame(
        {
            "home": at,
            BUILDING_ID: rows[BUILDING_ID].to_numpy(),
            ADDRESS: homes[ADDRESS].to_numpy()[at],
            SERVICE: rows[SERVICE].to_numpy(),
            HOUSEHOLDS: (rows[HOUSEHOLDS] - rows["served_households"]).to_numpy(),
            PEOPLE: (rows[PEOPLE] - rows["served_people"]).to_numpy(),
        }
    )
    return table[table[HOUSEHOLDS] > 0].reset_index(drop=True)


def _covers(coverage: Coverage, candidates: gpd.GeoDataFrame, demand: pd.DataFrame) -> BOOL:
    """Whether each candidate is within the walking distance of each row of the demand."""
    walked = coverage.walked
    limits = {service.key: service.walk.metres for service in coverage.services.services}
    limit_m = demand[SERVICE].map(limits).to_numpy(dtype=float) + SLACK_M
    homes, of = np.unique(demand["home"].to_numpy(dtype=np.int64), return_inverse=True)
    targets = walked.homes.take(homes)
    origins = walked.network.snap(inner_points(candidates))
    covers = np.zeros((len(demand), len(candidates)), dtype=bool)
    for begin in range(0, len(candidates), _AT_ONCE):
        some = np.arange(begin, min(begin + _AT_ONCE, len(candidates)))
        metres = walked.network.metres(origins.take(some), targets, limit_m.max(initial=0.0))
        covers[:, some] = (metres[:, of] <= limit_m).T
    return covers


def _chosen(
    candidates: gpd.GeoDataFrame, covers: BOOL, demand: pd.DataFrame, siting: Siting
) -> gpd.GeoDataFrame:
    """The chosen sites in the order in which each adds most, with what it adds."""
    left = np.ones(len(demand), dtype=bool)
    weights = demand[[HOUSEHOLDS, PEOPLE]].to_numpy(dtype=float)
    rest, order, added = siting.sites.tolist(), [], []
    while rest:
        gains = [weights[left & covers[:, site]].sum(axis=0) for site in rest]
        best = int(np.argmax([gain[0] for gain in gains]))
        added.append(gains[best])
        order.append(rest.pop(best))
        left &= ~covers[:, order[-1]]
    sums = np.asarray(added, dtype=float).reshape(-1, 2)
    chosen = candidates.iloc[order].reset_index(drop=True)
    return chosen.assign(households=sums[:, 0], people=sums[:, 1])
