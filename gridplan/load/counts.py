"""Household counts from wherever they stand, and the tables without a place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from gridplan.load.columns import Columns, note_personal
from gridplan.load.files import Raw, read_files
from gridplan.load.gate import Gate
from gridplan.load.layers import Households
from gridplan.load.makers import BUILDING_MAX
from gridplan.load.spec import FILE_NAME, AreaSpec, LayerSpec
from gridplan.schema import (
    BUILDING_ID,
    CASE_ID,
    COMMUNITY_CODE,
    ESTIMATED,
    HOUSEHOLDS,
    KIND,
    NAME,
    PEOPLE,
    POSTS,
    VACANCIES,
    VISIT_ID,
    VISITED,
    HouseholdKind,
)  # fmt: skip


def household_source(spec: AreaSpec, gate: Gate) -> Households:
    """Where counts come from: as said, else the best that the tables offer, which is noted."""
    options = spec.households.options
    offers = {
        "table": bool(spec.households.files),
        "column": any("households" in table.columns for table in spec.tables("buildings")),
        "compounds": any("households" in table.columns for table in spec.tables("compounds")),
        "estimate": True,
    }
    source = options.get("source", next(name for name, offered in offers.items() if offered))
    if not offers[source]:
        gate.fault("load.source_missing", file=FILE_NAME, column="households.source", source=source)
    if "source" not in options:
        gate.note(f"load.source.{source}")
    return Households(
        source,
        HouseholdKind(options.get("kind", HouseholdKind.REGISTERED)),
        float(options.get("persons_per_household", 2.62)),
        options.get("total"),
    )


def with_counts(
    buildings: gpd.GeoDataFrame, spec: AreaSpec, source: str, folder: Path, gate: Gate
) -> gpd.GeoDataFrame:
    """Buildings with the counts of the chosen source; NaN where it has none."""
    if source == "table":
        return _joined(buildings, spec.households, folder, gate)
    if source != "column":
        counted = buildings[HOUSEHOLDS].notna() & ~buildings[ESTIMATED]
        gate.note("load.counts_unused", count=int(counted.sum()))
        kept = buildings[HOUSEHOLDS].where(~counted)
        return buildings.assign(**{HOUSEHOLDS: kept})
    gate.note("load.counts_unknown", count=int(buildings[HOUSEHOLDS].isna().sum()))
    return buildings


def _joined(
    buildings: gpd.GeoDataFrame, spec: LayerSpec, folder: Path, gate: Gate
) -> gpd.GeoDataFrame:
    for key in ("key", "value"):
        if key not in spec.columns:
            gate.fault(
                "load.key_needed", file=FILE_NAME, column=f"households.{key}", table="households"
            )
    parts = []
    for raw in read_files(spec, folder, gate):
        note_personal(raw, gate)
        columns = Columns(raw, spec, gate)
        most = spec.options.get("building_max", BUILDING_MAX)
        values = columns.count("value", most=most, too_many="load.too_many")
        people = columns.count("people")
        parts.append(
            pd.DataFrame(
                {BUILDING_ID: columns.code("key"), HOUSEHOLDS: values, PEOPLE: people}
            ).assign(_row=raw.rows, _file=raw.file)
        )
    if not parts:
        return buildings
    table = pd.concat(parts, ignore_index=True)
    table = table[table[BUILDING_ID] != ""]
    for file, part in table[table.duplicated(BUILDING_ID)].groupby("_file", sort=False):
        gate.fault_rows("load.id_twice", part["_row"], file=str(file), each=part[BUILDING_ID])
    table = table.drop_duplicates(BUILDING_ID).set_index(BUILDING_ID)
    ids = buildings[BUILDING_ID]
    if len(buildings) and not ids.isin(table.index).any():
        gate.fault("load.no_match", file=str(parts[0]["_file"].iloc[0]), column="key")
    gate.note("load.counts_without_building", count=int((~table.index.isin(ids)).sum()))
    households = ids.map(table[HOUSEHOLDS])
    gate.note("load.counts_unknown", count=int(households.isna().sum()))
    counted = households.notna()
    return buildings.assign(
        **{
            HOUSEHOLDS: households.where(counted, buildings[HOUSEHOLDS]),
            PEOPLE: ids.map(table[PEOPLE]).fillna(buildings[PEOPLE]),
            ESTIMATED: buildings[ESTIMATED] & ~counted,
        }
    )


def roster(
    specs: Sequence[LayerSpec], communities: gpd.GeoDataFrame, folder: Path, gate: Gate
) -> pd.DataFrame:
    """Posts and vacancies of each community; a list of one row a worker is counted.

    Communities are matched by code, else by name.
    """
    parts = [
        _posts(raw, spec, communities, gate)
        for spec in specs
        for raw in read_files(spec, folder, gate)
    ]
    if not parts:
        empty = {COMMUNITY_CODE: "object", POSTS: "int64", VACANCIES: "int64"}
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in empty.items()})
    whole = pd.concat(parts).groupby(COMMUNITY_CODE, as_index=False)[[POSTS, VACANCIES]].sum()
    return whole.astype({POSTS: "int64", VACANCIES: "int64"})


def _posts(raw: Raw, spec: LayerSpec, communities: gpd.GeoDataFrame, gate: Gate) -> pd.DataFrame:
    note_personal(raw, gate)
    columns = Columns(raw, spec, gate)
    said = columns.code("community")
    by_name = communities.drop_duplicates(NAME, keep=False).set_index(NAME)[COMMUNITY_CODE]
    code = said.where(said.isin(communities[COMMUNITY_CODE]), said.map(by_name))
    bad = code.isna().to_numpy()
    column = spec.columns.get("community", "")
    gate.fault_rows(
        "load.community_unknown", raw.rows[bad], file=raw.file, column=column, each=said[bad]
    )
    posts = columns.count("posts") if columns.has("posts") else pd.Series(1.0, said.index)
    return pd.DataFrame(
        {
            COMMUNITY_CODE: code,
            POSTS: posts.fillna(0),
            VACANCIES: columns.count("vacancies").fillna(0),
        }
    )[~bad]


_VISITS = {
    VISIT_ID: "object",
    BUILDING_ID: "object",
    VISITED: "datetime64[us]",
    KIND: "object",
    CASE_ID: "object",
}


def visits(
    specs: Sequence[LayerSpec], buildings: gpd.GeoDataFrame, folder: Path, gate: Gate
) -> pd.DataFrame:
    """Visits with what was visited, when and why; those of nothing known are noted.

    A follow-up names its case, and may be made by telephone: it stays without a building.
    """
    parts = [_visited(raw, spec, gate) for spec in specs for raw in read_files(spec, folder, gate)]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _VISITS.items()})
    table = pd.concat(parts, ignore_index=True)
    known = table[BUILDING_ID].isin(buildings[BUILDING_ID])
    kept = known | (table[CASE_ID] != "")
    gate.note("load.visits_unknown", count=int(np.sum(~kept)))
    table[BUILDING_ID] = table[BUILDING_ID].where(known, "")
    return table[kept].reset_index(drop=True)


def _visited(raw: Raw, spec: LayerSpec, gate: Gate) -> pd.DataFrame:
    note_personal(raw, gate)
    columns = Columns(raw, spec, gate)
    return pd.DataFrame(
        {
            VISIT_ID: columns.code("id"),
            BUILDING_ID: columns.code("building"),
            VISITED: columns.times("visited"),
            KIND: columns.text("kind"),
            CASE_ID: columns.code("case_id"),
        }
    )
