"""Communities: codes, classes, borders that do not overlap, and which building lies in which."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridplan.load.frames import FILE, ROW
from gridplan.load.gate import Gate
from gridplan.load.keys import DROP
from gridplan.load.shapes import outline
from gridplan.schema import (
    BUILDING_ID,
    COMMUNITY_CODE,
    DIFFICULTY,
    NAME,
    RESIDENCE_CLASS,
    ResidenceClass,
)  # fmt: skip

NEAR_M = 20.0
SLIVER_SHARE = 0.02
_TOUCH_M2 = 0.01

CLASS_WORDS = {
    **dict.fromkeys(("urban", "城镇", "城市", "居委会", "社区"), ResidenceClass.URBAN),
    **dict.fromkeys(("111", "112", "121", "122", "123"), ResidenceClass.URBAN),
    **dict.fromkeys(("rural", "乡村", "农村", "村委会", "村"), ResidenceClass.RURAL),
    **dict.fromkeys(("210", "220"), ResidenceClass.RURAL),
}
"""Classes that are understood without a ``classes`` table; figures are 城乡分类代码."""


def placeholder(number: int) -> str:
    """A code of twelve digits that no statistics office issues."""
    return f"{number:012d}"


def whole_area(name: str, buildings: gpd.GeoDataFrame, gate: Gate) -> gpd.GeoDataFrame:
    """One community around all buildings, for an area that names none."""
    border = outline(np.asarray(buildings.geometry.array, dtype=object))
    gate.note("load.one_community", code=placeholder(1), area_km2=border.area / 1e6)
    return gpd.GeoDataFrame(
        {
            COMMUNITY_CODE: [placeholder(1)],
            NAME: [name],
            RESIDENCE_CLASS: [ResidenceClass.URBAN.value],
            DIFFICULTY: [1.0],
        },
        geometry=[border],
        crs=buildings.crs,
    )


def settled(frame: gpd.GeoDataFrame, classes: dict[str, str], gate: Gate) -> gpd.GeoDataFrame:
    """Communities with checked codes, one row each, sorted by code, without overlaps.

    Parameters
    ----------
    frame : GeoDataFrame
        As read, in metres.
    classes : dict of str to str
        The user's words for urban and rural.
    gate : Gate
        Takes faults and notes.
    """
    frame = _coded(frame, gate)
    frame[RESIDENCE_CLASS] = _classes(frame, classes, gate)
    merged = _merged(frame, gate).sort_values(COMMUNITY_CODE, ignore_index=True)
    return _apart(merged, gate)


def _coded(frame: gpd.GeoDataFrame, gate: Gate) -> gpd.GeoDataFrame:
    frame = frame.copy()
    code = frame[COMMUNITY_CODE]
    if (code == "").all():
        frame[COMMUNITY_CODE] = [placeholder(n) for n in range(1, len(frame) + 1)]
        gate.note("load.codes_made", count=len(frame), first=placeholder(1))
        return frame
    for file, part in frame[~code.str.fullmatch(r"\d{12}")].groupby(FILE, sort=False):
        gate.fault_rows("load.bad_code", part[ROW], file=str(file), each=part[COMMUNITY_CODE])
    return frame


def _classes(frame: gpd.GeoDataFrame, classes: dict[str, str], gate: Gate) -> pd.Series:
    """Class by the user's word, else by the code: 200–399 at its end is a village committee."""
    said = frame[RESIDENCE_CLASS]
    words = {key: value.value for key, value in CLASS_WORDS.items()} | classes
    known = said.map(words)
    for file, part in frame[(said != "") & known.isna()].groupby(FILE, sort=False):
        gate.fault_rows("load.bad_class", part[ROW], file=str(file), each=part[RESIDENCE_CLASS])
    end = pd.to_numeric(frame[COMMUNITY_CODE].str[-3:], errors="coerce")
    village = end.between(200, 399)
    by_code = pd.Series(
        np.where(village, ResidenceClass.RURAL.value, ResidenceClass.URBAN.value), frame.index
    )
    gate.note("load.class_by_code", count=int((said == "").sum()), villages=int(village.sum()))
    return known.fillna(by_code)


