"""What each layer is made of: its columns, how the user's become ours, and its geometry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gridplan.load import events, makers, shapes
from gridplan.load.columns import Columns
from gridplan.schema import (
    ADDRESS,
    BUILDING_ID,
    CAPACITY,
    CASE_ID,
    CATEGORY,
    CHANNEL,
    CLOSED,
    COMMUNITY_CODE,
    COMPOUND_ID,
    DEADLINE,
    DIFFICULTY,
    DISPATCH,
    DWELLING_SHARE,
    ESTIMATED,
    FACILITY_ID,
    FLOORS,
    GRADE,
    GRID_CODE,
    HOME,
    HOUSEHOLDS,
    KIND,
    NAME,
    OPENED,
    OPENING_HOURS,
    PEOPLE,
    PLACE_KIND,
    REPEAT,
    RESIDENCE_CLASS,
    SATISFACTION,
    SPECIAL_HOUSEHOLDS,
    STATUS,
    SUBCATEGORY,
    TIME_LIMIT,
    TIME_LIMIT_UNIT,
    USE,
    WORKER,
)

COMPOUND_MAX = 30_000

_POLYGONS = frozenset({shapes.POLYGON})
_ANY = frozenset({shapes.POINT, shapes.LINE, shapes.POLYGON})


@dataclass(frozen=True)
class Kind:
    """What a layer is made of.

    Parameters
    ----------
    columns : mapping of str to dtype
        Ours.
    make : callable
        Fills them from the user's; may add `KEEP`.
    wanted : frozenset of int
        Dimensions of geometry that fit.
    strict : bool
        Whether a row without a usable geometry is a fault; else it is left out and counted.
    to_point : bool
        Whether geometries become points inside them.
    points : mapping of str to (str, str)
        Further columns of points: ours to the keys of their longitude and latitude, or easting
        and northing, in the system of the file.
    """

    columns: Mapping[str, str]
    make: Callable[[Columns], pd.DataFrame]
    wanted: frozenset[int]
    strict: bool = True
    to_point: bool = False
    points: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def _compounds(columns: Columns) -> pd.DataFrame:
    options = columns.spec.options
    most = options.get("compound_max", COMPOUND_MAX)
    return pd.DataFrame(
        {
            COMPOUND_ID: columns.code("id"),
            NAME: columns.text("name"),
            HOUSEHOLDS: columns.count("households", most=most, too_many="load.too_many_compound"),
            PEOPLE: columns.count("people"),
            "buildings": columns.count("buildings"),
            "radius_m": float(options.get("radius_m", np.nan)),
        }
    )


def _communities(columns: Columns) -> pd.DataFrame:
    difficulty = columns.number("difficulty")
    zero = difficulty == 0
    columns.gate.fault_rows(
        "load.no_difficulty",
        columns.raw.rows[zero.to_numpy()],
        file=columns.raw.file,
        column=columns.spec.columns.get("difficulty", ""),
    )
    return pd.DataFrame(
        {
            COMMUNITY_CODE: columns.code("code"),
            NAME: columns.text("name"),
            RESIDENCE_CLASS: columns.text("class"),
            DIFFICULTY: difficulty.fillna(1.0),
        }
    )


def _with_kind(columns: Columns) -> pd.DataFrame:
    kind = columns.text("kind")
    said = kind.where(kind != "", columns.spec.options.get("is", ""))
    return pd.DataFrame({KIND: said, NAME: columns.text("name")})


def _streets(columns: Columns) -> pd.DataFrame:
    flags = {key: columns.flag(key) for key in ("bridge", "tunnel")}
    return _with_kind(columns).assign(**flags)


def _totals(columns: Columns) -> pd.DataFrame:
    if not (columns.has("population") or columns.has("households")):
        columns.gate.fault(
            "load.no_totals", file=columns.raw.file, table=columns.spec.table, column=""
        )
    return pd.DataFrame(
        {HOUSEHOLDS: columns.number("households"), PEOPLE: columns.number("population")}
    )


def _grids(columns: Columns) -> pd.DataFrame:
    code = columns.code("code")
    columns.gate.note(
        "load.grids_without_code", file=columns.raw.file, count=int((code == "").sum())
    )
    return pd.DataFrame(
        {
            GRID_CODE: code,
            NAME: columns.text("name"),
            COMMUNITY_CODE: columns.code("community"),
            WORKER: columns.text("worker"),
        }
    )


def _facilities(columns: Columns) -> pd.DataFrame:
    identity = columns.code("id")
    return _with_kind(columns).assign(
        **{
            FACILITY_ID: identity,
            OPENING_HOURS: columns.text("opening_hours"),
            CAPACITY: columns.number("capacity"),
        }
    )


_TIME = "datetime64[us]"
KINDS: Mapping[str, Kind] = {
    "buildings": Kind(
        {
            BUILDING_ID: "object", NAME: "object", ADDRESS: "object", FLOORS: "float64",
            USE: "object", DWELLING_SHARE: "float64", HOUSEHOLDS: "float64", PEOPLE: "float64",
            SPECIAL_HOUSEHOLDS: "float64", ESTIMATED: "bool", COMPOUND_ID: "object",
            COMMUNITY_CODE: "object",
        },
        makers.buildings,
        frozenset({shapes.POINT, shapes.POLYGON}),
    ),
    "compounds": Kind(
        {
            COMPOUND_ID: "object", NAME: "object", HOUSEHOLDS: "float64", PEOPLE: "float64",
            "buildings": "float64", "radius_m": "float64",
        },
        _compounds,
        frozenset({shapes.POINT, shapes.POLYGON}),
    ),
    "communities": Kind(
        {COMMUNITY_CODE: "object", NAME: "object", RESIDENCE_CLASS: "object", DIFFICULTY: "float64"},
        _communities,
        _POLYGONS,
    ),
    "barriers": Kind(
        {KIND: "object", NAME: "object"},
        makers.barriers,
        frozenset({shapes.LINE, shapes.POLYGON}), strict=False,
    ),
    "crossings": Kind({KIND: "object", NAME: "object"}, _with_kind, _ANY, strict=False),
    "streets": Kind(
        {KIND: "object", NAME: "object", "bridge": "bool", "tunnel": "bool"},
        _streets,
        frozenset({shapes.LINE}), strict=False,
    ),
    "totals": Kind({HOUSEHOLDS: "float64", PEOPLE: "float64"}, _totals, _POLYGONS),
    "grids": Kind(
        {GRID_CODE: "object", NAME: "object", COMMUNITY_CODE: "object", WORKER: "object"},
        _grids,
        _POLYGONS,
    ),
    "cases": Kind(
        {
            CASE_ID: "object", CATEGORY: "object", SUBCATEGORY: "object", OPENED: _TIME,
            CLOSED: _TIME, DEADLINE: _TIME, STATUS: "object", CHANNEL: "object",
            DISPATCH: "object", TIME_LIMIT: "float64", TIME_LIMIT_UNIT: "object",
            REPEAT: "bool", SATISFACTION: "object", ADDRESS: "object", PLACE_KIND: "object",
            GRADE: "object",
        },
        events.cases,
        _ANY, strict=False, to_point=True, points={HOME: ("home_x", "home_y")},
    ),
    "facilities": Kind(
        {
            FACILITY_ID: "object", NAME: "object", KIND: "object", OPENING_HOURS: "object",
            CAPACITY: "float64",
        },
        _facilities,
        _ANY, strict=False, to_point=True,
    ),
}  # fmt: skip
"""Every layer that has a place."""
