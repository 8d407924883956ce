"""Maps of coverage: one service, all together, visits, both at once, and new stations."""

from __future__ import annotations

import folium
import geopandas as gpd
import numpy as np
import pandas as pd

from gridplan.cases.counts import LEAST_SHOWN
from gridplan.coverage import Coverage, Proposal, Service
from gridplan.coverage.sums import ALL
from gridplan.coverage.views import (
    CELL_M,
    QUARTERS,
    SERVED,
    blind_spots_of,
    gathered,
    homes_by_lack,
    homes_by_quarter,
    homes_by_service,
    homes_by_visit,
    newly_reached,
    stations,
)
from gridplan.maps.coverage_marks import (
    COLOURS,
    GRADES,
    Reader,
    box_style,
    draw_numbered,
    draw_places,
    draw_spots,
    draw_stations,
    finish,
    ground,
    lack_words,
    over,
    quarter_words,
    reach_words,
    site_words,
    spot_entry,
    spot_labels,
    station_entries,
    swatches,
    visit_words,
)
from gridplan.maps.sheet import Entry
from gridplan.prepared import Prepared
from gridplan.schema import GEOMETRY, HOUSEHOLDS

__all__ = ["Reader", "lacking_map", "quarter_map", "service_map", "sites_map", "visits_map"]

_SHARES = (0.0, 0.25, 0.5, 0.75)


def service_map(
    prepared: Prepared, coverage: Coverage, service: str, reader: Reader | None = None
) -> folium.Map:
    """Blind spots of one service with their households, its homes by reach, its stations.

    Parameters
    ----------
    prepared : Prepared
        The area that was judged.
    coverage : Coverage
        What was found.
    service : str
        Key of one that is judged.
    reader : Reader, optional
        Leaders see no homes.

    Returns
    -------
    folium.Map
        WGS 84, canvas renderer, no tiles.
    """
    reader = reader or Reader()
    drawn = ground(prepared, reader)
    homes = homes_by_service(coverage, service)
    spots = blind_spots_of(coverage, service, reader.leaders)
    draw_spots(drawn, spots, 0.42 if reader.leaders else 0.16, reader)
    legend: list[Entry] = []
    if not reader.leaders:
        told = [reach_words(row, reader) for row in homes.itertuples()]
        draw_places(drawn, homes, [COLOURS[name] for name in homes["state"]], told, reader)
        names = (SERVED, "distance", "capacity", "network")
        legend = swatches([name for name in names if (homes["state"] == name).any()], reader)
    over(drawn, prepared)
    places = stations(coverage, prepared.layers, service)
    draw_stations(drawn, places, reader)
    legend += [spot_entry(reader)] if len(spots) else []
    legend += station_entries(places, reader)
    one = _service(coverage, service)
    title = reader.say("title.service", name=one.title(reader.language))
    labels = spot_labels(spots, reader)
    finish(drawn, prepared, title, legend, labels, reader, reader.limit(coverage, one))
    return drawn


def lacking_map(prepared: Prepared, coverage: Coverage, reader: Reader | None = None) -> folium.Map:
    """How many of the services judged each home lacks, in five grades.

    Leaders see squares of 100 m, by the mean of their households; parameters as of
    :func:`service_map`.
    """
    reader = reader or Reader()
    drawn = ground(prepared, reader)
    count = int(coverage.summary["judged"].sum())
    edges = grade_edges(count)
    homes = homes_by_lack(coverage)
    if reader.leaders:
        homes = homes[homes["known"]]
        weight = homes["lacking"].to_numpy(dtype=float) * homes[HOUSEHOLDS].to_numpy(dtype=float)
        places = gathered(homes, {"lacks": weight})
        mean = (places["lacks"] / places[HOUSEHOLDS]).to_numpy(dtype=float)
        told = [
            {"households": reader.households(n), "lacking": reader.say("mean", count=lacks)}
            for n, lacks in zip(places[HOUSEHOLDS], mean, strict=True)
        ]
        fills = [GRADES[int(np.searchsorted(edges, round(value)))] for value in mean]
    else:
        places = homes
        titles = {one.key: one.title(reader.language) for one in coverage.services.services}
        told = [lack_words(row, titles, count, reader) for row in homes.itertuples()]
        fills = [
            GRADES[int(np.searchsorted(edges, n))] if known else COLOURS["network"]
            for n, known in zip(homes["lacking"], homes["known"], strict=True)
        ]
    draw_places(drawn, places, fills, told, reader)
    over(drawn, prepared)
    legend = _grade_legend(edges, reader)
    if not homes["known"].all():
        legend += swatches(["network"], reader)
    title = reader.say("title.lacking", count=count)
    remark = reader.say("squares" if reader.leaders else "limits", side=CELL_M)
    finish(drawn, prepared, title, legend, [], reader, remark)
    return drawn


