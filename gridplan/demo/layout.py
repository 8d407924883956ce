"""The ground plan of the demo street: streets, river, railway, parcels, communities.

The plan is drawn with straight strokes in ``plan.toml``; here it is bent and turned a little, so
that it reads as a town that grew, and cut into parcels by its own streets.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.interpolate import make_interp_spline
from shapely import LineString, MultiLineString, Point, Polygon
from shapely.ops import polygonize

CRS = "EPSG:4528"
STEP_M = 20.0
RAILWAY_HALF_M = 13.0
EMBANKMENT_M = 8.0


@dataclass(frozen=True, eq=False)
class Ground:
    """Everything that is there before the first house, in EPSG:4528, metres.

    Parameters
    ----------
    name : str
        Of the street (街道).
    parcels : GeoDataFrame
        One row a parcel, indexed by name: the columns of ``parcels.toml``, ``geometry`` (what may
        be built on) and ``face`` (the ground up to the middle of the streets; faces tile the
        communities).
    streets : GeoDataFrame
        ``name, kind, width_m, bridge, geometry``: lines between crossings.
    barriers : GeoDataFrame
        ``name, kind, geometry``: river and lakes as polygons, the railway as a line.
    crossings : GeoDataFrame
        ``name, kind, geometry``: bridges as lines, the others as points.
    communities : GeoDataFrame
        ``code, name, class, posts, vacancies, geometry``.
    villages : list of dict
        ``name, groups, households, geometry`` (the lane, LineString).
    """

    name: str
    parcels: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    crossings: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    villages: list[dict[str, Any]]

    @property
    def kept_free(self) -> Any:
        """Streets, water and railway with their verges: nothing is built here (MultiPolygon)."""
        streets = self.streets.geometry.buffer(self.streets["width_m"] / 2, cap_style="flat")
        margin = [RAILWAY_HALF_M if kind == "铁路" else EMBANKMENT_M for kind in self.barriers.kind]
        return shapely.union_all([*streets, *self.barriers.geometry.buffer(margin)])


def read_plan() -> dict[str, Any]:
    """The drawn plan and its parcels, as they stand in the package."""
    here = files(__package__)
    plan = tomllib.loads((here / "plan.toml").read_text("utf-8"))
    return plan | tomllib.loads((here / "parcels.toml").read_text("utf-8"))


def lay_out(plan: dict[str, Any]) -> Ground:
    """Draw the ground plan."""
    drawn_river = _curve(plan["river"]["points"])
    river = _bend(drawn_river, plan)
    railway = _bend(_curve(plan["railway"]["points"]), plan)
    water = river.buffer(plan["river"]["half_width_m"], cap_style="flat")
    lines = _street_lines(plan, drawn_river)
    border = _bend(_curve(plan["border"]["points"]), plan)
    faces = _faces([*(line for _, line in lines), border, railway, river])
    lakes = [(_lake(lake, plan), lake["name"], "湖塘") for lake in plan["lakes"]]
    barriers = _frame(
        [
            (water, plan["river"]["name"], "河流"),
            *lakes,
            (railway, plan["railway"]["name"], "铁路"),
        ],
        ["geometry", "name", "kind"],
    )
    town = shapely.union_all(faces)
    barriers["geometry"] = barriers.intersection(town.buffer(1))
    streets = _street_pieces(lines, water)
    ground = Ground(
        plan["name"], _parcels(plan, faces), streets, barriers,
        _crossings(plan, lines, water, railway), _frame([], ["geometry"]),
        [{**village, "geometry": _bend(_curve(village["points"]), plan)}
         for village in plan["villages"]],
    )  # fmt: skip
    return _build_on(ground, plan)


def _build_on(ground: Ground, plan: dict[str, Any]) -> Ground:
    """Clear streets and water from the parcels; communities from the parcels' faces."""
    parcels = ground.parcels
    parcels["geometry"] = parcels["face"].difference(ground.kept_free).map(_largest)
    parcels["geometry"] = parcels.geometry.buffer(-6).buffer(6)  # rounded street corners
    dissolved = parcels.groupby("community")["face"].agg(shapely.union_all)
    rows = [{**row, "geometry": dissolved[row["name"]]} for row in plan["communities"]]
    communities = gpd.GeoDataFrame(rows, crs=CRS)
    return Ground(
        ground.name, parcels, ground.streets, ground.barriers, ground.crossings, communities,
        ground.villages,
    )  # fmt: skip


def _frame(rows: list[tuple[Any, ...]], columns: list[str]) -> gpd.GeoDataFrame:
    values = {column: [row[i] for row in rows] for i, column in enumerate(columns)}
    return gpd.GeoDataFrame(values, geometry="geometry", crs=CRS)


def _curve(points: list[list[float]], closed: bool = False) -> LineString:
    """A smooth line through the points; straight where there are only two."""
    through = np.array(points + points[:1] if closed else points, dtype=float)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(through, axis=0).T))])
    count = max(2, math.ceil(along[-1] / STEP_M) + 1)
    at = np.linspace(0, along[-1], count)
    if len(through) == 2:
        return LineString(np.column_stack([np.interp(at, along, axis) for axis in through.T]))
    boundary = "periodic" if closed else "natural"
    return LineString(make_interp_spline(along, through, k=3, bc_type=boundary)(at))


