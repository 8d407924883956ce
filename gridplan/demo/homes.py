"""Buildings of the demo street, with their households and people."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridplan.demo.layout import CRS, Ground
from gridplan.demo.places import FIELD_MARGIN_M, build_blocks, build_sheds, build_village
from gridplan.demo.rows import House, build_rows
from gridplan.estimate import largest_remainder

BUILDINGS = 1200
PEOPLE_PER_HOUSEHOLD = 2.62
LIVED_IN = ("住宅", "公寓", "农宅")
STREET_MARGIN_M = 2.0


def build_homes(ground: Ground, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Build up every parcel and village.

    Parameters
    ----------
    ground : Ground
        Laid out.
    rng : Generator
        Chooses lengths, floors and gaps.

    Returns
    -------
    GeoDataFrame
        `BUILDINGS` rows, EPSG:4528: ``building_id, name, address, floors, use, compound, parcel,
        community, households, people, geometry``; no two overlap, none stands in water or on a
        street. Households are 0 where nobody lives.
    """
    recipes = tomllib.loads((files(__package__) / "recipes.toml").read_text("utf-8"))
    free = ground.kept_free.buffer(STREET_MARGIN_M)
    houses: list[House] = []
    for village in ground.villages:
        houses += build_village(village, free, rng)
    fields = shapely.union_all([house.geometry.buffer(FIELD_MARGIN_M) for house in houses])
    for parcel in ground.parcels.to_dict("records"):
        houses += _built_up(parcel, recipes, fields, rng)
    houses = _made_up(houses, ground, free, rng)
    return _numbered(_peopled(_table(houses), ground, rng))


def _built_up(
    parcel: dict[str, Any], recipes: dict[str, Any], fields: Any, rng: np.random.Generator
) -> list[House]:
    if parcel["kind"] in recipes["rows"]:
        return build_rows(parcel, recipes["rows"][parcel["kind"]], rng)
    return build_blocks(parcel, recipes["blocks"][parcel["kind"]], fields, rng)


def _made_up(
    houses: list[House], ground: Ground, free: Any, rng: np.random.Generator
) -> list[House]:
    """Sheds beside the flats, or fewer farmhouses, so that there are `BUILDINGS`."""
    missing = BUILDINGS - len(houses)
    if missing >= 0:
        return houses + build_sheds(houses, ground, free, missing, rng)
    rural = [i for i, house in enumerate(houses) if house.use == "农宅"]
    gone = set(rng.choice(rural, -missing, replace=False).tolist())
    return [house for i, house in enumerate(houses) if i not in gone]


def _table(houses: list[House]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame([vars(house) for house in houses], geometry="geometry", crs=CRS)


def _peopled(table: gpd.GeoDataFrame, ground: Ground, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Share each parcel's households over its flats by floor area; people a household vary."""
    known = ground.parcels["households"].dropna().astype(int).to_dict()
    lived = table["use"].isin(LIVED_IN)
    households = pd.Series(0, index=table.index)
    floor_m2 = table.area * table["floors"]
    for parcel, rows in table[lived].groupby("parcel"):
        total = known.get(parcel, len(rows))
        households[rows.index] = largest_remainder(
            floor_m2[rows.index].to_numpy() / floor_m2[rows.index].sum() * total, total
        )
    size = np.clip(rng.normal(PEOPLE_PER_HOUSEHOLD, 0.12, len(table)), 2.1, 3.2)
    table["households"] = households
    table["people"] = np.round(households * size).astype(int)
    return table


def _numbered(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Ids from north-west to south-east, within the community."""
    point = table.representative_point()
    order = np.lexsort((point.x, -point.y.round(-1), table["community"]))
    table = table.iloc[order].reset_index(drop=True)
    table.insert(0, "building_id", [f"TX{number:04d}" for number in range(1, len(table) + 1)])
    return table
