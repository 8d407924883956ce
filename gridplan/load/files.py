"""Files of any accepted kind as frames of raw cells, with the row numbers of the user."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError
from rapidfuzz import process

from gridplan.crs import WGS84, Datum, to_wgs84
from gridplan.load import cells
from gridplan.load.encodings import dbf_encoding
from gridplan.load.gate import Gate
from gridplan.load.spec import LayerSpec
from gridplan.load.tables import read_table

Shapes = NDArray[np.object_]
Mask = NDArray[np.bool_]

TABLE_ENDS = (".csv", ".txt", ".tsv", ".csv.gz", ".xlsx", ".xlsm")
OSM_ENDS = (".osm", ".osm.gz", ".osm.bz2", ".pbf")
VECTOR_ENDS = (".gpkg", ".geojson", ".json", ".geojson.gz", ".json.gz", ".shp", ".shp.zip")
_HSTORE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*(?:"((?:[^"\\]|\\.)*)"|NULL)')


@dataclass(frozen=True, eq=False)
class Raw:
    """One file as it came.

    Parameters
    ----------
    file : str
        As the user wrote it.
    cells : DataFrame
        The user's columns, n rows, index 0…n−1.
    rows : int array, shape (n,)
        Row of each as the user counts: in a table the line, else the feature from 1.
    shapes : object array of shapely geometries, shape (n,), or None
        In degrees of WGS84; None for a table without coordinates, or inside it where a row has
        no geometry.
    closed : int
        Rings that were closed while reading.
    """

    file: str
    cells: pd.DataFrame
    rows: NDArray[np.int64]
    shapes: Shapes | None
    closed: int = 0

    def take(self, keep: Mask) -> Raw:
        """The rows marked."""
        shapes = None if self.shapes is None else self.shapes[keep]
        frame = self.cells[keep].reset_index(drop=True)
        return replace(self, cells=frame, rows=self.rows[keep], shapes=shapes)


def is_osm(file: str) -> bool:
    """Whether a file is an OpenStreetMap extract, by its ending."""
    return file.lower().endswith(OSM_ENDS)


def read_files(spec: LayerSpec, folder: Path, gate: Gate) -> Iterator[Raw]:
    """Read the files of one table of ``area.toml``, filtered by its ``where``.

    Parameters
    ----------
    spec : LayerSpec
        Which files, and how to read them.
    folder : Path
        Where relative paths start.
    gate : Gate
        Takes what is wrong with a file; such a file is passed over.

    Yields
    ------
    Raw
        One for each file.
    """
    for file in spec.files:
        path = find_file(file, folder, gate, spec.table)
        raw = _read(path, file, spec, gate) if path else None
        if raw is not None:
            raw = replace(raw, cells=_unpacked(raw.cells, spec.options.get("hstore"), file, gate))
            yield _filtered(raw, spec, gate)


def find_file(file: str, folder: Path, gate: Gate, table: str) -> Path | None:
    """Path of a file named in ``area.toml``, or None and a fault with the nearest name."""
    path = folder / file
    if path.is_file():
        return path
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    nearest = process.extractOne(path.name, beside, score_cutoff=60)
    key = "load.no_file_near" if nearest else "load.no_file"
    gate.fault(key, file=file, table=table, nearest=nearest[0] if nearest else "")
    return None


def _read(path: Path, file: str, spec: LayerSpec, gate: Gate) -> Raw | None:
    name = path.name.lower()
    if name.endswith(TABLE_ENDS):
        table = read_table(path, file, spec.options, gate)
        if table is None:
            return None
        return _placed(Raw(file, table[0], table[1], None), spec, gate)
    if name.endswith(VECTOR_ENDS):
        return _read_vector(path, file, spec, gate)
    ends = ", ".join((*VECTOR_ENDS, *TABLE_ENDS, ".osm", ".osm.pbf"))
    key = "load.old_excel" if name.endswith(".xls") else "load.unknown_kind"
    gate.fault(key, file=file, ends=ends)
    return None


def _read_vector(path: Path, file: str, spec: LayerSpec, gate: Gate) -> Raw | None:
    source = f"/vsigzip/{path}" if path.suffix == ".gz" else str(path)
    try:
        layer = _layer_name(source, file, spec, gate)
        if layer is None:
            return None
        is_dbf = path.name.lower().endswith((".shp", ".shp.zip"))
        encoding = (spec.options.get("encoding") or dbf_encoding(path)) if is_dbf else None
        frame, closed = _with_closed_rings(source, layer, encoding)
    except (DataSourceError, DataLayerError, UnicodeDecodeError, ValueError) as error:
        gate.fault("load.unreadable", file=file, detail=str(error))
        return None
    rows = np.arange(1, len(frame) + 1)
    if not isinstance(frame, gpd.GeoDataFrame):
        return _placed(Raw(file, frame, rows, None), spec, gate)
    attributes = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    placed = _in_degrees(frame.geometry.array, frame.crs, file, spec, gate)
    return None if placed is None else Raw(file, attributes, rows, placed, closed)


def _layer_name(source: str, file: str, spec: LayerSpec, gate: Gate) -> str | None:
    names = [str(name) for name in pyogrio.list_layers(source)[:, 0]]
    wanted = spec.options.get("layer")
    if wanted in names:
        return str(wanted)
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is None and spec.table in names:
        return spec.table
    key = "load.no_layer" if wanted else "load.many_layers"
    where = f"{spec.table}.layer"
    gate.fault(key, file=file, column=where, layer=wanted or "", layers=", ".join(names))
    return None


def _with_closed_rings(source: str, layer: str, encoding: str | None) -> tuple[Any, int]:
    """The frame and the number of geometries whose rings had to be closed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # GDAL's remarks on rings; counted here
        told: dict[str, Any] = {"layer": layer, "encoding": encoding}
        try:
            return pyogrio.read_dataframe(source, **told), 0
        except shapely.GEOSException:
            strict = pyogrio.read_dataframe(source, on_invalid="ignore", **told)
            mended = pyogrio.read_dataframe(source, on_invalid="fix", **told)
            closed = strict.geometry.isna() & mended.geometry.notna()
            return mended, int(closed.sum())


