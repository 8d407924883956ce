"""The hotspots of a period: clusters at one place told once, with who answers for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.cases import Period
from gridplan.hotspots import Hotspots
from gridplan.reports.ground import Ground
from gridplan.schema import CATEGORY, COMMUNITY_CODE, NAME, OPENED

OVERLAP = 0.5
"""Clusters are one place where they share half the ground of the smaller one; ours."""


@dataclass(frozen=True, eq=False)
class HotPlace:
    """A place where clusters lie.

    Parameters
    ----------
    number : int
        As on the map, 1 for the first.
    place : str
        Compound or street, "" where neither is known.
    category : str
        What the strongest cluster is of; of one of all cases the most frequent category.
    only_category : bool
        Whether the cluster is of that category alone.
    recent_weeks : int
        Weeks of an unusual rise, 0 where there is none.
    trend : str
        A :class:`~gridplan.hotspots.trend.Trend`.
    now, before : int
        Cases of the strongest cluster in the period and in the one before.
    year : int
        In the whole window of the hotspots.
    expected : float
        What its households explain of these.
    grid, worker, community : str
        Code of the grid that holds most of the cases, the post that answers for it, and the name
        of the community; "" where not known.
    share : float
        Of the cases, in that grid.
    geometry : Polygon or MultiPolygon
        Ground of the strongest cluster.
    """

    number: int
    place: str
    category: str
    only_category: bool
    recent_weeks: int
    trend: str
    now: int
    before: int
    year: int
    expected: float
    grid: str
    worker: str
    community: str
    share: float
    geometry: shapely.Geometry

    @property
    def rising(self) -> bool:
        """Whether it is new, growing or unusual of late."""
        return self.recent_weeks > 0 or self.trend in ("new", "intensifying")


def hot_places(hotspots: Hotspots, ground: Ground) -> tuple[HotPlace, ...]:
    """Places with cases in the period, those with most first, then the most certain.

    Parameters
    ----------
    hotspots : Hotspots
        Of a window that ends with the period.
    ground : Ground
        Period and grids. Of a community, only what touches it.
    """
    if hotspots.clusters.empty:
        return ()
    groups = _groups(hotspots.clusters)
    found = [_place(hotspots, ground, group) for group in groups]
    kept = [(one, llr) for one, llr in found if one.now > 0 and _touches(ground, one.geometry)]
    kept.sort(key=lambda each: (-each[0].now, -each[1]))
    return tuple(
        HotPlace(**{**vars(one), "number": number}) for number, (one, _) in enumerate(kept, 1)
    )


def pile_kinds(hotspots: Hotspots, period: Period) -> pd.DataFrame:
    """Piles at one address with their cases of the period: ``kind, category, cases, now``."""
    table = pd.DataFrame(hotspots.piles.drop(columns="geometry"))
    inside = hotspots.cases[period.holds(hotspots.cases[OPENED])]
    table["now"] = table["pile"].map(inside["pile"].value_counts()).fillna(0).astype(int)
    return table[["pile", "kind", "category", "cases", "now"]]


def _groups(clusters: pd.DataFrame) -> list[list[int]]:
    """Rows of the clusters by place; each group begins with its most certain one."""
    order = np.argsort(-clusters["llr"].to_numpy(), kind="stable")
    shapes = clusters.geometry.to_numpy()
    areas = shapely.area(shapes)
    groups: list[list[int]] = []
    for row in order:
        shared = [
            shapely.area(shapely.intersection(shapes[row], shapes[group[0]]))
            / min(areas[row], areas[group[0]])
            for group in groups
        ]
        if shared and max(shared) >= OVERLAP:
            groups[int(np.argmax(shared))].append(int(row))
        else:
            groups.append([int(row)])
    return groups


def _place(hotspots: Hotspots, ground: Ground, group: list[int]) -> tuple[HotPlace, float]:
    clusters = hotspots.clusters
    lead = clusters.iloc[group[0]]
    cases = hotspots.cases[_members(hotspots, lead)]
    names = [name for name in clusters.iloc[group]["place"] if name]
    weeks = int(clusters.iloc[group]["weeks"].max())
    owner = hotspots.owner(int(lead["cluster"]), ground.layer)
    owner = owner[owner["code"] != ""]
    first = owner.iloc[0] if len(owner) else None
    place = HotPlace(
        number=0,
        place=names[0] if names else "",
        category=str(lead["category"] or lead["top_category"]),
        only_category=bool(lead["category"]),
        recent_weeks=weeks,
        trend="new" if weeks else str(lead["trend"]),
        now=int(ground.period.holds(cases[OPENED]).sum()),
        before=int(ground.period.previous().holds(cases[OPENED]).sum()),
        year=int(lead["cases"]),
        expected=float(lead["expected"]),
        grid="" if first is None else str(first["code"]),
        worker="" if first is None else str(first["worker"]),
        community=_community(ground, lead["geometry"]) if first is None
        else str(first["community_name"]),
        share=np.nan if first is None else float(first["share"]),
        geometry=lead["geometry"],
    )  # fmt: skip
    return place, float(lead["llr"])


def _members(hotspots: Hotspots, cluster: pd.Series) -> NDArray[np.bool_]:
    """Which cases of the window a cluster counts."""
    middles = shapely.centroid(hotspots.cells.geometry.to_numpy())
    shapely.prepare(cluster["geometry"])
    cells = hotspots.cells["cell"].to_numpy()[shapely.contains(cluster["geometry"], middles)]
    cases = hotspots.cases
    inside = cases["cell"].isin(cells) & (cases["pile"] < 0)
    if cluster["category"]:
        inside &= cases[CATEGORY] == cluster["category"]
    if cluster["weeks"]:
        inside &= cases[OPENED] >= hotspots.until - pd.Timedelta(weeks=int(cluster["weeks"]))
    return np.asarray(inside, dtype=bool)


def _touches(ground: Ground, shape: shapely.Geometry) -> bool:
    if not ground.community:
        return True
    frame = ground.prepared.layers.communities
    own = frame.loc[frame[COMMUNITY_CODE] == ground.community].geometry.iloc[0]
    return bool(shapely.area(shapely.intersection(own, shape)) >= OVERLAP * shapely.area(shape))


def _community(ground: Ground, shape: shapely.Geometry) -> str:
    """Name of the community that holds most of a shape."""
    frame = ground.prepared.layers.communities
    shared = shapely.area(shapely.intersection(frame.geometry.to_numpy(), shape))
    return str(frame[NAME].iloc[int(np.argmax(shared))])
