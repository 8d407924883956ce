"""Raw files become the layers' frames: our columns, mended geometries, one metric CRS.

Until the area is whole each frame also carries `FILE` and `ROW`, so that a fault found between
two layers can still name its place.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gridplan.crs import WGS84
from gridplan.load import shapes
from gridplan.load.columns import Columns, note_personal
from gridplan.load.files import Raw, further_points
from gridplan.load.gate import Gate
from gridplan.load.kinds import KINDS
from gridplan.load.makers import KEEP
from gridplan.load.spec import LayerSpec

FILE, ROW = "_file", "_row"

Sources = Sequence[tuple[LayerSpec, Raw]]


def empty(layer: str, crs: CRS) -> gpd.GeoDataFrame:
    """A layer without rows, with the right columns."""
    kind = KINDS[layer]
    columns = {name: pd.Series(dtype=dtype) for name, dtype in kind.columns.items()}
    columns |= {name: gpd.GeoSeries([], crs=crs) for name in kind.points}
    columns |= {FILE: pd.Series(dtype="object"), ROW: pd.Series(dtype="int64")}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=crs), crs=crs)


def layer_frame(layer: str, sources: Sources, crs: CRS, gate: Gate) -> gpd.GeoDataFrame:
    """All files of one layer as one frame.

    Parameters
    ----------
    layer : str
        One of `KINDS`.
    sources : sequence of (LayerSpec, Raw)
        What was read for it.
    crs : pyproj.CRS
        Projected, in metres.
    gate : Gate
        Takes faults and notes.

    Returns
    -------
    GeoDataFrame
        Columns of the kind, `FILE`, `ROW` and geometry; index 0…n−1.
    """
    parts = [_part(layer, spec, raw, crs, gate) for spec, raw in sources]
    filled = [part for part in parts if len(part)]
    if not filled:
        return empty(layer, crs)
    frame = pd.concat(filled, ignore_index=True)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs)


def _part(layer: str, spec: LayerSpec, raw: Raw, crs: CRS, gate: Gate) -> gpd.GeoDataFrame:
    kind = KINDS[layer]
    note_personal(raw, gate)
    columns = kind.make(Columns(raw, spec, gate))
    frame = columns.reindex(columns=list(kind.columns)).astype(dict(kind.columns))
    frame[FILE], frame[ROW] = raw.file, raw.rows
    if raw.shapes is None:
        gate.fault("load.no_geometry_at_all", file=raw.file, table=spec.table)
        return empty(layer, crs)
    for name, (x, y) in kind.points.items():
        points = further_points(raw, spec, x, y, gate)
        frame[name] = gpd.GeoSeries(_projected(points, crs), index=frame.index, crs=crs)
    good, keep = _mended(_projected(raw.shapes, crs), layer, spec, raw, gate)
    if kind.to_point:
        good = np.asarray(gpd.GeoSeries(good, crs=crs).representative_point().array, dtype=object)
    whole = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(good, index=frame.index, crs=crs))
    keep &= np.asarray(columns.get(KEEP, True))
    return whole[keep]


def _projected(degrees: shapes.Shapes, crs: CRS) -> shapes.Shapes:
    """In the area's system; None beyond what its projection reaches."""
    known = np.asarray(gpd.GeoSeries(degrees, crs=WGS84).to_crs(crs).array, dtype=object)
    known[~np.isfinite(shapely.bounds(known)).all(axis=1)] = None
    return known


def _mended(
    placed: shapes.Shapes, layer: str, spec: LayerSpec, raw: Raw, gate: Gate
) -> tuple[shapes.Shapes, shapes.Mask]:
    """Mended geometries, and which rows stay."""
    kind = KINDS[layer]
    mended = shapes.mend(placed, kind.wanted)
    where = {"file": raw.file, "table": spec.table}
    gate.note("load.rings_closed", **where, count=raw.closed)
    gate.note("load.repaired", **where, count=int(mended.repaired.sum()))
    strict = kind.strict and not spec.options.get("lenient")
    lost = mended.missing | mended.hopeless
    gate.note("load.wrong_shape", **where, count=int(mended.wrong.sum()))
    if strict:
        gate.fault_rows("load.no_geometry", raw.rows[mended.missing], file=raw.file)
        gate.fault_rows("load.hopeless", raw.rows[mended.hopeless], file=raw.file)
    elif layer == "cases":
        gate.note("load.no_place", **where, count=int(lost.sum()))
        return mended.shapes, ~mended.wrong
    else:
        gate.note("load.left_out", **where, count=int(lost.sum()))
    if len(placed) and mended.wrong.all():
        gate.fault("load.only_wrong_shapes", file=raw.file, table=spec.table)
    return mended.shapes, ~(lost | mended.wrong)
