"""Buildings of the demo street: rows of houses, large blocks, shops and villages."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import LineString, Polygon
from shapely.affinity import rotate, translate

from gridplan.demo.layout import CRS, Ground
from gridplan.estimate import largest_remainder

BUILDINGS = 1200
PEOPLE_PER_HOUSEHOLD = 2.62
SETBACK_M = 7.0
SHOP_DEPTH_M = 9.0
HOUSE_M = (10.0, 11.5)  # of a farmhouse, across and along the lane
SHED_M = (9.0, 4.0)


@dataclass(frozen=True)
class House:
    """One building as it is drawn; households are shared out later."""

    geometry: Polygon
    compound: str
    parcel: str
    community: str
    use: str
    floors: int
    name: str = ""
    address: str = ""


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
    free = ground.kept_free.buffer(2.0)
    houses: list[House] = []
    for parcel in ground.parcels.to_dict("records"):
        if parcel["kind"] in recipes["rows"]:
            houses += _rows(parcel, recipes["rows"][parcel["kind"]], rng)
        elif parcel["kind"] in recipes["blocks"]:
            houses += _blocks(parcel, recipes["blocks"][parcel["kind"]], rng)
    for village in ground.villages:
        houses += _village(village, free, rng)
    houses = _fill_up(houses, ground, free, rng)
    return _number(_people(_table(houses), ground, rng))


def _grain(shape: Polygon) -> float:
    """Direction in degrees of a parcel's street front, the side that runs most nearly east."""
    corners = np.asarray(shape.minimum_rotated_rectangle.exterior.coords)
    angles = np.degrees(np.arctan2(*np.diff(corners, axis=0)[:2].T[::-1]))
    angles = (angles + 90) % 180 - 90
    return float(angles[np.abs(angles).argmin()])


def _rows(parcel: dict[str, Any], recipe: dict[str, Any], rng: np.random.Generator) -> list[House]:
    """South-facing rows, as close as the number of houses asks for."""
    angle = _grain(parcel["geometry"])
    level = rotate(parcel["geometry"].buffer(-SETBACK_M), -angle, origin=(0, 0))
    garden = level.centroid.buffer(_or(parcel.get("garden_m"), 0.0))
    shops = _shops(level, str(_or(parcel.get("shops"), "")), rng)
    taken = shapely.union_all([garden, *(shop.buffer(6) for shop in shops)])
    wanted = max(1, round(parcel["households"] / recipe["households"]))
    spots = _spaced(level.difference(taken), recipe, wanted, rng)
    low, high = parcel["floors"] if isinstance(parcel["floors"], list) else recipe["floors"]
    houses = []
    for number, spot in enumerate(spots, 1):
        houses.append(
            House(
                rotate(spot, angle, origin=(0, 0)),
                parcel["name"],
                parcel["name"],
                parcel["community"],
                recipe["use"],
                int(rng.integers(low, high + 1)),
                f"{parcel['name']}{number}幢",
                f"{parcel['address']}{number}幢",
            )
        )
    for number, shop in enumerate(shops, 1):
        houses.append(
            House(
                rotate(shop, angle, origin=(0, 0)),
                "",
                parcel["name"],
                parcel["community"],
                "商业",
                int(rng.integers(1, 3)),
                f"{parcel['name']}沿街商铺{number}",
                f"{parcel['address']}商铺{number}",
            )
        )
    return houses


def _spaced(
    ground: Any, recipe: dict[str, Any], wanted: int, rng: np.random.Generator
) -> list[Polygon]:
    """Rectangles in rows, from wide gaps to narrow ones until enough fit; sorted from the north."""
    seed = int(rng.integers(2**31))
    spots: list[Polygon] = []
    for gap_m in np.linspace(2.2, 0.25, 40) * max(recipe["depth_m"], 8):
        spots = _lattice(ground, recipe, gap_m, np.random.default_rng(seed))
        if len(spots) >= wanted:
            break
    keep = sorted(rng.choice(len(spots), min(wanted, len(spots)), replace=False))
    return [spots[i] for i in keep]


