"""The real areas read as they are."""

from __future__ import annotations

from pathlib import Path

import shapely

from gridplan.load import read_area
from tests.areas import charlestown, shanghai_huangpu, suzhou


def test_charlestown(shared: Path, tmp_path: Path) -> None:
    layers = read_area(charlestown(shared, tmp_path))
    assert layers.crs.to_epsg() == 32619
    assert len(layers.buildings) == 1_530
    assert layers.buildings["floors"].isna().sum() == 315
    assert layers.buildings["households"].sum() == 375 + 2 * 255 + 3 * 212 + 5 * 61
    assert layers.communities.geometry.geom_type.tolist() == ["MultiPolygon"]
    assert layers.totals["people"].sum() == 17_052
    assert len(layers.cases) == 3_333
    early = int((layers.cases["closed"] < layers.cases["opened"]).sum())
    told = [n.values["count"] for n in layers.notes if n.key == "load.closed_before_opened"]
    assert told == ([early] if early else [])
    assert set(layers.barriers["kind"]) == {"expressway"}
    assert layers.streets["bridge"].any()
    assert layers.households.persons_per_household == 2.3


def test_suzhou_compounds_meet_their_buildings_after_conversion(
    shared: Path, tmp_path: Path
) -> None:
    layers = read_area(suzhou(shared, tmp_path))
    assert layers.crs.to_epsg() == 4549
    assert len(layers.buildings) == 3_076
    assert layers.compounds["households"].sum() == 28_745
    assert (layers.compounds["households"] > 500).sum() == 14
    tree = shapely.STRtree(layers.buildings.geometry.values)
    near = tree.query(layers.compounds.geometry.values, "dwithin", distance=30.0)[0]
    assert len(set(near)) / len(layers.compounds) > 0.95
    assert not [note for note in layers.notes if note.key == "load.datum_doubt"]


def test_suzhou_without_its_datum_is_doubted(shared: Path, tmp_path: Path) -> None:
    folder = suzhou(shared, tmp_path)
    text = (folder / "area.toml").read_text(encoding="utf-8")
    (folder / "area.toml").write_text(text.replace('datum = "BD-09"\n', ""), encoding="utf-8")
    doubts = [note for note in read_area(folder).notes if note.key == "load.datum_doubt"]
    assert [note.values["better"] for note in doubts] == ["BD-09"]
    assert "BD-09" in doubts[0].text("zh")


def test_shanghai(shared: Path, tmp_path: Path) -> None:
    layers = read_area(shanghai_huangpu(shared, tmp_path))
    assert layers.crs.to_epsg() in (4549, 4550)
    assert len(layers.buildings) > 1_300
    assert "黄浦江" in set(layers.barriers["name"])
    assert set(layers.barriers.geometry.geom_type) <= {
        "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    }  # fmt: skip
    assert "中山东一路" in set(layers.streets["name"])
    assert {"bridge", "underpass"} >= set(layers.crossings["kind"])
    water = layers.barriers.union_all()
    assert len(layers.crossings) >= 5
    assert layers.crossings.geometry.distance(water).max() <= 1
