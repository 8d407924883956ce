"""Reading whole areas: kinds of file, rules of mending, communities, counts."""

from __future__ import annotations

import gzip
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from gridplan.crs import wgs84_to_bd09
from gridplan.errors import InputError
from gridplan.load import Layers, read_area
from tests.written import (
    BUILDINGS_TOML,
    COMMUNITIES_TOML,
    CRS,
    EAST,
    WEST,
    box,
    nine,
    street,
    two,
    write_csv,
)

BOTH = BUILDINGS_TOML + COMMUNITIES_TOML


def noted(layers: Layers, key: str) -> list[dict[str, object]]:
    for note in layers.notes:
        assert note.text("zh")
        assert note.text("en")
    return [note.values for note in layers.notes if note.key == f"load.{key}"]


def frame() -> gpd.GeoDataFrame:
    """The nine buildings as a frame."""
    rows = pd.DataFrame(nine())
    return gpd.GeoDataFrame(
        rows.drop(columns="图形"), geometry=gpd.GeoSeries.from_wkt(rows["图形"]), crs=CRS
    )


def test_the_street_is_read(tmp_path: Path) -> None:
    layers = read_area(street(tmp_path / "桃源"))
    assert layers.name == "桃源"
    assert layers.crs.to_epsg() == 4549
    assert layers.buildings["building_id"].tolist() == list("ABCDEFGHI")
    assert layers.buildings["households"].tolist() == list(range(10, 100, 10))
    assert layers.buildings["community_code"].tolist() == [WEST, WEST, EAST] * 3
    assert layers.communities["residence_class"].tolist() == ["urban", "urban"]
    assert shapely.area(layers.buildings.geometry.values) == pytest.approx([100] * 9, abs=1e-5)
    assert layers.households.source == "column"
    assert list(layers.buildings.columns) == [
        "building_id", "name", "address", "floors", "use", "dwelling_share", "households",
        "people", "special_households", "estimated", "compound_id", "community_code", "geometry",
    ]  # fmt: skip
    for name in ("compounds", "barriers", "crossings", "streets", "totals", "cases", "facilities"):
        assert getattr(layers, name).empty
        assert getattr(layers, name).crs == layers.crs


