"""The user's columns of each layer become ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from gridplan.load.columns import Columns
from gridplan.load.keys import ANY_OTHER
from gridplan.schema import (
    ADDRESS,
    BUILDING_ID,
    CASE_ID,
    CATEGORY,
    CLOSED,
    COMMUNITY_CODE,
    COMPOUND_ID,
    DEADLINE,
    DIFFICULTY,
    DWELLING_SHARE,
    ESTIMATED,
    FACILITY_ID,
    FLOORS,
    GRID_CODE,
    HOUSEHOLDS,
    KIND,
    NAME,
    OPENED,
    OPENING_HOURS,
    PEOPLE,
    RESIDENCE_CLASS,
    STATUS,
    USE,
    BarrierKind,
)  # fmt: skip

KEEP = "_keep"
METRES_A_FLOOR = 3.0
MOST_FLOORS = 200
BUILDING_MAX = 5_000
COMPOUND_MAX = 30_000

Maker = Callable[[Columns], pd.DataFrame]


def _buildings(columns: Columns) -> pd.DataFrame:
    options, raw = columns.spec.options, columns.raw
    floors = _floors(columns)
    use = columns.text("use")
    share, fixed = _dwellings(use, options.get("uses", {}))
    households = columns.count(
        "households", most=options.get("building_max", BUILDING_MAX), too_many="load.too_many"
    )
    by_use = households.isna() & fixed.notna()
    columns.gate.note("load.households_by_use", file=raw.file, count=int(by_use.sum()))
    return pd.DataFrame(
        {
            BUILDING_ID: columns.code("id"),
            NAME: columns.text("name"),
            ADDRESS: columns.text("address"),
            FLOORS: floors,
            USE: use,
            DWELLING_SHARE: share,
            HOUSEHOLDS: households.where(~by_use, fixed),
            PEOPLE: columns.count("people"),
            ESTIMATED: by_use,
            COMPOUND_ID: columns.code("compound"),
            COMMUNITY_CODE: columns.code("community"),
        }
    )


def _floors(columns: Columns) -> pd.Series:
    """Storeys; NaN where unknown, which a zero is too; from the height where only that is known."""
    floors = columns.number("floors", most=MOST_FLOORS, too_many="load.too_many_floors")
    height = columns.number("height")
    unknown = floors.isna() | (floors == 0)
    guessed = unknown & (height > 0)
    floors = floors.where(~unknown, (height / METRES_A_FLOOR).round().clip(lower=1))
    floors = floors.where(~(unknown & ~guessed), np.nan)
    file = columns.raw.file
    columns.gate.note("load.floors_by_height", file=file, count=int(guessed.sum()))
    if columns.has("floors") or columns.has("height"):
        columns.gate.note("load.floors_unknown", file=file, count=int(floors.isna().sum()))
    return floors


def _dwellings(use: pd.Series, uses: Mapping[str, Any]) -> tuple[pd.Series, pd.Series]:
    """Dwelling share and fixed number of households of each building, by its use."""
    rules = [uses.get(value, uses.get(ANY_OTHER, {})) for value in use]
    share = [float(rule.get("share", 1.0)) for rule in rules]
    fixed = [float(rule.get("households", np.nan)) for rule in rules]
    return pd.Series(share, use.index), pd.Series(fixed, use.index)


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


BARRIER_WORDS: Mapping[str, str] = {
    **{kind.value: kind.value for kind in BarrierKind},
    **dict.fromkeys(
        ("river", "canal", "riverbank", "lake", "coastline", "河流", "河道", "湖泊", "水系", "水域", "水体", "运河"),
        BarrierKind.WATER.value,
    ),
    **dict.fromkeys(("rail", "light_rail", "铁路", "铁道"), BarrierKind.RAILWAY.value),
    **dict.fromkeys(
        ("motorway", "trunk", "高速公路", "高速", "快速路", "城市快速路"), BarrierKind.EXPRESSWAY.value
    ),
    **dict.fromkeys(("fence", "city_wall", "围墙", "围栏"), BarrierKind.WALL.value),
}  # fmt: skip
"""Kinds of barrier that are understood without a ``kinds`` table."""


def _barriers(columns: Columns) -> pd.DataFrame:
    options, raw = columns.spec.options, columns.raw
    words = {**BARRIER_WORDS, **options.get("kinds", {})}
    said = columns.text("kind")
    kind = said.map(words).where(said != "", options.get("is", ""))
    unknown = kind.isna() | ((kind == "") & ~said.isin(list(words)))
    if unknown.any():
        values = ", ".join(sorted(set(said[unknown])) or [""])
        column = columns.spec.columns.get("kind", "")
        columns.gate.fault(
            "load.barrier_kind",
            file=raw.file,
            column=column,
            values=values,
            table=columns.spec.table,
        )
    lifted = columns.flag("bridge") | columns.flag("tunnel")
    columns.gate.note("load.barriers_lifted", file=raw.file, count=int(lifted.sum()))
    keep = ~lifted & ~unknown & (kind != "")
    return pd.DataFrame({KIND: kind.fillna(""), NAME: columns.text("name"), KEEP: keep})


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
    number = pd.Series(range(1, len(code) + 1), index=code.index).astype(str)
    columns.gate.note("load.grids_numbered", file=columns.raw.file, count=int((code == "").sum()))
    return pd.DataFrame(
        {
            GRID_CODE: code.where(code != "", number),
            NAME: columns.text("name"),
            COMMUNITY_CODE: columns.code("community"),
        }
    )


def _cases(columns: Columns) -> pd.DataFrame:
    opened, closed = columns.times("opened"), columns.times("closed")
    early = int((closed < opened).sum())
    columns.gate.note("load.closed_before_opened", file=columns.raw.file, count=early)
    identity = columns.code("id")
    twice = int((identity[identity != ""].duplicated()).sum())
    columns.gate.note("load.case_ids_twice", file=columns.raw.file, count=twice)
    return pd.DataFrame(
        {
            CASE_ID: identity,
            CATEGORY: columns.text("category"),
            OPENED: opened,
            CLOSED: closed,
            DEADLINE: columns.times("deadline"),
            STATUS: columns.text("status"),
        }
    )


def _facilities(columns: Columns) -> pd.DataFrame:
    identity = columns.code("id")
    return _with_kind(columns).assign(
        **{FACILITY_ID: identity, OPENING_HOURS: columns.text("opening_hours")}
    )


MAKERS: Mapping[str, Maker] = {
    "buildings": _buildings,
    "compounds": _compounds,
    "communities": _communities,
    "barriers": _barriers,
    "crossings": _with_kind,
    "streets": _streets,
    "totals": _totals,
    "grids": _grids,
    "cases": _cases,
    "facilities": _facilities,
}
