"""``area.toml`` as a frozen value: which files and columns make up which layer."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rapidfuzz import process

from gridplan.crs import Datum
from gridplan.load.gate import Gate
from gridplan.load.keys import COLUMN, NEEDED, TABLES

FILE_NAME = "area.toml"


@dataclass(frozen=True)
class LayerSpec:
    """One table of ``area.toml``.

    Parameters
    ----------
    table : str
        As the user wrote it: ``buildings``, ``grids.城管网格``.
    files : tuple of str
        As the user wrote them.
    columns : mapping of str to str
        Our key to the user's column, for those given.
    options : mapping
        Every other key given.
    """

    table: str
    files: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))
        object.__setattr__(self, "options", MappingProxyType(dict(self.options)))

    @property
    def datum(self) -> Datum:
        """What the coordinates refer to."""
        return Datum(self.options.get("datum", Datum.WGS84))


@dataclass(frozen=True)
class AreaSpec:
    """A whole ``area.toml``.

    Parameters
    ----------
    name : str
        Of the street or place.
    crs : str
        ``auto`` or the metric system to work in.
    base : str
        Name of the legacy layer that a redraw starts from, or "".
    households : LayerSpec
        Where counts come from, with the joined table's files and columns.
    layers : mapping of str to tuple of LayerSpec
        Tables by the layer's name.
    grids : mapping of str to tuple of LayerSpec
        Legacy layers by name.
    osm : tuple of str
        Extracts that supply what no table gives.
    """

    name: str
    crs: str
    base: str
    households: LayerSpec
    layers: Mapping[str, tuple[LayerSpec, ...]]
    grids: Mapping[str, tuple[LayerSpec, ...]]
    osm: tuple[str, ...]

    def tables(self, layer: str) -> tuple[LayerSpec, ...]:
        """The tables of one layer that name a file."""
        return tuple(spec for spec in self.layers.get(layer, ()) if spec.files)

    def option(self, layer: str, key: str, default: Any = None) -> Any:
        """The first value given for a key of a layer."""
        for spec in self.layers.get(layer, ()):
            if key in spec.options:
                return spec.options[key]
        return default


def read_spec(folder: Path, gate: Gate) -> AreaSpec | None:
    """Read ``area.toml``; every typo and wrong type goes to the gate.

    Parameters
    ----------
    folder : Path
        Of the area.
    gate : Gate
        Takes the faults.

    Returns
    -------
    AreaSpec or None
        None where the file cannot be read at all.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        gate.fault("load.no_area", file=FILE_NAME, folder=str(folder))
        return None
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return _spec(tomllib.loads(text), folder.name, gate)
    except UnicodeDecodeError:
        gate.fault("load.area_not_utf8", file=FILE_NAME)
    except tomllib.TOMLDecodeError as error:
        gate.fault("load.area_syntax", file=FILE_NAME, detail=str(error))
    return None


def _spec(raw: Mapping[str, Any], folder_name: str, gate: Gate) -> AreaSpec:
    top = _top(raw, gate)
    layers = {
        key: _layer_specs(key, key, value, gate)
        for key, value in raw.items()
        if key in TABLES and key != "grids" and isinstance(value, dict | list)
    }
    grids = _grid_specs(raw.get("grids", {}), gate)
    households = layers.pop("households", ()) or (LayerSpec("households", ()),)
    osm = tuple(file for spec in layers.pop("osm", ()) for file in spec.files)
    if not any(spec.files for spec in layers.get("buildings", ())) and not osm:
        gate.fault("load.no_buildings", file=FILE_NAME, column="buildings.file")
    base = top.get("base", "")
    if base and base not in grids:
        nearest = _nearest(base, list(grids))
        gate.fault("load.no_base", file=FILE_NAME, column="base", base=base, nearest=nearest)
    name = top.get("name", folder_name)
    return AreaSpec(name, top.get("crs", "auto"), base, households[0], layers, grids, osm)


