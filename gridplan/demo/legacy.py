"""Today's grids of the demo street: three layers that do not agree, with faults on purpose."""

from __future__ import annotations

import itertools
import tomllib
from collections import Counter
from importlib.resources import files
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.affinity import rotate

from gridplan.demo.layout import CRS, Ground

POLICE_TURN_DEG = 12.0


def read_legacy() -> dict[str, list[dict[str, Any]]]:
    """What ``legacy.toml`` says: ``grids`` with their faults, ``beyond_rules``, ``party``."""
    return tomllib.loads((files(__package__) / "legacy.toml").read_text("utf-8"))


def city_grids(ground: Ground) -> gpd.GeoDataFrame:
    """City-management grids along the parcels.

    Returns
    -------
    GeoDataFrame
        ``code, name, community, worker, geometry``, EPSG:4528; workers are posts and teams.
    """
    code = ground.communities.set_index("name")["code"]
    rows, posts = [], Counter[str]()
    for number, grid in enumerate(read_legacy()["grids"], 1):
        parts = [ground.parcels.loc[name, "face"] for name in grid["parcels"]]
        parts += [_half(ground, name, side) for name, side in grid.get("cut", {}).items()]
        shape = shapely.union_all(parts, grid_size=0.01)
        if "shrink_m" in grid:
            shape = shape.difference(_strip(shape, grid["shrink_m"]))
        if "grow_m" in grid:
            home = ground.communities.set_index("name").geometry[grid["community"]]
            shape = shape.buffer(grid["grow_m"], join_style="mitre").intersection(home)
        posts[grid["community"]] += 1
        rows.append(
            {
                "code": grid["code"],
                "name": f"第{number}网格",
                "community": code[grid["community"]],
                "worker": f"{grid['community'][:2]}{posts[grid['community']]}号岗",
                "geometry": shape,
            }
        )
    return gpd.GeoDataFrame(rows, crs=CRS)


def police_grids(ground: Ground) -> gpd.GeoDataFrame:
    """Policing grids: each community cut into slanting strips that follow no compound.

    Returns
    -------
    GeoDataFrame
        ``code, name, community, worker, geometry``, EPSG:4528; workers are posts and teams.
    """
    rows = []
    for place in ground.communities.itertuples():
        level = rotate(place.geometry, -POLICE_TURN_DEG, origin=(0, 0))
        west, south, east, north = level.bounds
        edges = np.linspace(west, east, max(2, place.posts - 1) + 1)
        for number, (left, right) in enumerate(itertools.pairwise(edges), 1):
            strip = rotate(
                level.intersection(shapely.box(left, south, right, north)),
                POLICE_TURN_DEG,
                origin=(0, 0),
            )
            rows.append(
                {
                    "code": f"JW{place.code[-3:]}{number:02d}",
                    "name": f"{place.name}{number}号警务网格",
                    "community": place.code,
                    "worker": f"{place.name[:2]}警务组",
                    "geometry": strip,
                }
            )
    return gpd.GeoDataFrame(rows, crs=CRS)


def party_grids(ground: Ground) -> gpd.GeoDataFrame:
    """Party grids along the parcels: nearly those of city management, and not everywhere.

    Returns
    -------
    GeoDataFrame
        ``code, name, community, worker, geometry``, EPSG:4528; workers are posts and teams.
    """
    code = ground.communities.set_index("name")["code"]
    rows, posts = [], Counter[str]()
    for grid in read_legacy()["party"]:
        home = grid["community"]
        posts[home] += 1
        rows.append(
            {
                "code": f"DJ{code[home][-3:]}{posts[home]:02d}",
                "name": f"{home}第{posts[home]}党建网格",
                "community": code[home],
                "worker": f"{home[:2]}党员先锋岗",
                "geometry": shapely.union_all(
                    ground.parcels.loc[grid["parcels"], "face"], grid_size=0.01
                ),
            }
        )
    return gpd.GeoDataFrame(rows, crs=CRS)


def _half(ground: Ground, name: str, side: str) -> Any:
    """Western or eastern half of a parcel's ground."""
    face = ground.parcels.loc[name, "face"]
    west, south, east, north = face.bounds
    middle = (west + east) / 2
    box = (west, south, middle, north) if side == "W" else (middle, south, east, north)
    return face.intersection(shapely.box(*box))


def _strip(shape: Any, width_m: float) -> Any:
    """The western strip of a shape, which nobody serves."""
    west, south, _, north = shape.bounds
    return shapely.box(west, south, west + 30 + width_m, north)
