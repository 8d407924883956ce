"""The homes and facilities of an area, standing on its walking network."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridplan.barriers import read_strips
from gridplan.errors import GridplanError
from gridplan.load.crossings import NOT_WALKED
from gridplan.network import Network, Places
from gridplan.prepared import Prepared
from gridplan.schema import GEOMETRY, HOUSEHOLDS, KIND, PEOPLE
from gridplan.ways import read_network

FLOAT = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Walked:
    """Where people live, and how they get on foot from there.

    Parameters
    ----------
    network : Network
        Streets that are walked, cut at barriers, led over crossings; metric CRS of the layers.
    buildings : GeoDataFrame
        Those of ``prepared.units.buildings`` in which somebody lives, numbered from 0.
    xy_m : float array, shape (n, 2)
        A point inside each: where the door is, nobody knows.
    homes : Places
        These points on the network, shape (n,).
    """

    network: Network
    buildings: gpd.GeoDataFrame
    xy_m: FLOAT
    homes: Places


def walk_area(prepared: Prepared) -> Walked:
    """Put the homes of an area on its walking network.

    Parameters
    ----------
    prepared : Prepared
        The area.

    Raises
    ------
    GridplanError
        Where there are no streets: distances as the crow flies would be no answer.
    """
    layers, every = prepared.layers, prepared.units.buildings
    streets = layers.streets[~layers.streets[KIND].isin(NOT_WALKED)]
    if streets.empty:
        raise GridplanError("coverage.error.no_streets")
    strips = read_strips(
        np.asarray(layers.crossings[GEOMETRY].array, dtype=object),
        prepared.fabric.barriers,
        np.asarray(every[GEOMETRY].array, dtype=object),
    )
    network = read_network(streets, prepared.fabric.barriers, strips)
    lived = (every[HOUSEHOLDS] > 0) | (every[PEOPLE] > 0)
    buildings = every[lived].reset_index(drop=True)
    xy_m = inner_points(buildings)
    return Walked(network, buildings, xy_m, network.snap(xy_m))


def inner_points(frame: gpd.GeoDataFrame) -> FLOAT:
    """A point inside each shape, shape (n, 2)."""
    shapes = np.asarray(frame[GEOMETRY].array, dtype=object)
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(shapes)), dtype=np.float64)