def _lattice(
    ground: Any, recipe: dict[str, Any], gap_m: float, rng: np.random.Generator
) -> list[Polygon]:
    west, south, east, north = ground.bounds
    depth, spots = recipe["depth_m"], []
    shapely.prepare(ground)
    y = north - depth
    while y >= south:
        x = west + float(rng.uniform(0, 4))
        while x < east:
            length = float(rng.uniform(*recipe["length_m"]))
            spot = shapely.box(x, y, x + length, y + depth)
            if ground.contains(spot):
                spots.append(spot)
                x += length + max(0.35 * gap_m, 2.0)
            else:
                x += 3.0
        y -= depth + gap_m
    return spots


def _shops(level: Any, sides: str, rng: np.random.Generator) -> list[Polygon]:
    """A row of shops on the sides named, N S E W, of a parcel whose front lies nearly level."""
    west, south, east, north = level.bounds
    shops: list[Polygon] = []
    for side in sides:
        along, end = (west, east) if side in "NS" else (south, north)
        while along < end:
            length = float(rng.uniform(16, 30))
            spot = _against(level, side, along, length)
            if spot is not None and all(spot.distance(other) >= 2.5 for other in shops):
                shops.append(spot)
                along += length + 3
            else:
                along += 4
    return shops


def _against(level: Any, side: str, along: float, length: float) -> Polygon | None:
    """A shop as near to one side of the parcel as it fits."""
    west, south, east, north = level.bounds
    for inset in np.arange(0, 16, 2.0):
        near, far = inset, inset + SHOP_DEPTH_M
        spot = shapely.box(*{
            "N": (along, north - far, along + length, north - near),
            "S": (along, south + near, along + length, south + far),
            "E": (east - far, along, east - near, along + length),
            "W": (west + near, along, west + far, along + length),
        }[side])  # fmt: skip
        if level.contains(spot):
            return spot
    return None


def _blocks(
    parcel: dict[str, Any], recipe: dict[str, Any], rng: np.random.Generator
) -> list[House]:
    """A few large buildings, each where it first fits from the north-west."""
    angle = _grain(parcel["geometry"])
    level = rotate(parcel["geometry"].buffer(-SETBACK_M), -angle, origin=(0, 0))
    placed: list[Polygon] = []
    for width, depth in recipe["sizes_m"]:
        spot = _first_fit(level, width, depth, placed)
        if spot is not None:
            placed.append(spot)
    low, high = recipe["floors"]
    return [
        House(
            rotate(spot, angle, origin=(0, 0)), "", parcel["name"], parcel["community"],
            recipe["use"], int(rng.integers(low, high + 1)), f"{parcel['name']}{number}号楼",
            f"{_or(parcel['address'], parcel['name'])}{number}号楼",
        )
        for number, spot in enumerate(placed, 1)
    ]  # fmt: skip


def _first_fit(level: Any, width: float, depth: float, placed: list[Polygon]) -> Polygon | None:
    west, south, east, north = level.bounds
    for y in np.arange(north - depth, south, -6.0):
        for x in np.arange(west, east - width, 6.0):
            spot = shapely.box(x, y, x + width, y + depth)
            if level.contains(spot) and all(spot.distance(other) > 14 for other in placed):
                return spot
    return None


