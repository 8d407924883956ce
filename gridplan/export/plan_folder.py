"""The plan folder, which every later step reads: written whole or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
from pyogrio.errors import DataSourceError

from gridplan.analyse.compare import compare
from gridplan.analyse.present import Present
from gridplan.errors import Fault, GridplanError, InputError
from gridplan.export import layers as files
from gridplan.export.aside import restore, write_aside
from gridplan.export.ledger import LEDGER, write_ledger
from gridplan.export.summary import (
    PLAN_JSON,
    Summary,
    holds_format,
    parse_summary,
    summarise,
    to_json,
)
from gridplan.load.layers import Layers
from gridplan.plan import Plan
from gridplan.report import REPORT, write_report

PLAN_FILES = (PLAN_JSON, files.GPKG, files.GEOJSON, LEDGER, REPORT)
"""Everything that a plan folder holds."""


def write_plan(
    plan: Plan,
    folder: Path,
    *,
    layers: Layers | None = None,
    present: Present | None = None,
    today: date | None = None,
    prepared_s: float | None = None,
) -> None:
    """Write a plan folder; see ``docs/formats.md``.

    Parameters
    ----------
    plan : Plan
        What to write.
    folder : Path
        Made, or replaced whole where it is a plan folder already.
    layers : Layers, optional
        Streets and waters for the border in words and the map, the roster of grid workers.
    present : Present, optional
        The present grids, for before and after.
    today : date, optional
        Stands on the documents; the day of writing where left out.
    prepared_s : float, optional
        Seconds that preparing the area took, for the record.

    Raises
    ------
    GridplanError
        Where something else stands at `folder`, or the disk refuses; then nothing has changed.
    """
    today = today or date.today()
    comparison = compare(present, plan, None if layers is None else layers.roster)

    def fill(part: Path) -> None:
        grids = files.grid_layer(plan, comparison, _named_lines(layers))
        files.write_gpkg(grids, plan, part / files.GPKG)
        files.write_geojson(grids, part / files.GEOJSON)
        write_ledger(grids, plan, comparison, part / LEDGER, today)
        write_report(plan, comparison, part / REPORT, layers=layers, present=present, today=today)
        (part / PLAN_JSON).write_text(to_json(summarise(plan, today, prepared_s)), "utf-8")

    write_aside(folder, fill, ours=holds_format, files=PLAN_FILES)


def read_plan(folder: Path) -> Plan:
    """Read a plan folder back.

    Parameters
    ----------
    folder : Path
        Written by :func:`write_plan`.

    Returns
    -------
    Plan
        Equal to the one that was written.

    Raises
    ------
    GridplanError
        Where `folder` is no plan folder.
    InputError
        With every fault found in its files.
    """
    folder = Path(folder).resolve()
    if folder.name:
        restore(folder)
    if not (folder / PLAN_JSON).is_file():
        raise GridplanError("export.no_plan_folder", folder=folder)
    faults: list[Fault] = []
    summary = _read_summary(folder, faults)
    frames = _read_layers(folder, faults)
    if faults or summary is None:
        raise InputError(faults)
    _refuse_disagreement(summary, frames)
    return Plan(
        name=summary.name,
        **frames,
        status=summary.status,
        stages=summary.stages,
        violations=summary.violations,
        exceptions=summary.exceptions,
        seconds=summary.seconds,
        provenance=summary.provenance,
    )


def _read_summary(folder: Path, faults: list[Fault]) -> Summary | None:
    try:
        return parse_summary((folder / PLAN_JSON).read_text("utf-8"))
    except InputError as error:
        faults.extend(error.faults)
    except (OSError, UnicodeDecodeError) as error:
        faults.append(Fault("export.fault.unreadable", PLAN_JSON, values={"reason": error}))
    return None


def _read_layers(folder: Path, faults: list[Fault]) -> dict[str, gpd.GeoDataFrame]:
    path = folder / files.GPKG
    if not path.is_file():
        faults.append(Fault("export.fault.file_missing", files.GPKG))
        return {}
    try:
        return files.read_gpkg(path)
    except KeyError as error:
        faults.extend(
            Fault("export.fault.layer_missing", files.GPKG, column=name) for name in error.args
        )
    except (DataSourceError, ValueError) as error:
        faults.append(Fault("export.fault.unreadable", files.GPKG, values={"reason": error}))
    return {}


def _refuse_disagreement(summary: Summary, frames: dict[str, gpd.GeoDataFrame]) -> None:
    """A folder whose parts come from two exports, or were edited apart, is no plan."""
    grids, units, buildings = frames["grids"], frames["units"], frames["buildings"]
    pairs = {
        "groups": (summary.groups, len(grids)),
        "households": (summary.households, int(grids["households"].sum())),
    }
    faults = [
        Fault("export.fault.disagree", PLAN_JSON, column=key, values={"told": told, "found": found})
        for key, (told, found) in pairs.items()
        if told != found
    ]
    home = buildings["unit_id"].map(
        units.drop_duplicates("unit_id").set_index("unit_id")["grid_id"]
    )
    stray = int((home != buildings["grid_id"]).sum())
    if stray:
        told = {"count": stray}
        faults.append(Fault("export.fault.stray", files.GPKG, column="buildings", values=told))
    for layer, frame in frames.items():
        if frame.crs != grids.crs:
            values = {"crs": str(frame.crs), "grids": str(grids.crs)}
            faults.append(Fault("export.fault.crs", files.GPKG, column=layer, values=values))
    if faults:
        raise InputError(faults)


def _named_lines(layers: Layers | None) -> gpd.GeoDataFrame | None:
    if layers is None:
        return None
    parts = [frame for frame in (layers.streets, layers.barriers) if len(frame)]
    if not parts:
        return None
    return gpd.GeoDataFrame(
        pd.concat([part[["name", "geometry"]] for part in parts], ignore_index=True)
    )
