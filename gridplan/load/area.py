"""Read an area folder: every layer checked, in one metric CRS, or one error with every fault."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from gridplan.crs import metric_crs
from gridplan.load import communities as places
from gridplan.load import counts
from gridplan.load.crossings import street_crossings
from gridplan.load.files import find_file, is_osm, read_files
from gridplan.load.frames import FILE, ROW, Sources, layer_frame
from gridplan.load.gate import Gate
from gridplan.load.keys import FAULT
from gridplan.load.kinds import KINDS
from gridplan.load.layers import Layers
from gridplan.load.osm import Extract, read_extract
from gridplan.load.plausible import check_place, check_strays, doubt_datum, middle_of
from gridplan.load.spec import FILE_NAME, AreaSpec, LayerSpec, read_spec
from gridplan.schema import BUILDING_ID, COMPOUND_ID

Progress = Callable[[str, float], None]

_SHAPEFILE_PARTS = (".dbf", ".shx", ".prj", ".cpg")


def read_area(folder: Path, progress: Progress | None = None) -> Layers:
    """Read and check everything that ``area.toml`` names.

    Parameters
    ----------
    folder : Path
        Holds ``area.toml``; see ``docs/area.md`` for every key and every rule of mending.
    progress : callable, optional
        Called with the layer being read and the share done, 0 to 1.

    Returns
    -------
    Layers
        In the metric CRS that ``area.toml`` names, or the one for the place, which a note says.

    Raises
    ------
    InputError
        With every fault that was found.
    """
    folder = Path(folder)
    tell = progress or (lambda _layer, _share: None)
    gate = Gate()
    spec = read_spec(folder, gate)
    if spec is None:
        raise gate.error()
    sources, grid_sources = _read_all(spec, folder, gate, tell)
    crs = _area_crs(spec, sources["buildings"], gate)
    if crs is None:
        raise gate.error()
    tell("check", 0.7)
    frames = {layer: layer_frame(layer, part, crs, gate) for layer, part in sources.items()}
    grids = {name: layer_frame("grids", part, crs, gate) for name, part in grid_sources.items()}
    if not spec.tables("crossings"):
        frames["crossings"] = street_crossings(
            frames["streets"], frames["barriers"], frames["crossings"], gate
        )
    for layer, frame in (*frames.items(), *grids.items()):
        check_place(layer, frame, frames["buildings"], gate)
    for layer in _AT_BUILDINGS:
        doubt_datum(sources[layer], frames["buildings"], gate)
    layers = _settled(spec, folder, frames, grids, crs, gate)
    gate.close()
    tell("check", 1.0)
    return replace(layers, notes=gate.notes, fingerprint=_fingerprint(spec, folder))


def _read_all(
    spec: AreaSpec, folder: Path, gate: Gate, tell: Progress
) -> tuple[dict[str, Sources], dict[str, Sources]]:
    """Every file of every layer, buildings first; raw, in degrees."""
    extracts = _Extracts(folder, gate)
    total = len(KINDS) + len(spec.grids)
    sources: dict[str, Sources] = {}
    for done, layer in enumerate(name for name in KINDS if name != "grids"):
        tell(layer, 0.7 * done / total)
        tables = [_bounded(table, spec) for table in spec.tables(layer)]
        supplied = spec.osm if not tables else ()
        sources[layer] = [
            *(found for table in tables for found in _sources(layer, table, folder, extracts)),
            *(found for file in supplied for found in extracts.layer(file, layer, spec)),
        ]
    grids: dict[str, Sources] = {}
    for done, (name, legacy) in enumerate(_base_first(spec).items(), start=len(KINDS)):
        tell(f"grids.{name}", 0.7 * done / total)
        grids[name] = [f for table in legacy for f in _sources("grids", table, folder, extracts)]
    return sources, grids


class _Extracts:
    """OpenStreetMap extracts, each read once however many layers it supplies."""

    def __init__(self, folder: Path, gate: Gate) -> None:
        self.folder, self.gate = folder, gate
        self._read: dict[str, Extract] = {}

    def layer(self, file: str, layer: str, spec: AreaSpec | LayerSpec) -> Sources:
        """One layer of an extract; the user's own uses go before ours."""
        if file not in self._read:
            path = find_file(file, self.folder, self.gate, "osm")
            self._read[file] = read_extract(path, file, self.gate) if path else {}
        found = self._read[file].get(layer)
        if found is None:
            return []
        own = spec.options if isinstance(spec, LayerSpec) else _options(spec, layer)
        uses = {**found[0].options.get("uses", {}), **own.get("uses", {})}
        options = {**found[0].options, **own, "uses": uses}
        return [(replace(found[0], options=options), found[1])]


def _options(spec: AreaSpec, layer: str) -> dict[str, Any]:
    """Options of the tables of a layer that name no file: they go with what an extract gives."""
    return {
        key: value for table in spec.layers.get(layer, ()) for key, value in table.options.items()
    }


def _sources(layer: str, table: LayerSpec, folder: Path, extracts: _Extracts) -> Sources:
    plain = tuple(file for file in table.files if not is_osm(file))
    found = [(table, raw) for raw in read_files(replace(table, files=plain), folder, extracts.gate)]
    for file in table.files:
        if is_osm(file):
            found += extracts.layer(file, layer, table)
    return found


def _bounded(table: LayerSpec, spec: AreaSpec) -> LayerSpec:
    """The table with the greatest believable counts, which stand in ``[households]``."""
    bounds = {k: v for k, v in spec.households.options.items() if k.endswith("_max")}
    return replace(table, options={**table.options, **bounds})


