"""OpenStreetMap: a drawn extract, real extracts, and fetching without a network."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import osmnx
import pytest
import shapely

from gridplan.errors import GridplanError, InputError
from gridplan.load import fetch_place, read_area
from gridplan.load.osm import TAGS
from tests.areas import helsinki, monaco

WAYS = (
    # id, nodes as grid places, tags
    (1, "aa ba bb ab aa", {"building": "apartments", "building:levels": "6", "name": "一号楼",
                           "addr:street": "人民路", "addr:housenumber": "8号"}),
    (2, "ca da db cb ca", {"building": "yes", "amenity": "school", "height": "9 m"}),
    (3, "ea fa fb eb ea", {"building": "yes", "building:levels": "two"}),
    (4, "ga ha hb gb ga", {"building": "no"}),
    (5, "ac bc cc dc ec", {"highway": "residential", "name": "学士街"}),
    (6, "da db dc dd de", {"highway": "footway", "bridge": "yes"}),
    (7, "ad bd cd dd ed fd", {"waterway": "river", "name": "胥江"}),
    (8, "ae be ce", {"railway": "rail", "bridge": "yes"}),
    (9, "af bf cf", {"railway": "rail"}),
    (10, "ah bh ch", {"highway": "trunk"}),
    (11, "ag bg", {"highway": "proposed"}),
    (12, "zz zy", {"highway": "residential"}),
    (13, "ab zz ac bc", {"highway": "service"}),
    (14, "ca zz db cb ca", {"building": "yes"}),
)  # fmt: skip
NODES = {"cf": {"railway": "level_crossing"}, "hh": {"amenity": "pharmacy", "name": "药店",
         "opening_hours": "Mo-Su 08:00-20:00"}, "gg": {"amenity": "bench"}}  # fmt: skip
LETTERS = "abcdefgh"


def number(place: str) -> int:
    return 100 + (ord(place[0]) - 97) * 26 + ord(place[1]) - 97


def tags(values: dict[str, str]) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in values.items())


def extract(folder: Path) -> Path:
    """Places a…h from west to east, a…h from south to north, about 100 m apart; z lies outside."""
    nodes = [
        f'<node id="{number(x + y)}" version="1" lon="{120.6 + i / 1000}" lat="{31.3 + j / 1000}">'
        f"{tags(NODES.get(x + y, {}))}</node>"
        for i, x in enumerate(LETTERS)
        for j, y in enumerate(LETTERS)
    ]
    ways = [
        f'<way id="{identity}" version="1">'
        + "".join(f'<nd ref="{number(place)}"/>' for place in places.split())
        + f"{tags(values)}</way>"
        for identity, places, values in WAYS
    ]
    relation = (
        '<relation id="1" version="1"><member type="way" ref="99" role="outer"/>'
        '<tag k="type" v="multipolygon"/><tag k="building" v="yes"/></relation>'
    )
    text = f'<osm version="0.6">{"".join(nodes)}{"".join(ways)}{relation}</osm>'
    (folder / "drawn.osm").write_text(f'<?xml version="1.0"?>{text}', encoding="utf-8")
    toml = 'version = 1\nname = "drawn"\n[osm]\nfile = "drawn.osm"\n'
    (folder / "area.toml").write_text(toml, encoding="utf-8")
    return folder


def test_the_drawn_extract_gives_every_layer(tmp_path: Path) -> None:
    layers = read_area(extract(tmp_path))
    buildings = layers.buildings.set_index("building_id")
    assert sorted(buildings.index) == ["w1", "w2", "w3"]
    assert buildings["floors"].fillna(0).to_dict() == {"w1": 6, "w2": 3, "w3": 0}
    assert buildings["dwelling_share"].to_dict() == {"w1": 1, "w2": 0, "w3": 1}
    assert buildings.loc["w1", ["name", "address"]].tolist() == ["一号楼", "人民路8号"]
    assert sorted(layers.streets["kind"]) == ["footway", "residential", "service", "trunk"]
    assert sorted(layers.barriers["kind"]) == ["expressway", "railway", "water"]
    assert sorted(layers.crossings["kind"]) == ["bridge", "level_crossing"]
    assert layers.facilities[["name", "kind", "opening_hours"]].to_numpy().tolist() == [
        ["药店", "pharmacy", "Mo-Su 08:00-20:00"],
        ["", "school", ""],
    ]
    notes = {note.key: note.values.get("count") for note in layers.notes}
    assert notes["load.osm_cut"] == 1
    assert notes["load.osm_broken"] == 3


def test_own_uses_go_before_those_of_the_map(tmp_path: Path) -> None:
    folder = extract(tmp_path)
    with (folder / "area.toml").open("a", encoding="utf-8") as file:
        file.write(
            "[buildings.uses]\namenity = { share = 0.25 }\napartments = { households = 9 }\n"
        )
    buildings = read_area(folder).buildings.set_index("building_id")
    assert buildings.loc["w2", "dwelling_share"] == 0.25
    assert buildings.loc["w1", "households"] == 9


def test_a_table_may_read_one_layer_of_an_extract(tmp_path: Path) -> None:
    folder = extract(tmp_path)
    toml = 'version = 1\n[buildings]\nfile = "drawn.osm"\n[streets]\nfile = "drawn.osm"\n'
    (folder / "area.toml").write_text(toml, encoding="utf-8")
    layers = read_area(folder)
    assert (len(layers.buildings), len(layers.streets), len(layers.barriers)) == (3, 4, 0)


@pytest.mark.parametrize("text", ['<osm version="0.6"></osm>', "no xml", ""])
def test_an_extract_of_nothing_is_a_fault(tmp_path: Path, text: str) -> None:
    folder = extract(tmp_path)
    (folder / "drawn.osm").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_area(folder)
    assert caught.value.faults[0].file == "drawn.osm"


def test_monaco(shared: Path, tmp_path: Path) -> None:
    layers = read_area(monaco(shared, tmp_path))
    assert layers.crs.to_epsg() == 32632
    assert 1_140 <= len(layers.buildings) <= 1_170
    assert len(layers.streets) > 1_800
    assert len(layers.facilities) > 350
    assert layers.buildings.geometry.is_valid.all()
    assert (layers.buildings["dwelling_share"] == 0).sum() > 40
    assert set(layers.barriers["kind"]) == {"water"}  # its railway runs in a tunnel


def test_helsinki_in_spite_of_its_degenerate_ring(shared: Path, tmp_path: Path) -> None:
    layers = read_area(helsinki(shared, tmp_path))
    assert len(layers.buildings) >= 433
    assert {"water", "railway"} <= set(layers.barriers["kind"])
    assert layers.buildings.geometry.is_valid.all()


class Servers:
    """Stands in for the map's servers, which no test asks."""

    def __init__(self, features: gpd.GeoDataFrame) -> None:
        self.features = features

    def geocode_to_gdf(self, name: str) -> gpd.GeoDataFrame:
        """Border of the one place it knows."""
        if name != "胥江":
            raise osmnx._errors.InsufficientResponseError(name)
        whole = shapely.box(120.599, 31.299, 120.609, 31.309)
        return gpd.GeoDataFrame({"name": [name]}, geometry=[whole], crs=4326)

    def features_from_polygon(self, _polygon: object, _tags: object) -> gpd.GeoDataFrame:
        """All of it."""
        return self.features


