"""``gridplan hotspots``: clusters, piles and cells as files, and what they amount to."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from gridplan.cases.quality import Quality, quality_of
from gridplan.export.aside import write_aside
from gridplan.export.layers import write_rfc7946
from gridplan.export.summary import holds_format, plain, to_json
from gridplan.hotspots.spec import Hotspots
from gridplan.load.layers import Layers
from gridplan.words import say

CLUSTERS, PILES, CELLS, SUMMARY = "clusters.geojson", "piles.csv", "cells.gpkg", "summary.json"
HOTSPOT_FILES = (CLUSTERS, PILES, CELLS, SUMMARY)
FORMAT, VERSION = "gridplan.hotspots", "1.0"

_PILE_COLUMNS = (
    "kind", "address", "cases", "expected", "p_value", "addresses", "address_share", "category",
    "category_share", "repeat_share", "to_home_m", "longitude", "latitude",
)  # fmt: skip
_ROUNDED = {
    "expected": 2, "relative_risk": 2, "llr": 3, "per_100": 2, "smoothed_per_100": 2, "share": 4,
    "address_share": 3, "category_share": 3, "repeat_share": 3, "to_home_m": 1, "overlap": 3,
    "pai": 3, "pei": 3,
}  # fmt: skip


def write_hotspots(found: Hotspots, layers: Layers, folder: Path) -> None:
    """Write the four files, or none of them.

    Parameters
    ----------
    found : Hotspots
        What was found.
    layers : Layers
        Of the area: its name, and what is odd about its cases.
    folder : Path
        New, or written by this function before.

    Raises
    ------
    GridplanError
        Where the folder holds something else, or the disk refuses.
    """

    def fill(part: Path) -> None:
        write_rfc7946(cluster_layer(found), part / CLUSTERS)
        pile_table(found).to_csv(part / PILES, index=False, encoding="utf-8-sig")
        _write_cells(found, part / CELLS)
        (part / SUMMARY).write_text(to_json(summary_of(found, layers)), "utf-8")

    write_aside(
        folder, fill, ours=partial(holds_format, file=SUMMARY, name=FORMAT), files=HOTSPOT_FILES
    )


def cluster_layer(found: Hotspots) -> gpd.GeoDataFrame:
    """Clusters with the grids that answer for them in words, metric CRS."""
    frame = found.clusters.round(_ROUNDED)
    frame["trend_words"] = [trend_words(trend) for trend in frame["trend"]]
    for layer in found.grids:
        told = [_owners(found, cluster, layer) for cluster in frame["cluster"]]
        frame[f"grids_{layer}"] = told
    ends = frame.pop("geometry")
    return gpd.GeoDataFrame(frame, geometry=ends, crs=found.clusters.crs)


def pile_table(found: Hotspots) -> pd.DataFrame:
    """Piles under headings in Chinese, places in degrees WGS 84."""
    piles = found.piles.round(_ROUNDED)
    degrees = piles.geometry.to_crs(4326)
    table = pd.DataFrame(piles.drop(columns="geometry")).assign(
        kind=[say(f"hotspot.pile.{kind}") for kind in piles["kind"]],
        longitude=degrees.x.round(6),
        latitude=degrees.y.round(6),
    )[list(_PILE_COLUMNS)]
    return table.rename(columns={key: say(f"hotspot.column.{key}") for key in _PILE_COLUMNS})


def summary_of(found: Hotspots, layers: Layers) -> dict[str, Any]:
    """The content of ``summary.json``: plain values, None where a number is not finite."""
    spec, clusters = found.spec, found.clusters
    accuracy = found.accuracy.groupby(["surface", "share"], sort=False)[["pai", "pei"]].mean()
    told = {
        "format": FORMAT,
        "version": VERSION,
        "name": layers.name,
        "since": found.since.date().isoformat(),
        "until": found.until.date().isoformat(),
        "category": spec.category,
        "cell_m": spec.cell_m,
        "level": spec.clusters.scan.level,
        "replications": spec.clusters.scan.replications,
        "largest_share": spec.clusters.share,
        "seed": spec.seed,
        "cases": len(found.cases),
        "far_from_homes": int((found.cases["cell"] < 0).sum()),
        "in_piles": int((found.cases["pile"] >= 0).sum()),
        "quality": _quality(quality_of(layers.cases, layers.communities)),
        "clusters": [
            {**row, "owners": _owner_rows(found, int(row["cluster"]))}
            for row in clusters.drop(columns="geometry").round(_ROUNDED).to_dict("records")
        ],
        "piles": found.piles["kind"].value_counts().to_dict(),
        "stability": found.stability.round(_ROUNDED).to_dict("records"),
        "background": found.surface,
        "accuracy": accuracy.round(_ROUNDED).reset_index().to_dict("records"),
        "method": {language: say("hotspot.method", language) for language in ("zh", "en")},
    }
    return dict(plain(told))


def trend_words(trend: str, language: str = "zh") -> str:
    """The word for a trend, "" for none."""
    return say(f"hotspot.trend.{trend}", "en" if language == "en" else "zh") if trend else ""


def _quality(quality: Quality) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, pd.Timestamp) else value
        for key, value in vars(quality).items()
    }


def _owners(found: Hotspots, cluster: int, layer: str) -> str:
    """TX03（74%）、ZQ01（26%）."""
    return "、".join(
        f"{row.code}（{row.share:.0%}）" for row in found.owner(cluster, layer).itertuples()
    )


def _owner_rows(found: Hotspots, cluster: int) -> list[dict[str, Any]]:
    mine = found.owners[found.owners["cluster"] == cluster].drop(columns="cluster")
    return [dict(row) for row in mine.round(_ROUNDED).to_dict("records")]


def _write_cells(found: Hotspots, path: Path) -> None:
    pyogrio.write_dataframe(found.cells.round(_ROUNDED), path, layer="cells")
    for layer, grids in found.grids.items():
        frame = grids.round(_ROUNDED).astype({"rank": "float64"})
        pyogrio.write_dataframe(frame, path, layer=f"grids_{layer}")
    squares = gpd.GeoDataFrame(
        {"density": found.background}, geometry=found.raster.squares(), crs=found.cells.crs
    )
    pyogrio.write_dataframe(squares, path, layer="background")
