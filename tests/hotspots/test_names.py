"""What a place is called: its compound, its house, its street, or nothing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString

from gridplan.hotspots.cells import FAR_M, Homes
from gridplan.hotspots.names import PlaceNames
from gridplan.prepared import Prepared


@pytest.fixture
def names() -> PlaceNames:
    """A named house at 0, one without a name at 1000 m, beside a street, and one far from all."""
    houses = np.array([[0.0, 0.0], [1000.0, 0.0], [9000.0, 0.0]])
    street = LineString([(900, 20), (1100, 20)])
    streets = gpd.GeoDataFrame({"name": ["和平路"]}, geometry=[street], crs=32651)
    called = np.array(["幸福里", "", "", ""], dtype=object)
    return PlaceNames(Homes(houses, np.ones(3)), called, streets)


def test_a_house_before_its_street_and_nothing_out_of_reach(names: PlaceNames) -> None:
    asked = np.array([[5.0, 5.0], [1001.0, 0.0], [9000.0, 0.0], [0.0, 10 * FAR_M]])
    assert names.at(asked).tolist() == ["幸福里", "和平路", "", ""]


def test_nobody_asks(names: PlaceNames) -> None:
    assert names.at(np.empty((0, 2))).tolist() == []


def test_compounds_name_the_demo_street(demo: Prepared) -> None:
    compounds = demo.layers.compounds
    middles = compounds.geometry.representative_point()
    told = PlaceNames.of(demo).at(np.column_stack([middles.x, middles.y]))
    assert (told == compounds["name"].to_numpy()).mean() > 0.9
