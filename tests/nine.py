"""The nine written buildings with present grids, and divisions of them in one line.

::

    G 70  H 80 │ I 90      P3 P3 │ –
    D 40  E 50 │ F 60      P2 P2 │ Q1
    A 10  B 20 │ C 30      P1 P1 │ Q1
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gridplan.edit import Division
from gridplan.pipeline import prepare
from gridplan.prepared import Prepared
from tests.written import BUILDINGS_TOML, COMMUNITIES_TOML, EAST, WEST, box, nine, street, write_csv

LETTERS = "ABCDEFGHI"
PRESENT = "P1P1Q1P2P2Q1P3P3--"
HOUSEHOLDS = MappingProxyType({letter: 10 * (place + 1) for place, letter in enumerate(LETTERS)})
SAME = MappingProxyType({"P1": "P1", "P2": "P2", "P3": "P3", "Q1": "Q1"})

_GROUND = {"P1": (-10, -10, 60, 30), "P2": (-10, 20, 60, 30), "P3": (-10, 50, 60, 30),
           "Q1": (50, -10, 30, 60)}  # fmt: skip
_GRIDS_TOML = """
[grids."网格"]
file = "grids.csv"
crs = "EPSG:4549"
wkt = "图形"
code = "码"
community = "社区"
worker = "岗"

[roster]
file = "roster.csv"
community = "社区"
posts = "数"
"""


def nine_street(folder: Path, codes: Mapping[str, str] = SAME) -> Prepared:
    """The area, prepared; the present grids have these codes."""
    rows: list[dict[str, Any]] = [
        {**row, "名称": f"{row['编号']}楼", "地址": f"=长街{row['编号']}号"} for row in nine()
    ]
    toml = BUILDINGS_TOML + 'name = "名称"\naddress = "地址"\n' + COMMUNITIES_TOML
    street(folder, buildings=rows, toml=toml, more=_GRIDS_TOML)
    grids = [
        {"码": code, "社区": EAST if name == "Q1" else WEST, "岗": f"{name}岗",
         "图形": box(*_GROUND[name])}
        for name, code in codes.items()
    ]  # fmt: skip
    write_csv(folder / "grids.csv", grids)
    write_csv(folder / "roster.csv", [{"社区": WEST, "数": 3}, {"社区": EAST, "数": 1}])
    return prepare(folder)


def division(told: str) -> Division:
    """From two letters a building, A to I; ``--`` is none."""
    grids = [told[at : at + 2] for at in range(0, len(told), 2)]
    return Division(
        {unit: "" if grid == "--" else grid for unit, grid in zip(LETTERS, grids, strict=True)}
    )
