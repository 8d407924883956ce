"""The plan's map layers as files: a GeoPackage that holds all, a GeoJSON that any receiver reads."""

from __future__ import annotations

import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from gridplan.analyse.compare import Comparison
from gridplan.certificate import grid_name
from gridplan.export.borders import SIDES, border_words
from gridplan.plan import BUILDING_COLUMNS, GRID_COLUMNS, UNIT_COLUMNS, Plan
from gridplan.words import say

GPKG = "grids.gpkg"
GEOJSON = "grids.geojson"

LEDGER_COLUMNS = ("name", "change_kind", "parents", "perimeter_m", *SIDES)
"""What the files tell of a grid beside `GRID_COLUMNS`."""

GEOJSON_COLUMNS = (
    "name", "grid_id", "code", "community", "community_name", "residence_class", "households",
    "people", "estimated", "estimated_share", "buildings", "radius_m", "area_m2", "perimeter_m",
    "lower", "upper", "change_kind", "geometry",
)  # fmt: skip
"""Properties of each GeoJSON feature; ``name`` first, for a receiver that reads only that."""

_UNLIMITED = {"lower": 0.0, "upper": math.inf, "radius_limit_m": math.inf}
_LAYERS = {"grids": GRID_COLUMNS, "units": UNIT_COLUMNS, "buildings": BUILDING_COLUMNS}
_COUNTS = ("households", "people", "units", "buildings", "pieces", "moved_households")


def grid_layer(
    plan: Plan, comparison: Comparison, lines: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """Everything that the files tell of each grid.

    Parameters
    ----------
    plan : Plan
        The plan.
    comparison : Comparison
        Where change kinds and parents come from.
    lines : GeoDataFrame, optional
        Named streets and waters for the border in words, metric CRS of the plan.

    Returns
    -------
    GeoDataFrame
        `GRID_COLUMNS` and `LEDGER_COLUMNS`; a limit that does not exist is NaN; a MultiPolygon
        of one polygon is a Polygon.
    """
    grids = plan.grids[list(GRID_COLUMNS)].reset_index(drop=True)
    for column, unlimited in _UNLIMITED.items():
        grids[column] = grids[column].astype(float).replace(unlimited, np.nan)
    names = zip(grids["code"], grids["community_name"], strict=True)
    grids["name"] = [grid_name(code, community) for code, community in names]
    kinds = grids["grid_id"].map(comparison.kinds)
    grids["change_kind"] = [say(f"export.change.{kind}") for kind in kinds]
    parents = parents_in_words(comparison.crosswalk)
    grids["parents"] = [parents.get(grid, "") for grid in grids["grid_id"]]
    grids["perimeter_m"] = grids.length
    known = lines is not None and not lines.empty
    grids[list(SIDES)] = border_words(grids, lines) if known else ""
    return grids.set_geometry(_single(grids.geometry))


def write_gpkg(grids: gpd.GeoDataFrame, plan: Plan, path: Path) -> None:
    """Write layers ``grids``, ``units`` and ``buildings`` in the plan's metric CRS.

    Parameters
    ----------
    grids : GeoDataFrame
        From :func:`grid_layer`.
    plan : Plan
        Its units and buildings.
    path : Path
        A file that does not exist yet.
    """
    columns = [*GRID_COLUMNS[:-1], *LEDGER_COLUMNS, "geometry"]
    pyogrio.write_dataframe(grids[columns], path, layer="grids")
    pyogrio.write_dataframe(plan.units[list(UNIT_COLUMNS)], path, layer="units")
    pyogrio.write_dataframe(plan.buildings[list(BUILDING_COLUMNS)], path, layer="buildings")


def write_geojson(grids: gpd.GeoDataFrame, path: Path) -> None:
    """Write the grids by RFC 7946: WGS 84, right-hand rule, 7 decimals (1 cm).

    Parameters
    ----------
    grids : GeoDataFrame
        From :func:`grid_layer`.
    path : Path
        The file.
    """
    rounded = {"estimated_share": 4, "radius_m": 1, "area_m2": 1, "perimeter_m": 1}
    write_rfc7946(grids[list(GEOJSON_COLUMNS)].round(rounded), path)


def write_rfc7946(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write any frame by RFC 7946: WGS 84, right-hand rule, 7 decimals (1 cm).

    Parameters
    ----------
    frame : GeoDataFrame
        Any CRS, any mixture of geometries.
    path : Path
        The file.
    """
    pyogrio.write_dataframe(
        frame.to_crs(4326), path, driver="GeoJSON", geometry_type="Unknown", RFC7946="YES",
        COORDINATE_PRECISION="7", WRITE_NAME="NO",
    )  # fmt: skip


def read_gpkg(path: Path) -> dict[str, gpd.GeoDataFrame]:
    """Read the three layers as `Plan` holds them.

    Parameters
    ----------
    path : Path
        Written by :func:`write_gpkg`.

    Returns
    -------
    dict of str to GeoDataFrame
        ``grids``, ``units``, ``buildings``.

    Raises
    ------
    KeyError
        Naming ``layer`` or ``layer.column`` that is missing.
    """
    present = set(pyogrio.list_layers(path)[:, 0])
    missing = [layer for layer in _LAYERS if layer not in present]
    frames = {layer: pyogrio.read_dataframe(path, layer=layer) for layer in present & set(_LAYERS)}
    missing += [
        f"{layer}.{column}"
        for layer, frame in frames.items()
        for column in _LAYERS[layer]
        if column not in frame
    ]
    if missing:
        raise KeyError(*sorted(missing))
    frames["grids"] = frames["grids"].fillna(_UNLIMITED)
    return {layer: _as_planned(frames[layer], columns) for layer, columns in _LAYERS.items()}


def _as_planned(frame: gpd.GeoDataFrame, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    frame = frame[list(columns)].copy()
    for column in frame.columns.drop("geometry"):
        if column in _COUNTS:
            frame[column] = frame[column].astype("int64")
        elif column == "estimated":
            frame[column] = frame[column].astype(bool)
        elif not pd.api.types.is_numeric_dtype(frame[column]):
            frame[column] = frame[column].fillna("")
    return frame


def _single(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Polygons wherever one polygon is all there is: a receiver skips MultiPolygons."""
    alone = shapely.get_num_geometries(geometry.to_numpy()) == 1
    first = shapely.get_geometry(geometry.to_numpy(), 0)
    return gpd.GeoSeries(
        np.where(alone, first, geometry.to_numpy()), index=geometry.index, crs=geometry.crs
    )


def parents_in_words(crosswalk: pd.DataFrame) -> dict[str, str]:
    """Present codes with their share of the grid's households, by grid: P1（57.5%）、P2（42.5%）.

    A present grid that gives only buildings without households is left to the crosswalk, unless
    there is no other.

    Parameters
    ----------
    crosswalk : DataFrame
        ``grid_id, present, households, share_of_grid``.
    """
    told: dict[str, list[str]] = {}
    inhabited = set(crosswalk.loc[crosswalk["households"] > 0, "grid_id"])
    for row in crosswalk.itertuples():
        if row.households == 0 and row.grid_id in inhabited:
            continue
        told.setdefault(row.grid_id, []).append(f"{row.present}（{row.share_of_grid:.1%}）")
    return {grid: "、".join(parts) for grid, parts in told.items()}