def _village(village: dict[str, Any], free: Any, rng: np.random.Generator) -> list[House]:
    """Farmhouses on both sides of a lane, two deep, one household each; groups along the lane."""
    lane: LineString = village["geometry"]
    group_m = lane.length / len(village["groups"])
    spots: list[tuple[Polygon, str]] = []
    for offset_m in (11.0, -11.0, 28.0, -28.0):
        at_m = 6.0 + float(rng.uniform(0, 6))
        while at_m < lane.length - 4 and len(spots) < village["households"]:
            spot = _beside(lane, at_m, offset_m + float(rng.uniform(-1.5, 1.5)))
            number = village["groups"][min(int(at_m / group_m), len(village["groups"]) - 1)]
            if not spot.intersects(free) and all(spot.distance(o) > 1.5 for o, _ in spots):
                spots.append((spot, f"{village['name']}{number}组"))
            at_m += HOUSE_M[0] + float(rng.uniform(1.8, 4.2))
    counts: dict[str, int] = {}
    houses = []
    for spot, group in spots:
        counts[group] = counts.get(group, 0) + 1
        label = f"{group}{counts[group]}号"
        floors = int(rng.integers(2, 4))
        houses.append(House(spot, group, group, "柳湾村", "农宅", floors, "", label))
    return houses


def _beside(lane: LineString, at_m: float, offset_m: float) -> Polygon:
    here, there = lane.interpolate(at_m), lane.interpolate(at_m + 1)
    angle = math.atan2(there.y - here.y, there.x - here.x)
    across, along = HOUSE_M
    house = shapely.box(-across / 2, -along / 2, across / 2, along / 2)
    turned = rotate(house, angle, origin=(0, 0), use_radians=True)
    east, north = -math.sin(angle) * offset_m, math.cos(angle) * offset_m
    return translate(turned, here.x + east, here.y + north)


def _fill_up(
    houses: list[House], ground: Ground, free: Any, rng: np.random.Generator
) -> list[House]:
    """Bicycle sheds beside the flats, or fewer farmhouses, until there are `BUILDINGS`."""
    missing = BUILDINGS - len(houses)
    if missing < 0:
        rural = [i for i, house in enumerate(houses) if house.use == "农宅"]
        gone = set(rng.choice(rural, -missing, replace=False).tolist())
        return [house for i, house in enumerate(houses) if i not in gone]
    flats = [house for house in houses if house.use == "住宅" and house.floors >= 3]
    tree = [house.geometry for house in houses]
    sheds: list[House] = []
    for house in [flats[i] for i in rng.permutation(len(flats))] * 3:
        if len(sheds) == missing:
            break
        spot = _shed(house, rng)
        near = shapely.STRtree(tree).query(spot.buffer(1.0), "intersects")
        inside = ground.parcels.loc[house.parcel, "geometry"].contains(spot)
        if not len(near) and inside and not spot.intersects(free):
            tree.append(spot)
            name = f"{house.parcel}车棚"
            sheds.append(
                House(spot, house.compound, house.parcel, house.community, "附属", 1, name, "")
            )
    return houses + sheds


def _shed(house: House, rng: np.random.Generator) -> Polygon:
    """A shed off one end of a house."""
    angle = _grain(house.geometry)
    level = rotate(house.geometry, -angle, origin=(0, 0))
    west, south, east, north = level.bounds
    x = float(rng.choice([west, east - SHED_M[0], (west + east) / 2]))
    y = float(rng.choice([south - 3 - SHED_M[1], north + 3]))
    return rotate(shapely.box(x, y, x + SHED_M[0], y + SHED_M[1]), angle, origin=(0, 0))


def _table(houses: list[House]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame([vars(house) for house in houses], geometry="geometry", crs=CRS)


def _people(table: gpd.GeoDataFrame, ground: Ground, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Share each parcel's households over its flats by floor area; people a household vary."""
    known = ground.parcels["households"].dropna().astype(int).to_dict()
    lived = table["use"].isin(["住宅", "公寓", "农宅"])
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


def _number(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Ids from north-west to south-east, within the community."""
    point = table.representative_point()
    order = np.lexsort((point.x, -point.y.round(-1), table["community"]))
    table = table.iloc[order].reset_index(drop=True)
    table.insert(0, "building_id", [f"TX{number:04d}" for number in range(1, len(table) + 1)])
    return table


def _or(value: Any, default: Any) -> Any:
    """The value, or the default where the parcel says nothing."""
    return default if value is None or value != value else value  # noqa: PLR0124  NaN
