"""OpenStreetMap extracts, and places fetched by name, as layers like any other file.

osmium turns an extract into the XML that osmnx reads, leaving out what is broken: extracts are
cut at their edge, and osmnx stops at a way without places.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import osmnx
import pandas as pd
import shapely

from gridplan.errors import GridplanError
from gridplan.load import cells
from gridplan.load.crossings import walked_ways
from gridplan.load.files import Raw
from gridplan.load.gate import Gate
from gridplan.load.spec import FILE_NAME, LayerSpec
from gridplan.schema import BarrierKind

TAGS: dict[str, bool | str | list[str]] = {
    "building": True,
    "highway": True,
    "railway": ["rail", "light_rail", "narrow_gauge", "level_crossing", "crossing"],
    "waterway": ["river", "canal", "riverbank", "dock"],
    "natural": ["water", "coastline"],
    "amenity": True,
    "shop": True,
    "healthcare": True,
}
"""What is read from an extract."""

NO_DWELLING = (
    "barn", "bridge", "bunker", "carport", "castle", "cathedral", "chapel", "church", "civic",
    "clinic", "college", "commercial", "construction", "cowshed", "fire_station", "garage",
    "garages", "gatehouse", "government", "grandstand", "greenhouse", "hangar", "hospital",
    "hotel", "hut", "industrial", "kindergarten", "kiosk", "library", "manufacture", "mosque",
    "museum", "office", "parking", "pavilion", "police", "public", "railway", "religious",
    "retail", "roof", "ruins", "school", "service", "shed", "shrine", "silo", "sports_centre",
    "sports_hall", "stable", "stadium", "storage_tank", "supermarket", "synagogue", "temple",
    "theatre", "toilets", "tower", "train_station", "transformer_tower", "transportation",
    "university", "warehouse",
)  # fmt: skip
"""Values of ``building`` in which nobody lives; all others, and ``yes``, are dwellings."""

_OTHER_USE = ("amenity", "tourism", "office", "leisure", "man_made", "power", "railway")
_NO_STREET = (
    "proposed", "construction", "platform", "elevator", "corridor", "raceway", "rest_area",
    "services", "razed", "abandoned", "bus_stop",
)  # fmt: skip
_EXPRESSWAYS = ("motorway", "trunk")
_FURNITURE = (
    "bench", "waste_basket", "parking", "parking_space", "parking_entrance", "fountain",
    "post_box", "recycling", "vending_machine", "bicycle_parking", "motorcycle_parking",
    "drinking_water", "waste_disposal", "clock", "hunting_stand", "shelter", "telephone", "bbq",
    "letter_box", "grit_bin",
)  # fmt: skip
_IDENTITY_KEYS = {
    "buildings": ("id", "name", "address", "floors", "height", "use"),
    "streets": ("kind", "name", "bridge", "tunnel"),
    "barriers": ("kind", "name"),
    "crossings": ("kind", "name"),
    "facilities": ("id", "kind", "name", "opening_hours"),
}

Extract = Mapping[str, tuple[LayerSpec, Raw]]


def read_extract(path: Path, file: str, gate: Gate) -> Extract:
    """Layers of one extract.

    Parameters
    ----------
    path : Path
        ``.osm`` or ``.osm.pbf``, also packed.
    file : str
        As the user wrote it.
    gate : Gate
        Takes what is wrong, and how much of the extract was broken.

    Returns
    -------
    mapping of str to (LayerSpec, Raw)
        ``buildings, streets, barriers, crossings, facilities`` with columns named as the keys of
        ``area.toml``, in degrees of WGS84; empty where the file cannot be read.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder) / "extract.osm"
            cut, broken = _whole_part(path, whole)
            features = osmnx.features_from_xml(whole, tags=TAGS)
    except osmnx._errors.InsufficientResponseError:
        gate.fault("load.osm_empty", file=file)
        return {}
    except (RuntimeError, osmium.InvalidLocationError) as error:
        gate.fault("load.unreadable", file=file, detail=str(error))
        return {}
    gate.note("load.osm_cut", file=file, count=cut)
    gate.note("load.osm_broken", file=file, count=broken)
    features = features.reset_index()
    frames = _frames(features)
    return {layer: _as_raw(layer, frame, file) for layer, frame in frames.items()}


