"""What stands on the demo street outside its compounds: public buildings, works, farmhouses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.affinity import rotate, translate

from gridplan.demo.layout import Ground
from gridplan.demo.rows import SETBACK_M, House, fitted, grain, known

HOUSE_M = (10.0, 11.5)  # of a farmhouse, along and across the lane
SHED_M = (9.0, 4.0)
BLOCK_GAP_M = 14.0
FIELD_MARGIN_M = 25.0
LANES_M = (11.0, -11.0, 28.0, -28.0)


def build_blocks(
    parcel: dict[str, Any], recipe: dict[str, Any], taken: Any, rng: np.random.Generator
) -> list[House]:
    """A few large buildings, each where it first fits.

    Parameters
    ----------
    parcel : dict
        A row of `Ground.parcels`.
    recipe : dict
        How its kind is built up, see ``recipes.toml``.
    taken : Geometry
        Ground that others stand on.
    rng : Generator
        Chooses the floors.
    """
    angle = grain(parcel["geometry"])
    ground = parcel["geometry"].buffer(-SETBACK_M).difference(taken)
    level = rotate(ground, -angle, origin=(0, 0))
    low, high = recipe["floors"]
    address = known(parcel["address"], parcel["name"])
    gap_m, from_west = recipe.get("gap_m", BLOCK_GAP_M), recipe.get("from_west", False)
    houses: list[House] = []
    for _, spot in fitted(level, recipe["sizes_m"], gap_m, from_west):
        number = f"{len(houses) + 1}号楼"
        houses.append(
            House(
                rotate(spot, angle, origin=(0, 0)), "", parcel["name"], parcel["community"],
                recipe["use"], int(rng.integers(low, high + 1)), parcel["name"] + number,
                address + number,
            )
        )  # fmt: skip
    return houses


def build_village(village: dict[str, Any], free: Any, rng: np.random.Generator) -> list[House]:
    """Farmhouses on both sides of a lane, two deep; villagers' groups along the lane.

    Parameters
    ----------
    village : dict
        One of `Ground.villages`.
    free : Geometry
        What must be kept free.
    rng : Generator
        Chooses gaps and floors.
    """
    lane: LineString = village["geometry"]
    group_m = lane.length / len(village["groups"])
    spots: list[tuple[Polygon, str]] = []
    for offset_m in LANES_M:
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
        houses.append(House(spot, group, group, village["community"], "农宅", floors, "", label))
    return houses


def build_sheds(
    houses: list[House], ground: Ground, free: Any, count: int, rng: np.random.Generator
) -> list[House]:
    """Bicycle sheds beside the flats, as many as are asked for and find room."""
    flats = [house for house in houses if house.use == "住宅" and house.floors >= 3]
    taken = [house.geometry for house in houses]
    sheds: list[House] = []
    for house in [flats[i] for i in rng.permutation(len(flats))] * 3:
        if len(sheds) == count:
            break
        spot = _shed(house, rng)
        near = shapely.STRtree(taken).query(spot.buffer(1.0), "intersects")
        inside = ground.parcels.loc[house.parcel, "geometry"].contains(spot)
        if not len(near) and inside and not spot.intersects(free):
            taken.append(spot)
            sheds.append(
                House(
                    spot, house.compound, house.parcel, house.community, "附属", 1,
                    f"{house.parcel}车棚",
                )
            )  # fmt: skip
    return sheds


def _beside(lane: LineString, at_m: float, offset_m: float) -> Polygon:
    here, there = lane.interpolate(at_m), lane.interpolate(at_m + 1)
    angle = math.atan2(there.y - here.y, there.x - here.x)
    along, across = HOUSE_M
    house = shapely.box(-along / 2, -across / 2, along / 2, across / 2)
    turned = rotate(house, angle, origin=(0, 0), use_radians=True)
    east, north = -math.sin(angle) * offset_m, math.cos(angle) * offset_m
    return translate(turned, here.x + east, here.y + north)


def _shed(house: House, rng: np.random.Generator) -> Polygon:
    """A shed off the front or the back of a house."""
    angle = grain(house.geometry)
    level = rotate(house.geometry, -angle, origin=(0, 0))
    west, south, east, north = level.bounds
    x = float(rng.choice([west, east - SHED_M[0], (west + east) / 2]))
    y = float(rng.choice([south - 3 - SHED_M[1], north + 3]))
    return rotate(shapely.box(x, y, x + SHED_M[0], y + SHED_M[1]), angle, origin=(0, 0))
