"""Hotspots of an area, from its cases to what a map shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.hotspots.accuracy import CANDIDATES, FORTNIGHT, backtest, best_surface
from gridplan.hotspots.clusters import find_clusters, zones_of
from gridplan.hotspots.density import Raster, lay_raster
from gridplan.hotspots.frames import Found, cell_frame, cluster_frame, grid_frame, owner_frame
from gridplan.hotspots.gather import Gathered, gather
from gridplan.hotspots.piles import describe_piles, metre_of
from gridplan.hotspots.scan import Cluster, scan
from gridplan.hotspots.spacetime import scan_recent
from gridplan.hotspots.spec import Hotspots, HotspotSpec
from gridplan.hotspots.stability import stability
from gridplan.hotspots.zones import INT, Zones, circles
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.schema import CATEGORY, GRID_ID, OPENED, WORKER

PLAN = "plan"
"""Name of the plan among the layers of grids."""
FORTNIGHTS = 13
"""Held-out fortnights that choose the background."""
RASTER_M = 100.0
MOST_OF_CATEGORY = 3
"""Clusters reported of each category."""

Report = Callable[[str, float], None]


def find_hotspots(
    prepared: Prepared,
    spec: HotspotSpec | None = None,
    *,
    plan: Plan | None = None,
    until: datetime | None = None,
    report: Report | None = None,
) -> Hotspots:
    """Look for hotspots: lasting ones, recent ones, and piles at one address.

    Parameters
    ----------
    prepared : Prepared
        An area with cases.
    spec : HotspotSpec, optional
        What is looked for; the defaults where left out.
    plan : Plan, optional
        Its grids are counted beside the present ones.
    until : datetime, optional
        End of the window; the day after the last case where left out.
    report : callable, optional
        Told the step in hand (a catalogue entry) and the share done, 0 to 1.

    Returns
    -------
    Hotspots

    Raises
    ------
    GridplanError
        Where there is no case with place and time, or nobody lives in the area.
    """
    spec = spec or HotspotSpec()
    tell = report or _silent
    tell("step.hotspot_cases", 0.0)
    grids = grid_layers(prepared, plan)
    gathered = gather(prepared, grids, spec, until)
    raster = _raster(prepared)
    with ThreadPoolExecutor(3) as beside:  # what waits for nobody runs on other processors
        tell("step.hotspot_scan", 0.3)
        rng = np.random.default_rng(spec.seed)
        zones = zones_of(gathered.homes, gathered.cells, gathered.streets, spec.clusters)
        lasting, pile, piles = _lasting(gathered, zones, spec, rng)
        fresh = beside.submit(_recent, gathered, pile < 0, spec, rng.spawn(1)[0])
        counted = gathered.inside & (pile < 0)
        again = beside.submit(stability, gathered, counted, lasting, spec)
        foretold = beside.submit(_background, gathered, pile < 0, raster)
        found = [
            *(("", 0, cluster) for cluster in lasting),
            *_by_category(gathered, counted, zones, spec, rng),
            *fresh.result(),
        ]
        tell("step.hotspot_map", 0.7)
        cells, weekly = cell_frame(gathered, counted, found, spec)
        clusters, members = cluster_frame(gathered, counted, found, spec)
        by_grid = {name: grid_frame(gathered, counted, grids[name], name, spec) for name in grids}
        stable, (background, surface, table) = again.result(), foretold.result()
    tell("step.ready", 1.0)
    return Hotspots(
        spec=spec,
        since=gathered.since,
        until=gathered.until,
        cases=gathered.cases.assign(pile=pile)[gathered.inside],
        cells=cells,
        clusters=clusters,
        piles=piles,
        grids=MappingProxyType(by_grid),
        owners=owner_frame(gathered, members, grids),
        stability=stable,
        lattice=gathered.cells,
        names=gathered.names,
        weekly=weekly,
        raster=raster,
        background=background,
        surface=surface,
        accuracy=table,
    )


def grid_layers(prepared: Prepared, plan: Plan | None) -> Mapping[str, gpd.GeoDataFrame]:
    """Every layer of grids that cases are counted by, with the post that answers for each grid.

    A grid of a plan is answered for by the post of the present grid that it continues.

    Returns
    -------
    mapping of str to GeoDataFrame
        ``grid_id, code, community_name, worker, households, geometry``.
    """
    wanted = [GRID_ID, "code", "community_name", WORKER, "households", "geometry"]
    layers, post = {}, pd.Series(dtype=object)
    for name, present in prepared.present.items():
        layers[name] = present.grids[wanted]
        if post.empty:
            post = present.grids.set_index(GRID_ID)[WORKER]
    if plan is not None:
        known = plan.grids["present"].map(post).fillna("").astype(str)
        layers[PLAN] = plan.grids.assign(**{WORKER: known})[wanted]
    return layers


def _silent(step: str, share: float) -> None:
    """Tell nobody."""


def _lasting(
    gathered: Gathered, zones: Zones, spec: HotspotSpec, rng: np.random.Generator
) -> tuple[tuple[Cluster, ...], INT, gpd.GeoDataFrame]:
    """Clusters of all cases of the window; the pile of each case, −1 for none; and the piles."""
    inside = gathered.inside
    points = gathered.points(inside)
    lasting, heavy = find_clusters(
        gathered.homes, gathered.cells, zones, points, spec.clusters, rng
    )
    piles = describe_piles(
        gathered.cases[inside], points, heavy, gathered.homes, spec.clusters.piles
    )
    return lasting, _pile_of(gathered, piles), piles.assign(pile=np.arange(len(piles)))


def _pile_of(gathered: Gathered, piles: gpd.GeoDataFrame) -> INT:
    """The pile that each case lies at, those before the window too."""
    points = gathered.points(np.ones(len(gathered.cases), dtype=bool))
    found = pd.Index(metre_of(_xy(piles))).get_indexer(metre_of(points.where_m))
    return np.asarray(found[points.of_case])


def _xy(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    return np.asarray(shapely.get_coordinates(frame.geometry.to_numpy()))


def _by_category(
    gathered: Gathered,
    counted: NDArray[np.bool_],
    zones: Zones,
    spec: HotspotSpec,
    rng: np.random.Generator,
) -> list[Found]:
    """Lasting clusters of each category; the level is shared out over the categories tested."""
    code, names = pd.factorize(gathered.cases[CATEGORY])
    counts = np.bincount(code[counted], minlength=len(names))
    tested = [k for k in np.argsort(names) if names[k] and counts[k] >= spec.least_category]
    found: list[Found] = []
    if spec.category is not None or len(tested) < 2:
        return found
    test = replace(spec.clusters.scan.shared_out(len(tested)), most=MOST_OF_CATEGORY)
    for k in tested:
        count = gathered.cells.count(gathered.home[counted & (code == k)])
        clusters = scan(count, gathered.cells.households, zones, test, rng)
        found += [(str(names[k]), 0, cluster) for cluster in clusters]
    return sorted(found, key=lambda one: (one[2].p_value, -one[2].llr))


def _recent(
    gathered: Gathered, kept: NDArray[np.bool_], spec: HotspotSpec, rng: np.random.Generator
) -> list[Found]:
    """Clusters of the last weeks, by the cells of homes."""
    cell = gathered.cases["cell"].to_numpy()
    kept = kept & (cell >= 0)
    weight = np.bincount(cell[kept], minlength=len(gathered.cells.households))
    zones = circles(gathered.cells.middle_m, weight.astype(np.float64), spec.clusters.share)
    found = scan_recent(cell[kept], gathered.weeks_ago[kept], zones, spec.recent, rng)
    return [("", one.weeks, one.cluster) for one in found]


def _raster(prepared: Prepared) -> Raster:
    ground = shapely.union_all(prepared.layers.communities.geometry.to_numpy())
    return lay_raster(ground, RASTER_M)


def _background(
    gathered: Gathered, kept: NDArray[np.bool_], raster: Raster
) -> tuple[NDArray[np.float64], str, pd.DataFrame]:
    """The surface that best foretold the fortnights before the end of the window, and how well."""
    opened, xy_m = gathered.cases[OPENED].to_numpy()[kept], gathered.xy_m[kept]
    until = gathered.until.to_datetime64()
    ends = [until - number * FORTNIGHT for number in range(FORTNIGHTS)]
    table = backtest(raster, xy_m, opened, ends[::-1])
    surface = best_surface(table)
    return CANDIDATES[surface].values(raster, xy_m, opened, until), surface, table