def _placed(raw: Raw, spec: LayerSpec, gate: Gate) -> Raw | None:
    """A table with its geometries, from its coordinates or its WKT column."""
    options = spec.options
    keys = ("wkt",) if "wkt" in options else ("x", "y")
    if not all(key in options for key in keys):
        return raw
    columns = [find_column(raw.cells, options[key], raw.file, gate) for key in keys]
    if None in columns:
        return None
    names = [str(column) for column in columns]
    shapes, bad = _from_wkt(raw, names[0], gate) if len(names) == 1 else _points(raw, names, gate)
    crs = options.get("crs") or _crs_of_plain_coordinates(shapes, raw.file, spec, gate)
    placed = None if crs is None else _in_degrees(shapes, crs, raw.file, spec, gate)
    return None if placed is None else replace(raw, shapes=placed).take(~bad)


def _from_wkt(raw: Raw, column: str, gate: Gate) -> tuple[Shapes, Mask]:
    """Geometries, and which rows are no WKT."""
    text = cells.as_text(raw.cells[column])
    shapes = shapely.from_wkt(text.where(text != "", None).to_numpy(), on_invalid="ignore")
    bad = (text != "").to_numpy() & shapely.is_missing(shapes)
    gate.fault_rows("load.bad_wkt", raw.rows[bad], file=raw.file, column=column)
    return np.asarray(shapes, dtype=object), bad


def _points(raw: Raw, columns: Sequence[str], gate: Gate) -> tuple[Shapes, Mask]:
    """Points, and which rows hold something else than numbers; 0, 0 stands for no place."""
    axes, anywhere_bad = [], np.zeros(len(raw.cells), dtype=bool)
    for column in columns:
        numbers = cells.as_numbers(raw.cells[column])
        bad = numbers.unreadable.to_numpy()
        texts = cells.as_text(raw.cells[column])[bad]
        gate.fault_rows(
            "load.not_a_number", raw.rows[bad], file=raw.file, column=column, each=texts
        )
        axes.append(numbers.values.to_numpy())
        anywhere_bad |= bad
    known = np.isfinite(axes[0]) & np.isfinite(axes[1]) & ((axes[0] != 0) | (axes[1] != 0))
    shapes = np.full(len(raw.cells), None, dtype=object)
    shapes[known] = shapely.points(axes[0][known], axes[1][known])
    return shapes, anywhere_bad


def further_points(raw: Raw, spec: LayerSpec, x: str, y: str, gate: Gate) -> Shapes:
    """Points of a second place, which stand in the system and datum of the first.

    Parameters
    ----------
    raw : Raw
        Whose cells hold the coordinates.
    spec : LayerSpec
        Which of its columns are the keys `x` and `y`; where it maps neither, nothing is placed.
    x, y : str
        Our keys.
    gate : Gate
        Takes cells that are no numbers, and coordinates without a system.

    Returns
    -------
    object array of points, shape (n,)
        In degrees of WGS84; None where a row has none.
    """
    nowhere = np.full(len(raw.cells), None, dtype=object)
    if x not in spec.columns or y not in spec.columns:
        return nowhere
    columns = [find_column(raw.cells, spec.columns[key], raw.file, gate) for key in (x, y)]
    if None in columns:
        return nowhere
    shapes, _ = _points(raw, [str(column) for column in columns], gate)
    crs = spec.options.get("crs") or _crs_of_plain_coordinates(shapes, raw.file, spec, gate)
    placed = None if crs is None else _in_degrees(shapes, crs, raw.file, spec, gate)
    return nowhere if placed is None else placed


