"""``gridplan coverage``: who is not served, the blind spots, and what they amount to."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridplan.coverage.find import VISITS, Coverage
from gridplan.coverage.services import ServiceSet
from gridplan.export.aside import write_aside
from gridplan.export.layers import write_rfc7946
from gridplan.export.summary import holds_format, plain, to_json
from gridplan.tiling import Geometries
from gridplan.words import Language, say

UNSERVED, BLINDSPOTS, SUMMARY = "unserved.csv", "blindspots.geojson", "summary.json"
COVERAGE_FILES = (UNSERVED, BLINDSPOTS, SUMMARY)
FORMAT, VERSION = "gridplan.coverage", "1.0"

_LANGUAGES: tuple[Language, ...] = ("zh", "en")
_UNSERVED = (
    "name", "address", "grid", "households", "people", "service", "facility", "metres", "over_m",
    "straight_m", "reason", "unvisited_households", "building_id",
)  # fmt: skip
_METRES = ("metres", "over_m", "straight_m")
_WHOLE = ("households", "people", "unvisited_households")


def write_coverage(coverage: Coverage, folder: Path, name: str = "") -> None:
    """Write the three files, or none of them; see ``docs/coverage.md``.

    Parameters
    ----------
    coverage : Coverage
        What was found.
    folder : Path
        New, or written by this function before.
    name : str
        Of the area.

    Raises
    ------
    GridplanError
        Where the folder holds something else, or the disk refuses.
    """

    def fill(part: Path) -> None:
        unserved_table(coverage).to_csv(part / UNSERVED, index=False, encoding="utf-8-sig")
        _write_geojson(coverage, part / BLINDSPOTS)
        (part / SUMMARY).write_text(to_json(summary_of(coverage, name)), "utf-8")

    write_aside(
        folder, fill, ours=partial(holds_format, file=SUMMARY, name=FORMAT), files=COVERAGE_FILES
    )


def unserved_table(coverage: Coverage, language: Language = "zh") -> pd.DataFrame:
    """The list of who is not served, under headings in words; metres are whole, "" unknown.

    Parameters
    ----------
    coverage : Coverage
    language : {"zh", "en"}
    """
    titles = _titles(coverage.services, language)
    table = coverage.unserved[list(_UNSERVED)].copy()
    table["service"] = table["service"].map(titles)
    table["reason"] = [say(f"coverage.reason.{reason}", language) for reason in table["reason"]]
    for column in _WHOLE:
        table[column] = table[column].astype(float).round().astype("int64")
    for column in _METRES:
        values = table[column].astype(float)
        whole = values.where(np.isfinite(values)).round()
        table[column] = ["" if np.isnan(value) else str(int(value)) for value in whole]
    return table.rename(columns={key: say(f"coverage.column.{key}", language) for key in _UNSERVED})


def summary_of(coverage: Coverage, name: str = "") -> dict[str, Any]:
    """The content of ``summary.json``: plain values, None where there is no number."""
    told = {
        "format": FORMAT,
        "version": VERSION,
        "name": name,
        "households": coverage.households,
        "people": coverage.people,
        "judged_share": round(coverage.judged_share, 4),
        "services": _services(coverage),
        "grids": _rounded(coverage.grids).to_dict("records"),
        "visits": _visits(coverage),
        "reachable_visited": coverage.cross.to_dict("records"),
        "blindspots": len(coverage.blindspots),
        "notes": [{lang: note.text(lang) for lang in _LANGUAGES} for note in coverage.notes],
        "method": {lang: say("coverage.method", lang) for lang in _LANGUAGES},
    }
    return dict(plain(told))


def _services(coverage: Coverage) -> list[dict[str, Any]]:
    known = {service.key: service for service in coverage.services.services}
    rows = []
    for row in _rounded(coverage.summary).to_dict("records"):
        service = known[row["service"]]
        source = {lang: service.walk.sentence(lang) for lang in _LANGUAGES}
        title = {lang: service.title(lang) for lang in _LANGUAGES}
        reasons = {key: row.pop(key) for key in ("distance", "network", "capacity")}
        rows.append({**row, "title": title, "source": source, "reasons": reasons})
    return rows


def _visits(coverage: Coverage) -> dict[str, Any]:
    visits = coverage.visits
    rules = [
        {
            **row,
            "title": {lang: say(f"coverage.rule.{row['rule']}", lang) for lang in _LANGUAGES},
            "why": row["why"] or None,
        }
        for row in visits.rules.to_dict("records")
    ]
    overdue = visits.buildings["overdue_households"].sum() if visits.judged else None
    day = None if visits.as_of is None else visits.as_of.isoformat()
    return {"as_of": day, "rules": rules, "overdue_households": overdue}


def _write_geojson(coverage: Coverage, path: Path) -> None:
    """RFC 7946: WGS 84, right-hand rule, 7 decimals (1 cm)."""
    metres = ["nearest_m", "farthest_m", "area_m2"]
    frame = coverage.blindspots.copy()
    frame[metres] = frame[metres].astype(float).replace(np.inf, np.nan).round(1)
    titles = [_titles(coverage.services, "zh")[key] for key in frame["service"]]
    frame.insert(0, "name", titles)
    frame = gpd.GeoDataFrame(frame, geometry="geometry", crs=coverage.blindspots.crs).to_crs(4326)
    # rounded here, where what rounding breaks can be mended and only ground be kept
    frame = frame.set_geometry(_ground(shapely.set_precision(frame.geometry.array, 1e-7)))
    write_rfc7946(frame, path)


def _ground(shapes: Geometries) -> Geometries:
    """The polygons of each shape, without lines and points."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    areal = shapely.get_dimensions(parts) == 2
    kept = [parts[areal & (of == k)] for k in range(len(shapes))]
    return np.asarray(
        [
            one[0] if len(one) == 1 else shapely.multipolygons(shapely.get_parts(one))
            for one in kept
        ],
        dtype=object,
    )


def _titles(services: ServiceSet, language: Language) -> dict[str, str]:
    known = {service.key: service.title(language) for service in services.services}
    return {**known, VISITS: say("coverage.visits", language)}


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.round({name: 4 for name in frame if str(name).endswith("_share")})