def _base_first(spec: AreaSpec) -> dict[str, tuple[LayerSpec, ...]]:
    names = sorted(spec.grids, key=lambda name: name != spec.base)
    return {name: spec.grids[name] for name in names}


def _area_crs(spec: AreaSpec, buildings: Sources, gate: Gate) -> CRS | None:
    """The metric system of the area: the one named, or the one for where the buildings stand."""
    for table, raw in buildings:
        if raw.shapes is None and not gate.blames((), table.table):
            gate.fault("load.no_geometry_at_all", file=raw.file, table=table.table)
    placed = [raw.shapes for _, raw in buildings if raw.shapes is not None and len(raw.shapes)]
    lon, lat = middle_of(np.concatenate(placed)) if placed else (np.nan, np.nan)
    if not np.isfinite(lon):
        if gate.is_open:
            gate.fault("load.no_building_at_all", file=FILE_NAME, column="buildings")
        return None
    try:
        here = (lon, lat, lon, lat)
        chosen = metric_crs(here) if spec.crs == "auto" else CRS.from_user_input(spec.crs)
    except (CRSError, ValueError):
        gate.fault("load.unknown_crs", file=FILE_NAME, column="crs", crs=spec.crs)
        return None
    if not chosen.is_projected or chosen.axis_info[0].unit_name != "metre":
        gate.fault("load.not_metric", file=FILE_NAME, column="crs", crs=spec.crs)
        return None
    gate.note("load.crs", crs=f"EPSG:{chosen.to_epsg()}", name=chosen.name)
    return chosen


def _settled(
    spec: AreaSpec,
    folder: Path,
    frames: dict[str, gpd.GeoDataFrame],
    grids: Mapping[str, gpd.GeoDataFrame],
    crs: CRS,
    gate: Gate,
) -> Layers:
    """What holds between layers: ids, communities, counts."""
    buildings = _identified(frames["buildings"], BUILDING_ID, "B", gate)
    if buildings.empty:
        if gate.is_open:
            gate.fault("load.no_building_at_all", file=FILE_NAME, column="buildings")
        raise gate.error()
    check_strays(buildings, gate)
    compounds = _identified(frames["compounds"], COMPOUND_ID, "C", gate)
    named = frames["communities"]
    communities = (
        places.settled(named, spec.option("communities", "classes", {}), gate)
        if len(named)
        else places.whole_area(spec.name, buildings, gate)
    )
    files = [file for table in spec.tables("communities") for file in table.files]
    if not gate.blames(files, "communities"):
        outside = spec.option("communities", "outside", FAULT)
        buildings = places.housed(buildings, communities, outside, gate)
    households = counts.household_source(spec, gate)
    buildings = counts.with_counts(buildings, spec, households.source, folder, gate)
    _note_overlaps(buildings, gate)
    return Layers(
        name=spec.name,
        folder=folder,
        crs=crs,
        households=households,
        buildings=_clean(buildings),
        communities=_clean(communities),
        compounds=_clean(compounds),
        grids={name: _clean(frame) for name, frame in grids.items()},
        roster=counts.roster(spec.tables("roster"), communities, folder, gate),
        visits=counts.visits(spec.tables("visits"), buildings, folder, gate),
        **{layer: _clean(frames[layer]) for layer in _UNCHANGED},
    )


_AT_BUILDINGS = ("compounds", "cases", "facilities")
_UNCHANGED = ("barriers", "crossings", "streets", "totals", "cases", "facilities")


def _identified(frame: gpd.GeoDataFrame, column: str, letter: str, gate: Gate) -> gpd.GeoDataFrame:
    """Ids of the file, checked; running numbers where it has none."""
    given = frame[column]
    if (given == "").all():
        width = max(4, len(str(len(frame))))
        made = [f"{letter}{number:0{width}d}" for number in range(1, len(frame) + 1)]
        return frame.assign(**{column: made})
    for key, bad in (("load.id_empty", given == ""), ("load.id_twice", given.duplicated())):
        for file, part in frame[bad & ((given != "") | (key == "load.id_empty"))].groupby(
            FILE, sort=False
        ):
            gate.fault_rows(key, part[ROW], file=str(file), each=part[column])
    return frame


def _note_overlaps(buildings: gpd.GeoDataFrame, gate: Gate) -> None:
    """Count footprints of which more than a tenth lies on another one."""
    shapes = np.asarray(buildings.geometry.array, dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = left < right
    left, right = left[pairs], right[pairs]
    shared = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    smaller = np.minimum(shapely.area(shapes[left]), shapely.area(shapes[right]))
    gate.note("load.footprints_overlap", count=int((shared > 0.1 * smaller).sum()))


def _clean(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.drop(columns=[FILE, ROW], errors="ignore").reset_index(drop=True)


def _fingerprint(spec: AreaSpec, folder: Path) -> str:
    """Digest of ``area.toml`` and of every file it names, in the order of their names."""
    tables = [spec.households, *(t for part in spec.layers.values() for t in part)]
    tables += [table for part in spec.grids.values() for table in part]
    files = {file for table in tables for file in table.files} | set(spec.osm)
    digest = hashlib.sha256((folder / FILE_NAME).read_bytes())
    for file in sorted(files):
        path = folder / file
        beside = (
            [path.with_suffix(end) for end in _SHAPEFILE_PARTS] if path.suffix == ".shp" else []
        )
        for part in (path, *beside):
            if part.is_file():
                digest.update(file.encode() + part.read_bytes())
    return digest.hexdigest()
