"""Maps on the page."""

from __future__ import annotations

import folium
import geopandas as gpd
from streamlit_folium import st_folium

from gridplan.analyse.present import Present
from gridplan.errors import GridplanError
from gridplan.maps.grids import grid_map
from gridplan.maps.view import View, outline, view_of
from gridplan.offline import COMMAND, missing, point_folium_here
from gridplan.plan import GRID_COLUMNS
from gridplan.prepared import Prepared
from gridplan.ui.frame import guarded, language
from gridplan.words import say


def present_view(prepared: Prepared, present: Present | None) -> View:
    """The present grids with their faults, or the bare ground where there are none."""
    if present is None:
        nothing = gpd.GeoDataFrame(
            {name: [] for name in GRID_COLUMNS}, geometry="geometry", crs=prepared.layers.crs
        )
        return View(say("map.bare", language()), nothing, buildings=_buildings(prepared))
    title = say("map.before", language())
    return View(title, present.grids, present.findings, buildings=_buildings(prepared, present))


@guarded
def show_map(
    prepared: Prepared, view: View, height: int, place: gpd.GeoSeries | None, key: str
) -> None:
    """One map; `place` is outlined and zoomed to."""
    needs_files()
    put_map(grid_map(prepared.layers, view, language()), height, place, key)


def put_map(
    drawn: folium.Map, height: int, place: gpd.GeoSeries | None, key: str, around_m: float = 0.0
) -> None:
    """A map that is only looked at; `place` is outlined and zoomed to.

    Parameters
    ----------
    drawn : Map
        Drawn after :func:`needs_files`.
    height : int
        In pixels.
    place : GeoSeries, optional
        Any CRS.
    key : str
        A map drawn under another key starts with the whole area in view.
    around_m : float
        Metres of its surroundings that are shown with `place`, which is in a metric CRS then.
    """
    middle, zoom = None, None  # the map fits the area by itself
    chosen = folium.FeatureGroup(name="chosen", control=False)
    if place is not None and len(place):
        middle, zoom = view_of(place.buffer(around_m) if around_m else place, 860, height)
        chosen = outline(place)
    st_folium(
        drawn,
        key=f"{key}-{language()}",
        height=height,
        use_container_width=True,
        returned_objects=[],
        center=middle,
        zoom=zoom,
        feature_group_to_add=chosen,
    )


def _buildings(prepared: Prepared, present: Present | None = None) -> gpd.GeoDataFrame:
    frame = prepared.units.buildings
    grids = frame["building_id"].map(present.building_grid) if present is not None else ""
    return frame.assign(grid_id=grids)


def needs_files() -> None:
    """Turn the maps to the scripts on this machine, or say how to install them."""
    """Have folium ask for its scripts here.

    Raises
    ------
    GridplanError
        Where they are not installed.
    """
    absent = missing()
    if absent:
        raise GridplanError("offline.missing", command=COMMAND, files=", ".join(absent[:3]))
    point_folium_here()
