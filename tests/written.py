"""Small area folders written by hand: nine buildings in three rows, two communities.

::

    G H I      y 60…70    each 10 m square, 30 m apart
    D E F      y 30…40    west: A B D E G H, east: C F I
    A B C      y  0…10
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

X0, Y0 = 500_000, 3_465_000
CRS = "EPSG:4549"
WEST, EAST = "320508001001", "320508001002"

Table = Sequence[Mapping[str, object]]

BUILDINGS_TOML = """
[buildings]
file = "buildings.csv"
crs = "EPSG:4549"
wkt = "图形"
id = "编号"
households = "户数"
"""

COMMUNITIES_TOML = """
[communities]
file = "communities.csv"
crs = "EPSG:4549"
wkt = "图形"
code = "代码"
name = "名称"
"""


def box(x: float, y: float, width: float = 10, height: float = 10) -> str:
    """A rectangle as WKT; x and y in metres from the street's corner."""
    west, south = X0 + x, Y0 + y
    east, north = west + width, south + height
    return (
        f"POLYGON (({west} {south}, {east} {south}, {east} {north}, {west} {north}, "
        f"{west} {south}))"
    )


def nine() -> list[dict[str, Any]]:
    """The nine buildings with 10 to 90 households."""
    return [
        {"编号": letter, "户数": 10 * (place + 1), "图形": box(30 * (place % 3), 30 * (place // 3))}
        for place, letter in enumerate("ABCDEFGHI")
    ]


def two() -> list[dict[str, object]]:
    """The two communities, side by side at x = 50."""
    return [
        {"代码": WEST, "名称": "西社区", "图形": box(-10, -10, 60, 90)},
        {"代码": EAST, "名称": "东社区", "图形": box(50, -10, 30, 90)},
    ]


def write_csv(path: Path, rows: Table, encoding: str = "utf-8") -> Path:
    """Rows under the headings of the first."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def street(
    folder: Path,
    *,
    buildings: Table | None = None,
    communities: Table | None = None,
    toml: str | None = None,
    more: str = "",
    skip: Iterable[str] = (),
) -> Path:
    """An area folder; every part can be replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("buildings", buildings or nine()), ("communities", communities or two())):
        if name not in skip:
            write_csv(folder / f"{name}.csv", rows)
    text = BUILDINGS_TOML + COMMUNITIES_TOML if toml is None else toml
    (folder / "area.toml").write_text(f"version = 1\n{text}\n{more}\n", encoding="utf-8")
    return folder