def test_progress_names_layers_and_ends_at_one(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    read_area(street(tmp_path), lambda layer, share: told.append((layer, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert {"buildings", "streets", "cases"} <= {layer for layer, _ in told}


@pytest.mark.parametrize(
    "kind", ["gpkg", "geojson", "geojson.gz", "shp", "shp.zip", "xlsx", "csv.gz"]
)
def test_every_kind_of_file_gives_the_same(tmp_path: Path, kind: str) -> None:
    folder = street(tmp_path)
    wanted = read_area(folder).buildings
    name = f"楼栋.{kind}"
    placed = 'crs = "EPSG:4549"\nwkt = "图形"\n'
    if kind in ("xlsx", "csv.gz"):
        rows = pd.DataFrame(nine())
        if kind == "xlsx":
            rows.to_excel(folder / name, index=False)
        else:
            (folder / name).write_bytes(gzip.compress(rows.to_csv(index=False).encode("gb18030")))
    elif kind == "geojson.gz":
        text = frame().to_crs(4326).to_json(ensure_ascii=False)
        (folder / name).write_bytes(gzip.compress(text.encode()))
    else:
        whole = frame().to_crs(4326) if kind == "geojson" else frame()
        whole.to_file(folder / name)
    table = BUILDINGS_TOML.replace("buildings.csv", name)
    if kind not in ("xlsx", "csv.gz"):
        table = table.replace(placed, "")
    layers = read_area(street(folder, toml=table + COMMUNITIES_TOML))
    got = layers.buildings
    assert got["building_id"].tolist() == wanted["building_id"].tolist()
    assert got["households"].tolist() == wanted["households"].tolist()
    assert got.normalize().geom_equals_exact(wanted.normalize(), 0.02).all()


@pytest.mark.parametrize(
    ("encoding", "with_cpg"), [("GB18030", False), ("UTF-8", False), ("UTF-8", True)]
)
def test_shapefiles_of_either_encoding(tmp_path: Path, encoding: str, with_cpg: bool) -> None:
    folder = street(tmp_path)
    whole = frame().assign(名称="桃源新村甲乙丙丁")
    whole.to_file(folder / "b.shp", encoding=encoding)
    if not with_cpg:
        (folder / "b.cpg").unlink()
    table = '[buildings]\nfile = "b.shp"\nid = "编号"\nname = "名称"\n'
    layers = read_area(street(folder, toml=table + COMMUNITIES_TOML))
    assert set(layers.buildings["name"]) == {"桃源新村甲乙丙丁"}


def test_a_workbook_with_a_title_above_its_headings(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "封面"
    sheet = book.create_sheet("台账")
    sheet.append(["桃源街道楼栋台账"])
    sheet.append(["编号", "户数", "图形"])
    for row in nine():
        sheet.append(list(row.values()))
    folder = street(tmp_path)
    book.save(folder / "b.xlsx")
    table = BUILDINGS_TOML.replace('"buildings.csv"', '"b.xlsx"\nlayer = "台账"\nheader = 2')
    assert len(read_area(street(folder, toml=table + COMMUNITIES_TOML)).buildings) == 9


def test_offset_points_come_back(tmp_path: Path) -> None:
    rows = [
        {"x": float(lon), "y": float(lat)}
        for lon, lat in zip(
            *wgs84_to_bd09([120.6, 120.601, 120.602], [31.3, 31.301, 31.302]), strict=True
        )
    ]
    folder = tmp_path
    write_csv(folder / "p.csv", rows)
    toml = 'version = 1\n[buildings]\nfile = "p.csv"\ndatum = "BD-09"\nx = "x"\ny = "y"\n'
    (folder / "area.toml").write_text(toml, encoding="utf-8")
    back = read_area(folder).buildings.to_crs(4326).geometry
    assert back.x.to_numpy() == pytest.approx([120.6, 120.601, 120.602], abs=1e-9)
    assert back.y.to_numpy() == pytest.approx([31.3, 31.301, 31.302], abs=1e-9)


def test_a_datum_that_does_not_fit_is_doubted(tmp_path: Path) -> None:
    centres = frame().geometry.centroid
    placed = gpd.GeoSeries(centres, crs=CRS).to_crs(4326)
    lon, lat = wgs84_to_bd09(np.repeat(placed.x, 3), np.repeat(placed.y, 3))
    folder = street(tmp_path, more='[compounds]\nfile = "p.csv"\nx = "x"\ny = "y"')
    write_csv(folder / "p.csv", [{"x": x, "y": y} for x, y in zip(lon, lat, strict=True)])
    doubt = noted(read_area(folder), "datum_doubt")
    assert [(note["now"], note["better"]) for note in doubt] == [("WGS84", "BD-09")]
    toml = BOTH + '[compounds]\nfile = "p.csv"\nx = "x"\ny = "y"\ndatum = "BD-09"'
    assert not noted(read_area(street(folder, toml=toml)), "datum_doubt")


def test_polygons_are_mended_and_counted(tmp_path: Path) -> None:
    rows = nine()
    rows[0]["图形"] = (
        "POLYGON ((500000 3465000, 500010 3465010, 500010 3465000, 500000 3465010, 500000 3465000))"
    )
    rows[1]["图形"] = f"GEOMETRYCOLLECTION ({rows[1]['图形']}, POINT (500031 3465001))"
    layers = read_area(street(tmp_path, buildings=rows))
    assert layers.buildings.geometry.is_valid.all()
    assert layers.buildings.geometry.area.iloc[0] == pytest.approx(50, abs=1e-5)
    assert layers.buildings.geometry.iloc[1].geom_type == "Polygon"
    assert [note["count"] for note in noted(layers, "repaired")] == [1]


def test_unclosed_rings_are_closed_and_counted(tmp_path: Path) -> None:
    whole = frame().to_crs(4326).to_json()
    first = frame().to_crs(4326).geometry.iloc[0].exterior.coords
    ring = ", ".join(f"[ {x!r}, {y!r} ]" for x, y in first)
    open_ring = ", ".join(f"[{x!r}, {y!r}]" for x, y in list(first)[:-1])
    text = whole.replace(ring.replace("[ ", "[").replace(" ]", "]"), open_ring)
    assert text != whole
    folder = street(tmp_path)
    (folder / "b.geojson").write_text(text, encoding="utf-8")
    table = '[buildings]\nfile = "b.geojson"\nid = "编号"\nhouseholds = "户数"\n'
    layers = read_area(street(folder, toml=table + COMMUNITIES_TOML))
    assert [note["count"] for note in noted(layers, "rings_closed")] == [1]
    assert layers.buildings.geometry.area.to_numpy() == pytest.approx([100] * 9, abs=1e-3)


def test_overlapping_footprints_are_kept_and_counted(tmp_path: Path) -> None:
    rows = [*nine(), {"编号": "J", "户数": 5, "图形": box(5, 0)}]
    layers = read_area(street(tmp_path, buildings=rows))
    assert len(layers.buildings) == 10
    assert [note["count"] for note in noted(layers, "footprints_overlap")] == [1]


def test_a_building_near_the_border_goes_to_the_nearest(tmp_path: Path) -> None:
    rows = [*nine(), {"编号": "J", "户数": 5, "图形": box(85, 0)}]
    layers = read_area(street(tmp_path, buildings=rows))
    assert layers.buildings["community_code"].iloc[-1] == EAST
    assert [note["count"] for note in noted(layers, "pulled_in")] == [1]


def test_buildings_outside_can_be_dropped(tmp_path: Path) -> None:
    rows = [*nine(), {"编号": "J", "户数": 5, "图形": box(500, 0)}]
    layers = read_area(street(tmp_path, buildings=rows, more='outside = "drop"'))
    assert "J" not in set(layers.buildings["building_id"])
    assert [note["count"] for note in noted(layers, "outside_dropped")] == [1]


def test_slivers_between_communities_go_to_the_smaller_code(tmp_path: Path) -> None:
    communities = [two()[0], {**two()[1], "图形": box(49.8, -10, 30.2, 90)}]
    layers = read_area(street(tmp_path, communities=communities))
    first, second = layers.communities.geometry
    assert first.intersection(second).area == pytest.approx(0, abs=1e-6)
    assert first.area == pytest.approx(60 * 90, abs=1e-3)
    assert [note["count"] for note in noted(layers, "slivers")] == [1]


def test_a_community_in_parts_is_one(tmp_path: Path) -> None:
    west, east = two()
    part = {**west, "图形": box(-40, -10, 20, 90)}
    layers = read_area(street(tmp_path, communities=[west, part, east]))
    assert layers.communities["community_code"].tolist() == [WEST, EAST]
    assert layers.communities.geometry.geom_type.tolist() == ["MultiPolygon", "Polygon"]


def test_classes_by_word_by_code_and_by_table(tmp_path: Path) -> None:
    rows = [
        {**two()[0], "类": "220"},
        {**two()[1], "类": "涉农"},
        {"代码": "320508001201", "名称": "桃花村", "图形": box(80, -10, 30, 90), "类": ""},
    ]
    more = 'class = "类"\n[communities.classes]\n"涉农" = "urban"'
    layers = read_area(street(tmp_path, communities=rows, more=more))
    assert layers.communities["residence_class"].tolist() == ["rural", "urban", "rural"]


def test_no_communities_make_one_that_says_so(tmp_path: Path) -> None:
    layers = read_area(street(tmp_path, toml=BUILDINGS_TOML))
    assert layers.communities["community_code"].tolist() == ["000000000001"]
    border = layers.communities.geometry.iloc[0]
    assert border.contains(layers.buildings.union_all().buffer(28))
    assert border.area < 1.2 * 130 * 130
    assert noted(layers, "one_community")


def test_counts_joined_from_a_table(tmp_path: Path) -> None:
    more = (
        '[households]\nfile = "h.csv"\nkey = "号"\nvalue = "户"\npeople = "人"\nkind = "resident"\n'
        "persons_per_household = 2.3\ntotal = 400"
    )
    folder = street(tmp_path, more=more)
    rows = [
        {"号": "A", "户": "12户", "人": 30},
        {"号": "B", "户": "", "人": ""},
        {"号": "X", "户": 9, "人": 1},
    ]
    write_csv(folder / "h.csv", rows, "gb18030")
    layers = read_area(folder)
    assert layers.households.source == "table"
    assert (layers.households.persons_per_household, layers.households.total) == (2.3, 400)
    assert layers.households.kind == "resident"
    assert layers.buildings["households"].iloc[0] == 12
    assert layers.buildings["people"].iloc[0] == 30
    assert [note["count"] for note in noted(layers, "counts_without_building")] == [1]


def test_uses_set_shares_and_fixed_counts(tmp_path: Path) -> None:
    rows = [{**row, "户数": "", "用途": use} for row, use in zip(nine(), "RRRSSSXXX", strict=True)]
    more = "[buildings.uses]\nR = { households = 2 }\nS = { share = 0.5 }"
    toml = BUILDINGS_TOML + 'use = "用途"\nfloors = "户数"\n' + COMMUNITIES_TOML
    buildings = read_area(street(tmp_path, buildings=rows, toml=toml, more=more)).buildings
    assert buildings["households"].fillna(-1).tolist() == [2] * 3 + [-1] * 6
    assert buildings["estimated"].tolist() == [True] * 3 + [False] * 6
    assert buildings["dwelling_share"].tolist() == [1] * 3 + [0.5] * 3 + [1] * 3
    assert buildings["floors"].isna().all()


def test_storeys_from_heights(tmp_path: Path) -> None:
    floors = ["0", "", "6", "0", "", "", "", "", ""]
    rows = [
        {**row, "层": floor, "高": height}
        for row, floor, height in zip(
            nine(), floors, [18, 10, 99, "", 1, 3, 4.6, 0, ""], strict=True
        )
    ]
    toml = BUILDINGS_TOML + 'floors = "层"\nheight = "高"\n' + COMMUNITIES_TOML
    layers = read_area(street(tmp_path, buildings=rows, toml=toml))
    assert layers.buildings["floors"].fillna(-1).tolist() == [6, 3, 6, -1, 1, 1, 2, -1, -1]


def test_legacy_grids_keep_their_faults_and_the_base_comes_first(tmp_path: Path) -> None:
    grids = [
        {"码": "1", "图形": box(-10, -10, 40, 90)},
        {"码": "1", "图形": box(70, -10, 10, 90)},
        {"码": "2", "图形": box(20, -10, 40, 90)},
    ]
    table = '[grids."{}"]\nfile = "g.csv"\ncrs = "EPSG:4549"\nwkt = "图形"\ncode = "码"\n'
    toml = 'base = "城管"\n' + BOTH + table.format("综治") + table.format("城管")
    folder = street(tmp_path, toml=toml)
    write_csv(folder / "g.csv", grids)
    layers = read_area(folder)
    assert list(layers.grids) == ["城管", "综治"]
    assert layers.grids["城管"]["grid_code"].tolist() == ["1", "1", "2"]


def test_a_list_of_workers_becomes_counts_without_names(tmp_path: Path) -> None:
    folder = street(
        tmp_path, more='[roster]\nfile = "r.csv"\ncommunity = "社区"\nvacancies = "空缺"'
    )
    rows = [
        {"社区": community, "姓名": "王某某", "电话": "13812345678", "空缺": vacant}
        for community, vacant in (("西社区", 0), ("西社区", 1), (EAST, 0))
    ]
    write_csv(folder / "r.csv", rows)
    layers = read_area(folder)
    assert layers.roster.to_dict("list") == {
        "community_code": [WEST, EAST],
        "posts": [2, 1],
        "vacancies": [1, 0],
    }
    assert [note["columns"] for note in noted(layers, "personal")] == ["姓名, 电话"]
    assert "王某某" not in repr(layers.notes) + layers.roster.to_csv()


def test_personal_columns_are_dropped_even_when_mapped(tmp_path: Path) -> None:
    rows = [{**row, "户主": "王某某", "备注": "联系13812345678"} for row in nine()]
    toml = BUILDINGS_TOML + 'name = "户主"\naddress = "备注"\n' + COMMUNITIES_TOML
    layers = read_area(street(tmp_path, buildings=rows, toml=toml))
    assert set(layers.buildings["name"]) == {""}
    assert set(layers.buildings["address"]) == {"联系***"}
    assert [note["count"] for note in noted(layers, "blotted")] == [9]


def test_barriers_streets_and_the_crossings_between(tmp_path: Path) -> None:
    """A river at x = 50; of three streets over it one is a bridge, one a motorway's."""
    river = [{"类": "河流", "桥": "", "图形": "LINESTRING (500050 3464980, 500050 3465100)"},
             {"类": "铁路", "桥": "是", "图形": "LINESTRING (499990 3465050, 500100 3465050)"},
             {"类": "不算", "桥": "", "图形": "LINESTRING (499990 3465055, 500100 3465055)"}]  # fmt: skip
    ways = [
        {"级": kind, "桥": bridge, "图形": f"LINESTRING (500000 {y}, 500100 {y})"}
        for kind, bridge, y in (
            ("支路", "是", 3465000), ("支路", "", 3465020), ("快速路", "是", 3465040),
        )
    ]  # fmt: skip
    placed = 'crs = "EPSG:4549"\nwkt = "图形"\nbridge = "桥"\n'
    more = (
        f'[barriers]\nfile = "z.csv"\nkind = "类"\n{placed}[barriers.kinds]\n"不算" = ""\n'
        f'[streets]\nfile = "s.csv"\nkind = "级"\n{placed}'
    )
    folder = street(tmp_path, more=more)
    write_csv(folder / "z.csv", river)
    write_csv(folder / "s.csv", ways)
    layers = read_area(folder)
    assert layers.barriers["kind"].tolist() == ["water"]
    assert [note["count"] for note in noted(layers, "barriers_lifted")] == [1]
    assert len(layers.streets) == 3
    assert layers.crossings["kind"].tolist() == ["bridge"]
    assert layers.crossings.geometry.iloc[0].bounds[1] == pytest.approx(3465000, abs=1e-3)


def test_cases_with_odd_times_and_places_are_kept_and_counted(tmp_path: Path) -> None:
    cases = [
        {"号": "1", "x": 120.0005, "y": 31.306, "起": "2024-01-02", "止": "2024-01-01"},
        {"号": "1", "x": "", "y": "", "起": "昨天", "止": ""},
        {"号": "2", "x": 120.0005, "y": 31.306, "起": "2024年1月3日", "止": ""},
    ]
    more = '[cases]\nfile = "c.csv"\nx = "x"\ny = "y"\nid = "号"\nopened = "起"\nclosed = "止"'
    folder = street(tmp_path, more=more)
    write_csv(folder / "c.csv", cases)
    layers = read_area(folder)
    assert len(layers.cases) == 3
    for key in ("closed_before_opened", "case_ids_twice", "times_lost", "no_place"):
        assert [note["count"] for note in noted(layers, key)] == [1], key


def test_cases_at_zero_degrees_have_no_place(tmp_path: Path) -> None:
    folder = street(tmp_path, more='[cases]\nfile = "c.csv"\nx = "x"\ny = "y"')
    write_csv(folder / "c.csv", [{"x": 0, "y": 0}, {"x": 0, "y": 0}])
    layers = read_area(folder)
    assert layers.cases.geometry.isna().tolist() == [True, True]
    assert [note["count"] for note in noted(layers, "no_place")] == [2]


def test_a_named_system_goes_before_what_the_file_says(tmp_path: Path) -> None:
    """GeoJSON means degrees, but is often written in metres."""
    folder = street(tmp_path)
    frame().set_crs(4326, allow_override=True).to_file(folder / "b.geojson")
    table = '[buildings]\nfile = "b.geojson"\ncrs = "EPSG:4549"\nid = "编号"\n'
    layers = read_area(street(folder, toml=table + COMMUNITIES_TOML))
    assert layers.buildings.geometry.area.to_numpy() == pytest.approx([100] * 9, abs=1e-3)
    assert [note["crs"] for note in noted(layers, "crs_overruled")] == ["EPSG:4549"]


def test_a_shapefile_without_its_prj_is_refused(tmp_path: Path) -> None:
    folder = street(tmp_path)
    frame().to_file(folder / "b.shp")
    (folder / "b.prj").unlink()
    table = '[buildings]\nfile = "b.shp"\nid = "编号"\n'
    with pytest.raises(InputError) as caught:
        read_area(street(folder, toml=table + COMMUNITIES_TOML))
    assert [(fault.key, fault.file) for fault in caught.value.faults] == [("load.no_crs", "b.shp")]


def test_visits_are_matched_to_buildings(tmp_path: Path) -> None:
    folder = street(tmp_path, more='[visits]\nfile = "v.csv"\nbuilding = "楼"\nvisited = "时"')
    write_csv(folder / "v.csv", [{"楼": "A", "时": "2024-01-02"}, {"楼": "Z", "时": "2024-01-02"}])
    layers = read_area(folder)
    assert layers.visits["building_id"].tolist() == ["A"]
    assert [note["count"] for note in noted(layers, "visits_unknown")] == [1]


def test_several_files_make_one_layer(tmp_path: Path) -> None:
    folder = street(tmp_path, toml=BUILDINGS_TOML.replace('"buildings.csv"', '["a.csv", "b.csv"]'))
    write_csv(folder / "a.csv", nine()[:4])
    write_csv(folder / "b.csv", nine()[4:], "gb18030")
    assert read_area(folder).buildings["building_id"].tolist() == list("ABCDEFGHI")


def test_where_and_hstore(tmp_path: Path) -> None:
    tags = ['"house"=>"yes","note"=>"a \\"b\\""', '"house"=>"no"', ""] * 3
    rows = [{**row, "tags": tag} for row, tag in zip(nine(), tags, strict=True)]
    toml = BUILDINGS_TOML + 'hstore = "tags"\nwhere = { house = ["yes"] }\nname = "note"\n'
    buildings = read_area(street(tmp_path, buildings=rows, toml=toml)).buildings
    assert buildings["building_id"].tolist() == ["A", "D", "G"]
    assert buildings["name"].iloc[0] == 'a "b"'


def test_the_fingerprint_follows_files_and_settings(tmp_path: Path) -> None:
    folder = street(tmp_path)
    first = read_area(folder).fingerprint
    assert read_area(folder).fingerprint == first
    rows = nine()
    rows[0]["户数"] = 11
    second = read_area(street(folder, buildings=rows)).fingerprint
    assert second != first
    assert read_area(street(folder, more="# seen")).fingerprint not in (first, second)
