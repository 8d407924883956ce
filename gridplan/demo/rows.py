"""Compounds of the demo street: south-facing rows of houses, shops on the street, what is beside.

Everything is placed on a parcel turned level, so that rows run east, and is turned back at the
end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import Polygon
from shapely.affinity import rotate

SETBACK_M = 7.0
SHOP_DEPTH_M = 9.0
SHOP_YARD_M = 7.0
YARD_M = 10.0
STEP_M = 1.5
FULL_ROW = 0.8
WIDEST_SIDE = 1.6


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


def build_rows(
    parcel: dict[str, Any], recipe: dict[str, Any], rng: np.random.Generator
) -> list[House]:
    """A compound, with as many houses as its households ask for.

    Parameters
    ----------
    parcel : dict
        A row of `Ground.parcels`.
    recipe : dict
        How its kind is built up, see ``recipes.toml``.
    rng : Generator
        Chooses lengths and floors.
    """
    angle = grain(parcel["geometry"])
    level = rotate(parcel["geometry"].buffer(-SETBACK_M), -angle, origin=(0, 0))
    shops = _shops(level, str(known(parcel["shops"], "")), rng)
    yard = level.difference(shapely.union_all([shop.buffer(SHOP_YARD_M) for shop in shops]))
    garden = level.centroid.buffer(known(parcel["garden_m"], 0.0))
    wanted = max(1, round(parcel["households"] / recipe["households"]))
    spots = _as_many(yard.difference(garden), recipe, wanted, rng)
    spots = _outermost(spots, garden, wanted) if garden.area else spots[:wanted]
    floors = known(parcel["floors"], recipe["floors"])
    name, address = parcel["name"], parcel["address"]

    def house(spot: Polygon, compound: str, use: str, storeys: int, label: str) -> House:
        ground = rotate(spot, angle, origin=(0, 0))
        texts = (f"{name}{label}", f"{address}{label}")
        return House(ground, compound, name, parcel["community"], use, storeys, *texts)

    houses = [
        house(spot, name, recipe["use"], int(rng.integers(floors[0], floors[1] + 1)), f"{n}幢")
        for n, spot in enumerate(spots, 1)
    ]
    houses += [
        house(spot, "", "商业", int(rng.integers(1, 3)), f"沿街商铺{n}")
        for n, spot in enumerate(shops, 1)
    ]
    rest = yard.difference(shapely.union_all([garden, *(spot.buffer(YARD_M) for spot in spots)]))
    beside = recipe.get("beside", [])
    for number, spot in fitted(rest, [(row[2], row[3]) for row in beside], YARD_M):
        label, use, *_, storeys = beside[number]
        houses.append(house(spot, name, use, storeys, label))
    return houses


def grain(shape: Polygon) -> float:
    """Direction in degrees of a parcel's street front, the side that runs most nearly east."""
    corners = np.asarray(shape.minimum_rotated_rectangle.exterior.coords)
    angles = np.degrees(np.arctan2(*np.diff(corners, axis=0)[:2].T[::-1]))
    angles = (angles + 90) % 180 - 90
    return float(angles[np.abs(angles).argmin()])


def known(value: Any, default: Any) -> Any:
    """The value, or the default where a parcel says nothing (a table fills in NaN)."""
    return default if isinstance(value, float) and np.isnan(value) else value


def fitted(
    ground: Any, sizes_m: Sequence[Sequence[float]], gap_m: float, from_west: bool = False
) -> Iterator[tuple[int, Polygon]]:
    """Rectangles on level ground, each where it first fits, a gap apart.

    Parameters
    ----------
    ground : Geometry
        Turned level.
    sizes_m : sequence of (width, depth)
        In the order of placing.
    gap_m : float
        Kept free round each.
    from_west : bool
        Filled from the west instead of from the south row by row.

    Yields
    ------
    number : int
        Position in `sizes_m`; those that find no room are left out.
    spot : Polygon
        The rectangle.
    """
    for number, (width, depth) in enumerate(sizes_m):
        spot = _first_fit(ground, width, depth, from_west)
        if spot is not None:
            ground = ground.difference(spot.buffer(gap_m))
            yield number, spot


def _first_fit(ground: Any, width: float, depth: float, from_west: bool) -> Polygon | None:
    if ground.is_empty:
        return None
    shapely.prepare(ground)
    west, south, east, north = ground.bounds
    xs, ys = np.arange(west, east - width, 3.0), np.arange(south, north - depth, 3.0)
    spots = [(x, y) for x in xs for y in ys] if from_west else [(x, y) for y in ys for x in xs]
    for x, y in spots:
        spot = shapely.box(x, y, x + width, y + depth)
        if ground.contains(spot):
            return spot
    return None


def _as_many(
    ground: Any, recipe: dict[str, Any], wanted: int, rng: np.random.Generator
) -> list[Polygon]:
    """Rectangles in rows, from wide gaps to narrow ones until enough fit; from the north."""
    length_m = float(rng.uniform(*recipe["length_m"]))
    widest_m, narrowest_m = recipe["gap_m"]
    spots: list[Polygon] = []
    for gap_m in np.linspace(widest_m, narrowest_m, 12):
        spots = _lattice(ground, length_m, gap_m, recipe)
        if len(spots) >= wanted:
            break
    return spots


def _lattice(ground: Any, length_m: float, gap_m: float, recipe: dict[str, Any]) -> list[Polygon]:
    """Rows `gap_m` apart, each filled from end to end."""
    west, south, east, north = ground.bounds
    depth_m, side_m, spots = recipe["depth_m"], recipe["side_m"], []
    y = north - depth_m
    while y >= south:
        strip = shapely.box(west, y, east, y + depth_m)
        free = _free_lengths(strip, ground)
        middle = shapely.box(west, y + depth_m / 2, east, y + depth_m / 2 + 0.1)
        chord_m = ground.intersection(middle).area / 0.1
        if sum(end - start for start, end in free) < FULL_ROW * chord_m:
            y -= STEP_M
            continue
        for start, end in free:
            spots += _filled(start, end, y, length_m, depth_m, side_m)
        y -= depth_m + gap_m
    return spots


def _free_lengths(strip: Polygon, ground: Any) -> list[tuple[float, float]]:
    """Stretches of a row, west to east, where the ground is free over its whole depth."""
    west, _, east, _ = strip.bounds
    taken = sorted(
        (part.bounds[0], part.bounds[2])
        for part in shapely.get_parts(strip.difference(ground))
        if part.area > 0
    )
    free, at = [], west
    for start, end in [*taken, (east, east)]:
        if start > at:
            free.append((at, start))
        at = max(at, end)
    return free


def _filled(
    start: float, end: float, y: float, length_m: float, depth_m: float, side_m: float
) -> list[Polygon]:
    """As many houses as stand in a stretch, its slack shared between them."""
    count = int((end - start + side_m) // (length_m + side_m))
    if count < 1:
        return []
    slack_m = end - start - count * length_m
    side_m = min(slack_m / max(count - 1, 1), WIDEST_SIDE * side_m)
    inset_m = (slack_m - side_m * (count - 1)) / 2
    at = start + inset_m + np.arange(count) * (length_m + side_m)
    return [shapely.box(x, y, x + length_m, y + depth_m) for x in at]


def _outermost(spots: list[Polygon], garden: Any, wanted: int) -> list[Polygon]:
    """The houses farthest from the garden, in their order, so that it stays open."""
    distance_m = np.array([spot.centroid.distance(garden.centroid) for spot in spots])
    keep = np.sort(np.argsort(-distance_m, kind="stable")[:wanted])
    return [spots[i] for i in keep]


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
