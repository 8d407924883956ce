"""Units and barriers become the ground of an area and its graphs of neighbours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.barriers import Barriers, read_barriers, read_strips, with_piers
from gridplan.blocks import Site
from gridplan.cells import Cells, tessellate
from gridplan.footprints import read_footprints, ways_to
from gridplan.graph import UnitGraph
from gridplan.load.layers import Layers, Note
from gridplan.neighbours import Links, over_crossings, to_the_mainland, touching
from gridplan.schema import (
    COMMUNITY_CODE,
    GEOMETRY,
    HOUSEHOLDS,
    KIND,
    NAME,
    UNIT_ID,
)
from gridplan.tiling import Borders, Indices, dissolve, piece_of
from gridplan.units import Units

NEAR = "near"
CROSSING = "crossing"


@dataclass(frozen=True, eq=False)
class Fabric:
    """The ground of an area, and which units are neighbours on it.

    Parameters
    ----------
    cells : GeoDataFrame
        Polygons that tile each community exactly, in the metric CRS of the layers:
        ``community_code``; ``unit_id``, the unit that the ground belongs to, or "" on parks,
        water and the strips of crossings; ``near``, the unit itself or the one on the nearest
        bank, or "" on ground that is better kept whole; ``crossing``, row of `crossings` whose
        strip the ground is, or −1; geometry. A unit whose ground is in pieces has a row for each.
    graphs : mapping of str to UnitGraph
        All units of each community, by its code; weights in the measure of the rules.
    crossings : GeoDataFrame
        ``community_code, unit_a, unit_b, kind, name, geometry`` (the way): pairs of units that
        are neighbours over a bridge, a level crossing or an underpass.
    notes : tuple of Note
        Overlaps, crossings, islands and how they were joined.
    barriers : Barriers
        What cuts the ground, without the land under buildings that stand in it.
    """

    cells: gpd.GeoDataFrame
    graphs: Mapping[str, UnitGraph]
    crossings: gpd.GeoDataFrame
    notes: tuple[Note, ...]
    barriers: Barriers


@dataclass(frozen=True, eq=False)
class _Ground(Site):
    """A site, with the codes of its communities and the unit of each building."""

    codes: tuple[str, ...]
    unit: Indices


def build_fabric(
    layers: Layers,
    units: Units,
    measure: str = HOUSEHOLDS,
    progress: Callable[[str, float], None] | None = None,
) -> Fabric:
    """Share out the ground among the units and find which are neighbours.

    Two units are neighbours where they share at least 1 m of border from which both can be
    reached, by the shortest line to their buildings, without crossing a barrier. A crossing makes
    neighbours of the unit with the longest border to its landing on one side and that on the
    other. A piece of the graph that no barrier cuts off is joined to the unit nearest to it; one
    behind a barrier stays apart. Nothing crosses the border of a community.

    Parameters
    ----------
    layers : Layers
        Metric CRS.
    units : Units
        Built from the same layers.
    measure : {"households", "people"}
        What the weights of the graphs count.
    progress : callable, optional
        Told the step in hand (a catalogue entry) and the share done, 0 to 1.

    Returns
    -------
    Fabric
    """
    tell = progress or (lambda _step, _share: None)
    tell("ground.step.barriers", 0.0)
    ground, notes = _read_ground(layers, units)
    tell("ground.step.cells", 0.1)
    cells = tessellate(ground)
    tell("ground.step.neighbours", 0.8)
    links, borders = touching(cells, ground.footprints, ground.barriers, ground.unit)
    over = over_crossings(cells, borders, ground.strips, ground.unit)
    ends = np.vstack([np.column_stack([links.one, links.other]), over[:, 2:]])
    joins = _joins(ground, ends)
    crossings = _crossing_frame(layers, ground, over, units.frame[UNIT_ID])
    frame = _cell_frame(cells, borders, ground, over, units.frame[UNIT_ID], layers)
    bridges = np.vstack([over[:, 2:], ground.unit[joins]])
    graphs = _graphs(units, ground, links, bridges, measure)
    notes += [
        *_crossing_notes(len(crossings), len(layers.crossings)),
        *_island_notes(ground, layers, units, ends, joins),
        *_piece_notes(frame),
    ]
    return Fabric(frame, MappingProxyType(graphs), crossings, tuple(notes), ground.barriers)


def _read_ground(layers: Layers, units: Units) -> tuple[_Ground, list[Note]]:
    """Arrays of the layers, and what had to be settled on the way."""
    codes = tuple(layers.communities[COMMUNITY_CODE].astype(str))
    grounds = np.asarray(layers.communities[GEOMETRY].array, dtype=object)
    buildings = units.buildings
    community = pd.Index(codes).get_indexer(buildings[COMMUNITY_CODE])
    footprints = read_footprints(
        np.asarray(buildings[GEOMETRY].array, dtype=object), grounds, community
    )
    barriers, piers = with_piers(
        read_barriers(layers.barriers), footprints.shapes, footprints.anchors, grounds[community]
    )
    strips = read_strips(
        np.asarray(layers.crossings[GEOMETRY].array, dtype=object), barriers, footprints.shapes
    )
    outlines = np.asarray(layers.compounds[GEOMETRY].array, dtype=object)
    outlines = shapely.boundary(outlines[shapely.get_dimensions(outlines) == 2])
    lines = np.concatenate([np.asarray(layers.streets[GEOMETRY].array, dtype=object), outlines])
    unit = pd.Index(units.frame[UNIT_ID]).get_indexer(buildings[UNIT_ID])
    counts = {
        "overlaps": footprints.overlaps,
        "outside": footprints.outside,
        "same_point": footprints.same_point,
        "piers": piers,
    }
    notes = [Note(f"ground.{key}", {"count": count}) for key, count in counts.items() if count]
    return _Ground(grounds, lines, barriers, strips, footprints, codes, unit), notes


def _joins(ground: _Ground, ends: Indices) -> Indices:
    """Pairs of buildings that join pieces which no barrier cuts off, shape (m, 2).

    Each piece but the largest of its community takes the shortest way there is; then again, with
    the pieces so joined, until nothing more can be joined.
    """
    count, footprints = int(ground.unit.max()) + 1, ground.footprints
    joins = np.empty((0, 2), dtype=np.int64)
    while True:
        linked = np.vstack([ends, ground.unit[joins]])
        piece = piece_of(count, linked[:, 0], linked[:, 1])[ground.unit]
        found = [
            to_the_mainland(
                np.where(footprints.community == number, piece, -1),
                footprints,
                ground.barriers,
                ground.communities[number],
            )
            for number in np.unique(footprints.community)
        ]
        if not sum(map(len, found)):
            return joins
        joins = np.vstack([joins, *found])
        pairs = np.sort(ground.unit[joins], axis=1)  # two pieces may have found each other
        joins = joins[np.sort(np.unique(pairs, axis=0, return_index=True)[1])]


def _graphs(
    units: Units, ground: _Ground, links: Links, bridges: Indices, measure: str
) -> dict[str, UnitGraph]:
    """One graph a community, of units in the order of the frame."""
    frame = units.frame
    pairs = np.vstack([np.column_stack([links.one, links.other]), np.sort(bridges, axis=1)])
    metres = np.concatenate([links.metres, np.zeros(len(bridges))])
    pairs, first = np.unique(pairs, axis=0, return_index=True)  # the first has the metres
    metres, xy = metres[first], _middles(units, ground)
    weight = frame[measure].to_numpy(dtype=np.int64)
    home = pd.Index(ground.codes).get_indexer(frame[COMMUNITY_CODE])
    graphs = {}
    for number, code in enumerate(ground.codes):
        mine = np.flatnonzero(home == number)
        place = np.full(len(frame), -1, dtype=np.int64)
        place[mine] = np.arange(len(mine))
        inside = (home[pairs] == number).all(axis=1)
        ids = tuple(frame[UNIT_ID].iloc[mine].astype(str))
        if len(mine):
            edges = place[pairs[inside]].reshape(-1, 2)
            graphs[code] = UnitGraph(ids, weight[mine], xy[mine], edges, metres[inside])
    return graphs


def _middles(units: Units, ground: _Ground) -> NDArray[np.float64]:
    """Of each unit, the anchor of the building nearest to the middle of its households."""
    xy, count = shapely.get_coordinates(ground.footprints.anchors), len(units.frame)
    weight = units.buildings[HOUSEHOLDS].to_numpy(dtype=np.float64) + 1e-6
    total = np.bincount(ground.unit, weight, count)
    middle = np.column_stack([np.bincount(ground.unit, weight * axis, count) for axis in xy.T])
    away = np.hypot(*(xy - (middle / total[:, None])[ground.unit]).T)
    order = np.lexsort((away, ground.unit))
    first = np.searchsorted(ground.unit[order], np.arange(count))
    return np.asarray(xy[order[first]], dtype=np.float64)


def _cell_frame(
    cells: Cells,
    borders: Borders,
    ground: _Ground,
    over: Indices,
    ids: pd.Series,
    layers: Layers,
) -> gpd.GeoDataFrame:
    """Cells by unit and piece, as polygons."""
    held = cells.building >= 0
    unit = np.where(held, ground.unit[cells.building], -1)
    near = np.where(cells.near >= 0, ground.unit[cells.near], -1)
    same = unit[borders.left] == unit[borders.right]
    same &= held[borders.left] & held[borders.right]
    piece = piece_of(len(held), borders.left[same], borders.right[same])
    _, first, label = np.unique(piece, return_index=True, return_inverse=True)
    crossing = np.full(len(held), -1, dtype=np.int64)
    for row, (strip, community, start, _) in enumerate(over):
        mine = (cells.strip == strip) & (cells.community == community)
        crossing[mine], near[mine] = row, start
    names = np.append(ids.to_numpy(dtype=object), "")
    frame = gpd.GeoDataFrame(
        {
            COMMUNITY_CODE: np.asarray(ground.codes, dtype=object)[cells.community[first]],
            UNIT_ID: names[unit[first]],
            NEAR: names[near[first]],
            CROSSING: crossing[first],
        },
        geometry=dissolve(cells.shapes, label.ravel(), len(first)),
        crs=layers.crs,
    )
    frame = frame.explode(ignore_index=True)
    return frame.sort_values([COMMUNITY_CODE, UNIT_ID], kind="stable", ignore_index=True)


def _crossing_frame(
    layers: Layers, ground: _Ground, over: Indices, ids: pd.Series
) -> gpd.GeoDataFrame:
    """The crossings that join units."""
    rows = layers.crossings.iloc[ground.strips.source[over[:, 0]]]
    names = ids.to_numpy(dtype=object)
    columns = {
        COMMUNITY_CODE: np.asarray(ground.codes, dtype=object)[over[:, 1]],
        "unit_a": names[over[:, 2]],
        "unit_b": names[over[:, 3]],
        KIND: rows[KIND].to_numpy(),
        NAME: rows[NAME].to_numpy(),
    }
    return gpd.GeoDataFrame(columns, geometry=ground.strips.ways[over[:, 0]], crs=layers.crs)


def _crossing_notes(used: int, given: int) -> list[Note]:
    counts = {"crossings": used, "crossings_unused": max(given - used, 0)}
    return [Note(f"ground.{key}", {"count": count}) for key, count in counts.items() if count]


def _piece_notes(frame: gpd.GeoDataFrame) -> list[Note]:
    count = int((frame.loc[frame[UNIT_ID] != "", UNIT_ID].value_counts() > 1).sum())
    return [Note("ground.split_units", {"count": count})] if count else []


def _island_notes(
    ground: _Ground, layers: Layers, units: Units, ends: Indices, joins: Indices
) -> list[Note]:
    """Pieces that were joined, pieces behind barriers, and communities without buildings."""
    frame, notes = units.frame, []
    names = frame[NAME].where(frame[NAME] != "", frame[UNIT_ID]).tolist()
    weight = frame[HOUSEHOLDS].to_numpy()
    communities = layers.communities[NAME].where(layers.communities[NAME] != "", ground.codes)
    count, place = len(frame), ground.footprints.community

    def told(piece: Indices, number: int, home: int) -> dict[str, object]:
        inside = np.flatnonzero(piece == number)
        return {
            "community": communities.iloc[home],
            "name": names[inside[np.argmax(weight[inside])]],
            "units": len(inside),
            "households": int(weight[inside].sum()),
        }

    before = piece_of(count, ends[:, 0], ends[:, 1])
    for start, end in joins:
        way = ways_to(ground.footprints, np.array([start]), ground.footprints.shapes[[end]])
        values = told(before, before[ground.unit[start]], place[start])
        other = names[ground.unit[end]]
        metres = float(shapely.length(way)[0])
        notes.append(Note("ground.joined", values | {"other": other, "metres": metres}))
    linked = np.vstack([ends, ground.unit[joins]])
    after = piece_of(count, linked[:, 0], linked[:, 1])
    for home, name in enumerate(communities):
        pieces = np.unique(after[ground.unit[place == home]])
        if not len(pieces):
            notes.append(Note("ground.no_units", {"community": name}))
        heavy = np.bincount(after, weight, count)[pieces]
        rest = np.delete(pieces, np.argmax(heavy)) if len(pieces) else pieces
        notes.extend(Note("ground.island", told(after, number, home)) for number in rest)
    return notes
