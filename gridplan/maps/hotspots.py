"""Hotspots as maps that ask nothing of any network: by cell, by grid, through time, before and after."""

from __future__ import annotations

from datetime import date

import folium
import numpy as np
import pandas as pd

from gridplan.hotspots import Hotspots
from gridplan.hotspots.find import PLAN
from gridplan.hotspots.rates import PER, shrunken
from gridplan.hotspots.told import step_rates
from gridplan.load.layers import Layers
from gridplan.maps.grids import empty_map, imprint_of, sheet_words
from gridplan.maps.hotspot_marks import (
    Reader,
    cluster_legend,
    draw_cells,
    draw_clusters,
    draw_density,
    draw_owned,
    draw_piles,
    label_in,
    mean_rate,
    ownership_legend,
    rate_fills,
    rate_legend,
    thin_words,
    told_layer,
    told_of,
)
from gridplan.maps.labels import place_labels
from gridplan.maps.sheet import Entry, Label, Sheet
from gridplan.maps.style import (
    COMMUNITY,
    INK,
    STREET,
    WGS84,
    draw_barriers,
    draw_plain,
    feature,
    short_number,
)
from gridplan.maps.timebar import TimeBar
from gridplan.maps.view import bounds_of
from gridplan.words import say


def hotspot_map(
    layers: Layers, found: Hotspots, reader: Reader | None = None, *, density: bool = False
) -> folium.Map:
    """Cells by their smoothed rate, or the density in metres behind them; clusters and piles.

    Parameters
    ----------
    layers : Layers
        Ground, name and source.
    found : Hotspots
        What is shown.
    reader : Reader, optional
        For whom.
    density : bool
        Show the background surface instead of the cells' rates.

    Returns
    -------
    folium.Map
        WGS 84, no tiles; drawn after :func:`gridplan.offline.point_folium_here`.
    """
    reader = reader or Reader()
    drawn = _ground(layers, reader)
    mean = mean_rate(found.cells)
    if density:
        legend = draw_density(drawn, found, reader)
    else:
        fills = rate_fills(found.cells["smoothed_per_100"], found.cells["thin"], mean)
        draw_cells(drawn, found, reader, [{"fill": fill} for fill in fills])
        legend = rate_legend(mean, reader, thin_words("cell", found, reader))
    draw_barriers(drawn, layers)
    labels = draw_clusters(drawn, found, reader)
    draw_piles(drawn, found, reader)
    legend += cluster_legend(found, reader)
    title = reader.say("density" if density else "title")
    _finish(drawn, layers, found, reader, (title, legend, labels))
    return drawn


def grid_rate_map(
    layers: Layers, found: Hotspots, layer: str, reader: Reader | None = None
) -> folium.Map:
    """Grids of a layer by their smoothed rate, thin ones grey, with clusters over them.

    Parameters
    ----------
    layers : Layers
        Ground, name and source.
    found : Hotspots
        What is shown.
    layer : str
        One of ``found.grids``.
    reader : Reader, optional
        For whom.
    """
    reader = reader or Reader()
    drawn = _ground(layers, reader)
    grids = found.grids[layer]
    mean = mean_rate(grids)
    features, labels = [], []
    fills = rate_fills(grids["smoothed_per_100"], grids["thin"], mean)
    for row, fill in zip(grids.to_crs(WGS84).itertuples(), fills, strict=True):
        style = {"fillColor": fill, "fillOpacity": 0.75, "color": INK, "weight": 1.6}
        properties = {"code": row.code, "community": row.community_name, **told_of(row, reader)}
        properties["worker"] = row.worker or reader.say("no_post")
        features.append(feature(row.geometry, properties | {"style": style}))
        rate = "—" if row.thin or reader.hides(row.cases) else f"{row.smoothed_per_100:.1f}"
        labels.append(label_in(row.geometry, short_number(str(row.code)), rate))
    names = ["code", "community", "worker", "households", "cases", "rate", "trend"]
    told_layer(drawn, features, names, reader)
    draw_barriers(drawn, layers)
    draw_clusters(drawn, found, reader, labelled=False)
    legend = rate_legend(mean, reader, thin_words("grid", found, reader))
    legend += cluster_legend(found, reader, piles=False)
    title = reader.say("by_grid", layer=_layer_name(layer, reader))
    _finish(drawn, layers, found, reader, (title, legend, labels))
    return drawn


