"""Buildings and barriers from the user's columns: the two layers that take more than reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gridplan.load.columns import Columns
from gridplan.load.keys import ANY_OTHER
from gridplan.schema import (
    ADDRESS,
    BUILDING_ID,
    COMMUNITY_CODE,
    COMPOUND_ID,
    DWELLING_SHARE,
    ESTIMATED,
    FLOORS,
    HOUSEHOLDS,
    KIND,
    NAME,
    PEOPLE,
    SPECIAL_HOUSEHOLDS,
    USE,
    BarrierKind,
)

KEEP = "_keep"
"""Column of a made frame: whether the row stays."""
METRES_A_FLOOR = 3.0
MOST_FLOORS = 200
BUILDING_MAX = 5_000


def buildings(columns: Columns) -> pd.DataFrame:
    """Buildings; where the use says how many households live there, that counts as an estimate."""
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
            SPECIAL_HOUSEHOLDS: columns.count("special_households"),
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


def barriers(columns: Columns) -> pd.DataFrame:
    """Barriers of a known kind; those on bridges and in tunnels do not stay."""
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
