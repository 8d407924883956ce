"""Every key of ``area.toml`` and what may stand behind it; ``docs/area.md`` explains each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gridplan.crs import Datum
from gridplan.schema import BarrierKind, HouseholdKind, ResidenceClass

SOURCES = ("column", "table", "compounds", "estimate")
FAULT, DROP = "fault", "drop"
ANY_OTHER = "*"


@dataclass(frozen=True)
class Key:
    """What may stand behind one key.

    Parameters
    ----------
    fits : callable
        Whether a value may stand there; of a table, whether each of its entries may.
    wants : str
        Catalogue entry of the fault where something else stands there.
    is_table : bool
        Whether a table must stand there.
    """

    fits: Callable[[Any], bool]
    wants: str
    is_table: bool = False

    def misfits(self, value: Any) -> dict[str, Any]:
        """What does not fit: the whole value under ``""``, or entries of a table by name."""
        if self.is_table and isinstance(value, dict):
            return {name: item for name, item in value.items() if not self.fits(item)}
        return {} if not self.is_table and self.fits(value) else {"": value}


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


def _one_of(*choices: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in choices


BARRIER_KINDS = tuple(kind.value for kind in BarrierKind)
_TEXT = Key(_is_text, "load.wants.text")
COLUMN = Key(_is_text, "load.wants.column")
_NUMBER = Key(_is_number, "load.wants.number")
_ROW = Key(lambda value: isinstance(value, int) and _is_number(value), "load.wants.row")
_FILES = Key(lambda value: _is_text(value) or _is_texts(value), "load.wants.files")
_WHERE = Key(
    lambda value: all(
        isinstance(v, str | int) for v in (value if isinstance(value, list) else [value])
    ),
    "load.wants.where",
    is_table=True,
)

_READ = {"file": _FILES, "layer": _TEXT, "encoding": _TEXT, "header": _ROW, "where": _WHERE}
_PLACED = {
    **_READ,
    "crs": _TEXT,
    "datum": Key(_one_of(*Datum), "load.wants.datum"),
    "x": COLUMN,
    "y": COLUMN,
    "wkt": COLUMN,
    "hstore": COLUMN,
}


def _columns(*names: str) -> dict[str, Key]:
    return dict.fromkeys(names, COLUMN)


_USES = Key(_is_use, "load.wants.uses", is_table=True)
_OUTSIDE = Key(_one_of(FAULT, DROP), "load.wants.outside")
_CLASSES = Key(_one_of(*ResidenceClass), "load.wants.classes", is_table=True)
_KINDS = Key(_one_of(*BARRIER_KINDS, ""), "load.wants.kinds", is_table=True)

TABLES: Mapping[str, Mapping[str, Key]] = {
    "": {"version": _ROW, "name": _TEXT, "crs": _TEXT, "base": _TEXT},
    "buildings": {
        **_PLACED,
        **_columns("id", "name", "address", "floors", "height", "use"),
        **_columns("households", "people", "special_households", "compound", "community"),
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
    "grids": {**_PLACED, **_columns("code", "name", "community", "worker")},
    "roster": {**_READ, **_columns("community", "posts", "vacancies")},
    "cases": {
        **_PLACED,
        **_columns("id", "category", "subcategory", "opened", "closed", "deadline", "status"),
        **_columns("channel", "dispatch", "time_limit", "time_limit_unit", "repeat"),
        **_columns("satisfaction", "address", "place_kind", "grade", "home_x", "home_y"),
        "time_format": _TEXT,
    },
    "facilities": {
        **_PLACED,
        **_columns("id", "name", "kind", "opening_hours", "capacity"),
        "is": _TEXT,
    },
    "visits": {
        **_READ,
        **_columns("id", "building", "visited", "kind", "case_id"),
        "time_format": _TEXT,
    },
    "osm": {"file": _FILES},
}
"""Every key of every table; ``""`` holds those above the first table."""

NEEDED = {"visits": ("building", "visited"), "roster": ("community",)}