def _crs_of_plain_coordinates(shapes: Shapes, file: str, spec: LayerSpec, gate: Gate) -> str | None:
    """Degrees of WGS84 where the numbers can be degrees; anything else must be named."""
    west, south, east, north = shapely.total_bounds(shapes)
    if not np.isfinite(west) or (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        return "EPSG:4326"
    swapped = west >= -90 and east <= 90 and south >= -180 and north <= 180
    key = "load.swapped" if swapped else "load.no_crs"
    gate.fault(key, file=file, column=f"{spec.table}.crs", table=spec.table)
    return None


def _in_degrees(shapes: Any, crs: Any, file: str, spec: LayerSpec, gate: Gate) -> Shapes | None:
    """Geometries in degrees of WGS84, any datum's offset undone."""
    where = f"{spec.table}.crs"
    named = spec.options.get("crs", crs)
    try:
        known = CRS.from_user_input(named) if named is not None else None
    except CRSError:
        gate.fault("load.unknown_crs", file=file, column=where, crs=str(named))
        return None
    if crs is not None and known is not None and known != CRS.from_user_input(crs):
        gate.note("load.crs_overruled", file=file, said=CRS.from_user_input(crs).name, crs=named)
    if known is None:
        gate.fault("load.no_crs", file=file, column=where, table=spec.table)
        return None
    flat = shapely.force_2d(np.asarray(shapes, dtype=object))
    bounds = shapely.total_bounds(flat)
    if known.is_geographic and np.isfinite(bounds[0]) and np.abs(bounds).max() > 360:
        gate.fault("load.not_degrees", file=file, column=where, crs=known.name, table=spec.table)
        return None
    series = gpd.GeoSeries(flat, crs=known)
    degrees = np.asarray(series.to_crs(WGS84).array, dtype=object)
    return _without_offset(degrees, spec.datum)


def _without_offset(shapes: Shapes, datum: Datum) -> NDArray[np.object_]:
    if datum is Datum.WGS84:
        return shapes

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_wgs84(datum, xy[:, 0], xy[:, 1]))

    return np.asarray(shapely.transform(shapes, moved), dtype=object)


def _unpacked(frame: pd.DataFrame, column: str | None, file: str, gate: Gate) -> pd.DataFrame:
    """The frame with the keys of an hstore column as columns of their own."""
    found = find_column(frame, column, file, gate) if column else None
    if found is None:
        return frame
    parsed = [
        {_unescaped(key): _unescaped(value) for key, value in _HSTORE.findall(text)}
        for text in cells.as_text(frame[found])
    ]
    tags = pd.DataFrame(parsed, index=frame.index)
    fresh = [name for name in tags.columns if name not in frame.columns]
    return pd.concat([frame.drop(columns=found), tags[fresh]], axis=1)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _filtered(raw: Raw, spec: LayerSpec, gate: Gate) -> Raw:
    where: Mapping[str, Any] = spec.options.get("where", {})
    keep = np.ones(len(raw.cells), dtype=bool)
    for name, wanted in where.items():
        column = mapped_column(raw, spec, name, gate)
        if column is not None:
            values = wanted if isinstance(wanted, list) else [wanted]
            keep &= cells.as_text(raw.cells[column]).isin([str(v) for v in values]).to_numpy()
        elif "hstore" in spec.options:
            keep[:] = False
    return raw if keep.all() else raw.take(keep)


def mapped_column(raw: Raw, spec: LayerSpec, name: str, gate: Gate) -> str | None:
    """The file's column of a name; a tag that no row of an hstore carries is no fault."""
    quiet = "hstore" in spec.options and name not in raw.cells.columns
    return None if quiet else find_column(raw.cells, name, raw.file, gate)


def find_column(frame: pd.DataFrame, name: str, file: str, gate: Gate) -> str | None:
    """The frame's column of that name, spaces around it ignored, or None and a fault."""
    for column in frame.columns:
        if str(column).strip() == name.strip():
            return str(column)
    names = [str(column) for column in frame.columns]
    nearest = process.extractOne(name, names, score_cutoff=50)
    key = "load.no_column_near" if nearest else "load.no_column"
    near = nearest[0] if nearest else ""
    gate.fault(key, file=file, column=name, columns=", ".join(names), nearest=near)
    return None
