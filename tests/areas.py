"""Area folders over the real data, for tests: only ``area.toml`` is written, nothing is copied."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

SHARED = Path(os.environ.get("GRIDPLAN_SHARED", Path(__file__).parents[2] / "shared")) / "data"
"""Folder of the real data, which stands beside the project and is no part of it."""


def charlestown(shared: Path, folder: Path) -> Path:
    """Boston's Charlestown: storeys and use, tracts' population, a neighbourhood's border."""
    data = shared / "areas" / "charlestown"
    return _write(
        folder,
        f"""
version = 1
name = "Charlestown"

[buildings]
file = "{data}/buildings.gpkg"
floors = "story_ht_"
use = "lnduse"
name = "name"

[buildings.uses]
R1 = {{ households = 1 }}
R2 = {{ households = 2 }}
R3 = {{ households = 3 }}
R4 = {{ households = 5 }}
A = {{ share = 1.0 }}
CM = {{ share = 1.0 }}
RC = {{ share = 0.5 }}
"*" = {{ share = 0.0 }}

[households]
source = "estimate"
kind = "resident"
persons_per_household = 2.3

[communities]
file = "{data}/area.geojson"
name = "name"

[totals]
file = "{data}/tracts.geojson"
population = "population2012"

[[barriers]]
file = "{data}/osm_lines.gpkg"
hstore = "other_tags"
where = {{ highway = ["motorway", "trunk"] }}
is = "expressway"
name = "name"
bridge = "bridge"
tunnel = "tunnel"

[[barriers]]
file = "{data}/osm_lines.gpkg"
where = {{ railway = ["rail"] }}
is = "railway"

[[barriers]]
file = "{data}/osm_lines.gpkg"
where = {{ waterway = ["river", "canal"] }}
is = "water"

[streets]
file = "{data}/osm_lines.gpkg"
hstore = "other_tags"
where = {{ highway = [
  "primary", "secondary", "tertiary", "residential", "unclassified", "service", "footway", "path",
  "pedestrian", "steps", "living_street", "cycleway", "motorway", "trunk", "motorway_link",
  "trunk_link", "primary_link", "secondary_link", "tertiary_link",
] }}
kind = "highway"
name = "name"
bridge = "bridge"
tunnel = "tunnel"

[cases]
file = "{data}/cases_311_2015.csv.gz"
x = "LONGITUDE"
y = "LATITUDE"
id = "CASE_ENQUIRY_ID"
category = "REASON"
subcategory = "TYPE"
channel = "Source"
address = "LOCATION_STREET_NAME"
opened = "OPEN_DT"
closed = "CLOSED_DT"
deadline = "TARGET_DT"
status = "CASE_STATUS"
time_format = "%m/%d/%Y %I:%M:%S %p"

[facilities]
file = "{data}/schools.geojson"
id = "BLDG_ID"
name = "SCH_NAME"
is = "school"
""",
    )


def suzhou(shared: Path, folder: Path) -> Path:
    """Old-town Suzhou: footprints with floors, compounds as points in BD-09."""
    data = shared / "areas" / "suzhou"
    return _write(
        folder,
        f"""
version = 1
name = "苏州古城"

[buildings]
file = "{data}/buildings.geojson"
floors = "Floor"

[households]
source = "compounds"
kind = "registered"

[compounds]
file = "{data}/compounds_bd09.csv"
datum = "BD-09"
x = "经度"
y = "纬度"
name = "小区名称"
households = "总户数"
buildings = "楼栋数"
""",
    )


def st_louis(shared: Path, folder: Path) -> Path:
    """A month of requests in St. Louis, in feet (Missouri East), and one building."""
    area = _write(
        folder,
        f"""
version = 1
name = "St. Louis"

[buildings]
file = "building.csv"
crs = "ESRI:102696"
x = "x"
y = "y"

[cases]
file = "{shared}/events/stl_csb_311_january_2018.csv.gz"
crs = "ESRI:102696"
x = "srx"
y = "sry"
id = "requestid"
category = "submitto"
subcategory = "problemcode"
opened = "datetimeinit"
closed = "datetimeclosed"
deadline = "prjcompletedate"
status = "status"
channel = "callertype"
address = "probaddress"
""",
    )
    (area / "building.csv").write_text("x,y\n875854.877,998434.947\n", encoding="utf-8")
    return area


def monaco(shared: Path, folder: Path) -> Path:
    """Monaco, wholly from an extract of OpenStreetMap."""
    return _from_osm("Monaco", shared / "areas" / "osm" / "monaco_2019.osm.pbf", folder)


def helsinki(shared: Path, folder: Path) -> Path:
    """The centre of Helsinki; its extract holds a ring without places."""
    return _from_osm("Helsinki", shared / "areas" / "osm" / "Helsinki.osm.pbf", folder)


def shanghai_huangpu(shared: Path, folder: Path) -> Path:
    """Central Shanghai: mixed geometries, the river as barrier, bridges and tunnels."""
    data = shared / "areas" / "shanghai_huangpu"
    return _write(
        folder,
        f"""
version = 1
name = "黄浦外滩"

[buildings]
file = "{data}/buildings.geojson.gz"
where = {{ kind = ["building"] }}
name = "name"
height = "height"
use = "kind_detail"

[buildings.uses]
commercial = {{ share = 0 }}
hotel = {{ share = 0 }}
restaurant = {{ share = 0 }}
bank = {{ share = 0 }}
office = {{ share = 0 }}
retail = {{ share = 0 }}

[[barriers]]
file = "{data}/water.geojson.gz"
where = {{ kind = ["water", "river", "riverbank", "canal"] }}
is = "water"
name = "name"

[[barriers]]
file = "{data}/roads.geojson.gz"
where = {{ kind = "rail" }}
is = "railway"
bridge = "is_bridge"
tunnel = "is_tunnel"

[streets]
file = "{data}/roads.geojson.gz"
where = {{ kind = ["minor_road", "major_road", "path"] }}
kind = "kind_detail"
name = "name"
bridge = "is_bridge"
tunnel = "is_tunnel"

[facilities]
file = "{data}/pois.geojson.gz"
name = "name"
kind = "kind"
""",
    )


def _from_osm(name: str, extract: Path, folder: Path) -> Path:
    return _write(folder, f'version = 1\nname = "{name}"\n\n[osm]\nfile = "{extract}"\n')


def _write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "area.toml").write_text(text.lstrip(), encoding="utf-8")
    return folder


REAL: dict[str, Callable[[Path, Path], Path]] = {
    "charlestown": charlestown,
    "suzhou": suzhou,
    "monaco": monaco,
    "helsinki": helsinki,
    "shanghai_huangpu": shanghai_huangpu,
}