def _top(raw: Mapping[str, Any], gate: Gate) -> dict[str, Any]:
    """The keys above the first table; unknown tables and keys go to the gate."""
    plain = {key: value for key, value in raw.items() if not isinstance(value, dict | list)}
    known = [*TABLES[""], *(name for name in TABLES if name)]
    for key in raw:
        if key in plain and key in TABLES:
            gate.fault("load.not_a_table", file=FILE_NAME, column=key, table=key)
        elif key not in TABLES and not (key in plain and key in TABLES[""]):
            _unknown(gate, key, key, known)
    top = _checked({key: plain[key] for key in TABLES[""] if key in plain}, "", "", gate)
    if top.get("version", 1) != 1:
        gate.fault("load.version", file=FILE_NAME, column="version", version=top["version"])
    return top


def _grid_specs(raw: Any, gate: Gate) -> dict[str, tuple[LayerSpec, ...]]:
    if not isinstance(raw, dict) or not all(isinstance(v, dict | list) for v in raw.values()):
        gate.fault("load.grids_unnamed", file=FILE_NAME, column="grids")
        return {}
    return {name: _layer_specs("grids", f"grids.{name}", part, gate) for name, part in raw.items()}


def _layer_specs(layer: str, table: str, raw: Any, gate: Gate) -> tuple[LayerSpec, ...]:
    parts = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(part, dict) for part in parts):
        gate.fault("load.not_a_table", file=FILE_NAME, column=table, table=table)
        return ()
    return tuple(_layer_spec(layer, table, part, gate) for part in parts)


def _layer_spec(layer: str, table: str, raw: Mapping[str, Any], gate: Gate) -> LayerSpec:
    values = _checked(raw, layer, table, gate)
    file = values.pop("file", ())
    if "file" not in raw and layer not in ("households", "buildings"):
        gate.fault("load.no_file_key", file=FILE_NAME, column=f"{table}.file", table=table)
    for key in NEEDED.get(layer, ()):
        if key not in raw:
            gate.fault("load.key_needed", file=FILE_NAME, column=f"{table}.{key}", table=table)
    place = {"x", "y", "wkt", "hstore"}
    columns = {
        key: value
        for key, value in values.items()
        if TABLES[layer][key] is COLUMN and key not in place
    }
    options = {key: value for key, value in values.items() if key not in columns}
    for x, y in (("x", "y"), ("home_x", "home_y")):
        if (x in values) != (y in values):
            gate.fault("load.half_a_point", file=FILE_NAME, column=table, table=table, x=x, y=y)
    return LayerSpec(table, (file,) if isinstance(file, str) else tuple(file), columns, options)


def _checked(raw: Mapping[str, Any], layer: str, table: str, gate: Gate) -> dict[str, Any]:
    """The keys that are known and hold what they should; the rest goes to the gate."""
    good: dict[str, Any] = {}
    for name, value in raw.items():
        path = f"{table}.{name}" if table else name
        key = TABLES[layer].get(name)
        if key is None:
            _unknown(gate, path, name, list(TABLES[layer]))
            continue
        misfits = key.misfits(value)
        for entry, item in misfits.items():
            place = f"{path}.{entry}" if entry else path
            gate.fault(key.wants, file=FILE_NAME, column=place, value=_as_written(item))
        if not misfits:
            good[name] = value
    return good


def _as_written(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_as_written(item)}" for key, item in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unknown(gate: Gate, path: str, name: str, known: list[str]) -> None:
    nearest = _nearest(name, known)
    key = "load.unknown_key" if nearest else "load.unknown_key_far"
    gate.fault(key, file=FILE_NAME, column=path, name=name, nearest=nearest, known=", ".join(known))


def _nearest(name: str, known: list[str]) -> str:
    found = process.extractOne(name, known, score_cutoff=60)
    return str(found[0]) if found else ""
