"""The one entry: an area held against its services and its visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from gridplan.coverage.blindspots import blind_spots
from gridplan.coverage.edit import services_of
from gridplan.coverage.match import Matched, match_facilities
from gridplan.coverage.reach import SERVICE, Reason, reach_services
from gridplan.coverage.services import ServiceSet
from gridplan.coverage.sums import by_grid, by_service, cross
from gridplan.coverage.visits import Unjudged, Visits, judge_visits
from gridplan.coverage.walk import Walked, inner_points, walk_area
from gridplan.errors import GridplanError
from gridplan.load.layers import Note
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.schema import ADDRESS, BUILDING_ID, CODE, GRID_ID, HOUSEHOLDS, NAME, PEOPLE

VISITS = "visits"
"""Stands where a service does, for what is not visited in time."""

UNSERVED_COLUMNS = (
    "building_id", "name", "address", "grid_id", "grid", "households", "people", "service",
    "facility", "metres", "over_m", "straight_m", "reason", "unvisited_households",
)  # fmt: skip
"""Columns of `Coverage.unserved`."""


@dataclass(frozen=True, eq=False)
class Coverage:
    """Who reaches what on foot, who was visited, and where the blind spots lie.

    Parameters
    ----------
    services : ServiceSet
        What the area was judged by.
    matched : Matched
        Which facilities counted for which service.
    walked : Walked
        Homes on the walking network.
    reach : DataFrame
        One row a home and service; see :func:`gridplan.coverage.reach.reach_services`.
    summary : DataFrame
        One row a service; see :func:`gridplan.coverage.sums.by_service`.
    grids : DataFrame
        One row a grid and service; see :func:`gridplan.coverage.sums.by_grid`. ``grid`` is its
        code as shown.
    visits : Visits
        The second axis.
    cross : DataFrame
        Reachable × visited in households; see :func:`gridplan.coverage.sums.cross`.
    blindspots : GeoDataFrame
        Polygons; see :func:`gridplan.coverage.blindspots.blind_spots`.
    unserved : DataFrame
        Columns `UNSERVED_COLUMNS`: one row a home and service that does not serve all of it,
        with the households and people left and the :class:`~gridplan.coverage.reach.Reason`;
        then one for each home with households not visited in time, whose service is `VISITS`.
        ``unvisited_households`` of the home stand beside. Blind spots first, the farthest first.
    notes : tuple of Note
        What limits the answer.
    """

    services: ServiceSet
    matched: Matched
    walked: Walked
    reach: pd.DataFrame
    summary: pd.DataFrame
    grids: pd.DataFrame
    visits: Visits
    cross: pd.DataFrame
    blindspots: gpd.GeoDataFrame
    unserved: pd.DataFrame
    notes: tuple[Note, ...]

    @property
    def households(self) -> int:
        """Of the whole area."""
        return int(self.walked.buildings[HOUSEHOLDS].sum())

    @property
    def people(self) -> int:
        """Of the whole area."""
        return int(self.walked.buildings[PEOPLE].sum())

    @property
    def judged_share(self) -> float:
        """Households × services that could be judged, of all; NaN where nobody lives there."""
        total = self.households * len(self.summary)
        return float(self.summary["judged_households"].sum()) / total if total else float("nan")


def find_coverage(
    prepared: Prepared,
    services: ServiceSet | None = None,
    *,
    plan: Plan | None = None,
    layer: str | None = None,
    as_of: date | None = None,
) -> Coverage:
    """Find the blind spots of an area.

    Parameters
    ----------
    prepared : Prepared
        From :func:`gridplan.prepare`.
    services : ServiceSet, optional
        What to judge by; ``services.toml`` of the area's folder, else the preset, where left out.
    plan : Plan, optional
        Tell coverage by its grids, and not by the present ones.
    layer : str, optional
        Which present grids; the first layer where left out.
    as_of : date, optional
        Day on which visits are judged; their last day where left out.

    Returns
    -------
    Coverage

    Raises
    ------
    GridplanError
        Where the area has no streets, or the plan is of another area.
    InputError
        With every fault of ``services.toml``.
    """
    services = services_of(prepared.layers.folder) if services is None else services
    grid_of, codes = _grids(prepared, plan, layer)
    walked = walk_area(prepared)
    facilities = prepared.layers.facilities.reset_index(drop=True)
    matched = match_facilities(facilities, services)
    reach = reach_services(walked, facilities, services, matched)
    visits = judge_visits(prepared.layers, walked.buildings, grid_of, services.visits, as_of)
    grids = by_grid(reach, grid_of)
    grids.insert(1, "grid", grids[GRID_ID].map(codes))
    summary = by_service(reach, services, matched, walked.buildings)
    return Coverage(
        services=services,
        matched=matched,
        walked=walked,
        reach=reach,
        summary=summary,
        grids=grids,
        visits=visits,
        cross=cross(reach, visits),
        blindspots=blind_spots(prepared, walked.buildings, reach),
        unserved=_unserved(walked.buildings, reach, visits, grid_of, codes),
        notes=_notes(
            services, summary, matched, walked, visits, _lost(walked, facilities, matched)
        ),
    )


def _grids(
    prepared: Prepared, plan: Plan | None, layer: str | None
) -> tuple[pd.Series, dict[str, str]]:
    """``grid_id`` by building, "" without one, and the code of each grid as shown."""
    if plan is not None:
        grid_of = plan.buildings.set_index(BUILDING_ID)[GRID_ID]
        if not prepared.units.buildings[BUILDING_ID].isin(grid_of.index).all():
            raise GridplanError("coverage.error.other_plan", plan=plan.name)
        return grid_of, dict(zip(plan.grids[GRID_ID], plan.grids[CODE], strict=True))
    name = layer if layer is not None else next(iter(prepared.present), None)
    if name is None:
        return pd.Series(dtype=object), {}
    if name not in prepared.present:
        known = "、".join(prepared.present)
        raise GridplanError("coverage.error.no_layer", layer=name, known=known)
    present = prepared.present[name]
    return present.building_grid, dict(
        zip(present.grids[GRID_ID], present.grids[CODE], strict=True)
    )


def _unserved(
    buildings: gpd.GeoDataFrame,
    reach: pd.DataFrame,
    visits: Visits,
    grid_of: pd.Series,
    codes: dict[str, str],
) -> pd.DataFrame:
    rows = reach[reach["reason"] != ""].copy()
    for what in (HOUSEHOLDS, PEOPLE):
        rows[what] = rows[what] - rows[f"served_{what}"]
    order = [Reason.DISTANCE, Reason.CAPACITY, Reason.NETWORK]
    rows["order"] = rows["reason"].map({reason.value: k for k, reason in enumerate(order)})
    rows = rows.sort_values(["order", "over_m"], ascending=[True, False], kind="stable")
    late = visits.buildings[visits.buildings["overdue_households"] > 0]
    unseen = visits.buildings.set_index(BUILDING_ID)["overdue_households"]
    homes = buildings.set_index(BUILDING_ID)
    share = late["overdue_households"] / _of(late[BUILDING_ID], homes[HOUSEHOLDS])
    missed = pd.DataFrame(
        {
            BUILDING_ID: late[BUILDING_ID],
            SERVICE: VISITS,
            HOUSEHOLDS: late["overdue_households"],
            PEOPLE: (_of(late[BUILDING_ID], homes[PEOPLE]) * share).round(),
            "facility": "",
            **dict.fromkeys(("metres", "over_m", "straight_m"), np.nan),
            "reason": Reason.UNVISITED.value,
        }
    )
    parts = [part for part in (rows.drop(columns="order"), missed) if len(part)]
    table = pd.concat(parts, ignore_index=True) if parts else rows
    ids = table[BUILDING_ID]
    table = table.assign(
        name=_of(ids, homes[NAME]),
        address=_of(ids, homes[ADDRESS]),
        grid_id=_of(ids, grid_of).astype(object).fillna(""),
        unvisited_households=_of(ids, unseen),
    )
    table["grid"] = table[GRID_ID].map(codes).astype(object).fillna("")
    return pd.DataFrame(table[list(UNSERVED_COLUMNS)])


def _of(ids: pd.Series, column: pd.Series) -> pd.Series:
    """The value that belongs to each id."""
    return pd.Series(column.reindex(ids).to_numpy(), ids.index)


def _lost(walked: Walked, facilities: gpd.GeoDataFrame, matched: Matched) -> int:
    """Facilities that count but that nobody can walk to."""
    rows = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *matched.rows.values()]))
    places = walked.network.snap(inner_points(facilities.iloc[rows]))
    return int((places.edge < 0).sum())


def _notes(
    services: ServiceSet,
    summary: pd.DataFrame,
    matched: Matched,
    walked: Walked,
    visits: Visits,
    lost: int,
) -> tuple[Note, ...]:
    titles = {service.key: service.title() for service in services.services}
    absent = [titles[key] for key in summary.loc[~summary["judged"], SERVICE]]
    unknown = sum(
        count for key, count in matched.unknown_hours.items()
        if next(services.rule(s) for s in services.services if s.key == key).asks
    )  # fmt: skip
    homes = walked.buildings[HOUSEHOLDS].to_numpy()
    told = [
        ("coverage.note.absent", len(absent), {"names": "、".join(absent)}),
        ("coverage.note.unmatched", matched.unmatched, {}),
        ("coverage.note.unknown_hours", unknown, {}),
        ("coverage.note.lost", lost, {}),
        ("coverage.note.no_way", int(homes[walked.homes.edge < 0].sum()), {}),
    ]
    notes = [Note(key, {"count": count, **values}) for key, count, values in told if count]
    unjudged = visits.rules.loc[~visits.rules["judged"], "why"].drop_duplicates()
    notes += [Note(f"coverage.unjudged.{why}") for why in unjudged if why != Unjudged.OFF]
    return tuple(notes)
