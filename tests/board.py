"""A town drawn as a board: one house on each square of 100 m, layers of grids as rows of letters."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import shapely
from shapely import box

from gridplan.analyse.present import present_state
from gridplan.fabric import build_fabric
from gridplan.prepared import Prepared
from gridplan.rules import RuleSet
from gridplan.units import build_units
from tests.drawn import drawn_layers, frame, house

SQUARE_M = 100.0


def board(households: Sequence[Sequence[int]], **layers: Sequence[str]) -> Prepared:
    """The town, made ready under the default rules.

    Parameters
    ----------
    households : sequence of sequence of int
        Of each house, row by row from the north; the house in row 1 and column 2 is ``h12``.
    layers : sequence of str
        Rows of letters by name: squares with one letter are one grid, those with "." are in none.
    """
    rows, columns = len(households), len(households[0])
    houses = [
        {
            "building_id": f"h{row}{column}",
            "households": float(count),
            "geometry": house((column + 0.5) * SQUARE_M, (rows - row - 0.5) * SQUARE_M),
        }
        for row, line in enumerate(households)
        for column, count in enumerate(line)
    ]
    town = {"geometry": box(0, 0, columns * SQUARE_M, rows * SQUARE_M)}
    drawn = drawn_layers(
        frame("buildings", *houses),
        source="column",
        communities=frame("communities", town),
        grids={name: _grids(letters) for name, letters in layers.items()},
    )
    rules = RuleSet()
    units = build_units(drawn, rules)
    fabric = build_fabric(drawn, units, rules.measure)
    present = {name: present_state(drawn, units, fabric, rules, name) for name in layers}
    return Prepared(drawn, units, fabric, present, rules, 0.0)


def _grids(letters: Sequence[str]) -> gpd.GeoDataFrame:
    squares: dict[str, list[shapely.Geometry]] = {}
    for row, line in enumerate(letters):
        for column, letter in enumerate(line):
            x, y = column * SQUARE_M, (len(letters) - row - 1) * SQUARE_M
            squares.setdefault(letter, []).append(box(x, y, x + SQUARE_M, y + SQUARE_M))
    squares.pop(".", None)
    grids = [
        {"grid_code": letter, "geometry": shapely.union_all(held)}
        for letter, held in squares.items()
    ]
    return frame("grids", *grids).assign(worker="")
