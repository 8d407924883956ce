"""``area.toml`` as a frozen value: which files and columns make up which layer.

`TABLES` lists every key that may be written; ``docs/area.md`` explains each of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rapidfuzz import process

from gridplan.crs import Datum
from gridplan.load.gate import Gate
from gridplan.schema import BarrierKind, HouseholdKind, ResidenceClass

FILE_NAME = "area.toml"
SOURCES = ("column", "table", "compounds", "estimate")
FAULT, DROP = "fault", "drop"
ANY_OTHER = "*"


@dataclass(frozen=True)
class Key:
    """What may stand behind one key.

    Parameters
    ----------
    fits : callable
        Whether a value may stand there.
    wants : str
        Catalogue entry of the fault where something else stands there.
    """

    fits: Callable[[Any], bool]
    wants: str


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value.strip() != ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and value != [] and all(_is_text(item) for item in value)


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_use(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    households = value.get("households")
    is_count = isinstance(households, int) and not isinstance(households, bool) and households >= 0
    return is_count or _is_share(value.get("share"))


def _is_where(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _is_text(item) or _is_texts(item) for item in value.values()
    )


def _one_of(*choices: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in choices


def _lookup_to(*choices: str) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, dict)
        and all(isinstance(item, str) and item in choices for item in value.values())
    )


BARRIER_KINDS = tuple(kind.value for kind in BarrierKind)
_TEXT = Key(_is_text, "load.wants.text")
_COLUMN = Key(_is_text, "load.wants.column")
_NUMBER = Key(_is_number, "load.wants.number")
_ROW = Key(lambda value: isinstance(value, int) and _is_number(value), "load.wants.row")
_FILES = Key(lambda value: _is_text(value) or _is_texts(value), "load.wants.files")
_WHERE = Key(_is_where, "load.wants.where")

_READ = {"file": _FILES, "layer": _TEXT, "encoding": _TEXT, "header": _ROW, "where": _WHERE}
_PLACED = {
    **_READ,
    "crs": _TEXT,
    "datum": Key(_one_of(*Datum), "load.wants.datum"),
    "x": _COLUMN,
    "y": _COLUMN,
    "wkt": _COLUMN,
    "hstore": _COLUMN,
}


def _columns(*names: str) -> dict[str, Key]:
    return dict.fromkeys(names, _COLUMN)


_USES = Key(
    lambda value: isinstance(value, dict) and all(_is_use(item) for item in value.values()),
    "load.wants.uses",
)
_OUTSIDE = Key(_one_of(FAULT, DROP), "load.wants.outside")
_CLASSES = Key(_lookup_to(*ResidenceClass), "load.wants.classes")
_KINDS = Key(_lookup_to(*BARRIER_KINDS, ""), "load.wants.kinds")

TABLES: Mapping[str, Mapping[str, Key]] = {
    "": {"version": _ROW, "name": _TEXT, "crs": _TEXT, "base": _TEXT},
    "buildings": {
        **_PLACED,
        **_columns("id", "name", "address", "floors", "height", "use"),
        **_columns("households", "people", "compound", "community"),
        "uses": _USES,
    },
    "households": {
        **_READ,
        "source": Key(_one_of(*SOURCES), "load.wants.source"),
        "kind": Key(_one_of(*HouseholdKind), "load.wants.household_kind"),
        "persons_per_household": _NUMBER,
        "total": _NUMBER,
        "building_max": _NUMBER,
        "compound_max": _NUMBER,
        **_columns("key", "value", "people"),
    },
    "compounds": {
        **_PLACED,
        **_columns("id", "name", "households", "people", "buildings"),
        "radius_m": _NUMBER,
    },
    "communities": {
        **_PLACED,
        **_columns("code", "name", "class", "difficulty"),
        "classes": _CLASSES,
        "outside": _OUTSIDE,
    },
    "barriers": {
        **_PLACED,
        **_columns("kind", "name", "bridge", "tunnel"),
        "kinds": _KINDS,
        "is": Key(_one_of(*BARRIER_KINDS), "load.wants.barrier"),
    },
    "crossings": {**_PLACED, **_columns("kind", "name"), "is": _TEXT},
    "streets": {**_PLACED, **_columns("name", "kind", "bridge", "tunnel"), "is": _TEXT},
    "totals": {**_PLACED, **_columns("population", "households")},
    "grids": {**_PLACED, **_columns("code", "name", "community")},
    "roster": {**_READ, **_columns("community", "posts", "vacancies")},
    "cases": {
        **_PLACED,
        **_columns("id", "category", "opened", "closed", "deadline", "status"),
        "time_format": _TEXT,
    },
    "facilities": {**_PLACED, **_columns("id", "name", "kind", "opening_hours"), "is": _TEXT},
    "visits": {**_READ, **_columns("id", "building", "visited"), "time_format": _TEXT},
    "osm": {"file": _FILES},
}
"""Every key of every table; ``""`` holds those above the first table."""

_NEEDED = {"visits": ("building", "visited"), "roster": ("community",)}


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
    plain = {key: value for key, value in raw.items() if not isinstance(value, dict | list)}
    known = [*TABLES[""], *(name for name in TABLES if name)]
    for key in plain:
        if key in TABLES and key:
            gate.fault("load.not_a_table", file=FILE_NAME, column=key, table=key)
        elif key not in TABLES[""]:
            _unknown(gate, key, key, known)
    top = _checked({k: v for k, v in plain.items() if k in TABLES[""]}, "", "", gate)
    if top.get("version", 1) != 1:
        gate.fault("load.version", file=FILE_NAME, column="version", version=top["version"])
    layers: dict[str, tuple[LayerSpec, ...]] = {}
    for key, value in raw.items():
        if key in plain:
            continue
        if key not in TABLES:
            _unknown(gate, key, key, known)
        elif key != "grids":
            layers[key] = _layer_specs(key, key, value, gate)
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
    for key in _NEEDED.get(layer, ()):
        if key not in raw:
            gate.fault("load.key_needed", file=FILE_NAME, column=f"{table}.{key}", table=table)
    place = {"x", "y", "wkt", "hstore"}
    columns = {
        key: value
        for key, value in values.items()
        if TABLES[layer][key] is _COLUMN and key not in place
    }
    options = {key: value for key, value in values.items() if key not in columns}
    if ("x" in options) != ("y" in options):
        gate.fault("load.half_a_point", file=FILE_NAME, column=table, table=table)
    return LayerSpec(table, (file,) if isinstance(file, str) else tuple(file), columns, options)


def _checked(raw: Mapping[str, Any], layer: str, table: str, gate: Gate) -> dict[str, Any]:
    """The keys that are known and hold what they should; the rest goes to the gate."""
    good: dict[str, Any] = {}
    for name, value in raw.items():
        path = f"{table}.{name}" if table else name
        key = TABLES[layer].get(name)
        if key is None:
            _unknown(gate, path, name, list(TABLES[layer]))
        elif not key.fits(value):
            gate.fault(key.wants, file=FILE_NAME, column=path, value=value)
        else:
            good[name] = value
    return good


def _unknown(gate: Gate, path: str, name: str, known: list[str]) -> None:
    nearest = _nearest(name, known)
    key = "load.unknown_key" if nearest else "load.unknown_key_far"
    gate.fault(key, file=FILE_NAME, column=path, key=name, nearest=nearest, known=", ".join(known))


def _nearest(name: str, known: list[str]) -> str:
    found = process.extractOne(name, known, score_cutoff=60)
    return str(found[0]) if found else ""
