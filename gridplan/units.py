"""What goes whole to one grid: compounds and villages within the limit, and buildings."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridplan.barriers import Barriers, read_barriers
from gridplan.compounds import compound_names, fill_compounds, listed
from gridplan.estimate import fill_households
from gridplan.load.layers import Layers, Note
from gridplan.rules import RuleSet
from gridplan.schema import (
    ADDRESS,
    BUILDING_ID,
    COMMUNITY_CODE,
    COMPOUND_ID,
    DIFFICULTY,
    ESTIMATED,
    GEOMETRY,
    HOUSEHOLDS,
    KIND,
    NAME,
    PEOPLE,
    RESIDENCE_CLASS,
    UNIT_ID,
    ResidenceClass,
    UnitKind,
)
from gridplan.tiling import piece_of

SCOPE = "scope"
BUILDINGS = "buildings"

UNIT_COLUMNS = (
    UNIT_ID, KIND, NAME, COMMUNITY_CODE, COMPOUND_ID, SCOPE, HOUSEHOLDS, PEOPLE, ESTIMATED,
    BUILDINGS, GEOMETRY,
)  # fmt: skip
"""Columns of `Units.frame`; see :class:`Units`."""

GAP_M = {ResidenceClass.URBAN: 100.0, ResidenceClass.RURAL: 300.0}
"""Buildings of a compound or village farther apart than this are two places; our default."""

POLYGON_GAP_M = 1000.0
"""The same where the compound's own polygon says that it is one place."""

CROSSING_REACH_M = 50.0
"""A crossing this near to the line between two buildings leads over the barrier there."""


@dataclass(frozen=True, eq=False)
class Units:
    """Everything that must go whole to one grid.

    Parameters
    ----------
    frame : GeoDataFrame
        One row a unit, sorted by id, in the metric CRS of the layers; columns `UNIT_COLUMNS`.
        ``kind`` is a :class:`UnitKind`; ``scope`` is "" or the compound (or the piece of one)
        inside which the unit's grid must stay; ``households`` and ``people`` are whole numbers;
        ``estimated`` says whether the unit's households are an estimate; ``buildings`` counts
        them; geometry is their footprints (points where nothing else is known).
    buildings : GeoDataFrame
        ``layers.buildings`` with `compound_id`, `households`, `people` filled, `estimated`
        and `unit_id`.
    notes : tuple of Note
        What was estimated, cut, split or found odd.
    """

    frame: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    notes: tuple[Note, ...]


def build_units(layers: Layers, rules: RuleSet) -> Units:
    """Gather buildings into units.

    A compound (in a rural community: a village) within the upper limit of its community is one
    unit. A larger one is cut between its buildings, which stay inside it as their scope. A
    compound in two communities, or in places that lie apart or across a barrier, is first split
    into these pieces. Every other building is a unit of its own.

    Parameters
    ----------
    layers : Layers
        Metric CRS.
    rules : RuleSet
        The limits, and whether they count households or people.

    Returns
    -------
    Units
    """
    buildings, compound_notes = fill_compounds(layers)
    buildings, estimate_notes = fill_households(layers, buildings)
    pieces = _pieces(buildings, layers)
    weight = buildings[rules.measure].groupby(pieces).transform("sum")
    upper = buildings[COMMUNITY_CODE].map(_upper_limits(layers, rules))
    several = pieces.groupby(pieces).transform("size") > 1
    cut = (pieces != "") & (weight > upper) & several
    buildings[UNIT_ID] = buildings[BUILDING_ID].astype(str).where(cut | (pieces == ""), pieces)
    buildings[SCOPE] = pieces.where(cut, "")
    frame = _frame(buildings, layers)
    notes = (*compound_notes, *estimate_notes, *_notes(buildings, layers))
    return Units(frame, buildings.drop(columns=SCOPE), notes)


def _upper_limits(layers: Layers, rules: RuleSet) -> dict[str, float]:
    """Upper limit by community code, in the measure of the rules."""
    table = layers.communities
    rows = zip(table[COMMUNITY_CODE], table[RESIDENCE_CLASS], table[DIFFICULTY], strict=True)
    return {
        code: rules.bounds(ResidenceClass(residence_class), float(difficulty))[1]
        for code, residence_class, difficulty in rows
    }


def _pieces(buildings: gpd.GeoDataFrame, layers: Layers) -> pd.Series:
    """Id of the piece of a compound that each building stands in; "" outside compounds.

    A piece has its compound's id, with a number where there are several: in the order of the
    smallest building id, so that a change of households renumbers nothing.
    """
    compound = buildings[COMPOUND_ID]
    place = _places(buildings, layers)
    table = pd.DataFrame(
        {
            "compound": compound,
            "place": buildings[COMMUNITY_CODE].astype(str) + "/" + place.astype(str),
            "first": buildings[BUILDING_ID].astype(str),
        }
    )
    table = table[compound != ""]
    firsts = table.groupby(["compound", "place"])["first"].min().reset_index()
    firsts = firsts.sort_values(["compound", "first"])
    firsts["piece"] = _piece_ids(firsts, set(buildings[BUILDING_ID].astype(str)))
    key = table.merge(firsts.drop(columns="first"), on=["compound", "place"], how="left")["piece"]
    return pd.Series(key.to_numpy(), index=table.index).reindex(buildings.index, fill_value="")


def _piece_ids(firsts: pd.DataFrame, taken: set[str]) -> pd.Series:
    """Ids of the pieces, different from each other and from those of buildings."""
    compound = firsts["compound"]
    number = (firsts.groupby("compound").cumcount() + 1).astype(str)
    several = firsts.groupby("compound")["place"].transform("size") > 1
    prefix, dash = "", "-"
    while True:
        ids = prefix + compound.where(~several, compound + dash + number)
        if ids.duplicated().any():
            dash += "-"
        elif taken.intersection(ids):
            prefix += "C"
        else:
            return ids