def _merged(frame: gpd.GeoDataFrame, gate: Gate) -> gpd.GeoDataFrame:
    """Rows of one code and name are parts of one community; of one code alone, a fault."""
    repeated = frame[frame.duplicated(COMMUNITY_CODE)]
    names = frame.groupby(COMMUNITY_CODE)[NAME].nunique()
    clash = repeated[repeated[COMMUNITY_CODE].map(names) > 1]
    for file, part in clash.groupby(FILE, sort=False):
        gate.fault_rows("load.code_twice", part[ROW], file=str(file), each=part[COMMUNITY_CODE])
    gate.note("load.parts_merged", count=len(repeated) - len(clash))
    return frame.dissolve(COMMUNITY_CODE, as_index=False) if len(repeated) else frame


def _apart(frame: gpd.GeoDataFrame, gate: Gate) -> gpd.GeoDataFrame:
    """Slivers go to the smaller code; a real overlap is a fault."""
    shapes = np.asarray(frame.geometry.array, dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    slivers = 0
    for first, second in sorted((a, b) for a, b in zip(left, right, strict=True) if a < b):
        shared = shapes[first].intersection(shapes[second]).area
        if shared <= _TOUCH_M2:
            continue
        if shared > SLIVER_SHARE * min(shapes[first].area, shapes[second].area):
            gate.fault(
                "load.communities_overlap",
                file=str(frame[FILE].iloc[second]),
                row=int(frame[ROW].iloc[second]),
                first=_title(frame, first),
                second=_title(frame, second),
                area_m2=shared,
            )
            continue
        slivers += 1
        shapes[second] = shapes[second].difference(shapes[first])
    gate.note("load.slivers", count=slivers)
    return frame.set_geometry(gpd.GeoSeries(shapes, frame.index, crs=frame.crs))


def _title(frame: gpd.GeoDataFrame, place: int) -> str:
    return f"{frame[COMMUNITY_CODE].iloc[place]} {frame[NAME].iloc[place]}".strip()


def housed(
    buildings: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, outside: str, gate: Gate
) -> gpd.GeoDataFrame:
    """Buildings with the code of their community.

    The building's own column counts first; else the community that its representative point
    lies in; else the nearest within 20 m. A building farther off is a fault, or left out where
    ``[communities] outside = "drop"`` says so.

    Parameters
    ----------
    buildings, communities : GeoDataFrame
        In one metric CRS.
    outside : {"fault", "drop"}
        What becomes of buildings outside every community.
    gate : Gate
        Takes faults and notes.
    """
    points = np.asarray(buildings.geometry.representative_point().array, dtype=object)
    polygons = np.asarray(communities.geometry.array, dtype=object)
    codes = communities[COMMUNITY_CODE].to_numpy()
    found = _lying_in(points, polygons, codes)
    said = buildings[COMMUNITY_CODE].to_numpy()
    _check_said(buildings, codes, gate)
    differ = (said != "") & (found != "") & (said != found)
    gate.note("load.community_differs", count=int(differ.sum()))
    code = np.where(said != "", said, found)
    lost = np.flatnonzero(code == "")
    tree = shapely.STRtree(polygons)
    near, polygon = tree.query_nearest(points[lost], max_distance=NEAR_M, all_matches=False)
    code[lost[near]] = codes[polygon]
    gate.note("load.pulled_in", count=len(near), near_m=NEAR_M)
    away = code == ""
    if outside == DROP:
        gate.note("load.outside_dropped", count=int(away.sum()))
    else:
        for file, part in buildings[away].groupby(FILE, sort=False):
            gate.fault_rows(
                "load.outside", part[ROW], file=str(file), each=part[BUILDING_ID], near_m=NEAR_M
            )
    return buildings.assign(**{COMMUNITY_CODE: code})[~away].reset_index(drop=True)


def _lying_in(points: np.ndarray, polygons: np.ndarray, codes: np.ndarray) -> np.ndarray:
    point, polygon = shapely.STRtree(polygons).query(points, predicate="intersects")
    found = np.full(len(points), "", dtype=object)
    order = np.lexsort((polygon, point))[::-1]  # the smallest code is written last and stays
    found[point[order]] = codes[polygon[order]]
    return found


def _check_said(buildings: gpd.GeoDataFrame, codes: np.ndarray, gate: Gate) -> None:
    said = buildings[COMMUNITY_CODE]
    unknown = buildings[(said != "") & ~said.isin(codes)]
    for file, part in unknown.groupby(FILE, sort=False):
        gate.fault_rows(
            "load.community_unknown", part[ROW], file=str(file), each=part[COMMUNITY_CODE]
        )