def fetch_place(name: str, folder: Path) -> Path:
    """Fetch a place by name from OpenStreetMap's servers and write an area folder.

    The only function of the reader that uses the network.

    Parameters
    ----------
    name : str
        As a map search would take it: ``Monaco``, ``苏州市姑苏区平江街道``.
    folder : Path
        Where to write ``area.toml`` and its layers; created where missing, must be empty.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    GridplanError
        Where the place is not found, the network fails, or the folder is not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise GridplanError("load.folder_not_empty", folder=str(folder))
    try:
        border = osmnx.geocode_to_gdf(name)
        features = osmnx.features_from_polygon(border.geometry.iloc[0], TAGS).reset_index()
    except (osmnx._errors.InsufficientResponseError, ValueError, TypeError) as error:
        raise GridplanError("load.place_not_found", name=name) from error
    except OSError as error:
        raise GridplanError("load.no_network", name=name) from error
    frames = _frames(features)
    bridges = walked_ways(frames["streets"])
    frames["crossings"] = pd.concat([frames["crossings"], bridges], ignore_index=True)
    frames["communities"] = border[["geometry"]].assign(name=name)
    _write_area(name, folder, frames)
    return folder


def _frames(features: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    return {
        "buildings": _buildings(features),
        "streets": _streets(features),
        "barriers": _barriers(features),
        "crossings": _crossings(features),
        "facilities": _facilities(features),
    }


def _write_area(name: str, folder: Path, frames: Mapping[str, gpd.GeoDataFrame]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    lines = ["version = 1", f'name = "{name}"']
    with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
        part = Path(aside) / "area"
        part.mkdir()
        for layer, frame in frames.items():
            if len(frame):
                frame.to_file(part / "osm.gpkg", layer=layer)
                keys = [*_IDENTITY_KEYS.get(layer, ("name",))]
                lines += ["", f"[{layer}]", 'file = "osm.gpkg"', f'layer = "{layer}"']
                lines += [f'{key} = "{key}"' for key in keys]
        uses = [f'"{use}" = {{ share = 0.0 }}' for use in osm_uses()]
        text = "\n".join([*lines, "", "[buildings.uses]", *uses, ""])
        (part / FILE_NAME).write_text(text, encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        part.replace(folder)


def _whole_part(source: Path, target: Path) -> tuple[int, int]:
    """Write what has places as XML.

    A way that runs over the extract's edge keeps its longest stretch with places; a building or
    a multipolygon that does is left out, since its shape is not known.

    Returns
    -------
    cut, broken : int
        How many ways were shortened, and how many things were left out.
    """
    cut, broken = 0, 0
    whole: set[int] = set()
    with osmium.SimpleWriter(str(target)) as writer:
        for thing in osmium.FileProcessor(str(source)).with_locations():
            if thing.is_node():
                writer.add(thing)
            elif thing.is_way():
                stretch = _longest_stretch(thing)
                is_whole = len(stretch) == len(thing.nodes)
                if len(set(stretch)) < 2 or ("building" in thing.tags and not is_whole):
                    broken += 1
                elif is_whole:
                    whole.add(thing.id)
                    writer.add(thing)
                else:
                    cut += 1
                    writer.add(thing.replace(nodes=stretch))
            elif thing.tags.get("type") == "multipolygon" and any(k in thing.tags for k in TAGS):
                members = [member.ref for member in thing.members if member.type == "w"]
                if members and whole.issuperset(members):
                    writer.add(thing)
                else:
                    broken += 1
    return cut, broken


def _longest_stretch(way: osmium.osm.Way) -> list[int]:
    """Nodes of the longest run of nodes that have a place."""
    best: list[int] = []
    run: list[int] = []
    for node in way.nodes:
        run = [*run, node.ref] if node.location.valid() else []
        best = max(best, run, key=len)
    return best


def _as_raw(layer: str, frame: gpd.GeoDataFrame, file: str) -> tuple[LayerSpec, Raw]:
    keys = _IDENTITY_KEYS[layer]
    options = {"uses": osm_uses()} if layer == "buildings" else {}
    spec = LayerSpec("osm", (file,), {key: key for key in keys}, {**options, "lenient": True})
    table = pd.DataFrame(frame.drop(columns="geometry")).reset_index(drop=True)
    shapes = np.asarray(frame.geometry.array, dtype=object)
    return spec, Raw(file, table, np.arange(1, len(frame) + 1), shapes)


def osm_uses() -> dict[str, dict[str, float]]:
    """Dwelling share by use, for buildings of OpenStreetMap."""
    return {use: {"share": 0.0} for use in dict.fromkeys((*NO_DWELLING, *_OTHER_USE))}


def _tag(features: gpd.GeoDataFrame, key: str) -> pd.Series:
    if key in features:
        return cells.as_text(features[key])
    return pd.Series("", index=features.index, dtype=object)


def _frame(features: gpd.GeoDataFrame, **columns: pd.Series) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=features.geometry, crs=features.crs)


def _has(features: gpd.GeoDataFrame, key: str) -> pd.Series:
    return ~_tag(features, key).isin(["", "no"])


def _dimension(features: gpd.GeoDataFrame) -> pd.Series:
    return pd.Series(shapely.get_dimensions(features.geometry.array), index=features.index)


def _ids(features: gpd.GeoDataFrame) -> pd.Series:
    return features["element"].str[0] + features["id"].astype(str)


def _buildings(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    found = features[_has(features, "building") & (_dimension(features) == 2)]
    use = _tag(found, "building")
    for key in _OTHER_USE:
        use = use.where(~((use == "yes") & _has(found, key)), key)
    street, number = _tag(found, "addr:street"), _tag(found, "addr:housenumber")
    gap = pd.Series(np.where(street.str.contains(r"[一-鿿]"), "", " "), index=found.index)
    return _frame(
        found,
        id=_ids(found),
        name=_tag(found, "name"),
        address=(street + gap + number).str.strip(),
        floors=cells.as_numbers(_tag(found, "building:levels")).values.clip(lower=0),
        height=cells.as_numbers(_tag(found, "height")).values.clip(lower=0),
        use=use,
    )


def _streets(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    kind = _tag(features, "highway")
    is_street = (kind != "") & ~kind.isin(_NO_STREET) & (_dimension(features) == 1)
    found = features[is_street]
    return _frame(
        found,
        kind=_tag(found, "highway"),
        name=_tag(found, "name"),
        bridge=_has(found, "bridge"),
        tunnel=_has(found, "tunnel") & (_tag(found, "tunnel") != "building_passage"),
    )


def _barriers(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    kind = pd.Series("", index=features.index, dtype=object)
    reach = _dimension(features)
    lifted = _has(features, "bridge")
    rail = _tag(features, "railway").isin(["rail", "light_rail", "narrow_gauge"])
    water = _tag(features, "natural").isin(["water", "coastline"])
    water |= _tag(features, "waterway").isin(["river", "canal", "riverbank", "dock"])
    express = _tag(features, "highway").isin(_EXPRESSWAYS)
    kind[express & (reach == 1) & ~lifted] = BarrierKind.EXPRESSWAY.value
    kind[rail & (reach == 1) & ~lifted] = BarrierKind.RAILWAY.value
    kind[water & (reach >= 1)] = BarrierKind.WATER.value
    found = features[(kind != "") & ~_has(features, "tunnel")]
    return _frame(found, kind=kind[found.index], name=_tag(found, "name"))


def _crossings(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Level crossings of railways and crossings of streets; bridges belong to the streets."""
    level = _tag(features, "railway").isin(["level_crossing", "crossing"])
    street = _tag(features, "highway").isin(["crossing", "traffic_signals"])
    found = features[(level | street) & (_dimension(features) == 0)]
    kind = pd.Series("level_crossing", found.index, dtype=object)
    return _frame(found, kind=kind, name=_tag(found, "name"))


def _facilities(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    kind = _tag(features, "amenity")
    for key in ("healthcare", "shop"):
        other = _tag(features, key)
        kind = kind.where(kind != "", other.where(other != "yes", key))
    found = features[(kind != "") & ~kind.isin(_FURNITURE)]
    points = found.set_geometry(found.geometry.representative_point())
    return _frame(
        points,
        id=_ids(found),
        kind=kind[found.index],
        name=_tag(found, "name"),
        opening_hours=_tag(found, "opening_hours"),
    )