def _places(buildings: gpd.GeoDataFrame, layers: Layers) -> pd.Series:
    """Number of the place within its compound and community that each building stands in."""
    place = np.zeros(len(buildings), dtype=np.int64)
    classes = layers.communities.set_index(COMMUNITY_CODE)[RESIDENCE_CLASS]
    drawn = shapely.get_dimensions(layers.compounds.geometry.values) == 2
    polygons = set(layers.compounds.loc[drawn, COMPOUND_ID])
    positions = pd.Series(np.arange(len(buildings)), index=buildings.index)
    groups = positions.groupby([buildings[COMPOUND_ID], buildings[COMMUNITY_CODE]])
    barriers = read_barriers(layers.barriers)
    crossings = shapely.STRtree(layers.crossings.geometry.values)
    for (compound, community), rows in groups.indices.items():
        if compound == "" or len(rows) < 2:
            continue
        urban = GAP_M[ResidenceClass(classes[community])]
        gap_m = POLYGON_GAP_M if compound in polygons else urban
        footprints = buildings.geometry.values[rows]
        place[rows] = _linked(footprints, gap_m, barriers, crossings)
    return pd.Series(place, index=buildings.index)


def _linked(
    footprints: shapely.Geometry,
    gap_m: float,
    barriers: Barriers,
    crossings: shapely.STRtree,
) -> NDArray[np.int64]:
    """Number of the cluster of footprints that no gap and no barrier divides, shape (n,)."""
    left, right = shapely.STRtree(footprints).query(footprints, "dwithin", distance=gap_m)
    left, right = left[left < right], right[left < right]
    lines = shapely.shortest_line(footprints[left], footprints[right])
    open_ = ~barriers.stop(lines)
    open_[crossings.query(lines, "dwithin", distance=CROSSING_REACH_M)[0]] = True
    return piece_of(len(footprints), left[open_], right[open_])


def _frame(buildings: gpd.GeoDataFrame, layers: Layers) -> gpd.GeoDataFrame:
    """One row a unit, sorted by id."""
    groups = buildings.groupby(UNIT_ID, sort=True)
    frame = groups.agg(
        community_code=(COMMUNITY_CODE, "first"),
        compound_id=(COMPOUND_ID, "first"),
        scope=(SCOPE, "first"),
        households=(HOUSEHOLDS, "sum"),
        people=(PEOPLE, "sum"),
        estimated=(ESTIMATED, "any"),
        buildings=(BUILDING_ID, "size"),
        name=(NAME, "first"),
        address=(ADDRESS, "first"),
    )
    whole = (frame[COMPOUND_ID] != "") & (frame[SCOPE] == "")
    rural = frame[COMMUNITY_CODE].isin(
        layers.communities.loc[
            layers.communities[RESIDENCE_CLASS] == ResidenceClass.RURAL, COMMUNITY_CODE
        ]
    )
    frame[KIND] = np.select(
        [whole & rural, whole], [UnitKind.VILLAGE.value, UnitKind.COMPOUND.value], "building"
    )
    frame[NAME] = frame[NAME].where(frame[NAME] != "", frame["address"])
    names = compound_names(layers.compounds)
    called = [names.get(compound) or compound for compound in frame[COMPOUND_ID]]
    frame[NAME] = np.where(whole, called, frame[NAME])
    frame[ESTIMATED] &= ~_counted_whole(frame, buildings, layers)
    frame[GEOMETRY] = [
        _footprints(buildings.geometry.values[rows]) for rows in groups.indices.values()
    ]
    return gpd.GeoDataFrame(
        frame.reset_index()[list(UNIT_COLUMNS)], geometry=GEOMETRY, crs=layers.crs
    )


def _counted_whole(frame: pd.DataFrame, buildings: gpd.GeoDataFrame, layers: Layers) -> pd.Series:
    """Units that hold a whole compound whose households the data counts.

    The shares of its buildings are estimated then, the unit's own number is not.
    """
    count = buildings.groupby(COMPOUND_ID)[BUILDING_ID].size()
    stated = dict(zip(layers.compounds[COMPOUND_ID], layers.compounds[HOUSEHOLDS], strict=True))
    entire = frame[BUILDINGS] == frame[COMPOUND_ID].map(count)
    exact = frame[HOUSEHOLDS] == frame[COMPOUND_ID].map(stated)
    return (frame[SCOPE] == "") & (frame[COMPOUND_ID] != "") & entire & exact


def _footprints(shapes: shapely.Geometry) -> shapely.Geometry:
    """The ground that some buildings cover; points only where there is no polygon."""
    drawn = shapes[shapely.get_dimensions(shapes) == 2]
    return shapely.union_all(drawn if len(drawn) else shapes)


def _notes(buildings: gpd.GeoDataFrame, layers: Layers) -> list[Note]:
    """Compounds that were cut at the limit, at a community's border, or between places."""
    inside = buildings[buildings[COMPOUND_ID] != ""]
    piece = inside[SCOPE].where(inside[SCOPE] != "", inside[UNIT_ID])
    of = inside.groupby(COMPOUND_ID)
    communities = of[COMMUNITY_CODE].nunique()
    pieces = piece.groupby(inside[COMPOUND_ID]).nunique()
    cut = inside[inside[SCOPE] != ""].groupby(COMPOUND_ID)[HOUSEHOLDS].sum()
    told = {
        "units.compounds_cut": cut,
        "units.compounds_cross": communities[communities > 1],
        "units.compounds_apart": pieces[pieces > communities],
    }
    return [
        listed(key, found.index, layers.compounds, households=int(found.sum()))
        for key, found in told.items()
        if len(found)
    ]
