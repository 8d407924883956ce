"""What was found as maps of their own, which a notebook shows inline and a file keeps."""

from __future__ import annotations

from enum import StrEnum

import folium

from gridplan.coverage import Coverage, Proposal
from gridplan.coverage.find import VISITS
from gridplan.coverage.reach import SERVICE
from gridplan.coverage.sums import ALL
from gridplan.errors import GridplanError
from gridplan.hotspots import Hotspots
from gridplan.hotspots.find import PLAN
from gridplan.maps import hotspot_marks
from gridplan.maps.coverage import (
    Reader,
    lacking_map,
    quarter_map,
    service_map,
    sites_map,
    visits_map,
)
from gridplan.maps.grids import MapPage, standalone
from gridplan.maps.hotspots import border_map, grid_rate_map, hotspot_map, time_map
from gridplan.offline import folium_here
from gridplan.prepared import Prepared
from gridplan.words import Language, say


class Shown(StrEnum):
    """What a map of hotspots lays below the clusters."""

    RATES = "rates"
    """Smoothed rates of cells, or of a layer's grids."""
    DENSITY = "density"
    """The background surface."""
    TIME = "time"
    """Rates of cells in steps of four weeks, with a bar to step through them."""
    BORDERS = "borders"
    """Borders of a layer's grids: whose a cluster is, and what cuts it."""


def draw_hotspots(
    prepared: Prepared,
    found: Hotspots,
    shown: Shown | str = Shown.RATES,
    *,
    layer: str | None = None,
    language: Language = "zh",
    height_px: int = 560,
) -> MapPage:
    """Draw hotspots over rates, the background, time or borders as a page of their own.

    Parameters
    ----------
    prepared : Prepared
        The area that was searched.
    found : Hotspots
        From :func:`gridplan.find_hotspots`.
    shown : Shown
        What lies below the clusters.
    layer : str, optional
        One of ``found.grids``, for its rates or borders; for borders the first where left out.
    language : {"zh", "en"}
        Of legend and tooltips.
    height_px : int
        Of the map in a notebook.

    Raises
    ------
    ValueError
        Where `shown` is none of :class:`Shown`.
    GridplanError
        Where there is no such layer; where the maps' scripts are not installed.
    """
    shown, layers = Shown(shown), prepared.layers
    reader = hotspot_marks.Reader(language)
    if shown is Shown.BORDERS:
        layer = layer or next(iter(found.grids), "")
    if layer is not None and layer not in found.grids:
        raise GridplanError("draw.no_layer", layer=layer, known="、".join(found.grids) or "—")
    with folium_here():
        if shown is Shown.BORDERS and layer is not None:
            title = _called(layer, language)
            drawn = border_map(layers, found, layer, reader)
        elif shown is Shown.TIME:
            title, drawn = reader.say("by_time"), time_map(layers, found, reader)
        elif shown is Shown.RATES and layer is not None:
            title = reader.say("by_grid", layer=_called(layer, language))
            drawn = grid_rate_map(layers, found, layer, reader)
        else:
            density = shown is Shown.DENSITY
            title = reader.say("density" if density else "title")
            drawn = hotspot_map(layers, found, reader, density=density)
        return _page(prepared, title, drawn, height_px)


def draw_coverage(
    prepared: Prepared,
    coverage: Coverage,
    service: str | None = None,
    *,
    visited: bool = False,
    proposal: Proposal | None = None,
    language: Language = "zh",
    height_px: int = 560,
) -> MapPage:
    """Draw blind spots, visits or new stations as a page of its own.

    Parameters
    ----------
    prepared : Prepared
        The area that was judged.
    coverage : Coverage
        From :func:`gridplan.find_coverage`.
    service : str, optional
        Key of one that is judged, for its blind spots; ``"visits"`` for homes not visited in
        time; how many services each home lacks where left out.
    visited : bool
        Reachable × visited of the service, of all together where it is left out.
    proposal : Proposal, optional
        From :func:`gridplan.propose_sites`: its new stations, whatever the service.
    language : {"zh", "en"}
        Of legend and tooltips.
    height_px : int
        Of the map in a notebook.

    Raises
    ------
    GridplanError
        Where the service, or visits, could not be judged; where the maps' scripts are not
        installed.
    """
    reader = Reader(language)
    titles = {one.key: one.title(language) for one in coverage.services.services}
    judged = set(coverage.summary.loc[coverage.summary["judged"], SERVICE])
    if service is not None and service not in {*judged, VISITS}:
        known = "、".join(sorted(judged))
        raise GridplanError("coverage.error.not_judged", service=service, known=known)
    if (visited or service == VISITS) and not coverage.visits.judged:
        raise GridplanError(f"coverage.unjudged.{coverage.visits.rules['why'].iloc[0]}")
    with folium_here():
        if proposal is not None:
            title = reader.say("comma").join(titles[key] for key in proposal.services)
            title = reader.say("title.sites", names=title)
            drawn = sites_map(prepared, coverage, proposal, reader)
        elif service == VISITS:
            title = reader.say("title.visits")
            drawn = visits_map(prepared, coverage, reader)
        elif visited:
            title = reader.say("every") if service is None else titles[service]
            title = reader.say("title.quarters", name=title)
            drawn = quarter_map(prepared, coverage, service or ALL, reader=reader)
        elif service is None:
            title = reader.say("title.lacking", count=len(judged))
            drawn = lacking_map(prepared, coverage, reader)
        else:
            title = reader.say("title.service", name=titles[service])
            drawn = service_map(prepared, coverage, service, reader)
        return _page(prepared, title, drawn, height_px)


def _page(prepared: Prepared, title: str, drawn: folium.Map, height_px: int) -> MapPage:
    """A drawn map under the area's name."""
    title = f"{prepared.layers.name} · {title}"
    return MapPage(title, standalone(drawn, title), height_px)


def _called(layer: str, language: Language) -> str:
    """A layer of grids as its map is called."""
    return say("map.after", language) if layer == PLAN else layer