def visits_map(prepared: Prepared, coverage: Coverage, reader: Reader | None = None) -> folium.Map:
    """Homes not visited in time; leaders see the share of households in squares of 100 m.

    Parameters as of :func:`service_map`; visits are judged.
    """
    reader = reader or Reader()
    drawn = ground(prepared, reader)
    homes = homes_by_visit(coverage)
    if reader.leaders:
        places = gathered(homes, {"late": homes["overdue_households"].to_numpy(dtype=float)})
        share = (places["late"] / places[HOUSEHOLDS]).to_numpy(dtype=float)
        told = [
            {"households": reader.households(n), "late_share": f"{part:.0%}"}
            for n, part in zip(places[HOUSEHOLDS], share, strict=True)
        ]
        fills = [GRADES[int(np.searchsorted(_SHARES, part))] for part in share]
        legend = [
            Entry(reader.say(f"share.{number}"), box_style(fill))
            for number, fill in enumerate(GRADES)
        ]
    else:
        places = homes
        told = [visit_words(row, reader) for row in homes.itertuples()]
        fills = [COLOURS[name] for name in homes["state"]]
        legend = swatches(["visited", "partly", "unvisited"], reader)
    draw_places(drawn, places, fills, told, reader)
    over(drawn, prepared)
    day = coverage.visits.as_of
    remark = reader.say("as_of", day=day.isoformat() if day else "—")
    finish(drawn, prepared, reader.say("title.visits"), legend, [], reader, remark)
    return drawn


def quarter_map(
    prepared: Prepared,
    coverage: Coverage,
    service: str = ALL,
    only: str = "",
    reader: Reader | None = None,
) -> folium.Map:
    """Reachable × visited: homes, for leaders squares of 100 m, by the quarter with most.

    Parameters
    ----------
    prepared, coverage, reader
        As of :func:`service_map`; visits are judged.
    service : str
        Key of one that is judged, or `gridplan.coverage.sums.ALL`.
    only : str
        One of `gridplan.coverage.views.QUARTERS`: whatever has households in it stands out;
        "" for all four.
    """
    reader = reader or Reader()
    drawn = ground(prepared, reader)
    homes = homes_by_quarter(coverage, service)
    cut = bool((homes["state"] == "").any())
    if reader.leaders:
        homes = homes[homes["state"] != ""]
        places = gathered(homes, {name: homes[name].to_numpy(dtype=float) for name in QUARTERS})
        most = places[list(QUARTERS)].to_numpy(dtype=float).argmax(axis=1)
        state = [QUARTERS[number] for number in most]
        told = [{"households": reader.households(n)} for n in places[HOUSEHOLDS]]
    else:
        places, state = homes, list(homes["state"])
        told = [quarter_words(row, reader) for row in homes.itertuples()]
    if only:
        least = LEAST_SHOWN if reader.leaders else 0.5
        fills = [COLOURS[only if part >= least else "other"] for part in places[only]]
        legend = swatches([only, "other"], reader)
    else:
        fills = [COLOURS[name] for name in state]
        legend = swatches([*QUARTERS, *(["network"] if cut and not reader.leaders else [])], reader)
    draw_places(drawn, places, fills, told, reader)
    over(drawn, prepared)
    one = None if service == ALL else _service(coverage, service)
    name = reader.say("every") if one is None else one.title(reader.language)
    remark = reader.say("limits") if one is None else reader.limit(coverage, one)
    finish(drawn, prepared, reader.say("title.quarters", name=name), legend, [], reader, remark)
    return drawn