def _bend(line: LineString, plan: dict[str, Any]) -> LineString:
    """From the drawn plan to the ground: two long waves, a turn, and the origin."""

    def moved(xy: np.ndarray) -> np.ndarray:
        x, y = xy.T
        east = x + 13 * np.sin(2 * math.pi * y / 1150 + 0.6) + 5 * np.sin(2 * math.pi * x / 640)
        north = y + 12 * np.sin(2 * math.pi * x / 1350 + 1.0) + 4 * np.sin(2 * math.pi * y / 520)
        turn = math.radians(plan["turn_deg"])
        return np.column_stack(
            [
                plan["origin"][0] + east * math.cos(turn) - north * math.sin(turn),
                plan["origin"][1] + east * math.sin(turn) + north * math.cos(turn),
            ]
        )

    return shapely.transform(line, moved)


def _lake(lake: dict[str, Any], plan: dict[str, Any]) -> Polygon:
    return Polygon(_bend(_curve(lake["points"], closed=True), plan))


def _street_lines(
    plan: dict[str, Any], river: LineString
) -> list[tuple[dict[str, Any], LineString]]:
    """Every stroke of every street, bent, with the street it belongs to."""
    lines = []
    for street in plan["streets"]:
        for points in street["lines"]:
            line = _curve(points)
            if "along_river_m" in street:
                (west, _), (east, _) = points
                bank = river.offset_curve(street["along_river_m"])
                line = bank.intersection(shapely.box(west, -1e4, east, 1e4))
            lines.append((street, _bend(line, plan)))
    return lines


def _faces(lines: list[LineString]) -> list[Polygon]:
    return list(polygonize(shapely.union_all(lines)))


def _parcels(plan: dict[str, Any], faces: list[Polygon]) -> gpd.GeoDataFrame:
    """Name the faces; one without a name joins the neighbour with the longest shared border."""
    parcels = gpd.GeoDataFrame(plan["parcels"]).set_index("name", drop=False)
    points = [_bend(LineString([at, at]), plan).coords[0] for at in parcels["at"]]
    owner: dict[int, str] = {}
    for name, point in zip(parcels.index, points, strict=True):
        owner[next(i for i, face in enumerate(faces) if face.contains(Point(point)))] = name
    if len(owner) != len(parcels):
        missing = sorted(set(parcels.index) - set(owner.values()))
        raise AssertionError(f"two parcels of the plan stand on one face: {missing}")
    river = _bend(_curve(plan["river"]["points"]), plan)
    railway = _bend(_curve(plan["railway"]["points"]), plan)
    walls = shapely.union_all([river, railway]).buffer(0.5)
    named = dict(owner)
    while len(owner) < len(faces):
        i, name = _next_owner(faces, owner, named, walls)
        owner[i] = name
    whole = {name: [faces[i] for i in owner if owner[i] == name] for name in parcels.index}
    parcels["face"] = gpd.GeoSeries(
        {name: shapely.union_all(parts) for name, parts in whole.items()}, crs=CRS
    )
    return parcels.set_geometry(parcels["face"].copy().rename("geometry"), crs=CRS)


def _next_owner(
    faces: list[Polygon], owner: dict[int, str], named: dict[int, str], walls: Any
) -> tuple[int, str]:
    """The unnamed face with the longest border to a named one, not counting river and railway."""
    best = (0.0, -1, "")
    for i, face in enumerate(faces):
        if i in owner:
            continue
        for j, name in owner.items():
            shared = face.boundary.intersection(faces[j].boundary).difference(walls).length
            best = max(best, (shared + (1e4 if j in named and shared > 1 else 0), i, name))
    return best[1], best[2]


def _largest(shape: Any) -> Polygon:
    return max(shapely.get_parts(shape), key=lambda part: part.area)


def _street_pieces(lines: list[tuple[dict[str, Any], LineString]], water: Any) -> gpd.GeoDataFrame:
    """Streets cut at every crossing; what lies over the river is a bridge."""
    nodes = shapely.union_all([line for _, line in lines])
    rows = []
    for street, line in lines:
        own = shapely.get_parts(nodes.intersection(line.buffer(0.01)))
        for piece in own:
            for part in _split_at(piece, water):
                bridge = int(water.contains(part.interpolate(0.5, normalized=True)))
                if part.length > 5:
                    rows.append((part, street["name"], street["kind"], street["width_m"], bridge))
    return _frame(rows, ["geometry", "name", "kind", "width_m", "bridge"])


def _split_at(line: LineString, water: Any) -> list[LineString]:
    over = line.intersection(water)
    pieces = shapely.get_parts([over, line.difference(water)])
    return [piece for piece in pieces if piece.length > 0]


def _crossings(
    plan: dict[str, Any], lines: list[tuple[dict[str, Any], LineString]], water: Any, railway: Any
) -> gpd.GeoDataFrame:
    rows = []
    for crossing in plan["crossings"]:
        street = MultiLineString([own for s, own in lines if s["name"] == crossing["street"]])
        if crossing["kind"] == "桥梁":
            line = street.intersection(water.buffer(6))
            longest = max(shapely.get_parts(line), key=lambda part: part.length)
            rows.append((longest, crossing["name"], crossing["kind"]))
        else:
            meeting = shapely.get_parts(street.intersection(railway))[0]
            rows.append((meeting, crossing["name"], crossing["kind"]))
    return _frame(rows, ["geometry", "name", "kind"])
