"""What people call a place: the compound or house that stands there, or its street."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridplan.compounds import compound_names
from gridplan.hotspots.cells import FAR_M, Homes
from gridplan.hotspots.zones import FLOAT
from gridplan.prepared import Prepared
from gridplan.schema import ADDRESS, COMPOUND_ID, NAME

_NUMBER = r"\s*[A-Za-z]?\d+.*$"
"""From a number on; what stands before it is the street of an address, the common name of houses."""


@dataclass(frozen=True, eq=False)
class PlaceNames:
    """The names of an area's places.

    Parameters
    ----------
    buildings : Homes
        Their middles.
    called : array of str, shape (buildings + 1,)
        What each is called, "" for none and at the end.
    streets : GeoDataFrame
        With a name; ``name, geometry``, same CRS.
    """

    buildings: Homes
    called: NDArray[np.object_]
    streets: gpd.GeoDataFrame

    @classmethod
    def of(cls, prepared: Prepared) -> PlaceNames:
        """Of an area's buildings, compounds and streets."""
        buildings, streets = prepared.units.buildings, prepared.layers.streets
        compound = buildings[COMPOUND_ID].map(compound_names(prepared.layers.compounds))
        house = buildings[NAME].astype(str).str.replace(_NUMBER, "", regex=True)
        street = buildings[ADDRESS].astype(str).str.replace(_NUMBER, "", regex=True)
        called = compound.astype(object).fillna("").where(lambda names: names != "", house)
        called = called.where(called != "", street).to_numpy(dtype=object)
        middles = shapely.get_coordinates(buildings.geometry.representative_point().to_numpy())
        near = Homes(middles, np.ones(len(middles)))
        return cls(near, np.append(called, ""), streets[streets[NAME] != ""])

    def at(self, xy_m: FLOAT) -> NDArray[np.object_]:
        """The name of each place, "" where there is none within reach.

        Parameters
        ----------
        xy_m : float array, shape (k, 2)
            Same CRS.
        """
        names = self.called[self.buildings.nearest(xy_m)]
        unknown = np.flatnonzero(names == "")
        if len(unknown) and len(self.streets):
            tree = shapely.STRtree(np.asarray(self.streets.geometry.array, dtype=object))
            point, street = tree.query_nearest(
                shapely.points(xy_m[unknown]), max_distance=FAR_M, all_matches=False
            )
            names[unknown[point]] = self.streets[NAME].to_numpy(dtype=object)[street]
        return names