def sites_map(
    prepared: Prepared, coverage: Coverage, proposal: Proposal, reader: Reader | None = None
) -> folium.Map:
    """Present stations, new ones numbered by what they add, and where else they could stand.

    Parameters
    ----------
    prepared, coverage, reader
        As of :func:`service_map`. Leaders see blind spots for homes, and sites in the middle of
        squares of 100 m.
    proposal : Proposal
        From :func:`gridplan.coverage.propose_sites`.
    """
    reader = reader or Reader()
    drawn = ground(prepared, reader)
    legend: list[Entry] = []
    if reader.leaders:
        for key in proposal.services:
            draw_spots(drawn, blind_spots_of(coverage, key, True), 0.3, reader)
        legend.append(spot_entry(reader))
    else:
        homes = newly_reached(coverage, proposal)
        told = [site_words(row, reader) for row in homes.itertuples()]
        draw_places(drawn, homes, [COLOURS[name] for name in homes["state"]], told, reader)
        names = [name for name in (SERVED, "gained", "left") if (homes["state"] == name).any()]
        legend = swatches(names, reader)
    over(drawn, prepared)
    present = pd.concat([stations(coverage, prepared.layers, key) for key in proposal.services])
    present = present[present["counts"] & ~present.index.duplicated()]
    draw_stations(drawn, present, reader)
    other = proposal.swaps["instead"].drop_duplicates()
    places = proposal.candidates.set_index("candidate_id")
    spare = gpd.GeoSeries(places.loc[other, GEOMETRY], crs=places.crs)
    draw_numbered(drawn, _where(spare, reader), [reader.say("spare")] * len(spare), small=True)
    titles = [
        reader.say("gain", number=number, count=reader.count(row.households))
        for number, row in enumerate(proposal.sites.itertuples(), 1)
    ]
    draw_numbered(drawn, _where(proposal.sites.geometry, reader), titles)
    disc = "border-radius:50%;width:12px;margin:0 11px 0 4px;"
    legend += station_entries(present, reader)
    legend.append(Entry(reader.say("proposed"), f"{disc}background:#0b3d91"))
    if len(spare):
        legend.append(Entry(reader.say("spare"), f"{disc}border:2px solid #0b3d91"))
    names = [_service(coverage, key).title(reader.language) for key in proposal.services]
    title = reader.say("title.sites", names=reader.say("comma").join(names))
    finish(drawn, prepared, title, legend, [], reader, reader.say("limits"))
    return drawn


def grade_edges(count: int) -> list[int]:
    """Most services lacking in each grade, from none to one less than all `count`.

    Quarters of the count: of eleven, grades are 0, 1–2, 3–5, 6–8 and 9–11.
    """
    return [count * quarter // 4 for quarter in range(4)]


def _grade_legend(edges: list[int], reader: Reader) -> list[Entry]:
    entries, below = [], -1
    for number, fill in enumerate(GRADES):
        first = below + 1
        last = edges[number] if number < len(edges) else None
        if last is not None and last < first:
            continue  # with few services some grades are empty
        below = last if last is not None else below
        key = "none" if last == 0 else "from" if last is None else "one" if last == first else "to"
        entries.append(Entry(reader.say(f"grade.{key}", first=first, last=last), box_style(fill)))
    return entries


def _service(coverage: Coverage, key: str) -> Service:
    return next(one for one in coverage.services.services if one.key == key)


def _where(points: gpd.GeoSeries, reader: Reader) -> gpd.GeoSeries:
    """Points as they are, for leaders the middle of their squares."""
    if not reader.leaders:
        return points
    x, y = (np.floor(values / CELL_M) * CELL_M + CELL_M / 2 for values in (points.x, points.y))
    return gpd.GeoSeries(gpd.points_from_xy(x, y), crs=points.crs)