def time_map(layers: Layers, found: Hotspots, reader: Reader | None = None) -> folium.Map:
    """Cells through the steps of four weeks, with a bar to step through them.

    Parameters
    ----------
    layers : Layers
        Ground, name and source.
    found : Hotspots
        Of at least two steps.
    reader : Reader, optional
        For whom.
    """
    reader = reader or Reader()
    drawn = _ground(layers, reader)
    starts, counts = step_rates(found)
    cells = found.cells
    lived = cells["households"].to_numpy(np.float64)
    mean = PER * float(counts.sum()) / max(float(lived.sum()), 1.0) / max(len(starts), 1)
    rates = np.column_stack([PER * shrunken(count, lived) for count in counts.T])
    fills = np.column_stack([rate_fills(rate, cells["thin"], mean) for rate in rates.T])
    told = [[reader.count(count) for count in row] for row in counts]
    own = [
        {"fill": fill[-1], "fills": fill.tolist(), "told": words, "now": words[-1]}
        for fill, words in zip(fills, told, strict=True)
    ]
    layer = draw_cells(drawn, found, reader, own, ["now"])
    draw_barriers(drawn, layers)
    labels = draw_clusters(drawn, found, reader)
    legend = rate_legend(mean, reader, thin_words("cell", found, reader))
    legend += cluster_legend(found, reader, piles=False)
    day = pd.Timedelta(days=1)
    ends = [*starts[1:], found.until]
    totals = counts.sum(axis=0)
    steps = [
        reader.say("step", since=a.date(), until=(b - day).date(), count=reader.count(total))
        for a, b, total in zip(starts, ends, totals, strict=True)
    ]
    _finish(drawn, layers, found, reader, (reader.say("by_time"), legend, labels))
    words = {name: reader.say(f"time.{name}") for name in ("play", "pause", "step")}
    if layer is not None:
        TimeBar(layer, steps, words).add_to(drawn)
    return drawn


def border_map(
    layers: Layers, found: Hotspots, layer: str, reader: Reader | None = None
) -> folium.Map:
    """Clusters over the borders of one layer of grids: whose they are, and what cuts them.

    Parameters
    ----------
    layers : Layers
        Ground, name and source.
    found : Hotspots
        What is shown.
    layer : str
        One of ``found.grids``.
    reader : Reader, optional
        For whom.
    """
    reader = reader or Reader()
    drawn = _ground(layers, reader)
    grids = found.grids[layer].to_crs(WGS84)
    style = {"fillColor": "#ffffff", "fillOpacity": 0.35, "color": INK, "weight": 2.2}
    features = [
        feature(row.geometry, {"code": row.code, "community": row.community_name, "style": style})
        for row in grids.itertuples()
    ]
    told_layer(drawn, features, ["code", "community"], reader)
    draw_barriers(drawn, layers)
    labels = draw_owned(drawn, found, layer, reader)
    labels += [
        label_in(row.geometry, short_number(str(row.code)), "") for row in grids.itertuples()
    ]
    legend = ownership_legend(reader)
    _finish(drawn, layers, found, reader, (_layer_name(layer, reader), legend, labels))
    return drawn


def _ground(layers: Layers, reader: Reader) -> folium.Map:
    drawn = empty_map(layers.communities, reader.language)
    draw_plain(drawn, layers.streets, STREET)
    return drawn


def _finish(
    drawn: folium.Map, layers: Layers, found: Hotspots, reader: Reader,
    sheet: tuple[str, list[Entry], list[Label]],
) -> None:  # fmt: skip
    draw_plain(drawn, layers.communities, COMMUNITY)
    title, legend, labels = sheet
    until = (found.until - pd.Timedelta(days=1)).date()
    what = found.spec.category or reader.say("every_category")
    period = reader.say("period", since=found.since.date(), until=until, what=what)
    imprint = [period, *imprint_of(layers, reader.language, reader.made_on or date.today())]
    words = sheet_words(reader.language)
    whole = bounds_of(layers.communities)
    Sheet(title, legend, imprint, [*labels, *place_labels(layers)], words, whole).add_to(drawn)


def _layer_name(layer: str, reader: Reader) -> str:
    return say("map.after", reader.language) if layer == PLAN else layer
