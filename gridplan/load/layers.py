"""The checked layers of an area: what reading ends in and everything else starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from gridplan.errors import GridplanError
from gridplan.schema import HouseholdKind
from gridplan.words import Language, say


@dataclass(frozen=True)
class Note:
    """Something the reader did or noticed that the user should know.

    Parameters
    ----------
    key : str
        Entry of the catalogue.
    values : dict
        What its braces are filled with; ``count`` where the note counts something.
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, language: Language = "zh") -> str:
        """The note in words."""
        return say(self.key, language, **self.values)


@dataclass(frozen=True)
class Households:
    """Where household counts come from.

    Parameters
    ----------
    source : {"column", "table", "compounds", "estimate"}
        A column of the buildings, a joined table, the compounds' totals, or an estimate.
    kind : HouseholdKind
        Registered (户籍) or resident (常住).
    persons_per_household : float
        People in a household, used where only one of the two is known.
    total : float or None
        Known number of households of the whole area that estimates are calibrated to.
    """

    source: str
    kind: HouseholdKind
    persons_per_household: float = 2.62
    total: float | None = None


@dataclass(frozen=True)
class Layers:
    """Everything known about an area, in one metric CRS; columns as in :mod:`gridplan.schema`.

    Parameters
    ----------
    name : str
        Of the street or place.
    folder : Path
        Where the area was read from.
    crs : pyproj.CRS
        Projected, in metres; every frame below has it.
    households : Households
        Where counts come from.
    buildings : GeoDataFrame
        ``building_id, name, address, floors, use, dwelling_share, households, people,
        special_households, estimated, compound_id, community_code, geometry`` (Polygon,
        MultiPolygon or Point); counts are NaN where unknown, ``estimated`` where they only follow
        from the use, text columns "" where empty, ``community_code`` always filled.
    communities : GeoDataFrame
        ``community_code, name, residence_class, difficulty, geometry`` (polygons); at least one.
    compounds : GeoDataFrame
        ``compound_id, name, households, people, buildings, radius_m, geometry`` (polygon or
        point); ``radius_m`` is how far a point reaches, NaN where the user does not say.
    barriers : GeoDataFrame
        ``kind, name, geometry`` (lines or polygons).
    crossings : GeoDataFrame
        ``kind, name, geometry`` (points or lines): bridges, level crossings, underpasses.
    streets : GeoDataFrame
        ``kind, name, bridge, tunnel, geometry`` (lines).
    totals : GeoDataFrame
        ``households, people, geometry`` (polygons): known totals, NaN where not known.
    grids : mapping of str to GeoDataFrame
        Legacy layers by name: ``grid_code, name, community_code, worker, geometry``; the worker
        is a post or a team. The first is the layer the redraw starts from.
    roster : DataFrame
        ``community_code, posts, vacancies``: grid workers, as counts.
    cases : GeoDataFrame
        ``case_id, category, subcategory, opened, closed, deadline, status, channel, dispatch,
        time_limit, time_limit_unit, repeat, satisfaction, address, place_kind, grade, home,
        geometry``; ``geometry`` is where it happened, ``home`` where the person lives (points, or
        None where not known); times are local, NaT where not known; units and grades are those
        of :class:`~gridplan.schema.TimeUnit` and :class:`~gridplan.schema.Grade`, or "".
    facilities : GeoDataFrame
        ``facility_id, name, kind, opening_hours, capacity, geometry`` (points); the capacity is
        in the kind's own measure (places, persons), NaN where not known.
    visits : DataFrame
        ``visit_id, building_id, visited, kind, case_id``; a follow-up of a case may have no
        building, which is "" then.
    notes : tuple of Note
        What the reader mended, dropped, guessed or noticed.
    fingerprint : str
        Hexadecimal digest of the files and settings read.

    Raises
    ------
    GridplanError
        Where the CRS is not projected in metres, or a frame has another one.
    """

    name: str
    folder: Path
    crs: CRS
    households: Households
    buildings: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    compounds: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    crossings: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    totals: gpd.GeoDataFrame
    grids: Mapping[str, gpd.GeoDataFrame]
    roster: pd.DataFrame
    cases: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    visits: pd.DataFrame
    notes: tuple[Note, ...] = ()
    fingerprint: str = ""

    def __post_init__(self) -> None:
        if not self.crs.is_projected or self.crs.axis_info[0].unit_name != "metre":
            raise GridplanError("error.crs_not_metric", crs=self.crs.name)
        object.__setattr__(self, "grids", MappingProxyType(dict(self.grids)))
        for frame in (*self._frames(), *self.grids.values()):
            if frame.crs != self.crs:
                raise GridplanError("error.crs_differs", crs=str(frame.crs), area=self.crs.name)

    def _frames(self) -> tuple[gpd.GeoDataFrame, ...]:
        return (
            self.buildings, self.communities, self.compounds, self.barriers, self.crossings,
            self.streets, self.totals, self.cases, self.facilities,
        )  # fmt: skip