@pytest.fixture
def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "map").mkdir()
    text = (extract(tmp_path / "map") / "drawn.osm").read_text(encoding="utf-8")
    whole = tmp_path / "whole.osm"
    broken = ('<way id="12"', '<way id="13"', '<way id="14"', "<relation")
    for mark in broken:
        start = text.index(mark)
        end = text.index("</relation>" if "rel" in mark else "</way>", start)
        text = text[:start] + text[text.index(">", end) + 1 :]
    whole.write_text(text, encoding="utf-8")
    stand_in = Servers(osmnx.features_from_xml(whole, tags=TAGS))
    for name in ("geocode_to_gdf", "features_from_polygon"):
        monkeypatch.setattr(osmnx, name, getattr(stand_in, name))


@pytest.mark.usefixtures("servers")
def test_a_fetched_place_is_an_area_like_any_other(tmp_path: Path) -> None:
    layers = read_area(fetch_place("胥江", tmp_path / "area"))
    assert sorted(layers.buildings["building_id"]) == ["w1", "w2", "w3"]
    assert layers.communities["name"].tolist() == ["胥江"]
    assert sorted(layers.barriers["kind"]) == ["expressway", "railway", "water"]
    assert sorted(layers.crossings["kind"]) == ["bridge", "level_crossing"]
    assert dict(layers.buildings.set_index("building_id")["dwelling_share"])["w2"] == 0


@pytest.mark.usefixtures("servers")
def test_a_place_that_nobody_knows_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(GridplanError, match="没有找到"):
        fetch_place("nowhere", tmp_path / "area")
    assert not (tmp_path / "area").exists()


@pytest.mark.usefixtures("servers")
def test_a_folder_in_use_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "area").mkdir()
    (tmp_path / "area" / "mine.txt").write_text("mine")
    with pytest.raises(GridplanError, match="不是空的"):
        fetch_place("胥江", tmp_path / "area")
    assert [entry.name for entry in (tmp_path / "area").iterdir()] == ["mine.txt"]
