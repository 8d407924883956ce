"""docs/area.md explains exactly the keys that the code knows, and its examples work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gridplan.load import read_area
from gridplan.load.gate import Gate
from gridplan.load.keys import TABLES
from gridplan.load.spec import read_spec

DOC = (Path(__file__).parents[2] / "docs" / "area.md").read_text(encoding="utf-8")
EVERY_FILE = "Keys of every file"
HEADINGS = {"Top of the file": "", 'grids."NAME"': "grids"}
SHARED = {"file", "layer", "encoding", "header", "where", "crs", "datum", "x", "y", "wkt", "hstore"}
PLACELESS = ("households", "roster", "visits")


def documented() -> dict[str, set[str]]:
    """Keys explained under each heading of the third level."""
    found = {}
    for part in re.split(r"^### ", DOC, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        name = heading.strip().strip("[]")
        found[HEADINGS.get(name, name)] = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    return found


def test_the_keys_of_every_file_are_explained_once() -> None:
    assert documented()[EVERY_FILE] == SHARED
    for table in PLACELESS:
        assert SHARED & set(TABLES[table]) == {"file", "layer", "encoding", "header", "where"}


@pytest.mark.parametrize("table", TABLES)
def test_every_key_is_explained_and_known(table: str) -> None:
    shared = SHARED if table not in ("", "osm") else set()
    assert documented()[table] == set(TABLES[table]) - shared


def test_no_table_is_explained_that_is_not_known() -> None:
    assert set(documented()) - {EVERY_FILE} == set(TABLES)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOC, re.DOTALL)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_first_example_reads(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "buildings.csv").write_text(blocks("csv")[0], encoding=encoding)
    (tmp_path / "area.toml").write_text(blocks("toml")[0], encoding="utf-8")
    layers = read_area(tmp_path)
    assert layers.name == "桃源街道"
    assert layers.buildings["households"].fillna(-1).tolist() == [48, 48, 36, 60, 60, -1]
    assert layers.buildings["address"].iloc[0] == "人民路1号"
    assert layers.crs.to_epsg() == 4549


@pytest.mark.parametrize("text", blocks("toml"))
def test_every_example_is_without_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "area.toml").write_text(text, encoding="utf-8")
    gate = Gate()
    assert read_spec(tmp_path, gate) is not None
    gate.close()
