"""The way that is not taken: a folium map in Streamlit, drawn anew after every click.

Served by :mod:`benchmarks.editing` with the folder of a street, for its times beside ours.
"""

from __future__ import annotations

import sys
from pathlib import Path

import folium
import geopandas as gpd
import streamlit as st
from streamlit_folium import st_folium

from gridplan.offline import point_folium_here

COLOURS = ("#b58253", "#75a1d7", "#9ce6fd", "#cdecd6", "#a7a2af", "#ead998")
MINE = "#c2185b"
"""Of the grid that clicked buildings go to."""
PER_GRID = 60


@st.cache_data
def street(file: str) -> gpd.GeoDataFrame:
    """Its buildings in degrees."""
    frame: gpd.GeoDataFrame = gpd.read_file(file, layer="buildings").to_crs("EPSG:4326")
    return frame[["building_id", "geometry"]]


def main() -> None:
    """Show the map; a building that is clicked goes to the grid `MINE`."""
    st.set_page_config(layout="wide")
    point_folium_here()
    frame = street(str(Path(sys.argv[1]) / "street.gpkg"))
    grid_of: dict[str, str] = st.session_state.setdefault(
        "grid_of",
        {
            building: COLOURS[number // PER_GRID % len(COLOURS)]
            for number, building in enumerate(frame["building_id"])
        },
    )
    middle = frame.union_all().centroid
    drawn = folium.Map([middle.y, middle.x], zoom_start=15, tiles=None, prefer_canvas=True)
    folium.GeoJson(
        frame.assign(fill=frame["building_id"].map(grid_of)),
        style_function=lambda feature: {
            "fillColor": feature["properties"]["fill"], "color": "#333", "weight": 1,
            "fillOpacity": 0.8,
        },
    ).add_to(drawn)  # fmt: skip
    told = st_folium(
        drawn, key="map", height=700, use_container_width=True,
        returned_objects=["last_active_drawing"],
    )  # fmt: skip
    clicked = (told or {}).get("last_active_drawing")
    if clicked and grid_of[clicked["properties"]["building_id"]] != MINE:
        grid_of[clicked["properties"]["building_id"]] = MINE
        st.rerun()


main()
